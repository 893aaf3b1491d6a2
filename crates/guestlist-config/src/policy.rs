//! `[apps.KEY.policy]` → [`AppPolicy`], and back.

use core::fmt;
use std::path::PathBuf;

use guestlist::ListType;
use guestlist_policy::Requirement;

use crate::parse::{Reader, Value};
use crate::print::quote;

/// Which requests to an app must carry a signed policy, and where the secrets are that sign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppPolicy {
    /// Those that ask the upload list.
    pub upload: Requirement,
    /// Those that ask the delivery list.
    pub delivery: Requirement,
    /// A file with the live secrets, one a line, the newest first; two at most. Relative to the configuration file.
    pub secrets: Option<PathBuf>,
}

impl AppPolicy {
    /// What requests that ask this list must carry.
    pub fn requirement(&self, list_type: ListType) -> Requirement {
        match list_type {
            ListType::Upload => self.upload,
            ListType::Delivery => self.delivery,
        }
    }

    /// Whether any request must carry one.
    pub fn is_required(&self) -> bool {
        ListType::ALL.into_iter().any(|list_type| self.requirement(list_type) == Requirement::Required)
    }

    /// As the settings of a table, each on a line.
    pub(crate) fn print(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for list_type in ListType::ALL {
            if self.requirement(list_type) == Requirement::Required {
                writeln!(f, "{list_type} = {}", quote(Requirement::Required.as_str()))?;
            }
        }
        match &self.secrets {
            Some(file) => writeln!(f, "secrets = {}", quote(&file.to_string_lossy())),
            None => Ok(()),
        }
    }
}

impl Reader<'_> {
    pub(crate) fn app_policy(&mut self, value: &Value<'_>) -> AppPolicy {
        let mut policy = AppPolicy::default();
        for (key, value) in self.table(value, "`policy`").into_iter().flatten() {
            match key.get_ref().as_ref() {
                "upload" => self.requirement(value, "`upload`", &mut policy.upload),
                "delivery" => self.requirement(value, "`delivery`", &mut policy.delivery),
                "secrets" => policy.secrets = self.path(value, "`secrets`"),
                _ => self.unknown(key, "`policy` has `upload`, `delivery` and `secrets`"),
            }
        }
        if policy.is_required() && policy.secrets.is_none() {
            self.mistake(
                value.span(),
                "a policy is required, and there is no secret that could have signed one: every request would be denied",
                "name a file with the secret, such as `secrets = \"shop.secret\"`",
            );
        }
        policy
    }

    fn requirement(&mut self, value: &Value<'_>, name: &str, requirement: &mut Requirement) {
        match self.text(value, name) {
            Some("off") => *requirement = Requirement::Off,
            Some("required") => *requirement = Requirement::Required,
            Some(_) => self.mistake(
                value.span(),
                format!("{name} is neither off nor required"),
                "write \"off\" or \"required\"",
            ),
            None => {}
        }
    }
}

//! [`App`]: an app with its two lists, and the settings that are no part of them.

use guestlist::{DormantGate, Gate, Limits, ListType, Mode, SavedList};
use guestlist_config::{self as config, MAX_KEY_BYTES, MAX_NAME_BYTES};
use guestlist_policy::{AppLock, Requirement, Secrets, Verifier};
use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::error::{StoreError, StoreErrorKind};
use crate::revision::Revision;
use crate::secrets::AppSecrets;
use crate::time::Timestamp;

/// What is set for an app beside its lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AppSettings {
    /// What people call it; 200 bytes at most, may be empty.
    pub name: String,
    /// How many distinct patterns the upload list may have.
    pub upload_limit: usize,
    /// How many distinct patterns the delivery list may have.
    pub delivery_limit: usize,
    /// Schemes other than `http` and `https` whose origins may be matched; anyone can make a client that sends one.
    pub dangerously_supported_schemes: Vec<String>,
    /// Whether requests to the upload list must carry a signed policy.
    // Left out where it is off: what was written before there were policies is what would be written now.
    #[serde(default, skip_serializing_if = "is_off")]
    pub upload_policy: Requirement,
    /// Whether requests to the delivery list must carry a signed policy.
    #[serde(default, skip_serializing_if = "is_off")]
    pub delivery_policy: Requirement,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks.
fn is_off(requirement: &Requirement) -> bool {
    *requirement == Requirement::Off
}

/// Most schemes; most patterns that a limit can allow.
const MAX_SCHEMES: usize = 16;
const MAX_LIMIT: usize = 10_000;

impl AppSettings {
    /// Those of an ordinary app of this name.
    pub fn named(name: impl Into<String>) -> AppSettings {
        let limit = Limits::default().patterns;
        AppSettings {
            name: name.into(),
            upload_limit: limit,
            delivery_limit: limit,
            dangerously_supported_schemes: Vec::new(),
            upload_policy: Requirement::Off,
            delivery_policy: Requirement::Off,
        }
    }

    /// Sets how many distinct patterns the list of this type may have.
    #[must_use]
    pub fn limit(mut self, list_type: ListType, patterns: usize) -> AppSettings {
        match list_type {
            ListType::Upload => self.upload_limit = patterns,
            ListType::Delivery => self.delivery_limit = patterns,
        }
        self
    }

    /// Sets whether requests to the list of this type must carry a signed policy.
    #[must_use]
    pub fn require(mut self, list_type: ListType, requirement: Requirement) -> AppSettings {
        match list_type {
            ListType::Upload => self.upload_policy = requirement,
            ListType::Delivery => self.delivery_policy = requirement,
        }
        self
    }

    /// Those of an app of a configuration file.
    pub(crate) fn of_config(app: &config::App) -> AppSettings {
        AppSettings {
            upload_limit: app.upload_limit,
            delivery_limit: app.delivery_limit,
            dangerously_supported_schemes: app.gate.supported_schemes().map(String::from).collect(),
            upload_policy: app.policy.upload,
            delivery_policy: app.policy.delivery,
            ..AppSettings::named(app.name.clone())
        }
    }

    /// How many distinct patterns the list of this type may have.
    pub fn limit_of(&self, list_type: ListType) -> usize {
        match list_type {
            ListType::Upload => self.upload_limit,
            ListType::Delivery => self.delivery_limit,
        }
    }

    /// Whether requests to the list of this type must carry a signed policy.
    pub fn policy(&self, list_type: ListType) -> Requirement {
        match list_type {
            ListType::Upload => self.upload_policy,
            ListType::Delivery => self.delivery_policy,
        }
    }

    /// Whether a list of either type requires a policy.
    pub fn requires_policy(&self) -> bool {
        ListType::ALL.into_iter().any(|list_type| self.policy(list_type) == Requirement::Required)
    }

    /// A gate without lists that supports these schemes.
    pub(crate) fn gate(&self) -> Result<Gate, StoreError> {
        self.dangerously_supported_schemes.iter().try_fold(Gate::new(), |gate, scheme| {
            gate.dangerously_support_scheme(scheme)
                .map_err(|error| StoreErrorKind::Scheme { message: error.to_string() }.into())
        })
    }

    pub(crate) fn check(&self) -> Result<(), StoreError> {
        too_long("the name of an app", self.name.len(), MAX_NAME_BYTES)?;
        too_many("schemes", self.dangerously_supported_schemes.len(), MAX_SCHEMES)?;
        for list_type in ListType::ALL {
            too_many("patterns that a list may have", self.limit_of(list_type), MAX_LIMIT)?;
        }
        self.gate().map(drop)
    }
}

fn too_long(what: &'static str, bytes: usize, limit: usize) -> Result<(), StoreError> {
    if bytes > limit { Err(StoreErrorKind::TooLong { what, bytes, limit }.into()) } else { Ok(()) }
}

fn too_many(what: &'static str, count: usize, limit: usize) -> Result<(), StoreError> {
    if count > limit { Err(StoreErrorKind::TooMany { what, count, limit }.into()) } else { Ok(()) }
}

/// Whether this can be the key of an app.
pub(crate) fn check_key(key: &str) -> Result<(), StoreError> {
    if key.is_empty() {
        return Err(StoreErrorKind::EmptyKey.into());
    }
    too_long("the key of an app", key.len(), MAX_KEY_BYTES)
}

/// An app as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct App {
    /// The key that requests name it by.
    pub key: String,
    /// Its settings.
    pub settings: AppSettings,
    /// Counted up with each change of the settings; from 1, or where an app of this key was removed before, from more than it had.
    pub version: u64,
    /// When it was made.
    pub created: Timestamp,
    pub(crate) upload: Revision,
    pub(crate) delivery: Revision,
}

impl App {
    /// An app of a configuration file, to be shown beside those of a store. No store has it: the version of its settings and the numbers of its lists are 0, which are those of nothing that is kept.
    pub fn of_config(key: impl Into<String>, app: &config::App) -> App {
        let list = |list_type| Revision::of_config(Content::of(app.gate.list(list_type)));
        App {
            key: key.into(),
            settings: AppSettings::of_config(app),
            version: 0,
            created: Timestamp::from_millis(0),
            upload: list(ListType::Upload),
            delivery: list(ListType::Delivery),
        }
    }

    /// The version of this list that is in force.
    pub fn list(&self, list_type: ListType) -> &Revision {
        match list_type {
            ListType::Upload => &self.upload,
            ListType::Delivery => &self.delivery,
        }
    }

    /// What decides for it. Costs reading its patterns.
    pub fn gate(&self) -> Gate {
        // They were read before they were kept. Should this release not do so, origins of theirs are denied.
        let gate = self.settings.gate().unwrap_or_default();
        ListType::ALL
            .into_iter()
            .fold(gate, |gate, list_type| gate.with_list(self.list(list_type).content.to_list(list_type)))
    }

    /// What decides for it, when it is asked: for a registry of many apps. Costs a copy of the texts.
    pub fn dormant_gate(&self) -> DormantGate {
        let [upload, delivery] = ListType::ALL.map(|list_type| {
            let content = &self.list(list_type).content;
            SavedList {
                mode: content.mode(),
                block_missing: content.block_missing(),
                patterns: content.patterns(),
            }
        });
        let schemes = self.settings.dangerously_supported_schemes.iter().map(String::as_str);
        // They were looked at before they were kept.
        DormantGate::restore(upload, delivery, schemes).unwrap_or_else(|_| DormantGate::from(&self.gate()))
    }

    /// What it requires beside its lists, with these secrets; `None` if it requires nothing. One that requires policies and has no secret lets nobody in: no signature is right.
    pub fn lock(&self, secrets: Option<&AppSecrets>) -> Option<AppLock> {
        if !self.settings.requires_policy() {
            return None;
        }
        let secrets = secrets.map_or_else(Secrets::none, AppSecrets::live);
        let lock = AppLock::new(Verifier::new(secrets));
        Some(
            ListType::ALL
                .into_iter()
                .fold(lock, |lock, list_type| lock.with(list_type, self.settings.policy(list_type))),
        )
    }

    /// What a list of apps shows of it.
    pub fn summary(&self) -> AppSummary {
        let list = |list_type| {
            let Revision { number, content, .. } = self.list(list_type);
            ListSummary { mode: content.mode(), patterns: content.patterns().len(), number: *number }
        };
        AppSummary {
            key: self.key.clone(),
            name: self.settings.name.clone(),
            upload: list(ListType::Upload),
            delivery: list(ListType::Delivery),
        }
    }
}

/// What a list of apps shows of one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppSummary {
    /// The key that requests name it by.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Its upload list.
    pub upload: ListSummary,
    /// Its delivery list.
    pub delivery: ListSummary,
}

/// What a list of apps shows of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ListSummary {
    /// Whether it is enforced.
    pub mode: Mode,
    /// How many patterns it has.
    pub patterns: usize,
    /// The number of the version that is in force.
    pub number: u64,
}

/// Which apps are asked for: a page at a time, in the order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppQuery {
    pub(crate) containing: String,
    pub(crate) after: Option<String>,
}

impl AppQuery {
    /// All.
    pub fn new() -> AppQuery {
        AppQuery::default()
    }

    /// Only those in whose key or name this stands, in capitals or not. Every app is looked at, some tenths of a microsecond each.
    #[must_use]
    pub fn containing(self, text: &str) -> AppQuery {
        AppQuery { containing: text.to_lowercase(), ..self }
    }

    /// Only those behind this key: the last one of the page before.
    #[must_use]
    pub fn after(self, key: impl Into<String>) -> AppQuery {
        AppQuery { after: Some(key.into()), ..self }
    }

    /// The key that the page begins behind.
    pub fn is_behind(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Whether an app of this key and name is among them, whatever page it is on.
    pub fn fits(&self, key: &str, name: &str) -> bool {
        let is_in = |text: &str| text.to_lowercase().contains(&self.containing);
        self.containing.is_empty() || is_in(key) || is_in(name)
    }
}

/// What the lists of a new app say: without anything set, both are off and have no patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defaults {
    pub(crate) upload: Content,
    pub(crate) delivery: Content,
}

impl Default for Defaults {
    fn default() -> Defaults {
        Defaults { upload: Content::off(ListType::Upload), delivery: Content::off(ListType::Delivery) }
    }
}

impl Defaults {
    /// Sets what a new upload list says, such as the patterns of the vendor's own console. It stays off until somebody enforces it.
    #[must_use]
    pub fn upload(self, list: &guestlist::List) -> Defaults {
        Defaults { upload: Content::of(list).with_mode(Mode::Off), ..self }
    }
}

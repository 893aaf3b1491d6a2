//! [`Builder`]: the form that policies are built with, field by field with what is wrong there; and [`Built`], what comes out.

use std::time::{Duration, UNIX_EPOCH};

use guestlist_policy::Call;
use guestlist_store::Timestamp;

use super::form::Form;
use super::time::Time;
use super::words::{self, Piece};
use crate::policies::{NewPolicy, SignedPolicy};
use crate::problem::Problem;

/// What stands in the form.
pub(super) struct Builder {
    pub(super) calls: Vec<CallBox>,
    pub(super) wrong_calls: Option<Vec<Piece>>,
    pub(super) fields: Vec<Field>,
}

/// A call that may be ticked.
pub(super) struct CallBox {
    call: Call,
    pub(super) name: &'static str,
    pub(super) is_chosen: bool,
}

/// A field that may be filled in.
pub(super) struct Field {
    /// The key of the policy, but for the minutes.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) hint: &'static str,
    pub(super) is_number: bool,
    pub(super) text: String,
    pub(super) wrong: Option<Vec<Piece>>,
}

/// Name, title, hint, and whether it is a number.
const FIELDS: [(&str, &str, &str, bool); 7] = [
    ("minutes", "Ends in so many minutes", "Short is better: what is signed is taken until then.", true),
    ("handle", "Handle", "The only file that it is for. Empty: any.", false),
    ("url", "URL", "A regular expression that the whole URL matches that a file is taken from.", false),
    ("path", "Path", "A regular expression that the whole path matches that a file is stored under.", false),
    (
        "container",
        "Container",
        "A regular expression that the whole name matches of where a file is stored.",
        false,
    ),
    ("minSize", "At least so many bytes", "Empty: from 0 on.", true),
    ("maxSize", "At most so many bytes", "Empty: as many as there are.", true),
];

/// What the form says before anybody has typed.
const MINUTES: &str = "60";

impl Default for Builder {
    fn default() -> Builder {
        let mut builder = Builder::of(|_| String::new(), |_| false);
        for field in builder.fields.iter_mut().filter(|field| field.name == "minutes") {
            field.text = MINUTES.to_string();
        }
        builder
    }
}

impl Builder {
    /// What somebody has filled in.
    pub(super) fn given(form: &Form) -> Builder {
        Builder::of(
            |name| form.text(name).trim().to_string(),
            |name| form.all("call").any(|chosen| chosen == name),
        )
    }

    fn of(text: impl Fn(&str) -> String, is_chosen: impl Fn(&str) -> bool) -> Builder {
        let calls = Call::ALL.into_iter().map(|call| {
            let name = call.as_str();
            CallBox { call, name, is_chosen: is_chosen(name) }
        });
        let fields = FIELDS.into_iter().map(|(name, title, hint, is_number)| Field {
            name,
            title,
            hint,
            is_number,
            text: text(name),
            wrong: None,
        });
        Builder { calls: calls.collect(), wrong_calls: None, fields: fields.collect() }
    }

    /// What is to be signed; `None` if that cannot be read, and then it is said where.
    pub(super) fn read(&mut self) -> Option<NewPolicy> {
        let minutes = self.number("minutes");
        let (min_size, max_size) = (self.number("minSize"), self.number("maxSize"));
        let calls: Vec<_> =
            self.calls.iter().filter(|call| call.is_chosen).map(|call| call.call.into()).collect();
        if self.fields.iter().any(|field| field.wrong.is_some()) {
            return None;
        }
        Some(NewPolicy {
            expiry: None,
            expires_in: minutes.map(|minutes| minutes.saturating_mul(60)),
            call: Some(calls).filter(|calls| !calls.is_empty()),
            handle: self.text("handle"),
            url: self.text("url"),
            path: self.text("path"),
            container: self.text("container"),
            min_size,
            max_size,
        })
    }

    fn field(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.name == name)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.field(name).map(|field| field.text.clone()).filter(|text| !text.is_empty())
    }

    fn number(&mut self, name: &str) -> Option<u64> {
        let field = self.field(name).filter(|field| !field.text.is_empty())?;
        let number = field.text.parse().ok();
        if number.is_none() {
            field.wrong = Some(words::sentence("this is not a whole number. Write one such as 60."));
        }
        number
    }

    /// Says what is wrong below the field that it is about; whether there is one.
    pub(super) fn is_wrong(&mut self, field: &str, problem: &Problem) -> bool {
        let told = problem.told();
        let sentence = words::sentence(&format!("{}. What to do: {}.", told.detail, told.help));
        if field == "call" {
            self.wrong_calls = Some(sentence);
            return true;
        }
        let name = if ["expiry", "expires_in"].contains(&field) { "minutes" } else { field };
        // The page has another word for it than the API.
        let sentence = match name {
            "minutes" => words::sentence("say in how many minutes it ends, 1 or more."),
            _ => sentence,
        };
        match self.field(name) {
            Some(field) => {
                field.wrong = Some(sentence);
                true
            }
            None => false,
        }
    }
}

/// A policy that was signed.
pub(super) struct Built {
    pub(super) signed: SignedPolicy,
    pub(super) ends: Time,
}

impl Built {
    pub(super) fn of(signed: SignedPolicy) -> Built {
        let ends = UNIX_EPOCH.checked_add(Duration::from_secs(signed.expiry));
        // Later than there are times.
        let ends = ends.map_or(Timestamp::from_millis(u64::MAX), Timestamp::from);
        Built { signed, ends: Time::of(ends.to_string()) }
    }
}

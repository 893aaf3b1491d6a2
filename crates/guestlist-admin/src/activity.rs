//! [`Activity`]: what the server tells of the requests that it decided.

use std::time::SystemTime;

use guestlist::ListType;

/// What the server knows of the requests that it decided lately, to be shown to those who keep the lists.
///
/// Asked on a thread that may wait. What is told is bounded by whoever tells it; of more than a thousand entries the first thousand are shown.
pub trait Activity: Send + Sync {
    /// Origins that this list denied lately, or would have denied while it only reports, the last one first.
    fn denied(&self, app: &str, list_type: ListType) -> Vec<DeniedOrigin>;

    /// How many requests were decided by this list, interval by interval, the oldest first. Intervals without requests may be left out; they are shown all the same.
    fn counts(&self, app: &str, list_type: ListType) -> Vec<Counts>;
}

/// Nobody tells anything.
pub(crate) struct Unknown;

impl Activity for Unknown {
    fn denied(&self, _: &str, _: ListType) -> Vec<DeniedOrigin> {
        Vec::new()
    }

    fn counts(&self, _: &str, _: ListType) -> Vec<Counts> {
        Vec::new()
    }
}

/// An origin that a list denied, or would have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeniedOrigin {
    /// The origin as `Display` of [`guestlist::Origin`] prints it; `None` where the request had no header, or no origin in it.
    pub origin: Option<String>,
    /// Why, as [`guestlist::Denial::code`] has it, or a name of the server's own for what it does not decide on.
    pub reason: &'static str,
    /// Whether the last of these requests was let through, since the list only reports.
    pub only_reported: bool,
    /// How many requests.
    pub count: u64,
    /// When the last one came.
    pub last: SystemTime,
}

impl DeniedOrigin {
    /// Requests of this origin, or of none, that were denied for this reason.
    pub fn new(origin: Option<String>, reason: &'static str, count: u64, last: SystemTime) -> DeniedOrigin {
        DeniedOrigin { origin, reason, only_reported: false, count, last }
    }

    /// Says whether they were let through, since the list only reports.
    #[must_use]
    pub fn only_reported(self, only_reported: bool) -> DeniedOrigin {
        DeniedOrigin { only_reported, ..self }
    }
}

/// How many requests a list decided in an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// When it begins.
    pub from: SystemTime,
    /// When it ends; for the interval that goes on, when it is going to.
    pub until: SystemTime,
    /// How many were let in, those that a list that is off lets through among them.
    pub allowed: u64,
    /// How many were let through although the list says no, since it only reports.
    pub would_deny: u64,
    /// How many were denied.
    pub denied: u64,
}

impl Counts {
    /// An interval in which nothing was decided.
    pub fn between(from: SystemTime, until: SystemTime) -> Counts {
        Counts { from, until, allowed: 0, would_deny: 0, denied: 0 }
    }

    /// Sets how many were let in, how many would have been denied and how many were.
    #[must_use]
    pub fn decided(self, allowed: u64, would_deny: u64, denied: u64) -> Counts {
        Counts { allowed, would_deny, denied, ..self }
    }
}

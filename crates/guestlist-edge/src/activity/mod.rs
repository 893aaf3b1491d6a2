//! [`Activity`]: what was decided lately, app by app, for those who keep the lists.
//!
//! ```text
//!  check ──► counts   cells found by the key's hash, for each hour of a day; no lock, no allocation
//!        └─► denied   a record of fixed size into a bounded queue, so many a second; a thread adds it up
//! ```
//!
//! Nothing is kept on disk. What does not fit is left out: it is told to people, and decides nothing.

mod counts;
mod denied;

use core::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use guestlist::{Decision, Denial, ListType, RequestHeaders};

use self::counts::Counters;
use self::denied::Denied;
use crate::check::Verdict;

/// What was decided lately, app by app: kept where it was made with [`Activity::start`], and nowhere by default. Clones share it.
///
/// Costs a check some tens of nanoseconds; memory for each app that was asked for, and some 50 MB for denied origins at most.
#[derive(Clone, Default)]
pub struct Activity(Option<Arc<Inner>>);

struct Inner {
    counters: Counters,
    denied: Denied,
}

/// What became of the requests of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourOfDecisions {
    /// When the hour began.
    pub from: SystemTime,
    /// Requests that were let through, and would be if the list were enforced.
    pub allowed: u64,
    /// Requests that were let through by a list that only reports, and would be denied otherwise.
    pub would_deny: u64,
    /// Requests that were denied.
    pub denied: u64,
}

/// An origin that a list denied, or would have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeniedOrigin {
    /// In canonical form; `None` where the request had none that could be read, which are told apart by their reasons.
    pub origin: Option<String>,
    /// Why, the last time.
    pub reason: Denial,
    /// Whether the list only reported, the last time.
    pub only_reported: bool,
    /// How often it was noted: under very many denials not each is.
    pub count: u64,
    /// The last time.
    pub last: SystemTime,
}

impl Activity {
    /// Keeps what is decided from now on.
    ///
    /// # Errors
    ///
    /// If the system gives no thread.
    pub fn start() -> io::Result<Activity> {
        Ok(Activity(Some(Arc::new(Inner { counters: Counters::new(), denied: Denied::start()? }))))
    }

    /// What was decided in the last 24 hours: hours without requests are left out. The oldest first.
    pub fn hours(&self, app: &str, list_type: ListType) -> Vec<HourOfDecisions> {
        self.0.as_ref().map_or_else(Vec::new, |inner| inner.counters.hours(app.as_bytes(), list_type))
    }

    /// The origins that were denied lately, or would have been: the last 50 of them, the last one first.
    pub fn denied(&self, app: &str, list_type: ListType) -> Vec<DeniedOrigin> {
        self.0.as_ref().map_or_else(Vec::new, |inner| inner.denied.of(app.as_bytes(), list_type))
    }

    /// Forgets an app that is no more: the next one of its key may be somebody else's.
    pub fn forget(&self, app: &str) {
        if let Some(inner) = &self.0 {
            inner.counters.forget(app.as_bytes());
            inner.denied.forget(app.as_bytes());
        }
    }

    /// Takes a decision into account, of an app that is known.
    #[inline]
    pub(crate) fn note(
        &self,
        app: &[u8],
        verdict: &Verdict,
        decision: Decision,
        request: &RequestHeaders<'_>,
    ) {
        if let Some(inner) = &self.0 {
            inner.counters.count(app, verdict, decision.list_type());
            if let Some(denial) = decision.denial() {
                inner.denied.note(app, verdict, denial, decision, request);
            }
        }
    }

    /// Keeps the time, which no check asks for; never ends.
    pub(crate) async fn keep_time(self) {
        let Some(inner) = self.0 else { return };
        loop {
            inner.counters.tick(SystemTime::now());
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

impl fmt::Debug for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activity").field("is_kept", &self.0.is_some()).finish_non_exhaustive()
    }
}

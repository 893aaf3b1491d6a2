//! From what a proxy asks to a [`Verdict`], whatever the protocol it asked by.
//!
//! ```text
//!  Asked: method, target ─► route ─► list, app ─┐
//!  headers: Origin, Referer ────────────────────┴─► Gates::decide ─┬─► policy::decide ─► Verdict ─► counted, perhaps written down
//!  of an app that requires policies: Carried, Asked ────────────────┘
//! ```
//!
//! Nothing here waits, and but for what the engine documents nothing allocates (`tests.rs`), as long as no policy is required: one that is required is read into memory of its own. One request is decided by one [`Version`], from its route to its rule.

mod asks;
mod route;
mod segments;
mod target;
#[cfg(test)]
mod tests;
mod verdict;
mod version;

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use arc_swap::{ArcSwap, Guard};
use guestlist::{Decision, ListType, RequestHeaders};
use guestlist_policy::{Access, AppLock, Call, Presented, Request};
pub(crate) use guestlist_tower::Count;
use http::header::{HeaderName, ORIGIN, REFERER};

use self::asks::Asks;
use self::route::{Key, Routed};
use self::target::Target;
pub(crate) use self::verdict::{Reason, Verdict};
pub(crate) use self::version::{Known, LoadedVersion, Version};
use crate::activity::Activity;
use crate::live::LiveApps;
use crate::log::{Log, Noted};
use crate::metrics::Metrics;
use crate::traces::Traces;

/// One check in so many is timed: reading the clock twice takes longer than a check.
const TIMED: u32 = 64;

/// The headers of a request, in whatever form a protocol brings them.
pub(crate) trait HeaderValues {
    /// Every value of the headers of this name, each as it was sent.
    fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]>;

    /// The two headers that decide.
    fn request_headers(&self) -> RequestHeaders<'_> {
        RequestHeaders::new().origins(self.values(&ORIGIN)).referers(self.values(&REFERER))
    }

    /// The one value of a header.
    fn one<'a>(&'a self, name: &HeaderName) -> Count<&'a [u8]> {
        Count::of(self.values(name))
    }
}

impl HeaderValues for http::HeaderMap {
    fn values<'a>(&'a self, name: &HeaderName) -> impl Iterator<Item = &'a [u8]> {
        self.get_all(name).iter().map(http::HeaderValue::as_bytes)
    }
}

/// The request that a proxy asks about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'r> {
    pub(crate) method: &'r [u8],
    /// Its path and query as they were sent, or its URL.
    pub(crate) target: &'r [u8],
}

/// Decides on requests, by the version that is in force. Shared by all connections.
pub(crate) struct Checker {
    version: ArcSwap<Version>,
    pub(crate) live: LiveApps,
    activity: Activity,
    pub(crate) metrics: Metrics,
    log: Log,
    pub(crate) traces: Traces,
}

impl Checker {
    pub(crate) fn new(
        first: Version,
        live: LiveApps,
        activity: Activity,
        metrics: Metrics,
        log: Log,
        traces: Traces,
    ) -> Checker {
        Checker { version: ArcSwap::from_pointee(first), live, activity, metrics, log, traces }
    }

    /// The version in force now. Whoever holds it is not disturbed by what comes after.
    pub(crate) fn version(&self) -> Guard<Arc<Version>> {
        self.version.load()
    }

    /// Puts another version in force, and returns the one that was. Requests that are being decided go on with the one they have.
    pub(crate) fn swap(&self, version: Version) -> Arc<Version> {
        self.version.swap(Arc::new(version))
    }

    /// Decides on a request; the routes say which list it asks, and of which app.
    pub(crate) fn check(&self, asked: Asked<'_>, headers: &impl HeaderValues) -> Verdict {
        let timer = Timer::start();
        let version = self.version.load();
        match version.route(asked, headers) {
            Ok(Routed { list, key, target, asks }) => {
                let key = key.as_ref().map(Key::as_bytes);
                self.decide(&version, Question { list, key, target, asks }, headers, timer)
            }
            Err(reason) => self.refuse_in(&version, reason, headers),
        }
    }

    /// Decides on a request to a list that is known. What it carries and asks for stands in this query.
    pub(crate) fn check_list(
        &self,
        list: ListType,
        app: &[u8],
        query: &[u8],
        headers: &impl HeaderValues,
    ) -> Verdict {
        let timer = Timer::start();
        let version = self.version.load();
        let target = Target { query, ..Target::NONE };
        self.decide(&version, Question { list, key: Some(app), target, asks: &version.asks }, headers, timer)
    }

    /// For a question that says too little, or too much, to be routed.
    pub(crate) fn refuse(&self, reason: Reason, headers: &impl HeaderValues) -> Verdict {
        self.refuse_in(&self.version.load(), reason, headers)
    }

    fn decide(
        &self,
        version: &Arc<Version>,
        question: Question<'_>,
        headers: &impl HeaderValues,
        timer: Timer,
    ) -> Verdict {
        let Question { list, key, .. } = question;
        let request = headers.request_headers();
        // An app of a store gets its lock before its gate, and loses it after: with a look on either side of the gate's, none is let through without it.
        let lock_before = key.and_then(|key| self.live.lock(key));
        let (decision, known) = version.decide(list, key, &request, &self.live);
        let lock_before = lock_before.filter(|_| known == Known::OfStore);
        let lock = key.and_then(|key| version.lock(key, known, &self.live)).or(lock_before);
        let access = match &lock {
            None => decision.into(),
            Some(lock) => both_locks(version, &question, decision, lock, headers),
        };
        let verdict = version.varying(Verdict::of(access));
        self.metrics.count(&verdict, known);
        timer.stop(|elapsed| self.metrics.observe(elapsed));
        let app = key.filter(|_| known.is_known());
        if let Some(app) = app {
            self.activity.note(app, &verdict, decision, &request);
        }
        self.log.note(version, &Noted { verdict, access: Some(access), app, request: &request });
        verdict
    }

    fn refuse_in(&self, version: &Arc<Version>, reason: Reason, headers: &impl HeaderValues) -> Verdict {
        let verdict = version.varying(Verdict::refused(reason));
        self.metrics.count(&verdict, Known::OfFile);
        let request = headers.request_headers();
        self.log.note(version, &Noted { verdict, access: None, app: None, request: &request });
        verdict
    }
}

/// What a request asks: a list of an app, and what a policy would have to allow.
#[derive(Clone, Copy)]
struct Question<'r> {
    list: ListType,
    key: Option<&'r [u8]>,
    target: Target<'r>,
    asks: &'r Asks,
}

/// By the second lock too. What the request carries is read if the first is open.
#[inline(never)]
fn both_locks(
    version: &Version,
    question: &Question<'_>,
    decision: Decision,
    lock: &AppLock,
    headers: &impl HeaderValues,
) -> Access {
    let Question { list, target, asks, .. } = *question;
    let carriers = if asks.are_in_query() { version.carriers.in_query() } else { version.carriers };
    let mut held = None;
    let place = &mut held;
    // Before 1970 nothing is known of the time, and everything has expired.
    let now =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(u64::MAX, |since| since.as_secs());
    let now = now.saturating_sub(version.skew);
    guestlist_policy::decide(decision, Some(lock), now, move || {
        let Ok(asked) = asks.read(target, headers, list, carriers.reads_paths()) else {
            return (Presented::Unclear, Request::new(Call::Read));
        };
        let carried = carriers.read(target.path, target.query, |name| headers.one(name));
        let (carried, asked) = &*place.insert((carried, asked));
        (carried.as_presented(), asked.as_request())
    })
}

/// Times one check in [`TIMED`], counted by thread so that nothing is shared.
struct Timer(Option<Instant>);

impl Timer {
    #[inline]
    fn start() -> Timer {
        thread_local! {
            static COUNT: Cell<u32> = const { Cell::new(0) };
        }
        let count = COUNT.get();
        COUNT.set(count.wrapping_add(1));
        Timer(count.is_multiple_of(TIMED).then(Instant::now))
    }

    #[inline]
    fn stop(self, observe: impl FnOnce(std::time::Duration)) {
        if let Some(start) = self.0 {
            observe(start.elapsed());
        }
    }
}

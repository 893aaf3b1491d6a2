//! From what a proxy asks to a [`Verdict`], whatever the protocol it asked by.
//!
//! ```text
//!  Asked: method, target ─► route ─► list, app ─┐
//!  headers: Origin, Referer ────────────────────┴─► Gates::decide ─► Verdict ─► counted, perhaps written down
//! ```
//!
//! Nothing here waits, and but for what the engine documents nothing allocates (`tests.rs`). One request is decided by one [`Version`], from its route to its rule.

mod route;
mod target;
#[cfg(test)]
mod tests;
mod verdict;
mod version;

use std::cell::Cell;
use std::sync::Arc;
use std::time::Instant;

use arc_swap::{ArcSwap, Guard};
use guestlist::{ListType, RequestHeaders};
pub(crate) use guestlist_tower::Count;
use http::header::{HeaderName, ORIGIN, REFERER};

use self::route::{Key, Routed};
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
            Ok(Routed { list, key }) => {
                self.decide(&version, list, key.as_ref().map(Key::as_bytes), headers, timer)
            }
            Err(reason) => self.refuse_in(&version, reason, headers),
        }
    }

    /// Decides on a request to a list that is known.
    pub(crate) fn check_list(&self, list_type: ListType, app: &[u8], headers: &impl HeaderValues) -> Verdict {
        self.decide(&self.version.load(), list_type, Some(app), headers, Timer::start())
    }

    /// For a question that says too little, or too much, to be routed.
    pub(crate) fn refuse(&self, reason: Reason, headers: &impl HeaderValues) -> Verdict {
        self.refuse_in(&self.version.load(), reason, headers)
    }

    fn decide(
        &self,
        version: &Arc<Version>,
        list_type: ListType,
        key: Option<&[u8]>,
        headers: &impl HeaderValues,
        timer: Timer,
    ) -> Verdict {
        let request = headers.request_headers();
        let (decision, known) = version.decide(list_type, key, &request, &self.live);
        let verdict = Verdict::of(&decision);
        self.metrics.count(&verdict, known);
        timer.stop(|elapsed| self.metrics.observe(elapsed));
        let app = key.filter(|_| known == Known::Yes);
        if let Some(app) = app {
            self.activity.note(app, &verdict, decision, &request);
        }
        self.log.note(version, &Noted { verdict, decision: Some(decision), app, request: &request });
        verdict
    }

    fn refuse_in(&self, version: &Arc<Version>, reason: Reason, headers: &impl HeaderValues) -> Verdict {
        let verdict = Verdict::refused(reason);
        self.metrics.count(&verdict, Known::Yes);
        let request = headers.request_headers();
        self.log.note(version, &Noted { verdict, decision: None, app: None, request: &request });
        verdict
    }
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

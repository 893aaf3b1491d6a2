//! The log of decisions: JSON lines, a part of them, at most so many a second.
//!
//! The check path puts a record of fixed size into a bounded queue, and never waits: if the queue is full the record is dropped and counted. A thread of its own writes. No query, no path, no raw
//! header and no key of an unknown app is written: any of them may hold what is secret.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use guestlist::{Decision, HeaderName, Origin, RequestHeaders};
use guestlist_policy::Access;
use serde_json::{Map, Value};

use crate::check::{Verdict, Version};
use crate::metrics::Metrics;
use crate::random::random;

/// How often it is said that nothing can be written.
const TELL_AGAIN: Duration = Duration::from_secs(60);

/// Records that wait to be written.
const QUEUE: usize = 1024;

/// A decision that may be written down.
pub(crate) struct Noted<'r> {
    pub(crate) verdict: Verdict,
    /// What both locks said; `None` for a request that was not decided on.
    pub(crate) access: Option<Access>,
    /// The key of the app, if it is known.
    pub(crate) app: Option<&'r [u8]>,
    pub(crate) request: &'r RequestHeaders<'r>,
}

/// Where decisions go that are written down.
pub(crate) struct Log {
    records: SyncSender<Record>,
    metrics: Metrics,
    lines: PerSecond,
}

/// What is needed to write a line, without allocation.
struct Record {
    time: SystemTime,
    version: Arc<Version>,
    verdict: Verdict,
    access: Option<Access>,
    app: Option<Short<128>>,
    origin: Short<288>,
}

/// Text of a bounded length, in place.
pub(crate) struct Short<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Short<N> {
    pub(crate) fn empty() -> Short<N> {
        Short { bytes: [0; N], len: 0 }
    }

    /// As much of these as fits.
    pub(crate) fn of(bytes: &[u8]) -> Short<N> {
        let mut short = Short::empty();
        short.push(bytes);
        short
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Whether no more fits; then something may have been cut off.
    pub(crate) fn is_full(&self) -> bool {
        self.len == N
    }

    /// What does not fit is cut off.
    fn push(&mut self, bytes: &[u8]) {
        let taken = bytes.len().min(N - self.len);
        self.bytes[self.len..self.len + taken].copy_from_slice(&bytes[..taken]);
        self.len += taken;
    }
}

impl<const N: usize> std::fmt::Write for Short<N> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

impl Log {
    /// A log, and what it has to write; [`Lines::write_to`] does so, until the log is dropped.
    pub(crate) fn new(metrics: Metrics) -> (Log, Lines) {
        let (records, lines) = sync_channel(QUEUE);
        (Log { records, metrics, lines: PerSecond::default() }, Lines(lines))
    }

    /// Takes a decision down if it is one of those to be written.
    #[inline]
    pub(crate) fn note(&self, version: &Arc<Version>, noted: &Noted<'_>) {
        let settings = &version.log;
        let denies = !noted.verdict.lets_through() || noted.verdict.would_deny();
        let part = if denies { settings.denied } else { settings.allowed };
        if part > 0.0 && (part >= 1.0 || random() < part) {
            self.take_down(version, noted);
        }
    }

    #[inline(never)]
    fn take_down(&self, version: &Arc<Version>, noted: &Noted<'_>) {
        let time = SystemTime::now();
        if !self.lines.has_room(time, version.log.per_second) {
            return self.metrics.log_dropped();
        }
        let app = noted.app.map(Short::of);
        let mut origin = Short::empty();
        if let Some(judged) = noted.access.and_then(|access| judged(access.decision(), noted.request)) {
            // It fits, and a text in place never fails.
            write!(origin, "{judged}").ok();
        }
        let record = Record {
            time,
            version: version.clone(),
            verdict: noted.verdict,
            access: noted.access,
            app,
            origin,
        };
        if self.records.try_send(record).is_err() {
            self.metrics.log_dropped();
        }
    }
}

/// So many in a second, counted without a lock: the second in the high half, how many it had in the low one.
#[derive(Debug, Default)]
pub(crate) struct PerSecond(AtomicU64);

impl PerSecond {
    /// Counts one, unless this second has had its number.
    pub(crate) fn has_room(&self, time: SystemTime, per_second: u32) -> bool {
        let second = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let now = second << 32;
        let count = |state: u64| match state >> 32 == now >> 32 {
            true if state & u64::from(u32::MAX) >= u64::from(per_second) => None,
            true => Some(state + 1),
            false => (per_second > 0).then_some(now | 1),
        };
        self.0.fetch_update(Relaxed, Relaxed, count).is_ok()
    }
}

/// The origin that was judged, if it is one: what is malformed is not written down.
pub(crate) fn judged<'h>(decision: Decision, request: &RequestHeaders<'h>) -> Option<Origin<'h>> {
    match decision.header()? {
        HeaderName::Origin => Origin::from_origin_header(request.first_origin()?).ok(),
        HeaderName::Referer => Origin::from_referer_header(request.first_referer()?).ok(),
    }
}

/// The records of a log, to be written.
pub(crate) struct Lines(Receiver<Record>);

impl Lines {
    /// Writes lines until the log is gone and all is written. What cannot be written, to a full disk for instance, is counted as dropped; what comes later may be.
    pub(crate) fn write_to(self, out: &mut dyn Write, metrics: &Metrics) {
        let mut told: Option<Instant> = None;
        let mut lines = Vec::new();
        while let Ok(record) = self.0.recv() {
            // Together what has come meanwhile, and then out with it: someone may be looking.
            let mut records = 1;
            let mut written = write_line(&mut lines, &record);
            while records < QUEUE
                && let Ok(record) = self.0.try_recv()
            {
                records += 1;
                written = written.and(write_line(&mut lines, &record));
            }
            if let Err(error) = written.and_then(|()| out.write_all(&lines)).and_then(|()| out.flush()) {
                (0..records).for_each(|_| metrics.log_dropped());
                if told.is_none_or(|told| told.elapsed() >= TELL_AGAIN) {
                    told = Some(Instant::now());
                    tracing::error!(%error, "decisions are not written down; they are counted in guestlist_log_dropped_total");
                }
            }
            lines.clear();
        }
    }
}

fn write_line(out: &mut dyn Write, record: &Record) -> io::Result<()> {
    let Record { verdict, version, .. } = record;
    let text = |bytes: &[u8]| Value::String(String::from_utf8_lossy(bytes).into_owned());
    let mut line = Map::new();
    let mut set = |key: &str, value: Value| line.insert(key.to_string(), value);
    set("time", humantime::format_rfc3339_millis(record.time).to_string().into());
    set("decision", verdict.decision().into());
    if verdict.would_deny() {
        set("would_deny", true.into());
    }
    set("list", verdict.list().map_or(Value::Null, |list| list.as_str().into()));
    set("mode", verdict.mode().as_str().into());
    set("reason", verdict.reason().code().into());
    let app = record.app.as_ref().map(Short::as_bytes);
    if record.access.is_some() {
        set("app", app.map_or(Value::Null, text));
    }
    if let Some(access) = &record.access {
        let decision = access.decision();
        if let Some(rule) = decision.rule() {
            set("rule", (rule.index() + 1).into());
            let gate = app.and_then(|app| version.gates.get(app));
            let pattern = gate.as_ref().and_then(|gate| gate.pattern(decision.list_type(), rule));
            set("pattern", pattern.map_or(Value::Null, Value::from));
        }
        if let Some(header) = decision.header() {
            set("header", header.as_str().into());
        }
        if record.origin.len > 0 {
            set("origin", text(record.origin.as_bytes()));
        }
        set(
            "message",
            match app {
                Some(_) => access.to_string(),
                None => format!("unknown app; {access}"),
            }
            .into(),
        );
    }
    set("version", version.number.into());
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

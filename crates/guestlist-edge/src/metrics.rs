//! What the server counts, for Prometheus.
//!
//! Every counter is registered at the start, and found on the check path by an index, not by its labels. Labels are bounded: list, mode, decision, reason.

use std::fmt::Error;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use guestlist::{ListType, Mode};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::{Registry, Unit};

use crate::check::{Known, Reason, Verdict, Version};

/// The server's metrics; cloning shares them.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    decisions: Box<[Counter]>,
    seconds: Latency,
    reloads: [Counter; 2],
    loaded_at: Gauge<f64, AtomicU64>,
    version: Gauge,
    apps: Gauge,
    live_apps: Gauge,
    pub(crate) connections: Gauge,
    refused: Counter,
    timed_out: [Counter; 2],
    log_dropped: Counter,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    list: &'static str,
    mode: &'static str,
    decision: &'static str,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabel {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabel {
    kind: &'static str,
}

/// Why a connection was ended that did nothing wrong but wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimedOut {
    /// It took too long for the head of a request.
    Header,
    /// It had no request for too long.
    Idle,
}

/// What is counted apart: the reasons, and those of unknown apps as one.
const REASONS: usize = Reason::ALL.len() + 1;
const MODES: [Mode; 3] = [Mode::Off, Mode::Report, Mode::Enforce];
const LISTS: [Option<ListType>; 3] = [Some(ListType::Upload), Some(ListType::Delivery), None];

fn index(list: Option<ListType>, mode: Mode, lets_through: bool, reason: usize) -> usize {
    let list = match list {
        Some(ListType::Upload) => 0,
        Some(ListType::Delivery) => 1,
        None => 2,
    };
    let mode = match mode {
        Mode::Off => 0,
        Mode::Report => 1,
        Mode::Enforce => 2,
    };
    ((list * MODES.len() + mode) * 2 + usize::from(lets_through)) * REASONS + reason
}

/// Whether there can be such a verdict; others are not shown.
fn is_possible(list: Option<ListType>, mode: Mode, lets_through: bool, reason: Option<Reason>) -> bool {
    if list.is_none() {
        let refused = matches!(reason, Some(Reason::NoRoute | Reason::Ambiguous));
        return refused && mode == Mode::Enforce && !lets_through;
    }
    // The second lock is asked whatever the mode of the list.
    if reason.is_some_and(Reason::is_of_policy) {
        return !lets_through;
    }
    match (mode, reason) {
        (_, Some(Reason::NoRoute | Reason::Ambiguous)) => false,
        (Mode::Off, reason) => lets_through && reason == Some(Reason::NotEnforced),
        (_, Some(Reason::NotEnforced)) => false,
        (Mode::Report, reason) => lets_through && reason.is_some(),
        (Mode::Enforce, Some(Reason::Matched)) => lets_through,
        (Mode::Enforce, Some(Reason::MissingHeader)) => true,
        (Mode::Enforce, _) => !lets_through,
    }
}

impl Metrics {
    pub(crate) fn new() -> Metrics {
        let mut registry = Registry::with_prefix("guestlist");
        let build = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "What is running", Info::new(build));

        let family = Family::<DecisionLabels, Counter>::default();
        registry.register(
            "decisions",
            "Requests decided, by list, its mode, whether they were let through, and why",
            family.clone(),
        );
        let mut decisions = Vec::new();
        for list in LISTS {
            for mode in MODES {
                for lets_through in [false, true] {
                    for reason in Reason::ALL.map(Some).into_iter().chain([None]) {
                        debug_assert_eq!(
                            decisions.len(),
                            index(
                                list,
                                mode,
                                lets_through,
                                reason.map_or(REASONS - 1, |reason| reason as usize)
                            )
                        );
                        let labels = DecisionLabels {
                            list: list.map_or("none", ListType::as_str),
                            mode: mode.as_str(),
                            decision: if lets_through { "allow" } else { "deny" },
                            reason: reason.map_or("unknown-app", Reason::code),
                        };
                        decisions.push(if is_possible(list, mode, lets_through, reason) {
                            family.get_or_create_owned(&labels)
                        } else {
                            Counter::default()
                        });
                    }
                }
            }
        }

        let seconds = Latency::default();
        registry.register_with_unit(
            "check",
            "Time from the head of a request to its decision; of one check in 64",
            Unit::Seconds,
            seconds.clone(),
        );

        let family = Family::<ResultLabel, Counter>::default();
        registry.register(
            "reloads",
            "Configurations that were read again, by what came of it",
            family.clone(),
        );
        let reloads = ["ok", "error"].map(|result| family.get_or_create_owned(&ResultLabel { result }));
        let loaded_at = Gauge::default();
        registry.register(
            "config_loaded_timestamp_seconds",
            "When the configuration in force was loaded, in seconds since 1970",
            loaded_at.clone(),
        );
        let version = Gauge::default();
        registry.register(
            "config_version",
            "How many configurations were in force, this one counted",
            version.clone(),
        );
        let apps = Gauge::default();
        registry.register("apps", "Apps in the configuration in force", apps.clone());
        let live_apps = Gauge::default();
        registry.register("live_apps", "Apps beside those of the configuration", live_apps.clone());
        let connections = Gauge::default();
        registry.register("connections", "Connections for checks that are open", connections.clone());
        let refused = Counter::default();
        registry.register(
            "connections_refused",
            "Connections refused because there were too many",
            refused.clone(),
        );
        let family = Family::<KindLabel, Counter>::default();
        registry.register(
            "connections_timed_out",
            "Connections that were closed because they waited",
            family.clone(),
        );
        let timed_out = ["header", "idle"].map(|kind| family.get_or_create_owned(&KindLabel { kind }));
        let log_dropped = Counter::default();
        registry.register(
            "log_dropped",
            "Decisions that were to be written down and were not, because there were too many",
            log_dropped.clone(),
        );
        Metrics(Arc::new(Inner {
            registry,
            decisions: decisions.into(),
            seconds,
            reloads,
            loaded_at,
            version,
            apps,
            live_apps,
            connections,
            refused,
            timed_out,
            log_dropped,
        }))
    }

    /// Counts a verdict.
    #[inline]
    pub(crate) fn count(&self, verdict: &Verdict, known: Known) {
        let reason = match known {
            Known::OfFile | Known::OfStore => verdict.reason() as usize,
            Known::No => REASONS - 1,
        };
        self.0.decisions[index(verdict.list(), verdict.mode(), verdict.lets_through(), reason)].inc();
    }

    /// Notes how long a check took.
    pub(crate) fn observe(&self, elapsed: Duration) {
        self.0.seconds.observe(elapsed);
    }

    pub(crate) fn reloaded(&self, version: &Version) {
        self.0.reloads[0].inc();
        self.show(version);
    }

    pub(crate) fn reload_failed(&self) {
        self.0.reloads[1].inc();
    }

    /// Shows which version is in force.
    pub(crate) fn show(&self, version: &Version) {
        let since_1970 = version.loaded_at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        self.0.loaded_at.set(since_1970.as_secs_f64());
        self.0.version.set(i64::try_from(version.number).unwrap_or(i64::MAX));
        self.0.apps.set(i64::try_from(version.gates.len()).unwrap_or(i64::MAX));
    }

    /// Shows how many apps there are beside those of the configuration.
    pub(crate) fn show_live(&self, apps: usize) {
        self.0.live_apps.set(i64::try_from(apps).unwrap_or(i64::MAX));
    }

    pub(crate) fn connected(&self) {
        self.0.connections.inc();
    }

    pub(crate) fn disconnected(&self) {
        self.0.connections.dec();
    }

    pub(crate) fn refused(&self) {
        self.0.refused.inc();
    }

    pub(crate) fn timed_out(&self, kind: TimedOut) {
        self.0.timed_out[usize::from(kind == TimedOut::Idle)].inc();
    }

    pub(crate) fn log_dropped(&self) {
        self.0.log_dropped.inc();
    }

    /// All of them, in the text format of OpenMetrics.
    pub(crate) fn text(&self) -> Result<String, Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

/// Upper bounds of the histogram's buckets, in nanoseconds.
const BUCKETS: [u64; 12] =
    [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 250_000, 1_000_000, 16_000_000];

/// A histogram that takes no lock.
#[derive(Clone, Debug, Default)]
struct Latency(Arc<LatencyInner>);

#[derive(Debug, Default)]
struct LatencyInner {
    nanos: AtomicU64,
    /// The last for what is above all bounds.
    counts: [AtomicU64; BUCKETS.len() + 1],
}

impl Latency {
    fn observe(&self, elapsed: Duration) {
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.0.nanos.fetch_add(nanos, Relaxed);
        self.0.counts[BUCKETS.partition_point(|bound| *bound < nanos)].fetch_add(1, Relaxed);
    }
}

impl TypedMetric for Latency {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for Latency {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), Error> {
        #[allow(clippy::cast_precision_loss)] // for people
        let seconds = |nanos: u64| nanos as f64 / 1e9;
        let bounds = BUCKETS.map(seconds).into_iter().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> =
            bounds.zip(&self.0.counts).map(|(bound, count)| (bound, count.load(Relaxed))).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        encoder.encode_histogram::<NoLabelSet>(seconds(self.0.nanos.load(Relaxed)), count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

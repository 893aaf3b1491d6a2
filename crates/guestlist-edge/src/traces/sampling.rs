//! Which checks have a span: what the caller has decided, or a part of them at random.
//!
//! All of it is decided here, and the SDK is told of spans that are to be: asking its samplers needs a span first.

use std::str::from_utf8;

use http::header::HeaderName;
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanKind, TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, ShouldSample};

use crate::check::{Count, HeaderValues};
use crate::random::random;

const NAME: &str = "traceparent";
const TRACEPARENT: HeaderName = HeaderName::from_static(NAME);

/// One check in so many has a span where nobody says otherwise: a server decides a hundred thousand a second.
const ONE_IN: f64 = 1024.0;

/// Which checks have a span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sampling {
    /// Whether the caller decides for the traces that it has begun.
    heeds_parent: bool,
    /// Which part of the others, from 0 to 1.
    part: f64,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { heeds_parent: true, part: 1.0 / ONE_IN }
    }
}

impl Sampling {
    pub(super) const fn new(heeds_parent: bool, part: f64) -> Sampling {
        Sampling { heeds_parent, part }
    }

    /// By `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. What they hold that is none of the values of the OpenTelemetry specification is as if it were not there, but for a warning.
    pub(super) fn read(sampler: Option<&str>, argument: Option<&str>) -> Sampling {
        let ratio = || {
            let part = argument.map(|argument| (argument, argument.trim().parse::<f64>()));
            match part {
                None => 1.0,
                Some((_, Ok(part))) if (0.0..=1.0).contains(&part) => part,
                Some((argument, _)) => {
                    tracing::warn!(argument, "OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1; taking 1");
                    1.0
                }
            }
        };
        match sampler {
            None => Sampling::default(),
            Some("always_on") => Sampling::new(false, 1.0),
            Some("always_off") => Sampling::new(false, 0.0),
            Some("traceidratio") => Sampling::new(false, ratio()),
            Some("parentbased_always_on") => Sampling::new(true, 1.0),
            Some("parentbased_always_off") => Sampling::new(true, 0.0),
            Some("parentbased_traceidratio") => Sampling::new(true, ratio()),
            Some(sampler) => {
                tracing::warn!(
                    sampler,
                    "OTEL_TRACES_SAMPLER names no sampler that is known here; spans are made of one check in {ONE_IN}"
                );
                Sampling::default()
            }
        }
    }

    /// Whether there may be any span.
    pub(super) fn is_off(self) -> bool {
        !self.heeds_parent && !self.has_roots()
    }

    /// Whether any trace begins here.
    pub(super) fn has_roots(self) -> bool {
        self.part > 0.0
    }

    /// What the span of this check belongs to, if it has one.
    #[inline]
    pub(super) fn sample(self, headers: &impl HeaderValues) -> Option<Context> {
        // Of two the standard says nothing better than to begin anew.
        let Count::One(value) = headers.one(&TRACEPARENT) else { return self.root() };
        match flag(value) {
            Some(false) if self.heeds_parent => None,
            Some(_) => self.sample_continued(value),
            None => self.root(),
        }
    }

    #[inline]
    fn root(self) -> Option<Context> {
        (self.has_roots() && (self.part >= 1.0 || random() < self.part)).then(Context::new)
    }

    #[inline(never)]
    fn sample_continued(self, traceparent: &[u8]) -> Option<Context> {
        let Some(parent) = parent(traceparent) else { return self.root() };
        let context = parent.span().span_context().clone();
        let is_sampled = if self.heeds_parent {
            context.is_sampled()
        } else {
            // By its id, so that all who take the same part of traces take the same traces.
            let id = context.trace_id();
            let sampler = Sampler::TraceIdRatioBased(self.part);
            let sampled = sampler.should_sample(None, id, "check", &SpanKind::Server, &[], &[]);
            sampled.decision == SamplingDecision::RecordAndSample
        };
        is_sampled.then_some(parent)
    }
}

/// Whether a `traceparent` says that its trace is sampled: the lowest bit of its last field, which has its place in every version (W3C Trace Context, section 3.2). Looked at before anything is parsed, which
/// allocates.
fn flag(traceparent: &[u8]) -> Option<bool> {
    let digit = char::from(*traceparent.get(FLAGS_END)?).to_digit(16)?;
    Some(digit % 2 == 1)
}

/// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01` ends there.
const FLAGS_END: usize = 54;

fn parent(traceparent: &[u8]) -> Option<Context> {
    let header = Traceparent(from_utf8(traceparent).ok()?);
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &header);
    context.span().span_context().is_valid().then_some(context)
}

/// A request as the propagator sees it: with this header and no other.
struct Traceparent<'r>(&'r str);

impl Extractor for Traceparent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == NAME).then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec![NAME]
    }
}

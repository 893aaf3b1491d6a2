//! Spans of checks and reloads, by OpenTelemetry: the feature `otel`.
//!
//! ```text
//!  request ─► sampling ── no: nothing more
//!  (traceparent) └─ yes: clock ─► check ─► Verdict ─► span ─► queue ─► a thread ─► collector (OTLP)
//! ```
//!
//! Whether there is to be a span is known before the check, and costs an unsampled one a look for `traceparent` and a random number: no clock, no allocation. A span is made when the check is over,
//! and handed to the SDK's queue, which drops what does not fit.
//!
//! Nothing that could be secret goes into a span: no key, no path, no query, and of the headers only the two ids of a valid `traceparent`. What else `tracestate` holds stays out: it is for those further
//! down a trace, and there is nobody further down.

mod collector;
mod exporter;
mod sampling;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use guestlist::ListType;
use opentelemetry::trace::{Span, SpanBuilder, SpanKind, Status, TracerProvider};
use opentelemetry::{Context, InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use self::sampling::Sampling;
use crate::check::{HeaderValues, Verdict};
use crate::endpoint::Endpoint;
use crate::reload::InForce;
use crate::source::LoadError;

/// Where the spans of a server go; cloning shares it. By default there are none.
#[derive(Clone, Debug, Default)]
pub struct Traces(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    tracer: SdkTracer,
    provider: SdkTracerProvider,
    sampling: Sampling,
}

impl Traces {
    /// Traces by OTLP over HTTP, where the standard environment variables say and as they say; none if they do not say where.
    ///
    /// Must be called on a tokio runtime with its drivers enabled, which then does the sending. Whatever is wrong with the variables is said in the log, as a warning: it may cost the traces, but never
    /// the checks.
    #[must_use]
    pub fn from_env() -> Traces {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let started = exporter::Settings::read(var).and_then(|settings| {
            let Some(settings) = settings else { return Ok(Traces::default()) };
            let runtime = Handle::try_current().map_err(|error| error.to_string())?;
            let sampling = settings.sampling;
            Ok(Traces::to(exporter::start(settings, runtime)?, sampling))
        });
        started.unwrap_or_else(|error| {
            tracing::warn!("there are no traces: {error}");
            Traces::default()
        })
    }

    fn to(provider: SdkTracerProvider, sampling: Sampling) -> Traces {
        let scope = InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        Traces(Some(Arc::new(Inner { tracer: provider.tracer_with_scope(scope), provider, sampling })))
    }

    /// Decides by `check`, with a span if this is one of those checks.
    #[inline]
    pub(crate) fn check(
        &self,
        endpoint: Endpoint,
        headers: &impl HeaderValues,
        check: impl FnOnce() -> Verdict,
    ) -> Verdict {
        let Some(inner) = &self.0 else { return check() };
        let Some(parent) = inner.sampling.sample(headers) else { return check() };
        let start = SystemTime::now();
        let verdict = check();
        inner.span_of_check(&parent, start, endpoint, &verdict);
        verdict
    }

    /// To be ended when it is known what came of the reload that begins now.
    pub(crate) fn reload(&self) -> Reloading {
        let inner = self.0.clone().filter(|inner| inner.sampling.has_roots());
        Reloading(inner.map(|inner| (inner, SystemTime::now())))
    }

    /// Sends what is still to be sent. No spans come after.
    pub(crate) async fn end(self, limit: Duration) {
        let Some(inner) = self.0 else { return };
        let ended = spawn_blocking(move || inner.provider.shutdown_with_timeout(limit)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("some spans were not sent");
        }
    }
}

impl Inner {
    #[inline(never)]
    fn span_of_check(&self, parent: &Context, start: SystemTime, endpoint: Endpoint, verdict: &Verdict) {
        let mut attributes = Vec::with_capacity(6);
        attributes.push(KeyValue::new("guestlist.endpoint", name(endpoint)));
        attributes.extend(verdict.list().map(|list| KeyValue::new("guestlist.list", ListType::as_str(list))));
        attributes.push(KeyValue::new("guestlist.mode", verdict.mode().as_str()));
        attributes.push(KeyValue::new("guestlist.decision", verdict.decision()));
        attributes.push(KeyValue::new("guestlist.reason", verdict.reason().code()));
        attributes.extend(verdict.rule().map(|rule| KeyValue::new("guestlist.rule", i64::from(rule.get()))));
        SpanBuilder::from_name("check")
            .with_kind(SpanKind::Server)
            .with_start_time(start)
            .with_attributes(attributes)
            .start_with_context(&self.tracer, parent)
            .end();
    }
}

fn name(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Check => "check",
        Endpoint::AuthRequest => "auth-request",
        Endpoint::ForwardAuth => "forward-auth",
        Endpoint::ExtAuthz => "ext-authz",
        Endpoint::Grpc => "grpc",
        Endpoint::Spoe => "spoe",
    }
}

/// A reload that is under way.
pub(crate) struct Reloading(Option<(Arc<Inner>, SystemTime)>);

impl Reloading {
    /// Why a configuration did not load is not for a span: it quotes the file. The log says it.
    pub(crate) fn ended(self, result: &Result<InForce, LoadError>) {
        let Some((inner, start)) = self.0 else { return };
        let builder = SpanBuilder::from_name("reload").with_kind(SpanKind::Internal).with_start_time(start);
        let mut span = builder.start_with_context(&inner.tracer, &Context::new());
        match result {
            Ok(InForce { version, apps }) => {
                let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
                span.set_attribute(KeyValue::new("guestlist.outcome", "ok"));
                span.set_attribute(KeyValue::new("guestlist.version", number(*version)));
                span.set_attribute(KeyValue::new("guestlist.apps", number(*apps as u64)));
            }
            Err(_) => {
                span.set_attribute(KeyValue::new("guestlist.outcome", "error"));
                span.set_status(Status::error("the configuration does not load; the log says why"));
            }
        }
        span.end();
    }
}

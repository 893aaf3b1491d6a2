//! Environment variables → a provider that exports by OTLP.
//!
//! The names and their meanings are those of the OpenTelemetry specification ("Environment Variable Specification", "OTLP Exporter Configuration"). Most are read by the libraries; here are those that
//! decide whether there is anything to export, and how it is sent.

use std::path::PathBuf;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, TelemetryResourceDetector};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;

use super::collector::Collector;
use super::sampling::Sampling;

/// What the variables say.
#[derive(Debug, PartialEq)]
pub(super) struct Settings {
    pub(super) sampling: Sampling,
    service_name: Option<String>,
    /// Who may have signed the certificate of the collector, if it is asked by TLS.
    authorities: Option<PathBuf>,
    timeout: Duration,
}

/// What the specification says of one attempt.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Settings {
    /// Reads the variables; `var` knows none that is empty. `None` if there is nothing to export.
    ///
    /// # Errors
    ///
    /// What is wrong with them, and what to do about it.
    pub(super) fn read(var: impl Fn(&str) -> Option<String>) -> Result<Option<Settings>, String> {
        // What is said of traces comes before what is said of all signals.
        let otlp = |name: &str| {
            var(&format!("OTEL_EXPORTER_OTLP_TRACES_{name}"))
                .or_else(|| var(&format!("OTEL_EXPORTER_OTLP_{name}")))
        };
        let endpoint = otlp("ENDPOINT");
        match var("OTEL_TRACES_EXPORTER").as_deref() {
            None if endpoint.is_none() => return Ok(None),
            Some("none") => return Ok(None),
            None | Some("otlp") => {}
            Some(other) => {
                return Err(format!("OTEL_TRACES_EXPORTER is `{other}`; here there are `otlp` and `none`"));
            }
        }
        let sampling =
            Sampling::read(var("OTEL_TRACES_SAMPLER").as_deref(), var("OTEL_TRACES_SAMPLER_ARG").as_deref());
        let is_disabled = var("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        if is_disabled || sampling.is_off() {
            return Ok(None);
        }
        if let Some(protocol) = otlp("PROTOCOL").filter(|protocol| protocol != "http/protobuf") {
            return Err(format!(
                "OTEL_EXPORTER_OTLP_PROTOCOL is `{protocol}`; here there is `http/protobuf`, for which a collector listens on port 4318"
            ));
        }
        let authorities = otlp("CERTIFICATE").map(PathBuf::from);
        let is_https = endpoint.is_some_and(|endpoint| endpoint.starts_with("https:"));
        if is_https && authorities.is_none() {
            return Err(
                "the collector is asked by https, and no authority is known; name a PEM file in OTEL_EXPORTER_OTLP_CERTIFICATE, such as /etc/ssl/certs/ca-certificates.crt"
                    .to_string(),
            );
        }
        let timeout = otlp("TIMEOUT").and_then(|millis| millis.parse().ok()).map(Duration::from_millis);
        Ok(Some(Settings {
            sampling,
            service_name: var("OTEL_SERVICE_NAME"),
            authorities: authorities.filter(|_| is_https),
            timeout: timeout.unwrap_or(TIMEOUT),
        }))
    }
}

/// A provider that exports, from a thread of its own; what it sends is sent on `runtime`. Every span that it is given is one to be exported.
///
/// # Errors
///
/// What is wrong with the settings.
pub(super) fn start(settings: Settings, runtime: Handle) -> Result<SdkTracerProvider, String> {
    let collector = Collector::new(settings.authorities.as_deref(), settings.timeout, runtime)?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_http_client(collector)
        .build()
        .map_err(|error| error.to_string())?;
    Ok(SdkTracerProvider::builder()
        .with_resource(resource(settings.service_name))
        .with_sampler(Sampler::AlwaysOn)
        .with_batch_exporter(exporter)
        .build())
}

/// What is the same for all spans: ours, unless the variables say otherwise.
fn resource(service_name: Option<String>) -> Resource {
    let resource = Resource::builder_empty()
        .with_service_name("guestlist")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_detectors(&[Box::new(TelemetryResourceDetector), Box::new(EnvResourceDetector::new())]);
    match service_name {
        Some(name) => resource.with_service_name(name),
        None => resource,
    }
    .build()
}

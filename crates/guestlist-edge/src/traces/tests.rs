use std::sync::{Arc, Mutex};

use allocation_counter::measure;
use guestlist::{Gate, List, ListType, RequestHeaders};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SpanData, SpanExporter};

use super::exporter::Settings;
use super::*;
use crate::check::Reason;

const SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const UNSAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
const TRACE: TraceId = TraceId::from_bytes((0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736u128).to_be_bytes());

/// An exporter that keeps what it is given.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

impl Kept {
    fn take(&self) -> Vec<SpanData> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn traces(sampling: Sampling) -> (Traces, Kept) {
    let kept = Kept::default();
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::AlwaysOn)
        .with_simple_exporter(kept.clone())
        .build();
    (Traces::to(provider, sampling), kept)
}

fn headers(values: &[(&'static str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
    };
    values.iter().map(pair).collect()
}

fn traceparents(values: &[&str]) -> HeaderMap {
    headers(&values.iter().map(|value| ("traceparent", *value)).collect::<Vec<_>>())
}

fn matched() -> Verdict {
    let list = List::builder(ListType::Upload).patterns(["a.example", "*.example.com"]).build().unwrap();
    let request = RequestHeaders::new().origin(b"https://app.example.com");
    Verdict::of(Gate::new().with_list(list).decide(ListType::Upload, &request))
}

/// The spans of one check.
fn spans(sampling: Sampling, headers: &HeaderMap) -> Vec<SpanData> {
    let (traces, kept) = traces(sampling);
    let verdict = traces.check(Endpoint::Check, headers, matched);
    assert_eq!(verdict, matched());
    kept.take()
}

/// Heeds the caller, and begins no trace.
const CONTINUED: Sampling = Sampling::new(true, 0.0);
/// Heeds the caller, and begins a trace for all others.
const ALL: Sampling = Sampling::new(true, 1.0);

fn attributes(span: &SpanData) -> Vec<String> {
    span.attributes.iter().map(|pair| format!("{}={}", pair.key, pair.value)).collect()
}

#[test]
fn a_sampled_trace_is_continued_and_says_what_was_decided() {
    let [span] = spans(CONTINUED, &traceparents(&[SAMPLED])).try_into().unwrap();
    assert_eq!(span.name, "check");
    assert_eq!(span.span_kind, SpanKind::Server);
    assert_eq!(span.span_context.trace_id(), TRACE);
    assert_eq!(span.parent_span_id, SpanId::from(0x00f0_67aa_0ba9_02b7));
    assert!(span.parent_span_is_remote && span.start_time <= span.end_time);
    assert_eq!(
        attributes(&span),
        [
            "guestlist.endpoint=check",
            "guestlist.list=upload",
            "guestlist.mode=enforce",
            "guestlist.decision=allow",
            "guestlist.reason=matched",
            "guestlist.rule=2",
        ]
    );
}

#[test]
fn what_is_not_known_is_not_said() {
    let (traces, kept) = traces(CONTINUED);
    traces.check(Endpoint::ForwardAuth, &traceparents(&[SAMPLED]), || Verdict::refused(Reason::Ambiguous));
    let expected = ["endpoint=forward-auth", "mode=enforce", "decision=deny", "reason=ambiguous"];
    assert_eq!(attributes(&kept.take()[0]), expected.map(|pair| format!("guestlist.{pair}")));
}

#[test]
fn an_unsampled_trace_stays_so() {
    for flags in ["00", "02", "fe"] {
        let header = format!("{}{flags}", &SAMPLED[..53]);
        assert!(spans(ALL, &traceparents(&[&header])).is_empty(), "{header}");
    }
}

#[test]
fn later_versions_and_other_flags_are_read_as_far_as_they_are_known() {
    for header in [
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-one-day",
    ] {
        let [span] = spans(CONTINUED, &traceparents(&[header])).try_into().unwrap();
        assert_eq!(span.span_context.trace_id(), TRACE, "{header}");
    }
}

#[test]
fn what_is_no_traceparent_counts_as_none() {
    let malformed = [
        vec![],
        vec![""],
        vec!["00"],
        vec![SAMPLED, SAMPLED],
        vec![SAMPLED, UNSAMPLED],
        vec!["00-00000000000000000000000000000000-00f067aa0ba902b7-01"],
        vec!["00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"],
        vec!["00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"],
        vec!["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x"],
        vec!["ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
        vec!["00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01"],
    ];
    for values in malformed {
        let headers = traceparents(&values);
        assert!(spans(CONTINUED, &headers).is_empty(), "{values:?}");
        let [span] = spans(ALL, &headers).try_into().unwrap();
        assert_ne!(span.span_context.trace_id(), TRACE, "{values:?}");
        assert_eq!(span.parent_span_id, SpanId::INVALID, "{values:?}");
    }
    // It is text that is expected, and bytes may come.
    let bytes = HeaderValue::from_bytes(&[0xff; 54].iter().chain(b"1").copied().collect::<Vec<_>>()).unwrap();
    let headers: HeaderMap = [(HeaderName::from_static("traceparent"), bytes)].into_iter().collect();
    assert!(spans(CONTINUED, &headers).is_empty());
}

#[test]
fn nothing_else_of_a_request_is_in_a_span() {
    let headers = headers(&[
        ("traceparent", SAMPLED),
        ("tracestate", "vendor=s3cret"),
        ("baggage", "user=s3cret"),
        ("origin", "https://s3cret.example.com"),
        ("authorization", "s3cret"),
    ]);
    let [span] = spans(CONTINUED, &headers).try_into().unwrap();
    assert!(!format!("{span:?}").contains("s3cret"), "{span:?}");
}

#[test]
fn samplers_that_heed_nobody_go_by_the_id() {
    // Its lower half counts as the random part.
    let trace = |low: u64, flags: &str| format!("00-0000000000000001{low:016x}-00f067aa0ba902b7-{flags}");
    let half = Sampling::new(false, 0.5);
    for flags in ["00", "01"] {
        assert_eq!(spans(half, &traceparents(&[&trace(1, flags)])).len(), 1, "{flags}");
        assert_eq!(spans(half, &traceparents(&[&trace(u64::MAX, flags)])).len(), 0, "{flags}");
        assert_eq!(spans(Sampling::new(false, 1.0), &traceparents(&[&trace(7, flags)])).len(), 1, "{flags}");
    }
}

#[test]
fn a_small_part_is_sampled_unless_something_else_is_said() {
    let (traces, kept) = traces(Sampling::default());
    let headers = HeaderMap::new();
    for _ in 0..64 * 1024 {
        traces.check(Endpoint::Check, &headers, matched);
    }
    // 64 are expected; that it is outside of this is less likely than a broken machine.
    let count = kept.take().len();
    assert!((8..=256).contains(&count), "{count}");
}

#[test]
fn a_check_without_a_span_does_not_allocate() {
    // Never in practice, but by way of all that a part takes.
    let rarely = Sampling::new(true, f64::MIN_POSITIVE);
    let verdict = matched();
    for (sampling, values) in [
        (rarely, vec![]),
        (rarely, vec![UNSAMPLED]),
        (rarely, vec!["no traceparent"]),
        (rarely, vec![SAMPLED, SAMPLED]),
        (CONTINUED, vec![]),
        (CONTINUED, vec![UNSAMPLED]),
        (Sampling::new(false, f64::MIN_POSITIVE), vec![]),
    ] {
        let (traces, kept) = traces(sampling);
        let headers = traceparents(&values);
        let check = || traces.check(Endpoint::AuthRequest, &headers, || verdict);
        // The first one may set something up.
        check();
        let allocations = measure(|| {
            check();
        });
        assert_eq!(allocations.count_total, 0, "{sampling:?} {values:?}");
        assert!(kept.take().is_empty(), "{sampling:?} {values:?}");
    }
}

#[test]
fn a_reload_says_what_came_of_it_and_not_why() {
    let (traces, kept) = traces(ALL);
    traces.reload().ended(&Ok(InForce { version: 3, apps: 2 }));
    traces.reload().ended(&Err(LoadError::new("line 7: s3cret")));
    let [loaded, failed] = kept.take().try_into().unwrap();
    assert_eq!((&*loaded.name, &*failed.name), ("reload", "reload"));
    assert_eq!(attributes(&loaded), ["guestlist.outcome=ok", "guestlist.version=3", "guestlist.apps=2"]);
    assert_eq!(attributes(&failed), ["guestlist.outcome=error"]);
    assert_eq!(loaded.status, Status::Unset);
    assert!(matches!(failed.status, Status::Error { .. }));
    assert!(!format!("{failed:?}").contains("s3cret"), "{failed:?}");
}

#[test]
fn where_no_trace_begins_no_reload_has_one() {
    let (traces, kept) = traces(CONTINUED);
    traces.reload().ended(&Ok(InForce { version: 3, apps: 2 }));
    assert!(kept.take().is_empty());
}

#[test]
fn samplers_are_those_of_the_specification() {
    let default = Sampling::default();
    for (sampler, argument, expected) in [
        (None, None, default),
        (None, Some("0.5"), default),
        (Some("always_on"), Some("0.5"), Sampling::new(false, 1.0)),
        (Some("always_off"), None, Sampling::new(false, 0.0)),
        (Some("traceidratio"), Some("0.25"), Sampling::new(false, 0.25)),
        (Some("parentbased_always_on"), None, Sampling::new(true, 1.0)),
        (Some("parentbased_always_off"), None, Sampling::new(true, 0.0)),
        (Some("parentbased_traceidratio"), Some("0.25"), Sampling::new(true, 0.25)),
        (Some("parentbased_traceidratio"), None, Sampling::new(true, 1.0)),
        (Some("parentbased_traceidratio"), Some("NaN"), Sampling::new(true, 1.0)),
        (Some("parentbased_traceidratio"), Some("25%"), Sampling::new(true, 1.0)),
        (Some("parentbased_traceidratio"), Some("-1"), Sampling::new(true, 1.0)),
        (Some("jaeger_remote"), None, default),
    ] {
        assert_eq!(Sampling::read(sampler, argument), expected, "{sampler:?} {argument:?}");
    }
}

fn settings(variables: &[(&str, &str)]) -> Result<Option<Settings>, String> {
    let variables: std::collections::HashMap<&str, &str> = variables.iter().copied().collect();
    Settings::read(|name| variables.get(name).map(ToString::to_string))
}

#[test]
fn nothing_is_exported_unless_it_is_said_where() {
    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
    for variables in [
        &[][..],
        &[("OTEL_SERVICE_NAME", "uploads"), ("OTEL_TRACES_SAMPLER", "always_on")],
        &[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")],
        &[ENDPOINT, ("OTEL_SDK_DISABLED", "TRUE")],
        &[ENDPOINT, ("OTEL_TRACES_SAMPLER", "always_off")],
        &[ENDPOINT, ("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0")],
    ] {
        assert_eq!(settings(variables), Ok(None), "{variables:?}");
    }
    for variables in [
        &[ENDPOINT][..],
        &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/v1/traces")],
        &[("OTEL_TRACES_EXPORTER", "otlp")],
        &[ENDPOINT, ("OTEL_SDK_DISABLED", "false"), ("OTEL_TRACES_SAMPLER", "parentbased_always_off")],
        &[ENDPOINT, ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector"), ("OTEL_EXPORTER_OTLP_CERTIFICATE", "ca.pem")],
    ] {
        assert!(matches!(settings(variables), Ok(Some(_))), "{variables:?}");
    }
}

#[test]
fn a_mistake_is_told_with_what_to_write_instead() {
    for (variables, remedy) in [
        (&[("OTEL_TRACES_EXPORTER", "zipkin")][..], "`otlp`"),
        (&[("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], "4318"),
        (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector")], "OTEL_EXPORTER_OTLP_CERTIFICATE"),
    ] {
        let error = settings(variables).unwrap_err();
        assert!(error.contains(remedy), "{error}");
    }
}

/// A collector that is asked by TLS: what it is sent, and what the client makes of its answer.
#[tokio::test]
async fn a_collector_may_be_asked_by_tls() {
    use std::io::Write;

    use bytes::Bytes;
    use http::Request;
    use opentelemetry_http::HttpClient;
    use rustls_pki_types::PrivateKeyDer;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::TlsAcceptor;
    use tokio_rustls::rustls::{ServerConfig, crypto::ring::default_provider};

    use super::collector::Collector;

    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = tokio::net::TcpListener::bind("localhost:0").await.unwrap();
    let url = format!("https://localhost:{}/v1/traces?x", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // Whoever trusts nobody goes away at once.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut got = Vec::new();
            while !got.ends_with(b"spans") {
                assert!(stream.read_buf(&mut got).await.unwrap() > 0);
            }
            assert!(got.starts_with(b"POST /v1/traces?x HTTP/1.1\r\n"));
            stream.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
        }
    });

    let mut authorities = tempfile::NamedTempFile::new().unwrap();
    authorities.write_all(made.cert.pem().as_bytes()).unwrap();
    let minute = Duration::from_secs(60);
    let request = || Request::post(&url).body(Bytes::from_static(b"spans")).unwrap();
    let collector = Collector::new(Some(authorities.path()), minute, Handle::current()).unwrap();
    let response = collector.send_bytes(request()).await.unwrap();
    assert_eq!((response.status().as_u16(), &response.body()[..]), (202, &b"ok"[..]));

    let other = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    let mut authorities = tempfile::NamedTempFile::new().unwrap();
    authorities.write_all(other.cert.pem().as_bytes()).unwrap();
    let stranger = Collector::new(Some(authorities.path()), minute, Handle::current()).unwrap();
    assert!(stranger.send_bytes(request()).await.is_err());
    let trusts_nobody = Collector::new(None, minute, Handle::current()).unwrap();
    assert!(trusts_nobody.send_bytes(request()).await.is_err());
    for authorities in ["/nowhere/ca.pem", "Cargo.toml"] {
        let error = Collector::new(Some(authorities.as_ref()), minute, Handle::current()).unwrap_err();
        assert!(error.contains(authorities), "{error}");
    }
}

//! `guestlist serve` with the feature `otel`, and a collector that keeps what it is sent.

// The helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]
#![cfg(feature = "otel")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

const CONFIG: &str = "
    [[server.routes]]
    path = '/upload/'
    list = 'upload'
    app = { query = 'key' }

    [apps.shop.upload]
    patterns = ['a.example', '*.example.com']
";

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SAMPLED: &str = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
const UNSAMPLED: &str = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00\r\n";

/// Takes what it is sent, and passes it on with the head that it came with.
struct Collector {
    url: String,
    requests: Receiver<(String, ExportTraceServiceRequest)>,
}

impl Collector {
    fn start() -> Collector {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let (head, body) = read_request(&stream);
                let request = ExportTraceServiceRequest::decode(&*body).unwrap();
                // Before the answer: when the server has ended, all is here.
                if sender.send((head, request)).is_err() {
                    return;
                }
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
            }
        });
        Collector { url, requests }
    }

    fn spans(&self) -> Vec<Span> {
        let resources = self.requests.try_iter().flat_map(|(_, request)| request.resource_spans);
        resources.flat_map(|spans| spans.scope_spans).flat_map(|spans| spans.spans).collect()
    }
}

fn read_request(stream: &TcpStream) -> (String, Vec<u8>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    head.make_ascii_lowercase();
    let length = head.split_once("content-length: ").unwrap().1.lines().next().unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    (head, body)
}

/// `guestlist serve` on free ports, with these variables of OpenTelemetry and no others.
struct Server {
    process: Child,
    check: String,
    admin: String,
    config: PathBuf,
    _directory: tempfile::TempDir,
}

impl Server {
    fn start(variables: &[(&str, &str)]) -> Server {
        let directory = tempfile::tempdir().unwrap();
        let config = directory.path().join("apps.toml");
        fs::write(&config, CONFIG).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_guestlist"));
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
            "--format",
            "json",
            "-c",
        ]);
        command.arg(&config).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("OTEL_") {
                command.env_remove(name);
            }
        }
        // Nothing is sent before the end.
        command.env("OTEL_BSP_SCHEDULE_DELAY", "3600000").envs(variables.iter().copied());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let listening: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = |url: &serde_json::Value| url.as_str().unwrap().replace("http://", "");
        Server {
            check: address(&listening["check"][0]),
            admin: address(&listening["admin"]),
            process,
            config,
            _directory: directory,
        }
    }

    /// The status line of an answer.
    fn ask(&self, path: &str, headers: &str) -> String {
        request(&self.check, &format!("GET {path} HTTP/1.1\r\n{headers}"))
    }

    fn reload(&self) -> String {
        request(&self.admin, "POST /reload HTTP/1.1\r\nContent-Length: 0\r\n")
    }

    /// Ends it as a service manager does; what it has written to its log.
    fn end(mut self) -> String {
        let killed = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(killed.success());
        let mut log = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let status = self.process.wait().unwrap();
        assert!(status.success(), "{status}\n{log}");
        log
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended, unless a test has failed.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn request(address: &str, head: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("{head}Host: localhost\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    line.trim_end().to_string()
}

fn texts(attributes: &[KeyValue]) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    let value = |pair: &KeyValue| text(pair.value.as_ref().unwrap().value.as_ref().unwrap());
    attributes.iter().map(|pair| format!("{}={}", pair.key, value(pair))).collect()
}

#[test]
fn checks_of_sampled_traces_reach_the_collector_when_the_server_ends() {
    let collector = Collector::start();
    let server = Server::start(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=team%20a"),
        ("OTEL_SERVICE_NAME", "uploads"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"),
        ("OTEL_TRACES_SAMPLER", "parentbased_always_off"),
    ]);
    let allowed = "Origin: https://app.example.com\r\n";
    assert!(server.ask("/check/upload/shop", allowed).contains("204"));
    assert!(server.ask("/check/upload/shop", &format!("{allowed}{UNSAMPLED}")).contains("204"));
    assert!(server.ask("/check/upload/shop", &format!("{allowed}{SAMPLED}")).contains("204"));
    let secret = "X-Original-Method: PUT\r\nX-Original-URL: /upload/?key=s3cret&token=s3cret\r\n\
                  tracestate: vendor=s3cret\r\nOrigin: https://s3cret.example\r\n";
    assert!(server.ask("/api/authz/auth-request", &format!("{secret}{SAMPLED}")).contains("403"));
    assert!(server.ask("/nothing-here", SAMPLED).contains("404"));
    let _ = server.end();

    let (head, request) = collector.requests.try_recv().unwrap();
    assert!(head.starts_with("post /v1/traces http/1.1\r\n"), "{head}");
    assert!(head.contains("x-tenant: team a\r\n"), "{head}");
    assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
    assert!(head.contains(&format!("host: {}\r\n", &collector.url["http://".len()..])), "{head}");
    assert!(collector.requests.try_recv().is_err(), "one batch is all");
    assert!(!format!("{request:?}").contains("s3cret"), "{request:?}");

    let [resource] = request.resource_spans.try_into().unwrap();
    let about = texts(&resource.resource.unwrap().attributes);
    for expected in ["service.name=uploads", "deployment.environment=test"] {
        assert!(about.iter().any(|pair| pair == expected), "{about:?}");
    }
    let [scope] = resource.scope_spans.try_into().unwrap();
    assert_eq!(scope.scope.unwrap().name, "guestlist-edge");
    let [allowed, denied] = scope.spans.try_into().unwrap();
    for span in [&allowed, &denied] {
        assert_eq!(span.name, "check");
        let trace: String = span.trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(trace, TRACE);
        assert_eq!(span.parent_span_id, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
        assert_eq!(span.trace_state, "");
    }
    assert_eq!(
        texts(&allowed.attributes),
        [
            "guestlist.endpoint=check",
            "guestlist.list=upload",
            "guestlist.mode=enforce",
            "guestlist.decision=allow",
            "guestlist.reason=matched",
            "guestlist.rule=2",
        ]
    );
    assert_eq!(
        texts(&denied.attributes),
        [
            "guestlist.endpoint=auth-request",
            "guestlist.list=upload",
            "guestlist.mode=enforce",
            "guestlist.decision=deny",
            "guestlist.reason=no-match",
        ]
    );
}

#[test]
fn without_a_sampled_trace_the_collector_hears_nothing() {
    let collector = Collector::start();
    let server = Server::start(&[
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &collector.url),
        ("OTEL_TRACES_SAMPLER", "parentbased_always_off"),
    ]);
    for headers in ["", UNSAMPLED, "traceparent: 01\r\n"] {
        assert!(server.ask("/check/upload/shop", headers).contains("403"));
    }
    let log = server.end();
    assert!(collector.spans().is_empty());
    assert!(!log.contains("span"), "{log}");
}

#[test]
fn every_check_has_a_span_where_that_is_asked_for() {
    let collector = Collector::start();
    let server = Server::start(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
        ("OTEL_TRACES_SAMPLER", "always_on"),
    ]);
    for headers in ["", UNSAMPLED, SAMPLED] {
        assert!(server.ask("/check/upload/shop", headers).contains("403"));
    }
    let _ = server.end();
    assert_eq!(collector.spans().len(), 3);
}

#[test]
fn reloads_have_spans() {
    let collector = Collector::start();
    let server = Server::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)]);
    assert!(server.reload().contains("200"));
    fs::write(&server.config, "[apps.shop.upload]\npatterns = ['s3cret[']\n").unwrap();
    assert!(server.reload().contains("422"));
    let _ = server.end();
    let spans = collector.spans();
    let reloads: Vec<_> = spans.iter().filter(|span| span.name == "reload").collect();
    let outcomes: Vec<_> = reloads.iter().map(|span| texts(&span.attributes)).collect();
    assert_eq!(outcomes[0], ["guestlist.outcome=ok", "guestlist.version=2", "guestlist.apps=1"]);
    // The change may have been noticed as well.
    assert!(outcomes.len() > 1 && outcomes[1..].iter().all(|it| *it == ["guestlist.outcome=error"]));
    assert!(!format!("{spans:?}").contains("s3cret"), "{spans:?}");
}

#[test]
fn a_collector_that_is_not_there_costs_the_traces_and_nothing_else() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://{nobody}"))]);
    let headers = format!("Origin: https://app.example.com\r\n{SAMPLED}");
    assert!(server.ask("/check/upload/shop", &headers).contains("204"));
    let log = server.end();
    assert_eq!(log.matches("spans do not reach the collector").count(), 1, "{log}");
}

#[test]
fn variables_that_cannot_be_followed_are_told_of() {
    for (variable, value) in [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_TRACES_EXPORTER", "zipkin"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://["),
    ] {
        let server =
            Server::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), (variable, value)]);
        assert!(server.ask("/check/upload/shop", SAMPLED).contains("403"));
        let log = server.end();
        assert!(log.contains("there are no traces") && log.contains(value), "{log}");
    }
}

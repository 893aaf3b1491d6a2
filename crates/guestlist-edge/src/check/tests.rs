//! Which key is read from a query, and what a check costs in memory.

use allocation_counter::measure;
use guestlist::ListType;
use guestlist_config::Config;
use guestlist_reference::table::{QUERY_CASES, cases};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};

use super::route::Routes;
use super::*;
use crate::source::Loaded;
use crate::stamps::Stamps;
use crate::{answer, endpoint};

const CONFIG: &str = r#"
[server.log]
allowed = 1.0
per_second = 1000000
[apps.shop]
upload.patterns = ["example.com", "*.example.com", "localhost:*"]
delivery = { patterns = ["*.example.com"], mode = "report" }
"#;

fn checker() -> (Checker, crate::log::Lines) {
    let loaded = Loaded::new(Config::parse(CONFIG).unwrap(), Stamps::new()).unwrap();
    let metrics = Metrics::new();
    let (log, lines) = Log::new(metrics.clone());
    (
        Checker::new(
            LoadedVersion::build(loaded).unwrap().number(1),
            Default::default(),
            // It is counted by app too: that is part of the path.
            Activity::start().unwrap(),
            metrics,
            log,
            Default::default(),
        ),
        lines,
    )
}

/// Headers, and what is to be known of the app's list.
const REQUESTS: &[&[(&str, &str)]] = &[
    &[("origin", "https://www.example.com")],
    &[("origin", "https://www.example.com:8443"), ("user-agent", "x"), ("accept", "*/*")],
    &[("origin", "https://evil.example")],
    &[("origin", "null"), ("referer", "https://a.example.com/path?query")],
    &[("origin", "https://a@b")],
    &[("origin", "https://a.example.com"), ("origin", "https://a.example.com")],
    &[],
];

fn headers(values: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in values {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// The table that the tower layer is held against too, from the target to the key.
#[test]
fn keys_are_read_as_the_table_of_queries_says() {
    for (line, [name, query, expected, why]) in cases::<4>(QUERY_CASES) {
        let route = format!("[[server.routes]]\nlist = \"upload\"\napp = {{ query = \"{name}\" }}");
        let routes = Routes::new(&Config::parse(&route).unwrap().server.routes, true).unwrap();
        let target = format!("/upload?{query}");
        let asked = Asked { method: b"POST", target: target.as_bytes() };
        let headers = HeaderMap::new();
        let mut found = None;
        let taken = measure(|| found = Some(routes.find(asked, &headers)));
        let found = match found.unwrap() {
            Ok(Routed { key: Some(key), .. }) => format!("={}", std::str::from_utf8(key.as_bytes()).unwrap()),
            Ok(Routed { key: None, .. }) => "none".to_string(),
            Err(Reason::Ambiguous) => "several".to_string(),
            Err(other) => panic!("line {line}: {other:?}"),
        };
        assert_eq!(found, expected, "line {line}: {query:?} ({why})");
        assert_eq!(taken.count_total, 0, "line {line}: {query:?}");
    }
}

#[test]
fn no_check_allocates() {
    // Every decision is written down, as far as the queue: that is part of the path.
    let (checker, lines) = checker();
    for target in [
        "/a?key=shop",
        "/a?key=nobody",
        "/a",
        "/x/../y%41?k%65y=sh%6fp",
        "/?key=a&key=b",
        "https://host/?key=shop",
        "x",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            for values in REQUESTS {
                let headers = headers(values);
                let asked = Asked { method: method.as_bytes(), target: target.as_bytes() };
                // A thread's first look at the version, and the first at a list, make what the next ones use.
                checker.check(asked, &headers);
                let taken = measure(|| {
                    checker.check(asked, &headers);
                });
                assert_eq!(taken.count_total, 0, "{method} {target} {values:?}");
            }
        }
    }
    for list_type in ListType::ALL {
        for app in [&b"shop"[..], b"nobody", b""] {
            for values in REQUESTS {
                let headers = headers(values);
                let taken = measure(|| {
                    checker.check_list(list_type, app, b"", &headers);
                });
                assert_eq!(taken.count_total, 0, "{list_type} {values:?}");
            }
        }
    }
    drop(lines);
}

#[test]
fn an_answer_takes_the_map_of_its_headers_and_no_more() {
    let (checker, _lines) = checker();
    answer::prepare();
    let uri: Uri = "/check/upload/shop".parse().unwrap();
    let map = measure(|| drop(HeaderMap::<HeaderValue>::with_capacity(6)));
    for (values, status) in [(REQUESTS[0], StatusCode::NO_CONTENT), (REQUESTS[2], StatusCode::FORBIDDEN)] {
        let headers = headers(values);
        assert_eq!(endpoint::respond(&checker, &Method::GET, &uri, &headers).status(), status);
        let taken = measure(|| drop(endpoint::respond(&checker, &Method::GET, &uri, &headers)));
        // A copy of one that was made before is as large as its headers.
        assert_eq!(taken.count_total, map.count_total, "{values:?}");
        assert!(taken.bytes_total <= map.bytes_total, "{values:?}: {} bytes", taken.bytes_total);
    }
}

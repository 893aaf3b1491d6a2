//! Batches of hosts and of headers of every kind: each answer is that of one alone, whatever stands beside it.

use guestlist::{Gate, Limits, List, ListType, Origin, RequestHeaders};

use crate::in_every_engine;

/// Hosts of every kind: plain ones, with ports, of one label, in capitals, for rules with tests, too long for a short frame and for a long one, addresses.
fn hosts() -> Vec<String> {
    let long = "a".repeat(40);
    let mut hosts: Vec<String> = (0..12)
        .flat_map(|index| {
            [
                format!("site{index}.com"),
                format!("www.site{index}.com"),
                format!("SITE{index}.com:8080"),
                format!("app-{index}.example.org"),
                format!("{long}.site{index}.com"),
                format!("{long}.{long}.site{index}.com"),
                format!("10.0.0.{index}"),
                format!("[::{index}]:80"),
                format!("host{index}"),
            ]
        })
        .collect();
    // In an order that puts all kinds beside all others.
    let count = hosts.len();
    hosts = (0..count * 7).map(|index| hosts[index * index * 31 % count].clone()).collect();
    hosts
}

/// As many sites as say, each in several ways; and rules that no place knows the answer of alone.
fn patterns(sites: usize) -> Vec<String> {
    let mut patterns: Vec<String> = (0..sites)
        .flat_map(|index| match index % 3 {
            0 => [format!("site{index}.com"), format!("site{index}.com:8080")],
            1 => [format!("*.site{index}.com"), format!("site{index}.com:80")],
            _ => [format!("site{index}.com:8080"), format!("*.site{index}.com:{{80,443,8080}}")],
        })
        .collect();
    patterns.extend(
        ["app-*.example.org", "*p-?.example.org", "10.0.0.3", "[::5]", "host[1-3]"].map(String::from),
    );
    patterns
}

#[test]
fn an_answer_is_the_same_in_any_company() {
    let hosts = hosts();
    let origins: Vec<Origin<'_>> =
        hosts.iter().map(|host| Origin::from_host(host.as_bytes()).unwrap()).collect();
    let values: Vec<String> = hosts
        .iter()
        .enumerate()
        .map(|(index, host)| match index % 5 {
            0 => format!("http://{host}"),
            1..=3 => format!("https://{host}"),
            _ => format!("https://{host}/path"),
        })
        .collect();
    let requests: Vec<RequestHeaders<'_>> =
        values.iter().map(|value| RequestHeaders::new().origin(value.as_bytes())).collect();
    for sites in [1, 3, 8, 12, 60] {
        let builder = List::builder(ListType::Upload)
            .patterns(patterns(sites))
            .limits(Limits::default().patterns(1000));
        for list in in_every_engine(&builder) {
            let each: Vec<bool> = origins.iter().map(|origin| list.is_match(origin)).collect();
            assert!(each.iter().any(|matches| *matches) && !each.iter().all(|matches| *matches));
            for size in [1, 5, 8, 9, 64] {
                for (origins, each) in origins.chunks(size).zip(each.chunks(size)) {
                    let expected = each.iter().rev().fold(0, |bits, matches| bits << 1 | u64::from(*matches));
                    assert_eq!(list.matches_many(origins), expected, "{} {origins:?}", list.engine());
                }
            }
            let gate = Gate::new().with_list(list);
            let mut decided = Vec::new();
            gate.decide_many(ListType::Upload, &requests, |decision| decided.push(decision));
            let alone: Vec<_> =
                requests.iter().map(|headers| gate.decide(ListType::Upload, headers)).collect();
            assert_eq!(decided, alone);
        }
    }
}

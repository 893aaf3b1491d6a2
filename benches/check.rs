//! `check/…`: a bare host against a list; `header/…`: a raw `Origin` header to a decision.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use guestlist::{EngineChoice, Gate, ListType, RequestHeaders};
use guestlist_benches::peers::{regex_set, url_and_regex_set};
use guestlist_benches::workload::{ENGINES, Workload};

fn workloads() -> [Workload; 5] {
    [
        Workload::one_literal(),
        Workload::ordinary(),
        Workload::thousand(),
        Workload::adversarial(),
        Workload::adversarial_both_ways(),
    ]
}

fn check(c: &mut Criterion) {
    for workload in workloads() {
        let mut group = c.benchmark_group(format!("check/{}", workload.name));
        let (origins, expected) = (workload.origins(), workload.expected());
        group.throughput(Throughput::Elements(origins.len() as u64));
        for (name, choice) in ENGINES {
            let list = workload.list(choice);
            let answers: Vec<bool> = origins.iter().map(|origin| list.is_match(origin)).collect();
            assert_eq!(answers, expected, "{name}");
            group.bench_function(format!("guestlist-{name}"), |b| {
                b.iter(|| origins.iter().filter(|origin| list.is_match(black_box(origin))).count());
            });
        }
        let set = regex_set(&workload.patterns);
        let answers: Vec<bool> = workload.hosts.iter().map(|host| set.is_match(host)).collect();
        assert_eq!(answers, expected, "regex-set");
        group.bench_function("regex-set", |b| {
            b.iter(|| workload.hosts.iter().filter(|host| set.is_match(black_box(host))).count());
        });
    }
}

fn header(c: &mut Criterion) {
    for workload in workloads() {
        let mut group = c.benchmark_group(format!("header/{}", workload.name));
        let headers = workload.headers();
        group.throughput(Throughput::Elements(headers.len() as u64));
        let gate = Gate::new().with_list(workload.list(EngineChoice::Auto));
        let decide = |header: &[u8]| {
            gate.decide(ListType::Upload, &RequestHeaders::new().origin(black_box(header))).lets_through()
        };
        let set = regex_set(&workload.patterns);
        for header in &headers {
            assert_eq!(decide(header), url_and_regex_set(&set, header), "{}", header.escape_ascii());
        }
        group.bench_function("guestlist", |b| {
            b.iter(|| headers.iter().filter(|header| decide(header)).count());
        });
        group.bench_function("url+regex-set", |b| {
            b.iter(|| headers.iter().filter(|header| url_and_regex_set(&set, black_box(header))).count());
        });
    }
}

criterion_group!(benches, check, header);
criterion_main!(benches);

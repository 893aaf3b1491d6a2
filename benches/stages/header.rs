//! `header/…`: the bytes of `Origin` headers to decisions.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use guestlist::{EngineChoice, Gate, ListType, RequestHeaders};
use guestlist_benches::peers::{any_case_regex_set, http_and_regex_set, regex_set, url_and_regex_set};
use guestlist_benches::workload::Workload;

pub(super) fn bench(c: &mut Criterion) {
    super::each_workload(c, "header", |group, workload| {
        let gate = Gate::new().with_list(workload.list(EngineChoice::Auto));
        enter(group, workload, "guestlist", |header| {
            gate.decide(ListType::Upload, &RequestHeaders::new().origin(header)).lets_through()
        });
        let set = regex_set(&workload.patterns);
        enter(group, workload, "url+regex-set", |header| url_and_regex_set(&set, header));
        let (set, mut scratch) = (any_case_regex_set(&workload.patterns), String::new());
        enter(group, workload, "http+regex-set", |header| http_and_regex_set(&set, header, &mut scratch));
    });
}

fn enter(
    group: &mut BenchmarkGroup<'_, WallTime>,
    workload: &Workload,
    name: &str,
    mut decide: impl FnMut(&[u8]) -> bool,
) {
    let headers = workload.headers();
    let answers: Vec<bool> = headers.iter().map(|header| decide(header)).collect();
    assert_eq!(answers, workload.expected(), "{name}");
    group.throughput(Throughput::Elements(headers.len() as u64));
    group.bench_function(name, |b| {
        b.iter(|| headers.iter().filter(|header| decide(black_box(header))).count());
    });
}

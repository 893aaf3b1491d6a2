//! `parse/…`: the texts of a list's patterns to their trees.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use guestlist::Pattern;

pub(super) fn bench(c: &mut Criterion) {
    super::each_workload(c, "parse", |group, workload| {
        group.throughput(Throughput::Elements(workload.patterns.len() as u64));
        group.bench_function("guestlist", |b| {
            b.iter(|| {
                workload.patterns.iter().filter(|text| Pattern::parse(black_box(text)).is_ok()).count()
            });
        });
        let regexes: Vec<String> = workload.parsed().iter().map(Pattern::to_regex).collect();
        group.bench_function("regex-syntax", |b| {
            b.iter(|| regexes.iter().filter(|regex| regex_syntax::parse(black_box(regex)).is_ok()).count());
        });
    });
}

//! `parse/…`: texts to patterns; `build/…`: patterns to an automaton that is ready for its first check.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use guestlist::Pattern;
use guestlist_benches::peers::regex_set;
use guestlist_benches::workload::{ENGINES, Workload};

fn parse(c: &mut Criterion) {
    let workload = Workload::ordinary();
    let mut group = c.benchmark_group(format!("parse/{}", workload.name));
    group.bench_function("guestlist", |b| {
        b.iter(|| workload.patterns.iter().filter(|text| Pattern::parse(black_box(text)).is_ok()).count());
    });
}

fn build(c: &mut Criterion) {
    for workload in [
        Workload::one_literal(),
        Workload::ordinary(),
        Workload::adversarial(),
        Workload::adversarial_both_ways(),
    ] {
        let mut group = c.benchmark_group(format!("build/{}", workload.name));
        group.sample_size(20);
        for (name, choice) in ENGINES {
            group.bench_function(format!("guestlist-{name}"), |b| {
                b.iter_batched(|| workload.list(choice), |list| list.engine(), BatchSize::SmallInput);
            });
        }
        group.bench_function("regex-set", |b| b.iter(|| regex_set(black_box(&workload.patterns))));
    }
}

criterion_group!(benches, parse, build);
criterion_main!(benches);

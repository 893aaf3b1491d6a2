//! `build/…`: patterns to what is ready for the first check. A peer gets them in its own syntax.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion};
use guestlist_benches::peers::{Peer, Peers, Portable, Visitor};
use guestlist_benches::workload::Workload;

pub(super) fn bench(c: &mut Criterion) {
    super::each_workload(c, "build", |group, workload| {
        for (name, choice) in super::engines(workload) {
            group.bench_function(name, |b| {
                b.iter_batched(|| workload.list(choice), |list| list.engine(), BatchSize::SmallInput);
            });
        }
        Portable::each(&mut Field { group, workload });
    });
}

struct Field<'a, 'c> {
    group: &'a mut BenchmarkGroup<'c, WallTime>,
    workload: &'a Workload,
}

impl Visitor for Field<'_, '_> {
    fn visit<P: Peer>(&mut self) {
        let Ok(rules) = P::translate(&self.workload.parsed()) else { return };
        if P::build(&rules).is_ok() {
            self.group.bench_function(P::NAME, |b| b.iter(|| P::build(black_box(&rules)).is_ok()));
        }
    }
}

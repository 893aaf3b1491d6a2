//! `check/…`: hosts that were read before, against a list.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use guestlist_benches::peers::{Peer, Peers, Portable, Visitor};
use guestlist_benches::workload::Workload;

pub(super) fn bench(c: &mut Criterion) {
    super::each_workload(c, "check", |group, workload| {
        let (origins, expected) = (workload.origins(), workload.expected());
        group.throughput(Throughput::Elements(origins.len() as u64));
        for (name, choice) in super::engines(workload) {
            let list = workload.list(choice);
            let answers: Vec<bool> = origins.iter().map(|origin| list.is_match(origin)).collect();
            assert_eq!(answers, expected, "{name}");
            group.bench_function(name, |b| {
                b.iter(|| origins.iter().filter(|origin| list.is_match(black_box(origin))).count());
            });
        }
        Portable::each(&mut Field { group, workload, expected });
    });
}

struct Field<'a, 'c> {
    group: &'a mut BenchmarkGroup<'c, WallTime>,
    workload: &'a Workload,
    expected: Vec<bool>,
}

impl Visitor for Field<'_, '_> {
    fn visit<P: Peer>(&mut self) {
        let ready = P::translate(&self.workload.parsed()).and_then(|rules| P::build(&rules));
        let Ok(mut peer) = ready else { return };
        let hosts: Vec<String> = self.workload.hosts.iter().map(|host| P::spell(host)).collect();
        let answers: Vec<bool> = hosts.iter().map(|host| peer.is_match(host)).collect();
        assert_eq!(answers, self.expected, "{}", P::NAME);
        self.group.bench_function(P::NAME, |b| {
            b.iter(|| hosts.iter().filter(|host| peer.is_match(black_box(host))).count());
        });
    }
}

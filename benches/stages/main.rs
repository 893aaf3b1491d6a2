//! Criterion benches, named `stage/scenario/engine`: `cargo bench -p guestlist-benches -- check/w2`.
//!
//! For what one change does to one path. What the engine is worth beside its peers is for `benches/compare`, which takes turns between them.

mod build;
mod check;
mod header;
mod parse;

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use guestlist::EngineChoice;
use guestlist_benches::workload::{COMPARED, ENGINES, MANY_HOSTS, Workload};

/// Does the same with every workload, in a group of its own.
fn each_workload(
    c: &mut Criterion,
    stage: &str,
    bench: impl Fn(&mut BenchmarkGroup<'_, WallTime>, &Workload),
) {
    for (name, workload) in COMPARED.iter().filter(|(name, _)| *name != MANY_HOSTS) {
        let mut group = c.benchmark_group(format!("{stage}/{name}"));
        // There are some two hundred of them, and some take a second at a time.
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        bench(&mut group, &workload());
    }
}

/// The engine's configurations for a workload. The last resort is not tried on thousands of patterns.
fn engines(workload: &Workload) -> impl Iterator<Item = (String, EngineChoice)> {
    let many = workload.patterns.len() > 1000;
    let wanted = move |choice| !(many && choice == EngineChoice::Simulation);
    let engines = ENGINES.into_iter().filter(move |(_, choice)| wanted(*choice));
    engines.map(|(name, choice)| (format!("guestlist-{name}"), choice))
}

criterion_group!(benches, parse::bench, build::bench, check::bench, header::bench);
criterion_main!(benches);

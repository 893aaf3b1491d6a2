//! Prints, for each workload and configuration of the engine, its size and the time to build it and to check a host.
//! The figures of docs/design.md: `cargo run --release -p guestlist-benches --example engines`.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use guestlist_benches::workload::{ENGINES, Workload};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{:<16} {:<11} {:>9} {:>10} {:>12} {:>10}",
        "workload", "engine", "states", "bytes", "build µs", "ns/check"
    )?;
    for workload in [
        Workload::one_literal(),
        Workload::ordinary(),
        Workload::thousand(),
        Workload::leading_stars(),
        Workload::adversarial(),
        Workload::adversarial_both_ways(),
    ] {
        let expected = workload.expected();
        let origins = workload.origins();
        for (name, choice) in ENGINES {
            let list = workload.list(choice);
            let start = Instant::now();
            let engine = list.engine();
            let built = start.elapsed();
            assert!(
                origins.iter().zip(&expected).all(|(origin, expected)| list.is_match(origin) == *expected)
            );
            let mut best = Duration::MAX;
            for _ in 0..10 {
                let start = Instant::now();
                for origin in &origins {
                    black_box(list.is_match(black_box(origin)));
                }
                best = best.min(start.elapsed());
            }
            let nanos = best.as_nanos() / origins.len() as u128;
            let kind = format!(
                "{name}{}",
                if engine.to_string().starts_with("bounded") && name != "bounded" { " *" } else { "" }
            );
            writeln!(
                out,
                "{:<16} {kind:<11} {:>9} {:>10} {:>12} {nanos:>10}",
                workload.name,
                engine.states,
                engine.bytes,
                built.as_micros()
            )?;
        }
    }
    writeln!(out, "* over the budget, so the bounded engine decided")
}

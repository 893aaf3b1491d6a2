//! The figures for people, or as one JSON document.

use std::io::{self, Write};

use serde::Serialize;

use super::race::{BARE, Outcome};

/// A table for each scenario, then the targets.
pub(super) fn text(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let Outcome { rounds, seconds, connections, workers, apps, cores, scenarios } = outcome;
    for scenario in scenarios {
        writeln!(out, "{}: {}", scenario.name, scenario.about)?;
        writeln!(
            out,
            "  {:<14} {:>12} {:>9} {:>9} {:>15} {:>13} {:>9}",
            "", "requests/s", "p50 µs", "p99 µs", "CPU s/million", "nginx's", "RSS MB"
        )?;
        for contender in &scenario.contenders {
            writeln!(
                out,
                "  {:<14} {:>12.0} {:>9.0} {:>9.0} {:>15.2} {:>13} {:>9.1}",
                contender.name,
                contender.median(|turn| turn.load.per_second()),
                contender.median(|turn| turn.load.p50),
                contender.median(|turn| turn.load.p99),
                contender.median(|turn| turn.checker_cpu),
                some(contender.median(|turn| turn.nginx_cpu)),
                contender.median(|turn| turn.resident_bytes) / 1e6,
            )?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "{rounds} rounds of {seconds} s, {connections} connections, {workers} threads each, {apps} apps, {cores} cores for everything; medians. Ratios to {BARE}, the median of the rounds and all between:"
    )?;
    for scenario in scenarios {
        let ratios = scenario.ratios();
        let (Some(least), Some(most)) = (ratios.first(), ratios.last()) else { continue };
        write!(
            out,
            "  {:<14} {:>6} ({} to {})",
            scenario.name,
            percent(ratios[ratios.len() / 2]),
            percent(*least),
            percent(*most)
        )?;
        match (scenario.target, scenario.verdict()) {
            (Some(target), Some(met)) => {
                writeln!(out, "  {} at least {}", if met { "✓" } else { "✗" }, percent(target))?;
            }
            _ => writeln!(out)?,
        }
    }
    out.flush()
}

/// All of it, every turn too.
pub(super) fn json(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Report<'a> {
        #[serde(flatten)]
        outcome: &'a Outcome,
        missed: Vec<&'static str>,
    }
    serde_json::to_writer_pretty(&mut *out, &Report { outcome, missed: outcome.missed() })?;
    writeln!(out)?;
    out.flush()
}

fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

/// Nothing where nothing was taken.
fn some(value: f64) -> String {
    if value > 0.0 { format!("{value:.2}") } else { String::new() }
}

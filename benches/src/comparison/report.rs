//! A run and its verdicts for people, or as one JSON document.

use std::io::{self, Write};

use serde::Serialize;

use super::figure::{Outcome, Run};
use super::targets::{Tick, Verdict};

/// The figures, then the targets.
pub(super) fn text(run: &Run, verdicts: &[Verdict], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{:<16} {:<12} {:<20} {:>16} {:>10}", "workload", "stage", "engine", "ns", "ratio")?;
    for figure in &run.figures {
        write!(out, "{:<16} {:<12} {:<20} ", figure.workload, figure.stage, figure.engine)?;
        let ratio = figure.ratio.map(|ratio| format!("{ratio:.3}")).unwrap_or_default();
        match &figure.outcome {
            Outcome::Ns(value) => write!(out, "{value:>16.1} {ratio:>10}")?,
            Outcome::Bytes(value) => write!(out, "{:>16} {ratio:>10}", format!("{value:.0} B"))?,
            Outcome::Skipped(why) => write!(out, "{:>16} {why}", "skipped:")?,
        }
        match &figure.note {
            Some(note) => writeln!(out, "  {note}")?,
            None => writeln!(out)?,
        }
    }
    let cpu = if run.cpu.is_empty() { "neither AVX2 nor AVX-512".to_owned() } else { run.cpu.join(", ") };
    writeln!(out, "\n{} hosts a list, {} rounds, a processor with {cpu}\n", run.hosts, run.rounds)?;

    let width = verdicts.iter().map(|verdict| verdict.target.chars().count()).max().unwrap_or(0);
    for Verdict { id, target, reached, unit, tick, compared, .. } in verdicts {
        let reached = reached.map(|reached| format!("{reached} {unit}")).unwrap_or_default();
        let mark = match tick {
            Tick::Met => '✓',
            Tick::WithinSlack => '~',
            Tick::Missed => '✗',
            Tick::NotMeasured => ' ',
        };
        writeln!(out, "{id:<4} {target:<width$} {reached:>16}  {mark} {tick:<12}  {compared}")?;
    }
    let count = |tick| verdicts.iter().filter(|verdict| verdict.tick == tick).count();
    let (met, slack, missed) = (count(Tick::Met), count(Tick::WithinSlack), count(Tick::Missed));
    writeln!(
        out,
        "{met} met, {slack} within slack, {missed} missed, {} not measured",
        count(Tick::NotMeasured)
    )?;
    out.flush()
}

/// All of it, for programs and for `--from`.
pub(super) fn json(run: &Run, verdicts: &[Verdict], out: &mut impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Report<'a> {
        #[serde(flatten)]
        run: &'a Run,
        targets: &'a [Verdict],
    }
    serde_json::to_writer_pretty(&mut *out, &Report { run, targets: verdicts })?;
    writeln!(out)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::super::figure::{Figure, Stage};
    use super::super::targets;
    use super::*;

    #[test]
    fn what_is_written_as_json_is_read_again() {
        let mut timed = Figure::new("w2-ordinary", Stage::HeaderBatch, "guestlist", Outcome::Ns(12.5));
        timed.ratio = Some(1.0);
        let skipped =
            Figure::new("w2-ordinary", Stage::Memory, "wax", Outcome::Skipped("no \"words\"".to_owned()));
        let run = Run { hosts: 2, rounds: 3, cpu: vec!["avx2".to_owned()], figures: vec![timed, skipped] };
        let mut bytes = Vec::new();
        json(&run, &targets::judge(&run), &mut bytes).expect("memory takes it");
        assert_eq!(serde_json::from_slice::<Run>(&bytes).expect("a run"), run);
    }
}

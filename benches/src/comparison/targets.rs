//! The targets, and how far a run reaches them: `targets.toml` and medians → verdicts.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::figure::{BASE, Figure, Run, Stage};

/// The file says what its fields mean.
const TARGETS: &str = include_str!("../../targets.toml");

/// What misses its bar by less than this is within slack: other work on the machine does as much.
const SLACK: f64 = 0.8;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Targets {
    target: Vec<Target>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Target {
    id: String,
    words: String,
    over: Place,
    under: Option<Place>,
    at_least: Option<f64>,
    at_most: Option<f64>,
    cpu: Option<String>,
}

/// Engines at a stage of a workload.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    stage: Stage,
    workload: String,
    engines: Vec<String>,
}

/// How a target fared.
#[derive(Debug, Serialize)]
pub(super) struct Verdict {
    /// As `T1a`.
    pub(super) id: String,
    /// The target in words.
    pub(super) target: String,
    /// What was divided by what, with the engine that was the best of several.
    pub(super) compared: String,
    /// The ratio, or the figure alone.
    pub(super) reached: Option<f64>,
    /// What it counts.
    pub(super) unit: &'static str,
    /// How it is to be.
    pub(super) bar: f64,
    pub(super) tick: Tick,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tick {
    Met,
    WithinSlack,
    Missed,
    NotMeasured,
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Tick::Met => "met",
            Tick::WithinSlack => "within slack",
            Tick::Missed => "missed",
            Tick::NotMeasured => "not measured",
        })
    }
}

/// Judges every target.
///
/// # Panics
///
/// If the file of targets, which is part of the program, cannot be read.
pub(super) fn judge(run: &Run) -> Vec<Verdict> {
    targets().into_iter().map(|target| target.judge(run)).collect()
}

fn targets() -> Vec<Target> {
    toml::from_str::<Targets>(TARGETS).expect("a test reads it").target
}

impl Target {
    fn judge(self, run: &Run) -> Verdict {
        let able = self.cpu.as_ref().is_none_or(|needed| run.cpu.contains(needed));
        let (over, under) = (self.over.best(run), self.under.as_ref().map(|under| under.best(run)));
        let reached = match (over, under) {
            (Some(over), None) => over.outcome.value(),
            (Some(over), Some(Some(under))) => {
                over.outcome.value().zip(under.outcome.value()).map(|(over, under)| over / under)
            }
            _ => None,
        };
        let reached = reached.filter(|_| able).map(|reached| (reached * 100.0).round() / 100.0);
        let compared = match &self.under {
            None => self.over.words(over),
            Some(place) => format!("{} / {}", self.over.words(over), place.words(under.flatten())),
        };
        let unit = match (&self.under, self.over.stage) {
            (Some(_), _) => "×",
            (None, Stage::Memory) => "bytes",
            (None, _) => "ns",
        };
        let bar = self.at_least.or(self.at_most).unwrap_or(f64::NAN);
        // How much of the bar is reached, whichever side of it is the good one.
        let share =
            reached.map(|reached| if self.at_least.is_some() { reached / bar } else { bar / reached });
        let tick = match share {
            None => Tick::NotMeasured,
            Some(share) if share >= 1.0 => Tick::Met,
            Some(share) if share >= SLACK => Tick::WithinSlack,
            Some(_) => Tick::Missed,
        };
        Verdict { id: self.id, target: self.words, compared, reached, unit, bar, tick }
    }
}

impl Place {
    /// The figure of the engine here that took least.
    fn best<'r>(&self, run: &'r Run) -> Option<&'r Figure> {
        let figures = run.figures.iter().filter(|figure| {
            figure.stage == self.stage
                && figure.workload == self.workload
                && figure.outcome.value().is_some()
                && self.engines.iter().any(|name| match name.as_str() {
                    "*" => !figure.engine.starts_with(BASE),
                    name => figure.engine == name,
                })
        });
        figures.min_by(|a, b| {
            f64::total_cmp(&a.outcome.value().unwrap_or(f64::NAN), &b.outcome.value().unwrap_or(f64::NAN))
        })
    }

    fn words(&self, best: Option<&Figure>) -> String {
        let engine = match (&self.engines[..], best) {
            ([name], _) if name != "*" => name.clone(),
            (_, Some(best)) => format!("{} (the best)", best.engine),
            (_, None) => "the best peer".to_owned(),
        };
        format!("{} {} {engine}", self.workload.split('-').next().unwrap_or_default(), self.stage)
    }
}

#[cfg(test)]
mod tests {
    use super::super::figure::Outcome;
    use super::*;
    use crate::apps::W6;
    use crate::workload::COMPARED;

    fn run(figures: &[(Stage, &str, &str, f64)], cpu: &[&str]) -> Run {
        let figures = figures.iter();
        let figures = figures
            .map(|(stage, workload, engine, ns)| Figure::new(workload, *stage, engine, Outcome::Ns(*ns)));
        let cpu = cpu.iter().map(|name| (*name).to_owned()).collect();
        Run { hosts: 1, rounds: 1, cpu, figures: figures.collect() }
    }

    fn verdict(run: &Run, id: &str) -> Verdict {
        judge(run).into_iter().find(|verdict| verdict.id == id).expect("a target")
    }

    #[test]
    fn every_target_has_one_bar_and_names_a_workload_that_there_is() {
        let names = COMPARED.map(|(name, _)| name);
        for target in targets() {
            assert!(target.at_least.is_some() != target.at_most.is_some(), "{}", target.id);
            for place in [Some(&target.over), target.under.as_ref()].into_iter().flatten() {
                assert!(names.contains(&place.workload.as_str()) || place.workload == W6, "{}", target.id);
            }
        }
    }

    #[test]
    fn more_is_better_over_a_bar_and_less_under_one() {
        let w2 = "w2-ordinary";
        let at = |ns| run(&[(Stage::Header, w2, "url+regex-set", 100.0), (Stage::Header, w2, BASE, ns)], &[]);
        let tick = |ns| verdict(&at(ns), "T1a").tick;
        assert_eq!((tick(4.0), tick(5.0), tick(5.1)), (Tick::Met, Tick::WithinSlack, Tick::Missed));

        let tick = |ns| verdict(&run(&[(Stage::Latency, w2, BASE, ns)], &[]), "T8").tick;
        assert_eq!((tick(25.0), tick(31.0), tick(31.5)), (Tick::Met, Tick::WithinSlack, Tick::Missed));
    }

    #[test]
    fn of_several_peers_the_best_one_counts() {
        let w2 = "w2-ordinary";
        let figures = [
            (Stage::Check, w2, BASE, 10.0),
            (Stage::Check, w2, "slow", 90.0),
            (Stage::Check, w2, "quick", 30.0),
        ];
        let verdict = verdict(&run(&figures, &[]), "T2a");
        assert_eq!(verdict.reached, Some(3.0));
        assert_eq!(verdict.compared, "w2 check quick (the best) / w2 check guestlist");
    }

    #[test]
    fn what_is_not_there_is_not_measured() {
        assert!(judge(&run(&[], &["avx512"])).iter().all(|verdict| verdict.tick == Tick::NotMeasured));
        let figures = [
            (Stage::Header, "w2-ordinary", BASE, 10.0),
            (Stage::Header, "w2-ordinary", "guestlist-avx2", 12.0),
        ];
        assert_eq!(verdict(&run(&figures, &[]), "T9a").tick, Tick::NotMeasured);
        assert_eq!(verdict(&run(&figures, &["avx512"]), "T9a").tick, Tick::Met);
    }
}

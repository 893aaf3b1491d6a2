//! What a run found out: one figure for each engine at each stage of each workload. Written as JSON and read again.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::options::Options;

/// The engine that all ratios are to.
pub(super) const BASE: &str = "guestlist";

/// The same where there are very many apps: all of them in one structure of the engine.
const REGISTRY: &str = "guestlist-registry";

/// What is timed, or weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The patterns of a list, from texts to trees.
    Parse,
    /// A list, from the texts of its patterns to ready for the first check.
    Build,
    /// One host that was read before.
    Check,
    /// The same, where each check has to wait for the answer of the one before.
    Latency,
    /// The same in batches; for one host of a batch.
    Batch,
    /// The bytes of one `Origin` header.
    Header,
    /// The same in batches; for one header of a batch.
    HeaderBatch,
    /// The host of a random app among very many.
    Apps,
    /// The same in batches; for one host of a batch.
    AppsBatch,
    /// Bytes that a list takes once it has been used, or an app among very many.
    Memory,
}

impl Stage {
    /// As in figures and targets.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Parse => "parse",
            Stage::Build => "build",
            Stage::Check => "check",
            Stage::Latency => "latency",
            Stage::Batch => "batch",
            Stage::Header => "header",
            Stage::HeaderBatch => "header-batch",
            Stage::Apps => "apps",
            Stage::AppsBatch => "apps-batch",
            Stage::Memory => "memory",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The median of the rounds, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nanoseconds.
    Ns(f64),
    /// Bytes.
    Bytes(f64),
    /// The engine does not take part, for this reason.
    Skipped(String),
}

impl Outcome {
    /// The number, if there is one.
    pub fn value(&self) -> Option<f64> {
        match *self {
            Outcome::Ns(value) | Outcome::Bytes(value) => Some(value),
            Outcome::Skipped(_) => None,
        }
    }
}

/// What one engine took at one stage of one workload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// The name of the workload.
    pub workload: String,
    /// The stage.
    pub stage: Stage,
    /// The name of the engine or peer.
    pub engine: String,
    /// What it took.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// How many times as much as `guestlist` took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// What to know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Figure {
    /// A figure that is not compared yet.
    pub fn new(workload: &str, stage: Stage, engine: &str, outcome: Outcome) -> Figure {
        let (workload, engine) = (workload.to_owned(), engine.to_owned());
        Figure { workload, stage, engine, outcome, ratio: None, note: None }
    }
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// How many hosts each list was checked with.
    pub hosts: usize,
    /// How many rounds.
    pub rounds: usize,
    /// Which instructions the processor has, of those that make a difference here.
    pub cpu: Vec<String>,
    /// In the order of workloads, stages, engines.
    pub figures: Vec<Figure>,
}

impl Run {
    /// Puts the figures in order and compares them with the base.
    pub(super) fn new(options: &Options, mut figures: Vec<Figure>) -> Run {
        let mut workloads: Vec<String> = Vec::new();
        for figure in &figures {
            if !workloads.contains(&figure.workload) {
                workloads.push(figure.workload.clone());
            }
        }
        // Stable, so that the order within a stage stays that of entering.
        figures
            .sort_by_key(|figure| (workloads.iter().position(|name| *name == figure.workload), figure.stage));
        let mut run = Run { hosts: options.hosts, rounds: options.rounds, cpu: cpu(), figures };
        for index in 0..run.figures.len() {
            let figure = &run.figures[index];
            let base =
                [BASE, REGISTRY].iter().find_map(|base| run.value(figure.stage, &figure.workload, base));
            let ratio = figure.outcome.value().zip(base).map(|(value, base)| value / base);
            run.figures[index].ratio = ratio.map(|ratio| (ratio * 1000.0).round() / 1000.0);
        }
        run
    }

    /// What an engine took, if it took part.
    pub fn value(&self, stage: Stage, workload: &str, engine: &str) -> Option<f64> {
        self.at(stage, workload).find(|figure| figure.engine == engine)?.outcome.value()
    }

    /// All engines at one stage of one workload.
    pub fn at<'a>(&'a self, stage: Stage, workload: &'a str) -> impl Iterator<Item = &'a Figure> {
        self.figures.iter().filter(move |figure| figure.stage == stage && figure.workload == workload)
    }
}

/// Which instructions the processor has, of those that make a difference here.
pub(crate) fn cpu() -> Vec<String> {
    let mut found = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx2") {
            found.push("avx2".to_owned());
        }
        if std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vbmi")
        {
            found.push("avx512".to_owned());
        }
    }
    found
}

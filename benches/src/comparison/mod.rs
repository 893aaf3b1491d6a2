//! The engine against its peers: workloads → interleaved rounds → medians → a table, JSON or a picture, and the targets.
//!
//! ```text
//!  workload ──► reference ──► race: every engine, once it gives the right answers
//!                               │  rounds: each engine a few milliseconds, in turn
//!                               ▼
//!              child: bytes ──► figure::Run ──► targets ──► report (text, JSON), chart (SVG)
//! ```
//!
//! A program calls [`main`] with the peers it has: `--example compare` with those of this package, `benches/native` with the native ones too.
//!
//! Only ratios within one run mean anything, and they move by some 10 % on a machine with other work. That is why `--check` allows 20 %.

mod apps;
mod chart;
mod child;
mod entry;
mod figure;
mod memory;
mod options;
mod race;
mod report;
mod targets;

use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

pub use self::entry::Entry;
pub(crate) use self::figure::cpu;
pub use self::figure::{Figure, Outcome, Run, Stage};
use self::options::{Format, Options};
pub use self::race::Race;
use crate::apps::W6;
use crate::peers::Peers;
use crate::workload::{COMPARED, MANY_HOSTS, Named, Workload};

/// Runs the comparison as the command line asks.
///
/// Exit 0 if all went well, 1 if `--check` found a target missed by more than the slack, 2 for what cannot be done.
pub fn main<P: Peers>() -> ExitCode {
    let options = Options::parse();
    let done = match &options.child {
        Some(job) => child::work::<P>(job).map(|()| ExitCode::SUCCESS),
        None => compare::<P>(&options),
    };
    done.unwrap_or_else(|error| {
        // Whoever reads what is printed has read enough.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return ExitCode::SUCCESS;
        }
        let _ = writeln!(io::stderr(), "error: {error}");
        ExitCode::from(2)
    })
}

fn compare<P: Peers>(options: &Options) -> io::Result<ExitCode> {
    // Before the minutes of measuring, so that a path that cannot be written costs none of them.
    let picture =
        options.svg.as_ref().map(|path| File::create(path).map_err(|error| named(path.display(), &error)));
    let picture = picture.transpose()?;
    let run = match &options.from {
        Some(path) => {
            let file = File::open(path).map_err(|error| named(path.display(), &error))?;
            serde_json::from_reader(BufReader::new(file)).map_err(|error| named(path.display(), &error))?
        }
        None => measure::<P>(options)?,
    };
    let verdicts = targets::judge(&run);
    let out = &mut io::stdout().lock();
    match options.format {
        Format::Text => report::text(&run, &verdicts, out)?,
        Format::Json => report::json(&run, &verdicts, out)?,
    }
    if let (Some(mut file), Some(path)) = (picture, &options.svg) {
        let written = file.write_all(chart::draw(&run).as_bytes());
        written.map_err(|error| named(path.display(), &error))?;
    }
    let missed = verdicts.iter().any(|verdict| verdict.tick == targets::Tick::Missed);
    Ok(ExitCode::from(u8::from(options.check && missed)))
}

/// Prepares all races, runs their rounds, and asks the children.
fn measure<P: Peers>(options: &Options) -> io::Result<Run> {
    let workloads = workloads(options).map_err(io::Error::other)?;
    let mut races = Vec::new();
    for workload in &workloads {
        say(format_args!("preparing {}", workload.name));
        races.push(Race::new::<P>(workload));
    }
    for race in &mut races {
        race.calibrate();
    }
    for round in 0..options.rounds {
        say(format_args!("round {} of {}", round + 1, options.rounds));
        races.iter_mut().for_each(|race| race.round(round));
    }
    let mut figures: Vec<Figure> = races.iter_mut().flat_map(Race::figures).collect();
    drop(races);
    for workload in &workloads {
        say(format_args!("memory of {}", workload.name));
        figures.extend(memory::figures::<P>(workload)?);
    }
    if options.workload.is_empty() || options.workload.iter().any(|name| name == W6) {
        figures.extend(apps::figures(options, |what| say(format_args!("{what}")))?);
    }
    Ok(Run::new(options, figures))
}

/// The wanted workloads, each with as many hosts as wanted.
fn workloads(options: &Options) -> Result<Vec<Workload>, String> {
    let names: Vec<&str> = COMPARED.iter().map(|(name, _)| *name).chain([W6]).collect();
    if let Some(unknown) = options.workload.iter().find(|name| !names.contains(&name.as_str())) {
        return Err(format!("there is no workload `{unknown}`; there are {}", names.join(", ")));
    }
    let wanted =
        |name: &str| options.workload.is_empty() || options.workload.iter().any(|wanted| wanted == name);
    let with_hosts = |(name, workload): Named| match name {
        MANY_HOSTS => workload(),
        _ => workload().with_sampled_hosts(options.hosts),
    };
    Ok(COMPARED.into_iter().filter(|(name, _)| wanted(name)).map(with_hosts).collect())
}

/// Tells a person who waits what is being done.
fn say(what: std::fmt::Arguments<'_>) {
    let mut err = io::stderr().lock();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[K{what} …").and_then(|()| err.flush());
    }
}

fn named(what: impl std::fmt::Display, error: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(format!("{what}: {error}"))
}

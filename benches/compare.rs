//! Times the engine and its peers in interleaved rounds and prints the medians, with ratios to the engine.
//!
//! `cargo run --release -p guestlist-benches --example compare -- [--hosts 16000] [--rounds 15] [--workload w2-ordinary] [--json]`
//!
//! - `build`: a list, from its patterns as texts to ready for the first check;
//! - `check`: a host that was read before;
//! - `header`: the bytes of an `Origin` header.
//!
//! Answers are held against the reference before anything is timed. Each engine runs a few milliseconds a round and goes on where it stopped in
//! the hosts. A ratio above 1 is how many times as long as the engine a peer takes. Only the ratios within one run mean anything.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use guestlist::{EngineChoice, Gate, ListType, RequestHeaders};
use guestlist_benches::peers::{
    self, Peer, Unable, Visitor, http_and_regex_set, regex_set, url_and_regex_set,
};
use guestlist_benches::workload::Workload;

/// How long an engine runs in a round.
const SLICE: Duration = Duration::from_millis(3);
/// How many patterns the reference tries before the rest of the hosts is left to the engine, which it has judged by then.
const REFERENCE_WORK: usize = 20_000_000;

struct Options {
    hosts: usize,
    rounds: usize,
    workload: Option<String>,
    json: bool,
}

/// One engine at one stage.
struct Entry<'a> {
    stage: &'static str,
    name: &'static str,
    /// Does the work so many times, and says how many answers were yes.
    work: Result<Box<dyn FnMut(usize) -> usize + 'a>, Unable>,
    repetitions: usize,
    /// It takes so long that every fifth round has to do.
    slow: bool,
    nanos: Vec<f64>,
}

impl<'a> Entry<'a> {
    fn new(
        stage: &'static str,
        name: &'static str,
        work: Result<Box<dyn FnMut(usize) -> usize + 'a>, Unable>,
    ) -> Entry<'a> {
        Entry { stage, name, work, repetitions: 1, slow: false, nanos: Vec::new() }
    }

    /// The median of the rounds; infinite before the first.
    fn median(&mut self) -> f64 {
        self.nanos.sort_by(f64::total_cmp);
        self.nanos.get(self.nanos.len() / 2).copied().unwrap_or(f64::INFINITY)
    }

    fn run(&mut self) -> Duration {
        let Ok(work) = &mut self.work else { return Duration::ZERO };
        let start = Instant::now();
        black_box(work(self.repetitions));
        start.elapsed()
    }

    /// Finds out how often the work fits into half a slice to a whole one; warms up as well.
    fn calibrate(&mut self) {
        while self.work.is_ok() {
            let taken = self.run();
            self.slow = taken > SLICE * 20;
            if taken > SLICE / 2 {
                break;
            }
            self.repetitions *= 2;
        }
    }

    fn round(&mut self, round: usize) {
        if self.work.is_ok() && (!self.slow || round.is_multiple_of(5)) {
            let nanos = self.run().as_secs_f64() * 1e9;
            self.nanos.push(nanos / self.repetitions as f64);
        }
    }
}

/// All engines on one workload.
struct Race<'a> {
    workload: &'a Workload,
    expected: &'a [bool],
    entries: Vec<Entry<'a>>,
}

impl<'a> Race<'a> {
    fn enter(&mut self, stage: &'static str, name: &'static str, work: impl FnMut(usize) -> usize + 'a) {
        self.entries.push(Entry::new(stage, name, Ok(Box::new(work))));
    }

    /// Enters what answers for each item, once all its answers are right.
    fn enter_checks<T: 'a>(
        &mut self,
        stage: &'static str,
        name: &'static str,
        items: Vec<T>,
        mut check: impl FnMut(&T) -> bool + 'a,
    ) {
        assert_eq!(items.len(), self.expected.len(), "{name}");
        for (index, (item, expected)) in items.iter().zip(self.expected).enumerate() {
            assert_eq!(check(item), *expected, "{name}: {}", self.workload.hosts[index]);
        }
        let mut next = 0;
        self.enter(stage, name, move |mut count| {
            let mut hits = 0;
            while count > 0 {
                let end = items.len().min(next + count);
                hits += items[next..end].iter().filter(|item| check(black_box(item))).count();
                count -= end - next;
                next = if end == items.len() { 0 } else { end };
            }
            hits
        });
    }

    fn enter_guestlist(&mut self) {
        let workload = self.workload;
        self.enter("build", "guestlist", |count| {
            (0..count).map(|_| workload.list(EngineChoice::Auto).engine().states).sum()
        });
        let list = workload.list(EngineChoice::Auto);
        self.enter_checks("check", "guestlist", workload.origins(), move |origin| list.is_match(origin));
        let gate = Gate::new().with_list(workload.list(EngineChoice::Auto));
        self.enter_checks("header", "guestlist", workload.headers(), move |header| {
            gate.decide(ListType::Upload, &RequestHeaders::new().origin(header)).lets_through()
        });
    }

    fn enter_url_parsers(&mut self) {
        let set = regex_set(&self.workload.patterns);
        self.enter_checks("header", "url+regex-set", self.workload.headers(), move |header| {
            url_and_regex_set(&set, header)
        });
        let (set, mut scratch) = (regex_set(&self.workload.patterns), String::new());
        self.enter_checks("header", "http+regex-set", self.workload.headers(), move |header| {
            http_and_regex_set(&set, header, &mut scratch)
        });
    }

    /// Runs all rounds of a stage: in each, every engine once.
    fn run(&mut self, rounds: usize) {
        self.entries.iter_mut().for_each(Entry::calibrate);
        for round in 0..rounds {
            self.entries.iter_mut().for_each(|entry| entry.round(round));
        }
    }

    fn print(&mut self, json: bool, out: &mut impl Write) -> io::Result<()> {
        let workload = self.workload.name;
        // Stable, so that the order within a stage stays that of entering.
        self.entries.sort_by_key(|entry| entry.stage);
        let mut base = f64::NAN;
        for entry in &mut self.entries {
            let (stage, name, nanos) = (entry.stage, entry.name, entry.median());
            if name == "guestlist" {
                base = nanos;
            }
            let ratio = nanos / base;
            match (&entry.work, json) {
                (Ok(_), false) => {
                    writeln!(out, "{workload:<15} {stage:<7} {name:<15} {nanos:>14.1} {ratio:>10.3}")?;
                }
                (Err(Unable(why)), false) => {
                    writeln!(out, "{workload:<15} {stage:<7} {name:<15} {:>14} {why}", "skipped:")?;
                }
                (Ok(_), true) => writeln!(
                    out,
                    r#"{{"workload":"{workload}","stage":"{stage}","engine":"{name}","ns":{nanos:.1},"ratio":{ratio:.3}}}"#
                )?,
                (Err(Unable(why)), true) => writeln!(
                    out,
                    r#"{{"workload":"{workload}","stage":"{stage}","engine":"{name}","skipped":"{why}"}}"#
                )?,
            }
        }
        out.flush()
    }
}

impl Visitor for Race<'_> {
    fn visit<P: Peer>(&mut self) {
        let ready = P::translate(&self.workload.parsed()).and_then(|rules| Ok((P::build(&rules)?, rules)));
        match ready {
            Err(why) => {
                self.entries.extend(["build", "check"].map(|stage| Entry::new(stage, P::NAME, Err(why))));
            }
            Ok((mut peer, rules)) => {
                let hosts: Vec<String> = self.workload.hosts.iter().map(|host| P::spell(host)).collect();
                self.enter_checks("check", P::NAME, hosts, move |host| peer.is_match(host));
                self.enter("build", P::NAME, move |count| {
                    (0..count).filter(|_| black_box(P::build(black_box(&rules))).is_ok()).count()
                });
            }
        }
    }
}

fn options() -> Result<Options, String> {
    let mut options = Options { hosts: 16_000, rounds: 15, workload: None, json: false };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        let number = |text: String| {
            text.parse().ok().filter(|n| *n > 0).ok_or(format!("`{text}` is no positive number"))
        };
        match arg.as_str() {
            "--hosts" => options.hosts = number(value()?)?,
            "--rounds" => options.rounds = number(value()?)?,
            "--workload" => options.workload = Some(value()?),
            "--json" => options.json = true,
            _ => return Err(format!("unknown option `{arg}`")),
        }
    }
    Ok(options)
}

/// What the reference says of each host; where patterns and hosts are too many for it, what the engine says of the rest.
fn expected(workload: &Workload) -> Vec<bool> {
    let judged = workload.hosts.len().min(REFERENCE_WORK / workload.patterns.len());
    let first = Workload { hosts: workload.hosts[..judged].to_vec(), ..workload.clone() };
    let list = workload.list(EngineChoice::Auto);
    let rest = workload.origins().into_iter().skip(judged).map(|origin| list.is_match(&origin));
    first.expected().into_iter().chain(rest).collect()
}

fn main() -> io::Result<()> {
    let options = options().map_err(io::Error::other)?;
    let workloads = [
        Workload::one_literal(),
        Workload::ordinary(),
        Workload::many("w3-thousand", 1000),
        Workload::many("w4-ten-thousand", 10_000),
        Workload::adversarial(),
        Workload::adversarial_both_ways(),
    ];
    let wanted = |workload: &&Workload| options.workload.as_ref().is_none_or(|name| name == workload.name);
    if !workloads.iter().any(|workload| wanted(&workload)) {
        let names = workloads.map(|workload| workload.name).join(", ");
        return Err(io::Error::other(format!("the workloads are {names}")));
    }
    let mut out = io::stdout().lock();
    if !options.json {
        writeln!(out, "{:<15} {:<7} {:<15} {:>14} {:>10}", "workload", "stage", "engine", "ns", "ratio")?;
    }
    for workload in workloads.iter().filter(wanted) {
        let workload = workload.with_sampled_hosts(options.hosts);
        let expected = expected(&workload);
        let mut race = Race { workload: &workload, expected: &expected, entries: Vec::new() };
        race.enter_guestlist();
        peers::each(&mut race);
        race.enter_url_parsers();
        race.run(options.rounds);
        race.print(options.json, &mut out)?;
    }
    Ok(())
}

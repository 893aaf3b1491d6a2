//! W6 in processes: one for each registry, so that none shares a heap with another, and in rounds, so that all have the same weather.
//!
//! A child builds its apps, says so, runs a round for every line it reads, and in the end prints its figures. It takes as many apps as were asked
//! for, or as fit into the memory that it may have; then its figures say so.

use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use guestlist::ListType;

use super::child::{self, Job};
use super::entry::Entry;
use super::figure::{Figure, Outcome, Stage};
use super::options::Options;
use super::race::round_and_round;
use crate::apps::{self, App, Check, Query, Registry, RegistryVisitor, W6};
use crate::workload::Random;

/// How many different checks; so many that their apps do not stay in a cache.
const CHECKS: usize = 1 << 18;
/// How many of them are held against the reference.
const HELD: usize = 4000;
const BATCH: usize = 16;
/// How many apps are made ready at a time.
const CHUNK: usize = 500;

/// Runs all registries.
pub(super) fn figures(options: &Options, say: impl Fn(&str)) -> io::Result<Vec<Figure>> {
    let mut names = Names(Vec::new());
    apps::each(&mut names);
    let mut players = Vec::new();
    for name in names.0 {
        say(&format!("apps of {name}"));
        players.push(Player::start(name, options)?);
    }
    for round in 0..options.rounds {
        say(&format!("apps, round {} of {}", round + 1, options.rounds));
        players.iter_mut().try_for_each(Player::round)?;
    }
    let mut figures = Vec::new();
    for player in players {
        figures.extend(player.end()?);
    }
    Ok(figures)
}

/// A registry in a process of its own: the parent's side.
struct Player {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Player {
    /// Waits until its apps are built.
    fn start(engine: &str, options: &Options) -> io::Result<Player> {
        let bytes = options.memory << 30;
        let mut child = child::spawn(&Job::Apps { engine: engine.to_owned(), apps: options.apps, bytes })?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, answers) = pipes.ok_or_else(|| io::Error::other("a child without pipes"))?;
        let mut player = Player { child, orders, answers: BufReader::new(answers) };
        player.hear()?;
        Ok(player)
    }

    fn round(&mut self) -> io::Result<()> {
        writeln!(self.orders, "round")?;
        self.hear().map(|_| ())
    }

    fn end(mut self) -> io::Result<Vec<Figure>> {
        writeln!(self.orders, "end")?;
        let figures = serde_json::from_str(&self.hear()?)?;
        self.child.wait()?;
        Ok(figures)
    }

    fn hear(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(io::Error::other(format!("a child with apps ended: {}", self.child.wait()?))),
            _ => Ok(line),
        }
    }
}

/// Builds a registry and runs its rounds: the child's side.
pub(super) fn play(engine: &str, apps: usize, bytes: usize, out: &mut impl Write) -> io::Result<()> {
    struct Find<'a, W> {
        engine: &'a str,
        apps: usize,
        bytes: usize,
        out: &'a mut W,
        done: io::Result<()>,
    }
    impl<W: Write> RegistryVisitor for Find<'_, W> {
        fn visit<R: Registry + 'static>(&mut self) {
            if R::NAME == self.engine {
                self.done =
                    build::<R>(self.apps, self.bytes).and_then(|built| built.play(self.apps, self.out));
            }
        }
    }
    let done = Err(io::Error::other("no such registry"));
    let mut find = Find { engine, apps, bytes, out, done };
    apps::each(&mut find);
    find.done
}

struct Built<R> {
    registry: R,
    apps: usize,
    time: Duration,
    bytes: usize,
}

/// Adds apps until there are enough, or until they take this many bytes. Each list is used once, for what is made at the first check.
fn build<R: Registry>(wanted: usize, most: usize) -> io::Result<Built<R>> {
    let mut registry = R::new();
    let mut random = Random(1);
    let (mut apps, mut time, mut bytes) = (0, Duration::ZERO, 0);
    let before = child::resident()?;
    while apps < wanted && bytes < most {
        let end = wanted.min(apps + CHUNK);
        let ready: Vec<R::Ready> = (apps..end).map(|index| R::ready(&App::new(index))).collect();
        let start = Instant::now();
        ready.into_iter().for_each(|app| registry.add(app));
        time += start.elapsed();
        for app in apps..end {
            for list_type in [ListType::Upload, ListType::Delivery] {
                let check = apps::check(app, list_type, &mut random);
                black_box(check.query().map(|query| registry.is_match(&query)));
            }
        }
        apps = end;
        bytes = child::resident()?.saturating_sub(before);
    }
    let start = Instant::now();
    registry.finish();
    time += start.elapsed();
    let bytes = child::resident()?.saturating_sub(before);
    Ok(Built { registry, apps, time, bytes })
}

impl<R: Registry> Built<R> {
    fn play(mut self, wanted: usize, out: &mut impl Write) -> io::Result<()> {
        let checks = apps::checks(CHECKS, self.apps);
        let queries: Vec<Query<'_>> = checks.iter().filter_map(Check::query).collect();
        self.hold(&checks, &queries);

        let registry = std::cell::RefCell::new(self.registry);
        let single = round_and_round(queries.clone(), |queries| {
            let registry = &mut *registry.borrow_mut();
            queries.iter().filter(|query| registry.is_match(black_box(query))).count()
        });
        let batch = round_and_round(queries, |queries| {
            let registry = &mut *registry.borrow_mut();
            let hits = queries.chunks(BATCH).map(|batch| registry.are_matches(black_box(batch)).count_ones());
            hits.sum::<u32>() as usize
        });
        let mut entries = vec![Entry::new(Stage::Apps, R::NAME, Ok(Box::new(single)))];
        if R::BATCHES {
            entries.push(Entry::new(Stage::AppsBatch, R::NAME, Ok(Box::new(batch))).in_steps_of(BATCH));
        }
        entries.iter_mut().for_each(Entry::calibrate);
        writeln!(out, "ready").and_then(|()| out.flush())?;

        let mut orders = io::stdin().lock().lines();
        while orders.next().transpose()?.is_some_and(|order| order == "round") {
            entries.iter_mut().for_each(|entry| entry.round(0));
            writeln!(out, "done").and_then(|()| out.flush())?;
        }

        let rate = self.apps as f64 / self.time.as_secs_f64();
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        let mut figures = vec![
            Figure::new(W6, Stage::Build, R::NAME, Outcome::Ns(tenth(1e9 / rate))),
            Figure::new(
                W6,
                Stage::Memory,
                R::NAME,
                Outcome::Bytes((self.bytes as f64 / self.apps as f64).round()),
            ),
        ];
        figures.extend(
            entries.iter_mut().map(|entry| Figure::new(W6, entry.stage, entry.name, entry.outcome())),
        );
        let fewer = if self.apps < wanted { ", as many as fit" } else { "" };
        for figure in &mut figures {
            let rate =
                if figure.stage == Stage::Build { format!(", {rate:.0} a second") } else { String::new() };
            figure.note = Some(format!("{} apps{fewer}{rate}", self.apps));
        }
        serde_json::to_writer(&mut *out, &figures)?;
        writeln!(out).and_then(|()| out.flush())
    }

    /// The first answers, against the reference.
    fn hold(&mut self, checks: &[Check], queries: &[Query<'_>]) {
        assert_eq!(checks.len(), queries.len());
        let batches = checks[..HELD].chunks(BATCH).zip(queries.chunks(BATCH));
        for (checks, queries) in batches {
            let bits = self.registry.are_matches(queries);
            for (index, (check, query)) in checks.iter().zip(queries).enumerate() {
                let expected = check.expected();
                assert_eq!(self.registry.is_match(query), expected, "{}: {check:?}", R::NAME);
                assert_eq!(bits >> index & 1 == 1, expected, "{}, batch: {check:?}", R::NAME);
            }
        }
    }
}

/// The names of the registries.
struct Names(Vec<&'static str>);

impl RegistryVisitor for Names {
    fn visit<R: Registry + 'static>(&mut self) {
        self.0.push(R::NAME);
    }
}

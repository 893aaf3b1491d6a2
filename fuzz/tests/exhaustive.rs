//! The whole of a small model (`guestlist_fuzz::exhaustive`): engine and reference agree on every pattern of it, alone and in lists, and every host.
//!
//! The model to prove something with is for an optimised build:
//!
//! ```text
//! cargo test --release -p guestlist-fuzz --test exhaustive -- --nocapture
//! ```
//!
//! Without optimisation it is a much smaller one. `GUESTLIST_EXHAUSTIVE=tokens,hostlength` sets another, in either build: every pattern of up to so many tokens against every
//! host of up to so many characters.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use guestlist_fuzz::exhaustive::{Hosts, Model, Subjects, TOKENS, Tally, host_texts};
use guestlist_fuzz::subject::Engine;

/// What an optimised build proves unless it is told otherwise.
const FULL: Model =
    Model { tokens: 5, host_len: 5, long_tokens: 6, long_host_len: 3, pair_tokens: 2, long_pair_tokens: 3 };
/// What is left of it in a few seconds without optimisation.
const SMALL: Model =
    Model { tokens: 3, host_len: 3, long_tokens: 3, long_host_len: 2, pair_tokens: 1, long_pair_tokens: 2 };
/// The fewest pairs of a pattern and a host that [`FULL`] may come to.
const FULL_CHECKS: u64 = 50_000_000;
/// How often to say how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

#[test]
fn engine_and_reference_agree_on_all_of_a_small_model() {
    let model = std::env::var("GUESTLIST_EXHAUSTIVE")
        .map_or(if cfg!(debug_assertions) { SMALL } else { FULL }, |size| model_of_size(&size));
    eprintln!("exhaustive: {model:?}");
    if model == SMALL {
        eprintln!(
            "exhaustive: a small model, because this build is not optimised; the full one needs --release"
        );
    }

    let started = Instant::now();
    let texts = host_texts(model.host_len);
    let subjects = Subjects { main: &Engine::DEFAULT, every: &Engine::EVERY };
    let hosts = Hosts::read(subjects.main, &texts).unwrap();
    let short = model.short_patterns(subjects.main, &hosts).unwrap();
    let pieces = model.pieces();
    let units = pieces.len() + short.0.len();

    let tally = Mutex::new(Tally::default());
    let failures = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let ended = AtomicBool::new(false);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    while failures.lock().unwrap().is_empty() {
                        let unit = next.fetch_add(1, Ordering::Relaxed);
                        let done = match pieces.get(unit) {
                            Some(piece) => model.check_piece(piece, &subjects, &hosts),
                            None if unit < units => {
                                model.check_pairs(unit - pieces.len(), &short, &subjects, &hosts)
                            }
                            None => break,
                        };
                        match done {
                            Ok(done) => tally.lock().unwrap().add(done),
                            Err(line) => failures.lock().unwrap().push(line),
                        }
                    }
                })
            })
            .collect();
        let progress = scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                std::thread::park_timeout(PROGRESS);
                let Tally { patterns, checks, lists, .. } = *tally.lock().unwrap();
                let unit = next.load(Ordering::Relaxed).min(units);
                let seconds = started.elapsed().as_secs();
                eprintln!(
                    "exhaustive: {seconds:4} s, piece {unit} of {units}: {patterns} patterns, {checks} checks, {lists} lists"
                );
            }
        });
        let ends: Vec<_> = workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        ended.store(true, Ordering::Relaxed);
        progress.thread().unpark();
        assert!(ends.iter().all(Result::is_ok), "a worker panicked");
    });

    let failures = failures.into_inner().unwrap();
    let tally = tally.into_inner().unwrap();
    eprintln!(
        "exhaustive: {} texts of up to {} of {} tokens, {} patterns, {} hosts of {} texts, {} checks of a pattern and a host; \
         {} lists and {} checks of them; {} checks by other engines; {} disagreements; {:.0} s on {threads} threads",
        tally.texts,
        model.tokens.max(model.long_tokens),
        TOKENS.len(),
        tally.patterns,
        hosts.len(),
        texts.len(),
        tally.checks,
        tally.lists,
        tally.list_checks,
        tally.other_engines,
        failures.len(),
        started.elapsed().as_secs_f64(),
    );
    assert!(failures.is_empty(), "lines for testdata/hard-match-cases.tsv:\n{}", failures.join("\n"));
    let least = if model == FULL { FULL_CHECKS } else { 1 };
    assert!(tally.checks >= least, "{} checks are not the {least} of the model", tally.checks);
}

/// `tokens,hostlength`, the same for every pattern; lists of two as in [`FULL`] or, without optimisation, as in [`SMALL`].
#[expect(clippy::panic, reason = "a setting that cannot be read fails the test")]
fn model_of_size(size: &str) -> Model {
    let numbers = size
        .split_once(',')
        .and_then(|(tokens, host_len)| Some((tokens.trim().parse().ok()?, host_len.trim().parse().ok()?)));
    let Some((tokens @ 1..=8, host_len @ 1..=7)) = numbers else {
        panic!(
            "GUESTLIST_EXHAUSTIVE={size}: write two numbers, such as 6,5: 1 to 8 tokens, hosts of 1 to 7 characters"
        );
    };
    let pairs = if cfg!(debug_assertions) { SMALL } else { FULL };
    Model {
        tokens,
        host_len,
        long_tokens: tokens,
        long_host_len: host_len.min(pairs.long_host_len),
        pair_tokens: tokens.min(pairs.pair_tokens),
        long_pair_tokens: tokens.min(pairs.long_pair_tokens),
    }
}

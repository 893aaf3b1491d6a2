//! Every pair of patterns of a small model (`guestlist_fuzz::proof::small`): what the prover says of one without the other, and of both, is what the reference says of every host.
//!
//! ```text
//! cargo test --release -p guestlist-fuzz --test exhaustive_pairs -- --nocapture
//! ```
//!
//! Without optimisation hosts are shorter, and of the pairs one in 16 is looked at.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use guestlist_fuzz::exhaustive::{Hosts, Model, host_texts};
use guestlist_fuzz::proof::small::{Small, Tally};
use guestlist_fuzz::subject::Engine;
use guestlist_proof::Prover;

/// Patterns of up to so many tokens, hosts of up to so many characters.
const SIZE: (usize, usize) = if cfg!(debug_assertions) { (3, 4) } else { (3, 5) };
/// Of the patterns one in so many is asked of beside all others.
const STEP: usize = if cfg!(debug_assertions) { 16 } else { 1 };
/// The fewest questions that the full model may come to.
const FULL_QUESTIONS: u64 = 300_000;

#[test]
fn prover_and_reference_agree_on_every_pair_of_a_small_model() {
    let started = Instant::now();
    let (tokens, host_len) = SIZE;
    let model = Model {
        tokens,
        host_len,
        long_tokens: tokens,
        long_host_len: host_len,
        pair_tokens: tokens,
        long_pair_tokens: tokens,
    };
    let texts = host_texts(host_len);
    let hosts = Hosts::read(&Engine::DEFAULT, &texts).unwrap();
    let (patterns, _) = model.short_patterns(&Engine::DEFAULT, &hosts).unwrap();
    let prover = Prover::new();
    let small = Small::new(&prover, &patterns, &hosts);

    let tally = Mutex::new(Tally::default());
    let failures = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while failures.lock().unwrap().is_empty() {
                    let first = next.fetch_add(STEP, Ordering::Relaxed);
                    if first >= small.len() {
                        break;
                    }
                    match small.check(&prover, first) {
                        Ok(done) => tally.lock().unwrap().add(done),
                        Err(wrong) => failures.lock().unwrap().push(wrong),
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    let tally = tally.into_inner().unwrap();
    eprintln!(
        "pairs: {} patterns of up to {tokens} tokens, {} hosts; {} questions, {} answered by nobody, {} by somebody beyond the model; {} wrong; {:.0} s on {threads} threads",
        small.len(),
        hosts.len(),
        tally.questions,
        tally.nobody,
        tally.beyond,
        failures.len(),
        started.elapsed().as_secs_f64(),
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let least = if cfg!(debug_assertions) { 1 } else { FULL_QUESTIONS };
    assert!(tally.questions >= least, "{} questions are not the {least} of the model", tally.questions);
    assert!(tally.nobody > 0 && tally.beyond > 0, "{tally:?}");
}

//! Logs → counts, on all cores.
//!
//! ```text
//!             ┌─► block ─► thread: decide, count ─► tally ─┐
//! logs ─► Blocks (lock) ─► block ─► thread: decide, count ─► tally ─┴─► sum
//!                                        └ denied origins of the block ─► Sum, in the order of the blocks
//! ```
//!
//! There is no thread that only reads: whoever needs a block reads it, one at a time. So no block waits in a queue, each thread has one buffer that it
//! uses again and again, and a copy of a file's bytes is still warm in the cache of the core that decides on them. Nothing in the result depends on which thread
//! did what.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

use guestlist::{Gate, ListType};

use super::block::{Block, Blocks, Limits};
use super::input::{self, Input};
use super::origins::{self, BlockCounts, Denied, Sum};
use super::progress::Progress;
use super::tally::Tally;
use crate::failure::Failure;

/// How the work is done; nothing here changes the report while the limits are not reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) threads: NonZeroUsize,
    pub(super) limits: Limits,
    /// How many denied origins and unreadable lines are listed.
    pub(super) top: usize,
    /// How many different denied origins are kept.
    pub(super) max_origins: usize,
}

impl Settings {
    pub(super) fn new(top: usize) -> Settings {
        Settings {
            threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            limits: Limits::default(),
            top,
            max_origins: origins::MAX_ORIGINS,
        }
    }
}

/// What was counted over all logs.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) tally: Tally,
    pub(super) denied: Denied,
}

/// Reads all logs and decides every request.
pub(super) fn count(
    inputs: Vec<Input>,
    gate: &Gate,
    list_type: ListType,
    settings: &Settings,
    progress: &Progress,
) -> Result<Counted, Failure> {
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let rules = gate.list(list_type).rules().len();
    let empty = || Tally::new(rules, names.len(), settings.top);
    let threads = settings.threads.get();
    let sum = Sum::new(settings.max_origins, threads);
    let blocks = Mutex::new(Blocks::new(inputs, settings.limits, progress));
    let work = || -> Result<Tally, Failure> {
        let mut tally = empty();
        let mut block = Block::new();
        let mut origins = BlockCounts::default();
        let _guard = AbandonOnPanic(&sum);
        while blocks.lock().unwrap_or_else(PoisonError::into_inner).next(&mut block)? {
            tally.block(gate, list_type, &block, settings.limits.line, &mut origins);
            sum.add(block.number, &mut origins);
        }
        Ok(tally)
    };
    let tallies: Vec<Result<Tally, Failure>> = thread::scope(|scope| {
        // This thread works too. Where the system gives no more threads, those there are do the work.
        let others: Vec<_> =
            (1..threads).map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let own = work();
        let others = others.into_iter().map(|other| match other.join() {
            Ok(tally) => tally,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        std::iter::once(own).chain(others).collect()
    });
    let mut total = empty();
    for tally in tallies {
        total.add(&tally?);
    }
    for (index, (name, counts)) in names.iter().zip(&total.inputs).enumerate() {
        if counts.requests == 0 && counts.unreadable > 0 {
            let first = total.unreadable.iter().find(|line| line.input == index);
            let what =
                first.map_or_else(|| "no line can be read".to_owned(), |line| input::no_line(line.reason));
            return Err(input::not_a_log(name, &what));
        }
    }
    let denied = sum.finish(settings.top);
    Ok(Counted { tally: total, denied })
}

/// A thread that panics has taken a block that the others wait for; they go on, so that the panic is seen.
struct AbandonOnPanic<'s>(&'s Sum);

impl Drop for AbandonOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.abandon();
        }
    }
}

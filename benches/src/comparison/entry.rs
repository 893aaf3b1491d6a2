//! One engine at one stage, and the clock: work → nanoseconds, one for each round.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::figure::{Outcome, Stage};

/// How long an engine runs in a round.
const SLICE: Duration = Duration::from_millis(3);

/// Does something so many times, and says how many answers were yes.
type Work<'a> = Box<dyn FnMut(usize) -> usize + 'a>;

/// One engine at one stage.
#[expect(missing_debug_implementations, reason = "it holds a closure")]
pub struct Entry<'a> {
    pub(super) stage: Stage,
    pub(super) name: &'static str,
    work: Result<Work<'a>, &'static str>,
    repetitions: usize,
    /// It takes so long that every fifth round has to do.
    slow: bool,
    nanos: Vec<f64>,
}

impl<'a> Entry<'a> {
    /// An engine that takes part, or why it does not.
    pub fn new(stage: Stage, name: &'static str, work: Result<Work<'a>, &'static str>) -> Entry<'a> {
        Entry { stage, name, work, repetitions: 1, slow: false, nanos: Vec::new() }
    }

    /// The work is done for so many at once.
    pub(super) fn in_steps_of(mut self, size: usize) -> Entry<'a> {
        self.repetitions = size;
        self
    }

    /// Finds out how often the work fits into half a slice to a whole one; warms up as well.
    pub(super) fn calibrate(&mut self) {
        // The first time may be another matter: what is made when it is first needed.
        self.run();
        while self.work.is_ok() {
            let taken = self.run();
            self.slow = taken > SLICE * 20;
            if taken > SLICE / 2 {
                break;
            }
            self.repetitions *= 2;
        }
    }

    /// Its turn.
    pub(super) fn round(&mut self, round: usize) {
        if self.work.is_ok() && (!self.slow || round.is_multiple_of(5)) {
            let nanos = self.run().as_secs_f64() * 1e9;
            self.nanos.push(nanos / self.repetitions as f64);
        }
    }

    /// The median of its rounds.
    pub(super) fn outcome(&mut self) -> Outcome {
        match self.work {
            Ok(_) => Outcome::Ns(median(&mut self.nanos)),
            Err(why) => Outcome::Skipped(why.to_owned()),
        }
    }

    fn run(&mut self) -> Duration {
        let Ok(work) = &mut self.work else { return Duration::ZERO };
        let start = Instant::now();
        black_box(work(self.repetitions));
        start.elapsed()
    }
}

/// The middle one, to a tenth; infinite if there is none.
pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.get(values.len() / 2).copied().unwrap_or(f64::INFINITY);
    (middle * 10.0).round() / 10.0
}

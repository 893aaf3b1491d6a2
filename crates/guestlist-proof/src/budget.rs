//! How much work an answer may take, and the honest answer when that was not enough.

use core::fmt;

/// How much work the answers of one [`Prover`](crate::Prover) question may take.
///
/// Work is counted in steps, not timed, so that the same question has the same answer on every machine. A question that needs more is [`Undecided`].
///
/// ```
/// use guestlist_proof::{Budget, Prover, Rules};
///
/// let rules = Rules::parse(["*.example.com"])?;
/// let prover = Prover::with_budget(Budget::default().steps(3));
/// let undecided = prover.example(&rules).unwrap_err();
/// assert_eq!(undecided.to_string(), "not decided within the budget of 3 steps");
/// # Ok::<(), guestlist::ListError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// Most steps, some ten nanoseconds each: 16 million, about the work of comparing two lists of some thousands of patterns.
    pub steps: u64,
    /// Most hosts, or beginnings of hosts, to try one by one, where only hosts with `xn--` labels are left that no pattern spells out: 50,000.
    pub candidates: u64,
}

impl Budget {
    /// Sets the most steps.
    #[must_use]
    pub fn steps(self, steps: u64) -> Budget {
        Budget { steps, ..self }
    }

    /// Sets the most hosts that are tried one by one.
    #[must_use]
    pub fn candidates(self, candidates: u64) -> Budget {
        Budget { candidates, ..self }
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { steps: 16_000_000, candidates: 50_000 }
    }
}

/// No answer: the budget ran out. It is neither yes nor no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Undecided {
    /// [`Budget::steps`] were taken.
    Steps(u64),
    /// [`Budget::candidates`] were tried, and all that may be left are hosts with `xn--` labels.
    Candidates(u64),
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undecided::Steps(steps) => write!(f, "not decided within the budget of {steps} steps"),
            Undecided::Candidates(candidates) => write!(
                f,
                "not decided: {candidates} hosts with `xn--` labels were tried, which is the budget, and none of them is valid"
            ),
        }
    }
}

impl core::error::Error for Undecided {}

/// What is left of a budget.
#[derive(Debug)]
pub(crate) struct Purse {
    budget: Budget,
    steps: u64,
    /// The steps that were not there to take.
    start: u64,
}

impl Purse {
    pub(crate) fn new(budget: Budget) -> Purse {
        Purse { budget, steps: 0, start: 0 }
    }

    /// Takes so many steps.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), Undecided> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > self.budget.steps { Err(Undecided::Steps(self.budget.steps)) } else { Ok(()) }
    }

    /// Makes it full again, for the next question.
    pub(crate) fn refill(&mut self) {
        self.steps = 0;
        self.start = 0;
    }

    /// Makes it full again, for a question that may take so many steps and no more than any other.
    pub(crate) fn refill_with(&mut self, steps: u64) {
        self.steps = self.budget.steps.saturating_sub(steps);
        self.start = self.steps;
    }

    /// How many steps were taken since it was full.
    pub(crate) fn spent(&self) -> u64 {
        self.steps - self.start
    }

    pub(crate) fn candidates(&self) -> u64 {
        self.budget.candidates
    }
}

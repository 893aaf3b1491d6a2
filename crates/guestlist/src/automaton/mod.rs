//! Patterns of a list → one automaton that answers for all of them (SPEC §2, §5).
//!
//! [`Automaton::build`] unites the languages of all patterns ([`crate::hir`]) in one NFA and determinizes it, within a [`Budget`] of states, bytes and
//! work. The result is a table that any number of threads read without a lock. Matching is one pass over the bytes of host and port, without an
//! exit test; which patterns match is read off the last state.
//!
//! **From the right.** Wildcards of host patterns lead, so that the reversed language is nearly a trie. docs/design.md has the
//! measurement. The automaton is therefore built from the right, and from the left only if that does not fit the budget.
//!
//! **When neither fits**, the list is decided by the [`bounded`] engine: states are made as they are needed, in a cache of fixed size, and where
//! that does not help either the NFA is simulated. Both answer exactly what the table would; giving up is never an answer.

mod bounded;
mod budget;
mod determinize;
mod dfa;

use core::fmt;

use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_syntax::hir::Hir;

use self::bounded::Bounded;
pub use self::budget::Budget;
use self::determinize::determinize;
use self::dfa::Dfa;
use crate::hir;
use crate::pattern::Pattern;
use crate::vector::Simd;

/// Which way an automaton reads the text of an origin. It changes size and speed, never an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Direction {
    /// From the first character of the host to the last digit of the port.
    Forward,
    /// From the last digit of the port to the first character of the host.
    Reverse,
}

/// Which engine to decide a list with. For measurements and tests; [`EngineChoice::Auto`] is right everywhere else.
///
/// No choice changes an answer. An automaton that does not fit the budget is replaced by the bounded engine whatever the choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EngineChoice {
    /// The index for the rules that it holds, with the best instructions that the machine has; [`EngineChoice::Automaton`] for the others.
    #[default]
    Auto,
    /// As [`EngineChoice::Auto`], with these instructions, or the next best that the machine has.
    Index(Simd),
    /// No index: the automaton from the right, else from the left, else the bounded engine.
    Automaton,
    /// The automaton in this direction, else the bounded engine.
    Dfa(Direction),
    /// The bounded engine.
    Bounded,
    /// The bounded engine's last resort alone: a simulation of the NFA.
    Simulation,
}

/// What a list is decided with, and how large it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Engine {
    /// The kind of engine. If an index does not hold all rules, what decides the others.
    pub kind: EngineKind,
    /// Which way the automaton reads; `None` for an index alone.
    pub direction: Option<Direction>,
    /// States of the automaton; for the bounded engine, states of the NFA that it works on; for an index alone, its entries.
    pub states: usize,
    /// Bytes that every thread shares: the index, the table of the automaton, or the NFA of the bounded engine, which keeps a cache for each thread besides.
    pub bytes: usize,
    /// How many rules the index decides.
    pub indexed: usize,
}

/// The kinds of engine a list is decided with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum EngineKind {
    /// Rules are found by their literal ends, with one look for each number of labels in front.
    Index,
    /// One deterministic automaton for the whole list, shared by all threads.
    Dfa,
    /// The automaton did not fit the budget: its states are made as they are needed, in a bounded cache per thread.
    Bounded,
    /// The NFA is simulated for each check.
    Simulation,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.direction {
            Some(Direction::Forward) => "left",
            _ => "right",
        };
        let Engine { states, bytes, indexed, .. } = self;
        if self.kind == EngineKind::Index {
            let s = if *states == 1 { "" } else { "s" };
            return write!(f, "an index of {states} literal end{s}: {bytes} bytes");
        }
        match indexed {
            0 => {}
            1 => f.write_str("an index for 1 rule, for the others ")?,
            indexed => write!(f, "an index for {indexed} rules, for the others ")?,
        }
        match self.kind {
            EngineKind::Index => Ok(()),
            EngineKind::Dfa => write!(f, "one automaton from the {side}: {states} states, {bytes} bytes"),
            EngineKind::Bounded => write!(
                f,
                "bounded engine from the {side}: the automaton is over its budget; {states} states of an NFA, {bytes} bytes and a cache per thread"
            ),
            EngineKind::Simulation => {
                write!(f, "simulation of an NFA from the {side}: {states} states, {bytes} bytes")
            }
        }
    }
}

/// The united automaton of a list.
pub(crate) struct Automaton {
    inner: Inner,
    engine: Engine,
}

enum Inner {
    Dfa(Box<Dfa>),
    Bounded(Box<Bounded>),
}

impl Automaton {
    /// Unites the patterns. Never fails: what does not fit the budget gets the bounded engine.
    ///
    /// Cost: the parts of all patterns, plus at most the work of the budget, twice.
    pub(crate) fn build<'p>(
        patterns: impl Iterator<Item = &'p Pattern>,
        budget: &Budget,
        choice: EngineChoice,
    ) -> Automaton {
        let languages: Vec<Hir> = patterns.map(hir::translate).collect();
        let directions: &[Direction] = match choice {
            EngineChoice::Auto | EngineChoice::Index(_) | EngineChoice::Automaton => {
                &[Direction::Reverse, Direction::Forward]
            }
            EngineChoice::Dfa(Direction::Reverse) => &[Direction::Reverse],
            EngineChoice::Dfa(Direction::Forward) => &[Direction::Forward],
            EngineChoice::Bounded | EngineChoice::Simulation => &[],
        };
        for direction in directions {
            let nfa = nfa(&languages, *direction);
            if let Some(determinized) = determinize(&nfa, budget) {
                let dfa = Dfa::new(&determinized, *direction);
                let engine = Engine {
                    kind: EngineKind::Dfa,
                    direction: Some(*direction),
                    states: dfa.states(),
                    bytes: dfa.memory_usage(),
                    indexed: 0,
                };
                return Automaton { inner: Inner::Dfa(Box::new(dfa)), engine };
            }
        }
        let bounded = Bounded::new(&languages, choice == EngineChoice::Simulation);
        let engine = bounded.engine();
        Automaton { inner: Inner::Bounded(Box::new(bounded)), engine }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    /// The first pattern that matches.
    pub(crate) fn first(&self, host: &[u8], tail: &[u8]) -> Option<usize> {
        match &self.inner {
            Inner::Dfa(dfa) => dfa.matches(host, tail).first().map(|pattern| *pattern as usize),
            Inner::Bounded(bounded) => bounded.first(host, tail),
        }
    }

    /// Every pattern that matches, in their order.
    pub(crate) fn all(&self, host: &[u8], tail: &[u8]) -> Vec<usize> {
        let mut all = Vec::new();
        match &self.inner {
            Inner::Dfa(dfa) => all.extend(dfa.matches(host, tail).iter().map(|pattern| *pattern as usize)),
            Inner::Bounded(bounded) => bounded.all(host, tail, &mut all),
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The union of the languages as an NFA. Linear in the text of the patterns, which has limits of its own.
fn nfa(languages: &[Hir], direction: Direction) -> NFA {
    let config = thompson::Config::new()
        .utf8(false)
        .reverse(direction == Direction::Reverse)
        .which_captures(WhichCaptures::None);
    let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(languages);
    nfa.expect(
        "an NFA without a size limit has room for two billion states, more than any list that fits in memory",
    )
}

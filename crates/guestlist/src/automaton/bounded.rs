//! For lists whose automaton would be too large: states made as they are needed, in a cache of fixed size.
//!
//! A check takes a cache from a pool. While the cache serves, a check is a walk over a table like any other. When a hostile mix of hosts keeps
//! throwing the cache away, the lazy automaton gives up, and the NFA is simulated for that check instead: `text × NFA` steps at most, whatever the input.
//!
//! The pool hands each thread its cache without waiting: the first thread to come owns one outright, others try a lock and take a new cache rather than wait.

use core::panic::{RefUnwindSafe, UnwindSafe};

use regex_automata::hybrid::dfa as lazy;
use regex_automata::nfa::thompson::NFA;
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::util::pool::Pool;
use regex_automata::util::start;
use regex_automata::{Anchored, Input, MatchKind, PatternSet};
use regex_syntax::hir::Hir;

use super::{Direction, Engine, EngineKind};

/// Bytes of a thread's cache. Holds a few thousand states; more did not make the adversarial lists faster.
const CACHE_BYTES: usize = 2 << 20;
/// For large lists, how often a cache holds what is needed at the very least.
const CACHE_MINIMA: usize = 4;
/// Give up when the cache was thrown away this often …
const CLEARS: usize = 4;
/// … and each state made since served fewer bytes than this.
const BYTES_PER_STATE: usize = 8;

type CachePool<T> = Pool<T, Box<dyn Fn() -> T + Send + Sync + UnwindSafe + RefUnwindSafe>>;

pub(super) struct Bounded {
    lazy: Option<Lazy>,
    simulation: Simulation,
    engine: Engine,
}

struct Lazy {
    automaton: lazy::DFA,
    caches: CachePool<lazy::Cache>,
}

struct Simulation {
    machine: PikeVM,
    scratch: CachePool<Scratch>,
}

struct Scratch {
    text: Vec<u8>,
    cache: pikevm::Cache,
    matched: PatternSet,
}

impl Bounded {
    pub(super) fn new(languages: &[Hir], only_simulation: bool) -> Bounded {
        let nfa = super::nfa(languages, Direction::Reverse);
        let lazy = if only_simulation { None } else { Lazy::new(nfa.clone()) };
        let engine = Engine {
            kind: if lazy.is_some() { EngineKind::Bounded } else { EngineKind::Simulation },
            direction: Some(Direction::Reverse),
            states: nfa.states().len(),
            bytes: nfa.memory_usage(),
            indexed: 0,
        };
        Bounded { lazy, simulation: Simulation::new(nfa), engine }
    }

    pub(super) fn engine(&self) -> Engine {
        self.engine
    }

    pub(super) fn first(&self, host: &[u8], tail: &[u8]) -> Option<usize> {
        let mut first: Option<usize> = None;
        self.each(host, tail, |index| first = Some(first.map_or(index, |first| first.min(index))));
        first
    }

    pub(super) fn all(&self, host: &[u8], tail: &[u8], all: &mut Vec<usize>) {
        self.each(host, tail, |index| all.push(index));
    }

    /// Calls `found` with every pattern that matches. The lazy automaton reports nothing before it knows everything, so that nothing is found twice.
    fn each(&self, host: &[u8], tail: &[u8], mut found: impl FnMut(usize)) {
        let answered = self.lazy.as_ref().is_some_and(|lazy| lazy.each(host, tail, &mut found).is_ok());
        if !answered {
            self.simulation.each(host, tail, found);
        }
    }
}

impl Lazy {
    /// `None` where the NFA has no room for a cache at all.
    fn new(nfa: NFA) -> Option<Lazy> {
        let config = lazy::Config::new()
            .match_kind(MatchKind::All)
            .minimum_cache_clear_count(Some(CLEARS))
            .minimum_bytes_per_state(Some(BYTES_PER_STATE));
        // A cache that holds no more than a few states of a large NFA would be thrown away at every step.
        let least = config.get_minimum_cache_capacity(&nfa).ok()?;
        let config = config.cache_capacity(CACHE_BYTES.max(least.saturating_mul(CACHE_MINIMA)));
        let automaton = lazy::Builder::new().configure(config).build_from_nfa(nfa).ok()?;
        let caches = {
            let automaton = automaton.clone();
            CachePool::new(Box::new(move || automaton.create_cache()))
        };
        Some(Lazy { automaton, caches })
    }

    /// Walks from the right. An error is a give-up and says nothing about the text.
    fn each(&self, host: &[u8], tail: &[u8], found: &mut impl FnMut(usize)) -> Result<(), GaveUp> {
        let mut guard = self.caches.get();
        let cache = &mut *guard;
        let len = host.len() + tail.len();
        let mut state = self
            .automaton
            .start_state(cache, &start::Config::new().anchored(Anchored::Yes))
            .map_err(|_| GaveUp)?;
        // The cache judges by the bytes it served whether it is worth keeping.
        cache.search_start(0);
        let mut walk = || {
            for byte in tail.iter().rev().chain(host.iter().rev()) {
                state = self.automaton.next_state(cache, state, *byte).map_err(|_| GaveUp)?;
            }
            self.automaton.next_eoi_state(cache, state).map_err(|_| GaveUp)
        };
        let end = walk();
        cache.search_finish(len);
        let end = end?;
        if end.is_match() {
            for index in 0..self.automaton.match_len(cache, end) {
                found(self.automaton.match_pattern(cache, end, index).as_usize());
            }
        }
        Ok(())
    }
}

/// The lazy automaton could not decide.
struct GaveUp;

impl Simulation {
    /// The NFA is the reversed one; it is given the text reversed.
    fn new(nfa: NFA) -> Simulation {
        let machine = PikeVM::builder()
            .configure(PikeVM::config().match_kind(MatchKind::All))
            .build_from_nfa(nfa)
            .expect("a simulation is built from any NFA");
        let scratch = {
            let machine = machine.clone();
            CachePool::new(Box::new(move || Scratch {
                text: Vec::new(),
                cache: machine.create_cache(),
                matched: PatternSet::new(machine.pattern_len()),
            }))
        };
        Simulation { machine, scratch }
    }

    fn each(&self, host: &[u8], tail: &[u8], mut found: impl FnMut(usize)) {
        let mut guard = self.scratch.get();
        let Scratch { text, cache, matched } = &mut *guard;
        // The simulation wants the text in one piece, and reversed.
        text.clear();
        text.extend(tail.iter().rev().chain(host.iter().rev()));
        matched.clear();
        let input = Input::new(text).anchored(Anchored::Yes);
        self.machine.which_overlapping_matches(cache, &input, matched);
        matched.iter().for_each(|pattern| found(pattern.as_usize()));
    }
}

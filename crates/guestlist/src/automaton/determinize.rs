//! NFA → table of a deterministic automaton, by subset construction, within a budget that is counted step by step.
//!
//! regex-automata compiles the languages to one NFA and could determinize it as well, but can only be told a size at which to give up: the adversarial lists of the
//! benchmarks took it seconds to reach any useful one (docs/design.md). Here each step counts, so that giving up is quick and the same on every machine.
//!
//! Each automaton state is the set of NFA states that can be reached by the bytes read so far, of which only those matter that consume a byte
//! or accept. The assertions at both ends of a pattern are passed like any other empty transition: a walk begins at the beginning and its state is looked at only at the
//! end, which is all they assert.

use std::collections::HashMap;

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;

use super::Budget;

/// A deterministic automaton, state by state. State 0 is dead; the others are numbered in the order they were found.
pub(super) struct Determinized {
    /// The class of each byte.
    pub(super) classes: [u8; 256],
    /// How many classes there are.
    pub(super) class_count: usize,
    /// The next state for each state and class, in rows of `class_count`.
    pub(super) next: Vec<u32>,
    /// For each state, which of `accepts` holds when the text ends there.
    pub(super) accept: Vec<u32>,
    /// The sets of patterns that can match at once, each in ascending order. The first is empty.
    pub(super) accepts: Vec<Box<[u32]>>,
    /// The state before the first byte.
    pub(super) start: u32,
}

/// Determinizes the NFA; `None` if that passes the budget.
pub(super) fn determinize(nfa: &NFA, budget: &Budget) -> Option<Determinized> {
    let budget = &budget.clamped();
    let (classes, class_count) = byte_classes(nfa);
    let mut builder = Builder {
        nfa,
        budget,
        work: 0,
        known: HashMap::new(),
        sets: Vec::new(),
        accept_ids: HashMap::from([(Box::default(), 0)]),
        seen: vec![0; nfa.states().len()],
        mark: 0,
        stack: Vec::new(),
        result: Determinized {
            classes,
            class_count,
            next: Vec::new(),
            accept: Vec::new(),
            accepts: vec![Box::default()],
            start: 0,
        },
    };
    builder.state(Vec::new())?;
    let mut set = Vec::new();
    builder.begin();
    builder.closure(nfa.start_anchored(), &mut set);
    builder.result.start = builder.state(set)?;
    builder.explore()?;
    Some(builder.result)
}

/// The class of each byte, and how many there are: bytes that no transition tells apart. The two cases of a letter are one class, because every language is closed
/// under ASCII case ([`crate::hir`] makes no other letters); a capital is looked up, never a target.
fn byte_classes(nfa: &NFA) -> ([u8; 256], usize) {
    let ranges = nfa.byte_classes();
    let mut classes = [0; 256];
    let mut count = 0u8;
    let mut last = None;
    for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_uppercase()) {
        if last.is_some_and(|last| last != ranges.get(byte)) {
            count += 1;
        }
        last = Some(ranges.get(byte));
        classes[usize::from(byte)] = count;
    }
    for byte in b'A'..=b'Z' {
        classes[usize::from(byte)] = classes[usize::from(byte.to_ascii_lowercase())];
    }
    (classes, usize::from(count) + 1)
}

struct Builder<'n> {
    nfa: &'n NFA,
    budget: &'n Budget,
    work: usize,
    /// The automaton state of each set of NFA states.
    known: HashMap<Box<[StateID]>, u32>,
    /// The set of each automaton state.
    sets: Vec<Box<[StateID]>>,
    accept_ids: HashMap<Box<[u32]>, u32>,
    /// For each NFA state the mark of the set that it was last put into.
    seen: Vec<u32>,
    mark: u32,
    stack: Vec<StateID>,
    result: Determinized,
}

impl Builder<'_> {
    /// Begins a new set.
    fn begin(&mut self) {
        // Each set is a step at least, and the work is clamped to far fewer.
        self.mark += 1;
    }

    /// Adds to the set what can be reached from `from` without reading a byte.
    fn closure(&mut self, from: StateID, set: &mut Vec<StateID>) {
        self.stack.push(from);
        while let Some(id) = self.stack.pop() {
            self.work += 1;
            if self.seen[id.as_usize()] == self.mark {
                continue;
            }
            self.seen[id.as_usize()] = self.mark;
            match self.nfa.state(id) {
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) | State::Match { .. } => {
                    set.push(id);
                }
                State::Look { next, .. } | State::Capture { next, .. } => self.stack.push(*next),
                State::Union { alternates } => self.stack.extend(alternates.iter()),
                State::BinaryUnion { alt1, alt2 } => self.stack.extend([*alt1, *alt2]),
                State::Fail => {}
            }
        }
    }

    /// The automaton state of a set, a new one if need be; `None` if that passes the budget.
    fn state(&mut self, mut set: Vec<StateID>) -> Option<u32> {
        set.sort_unstable();
        self.work += set.len();
        if self.work > self.budget.work {
            return None;
        }
        if let Some(id) = self.known.get(set.as_slice()) {
            return Some(*id);
        }
        let count = self.sets.len();
        let id = u32::try_from(count).ok()?;
        let bytes = (count + 1) * (self.result.class_count + 1) * size_of::<u32>();
        if count >= self.budget.states || bytes > self.budget.bytes {
            return None;
        }
        let accepts: Box<[u32]> = {
            let mut accepts: Vec<u32> = set
                .iter()
                .filter_map(|id| match self.nfa.state(*id) {
                    State::Match { pattern_id } => Some(pattern_id.as_u32()),
                    _ => None,
                })
                .collect();
            accepts.sort_unstable();
            accepts.into()
        };
        let accept = match self.accept_ids.get(&accepts) {
            Some(accept) => *accept,
            None => {
                let accept = u32::try_from(self.result.accepts.len()).ok()?;
                self.result.accepts.push(accepts.clone());
                self.accept_ids.insert(accepts, accept);
                accept
            }
        };
        self.result.accept.push(accept);
        let set: Box<[StateID]> = set.into();
        self.sets.push(set.clone());
        self.known.insert(set, id);
        Some(id)
    }

    /// Fills the row of every state, finding new states on the way.
    fn explore(&mut self) -> Option<()> {
        let class_count = self.result.class_count;
        // For each class, where its transitions lead to.
        let mut targets: Vec<Vec<StateID>> = vec![Vec::new(); class_count];
        let mut state = 0;
        while state < self.sets.len() {
            for index in 0..self.sets[state].len() {
                let id = self.sets[state][index];
                match self.nfa.state(id) {
                    State::ByteRange { trans } => {
                        self.spread(trans.start, trans.end, trans.next, &mut targets);
                    }
                    State::Sparse(sparse) => {
                        for trans in &*sparse.transitions {
                            self.spread(trans.start, trans.end, trans.next, &mut targets);
                        }
                    }
                    // The compiler makes none. If it did, the bounded engine would know how to read them.
                    State::Dense(_) => return None,
                    State::Match { .. }
                    | State::Look { .. }
                    | State::Capture { .. }
                    | State::Union { .. }
                    | State::BinaryUnion { .. }
                    | State::Fail => {}
                }
            }
            for class in &mut targets {
                self.work += 1;
                if class.is_empty() {
                    self.result.next.push(0);
                    continue;
                }
                let mut set = Vec::new();
                self.begin();
                for target in class.drain(..) {
                    self.closure(target, &mut set);
                }
                let next = self.state(set)?;
                self.result.next.push(next);
            }
            state += 1;
        }
        Some(())
    }

    /// Notes a transition for each class between two bytes, which lie between the classes of the two; capitals are covered by their lower case.
    fn spread(&mut self, start: u8, end: u8, next: StateID, targets: &mut [Vec<StateID>]) {
        if start.is_ascii_uppercase() {
            return;
        }
        let (first, last) = (self.result.classes[usize::from(start)], self.result.classes[usize::from(end)]);
        for class in &mut targets[usize::from(first)..=usize::from(last)] {
            self.work += 1;
            class.push(next);
        }
    }
}

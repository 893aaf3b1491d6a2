//! The table: a determinized automaton that all threads share.

use regex_automata::dfa::{Automaton as _, dense};
use regex_automata::nfa::thompson::NFA;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};

use super::{Budget, Direction};

#[derive(Debug)]
pub(super) struct Dfa {
    table: dense::DFA<Vec<u32>>,
    start: StateID,
    direction: Direction,
    states: usize,
}

impl Dfa {
    /// Determinizes the NFA; `None` if that passes the budget.
    pub(super) fn build(nfa: &NFA, direction: Direction, budget: &Budget) -> Option<Dfa> {
        // A row holds a cell for each class of bytes and one for the end, rounded up to a power of two.
        let row = nfa.byte_classes().alphabet_len().next_power_of_two() * size_of::<u32>();
        let table_bytes = budget.bytes.min(budget.states_for(nfa.states().len()).saturating_mul(row));
        let config = dense::Config::new()
            .match_kind(MatchKind::All)
            .start_kind(regex_automata::dfa::StartKind::Anchored)
            .starts_for_each_pattern(false)
            .accelerate(false)
            .minimize(false)
            .dfa_size_limit(Some(table_bytes))
            .determinize_size_limit(Some(budget.bytes));
        let table = dense::Builder::new().configure(config).build_from_nfa(nfa).ok()?;
        let start = table.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        let states = table.memory_usage()
            / (table.byte_classes().alphabet_len().next_power_of_two() * size_of::<u32>());
        Some(Dfa { table, start, direction, states })
    }

    pub(super) fn states(&self) -> usize {
        self.states
    }

    pub(super) fn memory_usage(&self) -> usize {
        self.table.memory_usage()
    }

    /// The state behind the last byte and the end of the text. One plain loop without an exit test: that costs less than a mispredicted branch.
    fn run(&self, host: &[u8], tail: &[u8]) -> StateID {
        let step = |state, byte: &u8| self.table.next_state(state, *byte);
        let state = match self.direction {
            Direction::Forward => tail.iter().fold(host.iter().fold(self.start, step), step),
            Direction::Reverse => host.iter().rev().fold(tail.iter().rev().fold(self.start, step), step),
        };
        self.table.next_eoi_state(state)
    }

    pub(super) fn is_match(&self, host: &[u8], tail: &[u8]) -> bool {
        self.table.is_match_state(self.run(host, tail))
    }

    pub(super) fn first(&self, host: &[u8], tail: &[u8]) -> Option<usize> {
        let state = self.run(host, tail);
        if !self.table.is_match_state(state) {
            return None;
        }
        (0..self.table.match_len(state)).map(|index| self.table.match_pattern(state, index).as_usize()).min()
    }

    pub(super) fn all(&self, host: &[u8], tail: &[u8], all: &mut Vec<usize>) {
        let state = self.run(host, tail);
        if self.table.is_match_state(state) {
            all.extend(
                (0..self.table.match_len(state))
                    .map(|index| self.table.match_pattern(state, index).as_usize()),
            );
        }
    }
}

//! The table: a deterministic automaton, packed, that all threads share.
//!
//! A cell holds where the row of the next state begins, so that a step is one addition and one load; in 16 bits where that is enough, which it is for
//! ordinary lists. The last cell of a row holds what is accepted if the text ends there.

use super::Direction;
use super::determinize::Determinized;

pub(super) struct Dfa {
    table: Table,
    /// The class of each byte.
    classes: [u8; 256],
    class_count: usize,
    states: usize,
    direction: Direction,
    /// For each accepting set: where its patterns begin in `patterns`. One more entry than sets.
    accepts: Box<[u32]>,
    patterns: Box<[u32]>,
}

enum Table {
    Narrow { cells: Box<[u16]>, start: u16 },
    Wide { cells: Box<[u32]>, start: u32 },
}

/// A cell of the table.
trait Cell: Copy {
    fn from_usize(value: usize) -> Option<Self>;
    fn to_usize(self) -> usize;
}

impl Cell for u16 {
    fn from_usize(value: usize) -> Option<u16> {
        u16::try_from(value).ok()
    }

    fn to_usize(self) -> usize {
        usize::from(self)
    }
}

impl Cell for u32 {
    fn from_usize(value: usize) -> Option<u32> {
        u32::try_from(value).ok()
    }

    fn to_usize(self) -> usize {
        self as usize
    }
}

impl Dfa {
    /// Packs the automaton.
    pub(super) fn new(automaton: &Determinized, direction: Direction) -> Dfa {
        let table = match pack::<u16>(automaton) {
            Some((cells, start)) => Table::Narrow { cells, start },
            None => {
                let (cells, start) =
                    pack::<u32>(automaton).expect("the budget keeps tables far below four billion cells");
                Table::Wide { cells, start }
            }
        };
        let mut accepts = vec![0];
        let mut patterns = Vec::new();
        for set in &automaton.accepts {
            patterns.extend_from_slice(set);
            accepts.push(u32::try_from(patterns.len()).unwrap_or(u32::MAX));
        }
        Dfa {
            table,
            classes: automaton.classes,
            class_count: automaton.class_count,
            states: automaton.accept.len(),
            direction,
            accepts: accepts.into(),
            patterns: patterns.into(),
        }
    }

    pub(super) fn states(&self) -> usize {
        self.states
    }

    /// Bytes of heap.
    pub(super) fn memory_usage(&self) -> usize {
        let table = match &self.table {
            Table::Narrow { cells, .. } => size_of_val(&**cells),
            Table::Wide { cells, .. } => size_of_val(&**cells),
        };
        size_of::<Dfa>() + table + size_of_val(&*self.accepts) + size_of_val(&*self.patterns)
    }

    /// What is accepted behind the last byte; 0 is nothing.
    fn run(&self, host: &[u8], tail: &[u8]) -> usize {
        match &self.table {
            Table::Narrow { cells, start } => self.walk(cells, *start, host, tail),
            Table::Wide { cells, start } => self.walk(cells, *start, host, tail),
        }
    }

    /// One plain loop without an exit test: that costs less than a mispredicted branch.
    fn walk<C: Cell>(&self, cells: &[C], start: C, host: &[u8], tail: &[u8]) -> usize {
        let step = |row: C, byte: &u8| cells[row.to_usize() + usize::from(self.classes[usize::from(*byte)])];
        let row = match self.direction {
            Direction::Forward => tail.iter().fold(host.iter().fold(start, step), step),
            Direction::Reverse => host.iter().rev().fold(tail.iter().rev().fold(start, step), step),
        };
        cells[row.to_usize() + self.class_count].to_usize()
    }

    /// The patterns that match, in ascending order.
    pub(super) fn matches(&self, host: &[u8], tail: &[u8]) -> &[u32] {
        let accept = self.run(host, tail);
        &self.patterns[self.accepts[accept] as usize..self.accepts[accept + 1] as usize]
    }
}

/// The rows with their accept cells, and where the row of the start state begins; `None` if a cell is too narrow.
fn pack<C: Cell>(automaton: &Determinized) -> Option<(Box<[C]>, C)> {
    let stride = automaton.class_count + 1;
    let mut cells = Vec::with_capacity(automaton.accept.len() * stride);
    for (row, accept) in automaton.next.chunks_exact(automaton.class_count).zip(&automaton.accept) {
        for next in row {
            cells.push(C::from_usize(*next as usize * stride)?);
        }
        cells.push(C::from_usize(*accept as usize)?);
    }
    Some((cells.into(), C::from_usize(automaton.start as usize * stride)?))
}

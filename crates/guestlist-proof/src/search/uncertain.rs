//! Hosts whose validity no automaton tells: tried one by one, the shortest first, and the engine is asked of each.

use std::collections::HashMap;

use guestlist::Origin;

use super::{MAX_HOST, MAX_LABEL, Wanted, with_port};
use crate::budget::Undecided;
use crate::space::{NOTHING, Set, Space};
use crate::symbol;
use crate::valid::Valid;
use crate::witness::Witness;

/// In how many further bytes a host can end: a bit for each number from 0 to 255.
type Lengths = [u64; 4];

/// All pairs that lead to somebody who is wanted.
struct Graph {
    pairs: Vec<Pair>,
    starts: Vec<usize>,
}

struct Pair {
    set: Set,
    valid: Valid,
    next: Vec<(u8, usize)>,
    lengths: Lengths,
}

/// The shortest of those who are wanted among uncertain hosts, and among the certain ones as well where that is asked for.
pub(super) fn shortest(
    space: &mut Space,
    wanted: Wanted<'_>,
    and_certain: bool,
) -> Result<Option<Witness>, Undecided> {
    let mut graph = Graph::new(space, wanted, and_certain)?;
    graph.find_lengths(space)?;
    let mut tried = 0;
    for len in 1..=usize::from(MAX_HOST) {
        for start in graph.starts.clone() {
            let mut text = Vec::new();
            if let Some(host) = graph.host_of_length(space, start, len, 0, &mut text, &mut tried)? {
                return Ok(Some(with_port(space, wanted, host)?));
            }
        }
    }
    Ok(None)
}

impl Graph {
    fn new(space: &mut Space, wanted: Wanted<'_>, and_certain: bool) -> Result<Graph, Undecided> {
        let mut graph = Graph { pairs: Vec::new(), starts: Vec::new() };
        let mut numbers: HashMap<(Set, Valid), usize> = HashMap::new();
        for index in 0..space.classes.len() {
            let set = space.classes[index].start;
            if wanted.is_possible(space, set) && !numbers.contains_key(&(set, Valid::START)) {
                let start = graph.number(&mut numbers, set, Valid::START);
                graph.starts.push(start);
            }
        }
        let mut at = 0;
        while at < graph.pairs.len() {
            let Pair { set, valid, .. } = graph.pairs[at];
            for (mask, to) in space.groups(set)?.to_vec() {
                if to == NOTHING || !wanted.is_possible(space, to) {
                    continue;
                }
                for byte in symbol::bytes(mask) {
                    space.purse.spend(1)?;
                    if let Some(valid) = valid.step(byte, &space.known) {
                        let next = graph.number(&mut numbers, to, valid);
                        graph.pairs[at].next.push((byte, next));
                    }
                }
            }
            let end = valid.end(&space.known);
            let is_end =
                end.is_some_and(|end| and_certain || end.is_uncertain) && wanted.is_found(space, set);
            graph.pairs[at].lengths[0] = u64::from(is_end);
            at += 1;
        }
        Ok(graph)
    }

    fn number(&mut self, numbers: &mut HashMap<(Set, Valid), usize>, set: Set, valid: Valid) -> usize {
        *numbers.entry((set, valid)).or_insert_with(|| {
            self.pairs.push(Pair { set, valid, next: Vec::new(), lengths: [0; 4] });
            self.pairs.len() - 1
        })
    }

    /// Finds for each pair in how many further bytes a host can end.
    fn find_lengths(&mut self, space: &mut Space) -> Result<(), Undecided> {
        if self.pairs.iter().all(|pair| pair.lengths == [0; 4]) {
            return Ok(());
        }
        let mut changed = true;
        while changed {
            changed = false;
            for at in (0..self.pairs.len()).rev() {
                let pair = &self.pairs[at];
                space.purse.spend(pair.next.len())?;
                let mut lengths = pair.lengths;
                for (_, next) in &pair.next {
                    for (all, one) in lengths.iter_mut().zip(one_more(self.pairs[*next].lengths)) {
                        *all |= one;
                    }
                }
                changed |= lengths != self.pairs[at].lengths;
                self.pairs[at].lengths = lengths;
            }
        }
        Ok(())
    }

    /// The first valid host with so many bytes more. `text` is what is read, from right to left.
    fn host_of_length(
        &self,
        space: &mut Space,
        at: usize,
        len: usize,
        label_len: u8,
        text: &mut Vec<u8>,
        tried: &mut u64,
    ) -> Result<Option<String>, Undecided> {
        if self.pairs[at].lengths[len / 64] >> (len % 64) & 1 == 0 {
            return Ok(None);
        }
        if len == 0 {
            *tried += 1;
            if *tried > space.purse.candidates() {
                return Err(Undecided::Candidates(space.purse.candidates()));
            }
            let host: String = text.iter().rev().map(|byte| char::from(*byte)).collect();
            return Ok(Origin::from_host(host.as_bytes()).is_ok().then_some(host));
        }
        for (byte, next) in &self.pairs[at].next {
            space.purse.spend(1)?;
            let label_len = if *byte == b'.' { 0 } else { label_len + 1 };
            if label_len > MAX_LABEL {
                continue;
            }
            text.push(*byte);
            let host = self.host_of_length(space, *next, len - 1, label_len, text, tried)?;
            text.pop();
            if host.is_some() {
                return Ok(host);
            }
        }
        Ok(None)
    }
}

fn one_more(lengths: Lengths) -> Lengths {
    let mut carry = 0;
    lengths.map(|bits| {
        let shifted = bits << 1 | carry;
        carry = bits >> 63;
        shifted
    })
}

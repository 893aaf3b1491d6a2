//! Hosts whose validity no automaton tells: tried one by one, the shortest first, and the engine is asked of each.
//!
//! The automaton is read from the right, hosts are made from the left: what a label begins with decides whether anything valid begins so ([`punycode`]), and for hosts of one length at a time it is known beforehand
//! which steps can be finished ([`Layer`]).

use std::collections::HashMap;

use guestlist::Origin;

use super::punycode::{self, Beginning, FEWEST_DIGITS};
use super::{MAX_HOST, MAX_LABEL, Wanted, with_port};
use crate::budget::Undecided;
use crate::space::{NOTHING, Set, Space};
use crate::symbol;
use crate::valid::Valid;
use crate::witness::Witness;

/// All pairs that lead to somebody who is wanted, from the right.
struct Graph {
    pairs: Vec<Pair>,
    starts: Vec<usize>,
}

struct Pair {
    set: Set,
    valid: Valid,
    /// By which byte from which pair it is come to.
    before: Vec<(u8, usize)>,
    /// The same for bytes of one [`Kind`], each pair once.
    kinds: Vec<(Kind, usize)>,
    /// A host that is wanted can have been read.
    is_end: bool,
}

/// What a [`Layer`] asks of a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Dot,
    Hyphen,
    Number,
    Letter,
}

/// For each pair what so many bytes that lead to it can be.
type Layer = Vec<Tails>;

/// What the part of a label behind a place can be, where so many bytes lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tails {
    /// A bit for each number of bytes without a hyphen up to [`FEWEST_DIGITS`], which stands for more as well, [`HYPHEN`], and [`NEVER`]; none where no such bytes lead there.
    kinds: u8,
    /// The fewest bytes of the label.
    least: u8,
}

/// The last hyphen has [`FEWEST_DIGITS`] behind it.
const HYPHEN: u8 = 1 << (FEWEST_DIGITS + 1);
/// No label with `xn--` ends so: behind the last hyphen is less, or the last digit is one that says that another follows, which are those that look like numbers.
const NEVER: u8 = 1 << (FEWEST_DIGITS + 2);
const NO_BYTE: u8 = 1;
const ENOUGH: u8 = 1 << FEWEST_DIGITS;

/// The shortest of those who are wanted among uncertain hosts, and among the certain ones as well where that is asked for; of several the first by its letters from the left.
pub(super) fn shortest(
    space: &mut Space,
    wanted: Wanted<'_>,
    and_certain: bool,
) -> Result<Option<Witness>, Undecided> {
    let graph = Graph::new(space, wanted, and_certain)?;
    let ends: Vec<usize> = (0..graph.pairs.len()).filter(|at| graph.pairs[*at].is_end).collect();
    if ends.is_empty() {
        return Ok(None);
    }
    let mut layers = vec![graph.first_layer()];
    let mut tried = 0;
    for len in 1..=usize::from(MAX_HOST) {
        let layer = graph.next_layer(space, &layers[len - 1])?;
        if layer.iter().all(|tails| *tails == Tails::NONE) {
            break;
        }
        let from: Vec<usize> = ends.iter().copied().filter(|end| layer[*end] != Tails::NONE).collect();
        layers.push(layer);
        let mut search =
            Search { space, graph: &graph, layers: &layers, text: Vec::new(), tried: &mut tried };
        if !from.is_empty()
            && let Some(host) = search.host(&from, len, 0)?
        {
            return Ok(Some(with_port(space, wanted, host)?));
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
                        graph.connect(at, byte, next);
                    }
                }
            }
            let end = valid.end(&space.known);
            graph.pairs[at].is_end =
                end.is_some_and(|end| and_certain || end.is_uncertain) && wanted.is_found(space, set);
            at += 1;
        }
        Ok(graph)
    }

    fn number(&mut self, numbers: &mut HashMap<(Set, Valid), usize>, set: Set, valid: Valid) -> usize {
        *numbers.entry((set, valid)).or_insert_with(|| {
            self.pairs.push(Pair { set, valid, before: Vec::new(), kinds: Vec::new(), is_end: false });
            self.pairs.len() - 1
        })
    }

    fn connect(&mut self, from: usize, byte: u8, to: usize) {
        let kind = match byte {
            b'.' => Kind::Dot,
            b'-' => Kind::Hyphen,
            b'0'..=b'9' => Kind::Number,
            _ => Kind::Letter,
        };
        let Pair { before, kinds, .. } = &mut self.pairs[to];
        before.push((byte, from));
        // The edges of a pair come one after the other, so the same one is the last, or one of the last four.
        if !kinds.iter().rev().take(4).any(|known| *known == (kind, from)) {
            kinds.push((kind, from));
        }
    }

    /// Nothing is read.
    fn first_layer(&self) -> Layer {
        let mut layer = vec![Tails::NONE; self.pairs.len()];
        self.starts.iter().for_each(|start| layer[*start] = Tails { kinds: NO_BYTE, least: 0 });
        layer
    }

    /// One byte more than `layer`.
    fn next_layer(&self, space: &mut Space, layer: &Layer) -> Result<Layer, Undecided> {
        space.purse.spend(self.pairs.iter().map(|pair| pair.kinds.len()).sum())?;
        let tails = |pair: &Pair| {
            let each = pair.kinds.iter().map(|(kind, from)| layer[*from].longer(*kind));
            each.fold(Tails::NONE, Tails::or)
        };
        Ok(self.pairs.iter().map(tails).collect())
    }
}

impl Tails {
    const NONE: Tails = Tails { kinds: 0, least: u8::MAX };

    /// What they are with one byte more in front.
    fn longer(self, kind: Kind) -> Tails {
        if kind == Kind::Dot && self != Tails::NONE {
            return Tails { kinds: NO_BYTE, least: 0 };
        }
        if kind == Kind::Dot || self.least >= MAX_LABEL {
            return Tails::NONE;
        }
        let with_hyphen = self.kinds & (HYPHEN | NEVER);
        let bytes = self.kinds & (HYPHEN - 1);
        let one_more = (bytes << 1 & (HYPHEN - 1)) | bytes & ENOUGH;
        let if_any = |bytes: u8, tail: u8| if bytes == 0 { 0 } else { tail };
        let kinds = match kind {
            Kind::Hyphen => if_any(bytes & ENOUGH, HYPHEN) | if_any(bytes & (ENOUGH - 1), NEVER),
            Kind::Number => one_more & !(NO_BYTE << 1) | if_any(bytes & NO_BYTE, NEVER),
            Kind::Letter | Kind::Dot => one_more,
        };
        Tails { kinds: with_hyphen | kinds, least: self.least + 1 }
    }

    fn or(self, other: Tails) -> Tails {
        Tails { kinds: self.kinds | other.kinds, least: self.least.min(other.least) }
    }

    /// Whether one of them can be the end of a label that begins like this.
    fn fit(self, label: &[u8]) -> bool {
        let kinds = match punycode::beginning(label) {
            Beginning::Stuck => HYPHEN,
            _ if label.starts_with(b"xn--") => !NEVER,
            _ => !0,
        };
        self.kinds & kinds != 0 && label.len() + usize::from(self.least) <= usize::from(MAX_LABEL)
    }
}

/// Makes the hosts of one length, from the left.
struct Search<'s> {
    space: &'s mut Space,
    graph: &'s Graph,
    layers: &'s [Layer],
    text: Vec<u8>,
    tried: &'s mut u64,
}

impl Search<'_> {
    /// The first valid host that begins with the text, which leads back to these pairs, and has so many bytes more. Its last label begins at `label`.
    fn host(&mut self, pairs: &[usize], rest: usize, label: usize) -> Result<Option<String>, Undecided> {
        if rest == 0 {
            return self.try_text();
        }
        let layer = &self.layers[rest - 1];
        let mut steps: Vec<(u8, usize)> = Vec::new();
        for pair in pairs {
            let before = &self.graph.pairs[*pair].before;
            self.space.purse.spend(before.len())?;
            steps.extend(before.iter().filter(|(_, from)| layer[*from] != Tails::NONE));
        }
        steps.sort_unstable();
        steps.dedup();
        let is_whole = punycode::beginning(&self.text[label..]) == Beginning::Whole;
        for steps in steps.chunk_by(|a, b| a.0 == b.0) {
            let byte = steps[0].0;
            if byte == b'.' && !is_whole {
                self.count()?;
                continue;
            }
            self.text.push(byte);
            let label = if byte == b'.' { self.text.len() } else { label };
            let from = steps.iter().map(|(_, from)| *from);
            let from: Vec<usize> = from.filter(|from| layer[*from].fit(&self.text[label..])).collect();
            if from.is_empty() {
                self.count()?;
            } else if let Some(host) = self.host(&from, rest - 1, label)? {
                return Ok(Some(host));
            }
            self.text.pop();
        }
        Ok(None)
    }

    /// The text, if it is a valid host.
    fn try_text(&mut self) -> Result<Option<String>, Undecided> {
        self.count()?;
        let is_host = Origin::from_host(&self.text).is_ok();
        Ok(is_host.then(|| self.text.iter().map(|byte| char::from(*byte)).collect()))
    }

    /// One more was tried, be it the beginning of one.
    fn count(&mut self) -> Result<(), Undecided> {
        *self.tried += 1;
        let most = self.space.purse.candidates();
        if *self.tried > most { Err(Undecided::Candidates(most)) } else { Ok(()) }
    }
}

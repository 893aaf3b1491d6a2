//! What stands in front of the literal labels of an alternative, where it is more than whole `*` labels.
//!
//! Two forms. A single head with at most one star is kept as its own text and compared byte by byte ([`Glob`]). Several heads in front of the same labels, and
//! heads with more stars, are one automaton, non-deterministic and bit-parallel ([`Heads`]; Baeza-Yates and Gonnet, 1992): a bit for each place in each head, all moved on at once by
//! a shift and two masks for each byte. It takes the same time whatever the text, and has no states to explode.

use super::NONE;
use super::port::PortGlob;
use crate::pattern::ast::Symbols;
use crate::pattern::{Unit, UnitKind};
use crate::vector::{Portable, Vector, Work};

/// Whether the text, of valid host characters, matches a head, written as in a pattern without braces. One pass while the head has one star at most.
pub(super) fn glob_matches(glob: &[u8], text: &[u8]) -> bool {
    let (mut glob_at, mut text_at) = (0, 0);
    // Where to go on with one character more for the star.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let fits = match (glob.get(glob_at), text.get(text_at)) {
            (Some(b'*'), _) => {
                glob_at += 1;
                retry = Some((glob_at, text_at));
                continue;
            }
            (None, None) => return true,
            (Some(b'?'), Some(byte)) => (*byte != b'.').then_some(1),
            (Some(b'['), Some(byte)) => set_matches(&glob[glob_at + 1..], byte.to_ascii_lowercase()),
            (Some(plain), Some(byte)) => (*plain == byte.to_ascii_lowercase()).then_some(1),
            _ => None,
        };
        match (fits, retry) {
            (Some(len), _) => {
                glob_at += len;
                text_at += 1;
            }
            // A star never takes a dot, nor what is behind the text.
            (None, Some((behind, from))) if text.get(from).is_some_and(|byte| *byte != b'.') => {
                retry = Some((behind, from + 1));
                (glob_at, text_at) = (behind, from + 1);
            }
            _ => return false,
        }
    }
}

/// For a set, from behind its bracket: its length with both brackets if it holds the byte.
fn set_matches(set: &[u8], byte: u8) -> Option<usize> {
    let close = set.iter().position(|byte| *byte == b']')?;
    let mut rest = &set[..close];
    let mut found = false;
    while let Some((first, more)) = rest.split_first() {
        match more {
            [b'-', last, behind @ ..] => {
                found |= (*first..=*last).contains(&byte);
                rest = behind;
            }
            _ => {
                found |= *first == byte;
                rest = more;
            }
        }
    }
    found.then_some(close + 2)
}

/// Writes a head as [`glob_matches`] reads it.
pub(super) fn write_glob(units: &[Unit<'_>], glob: &mut Vec<u8>) {
    for unit in units {
        match unit.kind {
            UnitKind::Literal(literal) => glob.extend_from_slice(literal.ascii.as_bytes()),
            UnitKind::Star => glob.push(b'*'),
            UnitKind::Question => glob.push(b'?'),
            UnitKind::One(symbols) => {
                glob.push(b'[');
                // A `-` between two others would be a range.
                glob.extend(symbols.iter().filter(|byte| *byte != b'-'));
                glob.extend(symbols.contains(b'-').then_some(b'-'));
                glob.push(b']');
            }
            UnitKind::Dot => glob.push(b'.'),
            UnitKind::Colon | UnitKind::Ipv6(_) => {}
        }
    }
}

/// A head that takes part in an automaton.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) rule: u32,
    pub(super) port: Option<PortGlob>,
    /// What each place takes.
    places: Vec<Place>,
    /// The places with a star in front, and the end if there is one.
    stars: u64,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    One(Symbols),
    Dot,
}

impl Member {
    /// `None` if the head has more places than an automaton has bits for.
    pub(super) fn new(rule: u32, units: &[Unit<'_>], port: Option<PortGlob>) -> Option<Member> {
        let mut places = Vec::new();
        let mut stars = 0u64;
        for unit in units {
            match unit.kind {
                UnitKind::Star => stars |= 1u64.checked_shl(u32::try_from(places.len()).ok()?)?,
                UnitKind::Question => places.push(Place::One(Symbols::HOST)),
                UnitKind::One(symbols) => places.push(Place::One(symbols)),
                UnitKind::Literal(literal) => {
                    places.extend(literal.ascii.bytes().map(|byte| Place::One(Symbols::of(byte))));
                }
                UnitKind::Dot => places.push(Place::Dot),
                UnitKind::Colon | UnitKind::Ipv6(_) => return None,
            }
        }
        (places.len() < 64).then_some(Member { rule, port, places, stars })
    }

    /// True if comparing it byte by byte takes one pass.
    pub(super) fn is_simple(&self) -> bool {
        self.stars.count_ones() <= 1
    }

    /// Bits that it takes: one for each place, and one for the end.
    fn bits(&self) -> usize {
        self.places.len() + 1
    }
}

/// Columns of the table: host symbols, the dot, and everything else.
const CLASSES: usize = Symbols::COUNT + 2;
const DOT: usize = Symbols::COUNT;
/// Lanes that are moved on together.
const GROUP: usize = 8;
/// Most lanes of an automaton; beyond, moving them on takes longer than the table of a deterministic one.
const MOST_LANES: usize = 16;

/// The column of each byte.
#[allow(clippy::cast_possible_truncation)] // Every number is below the number of columns, or that of bytes.
const CLASS: [u8; 256] = {
    let mut classes = [(CLASSES - 1) as u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let bit = Symbols::bit(byte as u8);
        if bit != 0 {
            classes[byte] = bit.trailing_zeros() as u8;
        }
        byte += 1;
    }
    classes[b'.' as usize] = DOT as u8;
    classes
};

/// Several heads as one bit-parallel automaton.
#[derive(Clone, Debug)]
pub(super) struct Heads {
    groups: Box<[Group]>,
    /// In the order of their bits, which is that of their rules.
    members: Box<[(u32, Option<PortGlob>)]>,
}

/// Eight lanes of 64 bits.
#[derive(Clone, Debug)]
struct Group {
    /// For each class of byte, the places that it moves on.
    moves: [[u64; GROUP]; CLASSES],
    /// The places that stay where they are for any byte but a dot.
    stays: [u64; GROUP],
    starts: [u64; GROUP],
    ends: [u64; GROUP],
    /// For each lane, how many members of the whole automaton are in lanes before.
    before: [u16; GROUP],
}

impl Heads {
    /// `None` if they take too many lanes.
    pub(super) fn new(members: &mut [Member]) -> Option<Heads> {
        members.sort_by_key(|member| member.rule);
        let mut groups: Vec<Group> = Vec::new();
        // Full, so that the first member begins a new one.
        let (mut lane, mut bit) = (GROUP, 0);
        let mut lanes = 0;
        for member in &*members {
            if lane == GROUP || bit + member.bits() > 64 {
                lanes += 1;
                if lanes > MOST_LANES {
                    return None;
                }
                (lane, bit) = (lane + 1, 0);
                if lane >= GROUP {
                    groups.push(Group::default());
                    lane = 0;
                }
            }
            groups.last_mut()?.add(member, lane, bit);
            bit += member.bits();
        }
        let mut before = 0;
        for group in &mut groups {
            for lane in 0..GROUP {
                group.before[lane] = before;
                // At most 64 to a lane, of which there are few.
                before += u16::try_from(group.ends[lane].count_ones()).unwrap_or(u16::MAX);
            }
        }
        let members = members.iter().map(|member| (member.rule, member.port)).collect();
        Some(Heads { groups: groups.into(), members })
    }

    /// The lowest rule whose head matches the text and the port, or [`NONE`].
    pub(super) fn first<V: Vector>(&self, vector: V, text: &[u8], port: Option<u16>) -> u32 {
        let mut before = 0;
        // Two at a time, so that each byte's work on one does not wait for that on the other.
        for pair in self.groups.chunks(2) {
            let Accepted { ends, lanes } = vector.outlined(Run { pair, text });
            if lanes != 0 {
                let lane = lanes.trailing_zeros() as usize;
                let first = ends[lane / GROUP][lane % GROUP];
                let group = &pair[lane / GROUP];
                let member = usize::from(group.before[lane % GROUP])
                    + (group.ends[lane % GROUP] & ((first & first.wrapping_neg()) - 1)).count_ones() as usize;
                match self.members.get(member) {
                    // Nearly always: the members are in the order of their rules.
                    Some((rule, None)) => return *rule,
                    _ => {
                        let mut lowest = NONE;
                        self.accept(before, pair, &ends, port, &mut |rule| lowest = lowest.min(rule));
                        if lowest != NONE {
                            return lowest;
                        }
                    }
                }
            }
            before += pair.iter().flat_map(|group| group.ends).map(u64::count_ones).sum::<u32>() as usize;
        }
        NONE
    }

    /// Calls `found` with the rule of each head that matches the text and the port, in ascending order.
    pub(super) fn each(&self, text: &[u8], port: Option<u16>, mut found: impl FnMut(u32)) {
        let mut before = 0;
        for pair in self.groups.chunks(2) {
            let Accepted { ends, .. } = Run { pair, text }.run(Portable);
            self.accept(before, pair, &ends, port, &mut found);
            before += pair.iter().flat_map(|group| group.ends).map(u64::count_ones).sum::<u32>() as usize;
        }
    }

    /// The rules of the members that are accepted, of which `before` are in other groups in front.
    fn accept(
        &self,
        mut before: usize,
        pair: &[Group],
        accepted: &[[u64; GROUP]; 2],
        port: Option<u16>,
        found: &mut impl FnMut(u32),
    ) {
        let ends = pair.iter().flat_map(|group| group.ends);
        for (accepted, ends) in accepted.as_flattened().iter().zip(ends) {
            let mut accepted = *accepted;
            while accepted != 0 {
                let below = (accepted & accepted.wrapping_neg()) - 1;
                let member = before + (ends & below).count_ones() as usize;
                accepted &= accepted - 1;
                let Some((rule, glob)) = self.members.get(member) else { continue };
                if glob.is_none_or(|glob| glob.matches(port)) {
                    found(*rule);
                }
            }
            before += ends.count_ones() as usize;
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Heads>() + size_of_val(&*self.groups) + size_of_val(&*self.members)
    }
}

impl Default for Group {
    fn default() -> Group {
        Group {
            moves: [[0; GROUP]; CLASSES],
            stays: [0; GROUP],
            starts: [0; GROUP],
            ends: [0; GROUP],
            before: [0; GROUP],
        }
    }
}

impl Group {
    fn add(&mut self, member: &Member, lane: usize, bit: usize) {
        for (index, place) in member.places.iter().enumerate() {
            let here = 1 << (bit + index);
            match place {
                Place::Dot => self.moves[DOT][lane] |= here,
                Place::One(symbols) => {
                    let mut rest = symbols.bits();
                    while rest != 0 {
                        self.moves[rest.trailing_zeros() as usize][lane] |= here;
                        rest &= rest - 1;
                    }
                }
            }
        }
        self.stays[lane] |= member.stars << bit;
        self.starts[lane] |= 1 << bit;
        self.ends[lane] |= 1 << (bit + member.places.len());
    }
}

/// Runs one automaton or two over a text.
struct Run<'a> {
    pair: &'a [Group],
    text: &'a [u8],
}

/// The ends that are reached.
struct Accepted {
    ends: [[u64; GROUP]; 2],
    /// Which lanes have any; those of the second group from [`GROUP`] on.
    lanes: u32,
}

impl Work for Run<'_> {
    type Output = Accepted;

    #[inline(always)]
    fn run<V: Vector>(self, _: V) -> Accepted {
        let (ends, lanes) = match self.pair {
            [one] => {
                let [one] = run([one], self.text);
                ([one, [0; GROUP]], lanes(&one))
            }
            [one, other, ..] => {
                let [one, other] = run([one, other], self.text);
                ([one, other], lanes(&one) | lanes(&other) << GROUP)
            }
            [] => ([[0; GROUP]; 2], 0),
        };
        Accepted { ends, lanes }
    }
}

/// Which lanes have any bit.
#[inline(always)]
fn lanes(states: &[u64; GROUP]) -> u32 {
    let mut lanes = 0;
    for (lane, state) in states.iter().enumerate() {
        lanes |= u32::from(*state != 0) << lane;
    }
    lanes
}

#[inline(always)]
fn run<const N: usize>(groups: [&Group; N], text: &[u8]) -> [[u64; GROUP]; N] {
    let mut states = groups.map(|group| group.starts);
    for byte in text {
        let class = usize::from(CLASS[usize::from(*byte)]);
        let stay = if class == DOT { 0 } else { u64::MAX };
        for (states, group) in states.iter_mut().zip(groups) {
            let moves = &group.moves[class];
            let mut next = [0; GROUP];
            for lane in 0..GROUP {
                // The end of a head moves nowhere, so nothing gets from one head into the next.
                next[lane] = (states[lane] & moves[lane]) << 1 | states[lane] & group.stays[lane] & stay;
            }
            *states = next;
        }
    }
    for (states, group) in states.iter_mut().zip(groups) {
        states.iter_mut().zip(group.ends).for_each(|(state, ends)| *state &= ends);
    }
    states
}

//! The time-saving form of an index, by perfect hashing: each text has a place of its own, where nothing else need be looked for.
//!
//! ```text
//!            ┌ whole host ── sum ─► place ─► text the same? ─► rule ┐
//!  frame ────┤                                                      ├─► the lower
//!            └ behind its first label ─► place ─► … ────────► rule ┘
//! ```
//!
//! A [line of tags](super::layout) says where a text may be, and is small; here each table has more places than texts, and its [hash](super::perfect) takes no two texts to the same one. A check
//! reads one place of either table and has no branch that depends on what is there. A host that was made to meet the place of a text gains nothing: it is compared, as any other.

use super::NONE;
use super::layout::{Entry, Kind};
use super::perfect::{Displaced, Fixed};
use crate::origin::Short;
use crate::vector::{FOLD, Frames, Portable, SHORT, Vector};

/// The form, by how many texts there are.
pub(crate) enum Fast {
    Few(Box<Fixed<16>>),
    Dozens(Box<Fixed<64>>),
    Many(Displaced),
}

/// Two tables, of texts with no label in front and of those with one.
pub(crate) trait Tables: Sized {
    /// Of texts and their sums; `None` if there is no place for each, or it is not found in time.
    fn new(texts: &[Texts; 2]) -> Option<Self>;

    /// What is where a text with this sum would be in this table.
    fn place(&self, table: usize, sum: u64) -> &Place;

    /// What there is for a host of up to 32 bytes.
    ///
    /// Without a branch that depends on what is found: such a branch is known only at the end of a long chain, and guessing it wrong throws away the checks that have begun behind. Nor
    /// with a choice, of which a compiler may make one.
    #[inline(always)]
    fn look_up<V: Vector>(&self, vector: V, host: Short<'_, V>) -> Found {
        self.places(vector, host).found(vector)
    }

    /// The first half of [`Tables::look_up`]: where the texts would be.
    #[inline(always)]
    fn places<V: Vector>(&self, vector: V, host: Short<'_, V>) -> Places<'_, V> {
        let frames = vector.short();
        let parent = frames.kept(host.frame, host.parent);
        let sums = frames.sums([host.frame, parent]);
        // That of a host without one is for no text: there is none for port 0.
        let port = u64::from(host.port.unwrap_or(0)) << u32::BITS;
        Places {
            frames: [host.frame, parent],
            places: [self.place(0, sums[0]), self.place(1, sums[1])],
            port,
        }
    }
}

/// Hosts whose places are all found before any of them is compared. A processor begins only so many instructions ahead of those that wait; in this order fewer wait.
pub(crate) const AT_ONCE: usize = 8;

/// The frames of a host, and where their texts would be.
#[derive(Clone, Copy)]
pub(crate) struct Places<'t, V: Vector> {
    frames: [<V::Short as Frames>::Frame; 2],
    places: [&'t Place; 2],
    port: u64,
}

impl<V: Vector> Places<'_, V> {
    /// The second half of [`Tables::look_up`].
    #[inline(always)]
    pub(crate) fn found(self, vector: V) -> Found {
        let whole = self.places[0].answer(vector, self.frames[0], self.port);
        let parent = self.places[1].answer(vector, self.frames[1], self.port);
        Found(whole.min(parent))
    }

    /// What is to be looked at.
    #[inline(always)]
    fn unusual(self, vector: V) -> Unusual {
        let (mut entries, mut first) = ([None; 2], u64::MAX);
        for ((place, frame), entry) in self.places.into_iter().zip(self.frames).zip(&mut entries) {
            let answer = place.answer(vector, frame, self.port);
            if answer != u64::from(UNUSUAL) {
                first = first.min(answer);
                continue;
            }
            match u32::try_from(place.answer >> u32::BITS) {
                Ok(SEVERAL) | Err(_) => return Unusual::Several,
                Ok(number) => *entry = Some(number),
            }
        }
        Unusual::Entries(entries, first)
    }
}

/// What a host means whose places say that it is unusual, as far as they know.
pub(super) enum Unusual {
    /// The entries of the places that have its text and are to be looked at; and one more than the rule that is known, or more.
    Entries([Option<u32>; 2], u64),
    /// There are several.
    Several,
}

/// What a check found, as [`Place::answer`] gives it.
#[derive(Clone, Copy)]
pub(crate) struct Found(u64);

impl Found {
    /// True if it must be asked for in the usual way.
    #[inline(always)]
    pub(crate) fn is_unusual(self) -> bool {
        self.0 == u64::from(UNUSUAL)
    }

    /// True if any rule matches, or it is unusual.
    #[inline(always)]
    pub(crate) fn is_match(self) -> bool {
        self.0 <= RULE
    }

    /// The lowest rule that matches or [`NONE`], if it is not unusual.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // Looked at.
    pub(crate) fn rule(self) -> u32 {
        if self.is_match() { (self.0 as u32).wrapping_sub(1) } else { NONE }
    }
}

/// Texts and their sums, each once.
#[derive(Default)]
pub(crate) struct Texts {
    pub(super) sums: Vec<u64>,
    pub(super) places: Vec<Place>,
}

/// A text, and what it means.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(crate) struct Place {
    /// Folded, behind blanks.
    text: [u8; SHORT],
    /// One more than the rule, and above that the port that it is for; or [`UNUSUAL`], and above that the number of its entry.
    answer: u64,
    /// Which bits of it count.
    bits: u64,
}

/// Instead of a rule: what must be asked for in the usual way.
const UNUSUAL: u32 = 0;
/// Above [`UNUSUAL`], if there are several entries.
const SEVERAL: u32 = u32::MAX;
/// The bits of an answer for any port.
const RULE: u64 = u32::MAX as u64;

impl Fast {
    /// Of entries with one label in front at most and their texts; `None` if no place could be found for each.
    pub(super) fn new<'t>(ports: &[u16], entries: impl Iterator<Item = (Entry, &'t [u8])>) -> Option<Fast> {
        let mut tables = [Vec::new(), Vec::new()];
        for (number, (entry, text)) in (0..).zip(entries) {
            // No host that comes here has a longer one.
            if text.len() <= SHORT {
                tables.get_mut(usize::from(entry.labels))?.push(Place::new(number, entry, ports, text));
            }
        }
        let texts = tables.map(|places| Texts::of(&places));
        None.or_else(|| Tables::new(&texts).map(Box::new).map(Fast::Few))
            .or_else(|| Tables::new(&texts).map(Box::new).map(Fast::Dozens))
            .or_else(|| Tables::new(&texts).map(Fast::Many))
    }

    /// Bytes of heap.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Fast::Few(tables) => size_of_val(&**tables),
            Fast::Dozens(tables) => size_of_val(&**tables),
            Fast::Many(tables) => tables.bytes(),
        }
    }

    /// What is to be looked at, of a host of which [`Fast::look_up`] says that it is unusual.
    #[inline(always)]
    pub(super) fn unusual<V: Vector>(&self, vector: V, host: Short<'_, V>) -> Unusual {
        match self {
            Fast::Few(tables) => tables.places(vector, host),
            Fast::Dozens(tables) => tables.places(vector, host),
            Fast::Many(tables) => tables.places(vector, host),
        }
        .unusual(vector)
    }

    /// [`Tables::look_up`].
    #[inline(always)]
    pub(crate) fn look_up<V: Vector>(&self, vector: V, host: Short<'_, V>) -> Found {
        match self {
            Fast::Few(tables) => tables.look_up(vector, host),
            Fast::Dozens(tables) => tables.look_up(vector, host),
            Fast::Many(tables) => tables.look_up(vector, host),
        }
    }
}

const fn unusual(entry: u32) -> u64 {
    UNUSUAL as u64 | (entry as u64) << u32::BITS
}

impl Place {
    /// No host has a byte of 0.
    pub(super) const NOTHING: Place = Place { text: [0; SHORT], answer: UNUSUAL as u64, bits: RULE };

    fn new(number: u32, entry: Entry, ports: &[u16], text: &[u8]) -> Place {
        let mut folded = [FOLD; SHORT];
        folded[SHORT - text.len()..].iter_mut().zip(text).for_each(|(to, byte)| *to |= byte);
        let rule = u64::from(entry.rule) + 1;
        let unusual = (unusual(number), RULE);
        let (answer, bits) = match entry.kind {
            Kind::Plain => (rule, RULE),
            Kind::Port(number) => match ports.get(usize::from(number)) {
                None | Some(0) => unusual,
                Some(port) => (rule | u64::from(*port) << u32::BITS, u64::MAX),
            },
            Kind::Tested => unusual,
        };
        Place { text: folded, answer, bits }
    }

    /// One more than the rule for this frame and this port, which is behind 32 bits; a number of more than 32 bits if there is none; or [`UNUSUAL`].
    #[inline(always)]
    fn answer<V: Vector>(&self, vector: V, frame: <V::Short as Frames>::Frame, port: u64) -> u64 {
        (self.answer ^ port) & self.bits | u64::from(vector.differs(frame, &self.text)) << u32::BITS
    }

    /// One that is told from others.
    #[cfg(test)]
    pub(super) fn for_test(answer: u64) -> Place {
        Place { answer, ..Place::NOTHING }
    }

    fn sum(&self) -> u64 {
        let frames = Portable.short();
        frames.sums([frames.frame(&self.text); 2])[0]
    }
}

impl Texts {
    /// A text that is there several times is to be asked for in the usual way, unless the first is for any port.
    fn of(places: &[Place]) -> Texts {
        let rule = |place: &Place| place.answer & RULE;
        let mut order: Vec<(u64, u64, usize)> =
            places.iter().enumerate().map(|(number, place)| (place.sum(), rule(place), number)).collect();
        order.sort_unstable();
        let mut texts = Texts::default();
        for (sum, _, number) in order {
            let place = places[number];
            match texts.places.last_mut().filter(|last| last.text == place.text) {
                // The first is for any port, so that it is the first for all.
                Some(last) if last.bits == RULE && rule(last) != u64::from(UNUSUAL) => {}
                Some(last) => *last = Place { answer: unusual(SEVERAL), bits: RULE, ..*last },
                None => {
                    texts.sums.push(sum);
                    texts.places.push(place);
                }
            }
        }
        texts
    }
}

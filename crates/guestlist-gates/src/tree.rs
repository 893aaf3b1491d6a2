//! [`Branch`]: apps by the hash of their key, in a tree of which only copies are changed.
//!
//! ```text
//!  hash  ▏6 bits▕ 6 bits▕ 3 bits▕ …               ▕ 16 bits ▕ low bits▏
//!          │       │       │                                      │
//!  Branch [64] ─► [64] ─► [8] ─► … ─► leaf: open addressing, 16 bytes a slot: (hash and where its lists are, app) ─► App
//! ```
//!
//! Who reads holds a root, and with it all that hangs below, by plain loads. Who writes clones the root, and of the rest what is on the way to what changes: each of the [`Arc`]s below is
//! cloned when it is shared ([`Arc::make_mut`]) and changed in place when it is not, so that many changes before the root is shown to others copy each part once. A change copies about
//! two hundred pointers, whatever the number of apps.
//!
//! A leaf of [`FULL`] apps becomes a branch when another comes: growth is one leaf at a time. A million apps are in about 33,000 leaves; what is above those fits the second-level cache, so that
//! a look-up waits for two things: the slot and the app. Sixteen bits of the hash, which nothing here needs, say in the slot how long the app is and where its second list begins ([`Near`]), so that
//! all of it that a check reads can be asked for at once.

use std::sync::Arc;

use guestlist::{ListType, PackedReader};

use crate::app::App;
use crate::near::Near;

/// Bits of the hash that choose a child of the root, and of each branch right below it.
const WIDE_BITS: u32 = 6;
/// Bits that choose a child of any other branch. Few, so that the leaves that one becomes are not nearly empty.
const NARROW_BITS: u32 = 3;
/// How deep branches go; what is below is a leaf of any size. Hashes are keyed, so that nobody can aim there.
const LEVELS: u32 = 9;
/// Bits that choose a child on all levels.
const BRANCH_BITS: u32 = 2 * WIDE_BITS + (LEVELS - 2) * NARROW_BITS;
/// Bits of the hash that find a slot in a leaf, the lowest; the bits for the branches are the highest.
const HOME_BITS: u32 = 13;
/// The bits between: of no use to find anything.
const NEAR: u64 = (Near::MASK as u64) << HOME_BITS;
/// Apps of a leaf before it is split: as many as 128 slots take.
const FULL: usize = 95;
/// Slots of the smallest leaf.
const FEW: usize = 4;

#[derive(Clone)]
pub(crate) struct Branch {
    children: [Child; 1 << WIDE_BITS],
}

#[derive(Clone, Default)]
enum Child {
    #[default]
    Empty,
    /// A power of two of them, and no more than the root has.
    Branch(Arc<[Child]>),
    Leaf(Arc<[Slot]>),
}

impl Default for Branch {
    fn default() -> Branch {
        Branch { children: [const { Child::Empty }; 1 << WIDE_BITS] }
    }
}

const _: () = assert!(BRANCH_BITS + Near::BITS + HOME_BITS <= u64::BITS, "a bit of a hash has one use");

/// A place in a leaf. The number of slots is a power of two, and at most three in four are taken.
#[derive(Clone, Default)]
pub(crate) struct Slot {
    /// The hash, with what is [`Near`] in its middle.
    bits: u64,
    app: Option<App>,
}

impl Slot {
    fn new(hash: u64, app: App) -> Slot {
        Slot { bits: hash & !NEAR | u64::from(app.near().bits()) << HOME_BITS, app: Some(app) }
    }

    #[inline]
    fn has_hash(&self, hash: u64) -> bool {
        (self.bits ^ hash) & !NEAR == 0
    }

    #[inline]
    pub(crate) fn app(&self) -> Option<&App> {
        self.app.as_ref()
    }

    /// Asks for what a check of this list reads of the app, of which nothing need be there for that.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // The bits in the middle are meant.
    pub(crate) fn bring_app_near(&self, list_type: ListType) {
        if let Some(app) = &self.app {
            Near::from_bits((self.bits >> HOME_BITS) as u16).bring(app.address(), list_type);
        }
    }
}

impl Branch {
    /// The leaf in which an app of this hash would be. Walks only what is near.
    #[inline]
    pub(crate) fn leaf(&self, hash: u64) -> &[Slot] {
        let mut children: &[Child] = &self.children;
        let mut rest = hash;
        loop {
            match &children[index(children, rest)] {
                Child::Branch(below) => {
                    rest <<= bits(children);
                    children = below;
                }
                Child::Leaf(slots) => return slots,
                Child::Empty => return &[],
            }
        }
    }

    /// The app with this hash of which this holds.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is: impl Fn(&App) -> bool) -> Option<&App> {
        find(self.leaf(hash), hash, is)
    }

    /// Puts an app in the place of the one with this hash of which this holds; gives that one. Copies nothing if there is none.
    pub(crate) fn replace(&mut self, hash: u64, is: impl Fn(&App) -> bool, app: &App) -> Option<App> {
        let at = position(self.leaf(hash), hash, is)?;
        let mut children: &mut [Child] = &mut self.children;
        let mut rest = hash;
        loop {
            let (at_child, bits) = (index(children, rest), bits(children));
            match &mut children[at_child] {
                Child::Branch(below) => {
                    rest <<= bits;
                    children = Arc::make_mut(below);
                }
                Child::Leaf(slots) => {
                    let slot = Arc::make_mut(slots).get_mut(at)?;
                    return core::mem::replace(slot, Slot::new(hash, app.clone())).app;
                }
                Child::Empty => return None,
            }
        }
    }

    /// Adds an app whose key is not there.
    pub(crate) fn add(&mut self, hash: u64, app: App) {
        add_below(&mut self.children, 0, hash, Slot::new(hash, app));
    }

    /// Takes an app out. Copies nothing if it is not there.
    pub(crate) fn remove(&mut self, hash: u64, key: &[u8]) -> Option<App> {
        let app = self.find(hash, |app| app.has_key(key))?.clone();
        remove_below(&mut self.children, hash, &app);
        Some(app)
    }
}

/// Adds a slot below a branch of this level; `rest` is what of its hash the levels above have left.
fn add_below(children: &mut [Child], level: u32, rest: u64, slot: Slot) {
    let (at, rest) = (index(children, rest), rest << bits(children));
    let child = &mut children[at];
    match child {
        Child::Branch(below) => add_below(Arc::make_mut(below), level + 1, rest, slot),
        Child::Empty => *child = Child::Leaf(leaf_of(core::iter::once(slot), 1)),
        Child::Leaf(slots) => {
            let count = taken(slots).count();
            if count >= FULL && level + 1 < LEVELS {
                let below = if level == 0 { WIDE_BITS } else { NARROW_BITS };
                let mut branch = vec![Child::Empty; 1 << below];
                // Of the levels above all have the same bits.
                let above = bits_above(level + 1);
                for slot in taken(slots).chain([slot]) {
                    add_below(&mut branch, level + 1, slot.bits << above, slot);
                }
                *child = Child::Branch(branch.into());
            } else if slots_for(count + 1) > slots.len() {
                let slots = leaf_of(taken(slots).chain([slot]), count + 1);
                *child = Child::Leaf(slots);
            } else {
                put(Arc::make_mut(slots), slot);
            }
        }
    }
}

fn remove_below(children: &mut [Child], rest: u64, app: &App) {
    let (at, rest) = (index(children, rest), rest << bits(children));
    let child = &mut children[at];
    let is_empty = match child {
        Child::Branch(below) => {
            let below = Arc::make_mut(below);
            remove_below(below, rest, app);
            below.iter().all(|child| matches!(child, Child::Empty))
        }
        Child::Leaf(slots) => {
            let left = || taken(slots).filter(|slot| slot.app().is_none_or(|other| !other.is(app)));
            let (left, count) = (left(), left().count());
            *slots = leaf_of(left, count);
            count == 0
        }
        Child::Empty => true,
    };
    if is_empty {
        *child = Child::Empty;
    }
}

/// Bits that choose a child on the levels above this one.
fn bits_above(level: u32) -> u32 {
    level.min(2) * WIDE_BITS + level.saturating_sub(2) * NARROW_BITS
}

/// Asks for the line on which a look-up begins.
#[inline]
pub(crate) fn bring_near(slots: &[Slot], hash: u64) {
    if let Some(slot) = slots.get(home(slots, hash)) {
        PackedReader::bring_near(core::ptr::from_ref(slot).cast(), size_of::<Slot>());
    }
}

/// The first slot with this hash, whatever the key; nearly always that of the app.
#[inline]
pub(crate) fn look(slots: &[Slot], hash: u64) -> Option<&Slot> {
    slots.get(position(slots, hash, |_| true)?)
}

/// The app with this hash of which this holds, among these.
#[inline]
pub(crate) fn find(slots: &[Slot], hash: u64, is: impl Fn(&App) -> bool) -> Option<&App> {
    slots.get(position(slots, hash, is)?)?.app.as_ref()
}

#[inline]
fn position(slots: &[Slot], hash: u64, is: impl Fn(&App) -> bool) -> Option<usize> {
    let mask = slots.len().wrapping_sub(1);
    let mut at = home(slots, hash);
    // There is an empty slot. If there were none, it would end all the same.
    for _ in 0..slots.len() {
        let slot = slots.get(at)?;
        let app = slot.app.as_ref()?;
        if slot.has_hash(hash) && is(app) {
            return Some(at);
        }
        at = (at + 1) & mask;
    }
    None
}

/// Where a look-up begins: the low bits of the hash, of which the branches take the high ones.
#[inline]
#[allow(clippy::cast_possible_truncation)] // Only the low bits are wanted.
fn home(slots: &[Slot], hash: u64) -> usize {
    hash as usize & slots.len().wrapping_sub(1) & ((1 << HOME_BITS) - 1)
}

/// Which of the children: what the highest bits say.
#[inline]
#[allow(clippy::cast_possible_truncation)] // At most six bits.
fn index(children: &[Child], rest: u64) -> usize {
    // Half of them twice, because nothing can be shifted by 64.
    (rest >> 1 >> (u64::BITS - 1 - bits(children))) as usize
}

/// How many bits choose one of the children.
#[inline]
fn bits(children: &[Child]) -> u32 {
    children.len().trailing_zeros() % u64::BITS
}

fn taken(slots: &[Slot]) -> impl Iterator<Item = Slot> + '_ {
    slots.iter().filter(|slot| slot.app.is_some()).cloned()
}

fn slots_for(count: usize) -> usize {
    (count + count / 3 + 1).next_power_of_two().max(FEW)
}

fn leaf_of(apps: impl Iterator<Item = Slot>, count: usize) -> Arc<[Slot]> {
    let mut slots = vec![Slot::default(); slots_for(count)];
    for slot in apps {
        put(&mut slots, slot);
    }
    slots.into()
}

fn put(slots: &mut [Slot], slot: Slot) {
    let mask = slots.len().wrapping_sub(1);
    let mut at = home(slots, slot.bits);
    for _ in 0..slots.len() {
        match slots.get_mut(at) {
            Some(place) if place.app.is_none() => {
                *place = slot;
                return;
            }
            _ => at = (at + 1) & mask,
        }
    }
}

#[cfg(test)]
mod tests {
    use guestlist::{DormantGate, Gate};

    use super::{Branch, Child, HOME_BITS};
    use crate::app::App;

    /// Hashes that meet for as many bits as may be, in front, behind and all over.
    #[test]
    fn finds_what_was_put_in_until_it_is_taken_out() {
        let gate = DormantGate::from(&Gate::new());
        for (shift, all) in [(0, 7u64 << 61), (20, u64::MAX), (31, u64::MAX << HOME_BITS), (40, 1), (64, 5)] {
            let hash = |number: u64| {
                let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                all ^ spread.checked_shr(shift).unwrap_or_default()
            };
            let mut tree = Branch::default();
            let key = |number: u64| number.to_string().into_bytes();
            for number in 0..700 {
                tree.add(hash(number), App::dormant(&key(number), 0, gate.clone()));
            }
            let before = tree.clone();
            for number in 0..700 {
                let is = |app: &App| app.has_key(&key(number));
                assert!(tree.find(hash(number), is).is_some_and(is), "{number} of {shift}");
                let packed = App::dormant(&key(number), 0, gate.clone()).with_packed(number, gate.pack());
                assert!(tree.replace(hash(number), is, &packed).is_some_and(|app| !app.is_packed()));
                assert!(tree.find(hash(number), is).is_some_and(|app| app.is(&packed)));
                assert!(tree.find(hash(number), |app| app.has_key(b"x")).is_none());
            }
            for number in 0..700 {
                assert!(tree.remove(hash(number), &key(number)).is_some_and(|app| app.ticket() == number));
                assert!(tree.remove(hash(number), &key(number)).is_none());
                assert!(before.find(hash(number), |app| app.has_key(&key(number))).is_some());
            }
            assert!(tree.children.iter().all(|child| matches!(child, Child::Empty)));
        }
    }
}

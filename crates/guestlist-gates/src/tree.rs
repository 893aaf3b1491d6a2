//! [`Branch`]: apps by the hash of their key, in a tree of which only copies are changed.
//!
//! ```text
//!  hash  ▏5 bits▕ 5 bits▕ …                              ▕ low bits▏
//!          │       │                                          │
//!  Branch [32] ─► Branch [32] ─► … ─► leaf: open addressing, 16 bytes a slot: (hash, app) ─► App
//! ```
//!
//! Who reads holds a root, and with it all that hangs below, by plain loads. Who writes clones the root, and of the rest what is on the way to what changes: each of the [`Arc`]s below is
//! cloned when it is shared ([`Arc::make_mut`]) and changed in place when it is not, so that many changes before the root is shown to others copy each part once. A change copies about a
//! hundred pointers, whatever the number of apps.
//!
//! A leaf of [`FULL`] apps becomes a branch when another comes: growth is one leaf at a time. A million apps are in about 33,000 leaves; what is above those fits the second-level cache, so that
//! a look-up waits for three things: the slot, the app, and what it is asked for.

use std::sync::Arc;

use crate::app::App;

/// Bits of the hash that choose a child.
const BITS: u32 = 5;
const FANOUT: usize = 1 << BITS;
/// How deep branches go; what is below is a leaf of any size. Hashes are keyed, so that nobody can aim there.
const LEVELS: u32 = 10;
/// Apps of a leaf before it is split: as many as 64 slots take.
const FULL: usize = 47;
/// Slots of the smallest leaf.
const FEW: usize = 4;

#[derive(Clone, Default)]
pub(crate) struct Branch {
    children: [Child; FANOUT],
}

#[derive(Clone, Default)]
enum Child {
    #[default]
    Empty,
    Branch(Arc<Branch>),
    Leaf(Arc<[Slot]>),
}

/// A place in a leaf. The number of slots is a power of two, and at most three in four are taken.
#[derive(Clone, Default)]
pub(crate) struct Slot {
    hash: u64,
    app: Option<Arc<App>>,
}

impl Branch {
    /// The leaf in which an app of this hash would be. Walks only what is near.
    #[inline]
    pub(crate) fn leaf(&self, hash: u64) -> &[Slot] {
        let mut branch = self;
        let mut rest = hash;
        loop {
            match &branch.children[index(rest)] {
                Child::Branch(below) => branch = below,
                Child::Leaf(slots) => return slots,
                Child::Empty => return &[],
            }
            rest <<= BITS;
        }
    }

    /// The app with this hash of which this holds.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is: impl Fn(&Arc<App>) -> bool) -> Option<&Arc<App>> {
        find(self.leaf(hash), hash, is)
    }

    /// The place of the app with this hash of which this holds. Copies nothing if there is none.
    pub(crate) fn find_mut(&mut self, hash: u64, is: impl Fn(&Arc<App>) -> bool) -> Option<&mut Arc<App>> {
        let at = position(self.leaf(hash), hash, is)?;
        let mut branch = self;
        let mut rest = hash;
        loop {
            match &mut branch.children[index(rest)] {
                Child::Branch(below) => branch = Arc::make_mut(below),
                Child::Leaf(slots) => return Arc::make_mut(slots).get_mut(at)?.app.as_mut(),
                Child::Empty => return None,
            }
            rest <<= BITS;
        }
    }

    /// Adds an app whose key is not there.
    pub(crate) fn add(&mut self, hash: u64, app: Arc<App>) {
        self.add_below(0, hash, app);
    }

    fn add_below(&mut self, level: u32, hash: u64, app: Arc<App>) {
        let child = &mut self.children[index(hash << (level * BITS))];
        match child {
            Child::Branch(below) => Arc::make_mut(below).add_below(level + 1, hash, app),
            Child::Empty => *child = Child::Leaf(leaf_of(core::iter::once((hash, app)), 1)),
            Child::Leaf(slots) => {
                let count = taken(slots).count();
                if count >= FULL && level + 1 < LEVELS {
                    let mut branch = Branch::default();
                    for (hash, app) in taken(slots).chain([(hash, app)]) {
                        branch.add_below(level + 1, hash, app);
                    }
                    *child = Child::Branch(Arc::new(branch));
                } else if slots_for(count + 1) > slots.len() {
                    let slots = leaf_of(taken(slots).chain([(hash, app)]), count + 1);
                    *child = Child::Leaf(slots);
                } else {
                    put(Arc::make_mut(slots), hash, app);
                }
            }
        }
    }

    /// Takes an app out. Copies nothing if it is not there.
    pub(crate) fn remove(&mut self, hash: u64, key: &[u8]) -> Option<Arc<App>> {
        let app = Arc::clone(self.find(hash, |app| app.has_key(key))?);
        self.remove_below(0, hash, &app);
        Some(app)
    }

    fn remove_below(&mut self, level: u32, hash: u64, app: &Arc<App>) {
        let child = &mut self.children[index(hash << (level * BITS))];
        let is_empty = match child {
            Child::Branch(below) => {
                let below = Arc::make_mut(below);
                below.remove_below(level + 1, hash, app);
                below.children.iter().all(|child| matches!(child, Child::Empty))
            }
            Child::Leaf(slots) => {
                let rest = || taken(slots).filter(|(_, other)| !Arc::ptr_eq(other, app));
                let (left, count) = (rest(), rest().count());
                *slots = leaf_of(left, count);
                count == 0
            }
            Child::Empty => true,
        };
        if is_empty {
            *child = Child::Empty;
        }
    }
}

/// Asks for the line on which a look-up begins. There is no such instruction without `unsafe`; a load of which nothing depends does the same, as later instructions do not wait for it.
#[inline]
pub(crate) fn bring_near(slots: &[Slot], hash: u64) {
    if let Some(slot) = slots.get(home(slots, hash)) {
        core::hint::black_box(slot.hash);
    }
}

/// The app with this hash of which this holds, among these.
#[inline]
pub(crate) fn find(slots: &[Slot], hash: u64, is: impl Fn(&Arc<App>) -> bool) -> Option<&Arc<App>> {
    slots.get(position(slots, hash, is)?)?.app.as_ref()
}

#[inline]
fn position(slots: &[Slot], hash: u64, is: impl Fn(&Arc<App>) -> bool) -> Option<usize> {
    let mask = slots.len().wrapping_sub(1);
    let mut at = home(slots, hash);
    // There is an empty slot. If there were none, it would end all the same.
    for _ in 0..slots.len() {
        let slot = slots.get(at)?;
        let app = slot.app.as_ref()?;
        if slot.hash == hash && is(app) {
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
    hash as usize & slots.len().wrapping_sub(1)
}

#[inline]
#[allow(clippy::cast_possible_truncation)] // Five bits.
fn index(hash: u64) -> usize {
    (hash >> (u64::BITS - BITS)) as usize
}

fn taken(slots: &[Slot]) -> impl Iterator<Item = (u64, Arc<App>)> + '_ {
    slots.iter().filter_map(|slot| Some((slot.hash, Arc::clone(slot.app.as_ref()?))))
}

fn slots_for(count: usize) -> usize {
    (count + count / 3 + 1).next_power_of_two().max(FEW)
}

fn leaf_of(apps: impl Iterator<Item = (u64, Arc<App>)>, count: usize) -> Arc<[Slot]> {
    let mut slots = vec![Slot::default(); slots_for(count)];
    for (hash, app) in apps {
        put(&mut slots, hash, app);
    }
    slots.into()
}

fn put(slots: &mut [Slot], hash: u64, app: Arc<App>) {
    let mask = slots.len().wrapping_sub(1);
    let mut at = home(slots, hash);
    for _ in 0..slots.len() {
        match slots.get_mut(at) {
            Some(slot) if slot.app.is_none() => {
                *slot = Slot { hash, app: Some(app) };
                return;
            }
            _ => at = (at + 1) & mask,
        }
    }
}

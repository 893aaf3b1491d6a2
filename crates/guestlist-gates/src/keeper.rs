//! [`Keeper`]: what the one who writes knows: what all gates keep, and which packed gate goes next.
//!
//! The clock is a queue of all packed gates. Whoever needs room takes the first of it: if it was used since, one use is taken back and it goes to the end; if not, it goes dormant. A gate that is
//! used [`MOST_USES`](crate::app::MOST_USES) times a round stays, and one that was asked once is gone after the second round.
//!
//! Making room ends after [`STEPS`] steps, so that nobody who waits for an answer sweeps a million gates. If it was not enough, the new gate is not kept: its app is packed again for the next
//! check, and by then others have lost uses.

use std::collections::VecDeque;

use crate::app::App;
use crate::tree::Branch;

/// How many gates of the clock are looked at to make room for one. That takes about as long as packing it took.
const STEPS: usize = 256;
/// Entries of the clock that may be of gates no longer packed, beside one in eight.
const STALE: usize = 64;

/// What a registry keeps, as [`Gates::usage`](crate::Gates::usage) tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// How many apps there are.
    pub apps: usize,
    /// How many of them are packed.
    pub packed: usize,
    /// The bytes of the packed gates, at most [`Settings::packed_bytes`](crate::Settings::packed_bytes).
    pub packed_bytes: usize,
    /// The bytes of the dormant gates.
    pub dormant_bytes: usize,
}

#[derive(Default)]
pub(crate) struct Keeper {
    usage: Usage,
    clock: VecDeque<Entry>,
}

/// A packed gate. Of one that is not packed any more, or not in this form, the ticket is another.
#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    ticket: u64,
}

/// A change of the tree: of a copy that nobody else sees yet.
pub(crate) struct Change<'k> {
    tree: Branch,
    keeper: &'k mut Keeper,
    most_packed: usize,
}

impl Keeper {
    pub(crate) fn change<'k>(&'k mut self, tree: &Branch, most_packed: usize) -> Change<'k> {
        Change { tree: tree.clone(), keeper: self, most_packed }
    }

    pub(crate) fn usage(&self) -> Usage {
        self.usage
    }

    fn enters(&mut self, app: &App) {
        self.usage.apps += 1;
        if app.is_packed() {
            self.usage.packed += 1;
            self.usage.packed_bytes += app.bytes();
        } else {
            self.usage.dormant_bytes += app.bytes();
        }
    }

    fn leaves(&mut self, app: &App) {
        self.usage.apps -= 1;
        if app.is_packed() {
            self.usage.packed -= 1;
            self.usage.packed_bytes -= app.bytes();
        } else {
            self.usage.dormant_bytes -= app.bytes();
        }
    }
}

impl Change<'_> {
    /// The changed tree.
    pub(crate) fn into_tree(self) -> Branch {
        self.tree
    }

    pub(crate) fn apps(&self) -> usize {
        self.keeper.usage.apps
    }

    /// Whether this many bytes more may be packed as it is.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        self.keeper.usage.packed_bytes.saturating_add(bytes) <= self.most_packed
    }

    pub(crate) fn find(&self, hash: u64, key: &[u8]) -> Option<&App> {
        self.tree.find(hash, |app| app.has_key(key))
    }

    /// Puts an app in its place, in the place of the one that was there.
    pub(crate) fn put(&mut self, hash: u64, app: App) {
        self.keeper.enters(&app);
        match self.tree.replace(hash, |other| other.has_key(app.key()), &app) {
            Some(other) => self.keeper.leaves(&other),
            None => self.tree.add(hash, app),
        }
        self.forget_stale();
    }

    /// Takes an app out; whether there was one.
    pub(crate) fn remove(&mut self, hash: u64, key: &[u8]) -> bool {
        let Some(app) = self.tree.remove(hash, key) else { return false };
        self.keeper.leaves(&app);
        self.forget_stale();
        true
    }

    /// Puts the packed form of an app in its place, if that is still as it was when it was packed and if there is room; whether it did.
    pub(crate) fn keep_packed(&mut self, hash: u64, dormant: &App, packed: &App) -> bool {
        let is_there = |tree: &Branch| tree.find(hash, |app| app.is(dormant)).is_some();
        if !is_there(&self.tree) || !self.make_room(packed.bytes()) {
            return false;
        }
        let Some(dormant) = self.tree.replace(hash, |app| app.is(dormant), packed) else { return false };
        self.keeper.enters(packed);
        self.keeper.leaves(&dormant);
        self.keeper.clock.push_back(Entry { hash, ticket: packed.ticket() });
        true
    }

    /// Makes room for a packed gate of this many bytes; whether there is.
    fn make_room(&mut self, bytes: usize) -> bool {
        let Some(most) = self.most_packed.checked_sub(bytes) else { return false };
        for _ in 0..STEPS {
            if self.keeper.usage.packed_bytes <= most {
                return true;
            }
            let Some(entry) = self.keeper.clock.pop_front() else { break };
            let is = |app: &App| app.ticket() == entry.ticket && app.is_packed();
            let Some(app) = self.tree.find(entry.hash, is) else { continue };
            if app.decay() {
                self.keeper.clock.push_back(entry);
                continue;
            }
            let dormant = app.to_dormant();
            if let Some(packed) = self.tree.replace(entry.hash, is, &dormant) {
                self.keeper.enters(&dormant);
                self.keeper.leaves(&packed);
            }
        }
        self.keeper.usage.packed_bytes <= most
    }

    /// Keeps the clock about as long as there are packed gates.
    fn forget_stale(&mut self) {
        let Keeper { usage, clock } = &mut *self.keeper;
        if clock.len() > usage.packed + usage.packed / 8 + STALE {
            let tree = &self.tree;
            let is_packed = |entry: &Entry| {
                tree.find(entry.hash, |app| app.ticket() == entry.ticket && app.is_packed()).is_some()
            };
            clock.retain(is_packed);
            clock.shrink_to(2 * clock.len());
        }
    }
}

//! [`Gates`]: keys → gates.

use core::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use arc_swap::ArcSwap;
use guestlist::{Decision, DormantGate, ListType, RequestHeaders};

use crate::app::{App, Form};
use crate::error::{InsertError, InsertErrorKind};
use crate::gate_ref::GateRef;
use crate::keeper::{Change, Keeper, Usage};
use crate::settings::Settings;
use crate::tree::{self, Branch};

/// How many apps are shown to readers at once when many are inserted.
const AT_ONCE: usize = 1024;

/// The gates of many apps, by their keys.
///
/// See the [crate] for how it is built. All methods take `&self`; any number of threads may call any of them at any time.
///
/// ```
/// use guestlist::{Gate, List, ListType, RequestHeaders};
/// use guestlist_gates::{Gates, Settings};
///
/// let gates = Gates::new(Settings::default());
/// let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("*.example.com").build()?);
/// gates.insert("pk_4fF3kQe8sJz1Lw0aXbYc", &gate)?;
///
/// let headers = RequestHeaders::new().origin(b"https://app.example.com");
/// let decision = gates.decide("pk_4fF3kQe8sJz1Lw0aXbYc", ListType::Upload, &headers);
/// assert!(decision.is_some_and(|decision| decision.lets_through()));
/// assert_eq!(gates.decide("pk_of_nobody", ListType::Upload, &headers), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Gates {
    pub(crate) tree: ArcSwap<Branch>,
    hasher: RandomState,
    settings: Settings,
    /// Who writes holds it; who reads never waits for it.
    keeper: Mutex<Keeper>,
    /// The ticket of the next packed gate.
    tickets: AtomicU64,
    counts: Counts,
}

/// [`Usage`] for those who do not wait.
#[derive(Default)]
struct Counts {
    apps: AtomicUsize,
    packed: AtomicUsize,
    packed_bytes: AtomicUsize,
    dormant_bytes: AtomicUsize,
}

impl Default for Gates {
    fn default() -> Gates {
        Gates::new(Settings::default())
    }
}

impl Gates {
    /// A registry without apps. Its hashes have a random key of their own.
    pub fn new(settings: Settings) -> Gates {
        Gates {
            tree: ArcSwap::from_pointee(Branch::default()),
            hasher: RandomState::new(),
            settings,
            keeper: Mutex::default(),
            tickets: AtomicU64::new(1),
            counts: Counts::default(),
        }
    }

    /// Puts the gate of an app in its place, in the place of the one that was there; whether the app is new.
    ///
    /// A check that is going on is decided by the gate that it found; one that begins after the return by this one. The gate of an app that is in use is packed before it is shown to readers,
    /// any other stays dormant until it is first asked, unless [`Settings::pack_early`] says otherwise.
    ///
    /// Cost: some microseconds; more for an app that is in use, whose gate is packed. For many apps at once see [`Gates::insert_many`].
    ///
    /// # Errors
    ///
    /// If the key is too long or there are too many apps.
    pub fn insert(&self, key: impl AsRef<[u8]>, gate: impl Into<DormantGate>) -> Result<bool, InsertError> {
        let (hash, gate) = (self.hash_to_insert(key.as_ref())?, gate.into());
        self.put(hash, key.as_ref(), gate, true)
    }

    /// As [`Gates::insert`] if there is such an app, otherwise nothing; whether there is.
    pub fn replace(&self, key: impl AsRef<[u8]>, gate: impl Into<DormantGate>) -> bool {
        let Some(hash) = self.hash(key.as_ref()) else { return false };
        self.put(hash, key.as_ref(), gate.into(), false) == Ok(false)
    }

    /// Inserts many apps, several times faster than one by one; how many of them are new. Readers see them in batches.
    ///
    /// # Errors
    ///
    /// As [`Gates::insert`], at the first that cannot be taken in. Those in front of it were.
    pub fn insert_many<K: AsRef<[u8]>, G: Into<DormantGate>>(
        &self,
        apps: impl IntoIterator<Item = (K, G)>,
    ) -> Result<usize, InsertError> {
        let mut apps = apps.into_iter().fuse();
        let mut new = 0;
        loop {
            // Whatever makes the apps runs before anyone else is kept from writing.
            let mut batch = Vec::new();
            let mut refused = None;
            for (key, gate) in apps.by_ref().take(AT_ONCE) {
                match self.hash_to_insert(key.as_ref()) {
                    Ok(hash) => {
                        let app = App::dormant(key.as_ref(), 0, gate.into());
                        let packed = self.pack_early(&app);
                        batch.push((hash, app, packed));
                    }
                    Err(error) => {
                        refused = Some(error);
                        break;
                    }
                }
            }
            if batch.is_empty() {
                return refused.map_or(Ok(new), Err);
            }
            let put = |change: &mut Change<'_>| {
                for (hash, app, packed) in batch {
                    let is_new = change.find(hash, app.key()).is_none();
                    self.check_room(change, is_new)?;
                    change.put(hash, app.clone());
                    if let Some(packed) = packed
                        && change.has_room(packed.bytes())
                    {
                        change.keep_packed(hash, &app, &packed);
                    }
                    new += usize::from(is_new);
                }
                Ok(())
            };
            self.change(put)?;
            if let Some(error) = refused {
                return Err(error);
            }
        }
    }

    /// Takes an app out; whether there was one. Cost: some microseconds.
    pub fn remove(&self, key: impl AsRef<[u8]>) -> bool {
        let Some(hash) = self.hash(key.as_ref()) else { return false };
        self.change(|change| change.remove(hash, key.as_ref()))
    }

    /// Decides on a request by the list of an app: what [`Gate::decide`](guestlist::Gate::decide) says of its gate. `None` if the app is unknown.
    ///
    /// Waits for nobody. Cost: one hash of the key, a look-up and the check; the first time the gate is also packed, which takes tens of microseconds for twenty patterns.
    pub fn decide(
        &self,
        key: impl AsRef<[u8]>,
        list_type: ListType,
        headers: &RequestHeaders<'_>,
    ) -> Option<Decision> {
        self.decide_in(&self.tree.load(), key.as_ref(), list_type, headers)
    }

    /// [`Gates::decide`] by the apps of this tree.
    #[inline]
    pub(crate) fn decide_in(
        &self,
        tree: &Branch,
        key: &[u8],
        list_type: ListType,
        headers: &RequestHeaders<'_>,
    ) -> Option<Decision> {
        let hash = self.hash(key)?;
        let leaf = tree.leaf(hash);
        let slot = tree::look(leaf, hash)?;
        // All at once, before the first line is there.
        slot.bring_app_near(list_type);
        // Two keys of one hash are next to each other, so that the other may have been found.
        let app = slot.app().filter(|app| app.has_key(key));
        let app = app.or_else(|| tree::find(leaf, hash, |app| app.has_key(key)))?;
        Some(self.ask(hash, app, list_type, headers))
    }

    /// The gate of an app, packed, to ask it several times or to look at it. `None` if the app is unknown.
    ///
    /// It stays as it is while the app's gate is replaced or taken out. Cost: as [`Gates::decide`], and a count that all who hold the same gate share; where many threads ask the same app,
    /// [`Gates::decide`] is faster, which shares nothing.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<GateRef> {
        let key = key.as_ref();
        let hash = self.hash(key)?;
        let tree = self.tree.load();
        let app = tree.find(hash, |app| app.has_key(key))?;
        if app.is_packed() {
            app.touch();
            return Some(GateRef::new(app.clone()));
        }
        Some(GateRef::new(self.wake(hash, app)))
    }

    /// Whether there is such an app. Does not count as a use.
    pub fn contains(&self, key: impl AsRef<[u8]>) -> bool {
        self.is_packed(key).is_some()
    }

    /// Whether the gate of an app is packed; `None` if the app is unknown. Does not count as a use.
    pub fn is_packed(&self, key: impl AsRef<[u8]>) -> Option<bool> {
        let key = key.as_ref();
        let hash = self.hash(key)?;
        Some(self.tree.load().find(hash, |app| app.has_key(key))?.is_packed())
    }

    /// How many apps there are.
    pub fn len(&self) -> usize {
        self.counts.apps.load(Relaxed)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it keeps. While others write, its parts may be of different moments.
    pub fn usage(&self) -> Usage {
        Usage {
            apps: self.counts.apps.load(Relaxed),
            packed: self.counts.packed.load(Relaxed),
            packed_bytes: self.counts.packed_bytes.load(Relaxed),
            dormant_bytes: self.counts.dormant_bytes.load(Relaxed),
        }
    }

    /// The hash of a key, unless it is too long for that of an app.
    #[inline]
    pub(crate) fn hash(&self, key: &[u8]) -> Option<u64> {
        if key.len() > self.settings.key_bytes {
            return None;
        }
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key);
        Some(hasher.finish())
    }

    fn hash_to_insert(&self, key: &[u8]) -> Result<u64, InsertError> {
        let (len, limit) = (key.len(), self.settings.key_bytes);
        self.hash(key).ok_or_else(|| InsertError::new(InsertErrorKind::KeyTooLong { len, limit }))
    }

    /// Asks the gate of an app that was found.
    #[inline]
    pub(crate) fn ask(
        &self,
        hash: u64,
        app: &App,
        list_type: ListType,
        headers: &RequestHeaders<'_>,
    ) -> Decision {
        match app.form() {
            Form::Packed(gate) => {
                app.touch();
                gate.decide(list_type, headers)
            }
            Form::Dormant(_) => self.wake(hash, app).decide(list_type, headers),
        }
    }

    /// Packs the gate of an app, and keeps it so if there is room and nobody is writing just now.
    ///
    /// What two threads pack at once are two gates with the same answers; the first that comes is kept.
    #[cold]
    #[inline(never)]
    fn wake(&self, hash: u64, app: &App) -> App {
        let Some(packed) = self.packed(app) else { return app.clone() };
        if packed.bytes() > self.settings.packed_bytes {
            return packed;
        }
        let mut keeper = match self.keeper.try_lock() {
            Ok(keeper) => keeper,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return packed,
        };
        self.change_with(&mut keeper, |change| change.keep_packed(hash, app, &packed));
        packed
    }

    /// The packed form of an app that is dormant.
    fn packed(&self, app: &App) -> Option<App> {
        let Form::Dormant(gate) = app.form() else { return None };
        Some(app.with_packed(self.tickets.fetch_add(1, Relaxed), gate.pack()))
    }

    /// The same where gates are packed as they are inserted and there may be room.
    fn pack_early(&self, app: &App) -> Option<App> {
        let is_wanted = self.settings.pack_early && self.usage().packed_bytes < self.settings.packed_bytes;
        is_wanted.then(|| self.packed(app)).flatten()
    }

    fn put(&self, hash: u64, key: &[u8], gate: DormantGate, may_be_new: bool) -> Result<bool, InsertError> {
        let old = self.tree.load().find(hash, |app| app.has_key(key)).cloned();
        if old.is_none() && !may_be_new {
            return Ok(true);
        }
        let uses = old.as_ref().map_or(0, App::uses);
        let is_in_use = old.is_some_and(|app| app.is_packed());
        let app = App::dormant(key, uses, gate);
        let packed = if is_in_use { self.packed(&app) } else { self.pack_early(&app) };
        self.change(|change| {
            let is_new = change.find(hash, key).is_none();
            if is_new && !may_be_new {
                return Ok(true);
            }
            self.check_room(change, is_new)?;
            change.put(hash, app.clone());
            if let Some(packed) = &packed
                && (is_in_use || change.has_room(packed.bytes()))
            {
                change.keep_packed(hash, &app, packed);
            }
            Ok(is_new)
        })
    }

    fn check_room(&self, change: &Change<'_>, is_new: bool) -> Result<(), InsertError> {
        let limit = self.settings.apps;
        if is_new && change.apps() >= limit {
            return Err(InsertError::new(InsertErrorKind::Full { limit }));
        }
        Ok(())
    }

    /// Changes a copy of the tree and shows it to readers.
    fn change<R>(&self, work: impl FnOnce(&mut Change<'_>) -> R) -> R {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        self.change_with(&mut keeper, work)
    }

    fn change_with<R>(&self, keeper: &mut Keeper, work: impl FnOnce(&mut Change<'_>) -> R) -> R {
        let mut change = keeper.change(&self.tree.load(), self.settings.packed_bytes);
        let result = work(&mut change);
        self.tree.store(Arc::new(change.into_tree()));
        self.counts.show(keeper.usage());
        result
    }
}

impl Counts {
    fn show(&self, usage: Usage) {
        self.apps.store(usage.apps, Relaxed);
        self.packed.store(usage.packed, Relaxed);
        self.packed_bytes.store(usage.packed_bytes, Relaxed);
        self.dormant_bytes.store(usage.dormant_bytes, Relaxed);
    }
}

impl fmt::Debug for Gates {
    /// What it keeps, without keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gates").field("settings", &self.settings).field("usage", &self.usage()).finish()
    }
}

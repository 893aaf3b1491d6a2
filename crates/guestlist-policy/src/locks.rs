//! [`decide`]: whitelist and policy → are both locks open? And [`Locks`]: what many apps require.

use core::fmt;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use guestlist::{Decision, ListType};
use serde::{Deserialize, Serialize};

use crate::denial::Denial;
use crate::policy::SignedRef;
use crate::request::Request;
use crate::verify::Verifier;

/// Whether the requests to a list must carry a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Requirement {
    /// They need none, and one that they carry is not looked at.
    #[default]
    Off,
    /// They must carry one that allows what they ask for.
    Required,
}

impl Requirement {
    /// As it stands in configurations: `off` or `required`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Requirement::Off => "off",
            Requirement::Required => "required",
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an app requires beside its whitelists.
#[derive(Clone, Debug)]
pub struct AppLock {
    upload: Requirement,
    delivery: Requirement,
    verifier: Verifier,
}

impl AppLock {
    /// An app that verifies so, and requires nothing yet.
    pub fn new(verifier: Verifier) -> AppLock {
        AppLock { upload: Requirement::Off, delivery: Requirement::Off, verifier }
    }

    /// Sets what requests to this list must carry.
    #[must_use]
    pub fn with(self, list_type: ListType, requirement: Requirement) -> AppLock {
        match list_type {
            ListType::Upload => AppLock { upload: requirement, ..self },
            ListType::Delivery => AppLock { delivery: requirement, ..self },
        }
    }

    /// What requests to this list must carry.
    pub fn requirement(&self, list_type: ListType) -> Requirement {
        match list_type {
            ListType::Upload => self.upload,
            ListType::Delivery => self.delivery,
        }
    }

    /// What verifies.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }
}

/// What a request brings to the second lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented<'r> {
    /// No policy, or one of policy and signature alone.
    Nothing,
    /// More than one: two readers would find two.
    Several,
    /// One.
    One(SignedRef<'r>),
    /// Whatever it carries, what it asks for is not clear: two readers would find two things.
    Unclear,
}

/// One of the two locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lock {
    /// The list of domains.
    Whitelist,
    /// The signed policy.
    Policy,
}

/// What the second lock said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyOutcome {
    /// The app requires no policy.
    NotRequired,
    /// The whitelist kept the request out already.
    NotAsked,
    /// The policy allows the request.
    Allowed,
    /// It does not, or there is none.
    Denied(Denial),
}

/// What both locks said: small `Copy` data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    decision: Decision,
    policy: PolicyOutcome,
}

/// Decides by both locks; the first of these that applies:
///
/// 1. the whitelist keeps the request out → closed by [`Lock::Whitelist`], and the policy is not looked at: a stranger's request costs no HMAC
/// 2. the app requires no policy for this list → what the whitelist says
/// 3. the policy is missing, there twice, or denies → closed by [`Lock::Policy`]
/// 4. else open
///
/// A whitelist that is off or only reports lets through, and the policy decides. `presented` says what the request carries and asks for; it is called in step 3 alone.
///
/// ```
/// use guestlist::{Gate, ListType, RequestHeaders};
/// use guestlist_policy::{AppLock, Call, Lock, Policy, Presented, Request, Requirement, Secret, Secrets, Verifier, decide};
///
/// let secret = Secret::new("testAppSecret")?;
/// let lock = AppLock::new(Verifier::new(Secrets::one(secret.clone()))).with(ListType::Upload, Requirement::Required);
///
/// let decision = Gate::new().decide(ListType::Upload, &RequestHeaders::new());
/// let access = decide(decision, Some(&lock), 1_523_000_000, || (Presented::Nothing, Request::new(Call::Pick)));
/// assert_eq!(access.closed_by(), Some(Lock::Policy));
/// assert_eq!(access.to_string(), "denied: a signed policy is required, and the request carries none");
///
/// let signed = Policy::expires_at(1_523_595_600).sign(&secret)?;
/// let access = decide(decision, Some(&lock), 1_523_000_000, || (Presented::One(signed.as_ref()), Request::new(Call::Pick)));
/// assert!(access.lets_through());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn decide<'r>(
    decision: Decision,
    lock: Option<&AppLock>,
    now: u64,
    presented: impl FnOnce() -> (Presented<'r>, Request<'r>),
) -> Access {
    let policy = if !decision.lets_through() {
        PolicyOutcome::NotAsked
    } else if let Some(lock) =
        lock.filter(|lock| lock.requirement(decision.list_type()) == Requirement::Required)
    {
        match presented() {
            (Presented::Nothing, _) => PolicyOutcome::Denied(Denial::Missing),
            (Presented::Several, _) => PolicyOutcome::Denied(Denial::Repeated),
            (Presented::Unclear, _) => PolicyOutcome::Denied(Denial::Unclear),
            (Presented::One(signed), request) => match lock.verifier.verify(signed, now, &request) {
                Ok(()) => PolicyOutcome::Allowed,
                Err(denial) => PolicyOutcome::Denied(denial),
            },
        }
    } else {
        PolicyOutcome::NotRequired
    };
    Access { decision, policy }
}

impl From<Decision> for Access {
    /// Of an app that requires no policy.
    fn from(decision: Decision) -> Access {
        decide(decision, None, 0, || (Presented::Nothing, Request::new(crate::Call::Read)))
    }
}

impl Access {
    /// Whether the request may go on: both locks are open.
    pub fn lets_through(&self) -> bool {
        self.closed_by().is_none()
    }

    /// The lock that keeps the request out; of two the whitelist.
    pub fn closed_by(&self) -> Option<Lock> {
        match self.policy {
            PolicyOutcome::NotAsked => Some(Lock::Whitelist),
            PolicyOutcome::Denied(_) => Some(Lock::Policy),
            PolicyOutcome::NotRequired | PolicyOutcome::Allowed => None,
        }
    }

    /// What the whitelist said.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// What the policy said.
    pub fn policy(&self) -> PolicyOutcome {
        self.policy
    }

    /// Why the policy keeps the request out.
    pub fn policy_denial(&self) -> Option<Denial> {
        match self.policy {
            PolicyOutcome::Denied(denial) => Some(denial),
            _ => None,
        }
    }

    /// A short name of the reason that does not change between releases: that of the whitelist, such as `matched` or `no-match`, but where the policy keeps the request out, such as `policy-expired`.
    pub fn code(&self) -> &'static str {
        self.policy_denial().map_or_else(|| self.decision.code(), Denial::code)
    }
}

/// In words, such as `denied: the policy has expired`.
impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.policy {
            PolicyOutcome::NotRequired | PolicyOutcome::NotAsked => self.decision.fmt(f),
            PolicyOutcome::Allowed => write!(f, "{}; the policy allows the request", self.decision),
            PolicyOutcome::Denied(denial) => write!(f, "denied: {denial}"),
        }
    }
}

/// Parts of the registry: a change copies one of them.
const SHARDS: usize = 256;

type Shard = HashMap<Arc<[u8]>, Arc<AppLock>>;

/// What many apps require, by their keys. Any number of threads may read while others change it; who reads takes no lock.
///
/// Where no app requires anything a look costs a read of a count. A change copies a 256th of the apps' pointers.
pub struct Locks {
    shards: Box<[ArcSwap<Shard>]>,
    hasher: RandomState,
    len: AtomicUsize,
    /// Who changes holds it.
    changing: Mutex<()>,
}

impl Default for Locks {
    fn default() -> Locks {
        Locks::new()
    }
}

impl Locks {
    /// Of no app.
    pub fn new() -> Locks {
        Locks {
            shards: (0..SHARDS).map(|_| ArcSwap::from_pointee(Shard::new())).collect(),
            hasher: RandomState::new(),
            len: AtomicUsize::new(0),
            changing: Mutex::new(()),
        }
    }

    /// Sets what an app requires, in place of what it did. Requests that are being decided go on with that.
    pub fn insert(&self, key: impl AsRef<[u8]>, lock: AppLock) {
        self.insert_many([(key, lock)]);
    }

    /// [`Locks::insert`] of many, in far less time than one by one.
    pub fn insert_many<K: AsRef<[u8]>>(&self, locks: impl IntoIterator<Item = (K, AppLock)>) {
        let mut by_shard = HashMap::<usize, Vec<(Arc<[u8]>, Arc<AppLock>)>>::new();
        for (key, lock) in locks {
            let key = key.as_ref();
            by_shard.entry(self.number(key)).or_default().push((key.into(), Arc::new(lock)));
        }
        for (number, locks) in by_shard {
            self.change(number, |shard| shard.extend(locks));
        }
    }

    /// Takes an app out: it requires nothing.
    pub fn remove(&self, key: impl AsRef<[u8]>) {
        let key = key.as_ref();
        if self.find(key).is_some() {
            self.change(self.number(key), |shard| {
                shard.remove(key);
            });
        }
    }

    /// What an app requires.
    #[inline]
    pub fn find(&self, key: impl AsRef<[u8]>) -> Option<Arc<AppLock>> {
        if self.is_empty() {
            return None;
        }
        let key = key.as_ref();
        self.shards.get(self.number(key))?.load().get(key).cloned()
    }

    /// How many apps it has.
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// Whether it has none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shard of a key.
    fn number(&self, key: &[u8]) -> usize {
        usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or_default()
    }

    fn change(&self, number: usize, change: impl FnOnce(&mut Shard)) {
        // Nothing is left half done by one who panics.
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = self.shards.get(number) else { return };
        let mut shard = Shard::clone(&place.load());
        let before = shard.len();
        change(&mut shard);
        let after = shard.len();
        let count = (self.len() + after).saturating_sub(before);
        // Counted before it is there and after it is gone: who finds the count at 0 has missed nothing.
        if after > before {
            self.len.store(count, Ordering::Release);
        }
        place.store(Arc::new(shard));
        if after < before {
            self.len.store(count, Ordering::Release);
        }
    }
}

/// Without keys, which may be secret, and without locks.
impl fmt::Debug for Locks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locks").field("len", &self.len()).finish_non_exhaustive()
    }
}

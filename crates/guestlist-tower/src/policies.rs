//! [`Policies`]: the second lock of a layer.

use core::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use guestlist::{Decision, ListType};
use guestlist_policy::{Access, AppLock, Call, Locks, Presented, Request, decide};
use http::header::HeaderName;
use http::request::Parts;

use crate::asked::Asked;
use crate::carried::Carriers;
use crate::count::Count;

/// What a layer asks beside the lists: whose requests must carry a signed policy, where they carry it, and what they ask for.
///
/// ```
/// use std::sync::Arc;
///
/// use guestlist::ListType;
/// use guestlist_gates::Gates;
/// use guestlist_policy::{AppLock, Call, Locks, Requirement, Secret, Secrets, Verifier};
/// use guestlist_tower::{AppKey, Asked, GuestlistLayer, Policies, percent, query};
///
/// let locks = Arc::new(Locks::new());
/// let verifier = Verifier::new(Secrets::one(Secret::new("testAppSecret")?));
/// locks.insert("AbCd1234", AppLock::new(verifier).with(ListType::Upload, Requirement::Required));
///
/// let policies = Policies::of_apps(locks).asks(|parts| {
///     let path = query::parameter(parts.uri.query()?.as_bytes(), b"path").one()?;
///     Some(Asked::new(Call::Store).path(percent::decode_query(path)))
/// });
/// let layer = GuestlistLayer::new(Gates::default()).app(AppKey::query("key")).policies(policies);
/// # Ok::<(), guestlist_policy::InvalidSecret>(())
/// ```
///
/// It is cheap to clone.
#[derive(Clone)]
pub struct Policies {
    locks: Source,
    carriers: Carriers,
    asks: Option<Arc<Asks>>,
    clock: Arc<dyn Fn() -> u64 + Send + Sync>,
}

type Asks = dyn for<'r> Fn(&'r Parts) -> Option<Asked<'r>> + Send + Sync;

#[derive(Clone)]
enum Source {
    Apps(Arc<Locks>),
    One(Arc<AppLock>),
}

impl Policies {
    /// What many apps require, by the keys that [`GuestlistLayer::app`](crate::GuestlistLayer::app) finds. They may change while requests are decided.
    ///
    /// Until something else is said, policies are looked for in query and path, and a request to an upload list is a `pick`, one to a delivery list a `read`.
    pub fn of_apps(locks: Arc<Locks>) -> Policies {
        Policies::new(Source::Apps(locks))
    }

    /// What every request requires, for a layer with one app.
    pub fn of_one(lock: AppLock) -> Policies {
        Policies::new(Source::One(Arc::new(lock)))
    }

    fn new(locks: Source) -> Policies {
        Policies { locks, carriers: Carriers::default(), asks: None, clock: Arc::new(system_clock) }
    }

    /// Where requests carry policies.
    #[must_use]
    pub fn carried(self, carriers: Carriers) -> Policies {
        Policies { carriers, ..self }
    }

    /// What a request asks for. `None` where that is not clear is a denial. It is called for requests of apps that require a policy, and that the list lets in.
    #[must_use]
    pub fn asks(
        self,
        asks: impl for<'r> Fn(&'r Parts) -> Option<Asked<'r>> + Send + Sync + 'static,
    ) -> Policies {
        Policies { asks: Some(Arc::new(asks)), ..self }
    }

    /// What the time is, in seconds since 1970; without this that of the system.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Policies {
        Policies { clock: Arc::new(clock), ..self }
    }

    /// Whether answers depend on headers that carry policies.
    pub(crate) fn are_in_headers(&self) -> bool {
        self.carriers.reads_headers()
    }

    pub(crate) fn decide(&self, key: Option<&[u8]>, decision: Decision, parts: &Parts) -> Access {
        let found;
        let lock = match &self.locks {
            Source::One(lock) => Some(&**lock),
            Source::Apps(locks) => {
                found = key.and_then(|key| locks.find(key));
                found.as_deref()
            }
        };
        let Some(lock) = lock else { return decision.into() };
        let mut held = None;
        let place = &mut held;
        decide(decision, Some(lock), (self.clock)(), move || {
            let asked = match &self.asks {
                Some(asks) => asks(parts),
                None => Some(Asked::new(usual_call(decision.list_type()))),
            };
            let Some(asked) = asked else { return (Presented::Unclear, Request::new(Call::Read)) };
            let query = parts.uri.query().unwrap_or_default().as_bytes();
            let header =
                |name: &HeaderName| Count::of(parts.headers.get_all(name)).map(http::HeaderValue::as_bytes);
            let carried = self.carriers.read(parts.uri.path().as_bytes(), query, header);
            let (carried, asked) = &*place.insert((carried, asked));
            (carried.as_presented(), asked.as_request())
        })
    }
}

/// What a request to a list asks for where nothing says otherwise: `pick` of an upload list, `read` of a delivery list.
pub const fn usual_call(list_type: ListType) -> Call {
    match list_type {
        ListType::Upload => Call::Pick,
        ListType::Delivery => Call::Read,
    }
}

/// Before 1970 nothing is known of the time, and everything has expired.
fn system_clock() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(u64::MAX, |since| since.as_secs())
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policies").field("carriers", &self.carriers).finish_non_exhaustive()
    }
}

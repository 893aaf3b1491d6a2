//! [`Version`]: everything that decides, as one configuration has it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use guestlist::{Decision, Gate, List, ListType, Mode, RequestHeaders};
use guestlist_config::{App, Carrier, DecisionLog, MAX_KEY_BYTES, ServerLimits};
use guestlist_gates::{Gates, Settings};
use guestlist_policy::{AppLock, Locks, Secrets, Verifier};
use guestlist_tower::Carriers;
use tokio_rustls::rustls;

use super::asks::Asks;
use super::route::{Routed, Routes};
use super::{Asked, HeaderValues, Reason, Verdict};
use crate::live::LiveApps;
use crate::source::{LoadError, Loaded};

/// Everything that decides, as one configuration has it. It never changes; a reload makes another.
pub(crate) struct Version {
    pub(crate) number: u64,
    pub(crate) loaded_at: SystemTime,
    pub(crate) gates: Gates,
    pub(crate) limits: ServerLimits,
    pub(crate) log: DecisionLog,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
    routes: Routes,
    /// What its apps require beside their whitelists.
    locks: Locks,
    pub(super) carriers: Carriers,
    /// For how many seconds after its expiry a policy is taken, of whichever app.
    pub(super) skew: u64,
    /// Where it stands what is asked for, where no route says so.
    pub(super) asks: Asks,
    /// Decides for apps that are unknown, so that they look like those that are not.
    nobody: Gate,
}

/// What a version is made of besides its number.
pub(crate) struct LoadedVersion(Version);

impl LoadedVersion {
    /// Builds all there is to build, which for many apps takes a while.
    ///
    /// # Errors
    ///
    /// If there is something in it that no server can serve.
    pub(crate) fn build(loaded: Loaded) -> Result<LoadedVersion, LoadError> {
        let Loaded { server, apps, secrets, tls, .. } = loaded;
        let carriers = carriers(&server.policy.carried);
        let skew = server.policy.skew_seconds;
        let gates = Gates::new(Settings::default().pack_early(true).key_bytes(MAX_KEY_BYTES));
        gates
            .insert_many(apps.iter().map(|(key, app)| (key, &app.gate)))
            .map_err(|error| LoadError::new(error.to_string()))?;
        let routes =
            Routes::new(&server.routes_or_default(), carriers.reads_paths()).map_err(LoadError::new)?;
        Ok(LoadedVersion(Version {
            number: 0,
            loaded_at: SystemTime::now(),
            gates,
            limits: server.limits,
            log: server.log,
            tls,
            routes,
            locks: locks(&apps, secrets),
            carriers,
            skew,
            asks: Asks::direct(),
            nobody: nobody()?,
        }))
    }

    /// The version, which is in force from now on.
    pub(crate) fn number(self, number: u64) -> Version {
        Version { number, loaded_at: SystemTime::now(), ..self.0 }
    }
}

/// Where policies are looked for.
fn carriers(carried: &[Carrier]) -> Carriers {
    carried.iter().fold(Carriers::none(), |carriers, carrier| match carrier {
        Carrier::Query => carriers.in_query(),
        Carrier::Path => carriers.in_path(),
        Carrier::Header => carriers.in_headers(),
    })
}

/// What these apps require beside their whitelists.
fn locks(apps: &BTreeMap<String, App>, mut secrets: BTreeMap<String, Secrets>) -> Locks {
    let locks = Locks::new();
    let required = apps.iter().filter(|(_, app)| app.policy.is_required());
    locks.insert_many(required.map(|(key, app)| {
        // Without secrets it lets nobody in.
        let verifier = Verifier::new(secrets.remove(key).unwrap_or_default());
        let lock = ListType::ALL.into_iter().fold(AppLock::new(verifier), |lock, list_type| {
            lock.with(list_type, app.policy.requirement(list_type))
        });
        (key, lock)
    }));
    locks
}

/// The gate of nobody: two lists that are enforced, have no rules, and let no request without headers in.
fn nobody() -> Result<Gate, LoadError> {
    ListType::ALL.into_iter().try_fold(Gate::new(), |gate, list_type| {
        let list = List::builder(list_type).mode(Mode::Enforce).block_missing(true).build();
        list.map(|list| gate.with_list(list)).map_err(|error| LoadError::new(error.to_string()))
    })
}

impl Version {
    /// Which list a request asks, and of which app.
    pub(crate) fn route<'r>(
        &'r self,
        asked: Asked<'r>,
        headers: &'r impl HeaderValues,
    ) -> Result<Routed<'r>, Reason> {
        self.routes.find(asked, headers)
    }

    /// Decides on a request; whether its app is known is not to be seen in the decision.
    pub(crate) fn decide(
        &self,
        list_type: ListType,
        key: Option<&[u8]>,
        request: &RequestHeaders<'_>,
        live: &LiveApps,
    ) -> (Decision, Known) {
        let decide = |key: &[u8]| {
            let of_the_version = self.gates.decide(key, list_type, request);
            let known = of_the_version.map(|decision| (decision, Known::OfFile));
            known.or_else(|| Some((live.decide(key, list_type, request)?, Known::OfStore)))
        };
        key.and_then(decide).unwrap_or_else(|| (self.nobody.decide(list_type, request), Known::No))
    }

    /// A verdict with what it depends on: of every app alike, known or not.
    pub(super) fn varying(&self, verdict: Verdict) -> Verdict {
        if self.carriers.reads_headers() { verdict.varying_by_policy() } else { verdict }
    }

    /// What the app that decided requires beside its whitelists.
    pub(crate) fn lock(&self, key: &[u8], known: Known, live: &LiveApps) -> Option<Arc<AppLock>> {
        match known {
            Known::OfFile => self.locks.find(key),
            Known::OfStore => live.lock(key),
            Known::No => None,
        }
    }
}

/// Whether the app of a request is known, and from where; for those who run the server, and nobody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    OfFile,
    OfStore,
    No,
}

impl Known {
    pub(crate) fn is_known(self) -> bool {
        self != Known::No
    }
}

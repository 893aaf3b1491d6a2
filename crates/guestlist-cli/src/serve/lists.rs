//! What a server with a store has beside its configuration: apps that people change while it runs, and the pages where they do.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use guestlist::{DormantGate, List, ListType};
use guestlist_admin::{Admin, Configured, Counts, DeniedOrigin, Live, router};
use guestlist_config::{App, StoreSettings};
use guestlist_edge::{Activity, Extras, LiveApps, Traces};
use guestlist_policy::AppLock;
use guestlist_store::{
    Access, Change, Defaults, Document, Grant, RedbStore, Scope, Secret, Store, StoreError,
};

use crate::failure::Failure;
use crate::text::show_short;

/// A store that is open, and what of it decides.
pub(super) struct Lists {
    store: Arc<RedbStore>,
    live: LiveApps,
    hosts: Vec<String>,
    /// Of a token that may do everything, where there was none: shown once.
    pub(super) token: Option<Secret>,
}

/// Who makes the first token, for the log.
const MAKER: &str = "guestlist serve";

impl Lists {
    /// Opens the store, or makes it, and reads its apps. Takes in those of a document first.
    pub(super) fn open(settings: &StoreSettings, document: Option<&Document>) -> Result<Lists, Failure> {
        let failure = |error| failed(&settings.file, &error);
        // Its patterns were read with the configuration.
        let new_upload = List::builder(ListType::Upload).patterns(&settings.new_upload_patterns).restore();
        let store = RedbStore::open_or_create(&settings.file).map_err(failure)?;
        let store = store.with_defaults(Defaults::default().upload(&new_upload));
        if let Some(document) = document {
            store.import(document, &Change::by(MAKER)).map_err(failure)?;
        }

        let mut secrets = BTreeMap::new();
        store
            .each_secrets(&mut |key, of_app| drop(secrets.insert(key.to_string(), of_app)))
            .map_err(failure)?;
        let live = LiveApps::new();
        let (mut apps, mut locks) = (Vec::new(), Vec::new());
        store
            .each_app(&mut |app| {
                if let Some(lock) = app.lock(secrets.get(&app.key)) {
                    locks.push((app.key.clone(), lock));
                }
                let gate = app.dormant_gate();
                apps.push((app.key, gate));
            })
            .map_err(failure)?;
        // Before their gates, here as always.
        live.set_locks(locks);
        live.insert_many(apps).map_err(|error| {
            Failure::new(
                format!("{}: {error}", shown(&settings.file)),
                "this is more than one server keeps: divide the apps between several",
            )
        })?;

        let may_do_everything = |grant: &Grant| grant.allows_everywhere(Access::Admin);
        let tokens = store.tokens().map_err(failure)?;
        let token = if tokens.iter().any(|token| token.revoked.is_none() && may_do_everything(&token.grant)) {
            None
        } else {
            let change = Change::by(MAKER).why("there was no token that may do everything");
            let grant = Grant::new(Access::Admin, Scope::AllApps);
            Some(store.create_token("first admin", &grant, &change).map_err(failure)?.1)
        };
        Ok(Lists { store: Arc::new(store), live, hosts: settings.console_hosts.clone(), token })
    }

    /// How many apps it has.
    pub(super) fn len(&self) -> usize {
        self.live.len()
    }

    /// What a server is to have because of it.
    pub(super) fn extras(self, of_file: &OfFile, traces: Traces) -> Result<Extras, Failure> {
        let activity = Activity::start().map_err(|error| {
            Failure::new(format!("cannot start: {error}"), "let the process have more threads")
        })?;
        let admin = Admin::new(self.store, Follower { live: self.live.clone(), activity: activity.clone() })
            .activity(Lately(activity.clone()))
            .configured(of_file.clone());
        let admin = self.hosts.into_iter().fold(admin, Admin::allow_host);
        Ok(Extras { traces, live: self.live, activity, console: Some(router(admin)) })
    }
}

/// What cannot be done with a store, and what to do.
fn failed(file: &Path, error: &StoreError) -> Failure {
    Failure::new(format!("{}: {error}", shown(file)), error.help())
}

fn shown(file: &Path) -> String {
    show_short(file.display().to_string().as_bytes())
}

/// Puts each change in force.
struct Follower {
    live: LiveApps,
    activity: Activity,
}

impl Live for Follower {
    fn changed(&self, key: &str, gate: Option<DormantGate>, lock: Option<AppLock>) {
        match gate {
            Some(gate) => {
                // First, so that a new app is never without it.
                self.live.set_lock(key, lock);
                if let Err(error) = self.live.set(key, gate) {
                    // It stays unknown, and is denied.
                    tracing::error!(app = key, "an app of the store is not served: {error}");
                }
            }
            None => {
                self.live.remove(key);
                self.activity.forget(key);
            }
        }
    }
}

/// What the server decided lately, as the console asks for it.
struct Lately(Activity);

const HOUR: Duration = Duration::from_secs(3600);

impl guestlist_admin::Activity for Lately {
    fn denied(&self, app: &str, list_type: ListType) -> Vec<DeniedOrigin> {
        let denied = self.0.denied(app, list_type).into_iter().map(|denied| {
            DeniedOrigin::new(denied.origin, denied.reason.code(), denied.count, denied.last)
                .only_reported(denied.only_reported)
        });
        denied.collect()
    }

    /// The last day, hour by hour; nothing where it had no request at all.
    fn counts(&self, app: &str, list_type: ListType) -> Vec<Counts> {
        let hours = self.0.hours(app, list_type);
        let Some(last) = hours.last().map(|hour| hour.from) else { return Vec::new() };
        let now = SystemTime::now();
        // The hour it is, as the hours that were counted begin.
        let passed = now.duration_since(last).unwrap_or_default().as_secs() / HOUR.as_secs();
        let this_hour = last + Duration::from_secs(passed * HOUR.as_secs());
        let day = (0..24).rev().map(|back| this_hour - HOUR * back);
        day.map(|from| {
            let counted = hours.iter().find(|hour| hour.from == from);
            let (allowed, would_deny, denied) =
                counted.map_or((0, 0, 0), |hour| (hour.allowed, hour.would_deny, hour.denied));
            Counts::between(from, from + HOUR).decided(allowed, would_deny, denied)
        })
        .collect()
    }
}

/// The apps of the configuration file that are in force, for the console: kept once they are asked to be. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct OfFile(Arc<OnceLock<RwLock<Apps>>>);

type Apps = Arc<BTreeMap<String, App>>;

impl OfFile {
    /// Keeps these, and from now on those that come after them.
    pub(super) fn keep(&self, apps: Apps) {
        self.0.get_or_init(RwLock::default);
        self.set(apps);
    }

    /// Others are in force.
    pub(super) fn set(&self, apps: Apps) {
        if let Some(kept) = self.0.get() {
            *kept.write().unwrap_or_else(PoisonError::into_inner) = apps;
        }
    }
}

impl Configured for OfFile {
    fn apps(&self) -> Apps {
        let kept = self.0.get().map(|kept| kept.read().unwrap_or_else(PoisonError::into_inner).clone());
        kept.unwrap_or_default()
    }
}

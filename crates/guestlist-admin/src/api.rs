//! [`Api`]: what every endpoint works on; calls of the store on threads that may wait, and changes that are told of before anybody has an answer.

use std::collections::BTreeSet;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use axum::http::{HeaderValue, header};
use guestlist_store::{App, Store};
use tokio::task::spawn_blocking;

use crate::activity::Activity;
use crate::admin::{Admin, Live};
use crate::configured::Both;
use crate::pace::Pace;
use crate::problem::{Kind, Problem};
use crate::turns::Turns;

#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

struct Inner {
    store: Both,
    live: Box<dyn Live>,
    activity: Box<dyn Activity>,
    /// Held from reading an app to telling of it, so that nobody is told of an older state after a newer one.
    telling: Mutex<()>,
    untold: Mutex<Untold>,
    hosts: Vec<String>,
    pace: Pace,
    turns: Turns,
}

impl Api {
    pub(crate) fn new(admin: Admin) -> Api {
        let Admin { store, live, activity, configured, hosts, pace } = admin;
        let store = Both { store, configured };
        let (telling, untold) = (Mutex::default(), Mutex::default());
        Api(Arc::new(Inner { store, live, activity, telling, untold, hosts, pace, turns: Turns::new() }))
    }

    /// The names that requests may ask by, beside those of this machine.
    pub(crate) fn hosts(&self) -> &[String] {
        &self.0.hosts
    }

    /// How often tokens may change something.
    pub(crate) fn pace(&self) -> &Pace {
        &self.0.pace
    }

    /// What is known of the requests that were decided. Asking may wait, so it belongs into what [`Api::ask`] and [`Api::think`] run.
    pub(crate) fn activity(&self) -> &dyn Activity {
        &*self.0.activity
    }

    /// Asks the store, which shows the apps of the configuration file too.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let inner = self.0.clone();
        blocking(move || question(&inner.store)).await
    }

    /// Asks the store, and then thinks for long: when it is the turn of this token.
    pub(crate) async fn think<T: Send + 'static>(
        &self,
        token: u64,
        question: impl FnOnce(&dyn Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || {
            let problem = Problem::new(
                Kind::TooManyQuestions,
                "as many questions of this token as may wait are waiting",
            );
            problem.header(header::RETRY_AFTER, HeaderValue::from_static("1"))
        };
        let turn = self.0.turns.wait(token).await.ok_or_else(busy)?;
        let inner = self.0.clone();
        let answer = self.0.turns.think(turn, move || question(&inner.store)).await;
        answer.unwrap_or_else(|| Err(Problem::internal(&"a question was not answered")))
    }

    /// Changes an app, and tells of it. One of the configuration file is not changed. Once begun it is done, and told, whether or not somebody still waits for the answer.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        key: String,
        change: impl FnOnce(&dyn Store, &str) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let inner = self.0.clone();
        blocking(move || {
            inner.store.has_no_configured(&key)?;
            match change(&inner.store, &key) {
                Ok(done) => inner.tell_soon(&key).map(|()| done),
                Err(problem) => {
                    if problem.is_uncertain() {
                        // It may have been done.
                        inner.tell_soon(&key).ok();
                    }
                    Err(problem)
                }
            }
        })
        .await
    }
}

impl Inner {
    /// Tells what the store has of this app now.
    fn tell(&self, key: &str) -> Result<(), Problem> {
        let _one_at_a_time = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        // Not that of the configuration file, should it have one of this key since.
        let app = self.store.store.app(key)?;
        let lock = match &app {
            Some(app) if app.settings.requires_policy() => app.lock(self.store.store.secrets(key)?.as_ref()),
            _ => None,
        };
        self.live.changed(key, app.as_ref().map(App::dormant_gate), lock);
        Ok(())
    }

    /// Tells now, or, where the store does not answer, as soon as it does: what it has on disk is to be in force.
    fn tell_soon(self: &Arc<Inner>, key: &str) -> Result<(), Problem> {
        self.tell(key).inspect_err(|_| {
            let mut untold = self.untold.lock().unwrap_or_else(PoisonError::into_inner);
            untold.keys.insert(key.to_string());
            if !untold.is_being_told {
                let inner = Arc::downgrade(self);
                let telling = thread::Builder::new().name("telling".to_string());
                match telling.spawn(move || tell_untold(&inner)) {
                    Ok(_) => untold.is_being_told = true,
                    // The next one that fails tries to have a thread again.
                    Err(error) => tracing::error!(%error, app = key, "a change may have been made that is not in force yet"),
                }
            }
        })
    }

    /// Tells of what could not be told. Whether there is nothing left.
    fn tell_again(&self) -> bool {
        let lock = || self.untold.lock().unwrap_or_else(PoisonError::into_inner);
        // Out of the set before it is told: what fails meanwhile comes in again.
        let untold = mem::take(&mut lock().keys);
        let failed: Vec<String> = untold.into_iter().filter(|key| self.tell(key).is_err()).collect();
        let mut untold = lock();
        untold.keys.extend(failed);
        untold.is_being_told = !untold.keys.is_empty();
        !untold.is_being_told
    }
}

/// Apps that were changed, perhaps, and that nobody could be told of.
#[derive(Default)]
struct Untold {
    keys: BTreeSet<String>,
    /// Whether there is a thread that tries.
    is_being_told: bool,
}

/// How often it is tried again to tell.
const AGAIN: Duration = Duration::from_secs(1);

/// Tries until nothing is left to be told, or nobody is there any more.
fn tell_untold(inner: &Weak<Inner>) {
    loop {
        thread::sleep(AGAIN);
        if inner.upgrade().is_none_or(|inner| inner.tell_again()) {
            return;
        }
    }
}

/// The app of this key, which has to be there.
pub(crate) fn known_app(store: &dyn Store, key: &str) -> Result<App, Problem> {
    store.app(key)?.ok_or_else(Problem::unknown_app)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match spawn_blocking(work).await {
        Ok(answer) => answer,
        // A panic, of the store's for instance: it ends with this request.
        Err(error) => Err(Problem::internal(&error)),
    }
}

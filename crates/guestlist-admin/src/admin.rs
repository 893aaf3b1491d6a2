//! [`Admin`]: what the API works on and how much it takes, and [`Live`]: who is told of changes.

use core::fmt;
use std::sync::Arc;

use guestlist::DormantGate;
use guestlist_policy::AppLock;
use guestlist_store::Store;

use crate::activity::{self, Activity};
use crate::configured::{Configured, Nothing};
use crate::pace::Pace;

/// Whoever decides requests by the lists of the store, and has to know at once when one is changed.
pub trait Live: Send + Sync {
    /// An app was changed, and this gate decides for it from now on; `None` if it was removed. `lock` is what it requires beside; `None` for nothing, as for an app that was removed.
    ///
    /// So that there is no moment without the lock, set it before the gate, and take that of a removed app away after its gate.
    ///
    /// Called after each change that the store has acknowledged, before the one who made it has an answer: who reads the answer and asks the check path finds the new list. Calls come one at a time, and what the last one for a key says is
    /// what the store has. They come on a thread that may wait, but every other change waits meanwhile.
    fn changed(&self, key: &str, gate: Option<DormantGate>, lock: Option<AppLock>);
}

impl<L: Live + ?Sized> Live for Arc<L> {
    fn changed(&self, key: &str, gate: Option<DormantGate>, lock: Option<AppLock>) {
        (**self).changed(key, gate, lock);
    }
}

/// What the API works on: a store, whoever follows it, and limits.
pub struct Admin {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) live: Box<dyn Live>,
    pub(crate) activity: Box<dyn Activity>,
    pub(crate) configured: Box<dyn Configured>,
    pub(crate) hosts: Vec<String>,
    pub(crate) pace: Pace,
}

impl Admin {
    /// The API over this store, which tells of every change.
    ///
    /// Asked by the names of this machine alone (`localhost`, `127.0.0.1`, `[::1]`). A token may change something 60 times a minute, and 20 times at once.
    pub fn new(store: Arc<dyn Store>, live: impl Live + 'static) -> Admin {
        Admin {
            store,
            live: Box::new(live),
            activity: Box::new(activity::Unknown),
            configured: Box::new(Nothing::default()),
            hosts: Vec::new(),
            pace: Pace::new(60, 20),
        }
    }

    /// Shows what is known of the requests that were decided. Without it, nothing is.
    #[must_use]
    pub fn activity(self, activity: impl Activity + 'static) -> Admin {
        Admin { activity: Box::new(activity), ..self }
    }

    /// Shows these apps too, which cannot be changed here: those of the server's configuration file. Of an app of the store with the same key nothing is shown then, as it decides nothing.
    #[must_use]
    pub fn configured(self, configured: impl Configured + 'static) -> Admin {
        Admin { configured: Box::new(configured), ..self }
    }

    /// Takes requests by this name too, such as `lists.example.com` or `10.0.0.5`, without a port: with whatever port is taken. IPv6 addresses stand in brackets.
    ///
    /// By any other name in `Host` a request is refused, since a name of a stranger's may lead here (DNS rebinding).
    #[must_use]
    pub fn allow_host(mut self, name: impl Into<String>) -> Admin {
        self.hosts.push(name.into());
        self
    }

    /// Sets how often a token may change something: so many times a minute, and so many times at once. At least once each.
    #[must_use]
    pub fn changes(self, a_minute: u32, at_once: u32) -> Admin {
        Admin { pace: Pace::new(a_minute, at_once), ..self }
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").field("hosts", &self.hosts).field("pace", &self.pace).finish_non_exhaustive()
    }
}

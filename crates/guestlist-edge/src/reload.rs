//! Loading again: when a file changes, on a signal, on a command. Built off the path, and then swapped at once.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use guestlist_config::Server;
use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::check::{Checker, LoadedVersion, Version};
use crate::loader::Loader;
use crate::source::{LoadError, Source};
use crate::stamps::Stamps;

/// Who writes a file writes more than once; this long it is waited for the next write.
const SETTLE: Duration = Duration::from_millis(50);

/// The longest that is waited for a file to be closed that is being written.
const LONGEST_WRITE: Duration = Duration::from_secs(5);

/// How often files are looked at even if the system tells of no change: it does not tell of all, such as of one behind a link.
const POLL: Duration = Duration::from_secs(2);

/// After how many looks a configuration that did not load is tried again as it is: what it names may be there by now.
const RETRY: u32 = 15;

/// Asks a running server to load its configuration again; for a signal, for instance.
#[derive(Clone, Debug, Default)]
pub struct Reload(Arc<Notify>);

impl Reload {
    /// For one server.
    pub fn new() -> Reload {
        Reload::default()
    }

    /// Asks. Returns at once; what comes of it is in the log, the metrics and `/readyz`.
    pub fn ask(&self) {
        self.0.notify_one();
    }
}

/// What came of the last reload.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) at: SystemTime,
    pub(crate) error: Option<LoadError>,
    /// Settings that have changed and are not in force.
    pub(crate) needs_restart: Vec<&'static str>,
}

/// What a command is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InForce {
    pub(crate) version: u64,
    pub(crate) apps: usize,
}

pub(crate) type Reply = oneshot::Sender<Result<InForce, LoadError>>;

/// What the server knows of its reloads; shared with the admin listener.
#[derive(Clone)]
pub(crate) struct Reloads {
    last: Arc<Mutex<Option<Outcome>>>,
    commands: mpsc::Sender<Reply>,
}

impl Reloads {
    pub(crate) fn last(&self) -> Option<Outcome> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loads the configuration again; returns when the new version is in force, or it is clear that it will not be.
    pub(crate) async fn now(&self) -> Result<InForce, LoadError> {
        let (reply, answer) = oneshot::channel();
        let ended = |_| LoadError::new("the server is ending");
        self.commands.send(reply).await.map_err(|_| ended(()))?;
        answer.await.map_err(|_| ended(()))?
    }
}

/// Loads again whenever there is a reason to.
pub(crate) struct Reloader<S> {
    source: Arc<S>,
    loader: Loader,
    checker: Arc<Checker>,
    /// What the listeners were made by.
    started_with: Server,
    reload: Reload,
    commands: mpsc::Receiver<Reply>,
    last: Arc<Mutex<Option<Outcome>>>,
    /// The files of the configuration in force, as they were before they were last read.
    stamps: Stamps,
}

impl<S: Source> Reloader<S> {
    pub(crate) fn new(
        source: S,
        loader: Loader,
        checker: Arc<Checker>,
        started_with: Server,
        stamps: Stamps,
        reload: Reload,
    ) -> (Reloader<S>, Reloads) {
        let (sender, commands) = mpsc::channel(16);
        let last = Arc::new(Mutex::new(None));
        let reloads = Reloads { last: last.clone(), commands: sender };
        (
            Reloader {
                source: Arc::new(source),
                loader,
                checker,
                started_with,
                reload,
                commands,
                last,
                stamps,
            },
            reloads,
        )
    }

    /// Never ends; dropped with the server.
    pub(crate) async fn run(mut self) {
        let changed = Arc::new(Changed::default());
        // What changed between reading and watching is told by nobody else.
        changed.notify.notify_one();
        let mut watched = Watched::default();
        let mut looks_after_failure = 0;
        loop {
            watched.follow(&self.stamps, &changed);
            let mut reply = None;
            tokio::select! {
                () = self.reload.0.notified() => {}
                Some(asked) = self.commands.recv() => reply = Some(asked),
                () = changed.notify.notified() => {
                    if !self.has_changed(&changed).await {
                        continue;
                    }
                }
                () = sleep(POLL) => {
                    looks_after_failure += 1;
                    let is_tried_again = looks_after_failure % RETRY == 0 && self.has_failed() && self.stamps.files().next().is_some();
                    if !is_tried_again && !self.has_changed(&changed).await {
                        continue;
                    }
                }
            }
            looks_after_failure = 0;
            let result = self.load().await;
            if let Some(reply) = reply {
                // Whoever asked may be gone.
                reply.send(result).ok();
            }
        }
    }

    fn has_failed(&self) -> bool {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .is_some_and(|last| last.error.is_some())
    }

    /// Whether a file has changed; if so, waits until nobody is writing to it. Half of a configuration may be a configuration, of another meaning.
    async fn has_changed(&self, changed: &Changed) -> bool {
        let mut now = self.stamps.renewed();
        if now == self.stamps {
            return false;
        }
        let begun = Instant::now();
        loop {
            sleep(SETTLE).await;
            let later = self.stamps.renewed();
            let is_being_written = changed.is_being_written.load(Relaxed) && begun.elapsed() < LONGEST_WRITE;
            if later == now && !is_being_written {
                return true;
            }
            now = later;
        }
    }

    async fn load(&mut self) -> Result<InForce, LoadError> {
        let span = self.checker.traces.reload();
        // Even if it does not load: it is tried again when it has changed again.
        self.stamps = self.stamps.renewed();
        let source = self.source.clone();
        let started_with = self.started_with.clone();
        let apps = self.checker.version().gates.len();
        let built = self.loader.run(move || {
            let loaded = source.load()?;
            if loaded.apps().is_empty() && apps > 0 {
                // More likely a file that is not written yet than a service without customers.
                return Err(LoadError::new(format!(
                    "the configuration has no apps, and the one in force has {apps}; to serve none, restart the server"
                )));
            }
            let needs_restart = needs_restart(&started_with, loaded.server());
            let (stamps, apps) = (loaded.stamps.clone(), loaded.apps().clone());
            Ok((LoadedVersion::build(loaded)?, stamps, apps, needs_restart))
        });
        let built = built
            .await
            .unwrap_or_else(|| Err(LoadError::new("loading the configuration failed unexpectedly")));
        let at = SystemTime::now();
        let (result, outcome) = match built {
            Ok((loaded, stamps, apps, needs_restart)) => {
                self.stamps = stamps;
                let version = loaded.number(self.checker.version().number + 1);
                let in_force = InForce { version: version.number, apps: version.gates.len() };
                self.checker.metrics.reloaded(&version);
                let old = self.checker.swap(version);
                spawn_blocking(|| free(old));
                let source = self.source.clone();
                self.loader.run(move || source.in_force(apps)).await;
                tracing::info!(version = in_force.version, apps = in_force.apps, "configuration loaded");
                if !needs_restart.is_empty() {
                    tracing::warn!(
                        settings = needs_restart.join(", "),
                        "these settings have changed, and need a restart"
                    );
                }
                (Ok(in_force), Outcome { at, error: None, needs_restart })
            }
            Err(error) => {
                self.checker.metrics.reload_failed();
                let version = self.checker.version().number;
                tracing::error!(version, "the configuration does not load, the one in force stays: {error}");
                (Err(error.clone()), Outcome { at, error: Some(error), needs_restart: Vec::new() })
            }
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        span.ended(&result);
        result
    }
}

/// Frees a version when nobody decides by it any more. A million apps take a while to free, and the last to let go of them is not to be a request.
#[expect(clippy::needless_pass_by_value, reason = "letting go of it is the point")]
fn free(version: Arc<Version>) {
    // The longest wait is for a decision that is to be written down; whoever is later than this frees it after all.
    for _ in 0..1000 {
        if Arc::strong_count(&version) == 1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The settings that are read at the start only and are different now.
fn needs_restart(old: &Server, new: &Server) -> Vec<&'static str> {
    let settings = [
        ("listen", old.listen != new.listen),
        ("spop", old.spop != new.spop),
        ("admin", old.admin != new.admin),
        ("socket_mode", old.socket_mode != new.socket_mode),
        ("workers", old.workers != new.workers),
        ("log.file", old.log.file != new.log.file),
        ("store", old.store != new.store),
    ];
    settings.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// What the system tells of files.
#[derive(Default)]
struct Changed {
    notify: Notify,
    /// One of them was written to and not closed since.
    is_being_written: AtomicBool,
}

/// The directories that the system tells of.
#[derive(Default)]
struct Watched {
    watcher: Option<RecommendedWatcher>,
    /// With what tells one from another in its place.
    directories: Vec<(PathBuf, Option<u64>)>,
}

impl Watched {
    /// Watches the directories of these files, and no others: a file is replaced by another as often as it is written to.
    fn follow(&mut self, stamps: &Stamps, changed: &Arc<Changed>) {
        let identified =
            |path: &Path| (path.to_path_buf(), fs::metadata(path).ok().map(|metadata| metadata.ino()));
        let mut directories: Vec<_> = stamps.files().map(directory).map(identified).collect();
        directories.sort();
        directories.dedup();
        if self.directories == directories {
            return;
        }
        let names = stamps.files().filter_map(Path::file_name).map(OsString::from).collect();
        // Without a watcher there are looks now and then.
        self.watcher = watch(&directories, names, changed.clone())
            .inspect_err(|error| tracing::debug!(%error, "the system does not tell of changed files"))
            .ok();
        self.directories = directories;
    }
}

fn directory(file: &Path) -> &Path {
    file.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn watch(
    directories: &[(PathBuf, Option<u64>)],
    names: Vec<OsString>,
    changed: Arc<Changed>,
) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if let Ok(event) = &event {
            let is_of_ours = event
                .paths
                .iter()
                .filter_map(|path| path.file_name())
                .any(|name| names.iter().any(|ours| ours == name));
            match event.kind {
                EventKind::Modify(ModifyKind::Data(_)) if is_of_ours => {
                    changed.is_being_written.store(true, Relaxed);
                }
                EventKind::Access(AccessKind::Close(AccessMode::Write)) if is_of_ours => {
                    changed.is_being_written.store(false, Relaxed);
                }
                // That something was read is nothing new.
                EventKind::Access(_) => return,
                _ => {}
            }
        }
        changed.notify.notify_one();
    })?;
    for (directory, _) in directories {
        watcher.watch(directory, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

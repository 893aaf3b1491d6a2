//! Loading again: when a file changes, on a signal, on a command. Built off the path, and then swapped at once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use guestlist_config::Server;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::check::{Checker, LoadedVersion, Version};
use crate::loader::Loader;
use crate::source::{LoadError, Source};
use crate::stamps::Stamps;

/// Who writes a file writes more than once; this long it is waited for the next write.
const SETTLE: Duration = Duration::from_millis(50);

/// How often files are looked at where the system does not tell of changes.
const POLL: Duration = Duration::from_secs(2);

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
        let changed = Arc::new(Notify::new());
        // What changed between reading and watching is told by nobody else.
        changed.notify_one();
        let mut watched = Watched::default();
        loop {
            watched.follow(&self.stamps, &changed);
            let mut reply = None;
            tokio::select! {
                () = self.reload.0.notified() => {}
                Some(asked) = self.commands.recv() => reply = Some(asked),
                () = changed.notified() => {
                    sleep(SETTLE).await;
                    if self.stamps.are_current() {
                        continue;
                    }
                }
                () = sleep(POLL), if !watched.is_told() => {
                    if self.stamps.are_current() {
                        continue;
                    }
                }
            }
            let result = self.load().await;
            if let Some(reply) = reply {
                // Whoever asked may be gone.
                reply.send(result).ok();
            }
        }
    }

    async fn load(&mut self) -> Result<InForce, LoadError> {
        let span = self.checker.traces.reload();
        // Even if it does not load: it is tried again when it has changed again.
        self.stamps.renew();
        let source = self.source.clone();
        let started_with = self.started_with.clone();
        let built = self.loader.run(move || {
            let loaded = source.load()?;
            let needs_restart = needs_restart(&started_with, &loaded.config().server);
            let stamps = loaded.stamps.clone();
            Ok((LoadedVersion::build(loaded)?, stamps, needs_restart))
        });
        let built = built
            .await
            .unwrap_or_else(|| Err(LoadError::new("loading the configuration failed unexpectedly")));
        let at = SystemTime::now();
        let (result, outcome) = match built {
            Ok((loaded, stamps, needs_restart)) => {
                self.stamps = stamps;
                let version = loaded.number(self.checker.version().number + 1);
                let in_force = InForce { version: version.number, apps: version.gates.len() };
                self.checker.metrics.reloaded(&version);
                let old = self.checker.swap(version);
                spawn_blocking(|| free(old));
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
    ];
    settings.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// The directories that the system tells of.
#[derive(Default)]
struct Watched {
    watcher: Option<RecommendedWatcher>,
    directories: Vec<PathBuf>,
    has_failed: bool,
}

impl Watched {
    /// Whether the system tells of every change there is.
    fn is_told(&self) -> bool {
        !self.has_failed
    }

    /// Watches the directories of these files, and no others: a file is replaced by another as often as it is written to.
    fn follow(&mut self, stamps: &Stamps, changed: &Arc<Notify>) {
        let mut directories: Vec<PathBuf> = stamps.files().map(directory).map(Path::to_path_buf).collect();
        directories.sort();
        directories.dedup();
        if self.directories == directories {
            return;
        }
        self.directories = directories;
        match watch(&self.directories, changed.clone()) {
            Ok(watcher) => (self.watcher, self.has_failed) = (Some(watcher), false),
            Err(error) => {
                tracing::warn!(%error, "the system does not tell of changed files; looking at them every two seconds");
                (self.watcher, self.has_failed) = (None, true);
            }
        }
    }
}

fn directory(file: &Path) -> &Path {
    file.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn watch(directories: &[PathBuf], changed: Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // That something was read is nothing new; that an event was lost may be.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            changed.notify_one();
        }
    })?;
    for directory in directories {
        watcher.watch(directory, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

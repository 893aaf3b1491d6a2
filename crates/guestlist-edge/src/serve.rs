//! [`serve`]: the server, from its listeners to its end.

use core::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use guestlist_config::ServerLimits;
use hyper_util::service::TowerToHyperService;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::accept::{Connections, Failures, Spoken};
use crate::admin::{self, Admin};
use crate::answer;
use crate::check::{Checker, LoadedVersion};
use crate::connection::{Phase, Serving};
use crate::listen::{Listener, Listeners};
use crate::loader::Loader;
use crate::log::{Lines, Log};
use crate::metrics::Metrics;
use crate::reload::{Reload, Reloader};
use crate::source::{LoadError, Loaded, Source};
use crate::traces::Traces;

/// Why a server did not start.
#[derive(Debug)]
pub enum ServeError {
    /// There is something in the configuration that it cannot serve.
    Load(LoadError),
    /// The file for decisions cannot be written to.
    Log(PathBuf, io::Error),
}

impl std::error::Error for ServeError {}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServeError::Load(error) => error.fmt(f),
            ServeError::Log(path, error) => write!(
                f,
                "cannot write decisions to {}: {error}; check the path, and that the server may write there",
                path.display()
            ),
        }
    }
}

/// Answers checks on these listeners until `shutdown` is done, and then as long as it takes to answer what is under way, up to the limit `drain`.
///
/// It begins with the configuration `loaded`, whose limits hold, and loads another from `source` when a file of it changes, when [`Reload::ask`] is called and on `POST /reload`. Must run on a tokio runtime with
/// its drivers enabled.
///
/// # Errors
///
/// If it cannot start. Once it has started, nothing ends it but `shutdown`.
pub async fn serve(
    listeners: Listeners,
    loaded: Loaded,
    source: impl Source,
    reload: Reload,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    run(listeners, loaded, source, reload, shutdown, Default::default()).await
}

/// As [`serve`], with spans of reloads and of some of the checks. They are all sent when it returns, if the collector takes them.
///
/// # Errors
///
/// As [`serve`].
#[cfg(feature = "otel")]
pub async fn serve_with_traces(
    listeners: Listeners,
    loaded: Loaded,
    source: impl Source,
    reload: Reload,
    shutdown: impl Future<Output = ()> + Send,
    traces: Traces,
) -> Result<(), ServeError> {
    run(listeners, loaded, source, reload, shutdown, traces).await
}

async fn run(
    listeners: Listeners,
    loaded: Loaded,
    source: impl Source,
    reload: Reload,
    shutdown: impl Future<Output = ()> + Send,
    traces: Traces,
) -> Result<(), ServeError> {
    let started_with = loaded.config().server.clone();
    let is_exposed = started_with.dangerously_expose_admin;
    let stamps = loaded.stamps.clone();
    let loader = Loader::start()
        .map_err(|error| ServeError::Load(LoadError::new(format!("cannot start a thread: {error}"))))?;
    let built = loader.run(|| LoadedVersion::build(loaded)).await;
    let built = built.unwrap_or_else(|| Err(LoadError::new("building the lists failed unexpectedly")));
    let version = built.map_err(ServeError::Load)?.number(1);
    answer::prepare();

    let metrics = Metrics::new();
    metrics.show(&version);
    let (log, lines) = Log::new(metrics.clone());
    let written = write_lines(lines, started_with.log.file.clone(), metrics.clone())?;
    let checker = Arc::new(Checker::new(version, metrics, log, traces.clone()));
    let (phases, phase) = watch::channel(Phase::Serve);

    let mut tasks = JoinSet::new();
    let (reloader, reloads) = Reloader::new(source, loader, checker.clone(), started_with, stamps, reload);
    tasks.spawn(reloader.run());
    let is_ending = Arc::new(AtomicBool::new(false));
    let (admin_phases, admin_phase) = watch::channel(Phase::Serve);
    let admin = Admin { checker: checker.clone(), reloads, is_exposed, is_ending: is_ending.clone() };
    tasks.spawn(serve_admin(listeners.admin, admin, admin_phase));
    let connections = Connections::new(checker.clone(), phase);
    let mut accepting = JoinSet::new();
    for listener in listeners.check {
        accepting.spawn(connections.clone().accept(listener, Spoken::Http));
    }
    for listener in listeners.spop {
        accepting.spawn(connections.clone().accept(listener, Spoken::Spop));
    }
    drop(connections);

    shutdown.await;
    let drain = checker.version().limits.drain;
    tracing::info!("ending; requests under way are answered");
    is_ending.store(true, Relaxed);
    phases.send_replace(Phase::Drain);
    while accepting.join_next().await.is_some() {}
    // Each connection has a receiver, and nobody else has.
    if timeout(drain, phases.closed()).await.is_err() {
        tracing::warn!("some connections were cut off");
        phases.send_replace(Phase::Cut);
    }
    admin_phases.send_replace(Phase::Cut);
    tasks.shutdown().await;
    drop(checker);
    // Ends when the last connection is gone, which has nothing to wait for any more; or not, where nobody reads what is written.
    if timeout(drain, written).await.is_err() {
        tracing::warn!("some decisions were not written down");
    }
    traces.end(drain).await;
    Ok(())
}

/// A thread that writes decisions down, until the log is gone; what is returned is done when all is written. Nobody waits for the thread: it may be in the middle of a write that never ends.
fn write_lines(
    lines: Lines,
    file: Option<PathBuf>,
    metrics: Metrics,
) -> Result<oneshot::Receiver<()>, ServeError> {
    let opened = match &file {
        Some(path) => OpenOptions::new().create(true).append(true).open(path),
        // Not by the standard library's handle, whose lock others would wait for as long as nobody reads the other end.
        None => io::stderr().as_fd().try_clone_to_owned().map(File::from),
    };
    let name = file.unwrap_or_else(|| "standard error".into());
    let mut out = opened.map_err(|error| ServeError::Log(name.clone(), error))?;
    let (done, written) = oneshot::channel();
    let write = move || {
        lines.write_to(&mut out, &metrics);
        // Whoever waited may have given up.
        done.send(()).ok();
    };
    let thread = std::thread::Builder::new().name("decisions".to_string()).spawn(write);
    thread.map_err(|error| ServeError::Log(name, error))?;
    Ok(written)
}

/// Serves the admin listener. Few connections, so that they take no files from those for checks, with the limits that are in force by default.
async fn serve_admin(listener: Listener, admin: Admin, phase: watch::Receiver<Phase>) {
    let metrics = admin.checker.metrics.clone();
    let router = admin::router(admin);
    let places = Arc::new(Semaphore::new(ADMIN_CONNECTIONS));
    let mut failures = Failures::default();
    loop {
        match listener.accept().await {
            Ok(stream) => {
                // Whoever is one too many finds the connection closed.
                let Ok(place) = places.clone().try_acquire_owned() else { continue };
                let serving = Serving {
                    limits: ServerLimits::default(),
                    tls: None,
                    metrics: metrics.clone(),
                    phase: phase.clone(),
                };
                let service = TowerToHyperService::new(router.clone());
                tokio::spawn(async move {
                    serving.run(stream, service).await;
                    drop(place);
                });
            }
            Err(error) => failures.wait_after(&error).await,
        }
    }
}

/// More than probes, Prometheus and a person or two have.
const ADMIN_CONNECTIONS: usize = 32;

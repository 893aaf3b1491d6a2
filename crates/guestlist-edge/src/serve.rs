//! [`prepare`] and [`Prepared::serve`]: the server, from its listeners to its end.

use core::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use axum::Router;
use axum::middleware::from_fn;
use guestlist_config::ServerLimits;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::accept::{Connections, Spoken};
use crate::activity::Activity;
use crate::admin::Admin;
use crate::answer;
use crate::check::{Checker, LoadedVersion};
use crate::connection::Phase;
use crate::listen::Listeners;
use crate::live::LiveApps;
use crate::loader::Loader;
use crate::log::{Lines, Log};
use crate::metrics::Metrics;
use crate::pages;
use crate::reload::{Reload, Reloader, Reloads};
use crate::source::{LoadError, Loaded, Source};
use crate::traces::Traces;

/// A browser has some six of them.
const CONSOLE_CONNECTIONS: usize = 256;

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

/// A server that has all it needs, and answers nothing yet: connections wait until it serves.
#[must_use = "it answers nothing until it serves"]
pub struct Prepared {
    listeners: Listeners,
    checker: Arc<Checker>,
    reloads: Reloads,
    reloader: Pin<Box<dyn Future<Output = ()> + Send>>,
    is_admin_exposed: bool,
    written: oneshot::Receiver<()>,
    traces: Traces,
    activity: Activity,
    console: Option<Router>,
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("listeners", &self.listeners).finish_non_exhaustive()
    }
}

/// What a server can have beside its configuration.
#[derive(Debug, Default)]
pub struct Extras {
    /// Where spans of its checks and reloads go.
    pub traces: Traces,
    /// Apps that come and go while it runs.
    pub live: LiveApps,
    /// Where it keeps what it decided lately.
    pub activity: Activity,
    /// What answers at the address of the console, where the configuration has one. A request may take a minute.
    pub console: Option<Router>,
}

/// Prepares a server: builds the lists and opens the log of decisions. Whoever says that it listens says so after this, and before [`Prepared::serve`].
///
/// It begins with the configuration `loaded`, whose limits hold, and loads another from `source` when a file of it changes, when [`Reload::ask`] is called and on `POST /reload`. Must run on a tokio runtime with
/// its drivers enabled.
///
/// # Errors
///
/// If it cannot start. Once it is prepared nothing ends it but who has it.
pub async fn prepare(
    listeners: Listeners,
    loaded: Loaded,
    source: impl Source,
    reload: Reload,
    extras: Extras,
) -> Result<Prepared, ServeError> {
    let Extras { traces, live, activity, console } = extras;
    let started_with = loaded.server().clone();
    let is_admin_exposed = started_with.dangerously_expose_admin;
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
    let checker = Arc::new(Checker::new(version, live, activity.clone(), metrics, log, traces.clone()));
    let (reloader, reloads) = Reloader::new(source, loader, checker.clone(), started_with, stamps, reload);
    let reloader = Box::pin(reloader.run());
    Ok(Prepared {
        listeners,
        checker,
        reloads,
        reloader,
        is_admin_exposed,
        written,
        traces,
        activity,
        console,
    })
}

impl Prepared {
    /// Answers checks until `shutdown` is done, and then as long as it takes to answer what is under way, up to the limit `drain`.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send) {
        let Prepared {
            listeners,
            checker,
            reloads,
            reloader,
            is_admin_exposed,
            written,
            traces,
            activity,
            console,
        } = self;
        let (phases, phase) = watch::channel(Phase::Serve);
        let mut tasks = JoinSet::new();
        tasks.spawn(reloader);
        tasks.spawn(activity.keep_time());
        let is_ending = Arc::new(AtomicBool::new(false));
        let (admin_phases, admin_phase) = watch::channel(Phase::Serve);
        let admin = Admin {
            checker: checker.clone(),
            reloads,
            is_exposed: is_admin_exposed,
            is_ending: is_ending.clone(),
        };
        tasks.spawn(admin.serve(listeners.admin, admin_phase));
        let mut accepting = JoinSet::new();
        if let (Some(listener), Some(console)) = (listeners.console, console) {
            let console = console.layer(from_fn(pages::in_time));
            accepting.spawn(pages::serve(
                console,
                listener,
                CONSOLE_CONNECTIONS,
                ServerLimits::default(),
                checker.metrics.clone(),
                phase.clone(),
            ));
        }
        let connections = Connections::new(checker.clone(), phase);
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
    }
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

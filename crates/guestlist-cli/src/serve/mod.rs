//! `guestlist serve`: the check server as a process, with its signals, its log and a word on what to try.

mod file;
mod greeting;

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use guestlist_config::{Address, Config, Server};
use guestlist_edge::{Fixed, Listeners, Loaded, Reload, ServeError, Stamps, Traces, prepare};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;
use file::ConfigFile;

/// `guestlist serve`.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// The configuration: apps, and `[server]`. Without it, a demo app is served on loopback addresses.
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    overrides: Overrides,
    /// Say what listens where as text, with commands to try, or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: OutputFormat,
    /// Write the log of the server itself as text or as JSON lines. Decisions are JSON in either.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    log: OutputFormat,
}

/// What the command line says instead of the configuration.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Overrides {
    /// Answer checks here, in the place of what the configuration says: `127.0.0.1:8080` or `unix:/run/guestlist/check.sock`.
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<Address>,
    /// Answer HAProxy's SPOE here.
    #[arg(long, value_name = "ADDRESS")]
    spop: Vec<Address>,
    /// Serve metrics, health and commands here.
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<Address>,
}

impl Overrides {
    /// Puts what the options say in the place of what the configuration says.
    fn apply(&self, server: &mut Server) -> Result<(), Failure> {
        if !self.listen.is_empty() {
            server.listen.clone_from(&self.listen);
        }
        if !self.spop.is_empty() {
            server.spop.clone_from(&self.spop);
        }
        if let Some(admin) = &self.admin {
            if !admin.is_local() && !server.dangerously_expose_admin {
                let help = "name a loopback address or a unix socket; where a firewall does the rest, set `dangerously_expose_admin = true` in the configuration";
                return Err(Failure::new(
                    format!(
                        "other machines reach {admin}: whoever does reads the metrics and reloads the configuration"
                    ),
                    help,
                ));
            }
            server.admin.clone_from(admin);
        }
        Ok(())
    }
}

/// The app of a server that was given none.
const DEMO: &str = include_str!("demo.toml");

/// Serves until a signal ends it.
pub(crate) fn run(args: &ServeArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let _log = start_log(args.log);
    raise_file_limit();
    if args.config.as_deref().is_some_and(|path| path.as_os_str() == "-") {
        let help = "name a file: the server reads it again when it changes";
        return Err(Failure::new("the configuration of a server cannot be standard input", help));
    }
    let file = args.config.clone().map(|path| ConfigFile::new(path, args.overrides.clone()));
    let loaded = match &file {
        Some(file) => file.read()?,
        None => demo(&args.overrides)?,
    };
    let workers = loaded.config().server.workers.or_else(|| std::thread::available_parallelism().ok());
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers.map_or(1, NonZeroUsize::get))
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(format!("cannot start: {error}"), "let the process have more threads and files")
        })?;
    let ended = runtime.block_on(serve(args, file, loaded, out));
    // Whoever still waits, for a disk or a pipe that nobody reads, is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

fn demo(overrides: &Overrides) -> Result<Loaded, Failure> {
    // It is ours, and a test reads it.
    let mut config = Config::parse(DEMO).unwrap_or_default();
    overrides.apply(&mut config.server)?;
    Loaded::new(config, Stamps::new())
        .map_err(|error| Failure::new(error.to_string(), "name a configuration with -c"))
}

async fn serve(
    args: &ServeArgs,
    file: Option<ConfigFile>,
    loaded: Loaded,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let failure = |error: &dyn std::fmt::Display, help: &str| Failure::new(error.to_string(), help);
    let listeners = Listeners::bind(&loaded.config().server).await.map_err(|error| {
        failure(
            &error,
            "see `listen`, `spop` and `admin` in the configuration, and the options of the same names",
        )
    })?;
    let reload = Reload::new();
    // Before anyone knows that we listen: a signal that comes at once must not end us without a word.
    let ended = signals(&reload).map_err(|error| failure(&error, "signals cannot be handled"))?;
    let mut greeting = Vec::new();
    let addresses = listeners.addresses();
    match args.format {
        OutputFormat::Text => {
            greeting::text(&mut greeting, &addresses, loaded.config(), args.config.as_deref())?;
        }
        OutputFormat::Json => greeting::json(&mut greeting, &addresses)?,
    }
    let prepared = match file {
        Some(file) => prepare(listeners, loaded, file, reload, traces()).await,
        None => prepare(listeners, loaded, Fixed, reload, traces()).await,
    };
    let server = prepared.map_err(|error| match error {
        ServeError::Load(_) => failure(&error, "see the configuration"),
        ServeError::Log(..) => failure(&error, "see `[server.log]` in the configuration"),
    })?;
    // Whoever waits for this word asks as soon as it is there, and does not look whether we have ended since.
    out.write_all(&greeting)?;
    out.flush()?;
    server.serve(ended).await;
    Ok(Exit::Success)
}

/// Traces, if they are compiled in and the environment says where they go.
fn traces() -> Traces {
    #[cfg(feature = "otel")]
    return Traces::from_env();
    #[cfg(not(feature = "otel"))]
    Traces::default()
}

/// Reloads on SIGHUP; what is returned is done on SIGTERM or SIGINT.
fn signals(reload: &Reload) -> std::io::Result<impl Future<Output = ()> + Send + use<>> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let reload = reload.clone();
    Ok(async move {
        loop {
            tokio::select! {
                Some(()) = hangup.recv() => reload.ask(),
                _ = terminate.recv() => return,
                _ = interrupt.recv() => return,
            }
        }
    })
}

/// Each connection is a file, and the number that a process begins with is meant for programs that have few. As far as it goes without rights.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    // Where it cannot be raised, the server says what that leaves it.
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).ok();
}

/// The server's own log goes to standard error, by a thread of its own: nobody who says something waits for who reads it. What is under way is written when the guard is dropped.
fn start_log(format: OutputFormat) -> WorkerGuard {
    use std::io::{IsTerminal, stderr};
    let (writer, guard) = tracing_appender::non_blocking(stderr());
    let has_colours = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines =
        tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(has_colours).with_target(false);
    let registry = tracing_subscriber::registry();
    // There may be one already, in tests.
    match format {
        OutputFormat::Text => registry.with(lines.with_filter(ours())).try_init().ok(),
        OutputFormat::Json => registry.with(lines.json().with_filter(ours())).try_init().ok(),
    };
    guard
}

/// Which lines are in the log: what libraries have to say of their clients, any client can make them say.
fn ours() -> Targets {
    Targets::new().with_target("guestlist", LevelFilter::INFO).with_default(LevelFilter::ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_heard_when_they_fail_and_not_before() {
        let [error, warn, info, debug] =
            [LevelFilter::ERROR, LevelFilter::WARN, LevelFilter::INFO, LevelFilter::DEBUG]
                .map(|level| level.into_level().unwrap());
        let ours = ours();
        for library in
            ["hyper::proto::h1", "h2::server", "rustls::conn", "tokio_util", "tonic", "opentelemetry"]
        {
            assert!(ours.would_enable(library, &error), "{library}");
            for level in [warn, info, debug] {
                assert!(!ours.would_enable(library, &level), "{library} {level}");
            }
        }
        for target in ["guestlist_edge::reload", "guestlist_edge::serve", "guestlist_cli::serve"] {
            assert!(ours.would_enable(target, &info) && !ours.would_enable(target, &debug), "{target}");
        }
    }

    #[test]
    fn the_demo_is_a_configuration() {
        let config = Config::parse(DEMO).unwrap();
        assert_eq!(config.apps.keys().collect::<Vec<_>>(), ["demo"]);
    }
}

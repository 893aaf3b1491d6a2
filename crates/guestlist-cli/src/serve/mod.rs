//! `guestlist serve`: the check server as a process, with its signals, its log and a word on what to try.

mod file;
mod greeting;
mod lists;

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use guestlist_config::{Address, Config, Server, StoreSettings};
use guestlist_edge::{Extras, Fixed, Listeners, Loaded, Reload, ServeError, Stamps, Traces, prepare};
use guestlist_store::Document;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;
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
use greeting::{Of, ToTry, Told};
use lists::{Lists, OfFile};

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
    /// Keep apps in this store, beside those of the configuration; made if there is none. People change them on the console.
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// Serve the console, where people change the apps of the store, here.
    #[arg(long, value_name = "ADDRESS")]
    console: Option<Address>,
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
            let what = "reads the metrics and reloads the configuration";
            local(admin, server.dangerously_expose_admin, what, "dangerously_expose_admin")?;
            server.admin.clone_from(admin);
        }
        if let Some(file) = &self.store {
            let store = server.store.get_or_insert_with(|| StoreSettings::new(""));
            store.file.clone_from(file);
        }
        if let Some(console) = &self.console {
            let Some(store) = &mut server.store else {
                return Err(Failure::new(
                    "there is no store whose apps a console could change",
                    "name one with --store FILE, or in `[server.store]` of the configuration",
                ));
            };
            let what = "reads what is sent there, tokens too";
            local(console, store.dangerously_expose_console, what, "dangerously_expose_console")?;
            store.console.clone_from(console);
        }
        Ok(())
    }
}

/// Refuses an address that other machines reach, unless it `is_exposed` on purpose.
fn local(address: &Address, is_exposed: bool, what: &str, setting: &str) -> Result<(), Failure> {
    if address.is_local() || is_exposed {
        return Ok(());
    }
    Err(Failure::new(
        format!("other machines reach {address}: whoever does {what}"),
        format!(
            "name a loopback address or a unix socket; where a firewall does the rest, set `{setting} = true` in the configuration"
        ),
    ))
}

/// The app of a server that was given none.
const DEMO: &str = include_str!("demo.toml");

/// A server that was given nothing: an app to try, in a store that is gone when it ends.
struct Demo {
    config: Config,
    _folder: TempDir,
}

impl Demo {
    /// Puts its store into a configuration.
    fn new(config: &mut Config) -> Result<Demo, Failure> {
        let folder = tempfile::Builder::new().prefix("guestlist-demo-").tempdir().map_err(|error| {
            Failure::new(
                format!("no folder can be made for the lists of the demo: {error}"),
                "let the process write to the folder for temporary files, or name a configuration with -c or a store with --store",
            )
        })?;
        config.server.store = Some(StoreSettings::new(folder.path().join("lists.redb")));
        // It is ours, and a test reads it.
        Ok(Demo { config: Config::parse(DEMO).unwrap_or_default(), _folder: folder })
    }
}

/// Serves until a signal ends it.
pub(crate) fn run(args: &ServeArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let _log = start_log(args.log);
    raise_file_limit();
    if args.config.as_deref().is_some_and(|path| path.as_os_str() == "-") {
        let help = "name a file: the server reads it again when it changes";
        return Err(Failure::new("the configuration of a server cannot be standard input", help));
    }
    let of_file = OfFile::default();
    let file = args.config.clone().map(|path| ConfigFile::new(path, args.overrides.clone(), of_file.clone()));
    let mut demo = None;
    let loaded = match &file {
        Some(file) => file.read()?,
        None => {
            let mut config = Config::default();
            if args.overrides.store.is_none() {
                demo = Some(Demo::new(&mut config)?);
            }
            args.overrides.apply(&mut config.server)?;
            Loaded::new(config, Stamps::new())
                .map_err(|error| Failure::new(error.to_string(), "name a configuration with -c"))?
        }
    };
    let lists = match &loaded.server().store {
        Some(settings) => {
            let document = demo.as_ref().map(|demo| Document::of_config(&demo.config));
            of_file.keep(loaded.apps().clone());
            Some(Lists::open(settings, document.as_ref())?)
        }
        None => None,
    };
    let told = Told {
        of: match (&args.config, &args.overrides.store) {
            (Some(file), _) => Of::File(file.clone()),
            (None, Some(store)) => Of::Store(store.clone()),
            (None, None) => Of::Demo,
        },
        has_tls: loaded.server().tls.is_some(),
        apps_of_file: loaded.apps().len(),
        apps_of_store: lists.as_ref().map(Lists::len),
        to_try: demo.as_ref().map_or(&**loaded.apps(), |demo| &demo.config.apps).iter().find_map(ToTry::of),
        token: lists.as_ref().and_then(|lists| lists.token.as_ref()).map(ToString::to_string),
    };
    let workers = loaded.server().workers.or_else(|| std::thread::available_parallelism().ok());
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(workers.map_or(1, NonZeroUsize::get))
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(format!("cannot start: {error}"), "let the process have more threads and files")
        })?;
    let extras = {
        // Spans are sent by a task of it.
        let _runtime = runtime.enter();
        match lists {
            None => Extras { traces: traces(), ..Extras::default() },
            Some(lists) => lists.extras(&of_file, traces())?,
        }
    };
    let ended = runtime.block_on(serve(args, file, loaded, extras, &told, out));
    // Whoever still waits, for a disk or a pipe that nobody reads, is not waited for.
    runtime.shutdown_timeout(Duration::from_secs(1));
    ended
}

async fn serve(
    args: &ServeArgs,
    file: Option<ConfigFile>,
    loaded: Loaded,
    extras: Extras,
    told: &Told,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let failure = |error: &dyn std::fmt::Display, help: &str| Failure::new(error.to_string(), help);
    let listeners = Listeners::bind(loaded.server()).await.map_err(|error| {
        failure(
            &error,
            "see `listen`, `spop`, `admin` and `store.console` in the configuration, and the options `--listen`, `--spop`, `--admin` and `--console`",
        )
    })?;
    let reload = Reload::new();
    // Before anyone knows that we listen: a signal that comes at once must not end us without a word.
    let ended = signals(&reload).map_err(|error| failure(&error, "signals cannot be handled"))?;
    let mut greeting = Vec::new();
    let addresses = listeners.addresses();
    match args.format {
        OutputFormat::Text => greeting::text(&mut greeting, &addresses, told)?,
        OutputFormat::Json => greeting::json(&mut greeting, &addresses, told)?,
    }
    let prepared = match file {
        Some(file) => prepare(listeners, loaded, file, reload, extras).await,
        None => prepare(listeners, loaded, Fixed, reload, extras).await,
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

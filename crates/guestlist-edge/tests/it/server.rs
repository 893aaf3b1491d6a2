//! A server for a test, and a client that sends bytes as they are.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use guestlist_config::{Address, Config};
use guestlist_edge::{
    Activity, Addresses, Extras, Listeners, LiveApps, LoadError, Loaded, Reload, Source, Stamps, prepare,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Long enough for anything that is not stuck.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A configuration that a test changes.
#[derive(Clone)]
pub(crate) struct Text(Arc<Mutex<String>>);

impl Text {
    pub(crate) fn set(&self, text: &str) {
        *self.0.lock().unwrap() = with_ports(text);
    }
}

impl Source for Text {
    fn load(&self) -> Result<Loaded, LoadError> {
        load(&self.0.lock().unwrap())
    }
}

/// What answers at the address of the console: as slowly as it is asked to.
fn console() -> Router {
    let wait = async |Path(millis): Path<u64>| {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        "done\n"
    };
    Router::new().route("/wait/{millis}", get(wait))
}

pub(crate) fn load(text: &str) -> Result<Loaded, LoadError> {
    load_with(text, Stamps::new())
}

pub(crate) fn load_with(text: &str, stamps: Stamps) -> Result<Loaded, LoadError> {
    let config = Config::parse(text).map_err(|mistakes| LoadError::new(mistakes[0].message.clone()))?;
    Loaded::new(config, stamps)
}

/// Every test has ports of its own.
fn with_ports(text: &str) -> String {
    let mut settings = String::new();
    for setting in ["listen = [\"127.0.0.1:0\"]\n", "admin = \"127.0.0.1:0\"\n"] {
        let (key, _) = setting.split_once(' ').unwrap();
        if !text.lines().any(|line| line.starts_with(key)) {
            settings += setting;
        }
    }
    match text.split_once("[server]\n") {
        Some((before, after)) => format!("{before}[server]\n{settings}{after}"),
        None => format!("{text}\n[server]\n{settings}"),
    }
}

pub(crate) struct Server {
    pub(crate) check: Address,
    pub(crate) admin: Address,
    pub(crate) text: Text,
    pub(crate) reload: Reload,
    pub(crate) live: LiveApps,
    pub(crate) activity: Activity,
    pub(crate) console: Option<Address>,
    end: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(text: &str) -> Server {
        let source = Text(Arc::default());
        source.set(text);
        let text = source.clone();
        Server::start_with(source.load().unwrap(), source, text).await
    }

    /// Of a file that is watched.
    pub(crate) async fn start_with(loaded: Loaded, source: impl Source, text: Text) -> Server {
        let listeners = Listeners::bind(loaded.server()).await.unwrap();
        let addresses = listeners.addresses();
        let (end, ended) = oneshot::channel();
        let (reload, live) = (Reload::new(), LiveApps::new());
        let activity = Activity::start().unwrap();
        let extras = Extras {
            live: live.clone(),
            activity: activity.clone(),
            console: Some(console()),
            ..Extras::default()
        };
        let server = prepare(listeners, loaded, source, reload.clone(), extras).await.unwrap();
        let task = tokio::spawn(server.serve(async { ended.await.unwrap_or(()) }));
        let check = addresses.check[0].clone();
        let Addresses { admin, console, .. } = addresses;
        Server { check, admin, text, reload, live, activity, console, end: Some(end), task }
    }

    pub(crate) fn no_text() -> Text {
        Text(Arc::default())
    }

    pub(crate) fn begin_to_end(&mut self) {
        self.end.take().unwrap().send(()).unwrap();
    }

    pub(crate) async fn end(mut self) {
        if self.end.is_some() {
            self.begin_to_end();
        }
        timeout(PATIENCE, &mut self.task).await.expect("it ends").unwrap();
    }

    /// Sends a request, with these lines after the first, and reads its answer.
    pub(crate) async fn ask(&self, line: &str, headers: &[&str]) -> Answer {
        ask(&self.check, line, headers).await
    }

    pub(crate) async fn admin(&self, line: &str, headers: &[&str]) -> Answer {
        ask(&self.admin, line, headers).await
    }

    /// The value of a metric that is there once.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let metrics = self.admin("GET /metrics", &[]).await.body;
        let found = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("no {name} in {metrics}")).parse().unwrap()
    }

    /// Waits until a metric has this value.
    pub(crate) async fn until_metric(&self, name: &str, value: f64) {
        let reached = async {
            while self.metric(name).await != value {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{name} does not become {value}"));
    }
}

/// An answer, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert_eq!(found.next(), None, "{name} twice");
        value
    }

    /// Status, decision, reason, rule, what it would be.
    pub(crate) fn told(&self) -> String {
        let header = |name| self.header(name).unwrap_or("-");
        let [decision, reason, rule, would] =
            ["decision", "reason", "rule", "would-deny"].map(|name| format!("x-guestlist-{name}"));
        format!(
            "{} {} {} {} {}",
            self.status,
            header(&decision),
            header(&reason),
            header(&rule),
            header(&would)
        )
    }

    /// Without what changes by the second.
    pub(crate) fn timeless(mut self) -> Answer {
        self.headers.retain(|(name, _)| name != "date");
        self
    }
}

/// Either kind of connection.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

pub(crate) async fn connect(address: &Address) -> Box<dyn Io> {
    match address {
        Address::Tcp(address) => Box::new(TcpStream::connect(address).await.unwrap()),
        Address::Unix(path) => Box::new(UnixStream::connect(path).await.unwrap()),
    }
}

pub(crate) async fn ask(address: &Address, line: &str, headers: &[&str]) -> Answer {
    let mut stream = connect(address).await;
    send(&mut stream, line, headers).await;
    read(&mut stream).await.unwrap_or_else(|| panic!("no answer to {line} with {} headers", headers.len()))
}

pub(crate) async fn send(stream: &mut (impl AsyncWrite + Unpin), line: &str, headers: &[&str]) {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    stream
        .write_all(format!("{line} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").as_bytes())
        .await
        .unwrap();
}

/// Reads one answer; `None` if the connection ends before one begins.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Answer> {
    let reading = async {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return None,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        let length = headers
            .iter()
            .find(|(name, _)| name == "content-length")
            .map_or(0, |(_, value)| value.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        Some(Answer { status, headers, body: String::from_utf8(body).unwrap() })
    };
    timeout(PATIENCE, reading).await.expect("an answer or an end")
}

/// A folder of a test's own.
pub(crate) fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_path_buf();
    (folder, path)
}

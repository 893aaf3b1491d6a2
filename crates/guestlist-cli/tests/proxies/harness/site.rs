//! A client's view of all of it: proxy, check server, and the web server behind.

use std::collections::BTreeSet;
use std::io::Write;
use std::marker::PhantomData;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

use super::checker::Checker;
use super::http::{Address, Request, Response, send};
use super::process::Process;
use super::proxy::{Place, Proxy};
use super::shipped::configuration;
use crate::backend::{Backend, Seen};

/// A proxy with the check server beside it and a web server behind it.
pub(crate) struct Site<P> {
    // Dropped in this order: the folder is removed when nobody writes there any more.
    _proxy: Process,
    pub(crate) checker: Checker,
    pub(crate) backend: Backend,
    pub(crate) place: Place,
    _folder: TempDir,
    kind: PhantomData<fn() -> P>,
}

impl<P: Proxy> Site<P> {
    /// Starts all three for these apps; nothing where the proxy is not installed, which is said, or is a failure where it must be.
    pub(crate) fn start(apps: &str) -> Option<Self> {
        Self::start_with(apps, "")
    }

    /// As [`start`](Self::start), with more settings of `[server]`, in TOML.
    pub(crate) fn start_with(apps: &str, server: &str) -> Option<Self> {
        let Some(program) = P::program() else {
            assert!(std::env::var_os("GUESTLIST_REQUIRE_PROXIES").is_none(), "{} is not installed", P::NAME);
            say_skipped(P::NAME);
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let backend = Backend::start(&folder.path().join("backend"));
        let place = Place::new(folder.path(), backend.address());
        let checker = Checker::start(&place, &configuration(apps, server));
        let mut command = P::command(&program, &place);
        command.stdout(std::process::Stdio::null());
        let mut proxy = Process::start(P::NAME, &mut command, &place.folder.join("proxy.log"));
        proxy.wait_until("it listens", || TcpStream::connect(place.proxy).is_ok());
        Some(Self { _proxy: proxy, checker, backend, place, _folder: folder, kind: PhantomData })
    }

    pub(crate) fn address(&self) -> Address {
        Address::Tcp(self.place.proxy)
    }

    /// One request, what came back, and what of it arrived behind the proxy.
    pub(crate) fn ask(&self, request: Request) -> Answer {
        let number = fresh_number();
        let request = request.with("X-Ask", &number);
        let response = send(&self.address(), &request).ok();
        Answer { request, response, seen: self.backend.seen(&number) }
    }
}

/// Says once that a proxy is not installed; not by a macro, whose output the test runner would keep to itself.
fn say_skipped(name: &'static str) {
    static SAID: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
    if SAID.lock().unwrap().insert(name) {
        std::io::stderr().write_all(format!("skipped: {name} is not installed\n").as_bytes()).unwrap();
    }
}

/// A number no other request has; as the header `X-Ask` it says which request arrived.
pub(crate) fn fresh_number() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).to_string()
}

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Answer {
    request: Request,
    /// Nothing where the proxy closed the connection without a word.
    pub(crate) response: Option<Response>,
    /// What the server behind the proxy got of it.
    pub(crate) seen: Option<Seen>,
}

impl Answer {
    pub(crate) fn response(&self) -> &Response {
        self.response.as_ref().unwrap_or_else(|| panic!("no answer to {:?}", self.request))
    }

    /// It was let through: the server behind got it, and its answer came back.
    #[track_caller]
    pub(crate) fn assert_let_through(&self) -> &Seen {
        assert_eq!(self.response().status, 200, "{self:?}");
        self.seen.as_ref().unwrap_or_else(|| panic!("answered, but not by the server behind: {self:?}"))
    }

    /// It was blocked with this status, and never got behind the proxy.
    #[track_caller]
    pub(crate) fn assert_blocked_with(&self, status: u16) {
        assert_eq!(self.response().status, status, "{self:?}");
        assert!(self.seen.is_none(), "got behind the proxy: {self:?}");
    }

    /// The check server denied it.
    #[track_caller]
    pub(crate) fn assert_denied(&self) {
        self.assert_blocked_with(403);
    }

    /// The check server denied it, or the proxy refused it as no proper request.
    #[track_caller]
    pub(crate) fn assert_denied_or_refused(&self) {
        assert!(self.seen.is_none(), "got behind the proxy: {self:?}");
        if let Some(response) = &self.response {
            assert!((400..500).contains(&response.status), "{self:?}");
        }
    }
}

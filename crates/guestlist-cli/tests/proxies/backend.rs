//! What the proxies protect: a web server that serves real files, stores uploads, and remembers what it got.
//!
//! It reads paths as generously as the worst server somebody may have: it decodes them, joins slashes and follows dot segments. What gets
//! past a proxy in disguise thereby reaches what it was meant to reach, and a test sees it.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::harness::{Head, Headers, read_body, read_head};

/// The server. Its threads end with the process, and each with its connection.
pub(crate) struct Backend {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// As it was written.
    pub(crate) target: String,
    pub(crate) headers: Headers,
}

struct Shared {
    folder: PathBuf,
    /// By the header `X-Ask`.
    seen: Mutex<HashMap<String, Seen>>,
    connections: AtomicUsize,
}

impl Backend {
    pub(crate) fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accept = move || {
            let (stream, _) = listener.accept()?;
            stream.set_nodelay(true)?;
            Ok((stream.try_clone()?, stream))
        };
        Self { address, shared: serve_all(folder, accept) }
    }

    /// In the place of a check server that is down: says yes to everything, and remembers the questions.
    pub(crate) fn start_as_checker(folder: &Path, socket: &Path) -> Self {
        std::fs::remove_file(socket).ok();
        let listener = UnixListener::bind(socket).unwrap();
        let accept = move || {
            let (stream, _) = listener.accept()?;
            Ok((stream.try_clone()?, stream))
        };
        let checker = Self { address: ([127, 0, 0, 1], 0).into(), shared: serve_all(folder, accept) };
        for path in ["api/authz/auth-request", "api/authz/forward-auth"] {
            checker.add_file(path, b"");
        }
        checker
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections it was asked over.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    /// Makes a file to be served, such as `files/shop/photo.jpg`.
    pub(crate) fn add_file(&self, path: &str, bytes: &[u8]) {
        let path = self.shared.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// The request that had this number in `X-Ask`, if it arrived.
    pub(crate) fn seen(&self, number: &str) -> Option<Seen> {
        self.shared.seen.lock().unwrap().get(number).cloned()
    }

    /// The upload that came with the request of this number.
    pub(crate) fn stored(&self, seen: &Seen) -> Vec<u8> {
        std::fs::read(self.shared.folder.join("stored").join(number(&seen.headers))).unwrap()
    }
}

/// Serves each connection in a thread of its own.
fn serve_all<R: Read + Send + 'static, W: Write + Send + 'static>(
    folder: &Path,
    accept: impl Fn() -> io::Result<(R, W)> + Send + 'static,
) -> Arc<Shared> {
    std::fs::create_dir_all(folder.join("stored")).unwrap();
    let shared = Arc::new(Shared {
        folder: folder.to_owned(),
        seen: Mutex::default(),
        connections: AtomicUsize::new(0),
    });
    let for_all = Arc::clone(&shared);
    std::thread::spawn(move || {
        loop {
            if let Ok((requests, answers)) = accept() {
                for_all.connections.fetch_add(1, Ordering::Relaxed);
                let shared = Arc::clone(&for_all);
                // A proxy that goes away in the middle of a request is no fault of the test.
                std::thread::spawn(move || shared.serve(requests, answers).ok());
            }
        }
    });
    shared
}

impl Shared {
    fn serve(&self, requests: impl Read, mut answers: impl Write) -> io::Result<()> {
        let mut requests = BufReader::new(requests);
        while let Some(head) = read_head(&mut requests)? {
            if head.headers.members("expect").iter().any(|what| what == "100-continue") {
                answers.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
            let body = read_body(&head, &mut requests, false)?;
            answers.write_all(&self.answer(&head, &body)?)?;
        }
        Ok(())
    }

    fn answer(&self, head: &Head, body: &[u8]) -> io::Result<Vec<u8>> {
        let start = String::from_utf8_lossy(&head.start).into_owned();
        let mut words = start.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let path = generous(target);
        let seen =
            Seen { method: method.to_owned(), target: target.to_owned(), headers: head.headers.clone() };
        if matches!(method, "POST" | "PUT") {
            std::fs::write(self.folder.join("stored").join(number(&head.headers)), body)?;
        }
        self.seen.lock().unwrap().insert(number(&head.headers), seen);

        let (status, content) = match method {
            "GET" | "HEAD" => match std::fs::read(self.folder.join(path.trim_start_matches('/'))) {
                Ok(content) => ("200 OK", content),
                Err(_) => ("404 Not Found", b"no such file\n".to_vec()),
            },
            _ => ("200 OK", b"stored\n".to_vec()),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nContent-Type: application/octet-stream\r\nVary: Accept-Encoding\r\n\r\n",
            content.len(),
        );
        let content = if method == "HEAD" { &[][..] } else { &content };
        Ok([head.as_bytes(), content].concat())
    }
}

/// The number of a request, which comes from this program and is not read as a path.
fn number(headers: &Headers) -> String {
    let number = headers.one("X-Ask").unwrap_or("none");
    assert!(number.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{number}");
    number.to_owned()
}

/// A path as the most generous of servers reads it.
fn generous(target: &str) -> String {
    readings(target).pop().unwrap()
}

/// A path in each of the ways in which servers read one, the most generous last: decoded not at all, but for slashes, once or twice; with
/// backslashes as slashes or not; without the parameters of segments (`;…`) or with them. All join slashes and follow dot segments.
pub(crate) fn readings(target: &str) -> Vec<String> {
    let path = target.strip_prefix("http://").and_then(|rest| rest.find('/').map(|slash| &rest[slash..]));
    let path = path.unwrap_or(target).split(['?', '#']).next().unwrap_or_default();
    let but_slashes = decode_all_but(path, b"/\\");
    let mut readings = Vec::new();
    for decoded in [path.to_owned(), but_slashes, decode(path), decode(&decode(path))] {
        for backslash in ["\\", "/"] {
            for with_parameters in [true, false] {
                readings.push(resolve(&decoded.replace('\\', backslash), with_parameters));
            }
        }
    }
    readings
}

fn resolve(path: &str, with_parameters: bool) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match if with_parameters { segment } else { segment.split(';').next().unwrap_or_default() } {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    format!("/{}", segments.join("/"))
}

/// `%41` to `A`, once. What is not a pair of hexadecimal digits stays.
pub(crate) fn decode(text: &str) -> String {
    decode_all_but(text, b"")
}

fn decode_all_but(text: &str, kept: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let pair = tail.get(..2).filter(|_| *first == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if !kept.contains(&byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn the_server_behind_reads_paths_generously() {
    for disguised in [
        "/files/a/x",
        "//files/./a/x?b",
        "/files/b/../a/x",
        "/files%2Fa/%78",
        "/files/b/%2e%2e/a/x",
        "/files/b/%252e./a;c/x",
        "http://h/files\\a/x",
    ] {
        assert_eq!(generous(disguised), "/files/a/x", "{disguised}");
    }
    // Who reads less may find more.
    let readings = readings("/files/a/../b/x;%2f..%2f..%2fa");
    assert!(
        readings.contains(&"/files/b/x".to_owned()) && readings.contains(&"/files/a".to_owned()),
        "{readings:?}"
    );
}

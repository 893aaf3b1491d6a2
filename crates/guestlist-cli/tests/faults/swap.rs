//! Reloads under load, between configurations that have nothing in common: every answer is wholly that of one version, of one that was in force while the request was under way,
//! and never of an older one than the answer before it on the same connection.
//!
//! Versions take turns between two kinds, which differ in everything that an answer shows: which origins are admitted, by the rule of which number, the mode, what a missing header means,
//! whether an app exists at all, and which list and app a request belongs to. Within a kind the number of the rule tells ten versions apart.
//!
//! The whole of it: `GUESTLIST_SWAP_REQUESTS=10000000 GUESTLIST_SWAP_RELOADS=1000 cargo test --release -p guestlist-cli --test faults swap -- --nocapture`

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::FOR_EVER;
use crate::server::{self, Server};

/// Requests that are sent before their answers are read.
const BATCH: usize = 64;

/// Everything of an answer that a version decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen<'a> {
    status: &'a str,
    decision: &'a str,
    reason: &'a str,
    /// Empty if there is none.
    rule: &'a str,
    would_deny: &'a str,
    vary: &'a str,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
enum Kind {
    UploadAlpha,
    UploadBeta,
    UploadMissing,
    RoutedAlpha,
    RoutedBeta,
    DeliveryOfOne,
    DeliveryOfTwo,
}

const KINDS: [Kind; 7] = [
    Kind::UploadAlpha,
    Kind::UploadBeta,
    Kind::UploadMissing,
    Kind::RoutedAlpha,
    Kind::RoutedBeta,
    Kind::DeliveryOfOne,
    Kind::DeliveryOfTwo,
];

impl Kind {
    fn request(self) -> String {
        let (alpha, beta) =
            ("Origin: https://shop.alpha.example\r\n", "Origin: https://shop.beta.example\r\n");
        let routed = "X-Original-URL: /files/x?a=one\r\nX-Original-Method: GET\r\nX-App: two\r\n";
        let (path, headers) = match self {
            Kind::UploadAlpha => ("/check/upload/one", alpha.to_owned()),
            Kind::UploadBeta => ("/check/upload/one", beta.to_owned()),
            Kind::UploadMissing => ("/check/upload/one", String::new()),
            Kind::RoutedAlpha => ("/api/authz/auth-request", format!("{routed}{alpha}")),
            Kind::RoutedBeta => ("/api/authz/auth-request", format!("{routed}{beta}")),
            Kind::DeliveryOfOne => {
                ("/check/delivery/one", "Referer: https://shop.alpha.example/x\r\n".to_owned())
            }
            Kind::DeliveryOfTwo => ("/check/delivery/two", beta.to_owned()),
        };
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
    }

    /// What this version answers.
    fn expected(self, version: usize) -> Seen<'static> {
        const UPLOAD: &str = "Origin";
        const DELIVERY: &str = "Origin, Referer";
        let rule = RULES[rule(version)];
        let matched =
            |vary| Seen { status: "204", decision: "allow", reason: "matched", rule, would_deny: "", vary };
        let let_in = |reason, would_deny, vary| Seen {
            status: "204",
            decision: "allow",
            reason,
            rule: "",
            would_deny,
            vary,
        };
        let kept_out =
            |reason, vary| Seen { status: "403", decision: "deny", reason, rule: "", would_deny: "", vary };
        match (self, is_alpha(version)) {
            (Kind::UploadAlpha, true) | (Kind::RoutedAlpha, true) => matched(UPLOAD),
            (Kind::UploadAlpha, false) => let_in("no-match", "no-match", UPLOAD),
            (Kind::UploadBeta, true) | (Kind::RoutedBeta, true) => kept_out("no-match", UPLOAD),
            (Kind::UploadBeta, false) => matched(UPLOAD),
            (Kind::UploadMissing, true) => kept_out("missing-header", UPLOAD),
            (Kind::UploadMissing, false) => let_in("missing-header", "", UPLOAD),
            (Kind::RoutedAlpha, false) => kept_out("no-match", DELIVERY),
            (Kind::RoutedBeta, false) => matched(DELIVERY),
            (Kind::DeliveryOfOne, true) => matched(DELIVERY),
            (Kind::DeliveryOfOne, false) => let_in("not-enforced", "", DELIVERY),
            // There is no such app.
            (Kind::DeliveryOfTwo, true) => kept_out("no-match", DELIVERY),
            (Kind::DeliveryOfTwo, false) => matched(DELIVERY),
        }
    }
}

const RULES: [&str; 21] = [
    "", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
    "19", "20",
];

fn is_alpha(version: usize) -> bool {
    version.is_multiple_of(2)
}

/// The number of the rule that admits: odd in the one kind, even in the other.
fn rule(version: usize) -> usize {
    version % 20 + 1
}

/// Twenty patterns, of which one counts.
fn patterns(version: usize) -> String {
    let own = if is_alpha(version) { "alpha" } else { "beta" };
    let patterns: Vec<String> = (1..=20)
        .map(|number| {
            if number == rule(version) {
                format!("*.{own}.example")
            } else {
                format!("{own}{number}.example.net")
            }
        })
        .collect();
    format!("patterns = {patterns:?}")
}

/// What is behind the addresses in the configuration.
fn settings(version: usize) -> String {
    let patterns = patterns(version);
    let mut text = String::from("[server.log]\ndenied = 0.0\n");
    if is_alpha(version) {
        write!(
            text,
            "[[server.routes]]\npath = \"/files/\"\nlist = \"upload\"\napp = {{ query = \"a\" }}\n\
             [apps.one.upload]\n{patterns}\n\
             [apps.one.delivery]\n{patterns}\n"
        )
    } else {
        write!(
            text,
            "[[server.routes]]\npath = \"/files/\"\nlist = \"delivery\"\napp = {{ header = \"X-App\" }}\n\
             [apps.one.upload]\n{patterns}\nmode = \"report\"\nblock_missing = false\n\
             [apps.one.delivery]\n{patterns}\nmode = \"off\"\n\
             [apps.two.delivery]\n{patterns}\n"
        )
    }
    .unwrap();
    text
}

/// Which versions may be in force, and how many requests were answered.
#[derive(Debug, Default)]
struct Progress {
    /// The newest whose file may have been read.
    begun: AtomicUsize,
    /// The newest that is known to be in force.
    done: AtomicUsize,
    answered: AtomicUsize,
}

/// Both kinds of connection.
trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

#[test]
fn every_answer_is_of_one_version_that_was_in_force() {
    let number = |name: &str, default| {
        std::env::var(name).map_or(default, |text| text.parse::<usize>().expect("a number"))
    };
    let requests = number("GUESTLIST_SWAP_REQUESTS", 100_000);
    let reloads = number("GUESTLIST_SWAP_RELOADS", 50);

    let directory = server::directory();
    let server = Server::start(&server::configure(directory.path(), &settings(0)));
    let progress = Progress::default();
    let start = Instant::now();
    let sent = thread::scope(|scope| {
        let clients: Vec<_> = (0..4usize)
            .map(|index| {
                let (server, progress) = (&server, &progress);
                scope.spawn(move || {
                    let stream: Box<dyn Stream> = if index % 2 == 0 {
                        let stream = TcpStream::connect(server.tcp).unwrap();
                        stream.set_nodelay(true).unwrap();
                        stream.set_read_timeout(Some(FOR_EVER)).unwrap();
                        Box::new(stream)
                    } else {
                        let stream = UnixStream::connect(&server.unix).unwrap();
                        stream.set_read_timeout(Some(FOR_EVER)).unwrap();
                        Box::new(stream)
                    };
                    ask(stream, index, requests.div_ceil(4 * BATCH), progress)
                })
            })
            .collect();
        for version in 1..=reloads {
            // Spread over all of it.
            while progress.answered.load(Ordering::Relaxed) < requests / (reloads + 1) * version {
                assert!(clients.iter().any(|client| !client.is_finished()), "the clients gave up");
                thread::sleep(Duration::from_micros(200));
            }
            reload(&server, directory.path(), version, &progress);
        }
        clients.into_iter().map(|client| client.join().unwrap()).sum::<usize>()
    });
    assert!(sent >= requests);
    assert_eq!(progress.answered.load(Ordering::Relaxed), sent);
    assert_eq!(server.metric("guestlist_decisions_total"), sent as f64);
    assert!(server.metric("guestlist_reloads_total{result=\"ok\"") >= reloads as f64);
    println!(
        "{sent} requests during {reloads} reloads in {:.1} s: no mix, nothing else wrong",
        start.elapsed().as_secs_f64()
    );
}

/// Puts a version in force.
fn reload(server: &Server, directory: &Path, version: usize, progress: &Progress) {
    let new = directory.join("new.toml");
    fs::write(&new, server::config(directory, "127.0.0.1:0", &settings(version))).unwrap();
    progress.begun.store(version, Ordering::SeqCst);
    // From here on the server may see it by itself.
    fs::rename(&new, directory.join("guestlist.toml")).unwrap();
    let answer = server.admin("POST /reload");
    assert_eq!(answer.status, 200, "{answer:?}");
    let now: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(now["version"].as_u64().unwrap() > u64::try_from(version).unwrap(), "{now}");
    assert_eq!(now["apps"], if is_alpha(version) { 1 } else { 2 });
    progress.done.store(version, Ordering::SeqCst);
}

/// Sends batches on one connection and judges every answer.
fn ask(mut stream: impl Stream, index: usize, batches: usize, progress: &Progress) -> usize {
    let mut random = fastrand::Rng::with_seed(u64::try_from(index).unwrap());
    let mixtures: Vec<(Vec<Kind>, Vec<u8>)> = (0..16)
        .map(|_| {
            let kinds: Vec<Kind> = (0..BATCH).map(|_| KINDS[random.usize(..KINDS.len())]).collect();
            let bytes = kinds.iter().flat_map(|kind| kind.request().into_bytes()).collect();
            (kinds, bytes)
        })
        .collect();
    let mut answers = Answers { read: Vec::new(), taken: 0 };
    // The oldest version that the last answer can be of.
    let mut newest_seen = 0;
    for batch in 0..batches {
        let (kinds, bytes) = &mixtures[batch % mixtures.len()];
        let in_force = progress.done.load(Ordering::SeqCst).max(newest_seen);
        newest_seen = in_force;
        stream.write_all(bytes).unwrap();
        for kind in kinds {
            let seen = answers.next(&mut stream);
            let begun = progress.begun.load(Ordering::SeqCst);
            let version = (newest_seen..=begun).find(|version| kind.expected(*version) == seen);
            newest_seen = version.unwrap_or_else(|| {
                panic!("{kind:?}: {seen:?} is of no version from {newest_seen} to {begun}; {in_force} was in force")
            });
        }
        progress.answered.fetch_add(kinds.len(), Ordering::Relaxed);
    }
    batches * BATCH
}

/// What was read of a connection, and how much of it was judged.
#[derive(Debug)]
struct Answers {
    read: Vec<u8>,
    taken: usize,
}

impl Answers {
    /// The next answer. Places are counted from what is not judged yet.
    fn next(&mut self, stream: &mut impl Read) -> Seen<'_> {
        let mut looked = 0;
        let end = loop {
            let unread = &self.read[self.taken..];
            if let Some(end) = unread[looked..].windows(4).position(|four| four == b"\r\n\r\n") {
                break looked + end;
            }
            looked = unread.len().saturating_sub(3);
            self.more(stream);
        };
        let head = std::str::from_utf8(&self.read[self.taken..self.taken + end]).unwrap();
        let length = head.split("\r\n").find_map(|line| header(line, "content-length"));
        let whole = end + 4 + length.map_or(0, |length| length.parse::<usize>().unwrap());
        while self.read.len() - self.taken < whole {
            self.more(stream);
        }
        let start = self.taken;
        self.taken += whole;
        read(std::str::from_utf8(&self.read[start..start + end]).unwrap())
    }

    /// Reads some more, and lets go of what was judged.
    fn more(&mut self, stream: &mut impl Read) {
        self.read.drain(..self.taken);
        self.taken = 0;
        let mut buffer = [0; 32 * 1024];
        let count = stream.read(&mut buffer).expect("an answer is missing");
        assert!(count > 0, "an answer is missing: the server closed the connection");
        self.read.extend_from_slice(&buffer[..count]);
    }
}

/// The value, if it is this header.
fn header<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (known, value) = line.split_once(':')?;
    known.eq_ignore_ascii_case(name).then(|| value.trim())
}

/// What a version decides on, of a head.
fn read(head: &str) -> Seen<'_> {
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status");
    let mut seen = Seen { status, decision: "", reason: "", rule: "", would_deny: "", vary: "" };
    for line in lines {
        let places = [
            ("x-guestlist-decision", &mut seen.decision),
            ("x-guestlist-reason", &mut seen.reason),
            ("x-guestlist-rule", &mut seen.rule),
            ("x-guestlist-would-deny", &mut seen.would_deny),
            ("vary", &mut seen.vary),
        ];
        for (name, place) in places {
            if let Some(value) = header(line, name) {
                assert!(place.is_empty(), "`{name}` twice: {head}");
                *place = value;
            }
        }
    }
    seen
}

#[test]
fn kinds_differ_in_every_answer() {
    for kind in KINDS {
        for version in 0..20 {
            for other in (version + 1..20).step_by(2) {
                assert_ne!(kind.expected(version), kind.expected(other), "{kind:?}");
            }
        }
    }
}

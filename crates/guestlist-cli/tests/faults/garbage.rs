//! Requests that are none, that are two things at once, or that stop half-way.

use crate::client::{Client, allowed, ask_both, check, denied};
use crate::server::{self, APPS, Server};

/// Something to send. Afterwards the client has nothing more to say, and the server is to close the connection.
#[derive(Debug)]
pub(crate) struct Case {
    name: String,
    bytes: Vec<u8>,
    /// How many answers may let somebody in: one for each valid, allowed request in it.
    allowed: usize,
    /// Whether all of these must be given; elsewhere the server may give up before them.
    sure: bool,
}

impl Case {
    fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Case {
        Case { name: name.into(), bytes: bytes.into(), allowed: 0, sure: false }
    }

    fn exactly(self, allowed: usize) -> Case {
        Case { allowed, sure: true, ..self }
    }

    fn at_most(self, allowed: usize) -> Case {
        Case { allowed, ..self }
    }

    /// Sends it and judges every answer.
    #[track_caller]
    pub(crate) fn try_on(&self, mut client: Client) {
        // The server may close the connection before it has read everything, and then answers may be lost.
        let sent = client.send(&self.bytes).and_then(|()| client.half_close());
        let answers = client.answers();
        let allowed = answers.iter().filter(|answer| (200..300).contains(&answer.status)).count();
        assert!(allowed <= self.allowed, "{}: {answers:?}", self.name);
        if self.sure {
            assert!(sent.is_ok(), "{}: {sent:?}", self.name);
            assert_eq!(allowed, self.allowed, "{}: {answers:?}", self.name);
        }
        for answer in &answers {
            assert!(matches!(answer.status, 200..=299 | 400..=499 | 501 | 505), "{}: {answer:?}", self.name);
        }
    }
}

/// The corpus.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = controls();
    cases.extend(broken_heads());
    cases.extend(bad_headers());
    cases.extend(smuggling());
    cases.extend(other_protocols());
    cases.extend(truncated());
    cases.extend(random());
    cases
}

/// Right ones, so that the others are seen to be refused for what is wrong with them.
fn controls() -> Vec<Case> {
    let (yes, no) = (allowed(), denied());
    let post = yes.replace("GET", "POST");
    vec![
        Case::new("allowed", yes.clone()).exactly(1),
        Case::new("denied", no.clone()),
        Case::new("empty lines in front", format!("\r\n\r\n{yes}")).exactly(1),
        Case::new("pipelined", format!("{yes}{no}{yes}")).exactly(2),
        Case::new("a hundred, pipelined", yes.repeat(100)).exactly(100),
        Case::new("HTTP/1.0", yes.replace("1.1", "1.0")).exactly(1),
        Case::new("any method", yes.replace("GET", "PROPFIND")).exactly(1),
        Case::new("absolute form", yes.replace("GET /", "GET http://localhost/")).exactly(1),
        Case::new("a body with a length", head(&post, "Content-Length: 5\r\n") + "hello").exactly(1),
        Case::new(
            "a body in chunks",
            head(&post, "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n",
        )
        .exactly(1),
        Case::new("a body, then another request", head(&post, "Content-Length: 5\r\n") + "hello" + &yes)
            .exactly(2),
    ]
}

/// The request with another header.
fn head(request: &str, header: &str) -> String {
    format!("{}{header}\r\n", request.strip_suffix("\r\n").unwrap())
}

fn broken_heads() -> Vec<Case> {
    let yes = allowed();
    let line = yes.lines().next().unwrap();
    let with_line = |other: &str| yes.replacen(line, other, 1);
    let mut cases = vec![
        Case::new("nothing", ""),
        Case::new("an empty line", "\r\n"),
        Case::new("only line feeds", "\n".repeat(10_000)),
        Case::new("HTTP/0.9", "GET /check/upload/one\r\n"),
        Case::new("HTTP/0.9 with headers", with_line("GET /check/upload/one")),
        Case::new("HTTP/1.2", with_line(&line.replace("1.1", "1.2"))).at_most(1),
        Case::new("HTTP/2.0 in text", with_line(&line.replace("1.1", "2.0"))),
        Case::new("HTTP/3", with_line(&line.replace("1.1", "3"))),
        Case::new("HTTP/11", with_line(&line.replace("1.1", "11"))),
        Case::new("http in lower case", with_line(&line.replace("HTTP", "http"))),
        Case::new("no version number", with_line("GET /check/upload/one HTTP/")),
        Case::new("no path", with_line("GET HTTP/1.1")),
        Case::new("an empty path", with_line("GET  HTTP/1.1")),
        Case::new("a relative path", with_line("GET check/upload/one HTTP/1.1")),
        Case::new("an asterisk", with_line("OPTIONS * HTTP/1.1")),
        Case::new("CONNECT", with_line("CONNECT localhost:80 HTTP/1.1")),
        Case::new("a blank in the path", with_line("GET /check/upload/one two HTTP/1.1")),
        Case::new("a tab for a blank", with_line("GET\t/check/upload/one\tHTTP/1.1")),
        Case::new("NUL in the path", with_line("GET /check/upload/one\0 HTTP/1.1")),
        Case::new("a fragment", with_line("GET /check/upload/two#/check/upload/one HTTP/1.1")),
        Case::new("dot segments", with_line("GET /check/upload/two/../one HTTP/1.1")),
        Case::new("an encoded slash", with_line("GET /check/upload%2Fone HTTP/1.1")),
        Case::new("two slashes", with_line("GET //check/upload/one HTTP/1.1")),
        Case::new("a slash behind", with_line("GET /check/upload/one/ HTTP/1.1")),
        Case::new("another list", with_line("GET /check/uploads/one HTTP/1.1")),
        Case::new("a list in capitals", with_line("GET /check/UPLOAD/one HTTP/1.1")),
        Case::new("a method that is none", with_line("G@T /check/upload/one HTTP/1.1")),
        Case::new("no method", with_line(" /check/upload/one HTTP/1.1")),
        Case::new("a method without an end", "G".repeat(200_000)),
        Case::new("a path without an end", format!("GET /{}", "a".repeat(200_000))),
        Case::new(
            "a path of 100 kB",
            with_line(&format!("GET /check/upload/one?{} HTTP/1.1", "a".repeat(100_000))),
        ),
        Case::new("a head of 100 kB", head(&yes, &format!("X-Filler: {}\r\n", "a".repeat(100_000)))),
        Case::new("a header without an end", format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(200_000))),
        Case::new("a thousand headers", head(&yes, &"X: y\r\n".repeat(1000))),
        Case::new("headers without an end", format!("GET / HTTP/1.1\r\n{}", "X: y\r\n".repeat(50_000))),
    ];
    let wild = (0..=0x1f).chain([0x7f, 0x80, 0xff]).filter(|byte| !b"\r\n\t".contains(byte));
    cases.extend(wild.map(|byte| {
        let mut bytes = head(&yes, "Origin-Of: ?\r\n").into_bytes();
        let at = bytes.iter().position(|known| *known == b'?').unwrap();
        bytes[at] = byte;
        // Opaque bytes from 0x80 on may stand in a header; it is no header that counts.
        Case::new(format!("byte {byte:#04x} in a header"), bytes).at_most(usize::from(byte >= 0x80))
    }));
    cases
}

fn bad_headers() -> Vec<Case> {
    let yes = allowed();
    let origin = "Origin: https://shop.example.com\r\n";
    let with = |other: &str| yes.replacen(origin, other, 1);
    vec![
        Case::new("no header", with("")),
        Case::new("twice, the good one first", with(&format!("{origin}Origin: https://evil.example\r\n"))),
        Case::new("twice, the good one last", with(&format!("Origin: https://evil.example\r\n{origin}"))),
        Case::new("twice the same", with(&origin.repeat(2))),
        Case::new("twice, in two cases", with(&format!("{origin}oRIGIN: https://shop.example.com\r\n"))),
        Case::new("two in one", with("Origin: https://shop.example.com, https://shop.example.com\r\n")),
        Case::new("folded", with("Origin: https://shop.\r\n example.com\r\n")),
        Case::new("folded before it begins", with("Origin:\r\n https://shop.example.com\r\n")),
        Case::new("null", with("Origin: null\r\n")),
        Case::new("a blank before the colon", with("Origin : https://shop.example.com\r\n")),
        Case::new("a blank before the name", with(" Origin: https://shop.example.com\r\n")),
        Case::new("no colon", with("Origin https://shop.example.com\r\n")),
        Case::new("no name", with(": https://shop.example.com\r\n")),
        Case::new("as a referer", with("Referer: https://shop.example.com/\r\n")),
        Case::new(
            "a return alone",
            with("Origin: https://evil.example\rOrigin: https://shop.example.com\r\n"),
        ),
        Case::new("NUL behind", with("Origin: https://shop.example.com\0.evil.example\r\n")),
        Case::new("credentials", with("Origin: https://shop.example.com@evil.example\r\n")),
        Case::new("a path", with("Origin: https://shop.example.com/\r\n")),
        Case::new(
            "Latin-1",
            [
                b"GET /check/upload/one HTTP/1.1\r\nHost: localhost\r\nOrigin: https://".as_slice(),
                b"b\xfccher.example.com\r\n\r\n",
            ]
            .concat(),
        ),
        Case::new(
            "in a trailer",
            head(&with("").replace("GET", "POST"), "Transfer-Encoding: chunked\r\nTrailer: Origin\r\n")
                + "0\r\n"
                + origin
                + "\r\n",
        ),
        Case::new("in a body", head(&with(""), "Content-Length: 34\r\n") + origin),
        Case::new("behind an empty line", with(&format!("\r\n{origin}"))),
        // Line feeds alone are ends of lines to many, and to hyper.
        Case::new("line feeds alone", yes.replace("\r\n", "\n")).at_most(1),
    ]
}

/// Two readings of where a request ends. What is allowed stands where only one of them sees a request.
fn smuggling() -> Vec<Case> {
    let (yes, no) = (allowed(), denied().replace("GET", "POST"));
    let hidden = yes.as_str();
    let both = |headers: &str, body: &str| head(&no, headers) + body;
    let chunk = format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len());
    let length = |count: usize| format!("Content-Length: {count}\r\n");
    vec![
        // By the standard chunks win, and what is in them is a body.
        Case::new(
            "length and chunks, hidden in a chunk",
            both(&format!("{}Transfer-Encoding: chunked\r\n", length(4)), &chunk),
        ),
        Case::new(
            "chunks and length, hidden in a chunk",
            both(&format!("Transfer-Encoding: chunked\r\n{}", length(4)), &chunk),
        ),
        // And what is behind the last chunk is a request of its own.
        Case::new(
            "length and chunks, behind the chunks",
            both(
                &format!("{}Transfer-Encoding: chunked\r\n", length(5 + hidden.len())),
                &format!("0\r\n\r\n{hidden}"),
            ),
        )
        .at_most(1),
        Case::new("two lengths", both(&format!("{}{}", length(0), length(hidden.len())), hidden)),
        Case::new(
            "two lengths, the other way round",
            both(&format!("{}{}", length(hidden.len()), length(0)), hidden),
        ),
        Case::new("two lengths in one", both(&format!("Content-Length: 0, {}\r\n", hidden.len()), hidden)),
        Case::new("twice the same length", both(&length(hidden.len()).repeat(2), hidden)),
        Case::new("a length below zero", both("Content-Length: -1\r\n", hidden)),
        Case::new("a length with a plus", both(&format!("Content-Length: +{}\r\n", hidden.len()), hidden)),
        Case::new(
            "a length in hexadecimal",
            both(&format!("Content-Length: {:#x}\r\n", hidden.len()), hidden),
        ),
        Case::new("a length that is no number", both("Content-Length: all\r\n", hidden)),
        Case::new("a length of 2^64 + 0", both("Content-Length: 18446744073709551616\r\n", hidden)),
        Case::new("a length with blanks inside", both("Content-Length: 0 0\r\n", hidden)),
        Case::new("a length in the name of another", both("Content-Length : 0\r\n", hidden)),
        Case::new("an encoding that is none", both("Transfer-Encoding: xchunked\r\n", hidden)),
        Case::new("identity", both("Transfer-Encoding: identity\r\n", hidden)),
        Case::new("chunks, then something else", both("Transfer-Encoding: chunked, identity\r\n", hidden)),
        Case::new(
            "chunks in two headers, the second another",
            both("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", hidden),
        ),
        Case::new("chunks behind a control character", both("Transfer-Encoding: \x0bchunked\r\n", hidden)),
        Case::new(
            "chunks under HTTP/1.0",
            both("Transfer-Encoding: chunked\r\n", &chunk).replacen("1.1", "1.0", 1),
        ),
        Case::new("a chunk of no size", both("Transfer-Encoding: chunked\r\n", &format!("\r\n\r\n{hidden}"))),
        Case::new(
            "a chunk of a size below zero",
            both("Transfer-Encoding: chunked\r\n", &format!("-1\r\n{hidden}")),
        ),
        Case::new(
            "a chunk of 2^64 + 0",
            both("Transfer-Encoding: chunked\r\n", &format!("10000000000000000\r\n\r\n{hidden}")),
        ),
        Case::new(
            "a chunk longer than it says",
            both("Transfer-Encoding: chunked\r\n", &format!("1\r\n{hidden}\r\n0\r\n\r\n")),
        ),
        Case::new(
            "a chunk with a very long extension",
            both("Transfer-Encoding: chunked\r\n", &format!("0;{}\r\n\r\n", "a".repeat(100_000))),
        ),
        Case::new("a body that stops", both(&length(hidden.len() + 1), hidden)),
        Case::new(
            "expects to be told to go on",
            both(&format!("{}Expect: 100-continue\r\n", length(hidden.len())), hidden),
        ),
        Case::new(
            "an upgrade to a WebSocket",
            head(
                &denied(),
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
            ),
        ),
        Case::new(
            "an upgrade to HTTP/2",
            head(
                &denied(),
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
            ),
        ),
    ]
}

fn other_protocols() -> Vec<Case> {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice();
    let hello =
        b"\x16\x03\x01\x00\x75\x01\x00\x00\x71\x03\x03aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\x20".as_slice();
    let mut random = fastrand::Rng::with_seed(3);
    vec![
        Case::new("a TLS hello", [hello, &bytes(&mut random, 200)].concat()),
        Case::new("SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
        Case::new("SMTP", "EHLO localhost\r\nMAIL FROM:<a@b>\r\n"),
        Case::new("a proxy's first line", format!("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n{}", allowed())),
        Case::new("an answer", "HTTP/1.1 204 No Content\r\n\r\n"),
        Case::new("an answer, then a request", format!("HTTP/1.1 204 No Content\r\n\r\n{}", allowed())),
        Case::new("the preface of HTTP/2 alone", preface),
        Case::new("half of it, then HTTP/1", format!("PRI * HTTP/2.0\r\n\r\nS{}", allowed())),
        Case::new("the preface, then HTTP/1", [preface, allowed().as_bytes()].concat()),
        Case::new("the preface, then anything", [preface, &bytes(&mut random, 5000)].concat()),
        Case::new(
            "garbage, then a request",
            [bytes(&mut random, 50).as_slice(), b"\r\n\r\n", allowed().as_bytes()].concat(),
        ),
        Case::new("a request, then garbage", [allowed().as_bytes(), &bytes(&mut random, 500)].concat())
            .at_most(1),
    ]
}

/// Every beginning of a valid request that is not all of it.
fn truncated() -> Vec<Case> {
    let yes = head(&allowed(), "Content-Length: 0\r\n");
    (0..yes.len()).map(|end| Case::new(format!("the first {end} bytes"), &yes.as_bytes()[..end])).collect()
}

/// So many bytes, the same in every run.
fn bytes(random: &mut fastrand::Rng, count: usize) -> Vec<u8> {
    std::iter::repeat_with(|| random.u8(..)).take(count).collect()
}

/// Bytes by chance, and denied requests in which a few of them are others: no such change makes an app admit what it does not.
fn random() -> Vec<Case> {
    let mut random = fastrand::Rng::with_seed(9);
    let mut cases = Vec::new();
    for index in 0..100 {
        let count = random.usize(..3000);
        cases.push(Case::new(format!("random {index}"), bytes(&mut random, count)));
    }
    let requests = [
        denied(),
        check("upload", "one", ""),
        head(&denied().replace("GET", "POST"), "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n",
    ];
    for index in 0..300 {
        let mut bytes = requests[index % requests.len()].clone().into_bytes();
        for _ in 0..=random.usize(..4) {
            let at = random.usize(..bytes.len());
            match random.usize(..3) {
                0 => bytes[at] = random.u8(..),
                1 => bytes.insert(at, random.u8(..)),
                _ => drop(bytes.remove(at)),
            }
        }
        cases.push(Case::new(format!("changed {index}: {}", bytes.escape_ascii()), bytes));
    }
    cases
}

/// Short patience, so that what waits for more is closed while the test looks.
pub(crate) const LIMITS: &str = "[server.limits]\nheader_timeout = \"2s\"\nidle_timeout = \"2s\"\n";

#[test]
fn nothing_that_is_not_an_allowed_request_is_let_in() {
    let directory = server::directory();
    let mut server = Server::start(&server::configure(directory.path(), &format!("{LIMITS}{APPS}")));
    for (index, case) in cases().iter().enumerate() {
        let client = if index % 2 == 0 { server.connect() } else { Client::unix(&server.unix).unwrap() };
        case.try_on(client);
        assert!(server.lives(), "{}", case.name);
    }
    ask_both(&mut server.connect());
}

#[test]
fn the_admin_listener_survives_it_too() {
    let directory = server::directory();
    let server = Server::start(&server::configure(directory.path(), APPS));
    for case in cases() {
        let mut client = Client::tcp(server.admin).unwrap();
        client.send(&case.bytes).ok();
        client.half_close().ok();
        let answers = client.answers();
        // It knows none of these paths.
        assert!(answers.iter().all(|answer| answer.status >= 400), "{}: {answers:?}", case.name);
    }
    assert_eq!(server.admin("GET /healthz").status, 200);
    assert_eq!(server.metric("guestlist_config_version"), 1.0);
}

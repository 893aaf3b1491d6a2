//! HTTP/2 by hand: frames that cost the server more than the client.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};

use crate::client::{Client, ask_both};
use crate::server::{self, APPS, Server};
use crate::{FOR_EVER, garbage};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// One frame.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The preface, empty settings, and then this.
fn connection(frames: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(SETTINGS, 0, 0, &[]));
    bytes.extend(frames.into_iter().flatten());
    bytes
}

/// `GET /check/upload/one` with an origin, in HPACK without a table or Huffman's code.
fn request(origin: &str) -> Vec<u8> {
    let mut block = vec![0x82, 0x86];
    // A literal whose name is at this place of the static table.
    let mut literal = |place: u8, value: &str| {
        if place == 0 {
            block.extend([0, 6]);
            block.extend(b"origin");
        } else {
            block.push(place);
        }
        block.push(u8::try_from(value.len()).unwrap());
        block.extend(value.as_bytes());
    };
    literal(0x04, "/check/upload/one");
    literal(0x01, "localhost");
    literal(0, origin);
    block
}

/// The numbers of client's streams.
fn streams(count: u32) -> impl Iterator<Item = u32> {
    (0..count).map(|index| index * 2 + 1)
}

/// Everything of this file that a server is to survive.
pub(crate) fn attacks() -> Vec<(&'static str, Vec<u8>)> {
    let ask = request("https://shop.example.org");
    let get = |stream: u32| frame(HEADERS, END_STREAM | END_HEADERS, stream, &ask);
    let cancel = |stream: u32| frame(RST_STREAM, 0, stream, &8u32.to_be_bytes());
    let never_ending = |count: usize| {
        let first = frame(HEADERS, END_STREAM, 1, &ask);
        std::iter::once(first).chain((0..count).map(|_| frame(CONTINUATION, 0, 1, &[0x82; 1000])))
    };
    vec![
        ("asked and cancelled", connection(streams(20_000).flat_map(|stream| [get(stream), cancel(stream)]))),
        (
            "more streams than there may be",
            connection(streams(5000).map(|stream| frame(HEADERS, END_HEADERS, stream, &ask))),
        ),
        ("a head that goes on and on", connection(never_ending(5000))),
        (
            "empty parts of a head",
            connection(never_ending(0).chain((0..50_000).map(|_| frame(CONTINUATION, 0, 1, &[])))),
        ),
        ("pings", connection((0..50_000).map(|_| frame(PING, 0, 0, b"whatever")))),
        ("settings", connection((0..50_000).map(|_| frame(SETTINGS, 0, 0, &[])))),
        (
            "settings that change the table",
            connection((0..20_000u32).map(|index| {
                frame(SETTINGS, 0, 0, &[&[0, 1][..], &(index % 2 * 4096).to_be_bytes()].concat())
            })),
        ),
        (
            "empty data",
            connection(
                [frame(HEADERS, END_HEADERS, 1, &ask)]
                    .into_iter()
                    .chain((0..50_000).map(|_| frame(DATA, 0, 1, &[]))),
            ),
        ),
        (
            "windows that overflow",
            connection((0..10u32).map(|_| frame(WINDOW_UPDATE, 0, 0, &0x7fff_ffffu32.to_be_bytes()))),
        ),
        ("a window of nothing", connection([frame(WINDOW_UPDATE, 0, 0, &[0; 4])])),
        ("an even stream", connection([get(2)])),
        ("streams backwards", connection([get(5), get(3), get(1)])),
        (
            "a table entry that is not there",
            connection([frame(HEADERS, END_STREAM | END_HEADERS, 1, &[0xff, 0xff, 0xff, 0xff, 0x7f])]),
        ),
        ("a length longer than the frame", connection([vec![0xff, 0xff, 0xff, HEADERS, 0, 0, 0, 0, 1]])),
        ("frames of unknown kinds", connection((0..=255).map(|kind| frame(kind, 0xff, 0, b"anything")))),
    ]
}

/// Sends it all while reading, for the server answers while it reads.
pub(crate) fn attack(server: &Server, name: &str, bytes: &[u8]) {
    let mut reads = TcpStream::connect(server.tcp).unwrap();
    reads.set_read_timeout(Some(FOR_EVER)).unwrap();
    let mut writes = reads.try_clone().unwrap();
    let mut answer = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // It may close the connection at any point.
            writes.write_all(bytes).ok();
            writes.shutdown(Shutdown::Write).ok();
        });
        let error = reads.read_to_end(&mut answer).err().map(|error| error.kind());
        assert!(!matches!(error, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut)), "{name}: it hangs");
    });
    // A head of status 204 is the static table's ninth entry, alone or with others, in a HEADERS frame.
    for (kind, payload) in frames(&answer) {
        assert!(kind != HEADERS || !payload.contains(&0x89), "{name}: somebody was let in");
    }
}

/// Kinds and payloads; what is not whole does not count.
fn frames(mut bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut frames = Vec::new();
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = bytes {
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let Some((payload, rest)) = rest.split_at_checked(length) else { break };
        frames.push((*kind, payload));
        bytes = rest;
    }
    frames
}

#[test]
fn an_allowed_request_is_answered_and_seen_to_be() {
    let directory = server::directory();
    let server = Server::start(&server::configure(directory.path(), APPS));
    for (origin, expected) in [("https://shop.example.com", true), ("https://shop.example.org", false)] {
        let mut stream = TcpStream::connect(server.tcp).unwrap();
        stream.set_read_timeout(Some(FOR_EVER)).unwrap();
        let ask = frame(HEADERS, END_STREAM | END_HEADERS, 1, &request(origin));
        stream.write_all(&connection([ask])).unwrap();
        let mut answer = Vec::new();
        // Not half-closed: whoever speaks HTTP/2 goes on speaking.
        let head = loop {
            let mut buffer = [0; 4096];
            let count = stream.read(&mut buffer).unwrap();
            assert!(count > 0, "{answer:?}");
            answer.extend_from_slice(&buffer[..count]);
            if let Some((_, head)) = frames(&answer).iter().find(|(kind, _)| *kind == HEADERS) {
                break head.to_vec();
            }
        };
        assert_eq!(head.contains(&0x89), expected, "{head:?}");
    }
}

#[test]
fn frames_that_cost_more_than_they_are_worth() {
    let directory = server::directory();
    let mut server =
        Server::start(&server::configure(directory.path(), &format!("{}{APPS}", garbage::LIMITS)));
    for (name, bytes) in attacks() {
        attack(&server, name, &bytes);
        assert!(server.lives(), "{name}");
        ask_both(&mut server.connect());
    }
    drop(Client::unix(&server.unix).unwrap());
}

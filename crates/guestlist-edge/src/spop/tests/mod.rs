//! The agent, held against frames as HAProxy writes them and against `spop`.

mod connection;
mod peer;
mod server;
mod session;
mod wire;

use std::collections::BTreeMap;

use spop::frames::haproxy_hello::{HaproxyHello, HaproxyHelloFrame};
use spop::frames::{FrameCapabilities, HaproxyDisconnect, haproxy_disconnect::HaproxyDisconnectFrame};
use spop::{
    FrameFlags, FrameType, Metadata, SUPPORTED_VERSION, SpopFrame, TypedData, decode_varint,
    encode_varint_into,
};

/// The metadata of a frame that is about no request.
fn metadata() -> Metadata {
    Metadata { flags: FrameFlags::new(true, false), stream_id: 0, frame_id: 0 }
}

fn hello(max_frame_size: u32, healthcheck: Option<bool>) -> Vec<u8> {
    let payload = HaproxyHello {
        supported_versions: vec![SUPPORTED_VERSION],
        max_frame_size,
        capabilities: vec![FrameCapabilities::Pipelining],
        healthcheck,
        engine_id: Some("5f8a".to_owned()),
    };
    HaproxyHelloFrame { metadata: metadata(), payload }.serialize().unwrap()
}

fn goodbye() -> Vec<u8> {
    let payload = HaproxyDisconnect { status_code: 0, message: "normal".to_owned() };
    HaproxyDisconnectFrame { metadata: metadata(), payload }.serialize().unwrap()
}

/// A frame of any kind; `spop` writes no NOTIFY.
fn frame(kind: u8, flags: u32, stream: u64, id: u64, payload: &[u8]) -> Vec<u8> {
    let mut body = vec![kind];
    body.extend(flags.to_be_bytes());
    encode_varint_into(stream, &mut body);
    encode_varint_into(id, &mut body);
    body.extend(payload);
    let mut bytes = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(body);
    bytes
}

fn message(name: &str, arguments: &[(&str, TypedData)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    text(name, &mut bytes);
    bytes.push(u8::try_from(arguments.len()).unwrap());
    for (name, value) in arguments {
        text(name, &mut bytes);
        value.to_bytes(&mut bytes);
    }
    bytes
}

fn text(text: &str, bytes: &mut Vec<u8>) {
    encode_varint_into(text.len() as u64, bytes);
    bytes.extend(text.as_bytes());
}

fn notify(stream: u64, id: u64, arguments: &[(&str, TypedData)]) -> Vec<u8> {
    frame(FrameType::Notify.to_u8(), 1, stream, id, &message("guestlist-check", arguments))
}

/// A request that the demo list lets through.
fn allowed(stream: u64) -> Vec<u8> {
    let arguments = [
        ("list", "upload".into()),
        ("app", "demo".into()),
        ("origin", "https://www.example.com".into()),
        ("origins", TypedData::Int64(1)),
    ];
    notify(stream, 1, &arguments)
}

/// Frames as the agent writes them: kind, stream, frame, and what they say: variables of an ACK, pairs of the others.
fn answers(mut bytes: &[u8]) -> Vec<(FrameType, u64, u64, BTreeMap<String, TypedData>)> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let (body, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        bytes = rest;
        let kind = FrameType::from_u8(body[0]).unwrap();
        assert_eq!(body[1..5], [0, 0, 0, 1], "FIN and no other flag");
        let (body, stream) = decode_varint(&body[5..]).unwrap();
        let (mut body, id) = decode_varint(body).unwrap();
        let mut said = BTreeMap::new();
        while !body.is_empty() {
            if kind == FrameType::Ack {
                // SET-VAR, three arguments, scope `txn`.
                body = body.strip_prefix(&[1, 3, 2]).unwrap();
            }
            let (rest, length) = decode_varint(body).unwrap();
            let (name, rest) = rest.split_at(usize::try_from(length).unwrap());
            let (rest, value) = spop::types::typed_data(rest).unwrap();
            assert!(said.insert(String::from_utf8(name.to_vec()).unwrap(), value).is_none());
            body = rest;
        }
        frames.push((kind, stream, id, said));
    }
    assert_eq!(bytes, b"");
    frames
}

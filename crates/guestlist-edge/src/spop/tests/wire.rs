use std::net::{Ipv4Addr, Ipv6Addr};

use spop::frame::FramePayload;
use spop::parser::parse_frame;
use spop::{FrameType, StatusCode, TypedData};

use super::{frame, message, notify};
use crate::spop::wire::{Frame, Value, first_frame};

/// What is read of a NOTIFY frame, in words that both readers have.
type Read = (u64, u64, Vec<(Vec<u8>, Vec<(Vec<u8>, Told)>)>);

#[derive(Debug, PartialEq)]
enum Told {
    Null,
    Text(Vec<u8>),
    Number(u64),
    Other,
}

fn read(bytes: &[u8]) -> Result<Read, StatusCode> {
    let frame = Frame::read(bytes)?;
    let mut messages = frame.messages();
    let mut all = Vec::new();
    while let Some(message) = messages.next()? {
        let arguments = message.arguments.map(|(name, value)| {
            let value = match value {
                Value::Null => Told::Null,
                Value::Text(text) => Told::Text(text.to_vec()),
                Value::Number(number) => Told::Number(number),
                Value::Other => Told::Other,
            };
            (name.to_vec(), value)
        });
        all.push((message.name.to_vec(), arguments.collect()));
    }
    Ok((frame.stream, frame.id, all))
}

/// The same by `spop`.
#[expect(clippy::cast_sign_loss, reason = "a number by its bits, as in `Value::Number`")]
fn read_by_spop(bytes: &[u8]) -> Option<Read> {
    let (rest, frame) = parse_frame(bytes).ok()?;
    assert_eq!(rest, b"");
    let FramePayload::ListOfMessages(messages) = frame.payload() else { panic!("a NOTIFY has messages") };
    let messages = messages.iter().map(|message| {
        let arguments = message.args.iter().map(|(name, value)| {
            let value = match value {
                TypedData::Null => Told::Null,
                TypedData::String(text) => Told::Text(text.clone().into_bytes()),
                TypedData::Binary(bytes) => Told::Text(bytes.clone()),
                // `spop` cuts what is wider than the type says; HAProxy sends nothing of the kind.
                TypedData::Int32(number) => Told::Number(i64::from(*number) as u64),
                TypedData::UInt32(number) => Told::Number(u64::from(*number)),
                TypedData::Int64(number) => Told::Number(*number as u64),
                TypedData::UInt64(number) => Told::Number(*number),
                TypedData::Bool(_) | TypedData::IPv4(_) | TypedData::IPv6(_) => Told::Other,
            };
            (name.clone().into_bytes(), value)
        });
        (message.name.clone().into_bytes(), arguments.collect())
    });
    Some((frame.metadata().stream_id, frame.metadata().frame_id, messages.collect()))
}

fn every_type() -> Vec<u8> {
    let arguments = [
        ("", TypedData::Null),
        ("yes", TypedData::Bool(true)),
        ("no", TypedData::Bool(false)),
        ("a", TypedData::Int32(-7)),
        ("b", TypedData::UInt32(u32::MAX)),
        ("c", TypedData::Int64(i64::MIN)),
        ("d", TypedData::UInt64(u64::MAX)),
        ("e", TypedData::IPv4(Ipv4Addr::LOCALHOST)),
        ("f", TypedData::IPv6(Ipv6Addr::LOCALHOST)),
        ("f", TypedData::String("é".repeat(200))),
        ("g", TypedData::Binary(vec![0, 255])),
    ];
    let mut payload = message("first", &arguments);
    payload.extend(message("second", &[]));
    payload.extend(message("", &[("x", 1_u32.into())]));
    frame(FrameType::Notify.to_u8(), 1, 300_000, 240, &payload)
}

#[test]
fn every_type_is_read_as_spop_reads_it() {
    let bytes = every_type();
    let read = read(&bytes).unwrap();
    assert_eq!(read.2.len(), 3);
    assert_eq!(Some(read), read_by_spop(&bytes));
}

/// Bytes that are not UTF-8 arrive as they are, which `spop` does not let them.
#[test]
fn text_is_not_decoded() {
    let mut bytes = notify(1, 1, &[("origin", "xy".into())]);
    let end = bytes.len() - 2;
    bytes[end..].copy_from_slice(b"\xff\xfe");
    assert_eq!(read(&bytes).unwrap().2[0].1[0].1, Told::Text(b"\xff\xfe".to_vec()));
}

/// One frame, damaged in every place and in many ways: both readers refuse the same ones, and read the others alike.
#[test]
fn damaged_frames_are_refused_as_spop_refuses_them() {
    let whole = every_type();
    let mut random = fastrand::Rng::with_seed(0x5eed);
    let (mut refused, mut accepted) = (0, 0);
    for round in 0..60_000 {
        let mut bytes = whole.clone();
        // The length stays, and so does the type; ASCII, so that no text is replaced.
        for _ in 0..=random.usize(..3) {
            let place = 5 + random.usize(..(bytes.len() - 5));
            bytes[place] = if round % 2 == 0 { random.u8(..) } else { random.u8(..) & 0x7f };
        }
        if round % 3 == 0 {
            bytes.truncate(5 + random.usize(..(bytes.len() - 5)));
            let length = u32::try_from(bytes.len() - 4).unwrap();
            bytes[..4].copy_from_slice(&length.to_be_bytes());
        }
        match (read(&bytes), read_by_spop(&bytes)) {
            (Ok(ours), Some(theirs)) => {
                accepted += 1;
                // `spop` replaces what is not UTF-8, and cuts numbers to their type: compare what it leaves.
                assert_eq!(ours.2.len(), theirs.2.len(), "{bytes:x?}");
                for (ours, theirs) in ours.2.iter().zip(&theirs.2) {
                    assert_eq!(String::from_utf8_lossy(&ours.0).as_bytes(), theirs.0, "{bytes:x?}");
                    assert_eq!(ours.1.len(), theirs.1.len(), "{bytes:x?}");
                }
                assert_eq!((ours.0, ours.1), (theirs.0, theirs.1), "{bytes:x?}");
            }
            (Err(_), None) => refused += 1,
            (ours, theirs) => panic!("{ours:?}, but spop {theirs:?}: {bytes:x?}"),
        }
    }
    assert!(refused > 1000 && accepted > 1000, "{refused} refused, {accepted} accepted");
}

#[test]
fn flags_and_kinds_that_are_not_spop() {
    let refused = |bytes: &[u8]| Frame::read(bytes).map(|frame| frame.kind);
    assert_eq!(refused(&frame(3, 1, 0, 0, b"")), Ok(FrameType::Notify));
    assert_eq!(refused(&frame(3, 0, 0, 0, b"")), Err(StatusCode::FragmentationNotSupported));
    assert_eq!(refused(&frame(3, 3, 0, 0, b"")), Err(StatusCode::Invalid), "ABORT");
    assert_eq!(refused(&frame(3, 5, 0, 0, b"")), Err(StatusCode::Invalid), "a reserved flag");
    assert_eq!(refused(&frame(0, 1, 0, 0, b"")), Err(StatusCode::Invalid), "UNSET");
    assert_eq!(refused(&frame(4, 1, 0, 0, b"")), Err(StatusCode::Invalid));
    assert_eq!(refused(b""), Err(StatusCode::Invalid));
    assert_eq!(refused(&[0, 0, 0, 0]), Err(StatusCode::Invalid), "an empty frame");
}

#[test]
fn a_frame_is_whole_or_not_there() {
    let bytes = notify(1, 1, &[]);
    for length in 0..bytes.len() {
        assert_eq!(first_frame(&bytes[..length], 100), Ok(None), "{length}");
    }
    let mut more = bytes.clone();
    more.push(0);
    assert_eq!(first_frame(&more, 100), Ok(Some(bytes.len())));
    // The length alone says that it is too long.
    assert_eq!(first_frame(&[0, 0, 0, 100], 100), Ok(None));
    assert_eq!(first_frame(&[0, 0, 0, 101], 100), Err(StatusCode::TooBig));
    assert_eq!(first_frame(&[255; 4], u32::MAX), Ok(None));
}

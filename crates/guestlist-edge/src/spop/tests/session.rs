use bytes::BytesMut;
use spop::frames::Ack;
use spop::{FrameType, SpopFrame, StatusCode, TypedData, VarScope};

use super::{allowed, answers, frame, goodbye, hello, message, notify};
use crate::spop::session::{Next, Session};
use crate::testing;

/// What is answered to these bytes, and whether more is read.
fn said(bytes: &[u8]) -> (Next, Vec<u8>) {
    let checker = testing::checker();
    let (mut input, mut output) = (BytesMut::from(bytes), Vec::new());
    let next = Session::new(&checker).answer(&mut input, &mut output);
    (next, output)
}

/// The variables that are set for a message with these arguments, in words: `reason`, and what else is not as usual.
fn check(arguments: &[(&str, TypedData)]) -> String {
    let (next, output) = said(&[hello(16_380, None), notify(7, 3, arguments)].concat());
    assert_eq!(next, Next::Read);
    let [_, (FrameType::Ack, 7, 3, variables)] = &answers(&output)[..] else { panic!("HELLO and one ACK") };
    let text = |name| match variables.get(name) {
        Some(TypedData::String(text)) => text.clone(),
        other => panic!("{name} is {other:?}"),
    };
    let allow = variables["allow"] == TypedData::Bool(true);
    assert_eq!(text("decision"), if allow { "allow" } else { "deny" });
    let mut said = format!("{}: {}", text("decision"), text("reason"));
    if let Some(TypedData::UInt64(rule)) = variables.get("rule") {
        said += &format!(" {rule}");
    }
    if variables.contains_key("would_deny") {
        said += &format!(", would deny: {}", text("would_deny"));
    }
    said
}

fn code(bytes: &[u8]) -> Option<u32> {
    let (next, output) = said(bytes);
    let frames = answers(&output);
    let (kind, 0, 0, said) = frames.last()? else { panic!("no request in it") };
    match (kind, &said.get("status-code")) {
        (FrameType::AgentDisconnect, Some(TypedData::UInt32(code))) => {
            assert_eq!(next, Next::Close);
            Some(*code)
        }
        _ => None,
    }
}

const ORIGIN: &str = "https://www.example.com";

fn number(number: i64) -> TypedData {
    TypedData::Int64(number)
}

#[test]
fn hello_is_answered_with_what_both_sides_know() {
    for (theirs, agreed) in [(16_380, 16_380), (256, 256), (1 << 20, 64 * 1024)] {
        let (next, output) = said(&hello(theirs, None));
        assert_eq!(next, Next::Read);
        let [(FrameType::AgentHello, 0, 0, said)] = &answers(&output)[..] else { panic!("one HELLO") };
        assert_eq!(said["version"], "2.0".into());
        assert_eq!(said["max-frame-size"], TypedData::UInt32(agreed));
        assert_eq!(said["capabilities"], "pipelining".into());
    }
    assert_eq!(code(&hello(255, None)), Some(StatusCode::BadFrameSize.to_u32()));
}

#[test]
fn a_health_check_ends_with_hello() {
    let (next, output) = said(&hello(16_380, Some(true)));
    assert_eq!(next, Next::Close);
    assert!(matches!(answers(&output)[..], [(FrameType::AgentHello, ..)]));
}

#[test]
fn what_comes_out_of_order_ends_the_connection() {
    let invalid = Some(StatusCode::Invalid.to_u32());
    assert_eq!(code(&allowed(1)), invalid, "before HELLO");
    assert_eq!(code(&[hello(16_380, None), hello(16_380, None)].concat()), invalid, "HELLO twice");
    assert_eq!(code(&frame(103, 1, 0, 0, b"")), invalid, "an ACK");
    assert_eq!(code(&frame(1, 1, 0, 0, b"")), invalid, "HELLO without a word");
    assert_eq!(code(&[hello(16_380, None), goodbye()].concat()), Some(StatusCode::None.to_u32()));
    assert_eq!(
        code(&[hello(256, None), notify(1, 1, &[("x", "y".repeat(300).as_str().into())])].concat()),
        Some(3)
    );
    assert_eq!(code(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Some(StatusCode::TooBig.to_u32()));
}

#[test]
fn every_request_is_answered_in_its_place() {
    let mut bytes = hello(16_380, None);
    for stream in 1..=300 {
        bytes.extend(if stream % 3 == 0 { notify(stream, 9, &[]) } else { allowed(stream) });
    }
    bytes.extend(goodbye());
    let (next, output) = said(&bytes);
    assert_eq!(next, Next::Close);
    let frames = answers(&output);
    assert_eq!(frames.len(), 302);
    for ((kind, stream, _, said), number) in frames[1..=300].iter().zip(1..) {
        assert_eq!((*kind, *stream), (FrameType::Ack, number));
        assert_eq!(said["allow"], TypedData::Bool(number % 3 != 0));
    }
}

/// It makes no difference how the network cuts what is sent.
#[test]
fn pieces_make_no_difference() {
    let checker = testing::checker();
    let bytes = [hello(16_380, None), allowed(1), notify(2, 2, &[]), allowed(500)].concat();
    let (mut input, mut output) = (BytesMut::new(), Vec::new());
    let mut session = Session::new(&checker);
    for byte in &bytes {
        input.extend_from_slice(&[*byte]);
        assert_eq!(session.answer(&mut input, &mut output), Next::Read);
    }
    let in_pieces = answers(&output);
    assert_eq!(in_pieces, answers(&said(&bytes).1));
    assert_eq!(in_pieces.len(), 4);
}

/// The bytes of an ACK are those that `spop` writes for the same actions.
#[test]
fn an_ack_is_as_spop_writes_it() {
    let (_, output) = said(&[hello(16_380, None), allowed(70_000)].concat());
    let length = u32::from_be_bytes(*output.first_chunk().unwrap()) as usize;
    let ack = Ack::new(70_000, 1)
        .set_var(VarScope::Transaction, "allow", true)
        .set_var(VarScope::Transaction, "decision", "allow")
        .set_var(VarScope::Transaction, "reason", "matched")
        .set_var(VarScope::Transaction, "rule", 1_u64);
    assert_eq!(output[4 + length..], ack.serialize().unwrap());
}

#[test]
fn other_messages_are_acknowledged_and_no_more() {
    let payload = message("somebody-else", &[("list", "upload".into())]);
    let (next, output) = said(&[hello(16_380, None), frame(3, 1, 4, 5, &payload)].concat());
    assert_eq!(next, Next::Read);
    let [_, (FrameType::Ack, 4, 5, variables)] = &answers(&output)[..] else { panic!("HELLO and one ACK") };
    assert!(variables.is_empty());
}

/// There is one set of variables for all messages of a frame.
#[test]
fn of_two_messages_the_denial_stands() {
    let yes = message(
        "guestlist-check",
        &[("list", "upload".into()), ("app", "demo".into()), ("origin", ORIGIN.into())],
    );
    let no = message("guestlist-check", &[]);
    for (payload, allow) in [
        ([&yes[..], &no].concat(), false),
        ([&no[..], &yes].concat(), false),
        ([&yes[..], &yes].concat(), true),
    ] {
        let (_, output) = said(&[hello(16_380, None), frame(3, 1, 1, 1, &payload)].concat());
        let [_, (FrameType::Ack, 1, 1, variables)] = &answers(&output)[..] else {
            panic!("HELLO and one ACK")
        };
        assert_eq!(variables["allow"], TypedData::Bool(allow));
    }
}

#[test]
fn by_list_and_app() {
    let of = |more: &[(&str, TypedData)]| {
        check(&[&[("list", "upload".into()), ("app", "demo".into())], more].concat())
    };
    assert_eq!(of(&[("origin", ORIGIN.into()), ("origins", number(1))]), "allow: matched 1");
    assert_eq!(
        of(&[("origin", TypedData::Binary(ORIGIN.into())), ("origins", number(1))]),
        "allow: matched 1"
    );
    assert_eq!(of(&[("origin", "https://evil.com".into()), ("origins", number(1))]), "deny: no-match");
    assert_eq!(of(&[("origin", "null".into()), ("origins", number(1))]), "deny: opaque-origin");
    assert_eq!(of(&[("origin", TypedData::Null), ("origins", number(0))]), "deny: missing-header");
    assert_eq!(of(&[]), "deny: missing-header");
    // A header that is there and empty.
    assert_eq!(of(&[("origin", "".into()), ("origins", number(1))]), "deny: missing-header");
    // The key of an app that nobody knows, or none: as an app with an empty list.
    let unknown = |app| check(&[("list", "upload".into()), ("app", app), ("origin", ORIGIN.into())]);
    assert_eq!(unknown("nobody".into()), "deny: no-match");
    assert_eq!(unknown(TypedData::Null), "deny: no-match");
    assert_eq!(unknown(number(1)), "deny: no-match");
}

#[test]
fn report_mode_lets_through_and_says_what_it_would_deny() {
    let of = |origin: &str| {
        check(&[("list", "upload".into()), ("app", "trial".into()), ("origin", origin.into())])
    };
    assert_eq!(of("https://evil.com"), "allow: no-match, would deny: no-match");
    assert_eq!(of(ORIGIN), "allow: matched 1");
}

#[test]
fn a_count_that_is_not_the_number_of_values_is_a_repeated_header() {
    let of = |origin: TypedData, count: TypedData| {
        check(&[("list", "delivery".into()), ("app", "demo".into()), ("origin", origin), ("origins", count)])
    };
    assert_eq!(of(ORIGIN.into(), number(1)), "allow: matched 1");
    // Without a count, it is the only one.
    assert_eq!(of(ORIGIN.into(), TypedData::Null), "allow: matched 1");
    assert_eq!(of(TypedData::Null, number(0)), "allow: missing-header");
    for count in [
        number(2),
        number(0),
        number(-1),
        number(i64::MAX),
        TypedData::UInt32(2),
        "1".into(),
        TypedData::Bool(true),
    ] {
        assert_eq!(of(ORIGIN.into(), count.clone()), "deny: malformed", "{count:?}");
    }
    // Values that HAProxy counted and did not show.
    assert_eq!(of(TypedData::Null, number(1)), "deny: malformed");
    assert_eq!(of(TypedData::Null, number(2)), "deny: malformed");
    // What is no text is not a header.
    assert_eq!(of(number(1), TypedData::Null), "deny: malformed");
    assert_eq!(of(TypedData::Bool(true), number(1)), "deny: malformed");
}

#[test]
fn a_repeated_referer_is_seen_too() {
    let of = |count| {
        let referer = "https://www.example.com/a,b?c".into();
        check(&[
            ("list", "delivery".into()),
            ("app", "demo".into()),
            ("referer", referer),
            ("referers", number(count)),
        ])
    };
    assert_eq!(of(1), "allow: matched 1");
    assert_eq!(of(2), "deny: malformed");
}

#[test]
fn arguments_that_are_given_twice() {
    let origin = || ("origin", ORIGIN.into());
    let list = || ("list", "upload".into());
    let app = || ("app", "demo".into());
    assert_eq!(check(&[list(), app(), origin()]), "allow: matched 1");
    assert_eq!(check(&[list(), app(), origin(), origin()]), "deny: malformed");
    assert_eq!(check(&[list(), app(), origin(), list()]), "deny: ambiguous");
    assert_eq!(check(&[list(), app(), origin(), app()]), "deny: ambiguous");
    assert_eq!(
        check(&[list(), app(), origin(), ("origins", number(1)), ("origins", number(2))]),
        "deny: malformed"
    );
}

#[test]
fn by_routes() {
    let of = |method: TypedData, path: TypedData, query: TypedData| {
        check(&[
            ("method", method),
            ("path", path),
            ("query", query),
            ("origin", ORIGIN.into()),
            ("origins", number(1)),
        ])
    };
    assert_eq!(of("GET".into(), "/a.jpg".into(), "key=demo".into()), "allow: matched 1");
    assert_eq!(of("POST".into(), "/a.jpg".into(), "x=1&key=demo".into()), "allow: matched 1");
    assert_eq!(of("POST".into(), "/a.jpg".into(), "key=nobody".into()), "deny: no-match");
    assert_eq!(of("POST".into(), "/a.jpg".into(), "key=demo&key=demo".into()), "deny: ambiguous");
    assert_eq!(of("GET".into(), TypedData::Null, "key=demo".into()), "deny: no-route");
    assert_eq!(of(TypedData::Null, "/".into(), "key=demo".into()), "deny: no-route");
}

/// Who names list or app means to say them: the routes are not asked instead.
#[test]
fn a_list_that_is_not_said_is_no_route() {
    let of = |list: TypedData| {
        check(&[
            ("list", list),
            ("app", "demo".into()),
            ("method", "GET".into()),
            ("path", "/".into()),
            ("query", "key=demo".into()),
            ("origin", ORIGIN.into()),
        ])
    };
    assert_eq!(of("delivery".into()), "allow: matched 1");
    for list in [TypedData::Null, "".into(), "Upload".into(), "uploads".into(), number(1)] {
        assert_eq!(of(list.clone()), "deny: no-route", "{list:?}");
    }
    assert_eq!(check(&[]), "deny: no-route");
}

/// Damaged conversations: nothing panics, and what is written is always whole frames.
#[test]
fn garbage_is_answered_with_frames_or_not_at_all() {
    let checker = testing::checker();
    let whole = [hello(16_380, None), allowed(1), notify(2, 2, &[("path", "/".into())]), goodbye()].concat();
    let mut random = fastrand::Rng::with_seed(0xfeed);
    let mut closed = 0;
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..random.usize(..4) {
            let place = random.usize(..bytes.len());
            bytes[place] = random.u8(..);
        }
        let (mut input, mut output) = (BytesMut::new(), Vec::new());
        let mut session = Session::new(&checker);
        for piece in bytes.chunks(1 + random.usize(..200)) {
            input.extend_from_slice(piece);
            if session.answer(&mut input, &mut output) == Next::Close {
                closed += 1;
                break;
            }
        }
        answers(&output);
    }
    assert!(closed > 1000);
}

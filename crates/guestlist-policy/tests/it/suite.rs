//! Every reason to keep a request out, and every case next to it that is let in: one table, held against the crate here, and against planted bugs in `planted`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use guestlist_policy::{
    Call, Denial, Key, MalformedKind, Request, Secret, Secrets, SignedRef, Subject, Verifier,
};

use crate::known::sign;

/// Something that verifies policies under the secret `testAppSecret`, with this skew in seconds.
pub(crate) trait Verifies {
    fn verify(&self, signed: SignedRef<'_>, now: u64, skew: u64, request: &Request<'_>)
    -> Result<(), Denial>;
}

pub(crate) struct Ours;

impl Verifies for Ours {
    fn verify(
        &self,
        signed: SignedRef<'_>,
        now: u64,
        skew: u64,
        request: &Request<'_>,
    ) -> Result<(), Denial> {
        let secrets = Secrets::one(Secret::new("testAppSecret").unwrap());
        Verifier::new(secrets).skew(Duration::from_secs(skew)).verify(signed, now, request)
    }
}

/// What is expected of a case: a reason without what depends on places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    In,
    Out(Denial),
    Malformed(MalformedKind),
}
use Expected::{In, Malformed, Out};

const NOW: u64 = 1_000_000_000;

/// A signed text, and what becomes of the request.
type Case<'a> = (&'a str, Request<'a>, Expected);

fn cases() -> Vec<Case<'static>> {
    use Call::*;
    let ask = Request::new;
    vec![
        // Time.
        (r#"{"expiry":1000000001}"#, ask(Read), In),
        (r#"{"expiry":1000000000}"#, ask(Read), Out(Denial::Expired)),
        (r#"{"expiry":0}"#, ask(Read), Out(Denial::Expired)),
        // Of fewer digits, and of more: as texts they would be the other way round.
        (r#"{"expiry":999999999}"#, ask(Read), Out(Denial::Expired)),
        (r#"{"expiry":10000000000}"#, ask(Read), In),
        (r#"{"expiry":18446744073709551615}"#, ask(Read), In),
        (r#"{"expiry":18446744073709551616}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Expiry))),
        (r#"{"expiry":-1}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Expiry))),
        (r#"{"expiry":2000000000.5}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Expiry))),
        (r#"{"expiry":2e9}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Expiry))),
        (r#"{"expiry":"2000000000"}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Expiry))),
        (r#"{"expiry":null}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Expiry))),
        (r#"{"expiry":[2000000000]}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Expiry))),
        (r#"{"call":["read"]}"#, ask(Read), Malformed(MalformedKind::NoExpiry)),
        (r#"{}"#, ask(Read), Malformed(MalformedKind::NoExpiry)),
        // Calls.
        (r#"{"expiry":2000000000,"call":["read","stat"]}"#, ask(Stat), In),
        (r#"{"expiry":2000000000,"call":["read","stat"]}"#, ask(Write), Out(Denial::Call(Write))),
        (r#"{"expiry":2000000000,"call":["write"]}"#, ask(WriteUrl), Out(Denial::Call(WriteUrl))),
        (r#"{"expiry":2000000000,"call":["writeUrl"]}"#, ask(Write), Out(Denial::Call(Write))),
        (r#"{"expiry":2000000000,"call":[]}"#, ask(Read), Out(Denial::Call(Read))),
        (r#"{"expiry":2000000000,"call":"read"}"#, ask(Read), In),
        (r#"{"expiry":2000000000,"call":"read"}"#, ask(Stat), Out(Denial::Call(Stat))),
        (r#"{"expiry":2000000000,"call":["Read"]}"#, ask(Read), Malformed(MalformedKind::UnknownCall)),
        (
            r#"{"expiry":2000000000,"call":["read","destroy"]}"#,
            ask(Read),
            Malformed(MalformedKind::UnknownCall),
        ),
        (
            r#"{"expiry":2000000000,"call":["read",1]}"#,
            ask(Read),
            Malformed(MalformedKind::WrongType(Key::Call)),
        ),
        (r#"{"expiry":2000000000,"call":null}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Call))),
        (r#"{"expiry":2000000000}"#, ask(Exif), Out(Denial::Call(Exif))),
        (r#"{"expiry":2000000000}"#, ask(RunWorkflow), In),
        (r#"{"expiry":2000000000,"call":["exif"]}"#, ask(Exif), In),
        // Files.
        (r#"{"expiry":2000000000,"handle":"abc"}"#, ask(Read).handle("abc"), In),
        (r#"{"expiry":2000000000,"handle":"abc"}"#, ask(Read).handle("abcd"), Out(Denial::Handle)),
        (r#"{"expiry":2000000000,"handle":"abc"}"#, ask(Read).handle("ab"), Out(Denial::Handle)),
        (r#"{"expiry":2000000000,"handle":"abc"}"#, ask(Read).handle("ABC"), Out(Denial::Handle)),
        (r#"{"expiry":2000000000,"handle":"a.c"}"#, ask(Read).handle("abc"), Out(Denial::Handle)),
        (r#"{"expiry":2000000000,"handle":"abc"}"#, ask(Read), Out(Denial::NotStated(Subject::Handle))),
        (r#"{"expiry":2000000000,"handle":"abc"}"#, ask(Pick), In),
        (r#"{"expiry":2000000000,"handle":"abc"}"#, ask(Store).handle("x"), Out(Denial::Handle)),
        (
            r#"{"expiry":2000000000,"handle":null}"#,
            ask(Read),
            Malformed(MalformedKind::WrongType(Key::Handle)),
        ),
        (r#"{"expiry":2000000000,"handle":7}"#, ask(Read), Malformed(MalformedKind::WrongType(Key::Handle))),
        (r#"{"expiry":2000000000,"handle":"abc"}"#, ask(Convert).url("https://a.example/b"), In),
        // URLs.
        (
            r#"{"expiry":2000000000,"url":"https://a\\.example/.*"}"#,
            ask(Convert).url("https://a.example/b"),
            In,
        ),
        (
            r#"{"expiry":2000000000,"url":"https://a\\.example/.*"}"#,
            ask(Convert).url("https://b.example/?https://a.example/"),
            Out(Denial::Url),
        ),
        (
            r#"{"expiry":2000000000,"url":"https://a\\.example"}"#,
            ask(Convert).url("https://a.example.evil.example/"),
            Out(Denial::Url),
        ),
        (
            r#"{"expiry":2000000000,"url":"https://a\\.example/b|https://a\\.example/c"}"#,
            ask(Convert).url("https://a.example/bc"),
            Out(Denial::Url),
        ),
        (
            r#"{"expiry":2000000000,"url":"https://a\\.example/.*"}"#,
            ask(Convert),
            Out(Denial::NotStated(Subject::Url)),
        ),
        (r#"{"expiry":2000000000,"url":"https://a\\.example/.*"}"#, ask(Convert).handle("abc"), In),
        (
            r#"{"expiry":2000000000,"url":"https://a\\.example/.*"}"#,
            ask(WriteUrl).handle("abc"),
            Out(Denial::NotStated(Subject::Url)),
        ),
        (r#"{"expiry":2000000000,"url":"https://a\\.example/.*"}"#, ask(Read), In),
        // Places.
        (r#"{"expiry":2000000000,"path":"/photos/[a-z]+"}"#, ask(Store).path("/photos/cat"), In),
        (
            r#"{"expiry":2000000000,"path":"/photos/[a-z]+"}"#,
            ask(Store).path("/photos/cat/../../etc"),
            Out(Denial::Unclear),
        ),
        (
            r#"{"expiry":2000000000,"path":"/photos/[a-z]+"}"#,
            ask(Store).path("/x/photos/cat"),
            Out(Denial::Path),
        ),
        (
            r#"{"expiry":2000000000,"path":"/photos/[a-z]+"}"#,
            ask(Store),
            Out(Denial::NotStated(Subject::Path)),
        ),
        (r#"{"expiry":2000000000,"path":"/photos/[a-z]+"}"#, ask(Pick), In),
        (r#"{"expiry":2000000000,"path":"/photos/[a-z]+"}"#, ask(Pick).path("/other"), Out(Denial::Path)),
        (r#"{"expiry":2000000000,"container":"a|b"}"#, ask(Store).container("b"), In),
        (r#"{"expiry":2000000000,"container":"a|b"}"#, ask(Store).container("bb"), Out(Denial::Container)),
        (r#"{"expiry":2000000000,"container":"a|b"}"#, ask(Store).container("b\n"), Out(Denial::Unclear)),
        (
            r#"{"expiry":2000000000,"container":"a|b"}"#,
            ask(Store),
            Out(Denial::NotStated(Subject::Container)),
        ),
        (
            r#"{"expiry":2000000000,"container":"a)|(b"}"#,
            ask(Store).container("b"),
            Malformed(MalformedKind::Pattern(Key::Container)),
        ),
        (
            r#"{"expiry":2000000000,"path":"(?=a)"}"#,
            ask(Store).path("a"),
            Malformed(MalformedKind::Pattern(Key::Path)),
        ),
        (
            r#"{"expiry":2000000000,"url":"("}"#,
            ask(Convert).url("a"),
            Malformed(MalformedKind::Pattern(Key::Url)),
        ),
        (
            r#"{"expiry":2000000000,"path":"/photos/.*"}"#,
            ask(Store).path("/photos/../etc"),
            Out(Denial::Unclear),
        ),
        (r#"{"expiry":2000000000,"path":"/photos/.*"}"#, ask(Store).path("/photos/."), Out(Denial::Unclear)),
        (
            r#"{"expiry":2000000000,"path":"/photos/.*"}"#,
            ask(Store).path("/photos/..\\x"),
            Out(Denial::Unclear),
        ),
        (
            r#"{"expiry":2000000000,"path":"/photos/.*"}"#,
            ask(Store).path("/photos/%2e%2e/x"),
            Out(Denial::Unclear),
        ),
        (
            r#"{"expiry":2000000000,"path":"/photos/.*"}"#,
            ask(Store).path("/photos/\0x"),
            Out(Denial::Unclear),
        ),
        (r#"{"expiry":2000000000,"path":"/photos/.*"}"#, ask(Store).path("/photos/100% of...it"), In),
        (r#"{"expiry":2000000000}"#, ask(Store).path("/photos/../etc"), In),
        // Sizes.
        (r#"{"expiry":2000000000,"minSize":10,"maxSize":20}"#, ask(Store).size(10), In),
        (r#"{"expiry":2000000000,"minSize":10,"maxSize":20}"#, ask(Store).size(20), In),
        (r#"{"expiry":2000000000,"minSize":10,"maxSize":20}"#, ask(Store).size(9), Out(Denial::TooSmall)),
        (r#"{"expiry":2000000000,"minSize":10,"maxSize":20}"#, ask(Store).size(21), Out(Denial::TooLarge)),
        (r#"{"expiry":2000000000,"maxSize":20}"#, ask(Store), Out(Denial::NotStated(Subject::Size))),
        (r#"{"expiry":2000000000,"minSize":20}"#, ask(Write), Out(Denial::NotStated(Subject::Size))),
        (r#"{"expiry":2000000000,"minSize":20}"#, ask(Read), In),
        (
            r#"{"expiry":2000000000,"minSize":20,"maxSize":20}"#,
            ask(Store).size(20),
            Malformed(MalformedKind::Sizes),
        ),
        (
            r#"{"expiry":2000000000,"minSize":"1"}"#,
            ask(Store).size(20),
            Malformed(MalformedKind::WrongType(Key::MinSize)),
        ),
        (
            r#"{"expiry":2000000000,"maxSize":1.5}"#,
            ask(Store).size(1),
            Malformed(MalformedKind::WrongType(Key::MaxSize)),
        ),
        // JSON.
        (r#"{"expiry":2000000000,"calls":["read"]}"#, ask(Read), Malformed(MalformedKind::UnknownKey)),
        (r#"{"expiry":2000000000,"Handle":"a"}"#, ask(Read), Malformed(MalformedKind::UnknownKey)),
        (
            r#"{"expiry":1,"expiry":2000000000}"#,
            ask(Read),
            Malformed(MalformedKind::RepeatedKey(Key::Expiry)),
        ),
        (
            r#"{"expiry":2000000000,"\u0065xpiry":2000000001}"#,
            ask(Read),
            Malformed(MalformedKind::RepeatedKey(Key::Expiry)),
        ),
        (
            r#"{"expiry":2000000000,"call":["read"],"call":["exif"]}"#,
            ask(Exif),
            Malformed(MalformedKind::RepeatedKey(Key::Call)),
        ),
        (r#" { "expiry" : 2000000000 } "#, ask(Read), In),
        (r#"{"expiry":2000000000}{}"#, ask(Read), Malformed(MalformedKind::Json)),
        (r#"{"expiry":2000000000,}"#, ask(Read), Malformed(MalformedKind::Json)),
        (r#"{"expiry":2000000000"#, ask(Read), Malformed(MalformedKind::Json)),
        (r#"[2000000000]"#, ask(Read), Malformed(MalformedKind::Json)),
        ("\u{feff}{\"expiry\":2000000000}", ask(Read), Malformed(MalformedKind::Json)),
        ("", ask(Read), Malformed(MalformedKind::Json)),
    ]
}

/// Every case, in words what is wrong with the first that is not as it should be.
pub(crate) fn run(subject: &impl Verifies) -> Result<usize, String> {
    let mut count = 0;
    let mut check = |what: &str, found: Result<(), Denial>, expected: Expected| {
        count += 1;
        let is_expected = match (found, expected) {
            (Ok(()), In) => true,
            (Err(found), Out(expected)) => found == expected,
            (Err(Denial::Malformed(found)), Malformed(expected)) => found.kind == expected,
            _ => false,
        };
        if is_expected { Ok(()) } else { Err(format!("{what}: {found:?}, not {expected:?}")) }
    };
    for (json, request, expected) in cases() {
        let policy = URL_SAFE.encode(json);
        let signature = sign(policy.as_bytes());
        let signed = SignedRef { policy: policy.as_bytes(), signature: signature.as_bytes() };
        check(&format!("{json} {request:?}"), subject.verify(signed, NOW, 0, &request), expected)?;
        // Whatever is in it, without its signature nothing is said of it.
        let other = sign(json.as_bytes());
        for wrong in [
            &*other,
            "",
            &signature[..8],
            &signature[..63],
            &format!("{signature}0"),
            &signature.to_uppercase().replace('A', "a"),
        ] {
            let signed = SignedRef { policy: policy.as_bytes(), signature: wrong.as_bytes() };
            if wrong != signature {
                check(
                    &format!("{json} signed {wrong}"),
                    subject.verify(signed, NOW, 0, &request),
                    Out(Denial::Signature),
                )?;
            }
        }
    }
    let policy = URL_SAFE.encode(r#"{"expiry":1000000000}"#);
    let signature = sign(policy.as_bytes());
    let signed = SignedRef { policy: policy.as_bytes(), signature: signature.as_bytes() };
    for (now, skew, expected) in [
        (NOW - 1, 0, In),
        (NOW, 0, Out(Denial::Expired)),
        (NOW, 1, In),
        (NOW + 59, 60, In),
        (NOW + 60, 60, Out(Denial::Expired)),
        (u64::MAX, u64::MAX, Out(Denial::Expired)),
    ] {
        check(
            &format!("at {now} with a skew of {skew}"),
            subject.verify(signed, now, skew, &Request::new(Call::Read)),
            expected,
        )?;
    }
    // Not Base64, however it is signed.
    for text in [
        "*",
        "e30",
        "eyJ",
        "e",
        "====",
        "eyJleHBpcnkiOjIwMDAwMDAwMDB9\n",
        "eyJleHBpcnkiOjIwMDAwMDAwMDB9=",
        "-+-+",
        "eyJleHBpcnkiOjIwMDAwMDAwMDB-",
    ] {
        let signature = sign(text.as_bytes());
        let signed = SignedRef { policy: text.as_bytes(), signature: signature.as_bytes() };
        let found = subject.verify(signed, NOW, 0, &Request::new(Call::Read));
        if !matches!(found, Err(Denial::Malformed(_))) {
            return Err(format!("{text}: {found:?}"));
        }
    }
    Ok(count)
}

#[test]
fn every_case_is_as_it_should_be() {
    let count = run(&Ours).unwrap();
    assert!(count > 400, "{count}");
}

#[test]
fn every_reason_has_a_case_a_name_and_words_of_its_own() {
    let mut reasons: Vec<Denial> = cases()
        .into_iter()
        .filter_map(|case| if let Out(denial) = case.2 { Some(denial) } else { None })
        .collect();
    let malformed = guestlist_policy::Malformed { kind: MalformedKind::Json, at: 0 };
    reasons.extend([
        Denial::Missing,
        Denial::Repeated,
        Denial::Unclear,
        Denial::Signature,
        Denial::Malformed(malformed),
    ]);
    let mut codes: Vec<&str> = reasons.iter().map(|reason| reason.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(
        codes,
        [
            "policy-call",
            "policy-container",
            "policy-expired",
            "policy-handle",
            "policy-malformed",
            "policy-missing",
            "policy-not-stated",
            "policy-path",
            "policy-repeated",
            "policy-signature",
            "policy-too-large",
            "policy-too-small",
            "policy-unclear",
            "policy-url"
        ]
    );
    let mut words: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    let all = reasons.iter().enumerate().filter(|(at, reason)| !reasons[..*at].contains(reason)).count();
    words.sort();
    words.dedup();
    assert_eq!(words.len(), all);
}

#[test]
fn what_is_too_long_is_refused_unread() {
    let json =
        format!(r#"{{"expiry":2000000000,"handle":"{}"}}"#, "a".repeat(guestlist_policy::MAX_POLICY_BYTES));
    let policy = URL_SAFE.encode(json);
    let signed = SignedRef { policy: policy.as_bytes(), signature: b"" };
    let found = Ours.verify(signed, NOW, 0, &Request::new(Call::Read));
    assert!(
        matches!(found, Err(Denial::Malformed(malformed)) if malformed.kind == MalformedKind::TooLong),
        "{found:?}"
    );
}

#[test]
fn unknown_keys_are_left_out_where_that_was_asked_for() {
    let policy = URL_SAFE.encode(r#"{"expiry":2000000000,"x":{"expiry":[[]]},"call":["read"]}"#);
    let signature = sign(policy.as_bytes());
    let signed = SignedRef { policy: policy.as_bytes(), signature: signature.as_bytes() };
    let secrets = Secrets::one(Secret::new("testAppSecret").unwrap());
    let verifier = Verifier::new(secrets).dangerously_ignore_unknown_keys();
    assert_eq!(verifier.verify(signed, NOW, &Request::new(Call::Read)), Ok(()));
    assert_eq!(verifier.verify(signed, NOW, &Request::new(Call::Stat)), Err(Denial::Call(Call::Stat)));
}

/// Two secrets are live while one takes the other's place, and no third.
#[test]
fn secrets_take_turns() {
    let [first, second, third] = ["testAppSecret", "b", "c"].map(|text| Secret::new(text).unwrap());
    let policy = guestlist_policy::Policy::expires_at(2_000_000_000);
    let signed = [&first, &second, &third].map(|secret| policy.sign(secret).unwrap());
    let taken = |secrets: &Secrets| {
        let verifier = Verifier::new(secrets.clone());
        signed
            .each_ref()
            .map(|signed| verifier.verify(signed.as_ref(), NOW, &Request::new(Call::Read)).is_ok())
    };
    let secrets = Secrets::none();
    assert_eq!(taken(&secrets), [false, false, false]);
    let secrets = secrets.rotated(first);
    assert_eq!(taken(&secrets), [true, false, false]);
    let secrets = secrets.rotated(second);
    assert_eq!(taken(&secrets), [true, true, false]);
    let secrets = secrets.rotated(third);
    assert_eq!(taken(&secrets), [false, true, true]);
    assert_eq!(taken(&secrets.without_previous()), [false, false, true]);
}

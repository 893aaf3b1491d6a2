//! Nothing is taken but what was signed: bits flipped, texts written in another way, cut off, put together anew. And whatever is signed, reading it ends without a panic.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use guestlist_policy::{Call, Denial, Policy, Request, Secret, Secrets, SignedRef, Verifier};

use crate::known::sign;

fn verifier() -> Verifier {
    Verifier::new(Secrets::one(Secret::new("testAppSecret").unwrap()))
}

fn refused(policy: &[u8], signature: &[u8]) {
    let found = verifier().verify(SignedRef { policy, signature }, 0, &Request::new(Call::Read).handle("H"));
    assert_eq!(
        found,
        Err(Denial::Signature),
        "{:?} {:?}",
        String::from_utf8_lossy(policy),
        String::from_utf8_lossy(signature)
    );
}

#[test]
fn a_change_of_one_bit_is_seen() {
    let signed = Policy::expires_at(u64::MAX)
        .calls([Call::Read])
        .handle("H")
        .sign(&Secret::new("testAppSecret").unwrap())
        .unwrap();
    let (policy, signature) = (signed.policy().as_bytes(), signed.signature().as_bytes());
    for at in 0..policy.len() * 8 {
        let mut other = policy.to_vec();
        other[at / 8] ^= 1 << (at % 8);
        refused(&other, signature);
    }
    for at in 0..signature.len() * 8 {
        let mut other = signature.to_vec();
        other[at / 8] ^= 1 << (at % 8);
        refused(policy, &other);
    }
    for at in 0..policy.len() {
        refused(&policy[..at], signature);
        refused(&policy[at + 1..], signature);
    }
    for at in 0..signature.len() {
        refused(policy, &signature[..at]);
        refused(policy, &signature[at + 1..]);
    }
}

/// Another spelling of the same policy has another signature.
#[test]
fn a_policy_written_in_another_way_is_another() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..500 {
        let handle: String = (0..random.usize(0..40)).map(|_| random.char(' '..'\u{2000}')).collect();
        let policy = Policy::expires_at(random.u64(..)).handle(handle);
        let signed = policy.sign(&Secret::new("testAppSecret").unwrap()).unwrap();
        assert_eq!(Policy::parse(policy.to_json()).unwrap(), policy);
        let json = policy.to_json();
        for other in [
            STANDARD.encode(&json),
            URL_SAFE_NO_PAD.encode(&json),
            format!("{}\n", signed.policy()),
            format!(" {}", signed.policy()),
            format!("{}=", signed.policy()),
            URL_SAFE.encode(format!("{json} ")),
            URL_SAFE.encode(json.replacen(':', ": ", 1)),
            json.clone(),
        ] {
            if other != signed.policy() {
                refused(other.as_bytes(), signed.signature().as_bytes());
            }
        }
        for other in [
            signed.signature().to_uppercase(),
            format!("0x{}", signed.signature()),
            format!("{} ", signed.signature()),
        ] {
            if other != signed.signature() {
                refused(signed.policy().as_bytes(), other.as_bytes());
            }
        }
    }
}

/// Signed by somebody who means harm: reading ends, with a reason.
#[test]
fn hostile_json_is_read_to_an_end() {
    let deep = |open: &str, close: &str| {
        format!(r#"{{"expiry":9,"call":{}{}}}"#, open.repeat(1000), close.repeat(1000))
    };
    let mut texts = vec![
        deep("[", "]"),
        deep("{\"call\":", "}"),
        format!(r#"{{"expiry":9,{}"x":1}}"#, r#""handle":"a","#.repeat(100)),
        format!(r#"{{"expiry":{}}}"#, "9".repeat(5000)),
        format!(r#"{{"expiry":1e{}}}"#, "9".repeat(5000)),
        format!(r#"{{"expiry":9,"path":"{}"}}"#, "(a*)*".repeat(200)),
        format!(r#"{{"expiry":9,"path":"{}"}}"#, r"(\\w{9}){9}".repeat(90)),
        format!(r#"{{"expiry":9,"path":"{}"}}"#, "(".repeat(1000)),
        "\"".repeat(4000),
        r#"{"expiry":9,"handle":"\ud800"}"#.to_string(),
    ];
    let mut random = fastrand::Rng::with_seed(11);
    let tokens = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"expiry\"",
        "\"call\"",
        "\"path\"",
        "\"(\"",
        "\"read\"",
        "9",
        "-",
        "1e5",
        "null",
        "\"\\u0000\"",
        "\u{0}",
        " ",
    ];
    for _ in 0..5000 {
        texts.push((0..random.usize(0..20)).map(|_| tokens[random.usize(..tokens.len())]).collect());
    }
    let request = Request::new(Call::Store)
        .path("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac")
        .handle("a")
        .size(1)
        .container("x")
        .url("y");
    let mut malformed = 0;
    for text in &texts {
        let policy = URL_SAFE.encode(text);
        let signature = sign(policy.as_bytes());
        let found = verifier().verify(
            SignedRef { policy: policy.as_bytes(), signature: signature.as_bytes() },
            0,
            &request,
        );
        malformed += usize::from(matches!(found, Err(Denial::Malformed(_))));
        assert_ne!(found, Err(Denial::Signature), "{text}");
        if let Err(Denial::Malformed(found)) = found {
            assert!(found.at <= text.len(), "{text} {found:?}");
        }
    }
    assert!(malformed > 4000, "{malformed}");
    for _ in 0..5000 {
        let bytes: Vec<u8> = (0..random.usize(0..60)).map(|_| random.u8(..)).collect();
        let signature = sign(&bytes);
        let found =
            verifier().verify(SignedRef { policy: &bytes, signature: signature.as_bytes() }, 0, &request);
        assert!(matches!(found, Err(Denial::Malformed(_))), "{bytes:?} {found:?}");
    }
}

//! Signed policies: what is taken was signed, what is signed is read as a naive reader reads it, and what is printed is read again.
//!
//! The signatures are made here, by the HMAC itself, so that any text can be signed, a policy or not.

mod case;
mod forgeries;
mod naive;
mod round_trip;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use guestlist_policy::{
    Denial, MAX_POLICY_BYTES, Malformed, MalformedKind, Policy, Secret, Secrets, SignedRef, Verifier,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use self::naive::Naive;
use crate::oracle::Agreement;

pub use self::case::{PolicyCase, RequestCase};
pub use self::forgeries::takes_only_what_was_signed;
pub use self::round_trip::round_trips;

/// In Base64, as requests carry it.
pub fn encode(json: &[u8]) -> String {
    URL_SAFE.encode(json)
}

/// The signature of a text, whatever it is.
pub fn sign(secret: &[u8], text: &[u8]) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(text);
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What takes the signatures of this secret; `None` if it can be none.
fn verifier(secret: &[u8]) -> Option<Verifier> {
    Some(Verifier::new(Secrets::one(Secret::new(secret).ok()?)))
}

/// Any text is signed and verified: that ends, and says what a naive reader says, of the policy and of a request that `choices` make.
pub fn json_is_read_to_an_end(json: &[u8], choices: &[u8]) -> Agreement {
    const SECRET: &[u8] = b"testAppSecret";
    let Some(verifier) = verifier(SECRET) else { return Err("the secret is refused".to_owned()) };
    let Ok(case) = RequestCase::generate(choices) else { return Ok(()) };
    let policy = encode(json);
    let signature = sign(SECRET, policy.as_bytes());
    let signed = SignedRef { policy: policy.as_bytes(), signature: signature.as_bytes() };
    let shown = || String::from_utf8_lossy(json).into_owned();

    let (opened, verified) =
        (verifier.open(signed, case.now), verifier.verify(signed, case.now, &case.request()));
    let parsed = Policy::parse(json);
    if policy.len() > MAX_POLICY_BYTES {
        let too_long = Denial::Malformed(Malformed { kind: MalformedKind::TooLong, at: 0 });
        let is_refused = opened == Err(too_long) && verified == Err(too_long);
        return if is_refused { Ok(()) } else { Err(format!("{:?} is too long, and read", shown())) };
    }
    let naive = match (&opened, Naive::read(json)) {
        (Ok(opened), Some(naive)) => {
            if opened.policy.to_json() != naive.canonical() {
                return Err(format!(
                    "{:?} is read as {}, naively as {}",
                    shown(),
                    opened.policy.to_json(),
                    naive.canonical()
                ));
            }
            if opened.is_expired != (naive.expiry <= case.now) {
                return Err(format!("{:?} at {}: expired {}", shown(), case.now, opened.is_expired));
            }
            naive
        }
        (Err(Denial::Malformed(malformed)), None) if malformed.at <= json.len() => {
            // It is refused in the same way whatever it is asked.
            let is_refused = verified == Err(Denial::Malformed(*malformed))
                && parsed.is_err_and(|error| error.malformed() == *malformed);
            return if is_refused {
                Ok(())
            } else {
                Err(format!("{:?} is refused in several ways: {verified:?}", shown()))
            };
        }
        (opened, naive) => return Err(format!("{:?}: {opened:?}, naively {naive:?}", shown())),
    };
    let is_pattern =
        |error: &guestlist_policy::InvalidPolicy| matches!(error.malformed().kind, MalformedKind::Pattern(_));
    if let Err(error) = &parsed
        && !is_pattern(error)
    {
        return Err(format!("{:?} is a policy that cannot be parsed: {error}", shown()));
    }
    match naive.decide(&case) {
        Some(expected) if expected != verified => {
            Err(format!("{:?}, {case:?}: {verified:?}, naively {expected:?}", shown()))
        }
        _ => Ok(()),
    }
}

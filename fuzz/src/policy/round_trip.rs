//! Printing a policy is the inverse of reading it, and there is one text for what it says.

use guestlist_policy::{InvalidPolicy, MalformedKind, Policy, Secret, Secrets, Verifier, decode};

use super::naive::Naive;
use crate::oracle::Agreement;

/// A text is refused with a message that says what to do; or it is a policy, whose text is read as the same policy and printed as the same text, and which comes out of its signed form as it went in.
pub fn round_trips(json: &[u8]) -> Agreement {
    let shown = || String::from_utf8_lossy(json).into_owned();
    let policy = match Policy::parse(json) {
        Ok(policy) => policy,
        Err(error) => return can_be_shown(&error).map_err(|what| format!("{:?}: {what}", shown())),
    };
    let text = policy.to_json();
    let differs = |what: &str| Err(format!("{:?} is printed as {text:?}: {what}", shown()));
    match Policy::parse(&text) {
        Ok(again) if again != policy => return differs("which is another policy"),
        Ok(again) if again.to_json() != text => return differs("and that in another way"),
        Ok(_) => {}
        Err(error) => return differs(&format!("which is refused: {error}")),
    }
    if Naive::read(json).map(|naive| naive.canonical()).as_ref() != Some(&text) {
        return differs("which is not its canonical text");
    }
    let Ok(secret) = Secret::new("testAppSecret") else { return differs("the secret is refused") };
    let signed = match policy.sign(&secret) {
        Ok(signed) => signed,
        Err(error) if error.malformed().kind == MalformedKind::TooLong => return Ok(()),
        Err(error) => return differs(&format!("which cannot be signed: {error}")),
    };
    if decode(signed.policy().as_bytes()).as_deref() != Ok(text.as_bytes()) {
        return differs("which is not what is signed");
    }
    match Verifier::new(Secrets::one(secret)).open(signed.as_ref(), 0) {
        Ok(opened) if opened.policy == policy => Ok(()),
        other => differs(&format!("which comes out of its signed form as {other:?}")),
    }
}

fn can_be_shown(error: &InvalidPolicy) -> Result<(), String> {
    let shown = error.to_string();
    let has_all =
        shown.starts_with("this is no policy: ") && shown.ends_with(error.help()) && !error.help().is_empty();
    if has_all { Ok(()) } else { Err(format!("cannot be shown: {shown}")) }
}

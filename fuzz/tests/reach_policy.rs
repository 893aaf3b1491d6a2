//! What the committed inputs and the generator reach of policies: every reason to keep a request out, every flaw, and that it is let in.

use std::collections::BTreeMap;

use guestlist_fuzz::policy::{PolicyCase, RequestCase, encode, sign};
use guestlist_fuzz::seed;
use guestlist_policy::{Denial, Secret, Secrets, SignedRef, Verifier};

const SECRET: &[u8] = b"testAppSecret";

/// What a signed text comes to.
fn outcome(json: &[u8], choices: &[u8]) -> Option<String> {
    let request = RequestCase::generate(choices).ok()?;
    let policy = encode(json);
    let signature = sign(SECRET, policy.as_bytes());
    let signed = SignedRef { policy: policy.as_bytes(), signature: signature.as_bytes() };
    let verifier = Verifier::new(Secrets::one(Secret::new(SECRET).ok()?));
    Some(match verifier.verify(signed, request.now, &request.request()) {
        Ok(()) => "let in".to_owned(),
        Err(Denial::Malformed(malformed)) => {
            let kind = format!("{:?}", malformed.kind);
            kind.split('(').next().unwrap_or_default().to_owned()
        }
        Err(denial) => denial.code().to_owned(),
    })
}

/// By what the generator makes.
const MADE: &[&str] = &[
    "let in",
    "policy-expired",
    "policy-call",
    "policy-handle",
    "policy-url",
    "policy-path",
    "policy-container",
    "policy-too-small",
    "policy-too-large",
    "policy-not-stated",
    "Json",
    "UnknownKey",
    "RepeatedKey",
    "WrongType",
    "UnknownCall",
    "NoExpiry",
    "Sizes",
    "Pattern",
];

/// By the committed inputs, as JSON: flaws alone, for a request that they do not choose.
const COMMITTED: &[&str] =
    &["Json", "UnknownKey", "RepeatedKey", "WrongType", "UnknownCall", "Sizes", "TooLong", "policy-expired"];

fn missing(asked: &[&str], found: impl Iterator<Item = String>) -> Vec<String> {
    let mut counts = BTreeMap::<String, usize>::new();
    found.for_each(|outcome| *counts.entry(outcome).or_default() += 1);
    let missing = asked.iter().filter(|what| !counts.contains_key(**what));
    missing.map(|what| format!("{what}, in {counts:?}")).collect()
}

#[test]
fn every_reason_is_reached() {
    let made = seed::inputs(&[], 4000).filter_map(|bytes| {
        let case = PolicyCase::generate(&bytes).ok()?;
        outcome(case.json.as_bytes(), &case.choices)
    });
    assert_eq!(missing(MADE, made), Vec::<String>::new());
    let committed = seed::committed("corpus", "policy_json_is_read_to_an_end").unwrap();
    let committed = committed.iter().filter_map(|json| outcome(json, &PolicyCase::fixed().choices));
    assert_eq!(missing(COMMITTED, committed), Vec::<String>::new());
}

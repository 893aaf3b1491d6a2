//! A text is signed, and then changed, or its signature is: nothing is taken but what was signed.

use arbitrary::Unstructured;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use guestlist_policy::{
    Call, Denial, MAX_POLICY_BYTES, Malformed, MalformedKind, Request, Secret, Secrets, SignedRef, Verifier,
    decode,
};

use super::{sign, verifier};
use crate::oracle::Agreement;

/// How many bits of a policy are flipped, at places that come from the choices.
const FLIPPED: usize = 16;

/// Signed with the secret, a text gets past the signature, whatever it is; with one bit changed, cut off, written in another way, or with a signature that is, it does not.
pub fn takes_only_what_was_signed(secret: &[u8], text: &[u8], choices: &[u8]) -> Agreement {
    let Some(verifier) = verifier(secret) else { return Ok(()) };
    let signature = sign(secret, text);
    if gets_past(&verifier, text, signature.as_bytes())? != (text.len() <= MAX_POLICY_BYTES) {
        return Err(format!("{:?}: its signature {signature} is not taken", shown(text)));
    }
    let u = &mut Unstructured::new(choices);
    for (what, other) in texts(text, u) {
        if other != text && gets_past(&verifier, &other, signature.as_bytes())? {
            return Err(format!("{:?}, {what}: {:?} is taken", shown(text), shown(&other)));
        }
    }
    for (what, other) in signatures(secret, text, &signature, u) {
        if other != signature.as_bytes() && gets_past(&verifier, text, &other)? {
            return Err(format!("{:?}, {what}: the signature {:?} is taken", shown(text), shown(&other)));
        }
    }
    rotation_holds(secret, text, &signature)
}

/// While a secret is being changed both are taken, and then the new one alone.
fn rotation_holds(secret: &[u8], text: &[u8], signature: &str) -> Agreement {
    let other = [secret, b"x"].concat();
    let (Ok(old), Ok(new)) = (Secret::new(secret), Secret::new(&other)) else { return Ok(()) };
    let both = Secrets::one(old).rotated(new);
    let of_new = sign(&other, text);
    let fits = text.len() <= MAX_POLICY_BYTES;
    for (secrets, old_is_taken) in
        [(both.clone(), true), (both.without_previous(), false), (Secrets::none(), false)]
    {
        let new_is_taken = !secrets.is_empty();
        let verifier = Verifier::new(secrets);
        let taken = (
            gets_past(&verifier, text, signature.as_bytes())?,
            gets_past(&verifier, text, of_new.as_bytes())?,
        );
        if taken != (old_is_taken && fits, new_is_taken && fits) {
            return Err(format!("{:?}: with another secret beside it {taken:?} are taken", shown(text)));
        }
    }
    Ok(())
}

/// Whether a text gets past the signature: it may still be no policy.
fn gets_past(verifier: &Verifier, policy: &[u8], signature: &[u8]) -> Result<bool, String> {
    const TOO_LONG: Denial = Denial::Malformed(Malformed { kind: MalformedKind::TooLong, at: 0 });
    let signed = SignedRef { policy, signature };
    let (opened, verified) =
        (verifier.open(signed, 0), verifier.verify(signed, 0, &Request::new(Call::Pick)));
    let past =
        |denial: Option<Denial>| !matches!(denial, Some(Denial::Signature)) && denial != Some(TOO_LONG);
    let (opened, verified) = (past(opened.err()), past(verified.err()));
    if opened == verified {
        Ok(opened)
    } else {
        Err(format!("{:?}: opened {opened}, verified {verified}", shown(policy)))
    }
}

/// The text, changed.
fn texts(text: &[u8], u: &mut Unstructured<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let with = |before: &[u8], after: &[u8]| [before, text, after].concat();
    let swap = |from: [u8; 2], to: [u8; 2]| -> Vec<u8> {
        let swapped = text.iter().map(|byte| match from.iter().position(|other| other == byte) {
            Some(at) => to[at],
            None => *byte,
        });
        swapped.collect()
    };
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let mut texts = vec![
        ("in the standard alphabet", swap(*b"-_", *b"+/")),
        ("in the alphabet for URLs", swap(*b"+/", *b"-_")),
        ("without padding", text[..text.len() - padding].to_vec()),
        ("padded more", with(b"", b"=")),
        ("with a line break", with(b"", b"\n")),
        ("with a NUL", with(b"", b"\0")),
        ("behind a blank", with(b" ", b"")),
        ("twice", text.repeat(2)),
        ("in capitals", text.to_ascii_uppercase()),
        ("in small letters", text.to_ascii_lowercase()),
        ("reversed", text.iter().rev().copied().collect()),
        ("empty", Vec::new()),
    ];
    if let Some((_, rest)) = text.split_first() {
        texts.push(("without its first", rest.to_vec()));
        texts.push(("without its last", text[..text.len() - 1].to_vec()));
        texts.push(("its first half", text[..text.len() / 2].to_vec()));
        for _ in 0..FLIPPED {
            // Once the choices have run out, it is the first one again and again.
            let bit = u.choose_index(text.len() * 8).unwrap_or_default();
            let mut flipped = text.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            texts.push(("one bit flipped", flipped));
        }
    }
    if let Ok(json) = decode(text) {
        texts.push(("in standard Base64", STANDARD.encode(&json).into_bytes()));
        texts.push(("in standard Base64 without padding", STANDARD_NO_PAD.encode(&json).into_bytes()));
        texts.push(("in Base64 for URLs", URL_SAFE.encode(&json).into_bytes()));
        texts.push(("in Base64 for URLs without padding", URL_SAFE_NO_PAD.encode(&json).into_bytes()));
        texts
            .push(("with a blank behind the JSON", URL_SAFE.encode([&json[..], b" "].concat()).into_bytes()));
        texts.push(("as JSON", json));
    }
    texts
}

/// The signature, changed, or that of something else.
fn signatures(
    secret: &[u8],
    text: &[u8],
    signature: &str,
    u: &mut Unstructured<'_>,
) -> Vec<(&'static str, Vec<u8>)> {
    let digits = signature.as_bytes();
    let mut signatures = vec![
        ("in capitals", signature.to_uppercase().into_bytes()),
        ("with 0x", format!("0x{signature}").into_bytes()),
        ("with a blank", format!("{signature} ").into_bytes()),
        ("with a digit more", format!("{signature}0").into_bytes()),
        ("without its last byte", digits[..62].to_vec()),
        ("its first half", digits[..32].to_vec()),
        ("empty", Vec::new()),
        ("zeros", vec![b'0'; 64]),
        ("of another secret", sign(&[secret, b"x"].concat(), text).into_bytes()),
        ("of a shorter secret", sign(&secret[..secret.len() / 2], text).into_bytes()),
        ("of no secret", sign(b"", text).into_bytes()),
        ("of the secret under the text", sign(text, secret).into_bytes()),
        ("of more", sign(secret, &[text, b"="].concat()).into_bytes()),
    ];
    if let Ok(json) = decode(text)
        && json != text
    {
        signatures.push(("of the JSON", sign(secret, &json).into_bytes()));
    }
    for at in 0..digits.len() {
        let mut flipped = digits.to_vec();
        flipped[at] ^= 1 << u.choose_index(8).unwrap_or_default();
        signatures.push(("one bit flipped", flipped));
    }
    signatures
}

/// Bytes as Rust has them.
fn shown(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

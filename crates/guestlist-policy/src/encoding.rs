//! Base64, in both of its alphabets (RFC 4648, sections 4 and 5).

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::denial::{Malformed, MalformedKind};

/// Padding may be left out, as many URL builders do. Bits that are no part of a byte must be zero.
const READING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const READS_STANDARD: GeneralPurpose = GeneralPurpose::new(&STANDARD, READING);
const READS_URL_SAFE: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, READING);

/// In the alphabet for URLs, with padding: what is signed.
pub(crate) fn encode(json: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE.encode(json)
}

/// The JSON text in a policy, in whichever alphabet it is written; one text has one. Padding may be left out.
///
/// It says nothing of whether the policy is signed, or a policy at all: for people, and behind a check of the signature.
///
/// # Errors
///
/// If it is not Base64.
///
/// ```
/// assert_eq!(guestlist_policy::decode(b"eyJleHBpcnkiOjF9").unwrap(), br#"{"expiry":1}"#);
/// assert!(guestlist_policy::decode(b"no Base64").is_err());
/// ```
pub fn decode(policy: &[u8]) -> Result<Vec<u8>, Malformed> {
    let mut json = Vec::new();
    decode_into(policy, &mut json)?;
    Ok(json)
}

pub(crate) fn decode_into(policy: &[u8], json: &mut Vec<u8>) -> Result<(), Malformed> {
    let is_standard = policy.iter().any(|byte| matches!(byte, b'+' | b'/'));
    let engine = if is_standard { &READS_STANDARD } else { &READS_URL_SAFE };
    engine.decode_vec(policy, json).map_err(|_| Malformed { kind: MalformedKind::Encoding, at: 0 })
}

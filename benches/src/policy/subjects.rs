//! What is timed beside the verifier: the bare HMAC, and compares that are as wrong as they are common.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The least that whoever verifies must do: the HMAC of the text with the secret, compared with the tag.
pub(super) fn bare_hmac(secret: &[u8], text: &[u8], tag: &[u8; 32]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    mac.update(text);
    mac.verify_slice(tag).is_ok()
}

/// The signature of a text in hexadecimal digits.
pub(super) fn signature(secret: &[u8], text: &[u8]) -> [u8; 64] {
    let mut digits = [0; 64];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) {
        mac.update(text);
        let tag = mac.finalize().into_bytes();
        for (digits, byte) in digits.chunks_exact_mut(2).zip(tag) {
            digits[0] = b"0123456789abcdef"[usize::from(byte >> 4)];
            digits[1] = b"0123456789abcdef"[usize::from(byte & 15)];
        }
    }
    digits
}

/// The tag that a signature is written for; zeros where it is none.
pub(super) fn tag(signature: &[u8]) -> [u8; 32] {
    let mut tag = [0; 32];
    for (byte, digits) in tag.iter_mut().zip(signature.chunks_exact(2)) {
        *byte = core::str::from_utf8(digits)
            .ok()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .unwrap_or_default();
    }
    tag
}

/// Compares from the front, and stops where two texts part: what `==` may do, and what tells a forger how far they got.
#[inline(never)]
pub(super) fn naive_eq(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a == b)
}

/// Verifies as many programs do: makes the signature anew, and compares naively.
pub(super) fn naive_verify(secret: &[u8], text: &[u8], claimed: &[u8]) -> bool {
    naive_eq(&signature(secret, text), claimed)
}

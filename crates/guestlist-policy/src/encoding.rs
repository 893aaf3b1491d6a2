//! Base64, in both of its alphabets (RFC 4648, sections 4 and 5).
//!
//! What is written in the ordinary way, whole groups and at most the padding that belongs there, is read by tables; anything else by the library, which decides.

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
    Buffer::new().decode(policy).map(<[u8]>::to_vec)
}

/// What most policies have room in, without a call of the allocator.
const SMALL: usize = 384;

/// Where a policy is decoded.
pub(crate) struct Buffer {
    small: [u8; SMALL],
    large: Vec<u8>,
}

impl Buffer {
    pub(crate) const fn new() -> Buffer {
        Buffer { small: [0; SMALL], large: Vec::new() }
    }

    /// [`decode`], into this place.
    pub(crate) fn decode(&mut self, policy: &[u8]) -> Result<&[u8], Malformed> {
        let length = policy.len() / 4 * 3 + 3;
        let place = if length <= SMALL {
            &mut self.small[..]
        } else {
            self.large.resize(length, 0);
            &mut self.large[..]
        };
        if let Some(length) = ordinary(policy, place) {
            return Ok(&place[..length]);
        }
        let is_standard = policy.iter().any(|byte| matches!(byte, b'+' | b'/'));
        let engine = if is_standard { &READS_STANDARD } else { &READS_URL_SAFE };
        match engine.decode_slice(policy, place) {
            Ok(length) => Ok(&place[..length]),
            Err(_) => Err(Malformed { kind: MalformedKind::Encoding, at: 0 }),
        }
    }
}

/// In the top byte of a table's entry: of the standard alphabet alone, of the one for URLs alone, and what is in neither counts as both. So an entry of each, or one that is in neither, shows once all are put together.
const OF_STANDARD: u32 = 1 << 24;
const OF_URLS: u32 = 2 << 24;
const IN_NEITHER: u32 = OF_STANDARD | OF_URLS;

/// For each place in a group of four, what a character adds to the group's three bytes.
static PLACES: [[u32; 256]; 4] = [table(18), table(12), table(6), table(0)];

const fn table(shift: u32) -> [u32; 256] {
    const SHARED: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut table = [IN_NEITHER; 256];
    let mut value: u32 = 0;
    while (value as usize) < SHARED.len() {
        table[SHARED[value as usize] as usize] = value << shift;
        value += 1;
    }
    table[b'+' as usize] = 62 << shift | OF_STANDARD;
    table[b'/' as usize] = 63 << shift | OF_STANDARD;
    table[b'-' as usize] = 62 << shift | OF_URLS;
    table[b'_' as usize] = 63 << shift | OF_URLS;
    table
}

/// Decodes what is written in the ordinary way, and says how long it is; nothing where the library must look. There is room for whole groups.
fn ordinary(policy: &[u8], place: &mut [u8]) -> Option<usize> {
    // A group of two or three characters may be filled up with `=`, and not beyond.
    let text = match policy {
        [text @ .., b'=', b'='] if text.len() % 4 == 2 => text,
        [text @ .., b'='] if text.len() % 4 == 3 => text,
        _ => policy,
    };
    let groups = text.chunks_exact(4);
    let rest = groups.remainder();
    let at = |place: usize, byte: u8| PLACES[place][usize::from(byte)];
    let mut seen = 0;
    for (group, bytes) in groups.zip(place.chunks_exact_mut(3)) {
        let all = at(0, group[0]) | at(1, group[1]) | at(2, group[2]) | at(3, group[3]);
        seen |= all;
        bytes.copy_from_slice(&all.to_be_bytes()[1..]);
    }
    let start = text.len() / 4 * 3;
    let (all, length, beyond) = match *rest {
        [] => (0, 0, 0),
        [a, b] => (at(0, a) | at(1, b), 1, 0xffff),
        [a, b, c] => (at(0, a) | at(1, b) | at(2, c), 2, 0xff),
        _ => return None,
    };
    seen |= all;
    let is_plain = seen & IN_NEITHER != IN_NEITHER && all & beyond == 0;
    place.get_mut(start..start + length)?.copy_from_slice(&all.to_be_bytes()[1..=length]);
    is_plain.then_some(start + length)
}

#[cfg(test)]
mod tests {
    use base64::Engine;

    use super::{Buffer, READS_STANDARD, READS_URL_SAFE, SMALL, decode, encode, ordinary};

    /// What tables read is what the library reads, over texts that differ from Base64 in a few places.
    #[test]
    fn tables_read_what_the_library_reads() {
        let mut random = fastrand::Rng::with_seed(9);
        let mut read = 0;
        for number in 0..100_000 {
            let bytes: Vec<u8> = (0..random.usize(0..40)).map(|_| random.u8(..)).collect();
            let mut text = encode(&bytes).into_bytes();
            if number % 2 == 0 {
                text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(&bytes).into_bytes();
            }
            for _ in 0..random.usize(0..3) {
                let at = random.usize(..=text.len());
                text.insert(at, *random.choice(b"=+/-_A9 \n\xff").unwrap());
            }
            let is_standard = text.iter().any(|byte| b"+/".contains(byte));
            let library =
                if is_standard { READS_STANDARD.decode(&text) } else { READS_URL_SAFE.decode(&text) };
            let mut place = [0; 64];
            if let Some(length) = ordinary(&text, &mut place) {
                read += 1;
                assert_eq!(Some(&place[..length]), library.as_deref().ok(), "{}", text.escape_ascii());
            }
            assert_eq!(decode(&text).ok(), library.ok(), "{}", text.escape_ascii());
        }
        assert!(read > 30_000, "{read}");
    }

    #[test]
    fn policies_of_every_length_are_decoded() {
        for length in (0..20).chain(SMALL - 8..SMALL + 8).chain([6000]) {
            let bytes: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let text = encode(&bytes);
            for text in [text.as_str(), text.trim_end_matches('=')] {
                assert_eq!(Buffer::new().decode(text.as_bytes()), Ok(&bytes[..]));
            }
        }
    }
}

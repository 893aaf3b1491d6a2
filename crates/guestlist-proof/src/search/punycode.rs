//! Whether anything valid can begin like this: Punycode (RFC 3492 §6.2), read from the left as far as it is known.
//!
//! A label is its ASCII letters, a hyphen, and digits of base 36 that say which other characters stand where. Each number says how far to go on from the one before, so the beginning of the digits settles characters that
//! no end can change. Only a hyphen further on makes letters of them.

/// Fewest digits behind letters and a hyphen: two say no more than 35, and to the first character that a host may have it is 33, for each of the places where it can stand, which are two or more.
pub(super) const FEWEST_DIGITS: usize = 3;

/// The first character beyond ASCII that a host may have (UTS #46 asks no letters).
const FIRST: u32 = 0xa1;

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 0x80;

/// What the beginning of a label says of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// It may be valid if it ends here.
    Whole,
    /// It may be valid when there is more.
    Part,
    /// It is not valid, unless another hyphen follows.
    Stuck,
}

/// What is known of a label that begins like this, which need not be one with `xn--`. Of one that is valid it is never [`Beginning::Stuck`] after its last hyphen.
pub(super) fn beginning(label: &[u8]) -> Beginning {
    let Some(encoded) = label.strip_prefix(b"xn--") else { return Beginning::Whole };
    let (letters, digits) = match encoded.iter().rposition(|byte| *byte == b'-') {
        Some(hyphen) => (hyphen, &encoded[hyphen + 1..]),
        None => (0, encoded),
    };
    decode(letters, digits).unwrap_or(Beginning::Stuck)
}

/// Reads the digits behind so many letters; `None` if they say a character that no host has.
fn decode(letters: usize, digits: &[u8]) -> Option<Beginning> {
    let mut places = u32::try_from(letters).ok()? + 1;
    let (mut n, mut at, mut bias) = (INITIAL_N, 0u32, INITIAL_BIAS);
    let mut digits = digits.iter();
    while digits.len() > 0 {
        let before = at;
        let (mut weight, mut k) = (1u32, BASE);
        let is_whole = loop {
            let Some(byte) = digits.next() else { break false };
            let digit = digit(*byte)?;
            at = at.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break true;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
        };
        // A number that goes on only grows.
        let character = n.checked_add(at / places).filter(|n| *n <= u32::from(char::MAX))?;
        if !is_whole {
            return Some(Beginning::Part);
        }
        n = Some(character).filter(|n| *n >= FIRST)?;
        bias = adapt(at - before, places, before == 0 && places as usize == letters + 1);
        at = at % places + 1;
        places += 1;
    }
    Some(if places as usize > letters + 1 { Beginning::Whole } else { Beginning::Part })
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

/// RFC 3492 §6.1.
fn adapt(delta: u32, places: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / places;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use guestlist::Origin;

    use super::*;

    const DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

    fn is_host(label: &str) -> bool {
        Origin::from_host(label.as_bytes()).is_ok()
    }

    #[test]
    fn valid_labels_are_never_stuck() {
        let texts = concat!(
            include_str!("../../../../testdata/idna-inputs.txt"),
            include_str!("../../../../testdata/punycode-inputs.txt"),
            "\nxn--4ca xn--bcher-kva xn--9ca xn--fiqs8s xn--zckzah xn--80akhbyknj4f xn--mgbh0fb xn--hxajbheg2az3al",
        );
        let mut labels: Vec<&str> = texts.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
        labels.retain(|label| {
            label.starts_with("xn--") && **label == label.to_ascii_lowercase() && is_host(label)
        });
        labels.sort_unstable();
        labels.dedup();
        assert!(labels.len() > 100, "{}", labels.len());
        for label in labels {
            let last = label.rfind('-').unwrap_or_default();
            assert!(last == 3 || label.len() - last > FEWEST_DIGITS, "{label}");
            for end in 0..=label.len() {
                let part = &label[..end];
                let is_settled = end > last;
                assert!(!is_settled || beginning(part.as_bytes()) != Beginning::Stuck, "{label}: {part}");
            }
            assert_eq!(beginning(label.as_bytes()), Beginning::Whole, "{label}");
        }
    }

    #[test]
    fn no_host_has_letters_and_two_digits() {
        for letters in 1..=57 {
            for a in DIGITS.map(char::from) {
                for end in std::iter::once(String::new()).chain(DIGITS.map(|b| char::from(b).to_string())) {
                    let label = format!("xn--{}-{a}{end}", "b".repeat(letters));
                    assert!(!is_host(&label), "{label}");
                }
            }
        }
    }

    #[test]
    fn what_is_settled_is_settled() {
        for (part, expected) in [
            ("", Beginning::Whole),
            ("x", Beginning::Whole),
            ("www", Beginning::Whole),
            ("xn--", Beginning::Part),
            ("xn--4", Beginning::Part),
            ("xn--4c", Beginning::Part),
            ("xn--4ca", Beginning::Whole),
            ("xn--4caa", Beginning::Whole),
            ("xn--bcher-", Beginning::Part),
            ("xn--a", Beginning::Stuck),
            ("xn--6a", Beginning::Stuck),
            ("xn--7a", Beginning::Whole),
            ("xn--2222222222222222222222224", Beginning::Stuck),
            ("xn--2222222222222222222222224-", Beginning::Part),
            ("xn--99999", Beginning::Stuck),
        ] {
            assert_eq!(beginning(part.as_bytes()), expected, "{part}");
        }
    }

    #[test]
    fn all_short_labels_that_are_hosts_are_whole() {
        let mut hosts = 0;
        for a in DIGITS {
            for b in DIGITS {
                for c in DIGITS {
                    let label = format!("xn--{}{}{}", char::from(*a), char::from(*b), char::from(*c));
                    if is_host(&label) {
                        hosts += 1;
                        assert_eq!(beginning(label.as_bytes()), Beginning::Whole, "{label}");
                    }
                }
            }
        }
        assert!(hosts > 500, "{hosts}");
    }
}

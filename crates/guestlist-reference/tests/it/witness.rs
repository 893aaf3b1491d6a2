//! "Every alternative, once written out, must be able to match a valid host" (SPEC §2), held against trying: a pattern
//! without braces is refused exactly where none of the texts it can match is a valid host.

use guestlist_reference::{Pattern, read_host};

use crate::hostile::Numbers;

/// A piece of a pattern, and texts that it can match. Not all of them, but of each kind that makes a difference.
type Piece = (&'static str, &'static [&'static str]);

const ANY_ONE: &[&str] = &["0", "1", "2", "5", "9", "a", "x", "-"];

const HOST_PIECES: &[Piece] = &[
    (".", &["."]),
    (".", &["."]),
    (".", &["."]),
    ("0", &["0"]),
    ("1", &["1"]),
    ("2", &["2"]),
    ("25", &["25"]),
    ("6", &["6"]),
    ("x", &["x"]),
    ("0x", &["0x"]),
    ("f", &["f"]),
    ("g", &["g"]),
    ("*", &["", "0", "1", "a", "-", "10"]),
    ("?", ANY_ONE),
    ("[01]", &["0", "1"]),
    ("[5-9]", &["5", "6", "7", "8", "9"]),
    ("[x1]", &["x", "1"]),
    ("[xg]", &["x", "g"]),
    ("[0a]", &["0", "a"]),
    ("[a-f]", &["a", "b", "c", "d", "e", "f"]),
    ("[0]", &["0"]),
];

const PORT_PIECES: &[Piece] = &[
    ("0", &["0"]),
    ("1", &["1"]),
    ("5", &["5"]),
    ("6", &["6"]),
    ("65", &["65"]),
    ("53", &["53"]),
    ("*", &["", "0", "1", "5", "10", "100", "1000"]),
    ("?", &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]),
    ("[0-5]", &["0", "1", "2", "3", "4", "5"]),
    ("[6-9]", &["6", "7", "8", "9"]),
    ("[70]", &["7", "0"]),
    ("a", &["a"]),
];

/// Whether one of the texts is a valid host. `None` where there are too many to try.
fn has_witness(pieces: &[Piece]) -> Option<bool> {
    let count: usize = pieces.iter().map(|(_, texts)| texts.len()).product();
    if count > 20_000 {
        return None;
    }
    let mut texts = vec![String::new()];
    for (_, continuations) in pieces {
        texts = texts
            .iter()
            .flat_map(|text| continuations.iter().map(move |continuation| format!("{text}{continuation}")))
            .collect();
    }
    Some(texts.iter().any(|text| read_host(text.as_bytes()).is_some()))
}

fn try_many(front: Piece, from: &[Piece], longest: usize, seed: u64) {
    let mut numbers = Numbers(seed);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..6_000 {
        let mut pieces = vec![front];
        pieces.extend((0..=numbers.below(longest)).map(|_| from[numbers.below(from.len())]));
        let pattern: String = pieces.iter().map(|(text, _)| *text).collect();
        // Two stars are refused for another reason, and a root dot is removed.
        if pattern.contains("**") || pattern.ends_with('.') {
            continue;
        }
        let Some(expected) = has_witness(&pieces) else { continue };
        assert_eq!(Pattern::parse(&pattern).is_ok(), expected, "{pattern}");
        if expected {
            accepted += 1;
        } else {
            refused += 1;
        }
    }
    assert!(accepted > 500 && refused > 500, "{accepted} {refused}");
}

#[test]
fn hosts() {
    try_many(("", &[""]), HOST_PIECES, 6, 1);
}

#[test]
fn addresses() {
    try_many(("1.2.", &["1.2."]), HOST_PIECES, 5, 2);
    try_many(("*.1.", &["a.1.", "5.1."]), HOST_PIECES, 5, 3);
}

#[test]
fn ports() {
    try_many(("a:", &["a:"]), PORT_PIECES, 5, 4);
}

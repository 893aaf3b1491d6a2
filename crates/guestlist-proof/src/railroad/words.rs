//! The words of a picture: what a wildcard is called, and a whole pattern for those who cannot see it.

use std::collections::BTreeSet;

use guestlist::ast::{Set, SetItem};

use super::block::{Kind, Piece, Track};

/// What a `*` is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Star {
    /// In a host.
    Text,
    /// In a port, beside other things.
    Digits,
    /// The whole of a port.
    Port,
}

impl Star {
    pub(super) fn words(self) -> &'static str {
        match self {
            Star::Text => "any text",
            Star::Digits => "any digits",
            Star::Port => "any port",
        }
    }

    /// What those words leave open, for the foot of the picture.
    pub(super) fn note(self) -> Option<&'static str> {
        match self {
            Star::Text => Some("any text: any number of characters, never a dot"),
            Star::Digits => Some("any digits: any number of digits, none too"),
            Star::Port => None,
        }
    }
}

/// So many `?` in a row.
pub(super) fn single(count: usize, in_port: bool) -> String {
    match (count, in_port) {
        (1, false) => "any one character".to_string(),
        (1, true) => "any one digit".to_string(),
        (_, false) => format!("any {count} characters"),
        (_, true) => format!("any {count} digits"),
    }
}

/// A set: what it holds in the order it was written, what adds nothing left out. So it has a bounded number of words, however long it was written.
pub(super) fn set(set: &Set) -> Piece {
    let mut members = BTreeSet::new();
    let mut words = Vec::new();
    for item in &set.items {
        let (first, last) = match *item {
            SetItem::One(byte) => (byte, byte),
            SetItem::Range(first, last) => (first, last),
            // A kind of member that this picture does not know yet.
            _ => continue,
        };
        let before = members.len();
        members.extend(first..=last);
        if members.len() > before {
            let (from, to) = (char::from(first), char::from(last));
            words.push(if from == to { from.to_string() } else { format!("{from} to {to}") });
        }
    }
    match <[String; 1]>::try_from(words) {
        Ok([word]) if members.len() == 1 => Piece::Text(word),
        Ok([word]) => Piece::Choice(word),
        Err(words) => Piece::Choice(format!("one of {}", words.join(", "))),
    }
}

/// Says what is on a track, for a screen reader; `link` stands between two blocks.
pub(super) fn describe(track: &Track, link: &str, out: &mut String) {
    if track.blocks.is_empty() {
        out.push_str("nothing");
    }
    for (index, block) in track.blocks.iter().enumerate() {
        if index > 0 {
            out.push_str(if out.ends_with(PORT) { " " } else { link });
        }
        match &block.kind {
            Kind::Mark('.') => out.push_str("dot"),
            Kind::Mark(':') => out.push_str(PORT),
            Kind::Mark(sign) => out.push(*sign),
            Kind::Frame { track, .. } => describe(track, WITHIN, out),
            Kind::Step { pieces, .. } => {
                for (index, piece) in pieces.iter().enumerate() {
                    if index > 0 {
                        out.push_str(if out.ends_with(PORT) { " " } else { WITHIN });
                    }
                    let (Piece::Text(text) | Piece::Choice(text)) = piece;
                    match text.strip_prefix(':') {
                        Some("") => out.push_str(PORT),
                        Some(digits) => out.extend([PORT, " ", digits]),
                        None => out.push_str(text),
                    }
                }
            }
            Kind::Tracks(tracks) => {
                for (index, track) in tracks.iter().enumerate() {
                    out.push_str(if index == 0 { "either (" } else { ") or (" });
                    describe(track, link, out);
                }
                out.push(')');
            }
        }
    }
}

/// What a colon is called.
const PORT: &str = "port:";
/// Between the parts of a label.
const WITHIN: &str = " then ";
/// Between labels and dots.
pub(super) const BETWEEN: &str = ", ";

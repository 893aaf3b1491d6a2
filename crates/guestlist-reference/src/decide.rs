//! Lists, and the decision (SPEC §5).

use std::collections::BTreeSet;

use crate::header::{Header, Origin, read_origin, read_referer};
use crate::pattern::Pattern;

/// Which of an app's two lists (SPEC §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListType {
    /// Decides on `Origin` alone.
    Upload,
    /// Decides on `Origin`, or on `Referer` where there is no `Origin` or a `null` one.
    Delivery,
}

/// What a list is set to (SPEC §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The list decides nothing.
    Off,
    /// The list decides as it would with `Enforce`, and the request goes through all the same.
    Report,
    /// The list decides.
    Enforce,
}

/// Patterns with the two settings of a list (SPEC §1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The patterns, in the order in which they are tried.
    pub patterns: Vec<Pattern>,
    /// Whether a request without the header that counts is denied.
    pub block_missing: bool,
    /// The mode.
    pub mode: Mode,
}

impl List {
    /// A list with the defaults of SPEC §5: `block_missing` for upload only, and `enforce` where there are patterns,
    /// `off` where there are none.
    pub fn new(list_type: ListType, patterns: Vec<Pattern>) -> List {
        let mode = if patterns.is_empty() { Mode::Off } else { Mode::Enforce };
        List { patterns, block_missing: list_type == ListType::Upload, mode }
    }

    /// The first pattern that matches, as its place in the list (SPEC §5, step 6).
    pub fn find(&self, origin: &Origin) -> Option<usize> {
        self.patterns.iter().position(|pattern| pattern.matches(origin))
    }

    /// The places of all patterns that match.
    pub fn matches(&self, origin: &Origin) -> Vec<usize> {
        (0..self.patterns.len()).filter(|&at| self.patterns[at].matches(origin)).collect()
    }
}

/// Keeps the first of the patterns with one canonical text (SPEC §3).
pub fn dedup(patterns: Vec<Pattern>) -> Vec<Pattern> {
    let mut seen = BTreeSet::new();
    patterns.into_iter().filter(|pattern| seen.insert(pattern.canonical().to_owned())).collect()
}

/// What the rule of SPEC §5 says. Mode `report` has the verdict of `enforce`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Allow: the mode is `off`.
    NotEnforced,
    /// Allow: no header that counts, and `block_missing` is not set.
    MissingAllowed,
    /// Allow: the pattern at this place is the first that matches.
    Matched(usize),
    /// Deny: no header that counts, and `block_missing` is set.
    MissingDenied,
    /// Deny: the header that counts is malformed.
    Malformed,
    /// Deny: the header that counts is a `null` Origin.
    OpaqueOrigin,
    /// Deny: the scheme is not `http` or `https`, nor one that the gate names.
    UnsupportedScheme,
    /// Deny: no pattern matches.
    NoMatch,
}

impl Verdict {
    /// Whether the rule allows the request (SPEC §5).
    pub fn is_allow(&self) -> bool {
        matches!(self, Verdict::NotEnforced | Verdict::MissingAllowed | Verdict::Matched(_))
    }
}

/// Decides by SPEC §5: `schemes` are those that the gate names besides `http` and `https`, in any case; `origin` and
/// `referer` hold every value that was sent of the header.
pub fn decide(
    list_type: ListType,
    list: &List,
    schemes: &[&str],
    origin: &[&[u8]],
    referer: &[&[u8]],
) -> Verdict {
    if list.mode == Mode::Off {
        return Verdict::NotEnforced;
    }
    match header_that_counts(list_type, origin, referer) {
        Header::Missing if list.block_missing => Verdict::MissingDenied,
        Header::Missing => Verdict::MissingAllowed,
        Header::Malformed => Verdict::Malformed,
        Header::Opaque => Verdict::OpaqueOrigin,
        Header::Origin(origin) if !is_supported(&origin, schemes) => Verdict::UnsupportedScheme,
        Header::Origin(origin) => match list.find(&origin) {
            Some(place) => Verdict::Matched(place),
            None => Verdict::NoMatch,
        },
    }
}

/// The table of SPEC §5.
fn header_that_counts(list_type: ListType, origin: &[&[u8]], referer: &[&[u8]]) -> Header {
    let origin = read_once(origin, read_origin);
    match (list_type, origin) {
        (ListType::Upload, origin) => origin,
        (ListType::Delivery, Header::Missing) => read_once(referer, read_referer),
        // A `null` Origin without a Referer stays opaque (`docs/semantics.md`, item 19).
        (ListType::Delivery, Header::Opaque) => match read_once(referer, read_referer) {
            Header::Missing => Header::Opaque,
            referer => referer,
        },
        (ListType::Delivery, origin) => origin,
    }
}

/// A header that was sent twice is malformed, whatever its values (`docs/semantics.md`, item 13).
fn read_once(values: &[&[u8]], read: fn(&[u8]) -> Header) -> Header {
    match values {
        [] => Header::Missing,
        [value] => read(value),
        _ => Header::Malformed,
    }
}

fn is_supported(origin: &Origin, schemes: &[&str]) -> bool {
    origin.scheme.as_deref().is_some_and(|scheme| {
        matches!(scheme, "http" | "https") || schemes.iter().any(|named| named.eq_ignore_ascii_case(scheme))
    })
}

//! Where strangers get in: the last labels of an alternative, read from the right until somebody owns what is read.

use guestlist::Span;

use super::alternative::{Alternative, Label};
use super::code::{Basis, Code};
use super::owner::{self, Below};
use crate::budget::Undecided;

/// A label that is open to strangers.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) code: Code,
    pub(super) basis: Basis,
    /// Which label, from the left.
    pub(super) label: usize,
    /// What is behind it: a name below which anyone can have one. Empty where it is the last label.
    pub(super) suffix: String,
    pub(super) span: Span,
}

/// A label with more texts than that is open, whatever they are.
const MOST_TEXTS: usize = 40;
/// More names behind a label than that are not looked at one by one; the first ones are.
const MOST_NAMES: usize = 64;
/// How many names are looked at in one list.
pub(super) const MOST_LOOKUPS: usize = 300_000;
/// Sets that stand for more registered names than that are a wildcard by another name; nobody owns a whole alphabet.
const MOST_DOMAINS: usize = 10;

/// The first label from the right that lets in strangers. `lookups` counts down with each name that is looked at.
///
/// # Errors
///
/// There are none left.
pub(super) fn open(alternative: &Alternative, lookups: &mut usize) -> Result<Option<Open>, Undecided> {
    let labels = &alternative.labels;
    if labels.last().is_none_or(Label::is_number) {
        // An address, or what can only be a part of one.
        return Ok(None);
    }
    // What the labels read so far can be; those first below which anyone can have a name.
    let mut names = vec![String::new()];
    for (index, label) in labels.iter().enumerate().rev() {
        // Endings, too, are only so many that one person can have.
        let is_ending = index + 1 == labels.len();
        let texts = label.texts(MOST_TEXTS).filter(|texts| !is_ending || texts.len() <= MOST_DOMAINS);
        let Some(texts) = texts else {
            names.retain(|name| name.is_empty() || is_handed_out(name));
            return Ok((!names.is_empty()).then(|| found(alternative, index, worst(&names))));
        };
        let mut next = Vec::new();
        for name in &names {
            let longer = texts
                .iter()
                .map(|text| if name.is_empty() { text.clone() } else { format!("{text}.{name}") });
            let longer: Vec<(Below, String)> = longer.map(|longer| (owner::below(&longer), longer)).collect();
            *lookups = lookups.checked_sub(longer.len()).ok_or(Undecided::Steps(MOST_LOOKUPS as u64))?;
            let owned = longer.iter().filter(|(below, _)| *below == Below::Owner).count();
            if owned > MOST_DOMAINS && !name.is_empty() && is_handed_out(name) {
                return Ok(Some(found(alternative, index, name.clone())));
            }
            next.extend(longer.into_iter().filter(|(below, _)| *below != Below::Nobody));
        }
        if next.is_empty() {
            return Ok(None);
        }
        // What somebody owns can hand out names further down, as `s3.amazonaws.com` does below `amazonaws.com`.
        next.sort_by_key(|(below, _)| *below == Below::Owner);
        next.truncate(MOST_NAMES);
        names = next.into_iter().map(|(_, name)| name).collect();
    }
    // A public suffix itself: whoever runs it owns that one host.
    Ok(None)
}

/// True if anyone can have a name below this one.
fn is_handed_out(name: &str) -> bool {
    matches!(owner::below(name), Below::Registry | Below::Service)
}

/// Of names below which anyone can have one, the one that people know.
fn worst(names: &[String]) -> String {
    let known = |name: &&String| owner::is_known_ending(name.rsplit('.').next().unwrap_or_default());
    names.iter().find(known).or(names.first()).cloned().unwrap_or_default()
}

fn found(alternative: &Alternative, index: usize, suffix: String) -> Open {
    let labels = &alternative.labels;
    let (label, in_front) = (&labels[index], &labels[..index]);
    let all_open_in_front = in_front.iter().all(Label::is_whole);
    let code = if suffix.is_empty() {
        if (2..=4).contains(&labels.len())
            && in_front.iter().any(Label::is_number)
            && labels.iter().all(Label::can_be_number)
        {
            Code::AddressAsText
        } else if label.is_whole() && all_open_in_front {
            Code::PublicSuffix
        } else if in_front.len() > 1 && in_front.last().is_some_and(Label::is_whole) {
            Code::OpenMiddle
        } else {
            Code::OpenEnding
        }
    } else if owner::below(&suffix) == Below::Service {
        Code::SharedHosting
    } else if !label.is_whole() {
        Code::WildcardInName
    } else if all_open_in_front {
        Code::PublicSuffix
    } else {
        Code::OpenMiddle
    };
    // That each ending is run by somebody who sells names in it needs no list.
    let basis = if suffix.contains('.') { Basis::PublicSuffixList } else { Basis::Exact };
    let span = label.span().unwrap_or(alternative.span);
    Open { code, basis, label: index, suffix, span }
}

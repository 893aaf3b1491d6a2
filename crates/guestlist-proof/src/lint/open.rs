//! Where strangers get in: the last labels of an alternative, read from the right until somebody owns what is read.

use guestlist::Span;

use super::alternative::{Alternative, Label};
use super::code::{Basis, Code};
use super::owner::{self, Below};

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
const MOST_TEXTS: usize = 64;
/// More names behind a label than that are not looked at one by one; the first ones are.
const MOST_NAMES: usize = 512;
/// Sets that stand for more registered names than that are a wildcard by another name; nobody owns a whole alphabet.
const MOST_DOMAINS: usize = 10;

/// The first label from the right that lets in strangers.
pub(super) fn open(alternative: &Alternative) -> Option<Open> {
    let labels = &alternative.labels;
    // What the labels read so far can be, as far as nobody owns it.
    let mut names = vec![String::new()];
    for (index, label) in labels.iter().enumerate().rev() {
        let texts = label.texts(MOST_TEXTS);
        let Some(texts) = texts else {
            let suffix = worst(&names);
            return Some(found(alternative, index, suffix));
        };
        let mut next = Vec::new();
        for name in &names {
            let longer = texts
                .iter()
                .map(|text| if name.is_empty() { text.clone() } else { format!("{text}.{name}") });
            let longer: Vec<String> = longer.collect();
            let owned = longer.iter().filter(|longer| owner::below(longer) == Below::Owner).count();
            if owned > MOST_DOMAINS && !name.is_empty() {
                return Some(found(alternative, index, name.clone()));
            }
            next.extend(longer.into_iter().filter(|longer| !is_closed(longer)));
        }
        next.truncate(MOST_NAMES);
        if next.is_empty() {
            return None;
        }
        names = next;
    }
    // A public suffix itself: whoever runs it owns that one host.
    None
}

/// True if no stranger can have a name below this one, or if there is none because it is an address.
fn is_closed(name: &str) -> bool {
    let is_address = !name.contains('.') && name.bytes().all(|byte| byte.is_ascii_digit());
    is_address || matches!(owner::below(name), Below::Owner | Below::Nobody)
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
        let is_number = |label: &Label| {
            label
                .texts(MOST_TEXTS)
                .is_some_and(|texts| texts.iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit())))
        };
        if labels.len() == 4
            && in_front.iter().any(is_number)
            && in_front.iter().all(|label| is_number(label) || label.texts(MOST_TEXTS).is_none())
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

//! One label of a written-out alternative as a small glob, for questions about single labels: can it be an octet, which label differs.
//!
//! Never on the path of a request: requests are decided by the automaton.

use super::ast::Symbols;
use super::expand::{Unit, UnitKind};

/// Symbols and stars; `None` is a star.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LabelGlob {
    parts: Vec<Option<Symbols>>,
}

impl LabelGlob {
    /// The glob of the units between two separators.
    pub(crate) fn new(units: &[Unit<'_>]) -> LabelGlob {
        let mut parts = Vec::new();
        for unit in units {
            match unit.kind {
                UnitKind::Star => parts.push(None),
                UnitKind::Question => parts.push(Some(Symbols::HOST)),
                UnitKind::One(symbols) => parts.push(Some(symbols)),
                UnitKind::Literal(literal) => {
                    parts.extend(literal.ascii.bytes().map(|byte| Some(Symbols::of(byte))));
                }
                UnitKind::Dot | UnitKind::Colon | UnitKind::Ipv6(_) => {}
            }
        }
        LabelGlob { parts }
    }

    /// True if the glob matches the whole of `text`, letters in either case.
    ///
    /// The usual two pointers and the last star to come back to: at most `parts × text` steps.
    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        let (mut part, mut at) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.parts.get(part) {
                Some(None) => {
                    star = Some((part, at));
                    part += 1;
                }
                Some(Some(symbols)) if symbols.contains(text[at]) => {
                    part += 1;
                    at += 1;
                }
                _ => {
                    // The last star takes one character more.
                    let Some((star_part, star_at)) = star else { return false };
                    (part, at) = (star_part, star_at + 1);
                }
            }
        }
        self.parts[part..].iter().all(Option::is_none)
    }

    /// True if the glob matches this text and nothing else, but for the case of letters.
    pub(crate) fn is_text(&self, text: &str) -> bool {
        self.is_literal() && self.matches(text.as_bytes())
    }

    /// True if a person may have taken the one for the other: half of the glob, or more, stands at the two ends of the text.
    pub(crate) fn resembles(&self, text: &[u8]) -> bool {
        let fits =
            |(part, byte): &(&Option<Symbols>, &u8)| part.is_some_and(|symbols| symbols.contains(**byte));
        let front = self.parts.iter().zip(text).take_while(fits).count();
        let back = self.parts.iter().rev().zip(text.iter().rev()).take_while(fits).count();
        (front + back) * 2 >= self.parts.len()
    }

    /// True if the glob has neither star nor a choice of symbols.
    pub(crate) fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| part.is_some_and(|symbols| symbols.iter().nth(1).is_none()))
    }
}

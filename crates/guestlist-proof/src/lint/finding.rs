//! A finding: what was seen, where, who shows it, and what to write instead.

use guestlist::Span;

use super::code::{Basis, Code, Severity};
use crate::witness::Witness;

/// Something that a person who keeps a list should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The rule, from 0; `None` where it is about the list.
    pub rule: Option<usize>,
    /// The canonical text of the rule; of a stored pattern that cannot be read the text as it is.
    pub pattern: Option<String>,
    /// Where in the text of the pattern as it was given, in bytes.
    pub span: Option<Span>,
    /// One sentence.
    pub message: String,
    /// Who gets in and should not: the shortest host.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub admits: Option<Witness>,
    /// The same, with a host that a person would think of.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub example: Option<String>,
    /// Who stays out, though that may not be meant: an origin or a host.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub denies: Option<String>,
    /// Other rules that it has to do with, from 0.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub rules: Vec<usize>,
    /// What to do.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub suggestion: Option<Suggestion>,
    /// What the finding rests on.
    pub basis: Basis,
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(tag = "kind", content = "text", rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Suggestion {
    /// Write this in place of the pattern. It was proved to admit everyone who should get in, and none of the strangers.
    Replace(String),
    /// Write something of this form in place of the pattern, with a name of one's own: only the author knows which.
    Form(String),
    /// Add this pattern.
    Add(String),
    /// Take the pattern out of the list. It was proved that this changes nothing.
    Remove,
    /// In words.
    Advice(String),
}

impl Finding {
    pub(super) fn new(code: Code, message: String) -> Finding {
        Finding {
            code,
            severity: code.severity(),
            rule: None,
            pattern: None,
            span: None,
            message,
            admits: None,
            example: None,
            denies: None,
            rules: Vec::new(),
            suggestion: None,
            basis: Basis::Exact,
        }
    }

    /// Who gets in, where only one is shown: the host that a person would think of, else the shortest.
    pub fn stranger(&self) -> Option<String> {
        self.example.clone().or(self.admits.as_ref().map(ToString::to_string))
    }

    pub(super) fn span(self, span: Option<Span>) -> Finding {
        Finding { span, ..self }
    }

    pub(super) fn suggestion(self, suggestion: Suggestion) -> Finding {
        Finding { suggestion: Some(suggestion), ..self }
    }

    pub(super) fn basis(self, basis: Basis) -> Finding {
        Finding { basis, ..self }
    }
}

//! What a gate decided and why: small `Copy` data, without an HTTP status and without allocation.

use core::fmt;

use crate::list::{ListType, Mode};
use crate::origin::Malformed;
use crate::rule::RuleId;

/// What was decided on a request, with the reason.
///
/// In [`Mode::Report`] a decision says in full what would have been done, and [`Decision::lets_through`] is true all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Decision {
    list_type: ListType,
    mode: Mode,
    header: Option<HeaderName>,
    outcome: Outcome,
}

/// Allow or deny, always with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Outcome {
    /// The list lets the request in.
    Allow(Allowance),
    /// The list keeps the request out.
    Deny(Denial),
}

/// Why a request is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Allowance {
    /// The list is off.
    NotEnforced,
    /// The header that counts was not sent, and the list lets such requests in.
    MissingHeader,
    /// This rule matches; the first of them if there are several.
    Matched(RuleId),
}

/// Why a request is kept out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Denial {
    /// The header that counts was not sent, and the list denies such requests.
    MissingHeader,
    /// The header is not of its form.
    Malformed(Malformed),
    /// The origin is `null`.
    OpaqueOrigin,
    /// The scheme is neither `http` nor `https`, nor one that the gate names.
    UnsupportedScheme,
    /// No rule matches. [`Gate::near_miss`](crate::Gate::near_miss) says which came closest.
    NoMatch,
}

impl Denial {
    /// A short name that does not change between releases, such as `no-match`; for metrics and reports.
    pub const fn code(self) -> &'static str {
        match self {
            Denial::MissingHeader => "missing-header",
            Denial::Malformed(_) => "malformed",
            Denial::OpaqueOrigin => "opaque-origin",
            Denial::UnsupportedScheme => "unsupported-scheme",
            Denial::NoMatch => "no-match",
        }
    }
}

impl Allowance {
    /// A short name that does not change between releases, such as `matched`.
    pub const fn code(self) -> &'static str {
        match self {
            Allowance::NotEnforced => "not-enforced",
            Allowance::MissingHeader => "missing-header",
            Allowance::Matched(_) => "matched",
        }
    }
}

/// One of the two headers that are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum HeaderName {
    /// `Origin`.
    Origin,
    /// `Referer`.
    Referer,
}

impl HeaderName {
    /// The name as it is usually written.
    pub const fn as_str(self) -> &'static str {
        match self {
            HeaderName::Origin => "Origin",
            HeaderName::Referer => "Referer",
        }
    }
}

impl fmt::Display for HeaderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Decision {
    pub(crate) fn new(
        list_type: ListType,
        mode: Mode,
        header: Option<HeaderName>,
        outcome: Outcome,
    ) -> Decision {
        Decision { list_type, mode, header, outcome }
    }

    /// True if the request may go on: the list lets it in, or only reports.
    pub fn lets_through(&self) -> bool {
        self.mode == Mode::Report || matches!(self.outcome, Outcome::Allow(_))
    }

    /// What the list says, whether it is enforced or only reported.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Why the list keeps the request out, whether that is enforced or only reported; `None` if it lets it in.
    pub fn denial(&self) -> Option<Denial> {
        match self.outcome {
            Outcome::Deny(denial) => Some(denial),
            Outcome::Allow(_) => None,
        }
    }

    /// The rule that lets the request in.
    pub fn rule(&self) -> Option<RuleId> {
        match self.outcome {
            Outcome::Allow(Allowance::Matched(rule)) => Some(rule),
            _ => None,
        }
    }

    /// Which list decided.
    pub fn list_type(&self) -> ListType {
        self.list_type
    }

    /// The mode of the list.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The header that was judged; `None` if the list is off or an origin was judged that did not come from a header. For a missing header, the last one that was looked for.
    pub fn header(&self) -> Option<HeaderName> {
        self.header
    }

    /// A short name of the reason that does not change between releases, such as `matched` or `no-match`.
    pub fn code(&self) -> &'static str {
        match self.outcome {
            Outcome::Allow(allowance) => allowance.code(),
            Outcome::Deny(denial) => denial.code(),
        }
    }
}

/// The decision in words, such as `denied: the Origin header is malformed: …`.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = self.list_type;
        let header = self.header.map_or("origin", HeaderName::as_str);
        let header = format_args!("{header}{}", if self.header.is_some() { " header" } else { "" });
        match self.outcome {
            Outcome::Allow(_) => f.write_str("allowed: ")?,
            Outcome::Deny(_) if self.mode == Mode::Report => f.write_str("let through, would be denied: ")?,
            Outcome::Deny(_) => f.write_str("denied: ")?,
        }
        match self.outcome {
            Outcome::Allow(Allowance::NotEnforced) => write!(f, "the {list} list is off"),
            Outcome::Allow(Allowance::MissingHeader) => {
                write!(f, "no {}, and the {list} list lets such requests in", missing(list))
            }
            Outcome::Allow(Allowance::Matched(rule)) => {
                write!(f, "{rule} of the {list} list matches the {header}")
            }
            Outcome::Deny(Denial::MissingHeader) => {
                write!(f, "no {}, and the {list} list blocks such requests", missing(list))
            }
            Outcome::Deny(Denial::Malformed(malformed)) => {
                write!(f, "the {header} is malformed: {malformed}")
            }
            Outcome::Deny(Denial::OpaqueOrigin) => {
                write!(f, "the {header} is `null`, an opaque origin that no rule can approve")
            }
            Outcome::Deny(Denial::UnsupportedScheme) => {
                write!(f, "the scheme in the {header} is neither http nor https")
            }
            Outcome::Deny(Denial::NoMatch) => {
                write!(f, "no rule of the {list} list matches the {header}")
            }
        }
    }
}

/// What is missing when the header that counts is.
fn missing(list_type: ListType) -> &'static str {
    match list_type {
        ListType::Upload => "Origin header",
        ListType::Delivery => "Origin and no Referer header",
    }
}

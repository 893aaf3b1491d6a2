//! [`Verdict`]: what a proxy is told.

use std::num::NonZeroU32;

use guestlist::{Decision, ListType, Mode, Outcome};

/// A short name of why; each is a value of `X-Guestlist-Reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Matched,
    NotEnforced,
    MissingHeader,
    Malformed,
    OpaqueOrigin,
    UnsupportedScheme,
    NoMatch,
    /// No route applies to the request.
    NoRoute,
    /// Two readers of the request could disagree about what it asks for.
    Ambiguous,
}

impl Reason {
    pub(crate) const ALL: [Reason; 9] = [
        Reason::Matched,
        Reason::NotEnforced,
        Reason::MissingHeader,
        Reason::Malformed,
        Reason::OpaqueOrigin,
        Reason::UnsupportedScheme,
        Reason::NoMatch,
        Reason::NoRoute,
        Reason::Ambiguous,
    ];

    fn of(decision: &Decision) -> Reason {
        use guestlist::{Allowance, Denial};
        match decision.outcome() {
            Outcome::Allow(Allowance::Matched(_)) => Reason::Matched,
            Outcome::Allow(Allowance::NotEnforced) => Reason::NotEnforced,
            Outcome::Allow(Allowance::MissingHeader) | Outcome::Deny(Denial::MissingHeader) => {
                Reason::MissingHeader
            }
            Outcome::Deny(Denial::Malformed(_)) => Reason::Malformed,
            Outcome::Deny(Denial::OpaqueOrigin) => Reason::OpaqueOrigin,
            Outcome::Deny(Denial::UnsupportedScheme) => Reason::UnsupportedScheme,
            // A reason that is not known yet is a denial all the same.
            Outcome::Deny(_) => Reason::NoMatch,
        }
    }

    /// As [`Decision::code`] has it, where it is the reason of a decision.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Reason::Matched => "matched",
            Reason::NotEnforced => "not-enforced",
            Reason::MissingHeader => "missing-header",
            Reason::Malformed => "malformed",
            Reason::OpaqueOrigin => "opaque-origin",
            Reason::UnsupportedScheme => "unsupported-scheme",
            Reason::NoMatch => "no-match",
            Reason::NoRoute => "no-route",
            Reason::Ambiguous => "ambiguous",
        }
    }

    /// In words, for whoever is kept out. They know no app and no list.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Reason::MissingHeader => "This request must say which site it comes from, and does not.",
            Reason::Malformed => "The Origin or Referer header of this request is malformed.",
            Reason::OpaqueOrigin => "This request comes from an opaque origin, which cannot be approved.",
            Reason::UnsupportedScheme => "The site that this request comes from is of an unsupported scheme.",
            Reason::NoRoute => "This request belongs to nothing that could be approved.",
            Reason::Ambiguous => "This request can be read in more than one way.",
            Reason::Matched | Reason::NotEnforced | Reason::NoMatch => {
                "The site that this request comes from is not approved."
            }
        }
    }
}

/// Whether a request may go on, and why. `Copy`, without anything that names an app: what is the same here looks the same outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    list: Option<ListType>,
    mode: Mode,
    lets_through: bool,
    would_deny: bool,
    reason: Reason,
    rule: Option<NonZeroU32>,
}

impl Verdict {
    pub(crate) fn of(decision: &Decision) -> Verdict {
        let lets_through = decision.lets_through();
        Verdict {
            list: Some(decision.list_type()),
            mode: decision.mode(),
            lets_through,
            would_deny: lets_through && decision.denial().is_some(),
            reason: Reason::of(decision),
            rule: decision.rule().and_then(|rule| NonZeroU32::new(u32::try_from(rule.index() + 1).ok()?)),
        }
    }

    /// A request that was never decided on is denied.
    pub(crate) fn refused(reason: Reason) -> Verdict {
        Verdict {
            list: None,
            mode: Mode::Enforce,
            lets_through: false,
            would_deny: false,
            reason,
            rule: None,
        }
    }

    /// Whether the request may go on.
    pub(crate) fn lets_through(&self) -> bool {
        self.lets_through
    }

    pub(crate) fn decision(&self) -> &'static str {
        if self.lets_through { "allow" } else { "deny" }
    }

    pub(crate) fn reason(&self) -> Reason {
        self.reason
    }

    /// The rule that matched: its place in the list, from 1.
    pub(crate) fn rule(&self) -> Option<NonZeroU32> {
        self.rule
    }

    /// Whether the list only reports, and would otherwise deny.
    pub(crate) fn would_deny(&self) -> bool {
        self.would_deny
    }

    pub(crate) fn list(&self) -> Option<ListType> {
        self.list
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// The headers that the verdict depends on: caches must keep its consequences apart by them (RFC 9110, section 12.5.5).
    pub(crate) const fn vary(&self) -> &'static str {
        match self.list {
            Some(ListType::Upload) => "Origin",
            Some(ListType::Delivery) | None => "Origin, Referer",
        }
    }
}

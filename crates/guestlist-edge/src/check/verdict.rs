//! [`Verdict`]: what a proxy is told.

use std::num::NonZeroU32;

use guestlist::{Decision, ListType, Mode, Outcome};
use guestlist_policy::{Access, PolicyOutcome};

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
    PolicyMissing,
    PolicyRepeated,
    PolicyUnclear,
    PolicySignature,
    PolicyMalformed,
    PolicyExpired,
    PolicyCall,
    PolicyHandle,
    PolicyUrl,
    PolicyPath,
    PolicyContainer,
    PolicyTooSmall,
    PolicyTooLarge,
    PolicyNotStated,
}

impl Reason {
    pub(crate) const ALL: [Reason; 23] = [
        Reason::Matched,
        Reason::NotEnforced,
        Reason::MissingHeader,
        Reason::Malformed,
        Reason::OpaqueOrigin,
        Reason::UnsupportedScheme,
        Reason::NoMatch,
        Reason::NoRoute,
        Reason::Ambiguous,
        Reason::PolicyMissing,
        Reason::PolicyRepeated,
        Reason::PolicyUnclear,
        Reason::PolicySignature,
        Reason::PolicyMalformed,
        Reason::PolicyExpired,
        Reason::PolicyCall,
        Reason::PolicyHandle,
        Reason::PolicyUrl,
        Reason::PolicyPath,
        Reason::PolicyContainer,
        Reason::PolicyTooSmall,
        Reason::PolicyTooLarge,
        Reason::PolicyNotStated,
    ];

    fn of(access: &Access) -> Reason {
        match access.policy() {
            PolicyOutcome::Denied(denial) => Reason::of_policy(denial),
            _ => Reason::of_whitelist(&access.decision()),
        }
    }

    fn of_policy(denial: guestlist_policy::Denial) -> Reason {
        use guestlist_policy::Denial;
        match denial {
            Denial::Missing => Reason::PolicyMissing,
            Denial::Repeated => Reason::PolicyRepeated,
            Denial::Unclear => Reason::PolicyUnclear,
            Denial::Signature => Reason::PolicySignature,
            Denial::Malformed(_) => Reason::PolicyMalformed,
            Denial::Expired => Reason::PolicyExpired,
            Denial::Call(_) => Reason::PolicyCall,
            Denial::Handle => Reason::PolicyHandle,
            Denial::Url => Reason::PolicyUrl,
            Denial::Path => Reason::PolicyPath,
            Denial::Container => Reason::PolicyContainer,
            Denial::TooSmall => Reason::PolicyTooSmall,
            Denial::TooLarge => Reason::PolicyTooLarge,
            Denial::NotStated(_) => Reason::PolicyNotStated,
            // A reason that is not known yet is a denial all the same.
            _ => Reason::PolicySignature,
        }
    }

    fn of_whitelist(decision: &Decision) -> Reason {
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

    /// As [`Access::code`] has it, where it is the reason of a decision.
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
            Reason::PolicyMissing => "policy-missing",
            Reason::PolicyRepeated => "policy-repeated",
            Reason::PolicyUnclear => "policy-unclear",
            Reason::PolicySignature => "policy-signature",
            Reason::PolicyMalformed => "policy-malformed",
            Reason::PolicyExpired => "policy-expired",
            Reason::PolicyCall => "policy-call",
            Reason::PolicyHandle => "policy-handle",
            Reason::PolicyUrl => "policy-url",
            Reason::PolicyPath => "policy-path",
            Reason::PolicyContainer => "policy-container",
            Reason::PolicyTooSmall => "policy-too-small",
            Reason::PolicyTooLarge => "policy-too-large",
            Reason::PolicyNotStated => "policy-not-stated",
        }
    }

    /// Whether it is one of the second lock.
    pub(crate) const fn is_of_policy(self) -> bool {
        self as usize >= Reason::PolicyMissing as usize
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
            Reason::PolicyMissing => "This request must carry a signed policy, and carries none.",
            Reason::PolicyRepeated => "This request carries more than one policy or signature.",
            Reason::PolicyUnclear => "What this request asks for can be read in more than one way.",
            Reason::PolicySignature => "The signature of this request's policy is wrong.",
            Reason::PolicyMalformed => "The policy of this request is signed, but malformed.",
            Reason::PolicyExpired => "The policy of this request has expired.",
            Reason::PolicyCall => "The policy of this request does not allow this call.",
            Reason::PolicyHandle => "The policy of this request is for another file.",
            Reason::PolicyUrl => "The policy of this request is for other URLs.",
            Reason::PolicyPath => "The policy of this request is for other paths.",
            Reason::PolicyContainer => "The policy of this request is for other containers.",
            Reason::PolicyTooSmall => "The file is smaller than the policy of this request allows.",
            Reason::PolicyTooLarge => "The file is larger than the policy of this request allows.",
            Reason::PolicyNotStated => {
                "The policy of this request restricts something that the request does not say."
            }
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
    by_policy_header: bool,
}

impl Verdict {
    /// What both locks said; a [`Decision`] is that of an app that requires no policy.
    pub(crate) fn of(access: impl Into<Access>) -> Verdict {
        let access = access.into();
        let (decision, lets_through) = (access.decision(), access.lets_through());
        // A rule is why a request is let in.
        let rule = decision.rule().filter(|_| lets_through);
        Verdict {
            list: Some(decision.list_type()),
            mode: decision.mode(),
            lets_through,
            would_deny: lets_through && decision.denial().is_some(),
            by_policy_header: false,
            reason: Reason::of(&access),
            rule: rule.and_then(|rule| NonZeroU32::new(u32::try_from(rule.index() + 1).ok()?)),
        }
    }

    /// Where the policy may stand in a header.
    pub(crate) fn varying_by_policy(self) -> Verdict {
        Verdict { by_policy_header: true, ..self }
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
            by_policy_header: false,
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

    /// Whether it depends on headers that carry policies.
    pub(crate) fn is_by_policy_header(&self) -> bool {
        self.by_policy_header
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// The headers that the verdict depends on: caches must keep its consequences apart by them (RFC 9110, section 12.5.5).
    pub(crate) const fn vary(&self) -> &'static str {
        match (self.list, self.by_policy_header) {
            (Some(ListType::Upload), false) => "Origin",
            (Some(ListType::Delivery) | None, false) => "Origin, Referer",
            (Some(ListType::Upload), true) => "Origin, X-Security-Policy, X-Security-Signature",
            (Some(ListType::Delivery) | None, true) => {
                "Origin, Referer, X-Security-Policy, X-Security-Signature"
            }
        }
    }
}

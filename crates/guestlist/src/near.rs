//! For an origin that no rule matches: the rule that comes closest, and what keeps the origin out.
//!
//! This is for people. It compares labels with every written-out alternative of every rule, which is too slow for the path of a request and is never asked there; what is
//! allowed or denied is for the automaton alone.

use core::cmp::Ordering;
use core::fmt;

use crate::origin::{Host, Origin};
use crate::pattern::{LabelGlob, Unit, UnitKind, for_each_alternative};
use crate::rule::{Rule, RuleId};

/// How close a rule came to an origin, and what kept it out. Small `Copy` data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NearMiss {
    /// The rule that came closest.
    pub rule: RuleId,
    /// What kept the origin out.
    pub kind: NearMissKind,
}

/// What keeps an origin out of a rule that it nearly matches; the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum NearMissKind {
    /// The host matches, the port does not.
    Port,
    /// The host matches, but it came without a port and without a scheme to take one from, and the rule asks for one.
    NoPort,
    /// The host is the domain itself, and the rule covers only what is below it: `example.com` and `*.example.com`.
    Apex,
    /// The host is below what the rule covers: `www.example.com` and `example.com`, or `a.b.example.com` and `*.example.com`.
    Below,
    /// All labels but this one match; counted from the left, from 0: `example.org` and `example.com`.
    Label(u8),
    /// The host is a parent domain of what the rule covers: `example.com` and `www.example.com`.
    Above,
    /// The host begins with what the rule covers and goes on as another domain: `example.com.evil.com` and `example.com`.
    Prefix,
    /// The rule would take nearly any host, but with another number of labels: `a.b` and `*`.
    LabelCount,
}

impl fmt::Display for NearMissKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NearMissKind::Port => f.write_str("the host matches, the port does not"),
            NearMissKind::NoPort => {
                f.write_str("the host matches, but there is no port and the rule asks for one")
            }
            NearMissKind::Apex => f.write_str("the rule covers subdomains, not the domain itself"),
            NearMissKind::Below => f.write_str("the host is below what the rule covers: it has more labels"),
            NearMissKind::Label(0) => f.write_str("only the first label differs"),
            NearMissKind::Label(index) => write!(f, "only label {} differs", u16::from(*index) + 1),
            NearMissKind::Above => {
                f.write_str("the host is the parent of what the rule covers: it has fewer labels")
            }
            NearMissKind::LabelCount => {
                f.write_str("the number of labels differs: a wildcard never crosses a dot")
            }
            NearMissKind::Prefix => {
                f.write_str("the host only begins like the rule: it belongs to another domain")
            }
        }
    }
}

/// The closest rule; of several that are equally close, the first.
pub(crate) fn closest(rules: &[Rule], origin: &Origin<'_>) -> Option<NearMiss> {
    let mut closest: Option<NearMiss> = None;
    for (index, rule) in rules.iter().enumerate() {
        let result: Result<(), ()> = for_each_alternative(&rule.pattern().ast().nodes, |units| {
            if let Some(kind) = compare(units, origin)
                && closest.is_none_or(|closest| kind < closest.kind)
            {
                closest = Some(NearMiss { rule: RuleId::new(index), kind });
            }
            Ok(())
        });
        // Nothing above stops early.
        result.ok();
    }
    closest
}

fn compare(units: &[Unit<'_>], origin: &Origin<'_>) -> Option<NearMissKind> {
    let port = if origin.port().is_some() { NearMissKind::Port } else { NearMissKind::NoPort };
    let host = units.split(|unit| matches!(unit.kind, UnitKind::Colon)).next().unwrap_or_default();
    if let Some(Unit { kind: UnitKind::Ipv6(groups), .. }) = host.first() {
        return (origin.host() == Host::Ipv6(*groups)).then_some(port);
    }
    let Host::Name(name) = origin.host() else { return None };
    let labels: Vec<&str> = name.split('.').collect();
    let globs: Vec<LabelGlob> =
        host.split(|unit| matches!(unit.kind, UnitKind::Dot)).map(LabelGlob::new).collect();
    let differs = |at: &usize| !globs[*at].matches(labels[*at].as_bytes());
    // Labels line up at the right end, where a domain has its root.
    let ends_alike = |globs: &[LabelGlob], labels: &[&str]| {
        globs.iter().rev().zip(labels.iter().rev()).all(|(glob, label)| glob.matches(label.as_bytes()))
    };
    // A rule whose last two labels say nothing is close to everything.
    let says_something = globs.iter().rev().take(2).any(LabelGlob::is_literal);
    match globs.len().cmp(&labels.len()) {
        Ordering::Equal => {
            let mut different = (0..globs.len()).filter(differs);
            match (different.next(), different.next()) {
                (None, _) => Some(port),
                // Two names under the same last label have nothing in common, unless they look alike.
                (Some(at), None) if at + 2 == globs.len() && !globs[at].resembles(labels[at].as_bytes()) => {
                    None
                }
                (Some(at), None) if globs.len() > 1 => u8::try_from(at).ok().map(NearMissKind::Label),
                _ => None,
            }
        }
        _ if !says_something => Some(NearMissKind::LabelCount),
        // A name of one label is the parent of too much.
        Ordering::Greater if labels.len() > 1 && ends_alike(&globs, &labels) => {
            let is_apex = globs.len() == labels.len() + 1 && !globs[0].is_literal();
            Some(if is_apex { NearMissKind::Apex } else { NearMissKind::Above })
        }
        Ordering::Greater => None,
        Ordering::Less if ends_alike(&globs, &labels) => Some(NearMissKind::Below),
        Ordering::Less => (0..globs.len()).all(|at| !differs(&at)).then_some(NearMissKind::Prefix),
    }
}

//! What the suites judge: whatever reads patterns and headers, matches lists and decides.
//!
//! [`Engine`] is the one that matters. The planted bugs (`tests/planted/`) are others, each wrong in one place: a suite that lets them all through proves nothing.
//! Subjects speak in the words of the reference, so that an answer is compared and never interpreted.

use core::ops::Range;

use guestlist::{
    Allowance, Budget, Denial, Direction, EngineChoice, Gate, Host, List, ListType, NoOrigin, Origin,
    Outcome, Pattern, RuleId,
};
use guestlist_reference as reference;

use crate::gate_case::GateCase;

/// Reads, matches and decides.
pub trait Subject {
    /// Patterns that are matched together.
    type List;
    /// A bare host.
    type Host<'t>;

    /// The canonical text of a pattern.
    ///
    /// # Errors
    ///
    /// The pattern is refused.
    fn parse(&self, pattern: &str) -> Result<String, Refused>;

    /// The list of these patterns, in each configuration that there is. Patterns that are refused are left out, and those that were there before.
    fn lists(&self, patterns: &[&str]) -> Vec<Self::List>;

    /// Reads `host` or `host:port`.
    fn host<'t>(&self, text: &'t str) -> Option<Self::Host<'t>>;

    /// Every rule that matches, in ascending order.
    fn matches(&self, list: &Self::List, host: &Self::Host<'_>) -> Vec<usize>;

    /// The first rule that matches.
    fn find(&self, list: &Self::List, host: &Self::Host<'_>) -> Option<usize>;

    /// Whether a rule matches.
    fn is_match(&self, list: &Self::List, host: &Self::Host<'_>) -> bool;

    /// What a list is decided with, for people.
    fn describe(&self, list: &Self::List) -> String;

    /// Reads the one value of an `Origin` header.
    fn read_origin(&self, value: &[u8]) -> reference::Header;

    /// Reads the one value of a `Referer` header.
    fn read_referer(&self, value: &[u8]) -> reference::Header;

    /// Decides on a request.
    fn decide(&self, case: &GateCase) -> Decided;
}

/// Why a pattern is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What it is about, in bytes of `text`.
    pub span: Range<usize>,
    /// The text that the span is of.
    pub text: String,
    /// The message as people see it.
    pub drawn: String,
}

/// What is decided of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The decision and its reason.
    pub verdict: reference::Verdict,
    /// Whether the request goes through.
    pub lets_through: bool,
    /// The rule that a near miss names, if there is a near miss.
    pub near: Option<usize>,
    /// The decision in words.
    pub words: String,
}

/// A list says of a host exactly what is expected: which rules match, which is the first, whether any does.
///
/// # Errors
///
/// What it says instead.
pub fn answers<S: Subject>(
    subject: &S,
    list: &S::List,
    host: &S::Host<'_>,
    expected: &[usize],
) -> Result<(), String> {
    let (matches, first, is_match) =
        (subject.matches(list, host), subject.find(list, host), subject.is_match(list, host));
    if matches == expected && first == expected.first().copied() && is_match != expected.is_empty() {
        return Ok(());
    }
    Err(format!("rules {matches:?}, first {first:?}, is_match {is_match}; {}", subject.describe(list)))
}

/// How an engine decides a list, and how many states its automaton may have.
pub type Configuration = (EngineChoice, usize);

/// The engine.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// Each is asked.
    configurations: &'static [Configuration],
}

impl Engine {
    /// As it is without settings.
    pub const DEFAULT: Engine = Engine { configurations: &[(EngineChoice::Auto, usize::MAX)] };

    /// Without settings, and with a budget that few lists keep.
    pub const IN_AND_OVER_BUDGET: Engine =
        Engine { configurations: &[(EngineChoice::Auto, usize::MAX), (EngineChoice::Auto, 12)] };

    /// Every way to decide a list.
    pub const EVERY: Engine = Engine {
        configurations: &[
            (EngineChoice::Auto, usize::MAX),
            (EngineChoice::Dfa(Direction::Forward), usize::MAX),
            (EngineChoice::Dfa(Direction::Reverse), usize::MAX),
            (EngineChoice::Auto, 12),
            (EngineChoice::Bounded, usize::MAX),
            (EngineChoice::Simulation, usize::MAX),
        ],
    };
}

impl Subject for Engine {
    type List = List;
    type Host<'t> = Origin<'t>;

    fn parse(&self, pattern: &str) -> Result<String, Refused> {
        match Pattern::parse(pattern) {
            Ok(pattern) => Ok(pattern.canonical().to_owned()),
            Err(error) => Err(Refused {
                span: error.span().range(),
                text: error.text().to_owned(),
                drawn: error.to_string(),
            }),
        }
    }

    fn lists(&self, patterns: &[&str]) -> Vec<List> {
        let budget = Budget::default();
        let list = |(choice, states): &Configuration| {
            let budget = budget.states(budget.states.min(*states));
            List::builder(ListType::Upload).patterns(patterns).engine(*choice).budget(budget).restore()
        };
        self.configurations.iter().map(list).collect()
    }

    fn host<'t>(&self, text: &'t str) -> Option<Origin<'t>> {
        Origin::from_host(text.as_bytes()).ok()
    }

    fn matches(&self, list: &List, host: &Origin<'_>) -> Vec<usize> {
        list.matches(host).into_iter().map(RuleId::index).collect()
    }

    fn find(&self, list: &List, host: &Origin<'_>) -> Option<usize> {
        list.find(host).map(RuleId::index)
    }

    fn is_match(&self, list: &List, host: &Origin<'_>) -> bool {
        list.is_match(host)
    }

    fn describe(&self, list: &List) -> String {
        list.engine().to_string()
    }

    fn read_origin(&self, value: &[u8]) -> reference::Header {
        header(Origin::from_origin_header(value))
    }

    fn read_referer(&self, value: &[u8]) -> reference::Header {
        header(Origin::from_referer_header(value))
    }

    fn decide(&self, case: &GateCase) -> Decided {
        let mut builder = List::builder(case.list_type).patterns(&case.patterns);
        if let Some(mode) = case.mode {
            builder = builder.mode(mode);
        }
        if let Some(block_missing) = case.block_missing {
            builder = builder.block_missing(block_missing);
        }
        let mut gate = Gate::new();
        for scheme in &case.schemes {
            gate = gate.dangerously_support_scheme(scheme).expect("cases name schemes that can be supported");
        }
        let gate = gate.with_list(builder.restore());
        let headers = case.headers();
        let decision = gate.decide(case.list_type, &headers);
        Decided {
            verdict: match decision.outcome() {
                Outcome::Allow(Allowance::NotEnforced) => reference::Verdict::NotEnforced,
                Outcome::Allow(Allowance::MissingHeader) => reference::Verdict::MissingAllowed,
                Outcome::Allow(Allowance::Matched(rule)) => reference::Verdict::Matched(rule.index()),
                Outcome::Deny(Denial::MissingHeader) => reference::Verdict::MissingDenied,
                Outcome::Deny(Denial::Malformed(_)) => reference::Verdict::Malformed,
                Outcome::Deny(Denial::OpaqueOrigin) => reference::Verdict::OpaqueOrigin,
                Outcome::Deny(Denial::UnsupportedScheme) => reference::Verdict::UnsupportedScheme,
                Outcome::Deny(_) => reference::Verdict::NoMatch,
            },
            lets_through: decision.lets_through(),
            near: gate.near_miss(case.list_type, &headers).map(|near| near.rule.index()),
            words: decision.to_string(),
        }
    }
}

/// What the engine read, in the words of the reference: scheme and host in lower case.
fn header(read: Result<Origin<'_>, NoOrigin>) -> reference::Header {
    match read {
        Err(NoOrigin::Missing) => reference::Header::Missing,
        Err(NoOrigin::Opaque) => reference::Header::Opaque,
        Err(NoOrigin::Malformed(_)) => reference::Header::Malformed,
        Ok(origin) => reference::Header::Origin(reference::Origin {
            scheme: origin.scheme().map(|scheme| scheme.as_str().to_ascii_lowercase()),
            host: match origin.host() {
                Host::Name(name) => reference::Host::Name(name.to_ascii_lowercase()),
                Host::Ipv6(groups) => reference::Host::Ipv6(groups),
            },
            port: origin.port(),
        }),
    }
}

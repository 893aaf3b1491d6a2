//! What the suites judge: whatever reads patterns and headers, matches lists and decides.
//!
//! [`Engine`] is the one that matters. The planted bugs (`tests/planted/`) are others, each wrong in one place: a suite that lets them all through proves nothing.
//! Subjects speak in the words of the reference, so that an answer is compared and never interpreted.

use core::ops::Range;

use guestlist::{
    Allowance, Budget, Denial, Direction, DormantGate, EngineChoice, Gate, Host, List, ListBuilder, ListType,
    NoOrigin, Origin, Outcome, PackedGate, Pattern, RuleId, SavedList, Simd,
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

/// How an engine decides a list.
#[derive(Clone, Copy, Debug)]
pub struct Configuration {
    choice: EngineChoice,
    /// How many states its automaton may have.
    states: usize,
    /// How many entries its index may have.
    entries: usize,
}

impl Configuration {
    const fn of(choice: EngineChoice) -> Configuration {
        Configuration { choice, states: usize::MAX, entries: usize::MAX }
    }

    const fn states(self, states: usize) -> Configuration {
        Configuration { states, ..self }
    }

    const fn entries(self, entries: usize) -> Configuration {
        Configuration { entries, ..self }
    }

    fn list(self, builder: ListBuilder) -> List {
        let all = Budget::default();
        let budget = all.states(all.states.min(self.states)).entries(all.entries.min(self.entries));
        builder.engine(self.choice).budget(budget).restore()
    }
}

/// The engine.
#[derive(Clone, Copy, Debug)]
pub struct Engine {
    /// Each is asked.
    configurations: &'static [Configuration],
}

const AUTO: Configuration = Configuration::of(EngineChoice::Auto);
const AUTOMATON: Configuration = Configuration::of(EngineChoice::Automaton);
const PORTABLE: Configuration = Configuration::of(EngineChoice::Index(Simd::Portable));
const AVX2: Configuration = Configuration::of(EngineChoice::Index(Simd::Avx2));

impl Engine {
    /// As it is without settings.
    pub const DEFAULT: Engine = Engine { configurations: &[AUTO] };

    /// The index with other instructions than the machine's best, an index that holds few rules, and the automaton with a budget that few lists keep.
    pub const IN_AND_OVER_BUDGET: Engine =
        Engine { configurations: &[AUTO, PORTABLE, AVX2, AUTO.entries(3), AUTOMATON.states(12)] };

    /// Every way to decide a list.
    pub const EVERY: Engine = Engine {
        configurations: &[
            AUTO,
            PORTABLE,
            AVX2,
            AUTO.entries(2),
            PORTABLE.entries(1).states(12),
            AUTOMATON,
            Configuration::of(EngineChoice::Dfa(Direction::Forward)),
            Configuration::of(EngineChoice::Dfa(Direction::Reverse)),
            AUTOMATON.states(12),
            Configuration::of(EngineChoice::Bounded),
            Configuration::of(EngineChoice::Simulation),
        ],
    };

    /// The ways that differ on the path from a header to a decision.
    const DECIDING: [Configuration; 4] = [AUTO, PORTABLE, AVX2, AUTOMATON];
}

/// What all instruction sets say.
///
/// # Panics
///
/// If they do not say the same.
fn by_every_instruction_set<T: PartialEq + core::fmt::Debug>(ask: impl Fn(Simd) -> T) -> T {
    let answer = ask(Simd::Portable);
    for simd in Simd::available() {
        assert_eq!(ask(simd), answer, "{} and portable instructions disagree", simd.as_str());
    }
    answer
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
        let builder = List::builder(ListType::Upload).patterns(patterns);
        self.configurations.iter().map(|configuration| configuration.list(builder.clone())).collect()
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
        let is_match = list.is_match(host);
        assert_eq!(list.matches_many(core::slice::from_ref(host)), u64::from(is_match), "as a batch");
        is_match
    }

    fn describe(&self, list: &List) -> String {
        list.engine().to_string()
    }

    fn read_origin(&self, value: &[u8]) -> reference::Header {
        by_every_instruction_set(|simd| header(Origin::from_origin_header_with(value, simd)))
    }

    fn read_referer(&self, value: &[u8]) -> reference::Header {
        by_every_instruction_set(|simd| header(Origin::from_referer_header_with(value, simd)))
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
        let headers = case.headers();
        let decisions = Engine::DECIDING.map(|configuration| {
            gate = core::mem::take(&mut gate).with_list(configuration.list(builder.clone()));
            gate.decide(case.list_type, &headers)
        });
        let decision = decisions[0];
        assert_eq!(decisions, [decision; 4], "instruction sets or engines disagree");
        gate.decide_many(case.list_type, &[headers; 3], |one| assert_eq!(one, decision, "one of several"));
        let packed = PackedGate::from(&gate);
        assert_eq!(packed.decide(case.list_type, &headers), decision, "packed");
        assert_eq!(packed.to_dormant(), DormantGate::from(&gate), "packed and unpacked");
        assert_eq!(restored(&gate), DormantGate::from(&gate), "saved and restored");
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

/// The gate of what is saved of its lists.
fn restored(gate: &Gate) -> DormantGate {
    let texts = ListType::ALL.map(|list_type| {
        let rules = gate.list(list_type).rules();
        rules.iter().map(|rule| rule.pattern().canonical().to_string()).collect::<Vec<_>>()
    });
    let saved = |list_type, patterns| {
        let list = gate.list(list_type);
        SavedList { mode: list.mode(), block_missing: list.block_missing(), patterns }
    };
    let [upload, delivery] = &texts;
    let (upload, delivery) = (saved(ListType::Upload, upload), saved(ListType::Delivery, delivery));
    DormantGate::restore(upload, delivery, gate.supported_schemes()).expect("they were supported")
}

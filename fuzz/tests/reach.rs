//! What the committed inputs and the generators reach: a suite proves nothing about what it never comes to.

use std::cell::RefCell;
use std::collections::BTreeMap;

use guestlist::EngineKind;
use guestlist_fuzz::gate_case::GateCase;
use guestlist_fuzz::replay::properties_of;
use guestlist_fuzz::seed;
use guestlist_fuzz::subject::{Decided, Engine, Refused, Subject};
use guestlist_reference::Header;

/// The engine, and how often it was asked what.
#[derive(Default)]
struct Counted(RefCell<BTreeMap<String, usize>>);

impl Counted {
    fn count(&self, what: String) {
        *self.0.borrow_mut().entry(what).or_default() += 1;
    }
}

impl Subject for Counted {
    type List = <Engine as Subject>::List;
    type Host<'t> = <Engine as Subject>::Host<'t>;

    fn parse(&self, pattern: &str) -> Result<String, Refused> {
        let parsed = Engine::DEFAULT.parse(pattern);
        self.count(format!("pattern {}", if parsed.is_ok() { "accepted" } else { "refused" }));
        parsed
    }

    fn lists(&self, patterns: &[&str]) -> Vec<Self::List> {
        let lists = Engine::DEFAULT.lists(patterns);
        for list in &lists {
            let size = match list.rules().len() {
                0..=1 => "one rule",
                2..=10 => "some rules",
                _ => "many rules",
            };
            self.count(format!("list of {size}"));
            let how = match list.engine() {
                engine if engine.kind != EngineKind::Index => "rules that no index holds",
                // With more than 32 texts on either side there is no multiplier for them.
                engine if engine.states > 64 => "places for any number",
                engine if engine.states > 8 => "places for dozens",
                // An automaton of heads takes more than the places for a few and their index.
                engine if engine.bytes > 4600 => "an automaton of heads",
                _ => "places for a few",
            };
            self.count(format!("list with {how}"));
        }
        lists
    }

    fn host<'t>(&self, text: &'t str) -> Option<Self::Host<'t>> {
        let host = Engine::DEFAULT.host(text);
        self.count(format!("host {}", if host.is_some() { "read" } else { "refused" }));
        if host.is_some() {
            let frame = match text.len() {
                0..=32 => "a short frame",
                33..=64 => "a long frame",
                _ => "no frame",
            };
            self.count(format!("host for {frame}"));
        }
        host
    }

    fn matches(&self, list: &Self::List, host: &Self::Host<'_>) -> Vec<usize> {
        let matches = Engine::DEFAULT.matches(list, host);
        let how_many = ["none", "one", "several"][matches.len().min(2)];
        self.count(format!("matches {how_many}"));
        matches
    }

    fn find(&self, list: &Self::List, host: &Self::Host<'_>) -> Option<usize> {
        Engine::DEFAULT.find(list, host)
    }

    fn is_match(&self, list: &Self::List, host: &Self::Host<'_>) -> bool {
        Engine::DEFAULT.is_match(list, host)
    }

    fn describe(&self, list: &Self::List) -> String {
        Engine::DEFAULT.describe(list)
    }

    fn read_origin(&self, value: &[u8]) -> Header {
        let header = Engine::DEFAULT.read_origin(value);
        self.count(format!("Origin {}", variant(&header)));
        header
    }

    fn read_referer(&self, value: &[u8]) -> Header {
        let header = Engine::DEFAULT.read_referer(value);
        self.count(format!("Referer {}", variant(&header)));
        header
    }

    fn decide(&self, case: &GateCase) -> Decided {
        let decided = Engine::DEFAULT.decide(case);
        self.count(format!("{} {}", case.list_type, variant(&decided.verdict)));
        decided
    }
}

/// The name of an enum's variant.
fn variant(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").split('(').next().unwrap_or_default().to_owned()
}

/// What must be met for a property, by the inputs that are committed and by those made of a seed.
const REACHED: &[(&str, &[&str])] = &[
    ("pattern_agrees_with_reference", &["pattern accepted", "pattern refused"]),
    ("pattern_text_agrees_with_reference", &["pattern accepted", "pattern refused"]),
    (
        "list_agrees_with_reference",
        &[
            "list of one rule",
            "list of some rules",
            "list of many rules",
            "matches none",
            "matches one",
            "matches several",
            "host refused",
            "list with places for a few",
            "list with places for dozens",
            "list with places for any number",
            "list with an automaton of heads",
            "list with rules that no index holds",
            "host for a short frame",
            "host for a long frame",
            "host for no frame",
        ],
    ),
    (
        "union_is_exactly_its_parts",
        &["list of some rules", "list of many rules", "matches none", "matches one", "matches several"],
    ),
    (
        "header_agrees_with_reference",
        &["Origin Origin", "Origin Malformed", "Origin Opaque", "Origin Missing", "Referer Origin"],
    ),
    ("origin_agrees_with_url", &["Origin Origin", "Referer Origin"]),
    (
        "gate_agrees_with_reference",
        &[
            "upload NotEnforced",
            "upload MissingAllowed",
            "upload MissingDenied",
            "upload Malformed",
            "upload OpaqueOrigin",
            "upload UnsupportedScheme",
            "upload Matched",
            "upload NoMatch",
            "delivery NotEnforced",
            "delivery MissingAllowed",
            "delivery MissingDenied",
            "delivery Malformed",
            "delivery OpaqueOrigin",
            "delivery UnsupportedScheme",
            "delivery Matched",
            "delivery NoMatch",
        ],
    ),
];

#[test]
fn every_verdict_is_reached() {
    let mut missing = Vec::new();
    let mut report = String::new();
    for (name, property) in properties_of::<Counted>() {
        let committed = seed::committed("corpus", name).unwrap();
        let random = seed::inputs(&[], 1500);
        for (from, inputs) in [("committed", committed), ("made", random.collect())] {
            let counted = Counted::default();
            for input in &inputs {
                assert_eq!(property(&counted, input), Ok(()));
            }
            let counts = counted.0.into_inner();
            report += &format!("{name}, {} {from} inputs: {counts:?}\n", inputs.len());
            let reached = REACHED.iter().find(|(property, _)| *property == name);
            // Random bytes are no text.
            let asked = if from == "made" && name.contains("text") { &[][..] } else { reached.unwrap().1 };
            for what in asked {
                if !counts.contains_key(*what) {
                    missing.push(format!("{name}: {what}, by {from} inputs"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "hardly reached: {missing:#?}\n{report}");
}

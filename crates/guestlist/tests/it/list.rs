//! Lists: saved all or nothing, built once, the same in every engine.

use std::sync::Barrier;
use std::thread;

use guestlist::{
    Budget, Direction, EngineChoice, EngineKind, ErrorKind, Limits, List, ListType, Mode, Origin, RuleId,
    TooLarge, TooMany,
};

use crate::{in_every_engine, upload};

fn origin(text: &str) -> Origin<'_> {
    Origin::from_host(text.as_bytes()).unwrap()
}

#[test]
fn a_list_is_saved_all_or_nothing() {
    let error =
        List::builder(ListType::Upload).patterns(["a.com", "(b)", "a.com", "c..d"]).build().unwrap_err();
    let found: Vec<_> = error.patterns().iter().map(|error| (error.position(), error.kind())).collect();
    assert_eq!(found, [(Some(1), ErrorKind::Parenthesis), (Some(3), ErrorKind::EmptyLabel)]);
    assert_eq!(error.too_many(), None);
}

#[test]
fn duplicates_are_dropped_and_told() {
    let list = upload(&["a.com", "https://A.com/", "b.com", "a.com."]);
    let canonical: Vec<_> =
        list.rules().iter().map(|rule| (rule.pattern().canonical(), rule.position())).collect();
    assert_eq!(canonical, [("a.com", 0), ("b.com", 2)]);
    let duplicates: Vec<_> =
        list.duplicates().iter().map(|duplicate| (duplicate.position, duplicate.of.index())).collect();
    assert_eq!(duplicates, [(1, 0), (3, 0)]);
}

#[test]
fn the_limit_counts_what_is_left() {
    let patterns = |count: usize| (0..count).map(|index| format!("a{index}.com")).collect::<Vec<_>>();
    let build = |patterns: &[String], limit| {
        List::builder(ListType::Upload).patterns(patterns).limits(Limits::default().patterns(limit)).build()
    };
    assert!(build(&patterns(20), 20).is_ok());
    let error = build(&patterns(21), 20).unwrap_err();
    assert_eq!(error.too_many(), Some(TooMany { count: 21, limit: 20, position: 20 }));
    assert!(error.patterns().is_empty());
    let mut doubled = patterns(20);
    doubled.extend(patterns(20));
    assert!(build(&doubled, 20).is_ok());
    assert!(build(&patterns(10_000), 10_000).is_ok());
}

#[test]
fn the_first_of_several_rules_is_found_and_all_are_listed() {
    let builder = List::builder(ListType::Upload).patterns(["*.a.com", "{x,y}.a.com", "x.*.com", "b.com"]);
    for list in in_every_engine(&builder) {
        let ids = |host: &str| list.matches(&origin(host)).into_iter().map(RuleId::index).collect::<Vec<_>>();
        assert_eq!(ids("x.a.com"), [0, 1, 2], "{}", list.engine());
        assert_eq!(ids("X.B.com"), [2]);
        assert_eq!(ids("b.com:8080"), [3]);
        assert!(ids("c.com").is_empty());
        assert_eq!(list.find(&origin("y.a.com")).map(RuleId::index), Some(0));
        assert!(!list.is_match(&origin("a.com")));
    }
}

#[test]
fn nothing_is_built_before_the_first_check() {
    let list = upload(&["*.example.com"]);
    assert!(!list.is_built());
    assert!(list.is_match(&origin("www.example.com")));
    assert!(list.is_built());
    assert!(!List::builder(ListType::Upload).restore().is_built());
}

#[test]
fn threads_that_come_at_once_get_the_same_answers() {
    let patterns: Vec<String> = (0..20).map(|index| format!("*.site{index}.com")).collect();
    for choice in [EngineChoice::Auto, EngineChoice::Bounded, EngineChoice::Simulation] {
        let list = List::builder(ListType::Upload).patterns(&patterns).engine(choice).build().unwrap();
        let barrier = Barrier::new(8);
        thread::scope(|scope| {
            for thread in 0..8 {
                let (list, barrier) = (&list, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    for round in 0..200 {
                        let index = (thread + round) % 25;
                        let host = format!("shop.site{index}.com");
                        let found =
                            list.find(&Origin::from_host(host.as_bytes()).unwrap()).map(RuleId::index);
                        assert_eq!(found, (index < 20).then_some(index));
                    }
                });
            }
        });
    }
}

#[test]
fn the_mode_follows_from_the_patterns_unless_it_is_set() {
    assert_eq!(List::builder(ListType::Upload).build().unwrap().mode(), Mode::Off);
    assert_eq!(upload(&["a.com"]).mode(), Mode::Enforce);
    assert_eq!(List::builder(ListType::Upload).mode(Mode::Enforce).build().unwrap().mode(), Mode::Enforce);
    assert!(upload(&["a.com"]).block_missing());
    assert!(!List::builder(ListType::Delivery).pattern("a.com").build().unwrap().block_missing());
}

#[test]
fn broken_stored_patterns_are_skipped_told_and_never_turn_enforcement_off() {
    let list = List::builder(ListType::Delivery).patterns(["(old)", "a.com", "b..c"]).restore();
    assert_eq!(list.mode(), Mode::Enforce);
    let broken: Vec<_> = list.broken().iter().map(guestlist::Error::position).collect();
    assert_eq!(broken, [Some(0), Some(2)]);
    assert!(list.is_match(&origin("a.com")));
    let list = List::builder(ListType::Delivery).pattern("(old)").restore();
    assert_eq!(list.mode(), Mode::Enforce);
    assert!(!list.is_match(&origin("old")));
}

#[test]
fn a_list_says_what_it_is_decided_with() {
    let builder = List::builder(ListType::Upload).patterns(["*.example.com", "localhost:3000"]);
    let engine = |choice| builder.clone().engine(choice).restore().engine();
    let auto = engine(EngineChoice::Auto);
    assert_eq!((auto.kind, auto.direction, auto.states, auto.indexed), (EngineKind::Index, None, 2, 2));
    assert!(auto.bytes > 192 && auto.bytes < 2000, "{auto}");
    let automaton = engine(EngineChoice::Automaton);
    assert_eq!((automaton.kind, automaton.direction), (EngineKind::Dfa, Some(Direction::Reverse)));
    assert!(automaton.states > 10 && automaton.bytes > 500 && automaton.bytes < 20_000, "{automaton}");
    assert_eq!(engine(EngineChoice::Dfa(Direction::Forward)).direction, Some(Direction::Forward));
    assert_eq!(engine(EngineChoice::Bounded).kind, EngineKind::Bounded);
    assert_eq!(engine(EngineChoice::Simulation).kind, EngineKind::Simulation);
    for budget in [Budget::default().states(2), Budget::default().bytes(200), Budget::default().work(10)] {
        let list = builder.clone().engine(EngineChoice::Automaton).budget(budget).restore();
        assert_eq!(list.engine().kind, EngineKind::Bounded);
        assert!(list.is_match(&origin("localhost:3000")));
    }
}

#[test]
fn an_engine_is_described_in_words() {
    let builder = List::builder(ListType::Upload).patterns(["*.example.com", "localhost:3000"]);
    for (choice, before, after) in [
        (EngineChoice::Auto, "an index of 2 literal ends: ", " bytes"),
        (EngineChoice::Automaton, "one automaton from the right: ", " bytes"),
        (EngineChoice::Dfa(Direction::Forward), "one automaton from the left: ", " bytes"),
        (
            EngineChoice::Bounded,
            "bounded engine from the right: the automaton is over its budget; ",
            " bytes and a cache per thread",
        ),
        (EngineChoice::Simulation, "simulation of an NFA from the right: ", " bytes"),
    ] {
        let engine = builder.clone().engine(choice).restore().engine();
        let of = if engine.kind == EngineKind::Bounded { " of an NFA" } else { "" };
        let size = match engine.kind {
            EngineKind::Index => engine.bytes.to_string(),
            _ => format!("{} states{of}, {}", engine.states, engine.bytes),
        };
        assert_eq!(engine.to_string(), format!("{before}{size}{after}"));
    }
    let engine = |entries| builder.clone().budget(Budget::default().entries(entries)).restore().engine();
    assert!(
        engine(1)
            .to_string()
            .starts_with("an index for 1 rule, for the others one automaton from the right: ")
    );
    assert_eq!(engine(0).indexed, 0);
    let three = builder.clone().pattern("a.org").budget(Budget::default().entries(2)).restore().engine();
    assert!(three.to_string().starts_with("an index for 2 rules, for the others one automaton"), "{three}");
}

#[test]
fn a_list_is_printed_for_debugging_without_its_tables_and_without_building_them() {
    let list =
        List::builder(ListType::Upload).pattern("a.com").engine(EngineChoice::Bounded).build().unwrap();
    let printed = format!("{list:?}");
    assert!(printed.contains("a.com") && printed.contains("engine: None"), "{printed}");
    assert!(!list.is_built());
    list.prepare();
    let printed = format!("{list:?}");
    assert!(printed.contains("Bounded") && printed.len() < 1000, "{printed}");
}

#[test]
fn the_warnings_of_a_list_name_the_rule() {
    let list = upload(&["a.com", "a.com", "*.com", "{b,?}.com"]);
    let warnings: Vec<_> =
        list.warnings().map(|(rule, warning)| (rule.to_string(), warning.to_string())).collect();
    let words = |host| format!("this also lets in hosts of others, such as `{host}`");
    assert_eq!(warnings, [("rule 2".to_string(), words("evil.com")), ("rule 3".to_string(), words("x.com"))]);
}

#[test]
fn the_text_of_a_list_has_a_limit() {
    let patterns: Vec<String> = (0..100).map(|index| format!("a{index:02}.com")).collect();
    let limits = Limits::default().patterns(100).list_bytes(699);
    let build = |limits| List::builder(ListType::Upload).patterns(&patterns).limits(limits).build();
    let error = build(limits).unwrap_err();
    assert_eq!(error.too_large(), Some(TooLarge { bytes: 700, limit: 699 }));
    assert!(error.to_string().contains("700 bytes"), "{error}");
    assert!(build(limits.list_bytes(700)).is_ok());
}

#[test]
fn a_budget_is_counted_and_not_measured() {
    let patterns = ["*.example.com", "{app,www}.a[1-3]:80?0", "[::1]"];
    let builder = List::builder(ListType::Upload).patterns(patterns).engine(EngineChoice::Automaton);
    let fits = |budget| builder.clone().budget(budget).restore().engine().kind == EngineKind::Dfa;
    let least = |budget: fn(usize) -> Budget| {
        let too_small = (0..20).rev().map(|bit| 1 << bit);
        too_small.fold(0, |most, more| if fits(budget(most + more)) { most } else { most + more }) + 1
    };
    let states = least(|states| Budget::default().states(states));
    assert_eq!(states, builder.clone().restore().engine().states);
    // The same on every machine; another release of regex-automata may change them a little.
    assert_eq!(states, 34);
    assert_eq!(least(|bytes| Budget::default().bytes(bytes)), 34 * (34 + 1) * 4);
    assert_eq!(least(|work| Budget::default().work(work)), 1927);
}

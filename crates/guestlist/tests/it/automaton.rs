//! Lists that are hard to determinize: right in bounded time, and never by giving up.

use guestlist::{Direction, EngineChoice, EngineKind, Limits, List, ListType, Origin, RuleId, Simd};
use guestlist_reference as reference;

/// `*a??????????*.com` and the like: a table would need a state for every set of letters seen.
fn explosive(both_ways: bool) -> Vec<String> {
    (0..20u8)
        .map(|index| {
            let (first, last) = (char::from(b'a' + index), char::from(b'a' + (index + 7) % 26));
            if both_ways {
                format!("*{first}??????????*{last}??????????*.com")
            } else {
                format!("*{first}??????????*.com")
            }
        })
        .collect()
}

/// Hosts without any order, so that nearly every step needs a state of its own.
fn hosts(count: u32) -> Vec<String> {
    let mut state = 1u32;
    (0..count)
        .map(|_| {
            let label: String = (0..58)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    char::from(b'a' + (state >> 24) as u8 % 26)
                })
                .collect();
            format!("{label}.com")
        })
        .collect()
}

#[test]
fn a_list_over_the_budget_is_decided_alike_by_the_bounded_engine() {
    for patterns in [explosive(false), explosive(true)] {
        let naive: Vec<_> = patterns.iter().map(|text| reference::Pattern::parse(text).unwrap()).collect();
        let naive = reference::List::new(reference::ListType::Upload, naive);
        let builder = List::builder(ListType::Upload).patterns(&patterns);
        let list = builder.clone().engine(EngineChoice::Automaton).build().unwrap();
        let indexed = builder.clone().build().unwrap();
        assert_eq!((indexed.engine().kind, indexed.engine().indexed), (EngineKind::Index, 20));
        assert_eq!(list.engine().kind, EngineKind::Bounded, "{}", list.engine());
        let simulation = builder.engine(EngineChoice::Simulation).build().unwrap();
        // More than its cache holds, so that the lazy automaton also gives up on some; the reference is too slow for all of them.
        for (index, host) in hosts(3000).iter().enumerate() {
            let origin = Origin::from_host(host.as_bytes()).unwrap();
            let matches: Vec<usize> = list.matches(&origin).into_iter().map(RuleId::index).collect();
            assert_eq!(list.find(&origin).map(RuleId::index), matches.first().copied());
            assert_eq!(list.matches(&origin), indexed.matches(&origin), "{host}");
            assert_eq!(list.find(&origin), indexed.find(&origin), "{host}");
            if index % 30 == 0 {
                let expected = naive.matches(&reference::read_host(host.as_bytes()).unwrap());
                assert_eq!(matches, expected, "{host}");
                assert_eq!(
                    simulation.matches(&origin).into_iter().map(RuleId::index).collect::<Vec<_>>(),
                    expected
                );
            }
        }
    }
}

#[test]
fn a_thousand_patterns_fit_the_budget_and_wide_forms_are_as_right_as_narrow_ones() {
    let port = |index: usize| 8080 + index % 10 * 100;
    let patterns: Vec<String> = (0..1000)
        .map(|index| match index % 3 {
            0 => format!("*.site{index}.com"),
            1 => format!("{{app,www}}.site{index}.org:{}", port(index)),
            _ => format!("site{index}.net"),
        })
        .collect();
    let builder =
        List::builder(ListType::Upload).patterns(&patterns).limits(Limits::default().patterns(1000));
    let automaton = builder.clone().engine(EngineChoice::Automaton).build().unwrap();
    let engine = automaton.engine();
    assert_eq!((engine.kind, engine.direction), (EngineKind::Dfa, Some(Direction::Reverse)));
    assert!(engine.bytes > 1 << 17, "wide enough to need wide cells: {engine}");
    let indexes =
        Simd::available().map(|simd| builder.clone().engine(EngineChoice::Index(simd)).build().unwrap());
    let mut lists: Vec<List> = indexes.collect();
    assert!(lists.iter().all(|list| list.engine().indexed == 1000 && list.engine().states > 1000));
    lists.push(automaton);
    for index in 0..1000 {
        let long = "x".repeat(30);
        let hosts = match index % 3 {
            0 => [
                format!("x.site{index}.com"),
                format!("{long}.SITE{index}.com:1"),
                format!("site{index}.com"),
                format!("{long}.{long}.site{index}.com"),
            ],
            1 => [
                format!("www.site{index}.org:{}", port(index)),
                format!("APP.site{index}.org:{}", port(index)),
                format!("www.site{index}.org:{}", port(index) + 1),
                format!("www.site{index}.org"),
            ],
            _ => [
                format!("SITE{index}.net:80"),
                format!("site{index}.net"),
                format!("x.site{index}.net"),
                format!("{long}.{long}.{long}.site{index}.net"),
            ],
        };
        for list in &lists {
            let find =
                |host: &String| list.find(&Origin::from_host(host.as_bytes()).unwrap()).map(RuleId::index);
            assert_eq!(hosts.each_ref().map(find), [Some(index), Some(index), None, None], "{hosts:?}");
            let origins = hosts.each_ref().map(|host| Origin::from_host(host.as_bytes()).unwrap());
            assert_eq!(list.matches_many(&origins), 0b0011);
        }
    }
}

#[test]
fn a_list_of_thousands_of_rules_has_an_automaton() {
    let patterns = (0..4000).map(|index| format!("*.customer{index}.example.com"));
    let list = List::builder(ListType::Upload)
        .patterns(patterns)
        .limits(Limits::default().patterns(4000))
        .engine(EngineChoice::Automaton)
        .build()
        .unwrap();
    list.prepare();
    assert_eq!(list.engine().kind, EngineKind::Dfa, "{}", list.engine());
    let find = |host: &str| list.find(&Origin::from_host(host.as_bytes()).unwrap()).map(RuleId::index);
    assert_eq!(find("a.customer3999.example.com"), Some(3999));
    assert_eq!(find("customer3999.example.com"), None);
}

#[test]
fn a_large_list_beyond_its_budget_still_has_a_cache() {
    let patterns = (0..4000).map(|index| format!("*.customer{index}.example.com"));
    let limits = Limits::default().patterns(4000);
    let list = List::builder(ListType::Upload)
        .patterns(patterns)
        .limits(limits)
        .engine(EngineChoice::Bounded)
        .build()
        .unwrap();
    assert_eq!(list.engine().kind, EngineKind::Bounded, "{}", list.engine());
    let origin = Origin::from_host(b"a.customer17.example.com").unwrap();
    assert_eq!(list.find(&origin).map(RuleId::index), Some(17));
}

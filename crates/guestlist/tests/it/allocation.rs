//! A check does not allocate once the automaton is built, and the automaton keeps what it says.

use guestlist::{EngineChoice, Gate, Limits, List, ListType, RequestHeaders};

#[test]
fn deciding_does_not_allocate() {
    let patterns =
        ["{,www.}example.com", "*.xn--bcher-kva.example", "[::1]:3000", "app[1-3].example.org:8443"];
    let list = |list_type| List::builder(list_type).patterns(patterns).build().unwrap();
    let gate = Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery));
    let values: [&[u8]; 9] = [
        b"https://www.example.com",
        b"https://shop.xn--bcher-kva.example",
        b"http://[0:0::1]:3000",
        b"https://app2.example.org:8443/path?query",
        b"https://evil.com/",
        b"null",
        b"",
        b"https://user@evil.com",
        b"capacitor://localhost",
    ];
    let decide = |list_type: ListType| {
        values
            .iter()
            .filter(|value| {
                let headers = RequestHeaders::new().origin(value).referer(value);
                gate.decide(list_type, &headers).lets_through()
            })
            .count()
    };
    // Builds both automata.
    assert_eq!(decide(ListType::Upload), 3);
    decide(ListType::Delivery);
    let measured = allocation_counter::measure(|| {
        decide(ListType::Upload);
        decide(ListType::Delivery);
    });
    assert_eq!(measured.count_total, 0);
}

#[test]
fn plain_patterns_are_saved_without_an_allocation_for_each() {
    let patterns = (0..1000).map(|number| format!("*.shop{number}.example:8443"));
    let limits = Limits::default().patterns(1000);
    let builder = List::builder(ListType::Upload).patterns(patterns).limits(limits);
    let mut list = None;
    let measured = allocation_counter::measure(|| list = builder.build().ok());
    assert_eq!(list.map(|list| list.rules().len()), Some(1000));
    // The list's own.
    assert!(measured.count_total < 10, "{measured:?}");
}

#[test]
fn an_engine_keeps_as_many_bytes_as_it_says() {
    for patterns in [&["example.com"][..], &["*", "{*,*}", "a*.example.com", "*b.example.com:80", "[::1]"]] {
        let builder = List::builder(ListType::Upload).patterns(patterns);
        let list = builder.clone().engine(EngineChoice::Automaton).build().unwrap();
        let measured = allocation_counter::measure(|| list.prepare());
        let engine = list.engine();
        // Beside it, the rule of each of its patterns.
        let rules = 128;
        let kept = usize::try_from(measured.bytes_current).unwrap();
        assert!((engine.bytes..=engine.bytes + rules).contains(&kept), "{kept} {engine}");
        // Two bytes a cell, for an ordinary list: no host of a list has more than 45 kinds of characters.
        assert!(engine.bytes < 500 + engine.states * 45 * 2, "{engine}");

        let list = builder.build().unwrap();
        let measured = allocation_counter::measure(|| list.prepare());
        let engine = list.engine();
        let kept = usize::try_from(measured.bytes_current).unwrap();
        // It counts itself as well, which is part of the list.
        assert!((kept..kept + 120).contains(&engine.bytes), "{kept} {engine}");
        assert!(engine.bytes < 2100, "{engine}");
    }
}

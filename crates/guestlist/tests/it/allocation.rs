//! A check does not allocate once the automaton is built.

use guestlist::{Gate, List, ListType, RequestHeaders};

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

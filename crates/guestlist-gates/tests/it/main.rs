//! The registry held against gates that are kept whole.

// Helpers are test code too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod keys;
mod memory;
mod model;
mod threads;

use fastrand::Rng;
use guestlist::{Gate, List, ListType, Mode, RequestHeaders};

/// A gate whose two lists approve these patterns.
pub(crate) fn gate_of(patterns: &[&str]) -> Gate {
    let list = |list_type| List::builder(list_type).patterns(patterns).build().unwrap();
    Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery))
}

/// A gate with patterns that only a gate of this number has, in all kinds.
pub(crate) fn gate_number(number: usize) -> Gate {
    let exact = format!("host{number}.example");
    let wild = format!("*.wild{number}.example");
    gate_of(&[&exact, &wild, "{app,www}.shared.example", "localhost:*"])
}

/// Any gate: modes, missing headers, schemes, patterns in an index and in an automaton.
pub(crate) fn any_gate(random: &mut Rng) -> Gate {
    let patterns = [
        "a.example",
        "*.a.example",
        "b.example:8443",
        "*.*.b.example",
        "{c,www.c}.example",
        "d[1-3].example",
        "*",
        "*a?*.example",
        "localhost:*",
        "192.0.2.*",
        "*x*y*.example",
    ];
    let modes = [Mode::Off, Mode::Report, Mode::Enforce, Mode::Enforce, Mode::Enforce];
    let mut gate = Gate::new();
    for list_type in ListType::ALL {
        let some: Vec<&str> = patterns.into_iter().filter(|_| random.usize(..4) == 0).collect();
        let builder = List::builder(list_type).patterns(some).mode(modes[random.usize(..modes.len())]);
        gate = gate.with_list(builder.block_missing(random.usize(..2) == 0).restore());
    }
    if random.usize(..4) == 0 {
        gate = gate.dangerously_support_scheme("capacitor").unwrap();
    }
    gate
}

/// Any headers.
pub(crate) fn any_headers(random: &mut Rng) -> RequestHeaders<'static> {
    let values: [&[u8]; 16] = [
        b"https://a.example",
        b"https://x.a.example",
        b"https://b.example:8443",
        b"https://b.example",
        b"https://x.y.b.example",
        b"https://www.c.example",
        b"https://d2.example",
        b"https://d4.example",
        b"capacitor://a.example",
        b"null",
        b"https://",
        b"http://localhost:3000",
        b"http://192.0.2.7",
        b"https://xxyy.example",
        b"https://[2001:db8::1]",
        b"https://elsewhere.test/path",
    ];
    let mut headers = RequestHeaders::new();
    for _ in 0..[0, 1, 1, 1, 1, 2][random.usize(..6)] {
        headers = headers.origin(values[random.usize(..values.len())]);
    }
    for _ in 0..[0, 0, 1][random.usize(..3)] {
        headers = headers.referer(values[random.usize(..values.len())]);
    }
    headers
}

/// Either list type.
pub(crate) fn any_list_type(random: &mut Rng) -> ListType {
    ListType::ALL[random.usize(..2)]
}

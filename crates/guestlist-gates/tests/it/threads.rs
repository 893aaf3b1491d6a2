//! Readers while others write.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;

use fastrand::Rng;
use guestlist::{DormantGate, ListType, RequestHeaders};
use guestlist_gates::{Gates, Settings};

use crate::{gate_number, gate_of};

/// Each answer is that of one gate, old or new: of two patterns, one in each gate, at any time exactly one is approved, and nothing goes back.
#[test]
fn an_answer_is_of_the_old_gate_or_the_new() {
    for bound in [0, 2000, usize::MAX] {
        let gates = Gates::new(Settings::default().packed_bytes(bound));
        let (even, odd) =
            (gate_of(&["even.example", "*.both.example"]), gate_of(&["*.both.example", "odd.example"]));
        gates.insert("key", &even).unwrap();
        let (is_over, answers) = (AtomicBool::new(false), AtomicUsize::new(0));
        thread::scope(|threads| {
            for number in 0..2 {
                let (gates, is_over, answers) = (&gates, &is_over, &answers);
                threads.spawn(move || {
                    let both = RequestHeaders::new().origin(b"https://x.both.example");
                    let requests =
                        [("key", RequestHeaders::new().origin(b"https://even.example")), ("key", both)];
                    let mut reader = gates.reader();
                    while !is_over.load(SeqCst) {
                        let held = gates.get("key").unwrap();
                        let rules = [
                            b"https://even.example".as_slice(),
                            b"https://odd.example",
                            b"https://x.both.example",
                        ]
                        .map(|value| held.decide(ListType::Upload, &RequestHeaders::new().origin(value)))
                        .map(|decision| decision.rule().map(guestlist::RuleId::index));
                        assert!(
                            rules == [Some(0), None, Some(1)] || rules == [None, Some(1), Some(0)],
                            "{rules:?}"
                        );
                        let decision = gates.decide("key", ListType::Upload, &both).unwrap();
                        assert!(decision.lets_through());
                        assert!(reader.decide("key", ListType::Delivery, &both).unwrap().lets_through());
                        // What is decided at once is of one moment.
                        let mut decided = Vec::new();
                        let decide = |decision: Option<guestlist::Decision>| {
                            decided.push(decision.unwrap().rule().map(guestlist::RuleId::index));
                        };
                        if number == 0 {
                            gates.decide_many(&requests, ListType::Upload, decide);
                        } else {
                            reader.decide_many(&requests, ListType::Upload, decide);
                        }
                        assert!(decided == [Some(0), Some(1)] || decided == [None, Some(0)], "{decided:?}");
                        answers.fetch_add(1, SeqCst);
                    }
                });
            }
            let mut replaced = 0;
            while replaced < 300 || answers.load(SeqCst) < 50 {
                assert!(gates.replace("key", if replaced % 2 == 0 { &odd } else { &even }));
                replaced += 1;
                thread::yield_now();
            }
            is_over.store(true, SeqCst);
        });
    }
}

/// An app that was inserted is known from then on, however much the tree grows, and an app that was not is not.
#[test]
fn growth_loses_nobody() {
    const APPS: usize = 4000;
    let gates = Gates::new(Settings::default().packed_bytes(20_000));
    let gate = DormantGate::from(&gate_number(1));
    let inserted = AtomicUsize::new(0);
    let headers = RequestHeaders::new().origin(b"https://host1.example");
    thread::scope(|threads| {
        for seed in 0..2 {
            let (gates, inserted) = (&gates, &inserted);
            threads.spawn(move || {
                let mut random = Rng::with_seed(seed);
                loop {
                    let known = inserted.load(SeqCst);
                    for _ in 0..50 {
                        let number = random.usize(..known.max(1));
                        let decision = gates.decide(number.to_string(), ListType::Upload, &headers);
                        assert_eq!(
                            decision.is_some_and(|decision| decision.lets_through()),
                            known > 0 || decision.is_some()
                        );
                        assert!(!gates.contains(format!("{number}x")));
                    }
                    if known == APPS {
                        return;
                    }
                }
            });
        }
        for number in 0..APPS / 2 {
            gates.insert(number.to_string(), gate.clone()).unwrap();
            inserted.store(number + 1, SeqCst);
        }
        for first in (APPS / 2..APPS).step_by(500) {
            gates.insert_many((first..first + 500).map(|number| (number.to_string(), gate.clone()))).unwrap();
            inserted.store(first + 500, SeqCst);
        }
    });
    assert_eq!(gates.len(), APPS);
    (0..APPS).for_each(|number| assert!(gates.remove(number.to_string())));
    assert!(gates.is_empty());
}

/// Two threads that pack the same gate at once are both right, and it is kept once.
#[test]
fn packing_at_once() {
    let headers = RequestHeaders::new().origin(b"https://host1.example");
    for _ in 0..200 {
        let gates = Gates::default();
        gates.insert("key", &gate_number(1)).unwrap();
        let start = std::sync::Barrier::new(2);
        thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    start.wait();
                    assert!(gates.decide("key", ListType::Upload, &headers).unwrap().lets_through());
                });
            }
        });
        let usage = gates.usage();
        assert_eq!((usage.packed, usage.dormant_bytes), (1, 0));
        assert_eq!(usage.packed_bytes, DormantGate::from(&gate_number(1)).pack().bytes());
    }
}

//! Whatever happens in whatever order, the answers are those of gates in a map.

use std::collections::HashMap;

use fastrand::Rng;
use guestlist::{Decision, Gate};
use guestlist_gates::{Gates, Settings};

use crate::{any_gate, any_headers, any_list_type};

/// Bounds from "nothing is kept" to "all is".
const BOUNDS: [usize; 5] = [0, 1500, 6000, 40_000, usize::MAX];

fn any_key(random: &mut Rng) -> String {
    let number = random.usize(..120);
    match number % 3 {
        0 => format!("{number}"),
        1 => format!("pk_0123456789abcdef_{number}"),
        _ => format!("a key that is too long to be stored in place, but is not too long: {number}"),
    }
}

#[test]
fn answers_are_those_of_gates_in_a_map() {
    for (seed, bound) in (1..).zip(BOUNDS) {
        let random = &mut Rng::with_seed(seed);
        let gates = Gates::new(Settings::default().packed_bytes(bound).pack_early(seed % 2 == 0));
        let mut reader = gates.reader();
        let mut model: HashMap<String, Gate> = HashMap::new();
        for step in 0..1500 {
            let key = any_key(random);
            match random.usize(..20) {
                0 => {
                    let gate = any_gate(random);
                    assert_eq!(gates.insert(&key, &gate), Ok(!model.contains_key(&key)));
                    model.insert(key.clone(), gate);
                }
                1 => {
                    let gate = any_gate(random);
                    assert_eq!(gates.replace(&key, &gate), model.contains_key(&key));
                    if let Some(place) = model.get_mut(&key) {
                        *place = gate;
                    }
                }
                2 => assert_eq!(gates.remove(&key), model.remove(&key).is_some()),
                3 => {
                    let some: Vec<(String, Gate)> =
                        (0..random.usize(..4)).map(|_| (any_key(random), any_gate(random))).collect();
                    let before = model.len();
                    let new = gates.insert_many(some.iter().map(|(key, gate)| (key, gate))).unwrap();
                    model.extend(some);
                    assert_eq!(new, model.len() - before);
                }
                4 => {
                    let request = |_| (any_key(random), any_list_type(random), any_headers(random));
                    let requests: Vec<_> = (0..40).map(request).collect();
                    let expected: Vec<Option<Decision>> = requests
                        .iter()
                        .map(|(key, list_type, headers)| Some(model.get(key)?.decide(*list_type, headers)))
                        .collect();
                    let (mut decided, mut read) = (Vec::new(), Vec::new());
                    gates.decide_each(&requests, |decision| decided.push(decision));
                    reader.decide_each(&requests, |decision| read.push(decision));
                    assert_eq!((&decided, &read), (&expected, &expected));
                }
                5..8 => {
                    let list_type = any_list_type(random);
                    let requests: Vec<_> =
                        (0..random.usize(..40)).map(|_| (any_key(random), any_headers(random))).collect();
                    let expected: Vec<Option<Decision>> = requests
                        .iter()
                        .map(|(key, headers)| Some(model.get(key)?.decide(list_type, headers)))
                        .collect();
                    let mut decided = Vec::new();
                    if step % 2 == 0 {
                        gates.decide_many(&requests, list_type, |decision| decided.push(decision));
                    } else {
                        reader.decide_many(&requests, list_type, |decision| decided.push(decision));
                    }
                    assert_eq!(decided, expected);
                }
                _ => {}
            }
            let (list_type, headers) = (any_list_type(random), any_headers(random));
            let expected = model.get(&key).map(|gate| gate.decide(list_type, &headers));
            assert_eq!(reader.decide(&key, list_type, &headers), expected);
            assert_eq!(gates.decide(&key, list_type, &headers), expected);
            let held = gates.get(&key);
            assert_eq!(held.as_ref().map(|gate| gate.decide(list_type, &headers)), expected);
            assert_eq!(gates.contains(&key), expected.is_some());
            assert_eq!(gates.len(), model.len());
            assert!(gates.usage().packed_bytes <= bound);
        }
    }
}

#[test]
fn a_held_gate_outlives_its_app() {
    let random = &mut Rng::with_seed(77);
    let gates = Gates::new(Settings::default().packed_bytes(4000));
    for _ in 0..50 {
        let gate = any_gate(random);
        gates.insert("key", &gate).unwrap();
        let held = gates.get("key").unwrap();
        if random.usize(..2) == 0 {
            gates.replace("key", &any_gate(random));
        } else {
            gates.remove("key");
        }
        let mut expected = Vec::new();
        let mut decided = Vec::new();
        let list_type = any_list_type(random);
        let requests: Vec<_> = (0..20).map(|_| any_headers(random)).collect();
        gate.decide_many(list_type, &requests, |decision| expected.push(decision));
        held.decide_many(list_type, &requests, |decision| decided.push(decision));
        assert_eq!(decided, expected);
        for decision in decided {
            let rule = decision.rule();
            let text = rule.map(|rule| gate.list(list_type).rule(rule).pattern().canonical());
            assert_eq!(rule.and_then(|rule| held.pattern(list_type, rule)), text);
        }
    }
}

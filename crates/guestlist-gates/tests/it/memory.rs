//! What is kept, and what goes first.

use fastrand::Rng;
use guestlist::{DormantGate, ListType, RequestHeaders};
use guestlist_gates::{Gates, Settings};

use crate::{any_gate, gate_number};

const HEADERS: RequestHeaders<'static> = RequestHeaders::new();

fn ask(gates: &Gates, key: &str) {
    assert!(gates.decide(key, ListType::Upload, &HEADERS).is_some());
}

/// Bytes of one packed gate such as [`gate_number`] with two digits.
fn packed_bytes() -> usize {
    DormantGate::from(&gate_number(10)).pack().bytes()
}

/// A registry with room for some of the gates 10, 11, … to be packed.
fn with_room_for(packed: usize, apps: usize) -> Gates {
    let gates = Gates::new(Settings::default().packed_bytes(packed * packed_bytes()));
    gates
        .insert_many(
            (10..10 + apps).map(|number| (number.to_string(), DormantGate::from(&gate_number(number)))),
        )
        .unwrap();
    gates
}

#[test]
fn a_gate_is_packed_when_it_is_first_asked() {
    let gates = with_room_for(10, 10);
    assert_eq!(gates.is_packed("12"), Some(false));
    ask(&gates, "12");
    assert_eq!(gates.is_packed("12"), Some(true));
    assert!(gates.get("13").is_some());
    assert_eq!(gates.is_packed("13"), Some(true));
    gates.decide_many(&[("14", HEADERS)], ListType::Delivery, |decision| assert!(decision.is_some()));
    assert_eq!(gates.is_packed("14"), Some(true));
    assert!(gates.contains("15"));
    assert_eq!((gates.is_packed("15"), gates.is_packed("9")), (Some(false), None));
    assert_eq!(gates.usage().packed, 3);
}

#[test]
fn what_is_used_stays() {
    let gates = with_room_for(5, 60);
    // Three that are asked again and again, and a stream of others that are asked once.
    for round in 0..45 {
        for used in ["10", "11", "12"] {
            ask(&gates, used);
            ask(&gates, used);
        }
        let once = (15 + round).to_string();
        ask(&gates, &once);
        if round > 5 {
            for used in ["10", "11", "12"] {
                assert_eq!(gates.is_packed(used), Some(true), "in round {round}");
            }
            assert_eq!(gates.is_packed(&once), Some(true));
        }
        assert!(gates.usage().packed <= 5);
    }
}

#[test]
fn the_least_used_goes_first() {
    let gates = with_room_for(4, 10);
    for (number, uses) in [("10", 3), ("11", 2), ("12", 1), ("13", 3)] {
        (0..uses).for_each(|_| ask(&gates, number));
    }
    ask(&gates, "14");
    assert_eq!(
        ["10", "11", "12", "13", "14"].map(|key| gates.is_packed(key).unwrap()),
        [true, true, false, true, true]
    );
    // A round has taken one use of each; 11 has none, 14 the one of its first question.
    ask(&gates, "15");
    assert_eq!(gates.is_packed("11"), Some(false));
    assert_eq!(["10", "13", "14", "15"].map(|key| gates.is_packed(key).unwrap()), [true; 4]);
}

#[test]
fn a_gate_beyond_the_bound_is_not_kept() {
    let gates = Gates::new(Settings::default().packed_bytes(packed_bytes() - 1));
    gates.insert("10", &gate_number(10)).unwrap();
    ask(&gates, "10");
    assert_eq!((gates.is_packed("10"), gates.usage().packed_bytes), (Some(false), 0));
}

#[test]
fn early_packing_ends_where_the_room_does() {
    let settings = Settings::default().packed_bytes(3 * packed_bytes() + 1).pack_early(true);
    let gates = Gates::new(settings);
    assert_eq!(gates.insert("10", &gate_number(10)), Ok(true));
    gates
        .insert_many((11..16).map(|number| (number.to_string(), DormantGate::from(&gate_number(number)))))
        .unwrap();
    gates.insert("16", &gate_number(16)).unwrap();
    assert_eq!((gates.usage().packed, gates.usage().apps), (3, 7));
    let packed = ["10", "11", "12", "13"].map(|key| gates.is_packed(key).unwrap());
    assert_eq!(packed, [true, true, true, false]);
}

#[test]
fn replacing_keeps_the_form() {
    let gates = with_room_for(5, 5);
    ask(&gates, "10");
    assert!(gates.replace("10", &gate_number(20)) && gates.replace("11", &gate_number(21)));
    assert_eq!((gates.is_packed("10"), gates.is_packed("11")), (Some(true), Some(false)));
    assert_eq!(gates.usage().packed, 1);
}

/// What it says it keeps is what its gates say they keep.
#[test]
fn usage_is_the_sum() {
    let random = &mut Rng::with_seed(9);
    for bound in [0, 3000, 30_000, usize::MAX] {
        let gates = Gates::new(Settings::default().packed_bytes(bound));
        let mut kept: Vec<Option<DormantGate>> = vec![None; 60];
        for step in 0..3000 {
            let number = random.usize(..kept.len());
            let key = number.to_string();
            match random.usize(..8) {
                0 | 1 => {
                    let gate = any_gate(random);
                    kept[number] = Some(DormantGate::from(&gate));
                    gates.insert(&key, &gate).unwrap();
                }
                2 => {
                    kept[number] = None;
                    gates.remove(&key);
                }
                _ => drop(gates.get(&key)),
            }
            if step % 50 != 0 {
                continue;
            }
            let mut sum = [0; 4];
            for (number, gate) in kept.iter().enumerate() {
                let Some(gate) = gate else { continue };
                sum[0] += 1;
                if gates.is_packed(number.to_string()).unwrap() {
                    sum[1] += 1;
                    sum[2] += gate.pack().bytes();
                } else {
                    sum[3] += gate.bytes();
                }
            }
            let usage = gates.usage();
            assert_eq!([usage.apps, usage.packed, usage.packed_bytes, usage.dormant_bytes], sum);
            assert!(usage.packed_bytes <= bound);
        }
        for number in 0..kept.len() {
            gates.remove(number.to_string());
        }
        assert_eq!(gates.usage(), Gates::default().usage());
    }
}

/// Replacing one packed gate for ever leaves nothing behind, in the clock neither.
#[test]
fn stale_entries_are_forgotten() {
    let gates = with_room_for(3, 4);
    for number in 0..2000 {
        ask(&gates, "10");
        ask(&gates, "11");
        if number % 2 == 0 {
            assert!(gates.replace("10", &gate_number(10)));
        } else {
            assert!(gates.remove("10"));
            assert_eq!(gates.insert("10", &gate_number(10)), Ok(true));
        }
    }
    ask(&gates, "10");
    ask(&gates, "12");
    ask(&gates, "13");
    assert_eq!(gates.usage().packed, 3);
}

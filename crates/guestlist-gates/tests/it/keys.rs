//! Keys come from strangers.

use fastrand::Rng;
use guestlist::{ListType, RequestHeaders};
use guestlist_gates::{Gates, InsertErrorKind, Settings};

use crate::gate_number;

/// The number of the gate of this app, by what it decides.
fn has_gate(gates: &Gates, key: &[u8], number: usize) -> Option<bool> {
    let value = format!("https://host{number}.example");
    let headers = RequestHeaders::new().origin(value.as_bytes());
    gates.decide(key, ListType::Upload, &headers).map(|decision| decision.lets_through())
}

/// Keys that are alike: equal beginnings, equal ends, one inside the other, every length, zeros.
#[test]
fn alike_keys_are_apart() {
    let mut keys: Vec<Vec<u8>> = Vec::new();
    for len in 0..=70 {
        keys.push(vec![0; len]);
        keys.push(vec![b'a'; len]);
        keys.push([vec![b'a'; len], vec![b'b']].concat());
        keys.push([vec![b'b'], vec![b'a'; len + 1]].concat());
    }
    let prefix = "pk_the_same_beginning_for_all_of_them";
    keys.extend((0..500).map(|number| format!("{prefix}{number}").into_bytes()));
    keys.extend((0..500).map(|number| format!("{number}{prefix}").into_bytes()));
    keys.sort();
    keys.dedup();

    let gates = Gates::default();
    let known = keys.iter().enumerate().filter(|(number, _)| number % 2 == 0);
    gates.insert_many(known.map(|(number, key)| (key, &gate_number(number)).into_pair())).unwrap();
    for (number, key) in keys.iter().enumerate() {
        let expected = (number % 2 == 0).then_some(true);
        assert_eq!(has_gate(&gates, key, number), expected);
        assert_eq!(has_gate(&gates, key, number + 1), expected.map(|_| false));
    }
}

/// A key with the gate as it is inserted.
trait IntoPair {
    type Pair;
    fn into_pair(self) -> Self::Pair;
}

impl<'k> IntoPair for (&'k Vec<u8>, &guestlist::Gate) {
    type Pair = (&'k Vec<u8>, guestlist::DormantGate);
    fn into_pair(self) -> Self::Pair {
        (self.0, self.1.into())
    }
}

#[test]
fn a_key_may_be_so_long_and_no_longer() {
    let gates = Gates::new(Settings::default().key_bytes(40));
    let key = "k".repeat(41);
    assert_eq!(gates.insert(&key[..40], &gate_number(1)), Ok(true));
    let error = gates.insert(&key, &gate_number(1)).unwrap_err();
    assert_eq!(error.kind(), InsertErrorKind::KeyTooLong { len: 41, limit: 40 });
    assert_eq!(error.to_string(), "the key has 41 bytes, and 40 are allowed; raise the setting `key_bytes`");
    assert!(!gates.contains(&key) && gates.get(&key).is_none() && gates.is_packed(&key).is_none());
    assert!(!gates.remove(&key) && !gates.replace(&key, &gate_number(1)));
    let headers = RequestHeaders::new();
    assert_eq!(gates.decide(&key, ListType::Upload, &headers), None);
    let mut decided = Vec::new();
    gates.decide_many(&[(&key[..], headers), (&key[..40], headers)], ListType::Upload, |decision| {
        decided.push(decision.is_some());
    });
    assert_eq!(decided, [false, true]);
}

#[test]
fn there_may_be_so_many_apps_and_no_more() {
    let gates = Gates::new(Settings::default().apps(3).key_bytes(10));
    for number in 0..3 {
        assert_eq!(gates.insert(number.to_string(), &gate_number(number)), Ok(true));
    }
    let error = gates.insert("3", &gate_number(3)).unwrap_err();
    assert_eq!(error.kind(), InsertErrorKind::Full { limit: 3 });
    assert_eq!(error.to_string(), "there are 3 apps, and no more are allowed; raise the setting `apps`");
    assert_eq!(gates.insert("2", &gate_number(7)), Ok(false));
    assert!(gates.remove("0"));

    // The first that cannot be taken in ends it; those in front of it are there.
    let gate = gate_number(8);
    let some = [("2", &gate), ("8", &gate), ("9", &gate), ("1", &gate)];
    assert_eq!(gates.insert_many(some).unwrap_err().kind(), InsertErrorKind::Full { limit: 3 });
    assert_eq!(has_gate(&gates, b"8", 8), Some(true));
    assert_eq!(has_gate(&gates, b"9", 8), None);
    assert_eq!(has_gate(&gates, b"1", 1), Some(true));
    assert!(gates.remove("8"));
    let some = [("8", &gate), ("much too long", &gate), ("1", &gate)];
    let kind = gates.insert_many(some).unwrap_err().kind();
    assert_eq!(kind, InsertErrorKind::KeyTooLong { len: 13, limit: 10 });
    assert_eq!((has_gate(&gates, b"8", 8), has_gate(&gates, b"1", 1)), (Some(true), Some(true)));
}

#[test]
fn unknown_keys_pack_nothing() {
    let gates = Gates::default();
    gates
        .insert_many(
            (0..200).map(|number| (number.to_string(), guestlist::DormantGate::from(&gate_number(number)))),
        )
        .unwrap();
    let random = &mut Rng::with_seed(3);
    let headers = RequestHeaders::new().origin(b"https://host1.example");
    let unknown: Vec<_> = (0..1000).map(|_| (format!("{}x", random.usize(..(1 << 30))), headers)).collect();
    gates.decide_many(&unknown, ListType::Upload, |decision| assert_eq!(decision, None));
    for (key, headers) in &unknown {
        assert_eq!(gates.decide(key, ListType::Upload, headers), None);
        assert!(gates.get(key).is_none());
    }
    assert_eq!(gates.usage().packed, 0);
}

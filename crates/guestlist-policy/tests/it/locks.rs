//! Both locks: what one keeps out the other does not let in, and it is said which.

use guestlist::{Gate, List, ListType, Mode, RequestHeaders};
use guestlist_policy::{
    AppLock, Call, Denial, Lock, Locks, Policy, PolicyOutcome, Presented, Request, Requirement, Secret,
    Secrets, Verifier, decide,
};

fn lock(secret: &Secret) -> AppLock {
    AppLock::new(Verifier::new(Secrets::one(secret.clone()))).with(ListType::Upload, Requirement::Required)
}

fn gate(mode: Mode) -> Gate {
    let list = |list_type| List::builder(list_type).pattern("example.com").mode(mode).build().unwrap();
    Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery))
}

#[test]
fn both_must_be_open_where_both_are_on() {
    let secret = Secret::new("testAppSecret").unwrap();
    let good = Policy::expires_at(2000).sign(&secret).unwrap();
    let app = lock(&secret);
    for mode in [Mode::Off, Mode::Report, Mode::Enforce] {
        for (origin, is_listed) in [("https://example.com", true), ("https://evil.example", false)] {
            for list_type in ListType::ALL {
                for required in [false, true] {
                    for (presented, is_good) in [
                        (Presented::One(good.as_ref()), true),
                        (Presented::Nothing, false),
                        (Presented::Several, false),
                    ] {
                        let decision =
                            gate(mode).decide(list_type, &RequestHeaders::new().origin(origin.as_bytes()));
                        let mut asked = 0;
                        let access = decide(decision, required.then_some(&app), 1000, || {
                            asked += 1;
                            (presented, Request::new(Call::Pick))
                        });
                        let whitelist_opens = mode != Mode::Enforce || is_listed;
                        let policy_is_asked = required && list_type == ListType::Upload && whitelist_opens;
                        let expected = match (whitelist_opens, policy_is_asked, is_good) {
                            (false, ..) => Some(Lock::Whitelist),
                            (true, true, false) => Some(Lock::Policy),
                            _ => None,
                        };
                        let case = format!("{mode:?} {origin} {list_type} {required} {presented:?}");
                        assert_eq!(access.closed_by(), expected, "{case}");
                        assert_eq!(access.lets_through(), expected.is_none(), "{case}");
                        assert_eq!(asked, usize::from(policy_is_asked), "{case}");
                        assert_eq!(access.decision(), decision);
                        let code = match (expected, presented) {
                            (Some(Lock::Policy), Presented::Nothing) => "policy-missing",
                            (Some(Lock::Policy), _) => "policy-repeated",
                            _ => decision.code(),
                        };
                        assert_eq!(access.code(), code, "{case}");
                    }
                }
            }
        }
    }
}

#[test]
fn an_app_without_secrets_lets_nobody_in() {
    let app = AppLock::new(Verifier::new(Secrets::none())).with(ListType::Delivery, Requirement::Required);
    let decision = Gate::new().decide(ListType::Delivery, &RequestHeaders::new());
    let signed = Policy::expires_at(2000).sign(&Secret::new("x").unwrap()).unwrap();
    let access =
        decide(decision, Some(&app), 1000, || (Presented::One(signed.as_ref()), Request::new(Call::Read)));
    assert_eq!(access.policy(), PolicyOutcome::Denied(Denial::Signature));
}

#[test]
fn the_registry_finds_what_is_in_it_while_others_change_it() {
    let secret = Secret::new("testAppSecret").unwrap();
    let locks = Locks::new();
    assert!(locks.is_empty() && locks.find("a").is_none());
    locks.insert("always", lock(&secret));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (locks, secret) = (&locks, &secret);
            scope.spawn(move || {
                for number in 0..500 {
                    let key = format!("{thread}-{number}");
                    locks.insert(&key, lock(secret));
                    assert!(locks.find(&key).is_some() && locks.find("always").is_some());
                    if number % 2 == 0 {
                        locks.remove(&key);
                        assert!(locks.find(&key).is_none());
                    }
                }
            });
        }
    });
    assert_eq!(locks.len(), 1 + 4 * 250);
    assert_eq!(format!("{locks:?}"), "Locks { len: 1001, .. }");
    locks.insert_many((0..1000).map(|number| (format!("0-{number}"), lock(&secret))));
    assert_eq!(locks.len(), 1 + 3 * 250 + 1000);
    assert!((0..1000).all(|number| locks.find(format!("0-{number}")).is_some()));
    locks.remove("of nobody");
    locks.insert("always", lock(&secret).with(ListType::Delivery, Requirement::Required));
    assert_eq!(locks.len(), 1751);
    assert_eq!(locks.find("always").unwrap().requirement(ListType::Delivery), Requirement::Required);
}

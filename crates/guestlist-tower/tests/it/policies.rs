//! Signed policies beside the list: who passes, what is told, and what the service sees.

use std::sync::Arc;

use guestlist::{Decision, ListType};
use guestlist_gates::Gates;
use guestlist_policy::{
    Access, AppLock, Call, Lock, Locks, Policy, Requirement, Secret, Secrets, Signed, Verifier,
};
use guestlist_tower::{AppKey, Asked, Carriers, GuestlistLayer, Policies, percent, query};

use crate::{gate_of, request, send};

const GUEST: (&str, &str) = ("origin", "https://guest.example");
const STRANGER: (&str, &str) = ("origin", "https://evil.example");
const NOW: u64 = 1_523_000_000;

fn lock() -> AppLock {
    let secrets = Secrets::one(Secret::new("testAppSecret").unwrap());
    AppLock::new(Verifier::new(secrets)).with(ListType::Upload, Requirement::Required)
}

fn sign(policy: &Policy) -> Signed {
    policy.sign(&Secret::new("testAppSecret").unwrap()).unwrap()
}

fn code(body: &str) -> String {
    serde_json::from_str::<serde_json::Value>(body).unwrap()["reason"].as_str().unwrap().to_string()
}

#[tokio::test]
async fn both_locks_must_open() {
    let policies = Policies::of_one(lock()).clock(|| NOW);
    let layer = GuestlistLayer::new(gate_of(&["guest.example"])).policies(policies);
    let good = sign(&Policy::expires_at(NOW + 60));
    let outcome = send(&layer, request(&format!("/?{good}"), &[GUEST])).await;
    assert!(outcome.was_called);
    for (uri, headers, reason, closed_by) in [
        ("/".to_string(), [GUEST], "policy-missing", Lock::Policy),
        (format!("/?{}", sign(&Policy::expires_at(NOW))), [GUEST], "policy-expired", Lock::Policy),
        (format!("/?{good}&policy=x"), [GUEST], "policy-repeated", Lock::Policy),
        (
            format!("/?{}", sign(&Policy::expires_at(NOW + 60).calls([Call::Read]))),
            [GUEST],
            "policy-call",
            Lock::Policy,
        ),
        (format!("/?{good}"), [STRANGER], "no-match", Lock::Whitelist),
    ] {
        let outcome = send(&layer, request(&uri, &headers)).await;
        assert!(!outcome.was_called, "{uri}");
        assert_eq!(code(outcome.body()), reason, "{uri}");
        assert_eq!(outcome.vary(), ["Origin"]);
        let access = outcome.response.extensions().get::<Access>().unwrap();
        assert_eq!(access.closed_by(), Some(closed_by), "{uri}");
        assert_eq!(outcome.response.extensions().get::<Decision>(), Some(&access.decision()));
    }
    // The other list requires none.
    let delivery = layer.list_type(ListType::Delivery);
    assert!(send(&delivery, request("/", &[GUEST])).await.was_called);
}

#[tokio::test]
async fn apps_have_locks_of_their_own_that_change_while_the_layer_runs() {
    let gates = Gates::default();
    for app in ["locked", "open"] {
        gates.insert(app, &gate_of(&["guest.example"])).unwrap();
    }
    let locks = Arc::new(Locks::new());
    locks.insert("locked", lock());
    let policies =
        Policies::of_apps(locks.clone()).clock(|| NOW).carried(Carriers::none().in_headers()).asks(|parts| {
            let path = query::parameter(parts.uri.query()?.as_bytes(), b"path").one()?;
            Some(Asked::new(Call::Store).path(percent::decode_query(path)))
        });
    let layer = GuestlistLayer::new(gates).app(AppKey::query("key")).policies(policies);
    let signed = sign(&Policy::expires_at(NOW + 60).path("photos/.*"));
    let headers =
        [GUEST, ("x-security-policy", signed.policy()), ("x-security-signature", signed.signature())];
    let told = async |uri: &str| {
        let outcome = send(&layer, request(uri, &headers)).await;
        assert_eq!(outcome.vary(), ["Origin, X-Security-Policy, X-Security-Signature"]);
        if outcome.was_called { "in".to_string() } else { code(outcome.body()) }
    };
    assert_eq!(told("/?key=locked&path=photos%2Fa").await, "in");
    assert_eq!(told("/?key=locked&path=videos/photos/a").await, "policy-path");
    assert_eq!(told("/?key=locked&path=photos/a&path=x").await, "policy-unclear");
    assert_eq!(told("/?key=locked").await, "policy-unclear");
    assert_eq!(told("/?key=open").await, "in");
    assert_eq!(told("/?key=nobody").await, "no-match");
    locks.insert("open", lock());
    assert_eq!(told("/?key=open&path=videos").await, "policy-path");
    locks.remove("locked");
    assert_eq!(told("/?key=locked").await, "in");
}

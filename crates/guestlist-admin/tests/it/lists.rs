//! Lists: seen, saved, and saved over nobody.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::api::{Api, Sent, json as body, secret};
use guestlist_store::{Access, Scope, Store};

#[tokio::test]
async fn a_list_is_seen_and_saved() {
    let api = Api::with_app("a").await;
    let seen = api.get("/apps/a/lists/upload").await;
    assert_eq!((seen.status, seen.header("etag"), seen.str("/mode")), (200, "\"1\"", "off"));
    let new = json!({ "patterns": ["https://*.Example.com/", "*.example.com", "bücher.example"], "mode": "enforce", "block_missing": true, "why": "live" });
    let saved = api.send("PUT", "/apps/a/lists/upload", body(&new).seen(1)).await;
    assert_eq!((saved.status, saved.header("etag")), (200, "\"2\""));
    assert_eq!(saved.json["patterns"], json!(["*.example.com", "xn--bcher-kva.example"]));
    assert_eq!((saved.str("/by"), saved.str("/why"), &saved.json["restores"]), ("ada", "live", &Value::Null));
    let seen = api.get("/apps/a/lists/upload").await;
    assert_eq!((&seen.json, seen.header("etag")), (&saved.json, "\"2\""));
    // The other list is nobody's business.
    assert_eq!(api.get("/apps/a/lists/delivery").await.header("etag"), "\"1\"");
    let head = api.send("HEAD", "/apps/a/lists/upload", Sent::default()).await;
    assert_eq!((head.status, &*head.text, head.header("etag")), (200, "", "\"2\""));
}

#[tokio::test]
async fn who_comes_late_is_shown_what_the_other_one_saved() {
    let api = Api::with_app("a").await;
    let bob = secret(&*api.store, "bob", Access::Write, Scope::AllApps);
    let list = |patterns: &[&str], mode: &str| json!({ "patterns": patterns, "mode": mode, "block_missing": true, "why": "because" });
    let path = "/apps/a/lists/upload";
    let first = list(&["a.com", "b.com"], "enforce");
    assert_eq!(api.send_as(Some(&bob), "PUT", path, body(&first).seen(1)).await.status, 200);
    let late = api.send("PUT", path, body(&list(&["a.com", "C.com"], "report")).seen(1)).await;
    assert_eq!(late.problem(), (412, "/problems/conflict"));
    assert!(late.str("/detail").starts_with("bob saved version 2 of this list at "), "{late:?}");
    assert_eq!(
        (late.str("/theirs/by"), late.str("/theirs/why"), &late.json["theirs"]["number"]),
        ("bob", "because", &json!(2))
    );
    assert_eq!(late.json["theirs"]["patterns"], json!(["a.com", "b.com"]));
    assert_eq!(late.str("/difference/text"), "mode: enforce → report\n- b.com\n+ c.com\n");
    assert_eq!(
        (&late.json["difference"]["added"], &late.json["difference"]["removed"]),
        (&json!(["c.com"]), &json!(["b.com"]))
    );
    assert_eq!(api.store.history("a", guestlist::ListType::Upload, None, 10).unwrap().len(), 2);
}

#[tokio::test]
async fn of_many_who_save_at_once_one_is_first_and_nothing_is_lost() {
    const WRITERS: usize = 12;
    let api = Api::with_app("a").await;
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let api = api.clone();
        writers.spawn(async move {
            let mut tries = Vec::new();
            let (mut seen, mut known): (u64, Vec<String>) = (1, Vec::new());
            loop {
                // Whoever is too late takes in what they are shown.
                let mut patterns = known.clone();
                patterns.push(format!("w{number}.example.com"));
                let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
                let answer = api.save(seen, &patterns).await;
                tries.push(answer.status);
                if answer.status == 200 {
                    return (tries, answer.json["number"].as_u64().unwrap());
                }
                assert_eq!(answer.problem(), (412, "/problems/conflict"));
                seen = answer.json["theirs"]["number"].as_u64().unwrap();
                known = serde_json::from_value(answer.json["theirs"]["patterns"].clone()).unwrap();
            }
        });
    }
    let results = writers.join_all().await;
    let mut numbers: Vec<u64> = results.iter().map(|(_, number)| *number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (2..2 + WRITERS as u64).collect::<Vec<_>>());
    let list = api.get("/apps/a/lists/upload").await.json;
    let mut patterns: Vec<String> = serde_json::from_value(list["patterns"].clone()).unwrap();
    patterns.sort_unstable();
    let mut expected: Vec<String> = (0..WRITERS).map(|number| format!("w{number}.example.com")).collect();
    expected.sort_unstable();
    assert_eq!(patterns, expected);
    // What was told of last is what the store has.
    let app = api.store.app("a").unwrap().unwrap();
    assert_eq!(api.told.all().last(), Some(&("a".to_string(), Some(app.dormant_gate()))));
}

#[tokio::test]
async fn every_mistake_is_told_of_at_once() {
    let api = Api::with_app("a").await;
    let answer = api.save(1, &["a.com", "b..com", "(a|b).com", "ok.com"]).await;
    assert_eq!(answer.problem(), (422, "/problems/invalid-list"));
    assert_eq!(answer.str("/detail"), "2 patterns cannot be read");
    let errors = answer.json["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[0]["pattern"], "b..com");
    assert_eq!((&errors[0]["position"], &errors[0]["code"]), (&json!(1), &json!("empty-label")));
    assert!(errors[0]["span"]["start"].as_u64() <= errors[0]["span"]["end"].as_u64());
    assert!(errors.iter().all(|error| !error["help"].as_str().unwrap().is_empty()));

    let many: Vec<String> = (0..21).map(|number| format!("a{number}.com")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let answer = api.save(1, &many).await;
    assert_eq!(answer.problem(), (422, "/problems/invalid-list"));
    assert_eq!(answer.str("/detail"), "the list has 21 distinct patterns, its limit is 20");
    assert_eq!(answer.json["errors"][0]["pattern"], "a20.com");
    assert_eq!(
        (&answer.json["errors"][0]["position"], &answer.json["errors"][0]["span"]),
        (&json!(20), &json!({ "start": 0, "end": 7 }))
    );

    // A body of nothing but mistakes has an answer of a bounded size.
    let wrong = vec!["("; 60_000];
    let answer = api.save(1, &wrong).await;
    assert_eq!((answer.status, answer.json["errors"].as_array().unwrap().len()), (422, 1000));
    assert_eq!(answer.str("/detail"), "60000 patterns cannot be read");
    assert_eq!(api.get("/apps/a/lists/upload").await.header("etag"), "\"1\"");
}

#[tokio::test]
async fn it_has_to_be_said_what_was_seen() {
    let api = Api::with_app("a").await;
    let list = json!({ "patterns": ["a.com"], "mode": "enforce", "block_missing": true });
    let send = |sent: Sent| api.send("PUT", "/apps/a/lists/upload", sent);
    assert_eq!(send(body(&list)).await.problem(), (428, "/problems/precondition-required"));
    assert_eq!(
        send(body(&list).header("if-match", "*")).await.problem(),
        (428, "/problems/precondition-required")
    );
    for stale in
        ["\"0\"", "\"2\"", "\"01\"", "\"+1\"", "W/\"1\"", "\"\"", "\"x\"", "\"18446744073709551616\""]
    {
        let answer = send(body(&list).header("if-match", stale)).await;
        assert_eq!(answer.problem(), (412, "/problems/conflict"), "{stale}");
        assert_eq!(answer.json["theirs"]["number"], 1);
    }
    for wrong in ["1", "\"1\", \"2\"", "\"", "", "\"1"] {
        let answer = send(body(&list).header("if-match", wrong)).await;
        assert_eq!(answer.problem(), (400, "/problems/bad-request"), "{wrong}");
    }
    let twice = body(&list).seen(1).header("if-match", "\"1\"");
    assert_eq!(send(twice).await.problem(), (400, "/problems/bad-request"));
    assert_eq!(send(body(&list).seen(1)).await.status, 200);
    // Nothing is turned off by being left out.
    for missing in ["mode", "block_missing", "patterns"] {
        let mut list = list.clone();
        list.as_object_mut().unwrap().remove(missing);
        assert_eq!(send(body(&list).seen(2)).await.problem(), (400, "/problems/invalid-json"), "{missing}");
    }
}

//! What lists said before.

use serde_json::{Value, json};

use crate::api::{Api, Sent, json as body};

#[tokio::test]
async fn versions_are_shown_and_brought_back() {
    let api = Api::with_app("a").await;
    for (seen, pattern) in [(1, "one.com"), (2, "two.com"), (3, "three.com")] {
        assert_eq!(api.save(seen, &[pattern]).await.status, 200);
    }
    let page = api.get("/apps/a/lists/upload/versions?limit=3").await.json;
    let numbers: Vec<u64> = page["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["number"].as_u64().unwrap())
        .collect();
    assert_eq!((numbers, &page["next"]), (vec![4, 3, 2], &json!(2)));
    assert_eq!(
        (&page["versions"][0]["patterns"], &page["versions"][0]["mode"]),
        (&json!(1), &json!("enforce"))
    );
    let page = api.get("/apps/a/lists/upload/versions?limit=3&before=2").await.json;
    assert_eq!((page["versions"].as_array().unwrap().len(), &page["next"]), (1, &Value::Null));

    let old = api.get("/apps/a/lists/upload/versions/2").await;
    assert_eq!((old.status, &old.json["patterns"]), (200, &json!(["one.com"])));
    for number in ["0", "9", "x", "02", "18446744073709551616"] {
        let answer = api.get(&format!("/apps/a/lists/upload/versions/{number}")).await;
        assert_eq!(answer.problem(), (404, "/problems/unknown-version"), "{number}");
    }

    let path = "/apps/a/lists/upload/versions/2/restore";
    let restored = api.send("POST", path, body(&json!({ "why": "it was better" })).seen(4)).await;
    assert_eq!((restored.status, restored.header("etag")), (200, "\"5\""));
    assert_eq!((&restored.json["restores"], &restored.json["patterns"]), (&json!(2), &json!(["one.com"])));
    assert_eq!((restored.str("/why"), restored.str("/by")), ("it was better", "ada"));

    let late = api.send("POST", path, Sent::default().seen(4)).await;
    assert_eq!(late.problem(), (412, "/problems/conflict"));
    assert_eq!((&late.json["theirs"]["number"], late.str("/difference/text")), (&json!(5), ""));
    assert_eq!(
        api.send("POST", path, Sent::default()).await.problem(),
        (428, "/problems/precondition-required")
    );
    let unknown = api.send("POST", "/apps/a/lists/upload/versions/99/restore", Sent::default().seen(5)).await;
    assert_eq!(unknown.problem(), (404, "/problems/unknown-version"));
}

#[tokio::test]
async fn a_version_that_is_larger_than_the_limit_of_now_stays_where_it_is() {
    let api = Api::with_app("a").await;
    assert_eq!(api.save(1, &["a.com", "b.com"]).await.status, 200);
    assert_eq!(api.save(2, &["a.com"]).await.status, 200);
    let settings =
        json!({ "name": "", "upload_limit": 1, "delivery_limit": 1, "dangerously_supported_schemes": [] });
    assert_eq!(api.send("PUT", "/apps/a", body(&settings).seen(1)).await.status, 200);
    let answer = api.send("POST", "/apps/a/lists/upload/versions/2/restore", Sent::default().seen(3)).await;
    assert_eq!(answer.problem(), (422, "/problems/invalid-list"));
    assert_eq!(answer.str("/detail"), "the list has 2 distinct patterns, the limit of its app is 1");
}

#[tokio::test]
async fn long_histories_come_in_pages() {
    let api = Api::with_app("a").await;
    for seen in 1..40 {
        assert_eq!(api.save(seen, &["a.com"]).await.status, 200);
    }
    let mut before = String::new();
    let mut numbers: Vec<u64> = Vec::new();
    loop {
        let page = api.get(&format!("/apps/a/lists/upload/versions?limit=13{before}")).await.json;
        numbers.extend(
            page["versions"].as_array().unwrap().iter().map(|version| version["number"].as_u64().unwrap()),
        );
        let Some(next) = page["next"].as_u64() else { break };
        before = format!("&before={next}");
    }
    assert_eq!(numbers, (1..=40).rev().collect::<Vec<u64>>());
}

#[tokio::test]
async fn the_history_of_a_removed_app_is_kept() {
    let api = Api::with_app("a").await;
    assert_eq!(api.send("DELETE", "/apps/a", Sent::default()).await.status, 204);
    assert_eq!(api.get("/apps/a/lists/upload/versions/1").await.status, 200);
    assert_eq!(api.get("/apps/a/lists/upload/versions").await.json["versions"].as_array().unwrap().len(), 1);
    let restore = api.send("POST", "/apps/a/lists/upload/versions/1/restore", Sent::default().seen(1)).await;
    assert_eq!(restore.problem(), (404, "/problems/unknown-app"));
    for path in ["/apps/b/lists/upload/versions", "/apps/b/lists/upload/versions/1"] {
        assert_eq!(api.get(path).await.problem(), (404, "/problems/unknown-app"), "{path}");
    }
}

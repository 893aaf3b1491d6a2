//! Text of strangers goes in and comes out as text in JSON.

use serde_json::json;

use crate::api::{Api, json as body};

const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "</script><!--",
    "\"},{\"key\":\"x\"",
    "a/b c?d#e%41%2f",
    "\u{202e}exam\u{200b}ple\u{feff}",
    "\u{0}\u{1b}[31m\r\nSet-Cookie: a=b",
    "{{constructor}} ${jndi:ldap://x}",
    "ü😀\u{10ffff}",
    "' OR 1=1 --",
];

#[tokio::test]
async fn names_keys_and_reasons_come_back_as_they_were() {
    let api = Api::new();
    for text in HOSTILE {
        let new = json!({ "key": text, "name": text, "why": text });
        let made = api.send("POST", "/apps", body(&new)).await;
        assert_eq!(made.status, 201, "{text:?}: {made:?}");
        assert_eq!((made.str("/key"), made.str("/name")), (text, text));
        // Its address leads to it.
        let path = made.header("location").strip_prefix("/api/v1").unwrap().to_string();
        let seen = api.get(&path).await;
        assert_eq!((seen.status, seen.str("/key")), (200, text));
        assert_eq!(api.get(&format!("{path}/lists/upload")).await.str("/why"), text);
        let token = json!({ "name": text, "access": "read", "app": text });
        let made = api.send("POST", "/tokens", body(&token)).await;
        assert_eq!((made.str("/token/name"), made.str("/token/app")), (text, text));
    }
    let all = api.get("/apps").await;
    let keys: Vec<&str> =
        all.json["apps"].as_array().unwrap().iter().map(|app| app["key"].as_str().unwrap()).collect();
    assert_eq!(keys.len(), HOSTILE.len());
    assert!(HOSTILE.iter().all(|text| keys.contains(text)));
    // No line of an answer's head is theirs.
    assert!(all.headers.keys().all(|name| name != "set-cookie"));
}

#[tokio::test]
async fn patterns_that_are_no_patterns_come_back_in_the_errors() {
    let api = Api::with_app("a").await;
    let answer = api.save(1, &HOSTILE).await;
    assert_eq!(answer.problem(), (422, "/problems/invalid-list"));
    let errors = answer.json["errors"].as_array().unwrap();
    assert_eq!(errors.len(), HOSTILE.len());
    for (position, (error, text)) in errors.iter().zip(HOSTILE).enumerate() {
        assert_eq!((&error["pattern"], &error["position"]), (&json!(text), &json!(position)));
        let (start, end) = (error["span"]["start"].as_u64().unwrap(), error["span"]["end"].as_u64().unwrap());
        let (start, end) = (usize::try_from(start).unwrap(), usize::try_from(end).unwrap());
        assert!(text.get(start..end).is_some(), "{error}");
    }
    let list = json!({ "patterns": HOSTILE, "mode": "enforce", "block_missing": true });
    let preview = api.send("POST", "/apps/a/lists/upload/preview", body(&list)).await;
    assert_eq!((preview.status, &preview.json["errors"]), (200, &answer.json["errors"]));
}

#[tokio::test]
async fn tried_headers_are_no_danger() {
    let api = Api::with_app("a").await;
    assert_eq!(api.save(1, &["example.com"]).await.status, 200);
    for text in HOSTILE {
        let request = json!({ "list": "upload", "origin": [text], "referer": [text, text] });
        let answer = api.send("POST", "/apps/a/test", body(&request)).await;
        assert_eq!((answer.status, answer.str("/decision")), (200, "deny"), "{answer:?}");
    }
}

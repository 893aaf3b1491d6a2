//! What would become of a save.

use serde_json::{Value, json};

use crate::api::{Answer, Api, json as body};

async fn preview(api: &Api, patterns: &[&str]) -> Answer {
    let list = json!({ "patterns": patterns, "mode": "enforce", "block_missing": true });
    let answer = api.send("POST", "/apps/a/lists/upload/preview", body(&list)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer
}

#[tokio::test]
async fn it_says_who_would_get_in_and_who_no_longer() {
    let api = Api::with_app("a").await;
    assert_eq!(api.save(1, &["example.com", "www.example.com"]).await.status, 200);
    let answer = preview(&api, &["https://*Example.com"]).await;
    let json = &answer.json;
    assert_eq!(
        (&json["can_be_saved"], &json["against"], &json["limit"]),
        (&json!(true), &json!(2), &json!(20))
    );
    assert_eq!(json["rules"], json!([{ "number": 1, "position": 0, "pattern": "*example.com" }]));
    let changes = &json["changes"];
    assert_eq!(
        (&changes["widens"], &changes["narrows"], &changes["decided"], &changes["in_force"]),
        (&json!(true), &json!(true), &json!(true), &json!(true))
    );
    assert_eq!(
        changes["newly_admitted"],
        json!([{ "rule": 1, "pattern": "*example.com", "witness": "aexample.com", "example": "evil-example.com", "origin": "https://evil-example.com", "without_port": false }])
    );
    assert_eq!(changes["no_longer_admitted"][0]["witness"], "www.example.com");
    assert_eq!(
        changes["unnoticed"],
        json!([{ "edit": "removed", "rule": 1, "pattern": "example.com", "covered_by": [1] }])
    );
    let finding = &json["lint"]["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["severity"], &finding["rule"], &finding["position"]),
        (&json!("wildcard-in-name"), &json!("error"), &json!(1), &json!(0))
    );
    assert_eq!(finding["suggestion"], json!({ "kind": "replace", "text": "{,*.}example.com" }));
    assert_eq!(json["lint"]["complete"], true);
    // Nothing was saved.
    assert_eq!(api.get("/apps/a/lists/upload").await.header("etag"), "\"2\"");
}

#[tokio::test]
async fn it_says_everything_that_is_wrong_at_once() {
    let api = Api::with_app("a").await;
    let answer = preview(&api, &["a.com", "b..com", "A.com", "*.com", "("]).await;
    let json = &answer.json;
    assert_eq!((&json["can_be_saved"], &json["changes"]), (&json!(false), &Value::Null));
    let positions: Vec<&Value> =
        json["errors"].as_array().unwrap().iter().map(|error| &error["position"]).collect();
    assert_eq!(positions, [1, 4]);
    assert_eq!(json["duplicates"], json!([{ "position": 2, "rule": 1 }]));
    assert_eq!(json["rules"][1], json!({ "number": 2, "position": 3, "pattern": "*.com" }));
    let codes: Vec<&Value> =
        json["lint"]["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
    assert!(codes.contains(&&json!("public-suffix")), "{codes:?}");
    assert!(!codes.contains(&&json!("broken")), "{codes:?}");
}

#[tokio::test]
async fn settings_make_a_difference() {
    let api = Api::with_app("a").await;
    assert_eq!(api.save(1, &["example.com"]).await.status, 200);
    let list = json!({ "patterns": ["example.com"], "mode": "report", "block_missing": false });
    let answer = api.send("POST", "/apps/a/lists/upload/preview", body(&list)).await;
    let changes = &answer.json["changes"];
    assert_eq!((&changes["widens"], &changes["in_force"]), (&json!(true), &json!(false)));
    assert_eq!(
        changes["settings"],
        json!([
            { "name": "mode", "old": "enforce", "new": "report", "effect": "widens" },
            { "name": "block_missing", "old": "true", "new": "false", "effect": "widens" },
        ])
    );
}

#[tokio::test]
async fn hard_lists_are_undecided_rather_than_slow() {
    let api = Api::with_app("a").await;
    let hard: Vec<String> =
        (0..20).map(|number| format!("*a{}b{}*.com", "?".repeat(number + 9), number)).collect();
    let hard: Vec<&str> = hard.iter().map(String::as_str).collect();
    assert_eq!(api.save(1, &hard).await.status, 200);
    let other: Vec<String> =
        (0..20).map(|number| format!("*{number}a{}c*.com", "?".repeat(number + 9))).collect();
    let other: Vec<&str> = other.iter().map(String::as_str).collect();
    let answer = preview(&api, &other).await;
    let changes = &answer.json["changes"];
    let told = ["newly_admitted", "no_longer_admitted", "unnoticed", "undecided"];
    let count: usize = told.iter().map(|what| changes[what].as_array().unwrap().len()).sum();
    // Of each rule something is said.
    assert_eq!(count, 40, "{changes}");
    assert!(!changes["undecided"].as_array().unwrap().is_empty() && changes["decided"] == false, "{changes}");
}

#[tokio::test]
async fn long_lists_are_looked_at_in_part() {
    let api = Api::with_app("a").await;
    let settings = json!({ "name": "", "upload_limit": 10_000, "delivery_limit": 20, "dangerously_supported_schemes": [] });
    assert_eq!(api.send("PUT", "/apps/a", body(&settings).seen(1)).await.status, 200);
    let many: Vec<String> = (0..2000).map(|number| format!("*.app{number}.example.com")).collect();
    let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(api.save(1, &many).await.status, 200);
    many[1000] = "*shop.com";
    let answer = preview(&api, &many).await;
    assert_eq!(
        (&answer.json["can_be_saved"], &answer.json["lint"]["complete"]),
        (&json!(true), &json!(false))
    );
    let findings = answer.json["lint"]["findings"].as_array().unwrap();
    assert_eq!((findings.len(), &findings[0]["rule"]), (1, &json!(1001)));
    // An edit is small, however long the list.
    let changes = &answer.json["changes"];
    assert_eq!((&changes["decided"], &changes["omitted"]), (&json!(true), &json!(0)), "{changes}");
    assert_eq!(changes["newly_admitted"][0]["example"], "evil-shop.com");
    assert_eq!(changes["no_longer_admitted"][0]["witness"], "a.app1000.example.com");
}

#[tokio::test]
async fn answers_are_of_a_bounded_size() {
    let api = Api::with_app("a").await;
    let settings = json!({ "name": "", "upload_limit": 10_000, "delivery_limit": 20, "dangerously_supported_schemes": [] });
    assert_eq!(api.send("PUT", "/apps/a", body(&settings).seen(1)).await.status, 200);
    let texts = |name: &str, count: usize| -> Vec<String> {
        (0..count).map(|number| format!("{name}{number}*.com")).collect()
    };
    let (old, new) = (texts("a", 3), texts("b", 3000));
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
    assert_eq!(api.save(1, &old).await.status, 200);
    let json = preview(&api, &new).await.json;
    let told = ["newly_admitted", "no_longer_admitted", "unnoticed", "undecided"];
    let count: usize = told.iter().map(|what| json["changes"][what].as_array().unwrap().len()).sum();
    assert!(json["changes"]["omitted"].as_u64().unwrap() >= 1000);
    assert_eq!(count as u64 + json["changes"]["omitted"].as_u64().unwrap(), 3003);
    assert_eq!(json["lint"]["findings"].as_array().unwrap().len(), 1000);
    assert_eq!(json["rules"].as_array().unwrap().len(), 3000);
    // Alternatives count, however few the rules.
    let braces =
        |number: usize| format!("{{a,b,c,d}}{{e,f,g,h}}{{i,j,k,l}}{{m,n,o,p}}{{q,r,s,t{number}}}.*.com");
    let many: Vec<String> = (0..30).map(braces).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let json = preview(&api, &many).await.json;
    assert_eq!(
        (&json["lint"]["complete"], json["lint"]["findings"].as_array().unwrap().len()),
        (&json!(false), 20)
    );
    assert_eq!(preview(&api, &many[..20]).await.json["lint"]["complete"], true);
}

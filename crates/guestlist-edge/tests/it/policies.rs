//! Apps that require signed policies: over sockets, by every place that carries them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use guestlist::{DormantGate, Gate, List, ListType};
use guestlist_policy::{AppLock, Call, Policy, Requirement, Secret, Secrets, Signed, Verifier};

use crate::server::{Server, folder, load};

const LISTED: &str = "Origin: https://good.example";
const ALLOWED: &str = "204 allow matched 1 -";

/// Never, as far as tests go.
const LATE: u64 = 4_102_444_800;

fn sign(policy: &Policy, secret: &str) -> Signed {
    policy.sign(&Secret::new(secret).unwrap()).unwrap()
}

fn write(file: &Path, secrets: &str) {
    fs::write(file, secrets).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

/// Two apps, of which one requires policies of both kinds of requests.
fn config(file: &Path, settings: &str) -> String {
    format!(
        r#"
[server]
{settings}
[apps.shop]
upload.patterns = ["good.example"]
delivery.patterns = ["good.example"]
policy = {{ upload = "required", delivery = "required", secrets = "{}" }}
[apps.free]
upload.patterns = ["good.example"]
"#,
        file.display()
    )
}

#[tokio::test]
async fn both_locks_must_open() {
    let (_folder, path) = folder();
    let file = path.join("shop.secret");
    write(&file, "new\nold\n");
    let server = Server::start(&config(&file, "")).await;
    let check = async |query: &str, origin: &str| {
        server.ask(&format!("GET /check/upload/shop{query}"), &[origin]).await.told()
    };
    let good = sign(&Policy::expires_at(LATE), "new");
    let query = |signed: &Signed| format!("?{signed}");
    assert_eq!(check("", LISTED).await, "403 deny policy-missing - -");
    assert_eq!(check(&query(&good), LISTED).await, ALLOWED);
    // What the secret before signed goes on being taken, and what none of them signed is not.
    assert_eq!(check(&query(&sign(&Policy::expires_at(LATE), "old")), LISTED).await, ALLOWED);
    assert_eq!(
        check(&query(&sign(&Policy::expires_at(LATE), "x")), LISTED).await,
        "403 deny policy-signature - -"
    );
    assert_eq!(
        check(&query(&sign(&Policy::expires_at(1), "new")), LISTED).await,
        "403 deny policy-expired - -"
    );
    assert_eq!(check(&format!("{}&policy=x", query(&good)), LISTED).await, "403 deny policy-repeated - -");
    // The whitelist is the first lock.
    for origin in ["Origin: https://evil.example", "Origin: null"] {
        assert!(
            check(&query(&good), origin).await.starts_with("403 deny no-match") || origin.ends_with("null")
        );
        assert!(!check(&query(&good), origin).await.contains("policy"));
    }
    // What is asked for stands in the query here.
    let narrow = sign(&Policy::expires_at(LATE).calls([Call::Store]).max_size(10).path("/a/.*"), "new");
    for (asked, told) in [
        ("", "403 deny policy-call - -"),
        ("&call=store&size=10&path=/a/b", ALLOWED),
        ("&call=store&size=11&path=/a/b", "403 deny policy-too-large - -"),
        ("&call=store&size=10&path=/b/a/", "403 deny policy-path - -"),
        ("&call=store&size=10", "403 deny policy-not-stated - -"),
        ("&call=store&size=x&path=/a/b", "403 deny policy-unclear - -"),
        ("&call=storm&size=1&path=/a/b", "403 deny policy-unclear - -"),
        ("&call=store&call=store&size=1&path=/a/b", "403 deny policy-unclear - -"),
    ] {
        assert_eq!(check(&format!("{}{asked}", query(&narrow)), LISTED).await, told, "{asked}");
    }
    // Where none is required none is looked at, and who nobody knows is told no more than before.
    assert_eq!(server.ask("GET /check/upload/free?policy=x&policy=y", &[LISTED]).await.told(), ALLOWED);
    assert_eq!(server.ask("GET /check/upload/nobody", &[LISTED]).await.told(), "403 deny no-match - -");
    let body = server.ask("GET /check/upload/shop", &[LISTED]).await.body;
    assert!(body.contains("\"reason\":\"policy-missing\"") && body.contains("signed policy"), "{body}");
    let counted = "guestlist_decisions_total{list=\"upload\",mode=\"enforce\",decision=\"deny\",reason=\"policy-expired\"}";
    assert_eq!(server.metric(counted).await, 1.0);
    server.end().await;
}

#[tokio::test]
async fn proxies_pass_them_on_wherever_they_stand() {
    let (_folder, path) = folder();
    let file = path.join("shop.secret");
    write(&file, "secret");
    let settings = r#"
policy = { carried = ["query", "path", "header"], skew_seconds = 60 }
[[server.routes]]
path = "/cdn/"
list = "delivery"
app = { segment = 2 }
asks = { call = "convert", handle = { segment = -1 } }
[[server.routes]]
list = "upload"
app = { query = "key" }
asks = { call = "store", path = { query = "path" }, size = { header = "X-Size" } }
"#;
    let server = Server::start(&config(&file, settings)).await;
    let ask = async |target: &str, headers: &[&str]| {
        let url = format!("X-Original-URL: {target}");
        let mut lines = vec![&*url, "X-Original-Method: GET", LISTED];
        lines.extend(headers);
        server.ask("GET /api/authz/auth-request", &lines).await
    };
    let told = async |target: &str, headers: &[&str]| ask(target, headers).await.told();
    let signed = sign(&Policy::expires_at(LATE).handle("HANDLE").calls([Call::Convert]), "secret");
    let (policy, signature) = (signed.policy(), signed.signature());
    let segment = format!("security=policy:{policy},signature:{signature}");
    for target in [
        format!("/cdn/shop/{segment}/HANDLE"),
        format!("/cdn/shop/resize=w:1/{}/HANDLE", segment.replace('=', "%3D")),
        format!("/cdn/shop/{segment}/resize=w:1/HAND%4CE"),
        format!("/cdn/shop/HANDLE?{signed}"),
        format!("https://cdn.example/cdn/shop/HANDLE?x=1&{signed}"),
    ] {
        assert_eq!(told(&target, &[]).await, ALLOWED, "{target}");
    }
    for (target, reason) in [
        (format!("/cdn/shop/{segment}/OTHER"), "policy-handle"),
        (format!("/cdn/shop/{segment}/handle"), "policy-handle"),
        ("/cdn/shop/HANDLE".to_string(), "policy-missing"),
        (format!("/cdn/shop/{segment}/HANDLE?policy={policy}"), "policy-repeated"),
        (format!("/cdn/shop/{segment}/{segment}/HANDLE"), "policy-repeated"),
        // Two readers would find two files, or two apps.
        (format!("/cdn/shop/HANDLE/{segment}"), "policy-unclear"),
        (format!("/cdn/{segment}/shop/HANDLE"), "ambiguous"),
        // Who takes the policy out first finds another route, or another path of it.
        (format!("/{segment}/cdn/shop/HANDLE?key=shop"), "ambiguous"),
        (format!("/security%3D/cdn/shop/HANDLE?key=shop&{signed}"), "ambiguous"),
        (format!("/c%64n/security=x/shop/HANDLE?key=shop&{signed}"), "ambiguous"),
        (format!("/cdn/shop/{segment}/x%2FHANDLE"), "policy-unclear"),
        (format!("/cdn/shop/{segment}/x/..;/HANDLE"), "ambiguous"),
    ] {
        assert_eq!(told(&target, &[]).await, format!("403 deny {reason} - -"), "{target}");
    }
    let headers = [format!("X-Security-Policy: {policy}"), format!("X-Security-Signature: {signature}")];
    let headers = [&*headers[0], &*headers[1]];
    let answer = ask("/cdn/shop/HANDLE", &headers).await;
    assert_eq!(answer.told(), ALLOWED);
    assert_eq!(answer.header("vary"), Some("Origin, Referer, X-Security-Policy, X-Security-Signature"));
    assert_eq!(
        told("/cdn/shop/HANDLE", &[headers[0], headers[0], headers[1]]).await,
        "403 deny policy-repeated - -"
    );

    let upload = sign(&Policy::expires_at(LATE).max_size(100).path("photos/.*"), "secret");
    let target = format!("/store?key=shop&{upload}&path=");
    for (path, size, said) in [
        ("photos%2Fa.jpg", "X-Size: 100", ALLOWED),
        ("photos/a.jpg", "X-Size: 101", "403 deny policy-too-large - -"),
        ("photos/a.jpg", "X-Size: 1, 1", "403 deny policy-unclear - -"),
        ("photos/a.jpg", "X-Other: 1", "403 deny policy-not-stated - -"),
        ("videos/a", "X-Size: 1", "403 deny policy-path - -"),
        ("photos/../a", "X-Size: 1", "403 deny policy-unclear - -"),
    ] {
        assert_eq!(told(&format!("{target}{path}"), &[size]).await, said, "{path} {size}");
    }
    // Whoever asks, known or not, is told the same of what the answer depends on; and `/check` reads its own query.
    for app in ["shop", "free", "nobody"] {
        let answer = server.ask(&format!("GET /check/upload/{app}"), &["Origin: https://evil.example"]).await;
        assert_eq!(answer.header("vary"), Some("Origin, X-Security-Policy, X-Security-Signature"), "{app}");
    }
    server.end().await;
}

#[tokio::test]
async fn secrets_take_turns_without_a_restart() {
    let (_folder, path) = folder();
    let file = path.join("shop.secret");
    write(&file, "first");
    let server = Server::start(&config(&file, "")).await;
    let told = async |secret: &str| {
        let signed = sign(&Policy::expires_at(LATE), secret);
        server.ask(&format!("GET /check/upload/shop?{signed}"), &[LISTED]).await.told()
    };
    let wrong = "403 deny policy-signature - -";
    assert_eq!((told("first").await.as_str(), told("second").await.as_str()), (ALLOWED, wrong));
    write(&file, "second\nfirst");
    assert_eq!(server.admin("POST /reload", &[]).await.status, 200);
    assert_eq!((told("first").await.as_str(), told("second").await.as_str()), (ALLOWED, ALLOWED));
    write(&file, "second");
    assert_eq!(server.admin("POST /reload", &[]).await.status, 200);
    assert_eq!((told("first").await.as_str(), told("second").await.as_str()), (wrong, ALLOWED));
    // What nobody else may read others may read now: nothing changes, and it is said why.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let answer = server.admin("POST /reload", &[]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("exposed") && !answer.body.contains("second"), "{}", answer.body);
    assert_eq!(told("second").await, ALLOWED);
    server.end().await;
}

#[test]
fn a_server_does_not_start_without_its_secrets() {
    let (_folder, path) = folder();
    let file = path.join("shop.secret");
    let error = load(&config(&file, "")).unwrap_err().to_string();
    assert!(error.contains("shop.secret") && error.contains("cannot be read"), "{error}");
    write(&file, "a\nb\nc");
    assert!(load(&config(&file, "")).unwrap_err().to_string().contains("more than two"));
}

#[tokio::test]
async fn apps_of_a_store_have_locks_too() {
    let server = Server::start("").await;
    let secret = Secret::new("secret").unwrap();
    let list = List::builder(ListType::Upload).pattern("good.example").build().unwrap();
    let lock =
        AppLock::new(Verifier::new(Secrets::one(secret))).with(ListType::Upload, Requirement::Required);
    server.live.set_lock("shop", Some(lock));
    server.live.set("shop", DormantGate::from(&Gate::new().with_list(list))).unwrap();
    let told = async |list: &str, query: &str| {
        server.ask(&format!("GET /check/{list}/shop{query}"), &[LISTED]).await.told()
    };
    let signed = sign(&Policy::expires_at(LATE), "secret");
    assert_eq!(told("upload", "").await, "403 deny policy-missing - -");
    assert_eq!(told("upload", &format!("?{signed}")).await, ALLOWED);
    assert_eq!(told("delivery", "").await, "204 allow not-enforced - -");
    server.live.set_lock("shop", None);
    assert_eq!(told("upload", "").await, ALLOWED);
    server.end().await;
}

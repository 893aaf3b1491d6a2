//! The page of policies: what is required, secrets, and what is built.

use guestlist::ListType;
use guestlist_policy::{Call, Denial, Request, Requirement, SignedRef};
use guestlist_store::{Access, Scope, Store};
use serde_json::json;

use crate::api::{Api, json as body, secret};
use crate::console::{Browser, Page};

const PATH: &str = "/apps/a/policies";

impl Page {
    /// The secret with this name, as the page has it for who asks to see it.
    fn secret(&self, id: &str) -> String {
        self.between(&format!(r#"<input id="{id}" class="code" value=""#), "\"").to_string()
    }

    /// The version of the secrets, which the last forms but one name.
    fn secrets_seen(&self) -> String {
        let form = self.between(r#"<section class="card stack" aria-labelledby="secrets">"#, "</form>");
        form.split(r#"name="seen" value=""#).nth(1).unwrap().split('"').next().unwrap().to_string()
    }
}

async fn press(ada: &Browser, seen: &str, action: &str) -> Page {
    ada.post(PATH, &[("seen", seen), ("why", "a test"), ("action", action)]).await
}

#[tokio::test]
async fn secrets_are_made_shown_and_ended() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    ada.get("/apps/a").await.says(200, &[r#"href="/apps/a/policies""#]);
    let page = ada.get(PATH).await;
    page.says(200, &["There is none yet.", "Make a secret"]);
    assert!(!page.has("regenerate") && !page.has("End the old one"), "{page:?}");
    let first = press(&ada, &page.secrets_seen(), "rotate").await;
    first.says(200, &["There is a secret now.", "The newest", "<bdi>ada</bdi>", "<details"]);
    assert!(!first.has("End the old one"));
    let second = press(&ada, &first.secrets_seen(), "rotate").await;
    second.says(200, &["What the old one has signed is still taken.", "The old one", "End the old one"]);
    assert_eq!(second.secret("old"), first.secret("newest"));
    assert_eq!(second.secret("newest").len(), 52);
    // Who looked before that ends nothing, and sees what there is now.
    let late = press(&ada, &first.secrets_seen(), "regenerate").await;
    late.says(412, &["Somebody changed these secrets in between", r#"role="alert""#]);
    assert_eq!(late.secret("newest"), second.secret("newest"));
    let alone = press(&ada, &late.secrets_seen(), "end").await;
    alone.says(200, &["What the old secret has signed is no longer taken."]);
    assert!(!alone.has(r#"id="old""#) && alone.has(&second.secret("newest")));
    let new = press(&ada, &alone.secrets_seen(), "regenerate").await;
    new.says(200, &["What others have signed is no longer taken."]);
    assert!(!new.has(&second.secret("newest")));
    let log = ada.get("/log?app=a").await;
    log.says(
        200,
        &["made a new secret, and kept the old one", "ended the old secret", "which alone is taken"],
    );
    for secret in [first.secret("newest"), second.secret("newest"), new.secret("newest")] {
        assert!(!log.has(&secret) && !ada.get("/apps/a").await.has(&secret));
    }
    assert_eq!(api.store.log(Some("a"), None, 1).unwrap()[0].why, "a test");
    // What is no button of the page ends nothing.
    for action in ["", "check", "Regenerate", "rotate ", "regenerate-now"] {
        let page = press(&ada, &new.secrets_seen(), action).await;
        assert_ne!(page.status, 200, "{action}");
        assert_eq!(ada.get(PATH).await.secret("newest"), new.secret("newest"), "{action}");
    }
}

#[tokio::test]
async fn what_is_required_is_set() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let set = async |seen: &str, upload: &str| {
        let fields =
            [("seen", seen), ("upload", upload), ("delivery", "off"), ("why", "w"), ("action", "require")];
        ada.post(PATH, &fields).await
    };
    let chosen = r#"name="upload" value="required" checked"#;
    // What was chosen stays chosen, for when there is a secret.
    set("1", "required").await.says(409, &["The app has no secret", "make a secret first", chosen]);
    press(&ada, "0", "rotate").await.says(200, &["There is a secret now."]);
    let page = set("1", "required").await;
    page.says(200, &["What is required is saved, and in force.", chosen]);
    let lock = api.told.lock().unwrap();
    assert_eq!(lock.requirement(ListType::Upload), Requirement::Required);
    assert_eq!(lock.requirement(ListType::Delivery), Requirement::Off);
    set("1", "off").await.says(412, &["Somebody changed this app in between"]);
    // The page of the settings knows nothing of them, and takes none away.
    let settings =
        [("seen", "2"), ("name", "N"), ("upload_limit", "5"), ("delivery_limit", "5"), ("action", "save")];
    ada.post("/apps/a/settings", &settings).await.says(200, &["The settings are saved."]);
    ada.get(PATH).await.says(200, &[chosen]);
    // Nor does a form that leaves one out.
    let half = ada.post(PATH, &[("seen", "3"), ("upload", "off"), ("action", "require")]).await;
    assert_eq!(half.status, 400);
    assert_eq!(set("3", "on").await.status, 400);
    set("3", "off").await.says(200, &[r#"name="upload" value="off" checked"#]);
    assert!(api.told.lock().is_none());
}

#[tokio::test]
async fn a_policy_is_built() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let build =
        async |fields: &[(&str, &str)]| ada.post(PATH, &[fields, &[("action", "build")]].concat()).await;
    ada.get(PATH).await.says(200, &[r#"name="minutes" value="60""#, r#"value="runWorkflow""#]);
    build(&[("minutes", "60")]).await.says(409, &["The app has no secret"]);
    let made = api.send("POST", "/apps/a/secrets", body(&json!({ "keep_previous": true })).seen(0)).await;
    assert_eq!(made.status, 201);

    let page = build(&[
        ("minutes", " 5 "),
        ("call", "read"),
        ("call", "store"),
        ("path", r#"/in/"[a-z]+"<b>"#),
        ("minSize", "1"),
        ("maxSize", "10"),
    ])
    .await;
    page.says(
        200,
        &[
            "Signed with the newest secret.",
            r#"name="call" value="store" checked"#,
            r#"name="minutes" value="5""#,
        ],
    );
    assert!(!page.has("<b>\""), "{page:?}");
    let of = |id: &str| {
        page.between(&format!(r#"<textarea id="built-{id}""#), "</textarea>").split_once('>').unwrap().1
    };
    let (policy, signature) = (of("policy").as_bytes(), of("signature").as_bytes());
    assert!(of("query").starts_with("policy=") && of("query").ends_with(of("signature")));
    assert!(of("json").contains("maxSize"), "{}", of("json"));
    let app = api.store.app("a").unwrap().unwrap();
    let change = guestlist_store::Change::by("the tests");
    let settings = app.settings.clone().require(ListType::Upload, Requirement::Required);
    let app = api.store.change_app("a", app.version, settings, &change).unwrap();
    let lock = app.lock(api.store.secrets("a").unwrap().as_ref()).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let request = Request::new(Call::Store).path("/in/\"ab\"<b>").size(5);
    let verify = |request, now| lock.verifier().verify(SignedRef { policy, signature }, now, request);
    assert_eq!(verify(&request, now + 200), Ok(()));
    assert_eq!(verify(&request, now + 301), Err(Denial::Expired));
    assert_eq!(verify(&request.size(11), now), Err(Denial::TooLarge));

    for (field, value, words) in [
        ("minutes", "", "Say in how many minutes it ends"),
        ("minutes", "0", "Say in how many minutes it ends"),
        ("minutes", "soon", "This is not a whole number"),
        ("minSize", "-1", "This is not a whole number"),
        ("minSize", "10", "is not below"),
        ("url", "(?=a)", "is no regular expression that can be used here"),
    ] {
        let mut fields = vec![("minutes", "60"), ("maxSize", "10"), ("handle", "typed")];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let page = build(&fields).await;
        let wrong = format!(r#"<p id="policy-{field}-wrong" class="message error">"#);
        page.says(422, &[words, &wrong, r#"aria-invalid="true""#, r#"name="handle" value="typed""#]);
        assert!(!page.has("Signed with") && page.text.matches("-wrong\" class").count() == 1, "{page:?}");
    }
    let long = "h".repeat(9000);
    build(&[("minutes", "1"), ("handle", &long)]).await.says(422, &["it is longer than 8192 bytes"]);
}

#[tokio::test]
async fn who_may_only_look_sees_no_secret() {
    let api = Api::with_app("a").await;
    let ada = Browser::ada(&api).await;
    let page = press(&ada, "0", "rotate").await;
    let of = || Scope::App("a".to_string());
    let reader = Browser::signed_in(&api, &secret(&*api.store, "r", Access::Read, of())).await;
    assert!(!reader.get("/apps/a").await.has("/policies"));
    reader.get(PATH).await.says(403, &["The token may not do this"]);
    // Who may save lists may sign, and leaves what is required to an admin.
    let writer = Browser::signed_in(&api, &secret(&*api.store, "w", Access::Write, of())).await;
    let seen = writer.get(PATH).await;
    seen.says(200, &["It takes an admin token to change this."]);
    assert_eq!(seen.secret("newest"), page.secret("newest"));
    assert!(!seen.has(r#"value="require""#));
    let fields = [("seen", "1"), ("upload", "required"), ("delivery", "off"), ("action", "require")];
    assert_eq!(writer.post(PATH, &fields).await.status, 403);
}

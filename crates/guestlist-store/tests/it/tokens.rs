//! Tokens: made, known, revoked.

use guestlist_store::{Access, Action, AppSettings, Change, Grant, Scope, Store, StoreErrorKind};

use crate::{ada, store};

#[test]
fn a_token_is_known_until_it_is_revoked() {
    let (folder, store) = store();
    let grant = Grant::new(Access::Write, Scope::App("a".to_string()));
    let (token, secret) = store.create_token("deploy", &grant, &ada()).unwrap();
    let (other, _) =
        store.create_token("console", &Grant::new(Access::Admin, Scope::AllApps), &ada()).unwrap();
    assert_eq!((token.number, other.number), (1, 2));
    let text = secret.to_string();
    assert_eq!(store.token(&text).unwrap(), Some(token.clone()));
    assert_eq!(store.tokens().unwrap(), [token.clone(), other]);
    for wrong in [
        "",
        "gl_1_",
        &text[..text.len() - 1],
        &text.replacen("gl_1_", "gl_2_", 1),
        &text.replacen("gl_1_", "gl_3_", 1),
    ] {
        assert_eq!(store.token(wrong).unwrap(), None, "{wrong}");
    }
    let revoked = store.revoke_token(1, &Change::by("bob")).unwrap();
    assert!(revoked.revoked.is_some());
    assert_eq!(store.token(&text).unwrap(), None);
    // Again is no harm, and no news.
    let entries = store.log(None, None, 10).unwrap().len();
    assert_eq!(store.revoke_token(1, &ada()).unwrap(), revoked);
    assert_eq!(store.log(None, None, 10).unwrap().len(), entries);
    assert!(matches!(store.revoke_token(3, &ada()).unwrap_err().kind(), StoreErrorKind::UnknownToken));
    assert!(store.create_token(&"n".repeat(201), &grant, &ada()).is_err());
    store.verify().unwrap();
    drop(store);
    // The secret is nowhere on the disk.
    let bytes = std::fs::read(folder.path().join("lists.redb")).unwrap();
    let digits = &text.as_bytes()[5..];
    assert!(!bytes.windows(16).any(|window| window == &digits[..16]));
}

#[test]
fn tokens_of_an_app_end_with_it() {
    let (_folder, store) = store();
    for key in ["a", "b"] {
        store.create_app(key, AppSettings::named(""), &ada()).unwrap();
    }
    let make = |scope| store.create_token("t", &Grant::new(Access::Write, scope), &ada()).unwrap();
    let of_app = |key: &str| make(Scope::App(key.to_string()));
    let ((a, secret_a), (_, secret_b), (_, secret)) = (of_app("a"), of_app("b"), make(Scope::AllApps));
    store.remove_app("a", &ada()).unwrap();
    store.create_app("a", AppSettings::named("somebody else's"), &ada()).unwrap();
    assert_eq!(store.token(&secret_a.to_string()).unwrap(), None);
    assert!(store.token(&secret_b.to_string()).unwrap().is_some());
    assert!(store.token(&secret.to_string()).unwrap().is_some());
    let log = store.log(None, None, 100).unwrap();
    let revoked: Vec<_> =
        log.iter().filter(|entry| matches!(entry.action, Action::TokenRevoked { .. })).collect();
    assert_eq!(revoked.len(), 1);
    assert_eq!(revoked[0].action, Action::TokenRevoked { token: a.number });
    store.verify().unwrap();
}

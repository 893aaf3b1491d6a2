//! Tokens: made, known, revoked.

use guestlist_store::{Access, Change, Grant, Scope, Store, StoreErrorKind};

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

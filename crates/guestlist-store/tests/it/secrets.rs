//! Secrets of apps: made, followed by others, ended, and shown nowhere.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use guestlist::ListType;
use guestlist_policy::{Denial, Policy, Request, Requirement, Secret};
use guestlist_store::{
    Action, App, AppSecrets, AppSettings, Change, Document, RedbStore, Store, StoreErrorKind,
};

use crate::{ada, store};

fn text(secret: &Secret) -> String {
    String::from_utf8(secret.expose().to_vec()).unwrap()
}

/// Whether what this secret signs opens the lock of the app.
fn opens(app: &App, secrets: &AppSecrets, with: &Secret) -> bool {
    let signed = Policy::expires_at(2).sign(with).unwrap();
    let lock = app.lock(Some(secrets)).unwrap();
    lock.verifier().verify(signed.as_ref(), 1, &Request::new(guestlist_policy::Call::Read)).is_ok()
}

#[test]
fn a_secret_is_followed_by_another() {
    let (folder, store) = store();
    let settings = AppSettings::named("A").require(ListType::Upload, Requirement::Required);
    let app = store.create_app("a", settings, &ada()).unwrap();
    assert!(store.secrets("a").unwrap().is_none());
    let first = store.rotate_secret("a", 0, true, &ada()).unwrap();
    assert!(first.previous.is_none());
    assert_eq!((first.version, first.current.by.as_str()), (2, "ada"));
    assert_eq!(text(&first.current.secret).len(), 52);

    let second = store.rotate_secret("a", first.version, true, &Change::by("bob")).unwrap();
    let (one, two) = (&first.current.secret, &second.current.secret);
    assert_eq!(second.current.by, "bob");
    assert_eq!(second.previous.as_ref().unwrap().secret.expose(), one.expose());
    assert_eq!(second.previous.as_ref().unwrap().created, first.current.created);
    assert!(opens(&app, &second, one) && opens(&app, &second, two));

    // A third keeps the second alone.
    let third = store.rotate_secret("a", second.version, true, &ada()).unwrap();
    assert!(!opens(&app, &third, one) && opens(&app, &third, two));
    let alone = store.drop_previous_secret("a", third.version, &ada()).unwrap();
    assert!(alone.version > third.version && alone.previous.is_none());
    assert!(!opens(&app, &alone, two) && opens(&app, &alone, &third.current.secret));
    // Again is no harm, and no news.
    let entries = store.log(None, None, 100).unwrap().len();
    assert_eq!(store.drop_previous_secret("a", alone.version, &ada()).unwrap().version, alone.version);
    assert_eq!(store.log(None, None, 100).unwrap().len(), entries);

    // A new one that keeps none ends all others at once.
    let with_two = store.rotate_secret("a", alone.version, true, &ada()).unwrap();
    let new = store.rotate_secret("a", with_two.version, false, &ada().why("it leaked")).unwrap();
    assert!(new.previous.is_none());
    assert!(!opens(&app, &new, &with_two.current.secret) && !opens(&app, &new, &alone.current.secret));

    let actions: Vec<Action> =
        store.log(Some("a"), None, 100).unwrap().into_iter().rev().map(|entry| entry.action).collect();
    let made = |version, keeps_previous| Action::SecretMade { version, keeps_previous };
    assert_eq!(
        actions,
        [
            Action::AppCreated,
            made(2, false),
            made(3, true),
            made(4, true),
            Action::PreviousSecretEnded { version: 5 },
            made(6, true),
            made(7, false),
        ]
    );
    store.verify().unwrap();
    drop(store);
    let store = RedbStore::open(folder.path().join("lists.redb")).unwrap();
    let kept = store.secrets("a").unwrap().unwrap();
    assert_eq!((kept.version, kept.current.secret.expose()), (new.version, new.current.secret.expose()));
    let mut all = Vec::new();
    store.each_secrets(&mut |key, secrets| all.push((key.to_string(), secrets.version))).unwrap();
    assert_eq!(all, [("a".to_string(), 7)]);
}

#[test]
fn nobody_ends_a_secret_that_they_have_not_seen() {
    let (_folder, store) = store();
    store.create_app("a", AppSettings::named("A"), &ada()).unwrap();
    let conflict = |error: &guestlist_store::StoreError| match error.kind() {
        StoreErrorKind::SecretsConflict { version } => *version,
        _ => panic!("{error}"),
    };
    assert_eq!(conflict(&store.rotate_secret("a", 1, false, &ada()).unwrap_err()), 0);
    let first = store.rotate_secret("a", 0, false, &ada()).unwrap();
    let late = store.rotate_secret("a", 0, false, &ada()).unwrap_err();
    assert_eq!(conflict(&late), first.version);
    assert_eq!(late.to_string(), "the secrets of this app were changed; they are at version 2 now");
    assert_eq!(conflict(&store.drop_previous_secret("a", 0, &ada()).unwrap_err()), first.version);
    for key in ["b", ""] {
        let refused = store.rotate_secret(key, 0, false, &ada()).unwrap_err();
        assert!(matches!(refused.kind(), StoreErrorKind::UnknownApp));
    }
    store.create_app("b", AppSettings::named("B"), &ada()).unwrap();
    let none = store.drop_previous_secret("b", 0, &ada()).unwrap_err();
    assert!(matches!(none.kind(), StoreErrorKind::NoSecret), "{none}");
    assert!(store.rotate_secret("a", first.version, false, &Change::by("n".repeat(201))).is_err());
    store.verify().unwrap();
}

#[test]
fn secrets_end_with_their_app() {
    let (_folder, store) = store();
    for key in ["a", "b"] {
        store.create_app(key, AppSettings::named(""), &ada()).unwrap();
        store.rotate_secret(key, 0, false, &ada()).unwrap();
    }
    let old = store.secrets("a").unwrap().unwrap();
    store.remove_app("a", &ada()).unwrap();
    assert!(store.secrets("a").unwrap().is_none());
    store.verify().unwrap();
    store.create_app("a", AppSettings::named("somebody else's"), &ada()).unwrap();
    assert!(store.secrets("a").unwrap().is_none());
    // Whoever has seen those of the old app changes nothing of the new one's.
    let new = store.rotate_secret("a", 0, false, &ada()).unwrap();
    assert!(new.version > old.version);
    assert!(store.rotate_secret("a", old.version, false, &ada()).is_err());
    assert!(store.secrets("b").unwrap().is_some());
    store.verify().unwrap();
}

#[test]
fn a_secret_is_in_nothing_that_is_shown() {
    let (_folder, store) = store();
    let settings = AppSettings::named("A").require(ListType::Delivery, Requirement::Required);
    store.create_app("a", settings, &ada()).unwrap();
    let first = store.rotate_secret("a", 0, true, &ada()).unwrap();
    let secrets = store.rotate_secret("a", first.version, true, &ada()).unwrap();
    let document = Document::of(&store).unwrap();
    let app = store.app("a").unwrap().unwrap();
    let shown = [
        document.to_json(),
        document.to_toml(),
        format!("{document:?} {store:?} {secrets:?} {app:?} {:?}", app.lock(Some(&secrets))),
        format!("{:?}", store.log(None, None, 100).unwrap()),
    ]
    .concat();
    for secret in [&first.current.secret, &secrets.current.secret] {
        assert!(!shown.contains(&text(secret)), "{shown}");
    }
    // What is required is there, and comes in again; what signs stays.
    let mut off = AppSettings::named("A");
    off.upload_limit = app.settings.upload_limit;
    store.change_app("a", app.version, off, &ada()).unwrap();
    store.import(&Document::from_toml(&document.to_toml()).unwrap(), &ada()).unwrap();
    let app = store.app("a").unwrap().unwrap();
    assert_eq!(app.settings.policy(ListType::Delivery), Requirement::Required);
    assert_eq!(store.secrets("a").unwrap().unwrap().version, secrets.version);
}

#[test]
fn an_app_that_requires_a_policy_and_has_no_secret_lets_nobody_in() {
    let (_folder, store) = store();
    let off = store.create_app("off", AppSettings::named(""), &ada()).unwrap();
    let secrets = store.rotate_secret("off", 0, false, &ada()).unwrap();
    assert!(off.lock(Some(&secrets)).is_none());
    let settings = AppSettings::named("").require(ListType::Upload, Requirement::Required);
    let app = store.create_app("on", settings, &ada()).unwrap();
    let lock = app.lock(None).unwrap();
    assert_eq!(lock.requirement(ListType::Upload), Requirement::Required);
    assert_eq!(lock.requirement(ListType::Delivery), Requirement::Off);
    let signed = Policy::expires_at(2).sign(&secrets.current.secret).unwrap();
    let request = Request::new(guestlist_policy::Call::Read);
    assert_eq!(lock.verifier().verify(signed.as_ref(), 1, &request), Err(Denial::Signature));
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_with_secrets_that_others_can_read_is_refused() {
    let (folder, store) = store();
    let path = folder.path().join("lists.redb");
    store.create_app("a", AppSettings::named("A"), &ada()).unwrap();
    set_mode(&path, 0o644);
    let refused = store.rotate_secret("a", 0, false, &ada()).unwrap_err();
    assert_eq!(refused.to_string(), "the secrets in the store are exposed: the mode of its file is 0644");
    assert!(refused.help().contains("chmod 600"), "{}", refused.help());
    assert!(store.secrets("a").unwrap().is_none());
    drop(store);
    // Without secrets it is as it was before there were any.
    let store = RedbStore::open(&path).unwrap();
    set_mode(&path, 0o600);
    store.rotate_secret("a", 0, false, &ada()).unwrap();
    drop(store);
    for mode in [0o644, 0o604, 0o602, 0o660, 0o601] {
        set_mode(&path, mode);
        for opened in [RedbStore::open(&path), RedbStore::open_or_create(&path)] {
            let error = opened.unwrap_err();
            assert!(
                matches!(error.kind(), StoreErrorKind::Exposed { mode: said } if *said == mode),
                "{error}"
            );
        }
    }
    // A group may read it, as it may read files of secrets.
    for mode in [0o640, 0o600] {
        set_mode(&path, mode);
        RedbStore::open(&path).unwrap().verify().unwrap();
    }
}

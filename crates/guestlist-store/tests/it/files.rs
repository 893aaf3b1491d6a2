//! The file: made, found, refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use guestlist_store::{AppSettings, RedbStore, Store, StoreErrorKind};

use crate::{ada, store};

#[test]
fn a_store_is_there_again() {
    let (folder, store) = store();
    let app = store.create_app("a", AppSettings::named("A"), &ada()).unwrap();
    drop(store);
    let path = folder.path().join("lists.redb");
    assert_eq!(RedbStore::open(&path).unwrap().app("a").unwrap(), Some(app.clone()));
    assert_eq!(RedbStore::open_or_create(&path).unwrap().app("a").unwrap(), Some(app));
    assert!(matches!(RedbStore::create(&path).unwrap_err().kind(), StoreErrorKind::Exists));
}

#[test]
fn only_its_owner_can_read_it_and_nothing_lies_beside_it() {
    let (folder, _store) = store();
    let path = folder.path().join("lists.redb");
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_is_no_store_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lists.redb");
    assert!(matches!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Missing));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    for text in ["", "[apps.a]\n", &*"x".repeat(10_000)] {
        fs::write(&path, text).unwrap();
        for refused in [RedbStore::open(&path), RedbStore::open_or_create(&path), RedbStore::create(&path)] {
            let error = refused.unwrap_err();
            let kind = error.kind();
            assert!(
                matches!(
                    kind,
                    StoreErrorKind::Corrupt { .. } | StoreErrorKind::Format { .. } | StoreErrorKind::Exists
                ),
                "{error}"
            );
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    assert!(RedbStore::open(folder.path()).is_err());
    assert!(RedbStore::create(folder.path().join("none/lists.redb")).is_err());
    assert!(RedbStore::create("/").is_err());
}

#[test]
fn one_process_at_a_time_has_it() {
    let (folder, store) = store();
    let path = folder.path().join("lists.redb");
    let error = RedbStore::open(&path).unwrap_err();
    assert!(matches!(error.kind(), StoreErrorKind::InUse), "{error}");
    assert_eq!(error.to_string(), "another process has this store open");
    drop(store);
    RedbStore::open(&path).unwrap();
}

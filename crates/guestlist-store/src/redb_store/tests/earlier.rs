//! A store of a release before there were secrets.

use guestlist::ListType;
use guestlist_policy::Requirement;

use crate::app::AppSettings;
use crate::redb_store::tests::disk::Disk;
use crate::redb_store::tests::store_on;
use crate::redb_store::{builder_open, tables};
use crate::revision::Change;
use crate::store::Store;

#[test]
fn a_store_of_an_earlier_release_is_taken_over() {
    let disk = Disk::default();
    let open = {
        let disk = disk.clone();
        move || disk.clone()
    };
    let store = store_on(open.clone(), true).unwrap();
    let app = store.create_app("a", AppSettings::named("A"), &Change::by("x")).unwrap();
    drop(store);
    let database = builder_open(disk.clone()).unwrap();
    let transaction = database.begin_write().unwrap();
    assert!(transaction.delete_table(tables::SECRETS.definition).unwrap());
    transaction.commit().unwrap();
    drop(database);

    let store = store_on(open, false).unwrap();
    store.verify().unwrap();
    assert_eq!(store.app("a").unwrap(), Some(app));
    assert!(store.secrets("a").unwrap().is_none());
    store.rotate_secret("a", 0, false, &Change::by("x")).unwrap();
    store.verify().unwrap();
}

/// Rows of apps that require nothing are written as they were before.
#[test]
fn settings_of_an_earlier_release_are_read_and_written_as_they_were() {
    let text = r#"{"name":"A","upload_limit":20,"delivery_limit":20,"dangerously_supported_schemes":[]}"#;
    let settings: AppSettings = serde_json::from_str(text).unwrap();
    assert_eq!(settings, AppSettings::named("A"));
    assert_eq!(serde_json::to_string(&settings).unwrap(), text);
    let settings = settings.require(ListType::Delivery, Requirement::Required);
    let text = serde_json::to_string(&settings).unwrap();
    assert!(text.ends_with(r#","delivery_policy":"required"}"#), "{text}");
    assert_eq!(serde_json::from_str::<AppSettings>(&text).unwrap(), settings);
}

//! A disk that is full: said so, nothing changed, and it goes on when there is room.

use guestlist::ListType;

use crate::app::AppSettings;
use crate::error::StoreErrorKind;
use crate::redb_store::tests::disk::Disk;
use crate::redb_store::tests::{store_on, work};
use crate::revision::Change;
use crate::store::Store;

#[test]
fn a_full_disk_is_said_and_changes_nothing() {
    let disk = Disk::default();
    let store = store_on(
        {
            let disk = disk.clone();
            move || disk.clone()
        },
        true,
    )
    .unwrap();
    store.create_app("a", AppSettings::named("A"), &Change::by("x")).unwrap();
    disk.set_room(Some(disk.bytes().len() as u64));
    // Pages that are free already are used first.
    let mut random = fastrand::Rng::with_seed(3);
    let mut number = 0;
    let (before, error) = loop {
        number += 1;
        assert!(number < 100_000, "there is always room");
        let before = work::everything(&store).unwrap();
        if let Err(error) = work::change(&store, &mut random, number) {
            break (before, error);
        }
    };
    assert!(matches!(error.kind(), StoreErrorKind::Full), "{error:?}");
    assert_eq!(error.to_string(), "the disk is full; nothing was changed");
    // What is there can be read, again and again, and is not changed by what fails.
    for _ in 0..3 {
        assert_eq!(work::everything(&store).unwrap(), before);
        assert!(
            store.app("a").unwrap().is_some() || store.revision("a", ListType::Upload, 1).unwrap().is_some()
        );
    }
    disk.set_room(None);
    let change = Change::by("x");
    let app = store.create_app("later", AppSettings::named("Later"), &change).unwrap();
    assert_eq!(store.app("later").unwrap(), Some(app));
    store.verify().unwrap();
}

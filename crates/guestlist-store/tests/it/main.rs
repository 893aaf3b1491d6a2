//! The store as its users have it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod files;
mod kill;
mod lists;
mod secrets;
mod tokens;

use guestlist::{List, ListType, Mode};
use guestlist_store::{Change, Content, RedbStore};
use tempfile::TempDir;

/// A new store in a folder of its own.
fn store() -> (TempDir, RedbStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::create(folder.path().join("lists.redb")).unwrap();
    (folder, store)
}

fn content(list_type: ListType, patterns: &[&str]) -> Content {
    Content::of(&List::builder(list_type).patterns(patterns).mode(Mode::Enforce).build().unwrap())
}

fn ada() -> Change {
    Change::by("ada")
}

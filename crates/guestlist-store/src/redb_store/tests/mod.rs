//! What only this side of the file can try: crashes in the middle of a write, a disk that is full, a file that was damaged.

#![allow(clippy::unwrap_used, clippy::panic)]

mod crashes;
mod damage;
mod disk;
mod earlier;
mod full;
mod work;

use redb::StorageBackend;

use crate::error::StoreError;
use crate::redb_store::{RedbStore, builder_open, file, tables};

/// A store on this disk, made first if there is none.
pub(super) fn store_on<D>(
    disk: impl Fn() -> D + Send + Sync + 'static,
    is_new: bool,
) -> Result<RedbStore, StoreError>
where
    D: StorageBackend,
{
    if is_new {
        let made = super::guarded(|| {
            let database = builder_open(disk())?;
            tables::make(&database)
        });
        made?;
    }
    let open = move || {
        let disk = disk();
        // As the file does.
        file::refuse_empty(disk.len()?)?;
        builder_open(disk)
    };
    RedbStore::new(open, || Ok(()))
}

//! The file itself: found, or made whole.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use redb::backends::FileBackend;

use crate::error::StoreErrorKind;
use crate::redb_store::error::Failure;

/// The file in this place. An empty one is none: redb would take it for a store that is yet to be made.
pub(super) fn backend(path: &Path) -> Result<FileBackend, Failure> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    refuse_empty(file.metadata()?.len())?;
    Ok(FileBackend::new(file)?)
}

pub(super) fn refuse_empty(len: u64) -> Result<(), Failure> {
    if len == 0 { Err(Failure::corrupt("the file is empty")) } else { Ok(()) }
}

/// Whether others than the owner cannot read the file, nor others than the owner write it. The group may read it, as it may read files of secrets.
pub(super) fn is_private(path: &Path) -> Result<(), Failure> {
    let mode = fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o037 == 0 { Ok(()) } else { Err(StoreErrorKind::Exposed { mode }.into()) }
}

/// Makes the file beside its place, and puts it there when it is whole and on disk.
pub(super) fn create(
    path: &Path,
    fill: impl FnOnce(FileBackend) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(StoreErrorKind::Exists.into());
    }
    let new = Beside::new(path)?;
    fill(FileBackend::new(new.file.try_clone()?)?)?;
    new.file.sync_all()?;
    // Unlike a new name, a link takes the place of nothing.
    fs::hard_link(&new.path, path)?;
    drop(new);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(File::open(folder)?.sync_all()?)
}

/// A new file beside another; removed when it is dropped.
struct Beside {
    path: PathBuf,
    file: File,
}

impl Beside {
    fn new(path: &Path) -> io::Result<Beside> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::from)?;
        let path = path.with_file_name(format!("{}.new-{:016x}", name.display(), u64::from_ne_bytes(random)));
        // Its owner alone reads who has which token, and the secrets of apps.
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Beside { path, file })
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        fs::remove_file(&self.path).ok();
    }
}

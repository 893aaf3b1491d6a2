//! [`Stamps`]: whether files have changed since they were read.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Files as they were before they were read.
///
/// Taken before, so that a file which changes while it is read counts as changed, and never as seen.
///
/// ```
/// use guestlist_edge::Stamps;
///
/// let mut stamps = Stamps::new();
/// stamps.take("guestlist.toml");
/// let text = std::fs::read_to_string("guestlist.toml");
/// assert!(stamps.are_current());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps(Vec<(PathBuf, Option<Stamp>)>);

/// What tells one state of a file from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    /// Of the file's own record as well, which no tool sets back.
    changed: (i64, i64),
}

impl Stamp {
    /// `None` for a file that is not there. Links are followed, so that one which leads elsewhere now is a change.
    fn of(path: &Path) -> Option<Stamp> {
        let metadata = fs::metadata(path).ok()?;
        Some(Stamp {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }
}

impl Stamps {
    /// Of no files.
    pub fn new() -> Stamps {
        Stamps::default()
    }

    /// Takes the stamp of a file that is about to be read; it may be missing.
    pub fn take(&mut self, file: impl Into<PathBuf>) {
        let file = file.into();
        let stamp = Stamp::of(&file);
        self.0.push((file, stamp));
    }

    /// Whether every file is as it was.
    pub fn are_current(&self) -> bool {
        self.0.iter().all(|(file, stamp)| Stamp::of(file) == *stamp)
    }

    /// The same files as they are now.
    pub(crate) fn renewed(&self) -> Stamps {
        Stamps(self.0.iter().map(|(file, _)| (file.clone(), Stamp::of(file))).collect())
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|(file, _)| &**file)
    }
}

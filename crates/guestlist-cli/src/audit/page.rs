//! Where the web page goes: checked before the logs are read, and written as a whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A file that a page can be written to.
#[derive(Debug)]
pub(super) struct Page {
    /// As it was named.
    name: PathBuf,
    /// Where it is, links followed.
    target: PathBuf,
    /// A device or a pipe, which cannot be replaced.
    is_special: bool,
}

impl Page {
    /// Checks that the path can be written to and is none of the logs.
    pub(super) fn check(path: &Path, logs: &[PathBuf]) -> Result<Page, Failure> {
        let page = |target, is_special| Page { name: path.to_owned(), target, is_special };
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Err(failure(path, &io::ErrorKind::IsADirectory.into())),
            Ok(metadata) => {
                let target = fs::canonicalize(path).map_err(|error| failure(path, &error))?;
                if logs.iter().any(|log| fs::canonicalize(log).is_ok_and(|log| log == target)) {
                    return Err(Failure::new(
                        format!("{} is one of the logs", path.display()),
                        "name another file for the page: it would replace the log",
                    ));
                }
                Ok(page(target, !metadata.is_file()))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if path.file_name().is_none() || !folder(path).is_dir() {
                    return Err(failure(path, &error));
                }
                Ok(page(path.to_owned(), false))
            }
            Err(error) => Err(failure(path, &error)),
        }
    }

    /// Writes the page: to a new file beside it, which then takes its name.
    pub(super) fn write(&self, text: &str) -> Result<(), Failure> {
        let result =
            if self.is_special { fs::write(&self.target, text) } else { replace(&self.target, text) };
        result.map_err(|error| failure(&self.name, &error))
    }
}

fn replace(target: &Path, text: &str) -> io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", std::process::id()));
    let new = folder(target).join(name);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&new)?;
    let result = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    drop(file);
    let result = result.and_then(|()| fs::rename(&new, target));
    if result.is_err() {
        // What went wrong before is what is told.
        let _ = fs::remove_file(&new);
    }
    result
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn failure(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        format!("cannot write {}: {error}", path.display()),
        "name a file in a folder that exists and that you may write to",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_replaces_an_older_one_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        for text in ["old", "new"] {
            Page::check(&path, &[]).unwrap().write(text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_refused_first() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("access.log");
        fs::write(&log, "log").unwrap();
        assert!(Page::check(folder.path(), &[]).is_err());
        assert!(Page::check(&folder.path().join("missing/report.html"), &[]).is_err());
        assert!(Page::check(&log, std::slice::from_ref(&log)).is_err());
        assert!(Page::check(&log, &[]).is_ok());
    }
}

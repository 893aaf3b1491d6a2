//! A file that a command writes beside its output, a page or a picture: checked before the work is done, and written as a whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;
use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file that can be written to.
#[derive(Debug)]
pub(crate) struct Target {
    /// As it was named.
    name: PathBuf,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// A new file beside it, which will take its name.
    Replace { new: NamedTempFile, target: PathBuf },
    /// A device or a pipe, which cannot be replaced.
    Special,
}

impl Target {
    /// Checks that the path can be written to and is none of the files that are read, of which `-` is standard input; `what` will be written, such as a page.
    ///
    /// The new file is made here, so that a folder that may not be written to is known before any work is done.
    pub(crate) fn check(path: &Path, inputs: &[&Path], what: &str) -> Result<Target, Failure> {
        let target = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(failure(path, &io::ErrorKind::IsADirectory.into()));
            }
            Ok(metadata) => {
                if is_one_of(path, inputs) {
                    return Err(Failure::new(
                        format!("{} is one of the files that are read", path.display()),
                        format!("name another file for the {what}: it would take the place of that file"),
                    ));
                }
                if !metadata.is_file() {
                    return Ok(Target { name: path.to_owned(), way: Way::Special });
                }
                fs::canonicalize(path).map_err(|error| failure(path, &error))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.file_name().is_some() => {
                path.to_owned()
            }
            Err(error) => return Err(failure(path, &error)),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".guestlist-").suffix(".tmp");
        // A report is for others too, as far as the process allows.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        // Its own message names the temporary file, which nobody asked for.
        let new =
            builder.tempfile_in(folder(&target)).map_err(|error| failure(path, &error.kind().into()))?;
        Ok(Target { name: path.to_owned(), way: Way::Replace { new, target } })
    }

    /// Writes the text, as a whole or not at all.
    pub(crate) fn write(self, text: &str) -> Result<(), Failure> {
        let result = match self.way {
            Way::Special => fs::write(&self.name, text),
            Way::Replace { mut new, target } => new
                .write_all(text.as_bytes())
                .and_then(|()| new.as_file().sync_all())
                .and_then(|()| new.persist(&target).map(drop).map_err(|error| error.error)),
        };
        result.map_err(|error| failure(&self.name, &error))
    }
}

/// True if the path is the same file as one of the inputs, whatever names and links lead there.
fn is_one_of(path: &Path, inputs: &[&Path]) -> bool {
    let Ok(target) = Handle::from_path(path) else { return false };
    inputs.iter().any(|input| {
        let input = if input.as_os_str() == "-" { Handle::stdin() } else { Handle::from_path(input) };
        input.is_ok_and(|input| input == target)
    })
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
    fn the_text_replaces_an_older_one_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        for text in ["old", "new"] {
            Target::check(&path, &[], "page").unwrap().write(text).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_refused_first() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("access.log");
        fs::write(&log, "log").unwrap();
        assert!(Target::check(folder.path(), &[], "page").is_err());
        assert!(Target::check(&folder.path().join("missing/report.html"), &[], "page").is_err());
        assert!(Target::check(&log, &[&log], "page").is_err());
        assert!(Target::check(&log, &[], "page").is_ok());
        let link = folder.path().join("link");
        fs::hard_link(&log, &link).unwrap();
        assert!(Target::check(&link, &[&log], "page").is_err());
    }
}

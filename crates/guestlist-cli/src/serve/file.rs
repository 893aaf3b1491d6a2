//! The configuration file as a source of a server's configurations.

use std::path::{Path, PathBuf};

use guestlist_config::Config;
use guestlist_edge::{LoadError, Loaded, Source, Stamps};

use super::Overrides;
use crate::failure::Failure;
use crate::{source, text};

/// A configuration file, with what the command line says instead of it.
pub(super) struct ConfigFile {
    path: PathBuf,
    overrides: Overrides,
}

impl ConfigFile {
    pub(super) fn new(path: PathBuf, overrides: Overrides) -> ConfigFile {
        ConfigFile { path, overrides }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// With every mistake in its place.
    pub(super) fn read(&self) -> Result<Loaded, Failure> {
        let mut stamps = Stamps::new();
        stamps.take(&self.path);
        let (_, config) = source::read_config(&self.path)?;
        let mut config = relative_to(config, &self.path);
        self.overrides.apply(&mut config.server)?;
        Loaded::new(config, stamps)
            .map_err(|error| Failure::new(error.to_string(), "see `[server.tls]` in the configuration"))
    }
}

impl Source for ConfigFile {
    fn load(&self) -> Result<Loaded, LoadError> {
        self.read().map_err(|failure| {
            LoadError::new(match failure {
                Failure::Report(report) => text::render_plain(&*report),
                // Reading a file ends in a report.
                Failure::Usage(_) | Failure::BrokenPipe => "the configuration cannot be read".to_string(),
            })
        })
    }
}

/// Paths in a configuration begin where it lies.
fn relative_to(mut config: Config, file: &Path) -> Config {
    let directory = file.parent().unwrap_or(Path::new(""));
    if let Some(tls) = &mut config.server.tls {
        tls.certificate = directory.join(&tls.certificate);
        tls.key = directory.join(&tls.key);
    }
    if let Some(log) = &mut config.server.log.file {
        *log = directory.join(&*log);
    }
    config
}

//! The configuration file as a source of a server's configurations.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guestlist_config::{App, Config};
use guestlist_edge::{LoadError, Loaded, Source, Stamps};

use super::Overrides;
use super::lists::OfFile;
use crate::failure::Failure;
use crate::{source, text};

/// A configuration file, with what the command line says instead of it.
pub(super) struct ConfigFile {
    path: PathBuf,
    overrides: Overrides,
    apps: OfFile,
}

impl ConfigFile {
    /// This file; whoever has `apps` sees those that are in force.
    pub(super) fn new(path: PathBuf, overrides: Overrides, apps: OfFile) -> ConfigFile {
        ConfigFile { path, overrides, apps }
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
        Loaded::new(config, stamps).map_err(|error| {
            Failure::new(error.to_string(), "see `[server.tls]` and `[apps.KEY.policy]` in the configuration")
        })
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
    fn in_force(&self, apps: Arc<BTreeMap<String, App>>) {
        self.apps.set(apps);
    }
}

/// Paths in a configuration begin where it lies.
fn relative_to(mut config: Config, file: &Path) -> Config {
    let directory = file.parent().unwrap_or(Path::new(""));
    if let Some(tls) = &mut config.server.tls {
        tls.certificate = directory.join(&tls.certificate);
        tls.key = directory.join(&tls.key);
    }
    for secrets in config.apps.values_mut().filter_map(|app| app.policy.secrets.as_mut()) {
        *secrets = directory.join(&*secrets);
    }
    if let Some(log) = &mut config.server.log.file {
        *log = directory.join(&*log);
    }
    if let Some(store) = &mut config.server.store {
        store.file = directory.join(&store.file);
    }
    config
}

//! The configuration file as a source of a server's configurations.

use std::path::{Path, PathBuf};

use guestlist_config::{Config, Server};
use guestlist_edge::{LoadError, Loaded, Source};

use super::ServeArgs;
use crate::failure::Failure;
use crate::{source, text};

/// A configuration file, with what the command line says instead of it.
pub(super) struct ConfigFile {
    path: PathBuf,
    /// The certificate and key that it named at the start.
    others: Vec<PathBuf>,
    started_with: Server,
    overrides: Overrides,
}

/// Which settings the command line has the say of.
struct Overrides {
    listen: bool,
    spop: bool,
    admin: bool,
}

impl ConfigFile {
    /// The configuration is what it held at the start.
    pub(super) fn new(path: PathBuf, config: &Config, args: &ServeArgs) -> ConfigFile {
        let tls = config.server.tls.iter();
        ConfigFile {
            others: tls.flat_map(|tls| [tls.certificate.clone(), tls.key.clone()]).collect(),
            started_with: config.server.clone(),
            overrides: Overrides {
                listen: !args.listen.is_empty(),
                spop: !args.spop.is_empty(),
                admin: args.admin.is_some(),
            },
            path,
        }
    }

    fn read(&self) -> Result<Loaded, Failure> {
        let (_, config) = source::read_config(&self.path)?;
        let mut config = relative_to(config, &self.path);
        let (server, started) = (&mut config.server, &self.started_with);
        if self.overrides.listen {
            server.listen.clone_from(&started.listen);
        }
        if self.overrides.spop {
            server.spop.clone_from(&started.spop);
        }
        if self.overrides.admin {
            server.admin.clone_from(&started.admin);
        }
        Loaded::new(config).map_err(|error| Failure::new(error.to_string(), "see `[server.tls]`"))
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

    fn files(&self) -> Vec<PathBuf> {
        let mut files = vec![self.path.clone()];
        files.extend(self.others.iter().cloned());
        files
    }
}

/// Paths in a configuration begin where it lies.
pub(super) fn relative_to(mut config: Config, file: &Path) -> Config {
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

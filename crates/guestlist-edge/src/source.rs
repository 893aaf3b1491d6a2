//! [`Source`]: where configurations come from.

use core::fmt;
use std::collections::BTreeMap;
use std::sync::Arc;

use guestlist_config::{App, Config, Server};
use guestlist_policy::Secrets;
use tokio_rustls::rustls;

use crate::stamps::Stamps;
use crate::tls::{self, TlsError};

/// Where the configurations of a server come from: a file, as a rule.
///
/// It is asked from a thread of its own, so that it may read files and take its time.
pub trait Source: Send + Sync + 'static {
    /// The configuration as it is now.
    ///
    /// # Errors
    ///
    /// If there is none that a server can take; the one in force stays.
    fn load(&self) -> Result<Loaded, LoadError>;

    /// Told once what was loaded last is in force, with its apps; not told of what a server starts with. From the same thread.
    fn in_force(&self, apps: Arc<BTreeMap<String, App>>) {
        drop(apps);
    }
}

/// A configuration, with what it names read.
#[derive(Debug)]
pub struct Loaded {
    pub(crate) server: Server,
    pub(crate) apps: Arc<BTreeMap<String, App>>,
    /// The live secrets of the apps that require policies, by their keys.
    pub(crate) secrets: BTreeMap<String, Secrets>,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
    pub(crate) stamps: Stamps,
}

impl Loaded {
    /// Reads what the configuration names beside itself: certificate and key, and the secrets that policies are signed with. Paths are used as they are.
    ///
    /// `stamps` are those of the files that the configuration was read from; when one of them changes, or certificate, key or secrets, the source is asked for another.
    ///
    /// # Errors
    ///
    /// If they cannot be read, certificate and key do not belong together, or others may read the secrets.
    pub fn new(config: Config, mut stamps: Stamps) -> Result<Loaded, LoadError> {
        let Config { server, apps } = config;
        if let Some(files) = &server.tls {
            stamps.take(&files.certificate);
            stamps.take(&files.key);
        }
        let mut secrets = BTreeMap::new();
        for (key, app) in apps.iter().filter(|(_, app)| app.policy.is_required()) {
            // A configuration that was read names a file then.
            if let Some(file) = &app.policy.secrets {
                stamps.take(file);
                let read = Secrets::read_file(file).map_err(|error| LoadError::new(error.to_string()))?;
                secrets.insert(key.clone(), read);
            }
        }
        let tls = server.tls.as_ref().map(tls::load).transpose()?;
        Ok(Loaded { server, apps: Arc::new(apps), secrets, tls, stamps })
    }

    /// The settings of the server.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The apps of the configuration. The server lets go of them once it has built what decides.
    pub fn apps(&self) -> &Arc<BTreeMap<String, App>> {
        &self.apps
    }
}

/// Why a configuration was not taken, in words for those who run the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    message: String,
}

impl LoadError {
    /// With what is wrong, where, and what to do about it; several lines are fine.
    pub fn new(message: impl Into<String>) -> LoadError {
        LoadError { message: message.into() }
    }
}

impl std::error::Error for LoadError {}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<TlsError> for LoadError {
    fn from(error: TlsError) -> LoadError {
        LoadError::new(error.to_string())
    }
}

/// A source of nothing new: the configuration that a server started with is the only one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixed;

impl Source for Fixed {
    fn load(&self) -> Result<Loaded, LoadError> {
        Err(LoadError::new(
            "this server was started without a configuration file; there is nothing to load again",
        ))
    }
}

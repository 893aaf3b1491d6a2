//! [`Source`]: where configurations come from.

use core::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use guestlist_config::Config;
use tokio_rustls::rustls;

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

    /// The files that it is made of. When one of them changes, it is loaded again.
    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// A configuration, with what it names read.
#[derive(Debug)]
pub struct Loaded {
    pub(crate) config: Config,
    pub(crate) tls: Option<Arc<rustls::ServerConfig>>,
}

impl Loaded {
    /// Reads the certificate and key that the configuration names, if it does; their paths are used as they are.
    ///
    /// # Errors
    ///
    /// If they cannot be read, or do not belong together.
    pub fn new(config: Config) -> Result<Loaded, TlsError> {
        let tls = config.server.tls.as_ref().map(tls::load).transpose()?;
        Ok(Loaded { config, tls })
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
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

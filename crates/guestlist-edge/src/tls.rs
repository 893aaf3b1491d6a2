//! TLS by rustls: certificate and key files → what a listener accepts connections with.
//!
//! The files are read whenever a configuration is loaded, and belong to its version: a certificate that changes is in force for the next connection, and one that cannot be read changes nothing.

use core::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guestlist_config::TlsFiles;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// Why TLS cannot be spoken with these files.
#[derive(Debug)]
pub struct TlsError {
    file: PathBuf,
    kind: TlsErrorKind,
}

#[derive(Debug)]
enum TlsErrorKind {
    Pem(rustls_pki_types::pem::Error),
    Empty,
    Refused(rustls::Error),
}

impl std::error::Error for TlsError {}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.kind {
            TlsErrorKind::Pem(rustls_pki_types::pem::Error::Io(error)) => {
                write!(f, "cannot read {file}: {error}; check the path, and that the server may read it")
            }
            TlsErrorKind::Pem(rustls_pki_types::pem::Error::NoItemsFound) => {
                write!(
                    f,
                    "{file} has no private key; name a PEM file with one, in a `BEGIN PRIVATE KEY` section"
                )
            }
            TlsErrorKind::Pem(error) => write!(f, "{file} is no PEM file: {error}"),
            TlsErrorKind::Empty => write!(
                f,
                "{file} has no certificate; name a PEM file with the certificate first, and then those that signed it"
            ),
            TlsErrorKind::Refused(error) => {
                write!(
                    f,
                    "the certificate in {file} and its key cannot be used: {error}; check that they belong together"
                )
            }
        }
    }
}

/// Reads certificate and key.
pub(crate) fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let fail = |file: &Path, kind| TlsError { file: file.to_path_buf(), kind };
    let pem = |file: &Path, error| fail(file, TlsErrorKind::Pem(error));
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| pem(&files.certificate, error))?;
    if chain.is_empty() {
        return Err(fail(&files.certificate, TlsErrorKind::Empty));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| pem(&files.key, error))?;
    let refused = |error| fail(&files.certificate, TlsErrorKind::Refused(error));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(refused)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

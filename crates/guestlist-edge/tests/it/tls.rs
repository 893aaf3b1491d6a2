//! TLS, and certificates that change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guestlist_config::Address;
use guestlist_edge::{LoadError, Loaded, Source};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use crate::server::{Answer, Server, folder, load, read, send};

/// Puts a new certificate and its key into a folder.
fn make_certificate(path: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_string()]).unwrap();
    fs::write(path.join("key.pem"), signing_key.serialize_pem()).unwrap();
    fs::write(path.join("cert.pem"), cert.pem()).unwrap();
    cert.der().clone()
}

/// Asks by TLS, trusting this certificate alone.
async fn ask_by_tls(address: &Address, trusted: &CertificateDer<'static>) -> std::io::Result<Answer> {
    let Address::Tcp(address) = address else { panic!("TCP") };
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    send(&mut stream, "GET /check/upload/open", &[]).await;
    Ok(read(&mut stream).await.expect("an answer"))
}

struct Files(PathBuf);

impl Source for Files {
    fn load(&self) -> Result<Loaded, LoadError> {
        let [certificate, key] = ["cert.pem", "key.pem"].map(|name| self.0.join(name).display().to_string());
        let (listen, admin) = ("listen = ['127.0.0.1:0']", "admin = '127.0.0.1:0'");
        load(&format!(
            "[server]\n{listen}\n{admin}\ntls = {{ certificate = {certificate:?}, key = {key:?} }}\n[apps.open]"
        ))
    }
}

#[tokio::test]
async fn a_certificate_that_changes_is_in_force_for_the_next_connection() {
    let (_folder, path) = folder();
    let first = make_certificate(&path);
    let source = Files(path.clone());
    let server = Server::start_with(source.load().unwrap(), source, Server::no_text()).await;
    assert_eq!(ask_by_tls(&server.check, &first).await.unwrap().status, 204);
    // The admin listener, which is of this machine, speaks without.
    assert_eq!(server.admin("GET /healthz", &[]).await.status, 200);

    // Half of a change is no change: the key does not fit.
    let [second, other] = [(); 2].map(|()| {
        let (_folder, path) = folder();
        (
            make_certificate(&path),
            fs::read(path.join("cert.pem")).unwrap(),
            fs::read(path.join("key.pem")).unwrap(),
        )
    });
    fs::write(path.join("cert.pem"), &second.1).unwrap();
    let failed = async {
        while server.metric("guestlist_reloads_total{result=\"error\"}").await == 0.0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(crate::server::PATIENCE, failed).await.expect("it is noticed");
    assert_eq!(ask_by_tls(&server.check, &first).await.unwrap().status, 204);
    let ready = server.admin("GET /readyz", &[]).await.body;
    assert!(ready.contains("belong together"), "{ready}");

    fs::write(path.join("key.pem"), &second.2).unwrap();
    server.until_metric("guestlist_config_version", 2.0).await;
    assert_eq!(ask_by_tls(&server.check, &second.0).await.unwrap().status, 204);
    assert!(ask_by_tls(&server.check, &first).await.is_err());
    assert!(ask_by_tls(&server.check, &other.0).await.is_err());
    server.end().await;
}

#[tokio::test]
async fn a_handshake_does_not_hold_up_the_end() {
    let (_folder, path) = folder();
    make_certificate(&path);
    let source = Files(path.clone());
    let server = Server::start_with(source.load().unwrap(), source, Server::no_text()).await;
    let mut silent = crate::server::connect(&server.check).await;
    server.until_metric("guestlist_connections", 1.0).await;
    server.end().await;
    assert_eq!(read(&mut silent).await, None);
}

#[tokio::test]
async fn plain_http_on_a_tls_address_is_not_answered() {
    let (_folder, path) = folder();
    let certificate = make_certificate(&path);
    let source = Files(path.clone());
    let server = Server::start_with(source.load().unwrap(), source, Server::no_text()).await;
    let mut stream = crate::server::connect(&server.check).await;
    send(&mut stream, "GET /check/upload/open", &[]).await;
    let mut first = [0];
    let begun = tokio::io::AsyncReadExt::read(&mut stream, &mut first).await;
    // An alert at most.
    assert!(begun.map_or(true, |read| read == 0 || first[0] != b'H'));
    assert_eq!(ask_by_tls(&server.check, &certificate).await.unwrap().status, 204);
    server.end().await;
}

#[tokio::test]
async fn files_that_are_no_certificate_are_refused_by_name() {
    let (_folder, path) = folder();
    make_certificate(&path);
    let key = fs::read(path.join("key.pem")).unwrap();
    let certificate = fs::read(path.join("cert.pem")).unwrap();
    let refused = |name: &str, content: &[u8]| {
        fs::write(path.join("key.pem"), &key).unwrap();
        fs::write(path.join("cert.pem"), &certificate).unwrap();
        fs::write(path.join(name), content).unwrap();
        Files(path.clone()).load().unwrap_err().to_string()
    };
    for (name, content, word) in [
        ("cert.pem", &b""[..], "no certificate"),
        ("cert.pem", &key, "no certificate"),
        ("key.pem", b"nothing", "no private key"),
        ("key.pem", &certificate, "no private key"),
        ("cert.pem", b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "no PEM file"),
    ] {
        let error = refused(name, content);
        assert!(error.contains(word) && error.contains(name), "{error}");
    }
    make_certificate(&path);
    fs::remove_file(path.join("key.pem")).unwrap();
    let error = Files(path.clone()).load().unwrap_err().to_string();
    assert!(error.contains("cannot read") && error.contains("key.pem"), "{error}");
}

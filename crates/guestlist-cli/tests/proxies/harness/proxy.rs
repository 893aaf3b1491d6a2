//! What a proxy must tell about itself for the scenarios to run behind it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ports::free_port;
use super::shipped::root;

/// A kind of proxy, in one of the ways it can ask the check server.
pub(crate) trait Proxy {
    /// Its name in messages, and the name of its program.
    const NAME: &'static str;
    /// What its clients get while nothing listens where the check server was.
    const CHECKER_DOWN: u16;
    /// What its clients get when the check server does not answer in time.
    const CHECKER_SLOW: u16;
    /// What its clients get when the request is too long for the check server, which answers 431.
    const CHECKER_431: u16;
    /// Whether the check server is told of every header. Where it is told only of those that matter, no other can be too long for it, and what the proxy itself takes is the limit: past that, clients
    /// get `CHECKER_431`.
    const TELLS_ALL: bool = true;
    /// Whether it makes one header of a repeated one, and takes a Referer away that it cannot read, before anybody sees them, so that the server behind sees what was decided on.
    const TIDIES: bool = false;

    /// The program, if it is installed.
    fn program() -> Option<PathBuf> {
        find(Self::NAME)
    }

    /// Writes the files of `deploy/`, with the addresses of this place, into its folder, and says how to start the proxy in the foreground.
    fn command(program: &Path, place: &Place) -> Command;
}

/// Where everything is: a folder for files, and addresses to listen on.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    /// The proxy's, for clients.
    pub(crate) proxy: SocketAddr,
    /// The web server's behind it.
    pub(crate) backend: SocketAddr,
    /// The check server's: HTTP/1.1 and HTTP/2, here and on the socket.
    pub(crate) check: SocketAddr,
    pub(crate) socket: PathBuf,
    pub(crate) spop: SocketAddr,
    pub(crate) admin: SocketAddr,
}

impl Place {
    pub(crate) fn new(folder: &Path, backend: SocketAddr) -> Self {
        Self {
            folder: folder.to_owned(),
            proxy: free_port(),
            backend,
            check: free_port(),
            socket: folder.join("check.sock"),
            spop: free_port(),
            admin: free_port(),
        }
    }
}

/// Looks for a program where `tests/proxies/install` puts it, on the path, and where Debian keeps servers, which is not on every path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(root().join("target/proxies")).chain(std::env::split_paths(&path));
    folders
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

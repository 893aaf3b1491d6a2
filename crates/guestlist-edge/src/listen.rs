//! Addresses → listeners → streams: TCP and unix sockets behind one type each.

use core::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use guestlist_config::{Address, Server};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

/// Everything a server listens on.
#[derive(Debug)]
pub struct Listeners {
    pub(crate) check: Vec<Listener>,
    pub(crate) spop: Vec<Listener>,
    pub(crate) admin: Listener,
    pub(crate) console: Option<Listener>,
}

/// Where a server listens: the addresses that were asked for, with the port that the system chose where it was 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// For checks.
    pub check: Vec<Address>,
    /// For HAProxy's SPOE.
    pub spop: Vec<Address>,
    /// For metrics, health and commands.
    pub admin: Address,
    /// For those who keep lists, where there is a store.
    pub console: Option<Address>,
}

impl Listeners {
    /// Listens where a configuration says. A unix socket that a server left behind which is no more is taken over.
    ///
    /// # Errors
    ///
    /// If one of the addresses cannot be listened on; then none is.
    pub async fn bind(server: &Server) -> Result<Listeners, BindError> {
        let mode = server.socket_mode;
        let mut check = Vec::new();
        for address in &server.listen {
            check.push(Listener::bind(address, mode).await?);
        }
        let mut spop = Vec::new();
        for address in &server.spop {
            spop.push(Listener::bind(address, mode).await?);
        }
        let admin = Listener::bind(&server.admin, mode).await?;
        let console = match &server.store {
            Some(store) => Some(Listener::bind(&store.console, mode).await?),
            None => None,
        };
        Ok(Listeners { check, spop, admin, console })
    }

    /// Where they listen.
    pub fn addresses(&self) -> Addresses {
        let addresses = |listeners: &[Listener]| listeners.iter().map(Listener::address).collect();
        Addresses {
            check: addresses(&self.check),
            spop: addresses(&self.spop),
            admin: self.admin.address(),
            console: self.console.as_ref().map(Listener::address),
        }
    }
}

/// Why an address cannot be listened on.
#[derive(Debug)]
pub struct BindError {
    address: Address,
    error: io::Error,
}

impl std::error::Error for BindError {}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let help = match self.error.kind() {
            io::ErrorKind::AddrInUse => "another program listens there; end it, or choose another address",
            io::ErrorKind::PermissionDenied => {
                "this user may not listen there; ports below 1024 need a privilege, a socket the right to write to its directory"
            }
            io::ErrorKind::AddrNotAvailable => "this machine does not have that address",
            io::ErrorKind::NotFound => "the directory of the socket does not exist; make it",
            io::ErrorKind::AlreadyExists => {
                "a file is in its place that is no socket; move it away, or choose another path"
            }
            _ => "choose another address",
        };
        write!(f, "cannot listen on {}: {}; {help}", self.address, self.error)
    }
}

#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener, SocketFile),
}

/// The file of a unix socket, removed at the end if it is still ours.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    inode: Option<u64>,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if inode(&self.path) == self.inode {
            fs::remove_file(&self.path).ok();
        }
    }
}

fn inode(path: &Path) -> Option<u64> {
    fs::symlink_metadata(path).ok().map(|metadata| metadata.ino())
}

impl Listener {
    pub(crate) async fn bind(address: &Address, mode: u32) -> Result<Listener, BindError> {
        let bound = match address {
            Address::Tcp(address) => TcpListener::bind(address).await.map(Listener::Tcp),
            Address::Unix(path) => bind_unix(path, mode).await,
        };
        bound.map_err(|error| BindError { address: address.clone(), error })
    }

    pub(crate) fn address(&self) -> Address {
        match self {
            Listener::Tcp(listener) => listener.local_addr().map_or(Address::loopback(0), Address::Tcp),
            Listener::Unix(_, file) => Address::Unix(file.path.clone()),
        }
    }

    pub(crate) async fn accept(&self) -> io::Result<Stream> {
        match self {
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Answers are small, and someone waits for each. It fails for a client that is gone.
                stream.set_nodelay(true).ok();
                Ok(Stream::Tcp { stream })
            }
            Listener::Unix(listener, _) => Ok(Stream::Unix { stream: listener.accept().await?.0 }),
        }
    }
}

async fn bind_unix(path: &Path, mode: u32) -> io::Result<Listener> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if !metadata.file_type().is_socket() => return Err(io::ErrorKind::AlreadyExists.into()),
        // Whoever answers there is alive.
        Ok(_) => match UnixStream::connect(path).await {
            Ok(_) => return Err(io::ErrorKind::AddrInUse.into()),
            // Left behind; what is made now takes its place.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(error) => return Err(error),
        },
        Err(_) => {}
    }
    // It has its permissions before it has its name, so that nobody gets in between.
    let mut made = path.as_os_str().to_os_string();
    made.push(format!(".{}", std::process::id()));
    let made = Path::new(&made);
    fs::remove_file(made).ok();
    let listener = UnixListener::bind(made)?;
    let named =
        fs::set_permissions(made, fs::Permissions::from_mode(mode)).and_then(|()| fs::rename(made, path));
    if let Err(error) = named {
        fs::remove_file(made).ok();
        return Err(error);
    }
    Ok(Listener::Unix(listener, SocketFile { path: path.to_path_buf(), inode: inode(path) }))
}

pin_project_lite::pin_project! {
    /// A connection.
    #[project = StreamProjection]
    pub(crate) enum Stream {
        Tcp { #[pin] stream: TcpStream },
        Unix { #[pin] stream: UnixStream },
    }
}

impl Stream {
    /// Writes what fits at once, to someone who is not waited for.
    pub(crate) fn try_write(&self, bytes: &[u8]) {
        match self {
            Stream::Tcp { stream } => stream.try_write(bytes).ok(),
            Stream::Unix { stream } => stream.try_write(bytes).ok(),
        };
    }

    pub(crate) fn is_tcp(&self) -> bool {
        matches!(self, Stream::Tcp { .. })
    }
}

impl AsyncRead for Stream {
    #[inline]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.project() {
            StreamProjection::Tcp { stream } => stream.poll_read(cx, buf),
            StreamProjection::Unix { stream } => stream.poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    #[inline]
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.project() {
            StreamProjection::Tcp { stream } => stream.poll_write(cx, buf),
            StreamProjection::Unix { stream } => stream.poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.project() {
            StreamProjection::Tcp { stream } => stream.poll_flush(cx),
            StreamProjection::Unix { stream } => stream.poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.project() {
            StreamProjection::Tcp { stream } => stream.poll_shutdown(cx),
            StreamProjection::Unix { stream } => stream.poll_shutdown(cx),
        }
    }

    #[inline]
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.project() {
            StreamProjection::Tcp { stream } => stream.poll_write_vectored(cx, bufs),
            StreamProjection::Unix { stream } => stream.poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}

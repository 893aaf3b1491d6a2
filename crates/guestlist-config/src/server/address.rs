//! Addresses that a server listens on.

use core::fmt;
use core::str::FromStr;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// A TCP address or a unix socket: `127.0.0.1:8080`, `[::1]:8080` or `unix:/run/guestlist/check.sock`.
///
/// ```
/// use guestlist_config::Address;
///
/// let address: Address = "unix:/run/guestlist/check.sock".parse()?;
/// assert!(address.is_local());
/// assert_eq!(address.to_string(), "unix:/run/guestlist/check.sock");
/// # Ok::<(), guestlist_config::InvalidAddress>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A TCP address; port 0 asks the system for a free one.
    Tcp(SocketAddr),
    /// The path of a unix socket.
    Unix(PathBuf),
}

impl Address {
    /// This port of 127.0.0.1.
    pub const fn loopback(port: u16) -> Address {
        Address::Tcp(SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port))
    }

    /// Whether only programs of this machine reach it.
    pub fn is_local(&self) -> bool {
        match self {
            Address::Tcp(address) => address.ip().to_canonical().is_loopback(),
            Address::Unix(_) => true,
        }
    }
}

/// Text that is no [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidAddress(());

impl std::error::Error for InvalidAddress {}

impl fmt::Display for InvalidAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "write an address with its port, such as `127.0.0.1:8080` or `[::1]:8080`, or `unix:` and a path",
        )
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Address, InvalidAddress> {
        match text.strip_prefix("unix:") {
            // Linux takes 107 bytes; a longer one would be cut or refused by the system.
            Some(path) if !path.is_empty() && path.len() < 108 && !path.contains('\0') => {
                Ok(Address::Unix(path.into()))
            }
            Some(_) => Err(InvalidAddress(())),
            None => text.parse().map(Address::Tcp).map_err(|_| InvalidAddress(())),
        }
    }
}

/// As it is read.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => address.fmt(f),
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

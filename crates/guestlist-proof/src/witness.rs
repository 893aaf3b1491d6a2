//! A host that shows something.

use core::fmt;

/// With which ports a host shows what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// With each, and with none.
    Any,
    /// With this one; others may do as well.
    One(u16),
    /// Only where there is none: a bare host, or an origin whose scheme has no default port.
    None,
}

/// A host that shows something, and with which port: one that an edit newly admits, for example. Valid, in lower case, and checked.
///
/// Shown as `host`, or `host:port` where the port matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    host: String,
    ports: Ports,
}

impl Witness {
    pub(crate) fn new(host: String, ports: Ports) -> Witness {
        Witness { host, ports }
    }

    /// The host without a port: a name, an IPv4 address, or an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// With which ports.
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// The value of an `Origin` header that shows it; `None` where no origin with `http` or `https` does.
    pub fn origin(&self) -> Option<String> {
        Some(match self.ports {
            Ports::Any | Ports::One(443) => format!("https://{}", self.host),
            Ports::One(80) => format!("http://{}", self.host),
            Ports::One(port) => format!("https://{}:{port}", self.host),
            Ports::None => return None,
        })
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ports {
            Ports::One(port) => write!(f, "{}:{port}", self.host),
            Ports::Any | Ports::None => f.write_str(&self.host),
        }
    }
}

/// As it is shown.
#[cfg(feature = "serde")]
impl serde::Serialize for Witness {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

//! Header bytes → [`Origin`]: scheme, host and effective port. Nothing else in the project reads header bytes (SPEC §4).
//!
//! A header comes from a stranger. It is read strictly, without decoding, mapping or folding anything, and without allocating; what is
//! not exactly of the form is [`Malformed`] and says where. Patterns are matched against the origin, never against raw text.
//!
//! What holds for every byte string: where this module reads an origin, a browser's URL parser reads the same host and the same port. It may refuse more.
//!
//! Cost: one pass over the bytes up to the end of the authority, without allocating; where it is malformed a second, for an `@` that explains it. A host with an
//! `xn--` label is also checked by the `idna` crate, which may allocate a little where the host has many labels or capitals.

mod ordinary;
mod reader;
mod short;

use core::fmt;

pub(crate) use self::ordinary::Ordinary;
use self::ordinary::Read;
use self::reader::{Ends, Reader};
pub(crate) use self::short::Short;
use crate::host::{self, MAX_IPV6};
use crate::vector::{Level, SHORT, Simd};

/// Longest `Origin` value, in bytes.
pub const MAX_ORIGIN_BYTES: usize = 512;
/// Longest `Referer` value, in bytes.
pub const MAX_REFERER_BYTES: usize = 8192;

/// Where a request comes from: scheme, host and effective port.
///
/// ```
/// use guestlist::{Host, Origin, Scheme};
///
/// let origin = Origin::from_referer_header(b"https://Shop.example.com./cart?id=7")?;
/// assert_eq!(origin.scheme(), Some(Scheme::Https));
/// assert_eq!(origin.host(), Host::Name("Shop.example.com"));
/// assert_eq!(origin.port(), Some(443));
/// assert_eq!(origin.to_string(), "https://shop.example.com");
/// # Ok::<(), guestlist::NoOrigin>(())
/// ```
///
/// Two origins are equal if scheme, host and port are, regardless of the case of letters.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    scheme: Option<Scheme<'a>>,
    name: Name<'a>,
    port: Option<u16>,
}

/// A host as it was read. Its bytes are known to be ASCII, and are made a `str` only where someone asks: looking at them again takes as long as a check.
#[derive(Clone, Copy)]
enum Name<'a> {
    /// A name or an IPv4 address, and how many of its bytes are behind the first dot, which whoever reads it knows.
    Text {
        text: &'a [u8],
        behind: u32,
    },
    Ipv6([u16; 8]),
}

impl PartialEq for Origin<'_> {
    fn eq(&self, other: &Origin<'_>) -> bool {
        self.scheme == other.scheme && self.host() == other.host() && self.port == other.port
    }
}

impl Eq for Origin<'_> {}

impl fmt::Debug for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin")
            .field("scheme", &self.scheme)
            .field("host", &self.host())
            .field("port", &self.port)
            .finish()
    }
}

/// The scheme of an origin. Two schemes are equal regardless of the case of their letters.
#[derive(Clone, Copy, Debug)]
pub enum Scheme<'a> {
    /// `http`, with the default port 80.
    Http,
    /// `https`, with the default port 443.
    Https,
    /// Any other, as it was sent; supported only where a gate names it. `ws`, `wss` and `ftp` have the default ports of the URL standard, the rest have none.
    Other(&'a str),
}

impl<'a> Scheme<'a> {
    /// The name of the scheme: lower case for `http` and `https`, as it was sent for others.
    pub fn as_str(self) -> &'a str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
            Scheme::Other(name) => name,
        }
    }

    /// The port that counts when none is written.
    pub fn default_port(self) -> Option<u16> {
        match self {
            Scheme::Http => Some(80),
            Scheme::Https => Some(443),
            Scheme::Other(name) => [("ws", 80), ("wss", 443), ("ftp", 21)]
                .into_iter()
                .find_map(|(known, port)| known.eq_ignore_ascii_case(name).then_some(port)),
        }
    }
}

impl PartialEq for Scheme<'_> {
    fn eq(&self, other: &Scheme<'_>) -> bool {
        self.as_str().eq_ignore_ascii_case(other.as_str())
    }
}

impl Eq for Scheme<'_> {}

/// The host of an origin.
///
/// Two hosts are equal regardless of the case of their letters.
#[derive(Clone, Copy, Debug)]
pub enum Host<'a> {
    /// A name or an IPv4 address, as it was sent but for the root dot: the letters may be in either case.
    Name(&'a str),
    /// An IPv6 address, as its eight groups.
    Ipv6([u16; 8]),
}

impl PartialEq for Host<'_> {
    fn eq(&self, other: &Host<'_>) -> bool {
        match (self, other) {
            (Host::Name(one), Host::Name(other)) => one.eq_ignore_ascii_case(other),
            (Host::Ipv6(one), Host::Ipv6(other)) => one == other,
            _ => false,
        }
    }
}

impl Eq for Host<'_> {}

/// Why a header gives no origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoOrigin {
    /// The value is empty, which counts as a header that was not sent.
    Missing,
    /// The value is `null`: an origin that the browser keeps to itself.
    Opaque,
    /// The value is not of the form that the header has.
    Malformed(Malformed),
}

/// What is wrong with a header, and where. `Copy` data, made without allocating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Malformed {
    /// What is wrong.
    pub kind: MalformedKind,
    /// The byte of the value at which it is wrong, counted from 0, blanks in front included.
    pub at: u32,
}

macro_rules! malformed_kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)+) => {
        /// What can be wrong with a header (SPEC §4). [`MalformedKind::code`] is stable; new kinds may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
        #[non_exhaustive]
        pub enum MalformedKind { $($(#[$doc])* $name,)+ }

        impl MalformedKind {
            /// Every kind there is, for tables and metrics.
            pub const ALL: &'static [MalformedKind] = &[$(MalformedKind::$name,)+];

            /// A short name that does not change between releases, such as `user-info`.
            pub const fn code(self) -> &'static str {
                match self { $(MalformedKind::$name => $code,)+ }
            }

            /// What is wrong, in words.
            pub const fn description(self) -> &'static str {
                match self { $(MalformedKind::$name => $message,)+ }
            }
        }
    };
}

malformed_kinds! {
    /// The header was sent more than once.
    Repeated = "repeated", "the header was sent more than once";
    /// The value is over the limit.
    TooLong = "too-long", "the value is too long";
    /// There is no `scheme://` in front.
    NoScheme = "no-scheme", "it does not begin with a scheme and `://`";
    /// `@`: user info, which is how a stranger hides the real host.
    UserInfo = "user-info", "`@`: user name and password are not part of an origin";
    /// `\`, which browsers read as `/`.
    Backslash = "backslash", "a backslash has no place in a host";
    /// A blank or a tab inside the value; also several origins in one value.
    Blank = "blank", "a blank inside the value";
    /// A control character.
    Control = "control", "a control character";
    /// `%`: nothing is decoded.
    Percent = "percent", "a percent escape has no place in a host";
    /// A byte that is not ASCII: browsers send names in their `xn--` form.
    NonAscii = "non-ascii", "a host is sent in ASCII";
    /// `/`, `?` or `#` in an `Origin`.
    PathInOrigin = "path-in-origin", "an origin has no path, query or fragment";
    /// Any other character that no host has.
    HostCharacter = "host-character", "this character cannot stand in a host";
    /// Nothing where the host should be.
    EmptyHost = "empty-host", "there is no host";
    /// Two dots in a row or a dot in front.
    EmptyLabel = "empty-label", "an empty label";
    /// A label of more than 63 bytes.
    LabelTooLong = "label-too-long", "a label has at most 63 bytes";
    /// A host of more than 253 bytes.
    HostTooLong = "host-too-long", "a host has at most 253 bytes";
    /// The last label is a number, but this is no IPv4 address in its canonical form.
    Ipv4 = "ipv4", "a host that ends in a number must be a canonical IPv4 address";
    /// What stands in the brackets is no IPv6 address.
    Ipv6 = "ipv6", "this is not an IPv6 address";
    /// A label that begins with `xn--` and is not a valid A-label, or does not go with its neighbours.
    ALabel = "a-label", "a label that begins with `xn--` is not a valid A-label";
    /// A colon without a port.
    EmptyPort = "empty-port", "there is no port after the colon";
    /// Something other than a digit in the port.
    PortCharacter = "port-character", "a port holds digits only";
    /// Port 0, over 65535, or with a zero in front.
    PortRange = "port-range", "a port is a number from 1 to 65535 without leading zeros";
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            MalformedKind::Repeated => f.write_str(self.kind.description()),
            kind => write!(f, "{} (at byte {})", kind.description(), self.at),
        }
    }
}

impl std::error::Error for Malformed {}

impl fmt::Display for NoOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoOrigin::Missing => f.write_str("the header is empty"),
            NoOrigin::Opaque => f.write_str("the origin is opaque (`null`)"),
            NoOrigin::Malformed(malformed) => malformed.fmt(f),
        }
    }
}

impl std::error::Error for NoOrigin {}

impl<'a> Origin<'a> {
    /// Reads the value of an `Origin` header: `scheme "://" host [":" port]` and nothing more, or `null`.
    ///
    /// Blanks and tabs around the value are not part of it.
    ///
    /// # Errors
    ///
    /// [`NoOrigin`] tells an empty value, an opaque origin and a malformed value apart. A scheme other than `http` and `https` is no error
    /// here: which schemes are supported is for the gate to say.
    pub fn from_origin_header(value: &'a [u8]) -> Result<Origin<'a>, NoOrigin> {
        Level::best().run(Read { value, ends: Ends::Value })
    }

    /// Reads the value of a `Referer` header: a URL, of which only scheme, host and port are looked at.
    ///
    /// The authority ends at the first `/`, `?` or `#`; the rest is ignored. Otherwise as [`Origin::from_origin_header`], but `null` is malformed.
    pub fn from_referer_header(value: &'a [u8]) -> Result<Origin<'a>, NoOrigin> {
        Level::best().run(Read { value, ends: Ends::Path })
    }

    /// As [`Origin::from_origin_header`], with these instructions; for measurements and tests.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn from_origin_header_with(value: &'a [u8], simd: Simd) -> Result<Origin<'a>, NoOrigin> {
        simd.level().run(Read { value, ends: Ends::Value })
    }

    /// As [`Origin::from_referer_header`], with these instructions; for measurements and tests.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn from_referer_header_with(value: &'a [u8], simd: Simd) -> Result<Origin<'a>, NoOrigin> {
        simd.level().run(Read { value, ends: Ends::Path })
    }

    /// Reads a bare `host` or `host:port`, as a person types it but without blanks around it. With no port written it has none, and no
    /// pattern with a port matches it.
    ///
    /// ```
    /// assert_eq!(guestlist::Origin::from_host(b"localhost:3000")?.port(), Some(3000));
    /// assert_eq!(guestlist::Origin::from_host(b"localhost")?.port(), None);
    /// # Ok::<(), guestlist::NoOrigin>(())
    /// ```
    pub fn from_host(value: &'a [u8]) -> Result<Origin<'a>, NoOrigin> {
        match value {
            b"" => Err(NoOrigin::Missing),
            _ => Reader { value, skipped: 0, ends: Ends::Value }.authority(0, None),
        }
    }

    /// The scheme; `None` for a bare host.
    pub fn scheme(&self) -> Option<Scheme<'a>> {
        self.scheme
    }

    /// The host, without the root dot.
    pub fn host(&self) -> Host<'a> {
        match self.name {
            // Every byte was looked at and is ASCII.
            Name::Text { text, .. } => Host::Name(core::str::from_utf8(text).unwrap_or_default()),
            Name::Ipv6(groups) => Host::Ipv6(groups),
        }
    }

    /// The effective port: the one that was sent, else the default of the scheme. `None` for a bare host or another scheme without a port.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The host's text; `None` for an IPv6 address.
    #[inline(always)]
    pub(crate) fn name(&self) -> Option<&'a [u8]> {
        match self.name {
            Name::Text { text, .. } => Some(text),
            Name::Ipv6(_) => None,
        }
    }

    /// The host's text if it fits a short frame, and how many of its bytes are behind the first dot.
    #[inline(always)]
    fn short_name(&self) -> Option<(&'a [u8], u32)> {
        match self.name {
            Name::Text { text, behind } if text.len() <= SHORT => Some((text, behind)),
            _ => None,
        }
    }

    /// Calls `f` with the text that the automaton reads, in two pieces: the host, and `:port` or nothing.
    pub(crate) fn with_text<R>(&self, f: impl FnOnce(&[u8], &[u8]) -> R) -> R {
        with_port_text(self.port, |tail| match self.name {
            Name::Text { text, .. } => f(text, tail),
            Name::Ipv6(groups) => {
                let mut text = [0; MAX_IPV6];
                let len = host::write_ipv6(groups, &mut text);
                f(&text[..len], tail)
            }
        })
    }
}

/// Calls `f` with `:port`, or nothing.
pub(crate) fn with_port_text<R>(port: Option<u16>, f: impl FnOnce(&[u8]) -> R) -> R {
    let mut text = [b':'; 6];
    let Some(mut rest) = port else { return f(&[]) };
    let mut start = text.len();
    loop {
        start -= 1;
        // A digit; the remainder of ten fits.
        text[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    f(&text[start - 1..])
}

/// The origin as a browser serialises it: lower case, the port only where it is not the scheme's default.
impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        let lower = |f: &mut fmt::Formatter<'_>, text: &str| {
            text.chars().try_for_each(|c| f.write_char(c.to_ascii_lowercase()))
        };
        if let Some(scheme) = self.scheme {
            lower(f, scheme.as_str())?;
            f.write_str("://")?;
        }
        self.host().fmt(f)?;
        match self.port {
            Some(port) if self.scheme.and_then(Scheme::default_port) != Some(port) => write!(f, ":{port}"),
            _ => Ok(()),
        }
    }
}

/// The host in lower case; an IPv6 address in brackets and in canonical form.
impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        match *self {
            Host::Name(name) => name.chars().try_for_each(|c| f.write_char(c.to_ascii_lowercase())),
            Host::Ipv6(groups) => {
                let mut text = [0; MAX_IPV6];
                let len = host::write_ipv6(groups, &mut text);
                text[..len].iter().try_for_each(|byte| f.write_char(char::from(*byte)))
            }
        }
    }
}

/// Reads any value.
#[cold]
fn read(value: &[u8], ends: Ends) -> Result<Origin<'_>, NoOrigin> {
    let reader = Reader::new(value, ends);
    let most = match ends {
        Ends::Value => MAX_ORIGIN_BYTES,
        Ends::Path => MAX_REFERER_BYTES,
    };
    match reader.value() {
        b"" => Err(NoOrigin::Missing),
        b"null" if ends == Ends::Value => Err(NoOrigin::Opaque),
        value if value.len() > most => Err(reader.malformed(MalformedKind::TooLong, most)),
        _ => reader.origin(),
    }
}

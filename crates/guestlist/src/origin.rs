//! Header bytes → [`Origin`]: scheme, host and effective port. Nothing else in the project reads header bytes (SPEC §4).
//!
//! A header comes from a stranger. It is read strictly, without decoding, mapping or folding anything, and without allocating; what is
//! not exactly of the form is [`Malformed`] and says where. Patterns are matched against the origin, never against raw text.
//!
//! What holds for every byte string: where this module reads an origin, a browser's URL parser reads the same host and the same port. It may refuse more.
//!
//! Cost: one pass over the bytes up to the end of the authority, without allocating; where it is malformed a second, for an `@` that explains it. A host with an
//! `xn--` label is also checked by the `idna` crate, which may allocate a little where the host has many labels or capitals.

use core::fmt;

use crate::host::{self, MAX_HOST, MAX_IPV6, MAX_IPV6_WRITTEN, MAX_LABEL};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    scheme: Option<Scheme<'a>>,
    host: Host<'a>,
    port: Option<u16>,
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
        let reader = Reader::new(value, Ends::Value);
        match reader.value() {
            b"" => Err(NoOrigin::Missing),
            b"null" => Err(NoOrigin::Opaque),
            value if value.len() > MAX_ORIGIN_BYTES => {
                Err(reader.malformed(MalformedKind::TooLong, MAX_ORIGIN_BYTES))
            }
            _ => reader.origin(),
        }
    }

    /// Reads the value of a `Referer` header: a URL, of which only scheme, host and port are looked at.
    ///
    /// The authority ends at the first `/`, `?` or `#`; the rest is ignored. Otherwise as [`Origin::from_origin_header`], but `null` is malformed.
    pub fn from_referer_header(value: &'a [u8]) -> Result<Origin<'a>, NoOrigin> {
        let reader = Reader::new(value, Ends::Path);
        match reader.value() {
            b"" => Err(NoOrigin::Missing),
            value if value.len() > MAX_REFERER_BYTES => {
                Err(reader.malformed(MalformedKind::TooLong, MAX_REFERER_BYTES))
            }
            _ => reader.origin(),
        }
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
        self.host
    }

    /// The effective port: the one that was sent, else the default of the scheme. `None` for a bare host or another scheme without a port.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Calls `f` with the text that the automaton reads, in two pieces: the host, and `:port` or nothing.
    pub(crate) fn with_text<R>(&self, f: impl FnOnce(&[u8], &[u8]) -> R) -> R {
        let mut tail = [b':'; 6];
        let tail = match self.port {
            None => &tail[..0],
            Some(port) => {
                let mut rest = port;
                let mut start = tail.len();
                loop {
                    start -= 1;
                    // A digit; the remainder of ten fits.
                    tail[start] = b'0' + (rest % 10) as u8;
                    rest /= 10;
                    if rest == 0 {
                        break;
                    }
                }
                &tail[start - 1..]
            }
        };
        match self.host {
            Host::Name(name) => f(name.as_bytes(), tail),
            Host::Ipv6(groups) => {
                let mut text = [0; MAX_IPV6];
                let len = host::write_ipv6(groups, &mut text);
                f(&text[..len], tail)
            }
        }
    }
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
        self.host.fmt(f)?;
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

/// What may follow the authority.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Nothing.
    Value,
    /// `/`, `?` or `#`, and whatever follows.
    Path,
}

struct Reader<'a> {
    value: &'a [u8],
    /// Blanks that were taken off in front.
    skipped: usize,
    ends: Ends,
}

impl<'a> Reader<'a> {
    fn new(value: &'a [u8], ends: Ends) -> Reader<'a> {
        let blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
        let skipped = value.iter().take_while(|byte| blank(byte)).count();
        let end = value.len() - value[skipped..].iter().rev().take_while(|byte| blank(byte)).count();
        Reader { value: &value[skipped..end], skipped, ends }
    }

    fn value(&self) -> &'a [u8] {
        self.value
    }

    fn malformed(&self, kind: MalformedKind, at: usize) -> NoOrigin {
        NoOrigin::Malformed(Malformed { kind, at: u32::try_from(self.skipped + at).unwrap_or(u32::MAX) })
    }

    /// `scheme "://" authority`.
    fn origin(&self) -> Result<Origin<'a>, NoOrigin> {
        let value = self.value;
        // The two that nearly every request has, without a search.
        if value.len() >= 8 && value[..8].eq_ignore_ascii_case(b"https://") {
            return self.authority(8, Some(Scheme::Https));
        }
        if value.len() >= 7 && value[..7].eq_ignore_ascii_case(b"http://") {
            return self.authority(7, Some(Scheme::Http));
        }
        let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let len = value.iter().take_while(|byte| is_scheme(byte)).count();
        let no_scheme = self.malformed(MalformedKind::NoScheme, 0);
        if !value[0].is_ascii_alphabetic() || !value[len..].starts_with(b"://") {
            return Err(no_scheme);
        }
        let name = core::str::from_utf8(&value[..len]).map_err(|_| no_scheme)?;
        self.authority(len + 3, Some(Scheme::Other(name)))
    }

    /// `host [":" port]` from `start` to the end, or to the path where there may be one.
    fn authority(&self, start: usize, scheme: Option<Scheme<'a>>) -> Result<Origin<'a>, NoOrigin> {
        self.host_and_port(start, scheme).map_err(|error| self.user_info(start).unwrap_or(error))
    }

    /// The first `@` of a malformed authority: whatever else seems wrong, such as letters in a port, is user info that was taken for host and port.
    ///
    /// Only for authorities that are malformed: no other has an `@`, so the good path need not look for one. The search ends at a backslash, because the authority ends
    /// there for browsers.
    #[cold]
    fn user_info(&self, start: usize) -> Option<NoOrigin> {
        let ends = |byte: &u8| matches!(byte, b'/' | b'?' | b'#' | b'\\');
        let mut authority = self.value[start..].iter().take_while(|byte| !ends(byte));
        let at = authority.position(|byte| *byte == b'@')?;
        Some(self.malformed(MalformedKind::UserInfo, start + at))
    }

    fn host_and_port(&self, start: usize, scheme: Option<Scheme<'a>>) -> Result<Origin<'a>, NoOrigin> {
        let (host, end) =
            if self.value.get(start) == Some(&b'[') { self.ipv6(start)? } else { self.name(start)? };
        let port = match self.value.get(end) {
            Some(b':') => Some(self.port(end + 1)?),
            next => {
                self.end(next.copied(), end)?;
                scheme.and_then(Scheme::default_port)
            }
        };
        Ok(Origin { scheme, host, port })
    }

    /// Checks that the authority may end before `next`.
    fn end(&self, next: Option<u8>, at: usize) -> Result<(), NoOrigin> {
        let kind = match next {
            None => return Ok(()),
            Some(b'/' | b'?' | b'#') if self.ends == Ends::Path => return Ok(()),
            Some(b'/' | b'?' | b'#') => MalformedKind::PathInOrigin,
            Some(b'\\') => MalformedKind::Backslash,
            Some(b' ' | b'\t') => MalformedKind::Blank,
            Some(b'%') => MalformedKind::Percent,
            Some(0x80..) => MalformedKind::NonAscii,
            Some(byte) if byte.is_ascii_control() => MalformedKind::Control,
            Some(_) => MalformedKind::HostCharacter,
        };
        Err(self.malformed(kind, at))
    }

    /// A name or an IPv4 address, and where it ends.
    fn name(&self, start: usize) -> Result<(Host<'a>, usize), NoOrigin> {
        let rest = &self.value[start..];
        let len =
            rest.iter().position(|byte| !host::is_label_byte(*byte) && *byte != b'.').unwrap_or(rest.len());
        let name = &rest[..len];
        if let Some(next) = rest.get(len).copied().filter(|next| *next != b':') {
            self.end(Some(next), start + len)?;
        }
        let name = name.strip_suffix(b".").unwrap_or(name);
        if name.is_empty() {
            return Err(self.malformed(MalformedKind::EmptyHost, start));
        }
        if name.len() > MAX_HOST {
            return Err(self.malformed(MalformedKind::HostTooLong, start + MAX_HOST));
        }
        let mut at = 0;
        let mut labels = 0;
        let mut last: &[u8] = &[];
        let mut is_ace = false;
        for label in name.split(|byte| *byte == b'.') {
            if label.is_empty() {
                return Err(self.malformed(MalformedKind::EmptyLabel, start + at));
            }
            if label.len() > MAX_LABEL {
                return Err(self.malformed(MalformedKind::LabelTooLong, start + at + MAX_LABEL));
            }
            is_ace |= host::has_ace_prefix(label);
            at += label.len() + 1;
            labels += 1;
            last = label;
        }
        if host::is_number(last) && !(labels == 4 && name.split(|byte| *byte == b'.').all(host::is_octet)) {
            return Err(self.malformed(MalformedKind::Ipv4, start));
        }
        if is_ace && !host::has_valid_a_labels(name) {
            return Err(self.malformed(MalformedKind::ALabel, start));
        }
        // All label bytes are ASCII, so this cannot fail.
        let name = core::str::from_utf8(name).map_err(|_| self.malformed(MalformedKind::NonAscii, start))?;
        Ok((Host::Name(name), start + len))
    }

    /// An IPv6 literal with its brackets, and where it ends.
    fn ipv6(&self, start: usize) -> Result<(Host<'a>, usize), NoOrigin> {
        let malformed = self.malformed(MalformedKind::Ipv6, start);
        let inside = &self.value[start + 1..];
        // No address is longer; so a bracket that is never closed costs no long search.
        let close = inside.iter().take(MAX_IPV6_WRITTEN + 1).position(|byte| *byte == b']');
        let len = close.ok_or(malformed)?;
        let groups = host::parse_ipv6(&inside[..len]).ok_or(malformed)?;
        Ok((Host::Ipv6(groups), start + len + 2))
    }

    /// The digits from `start`, and the end of the authority behind them.
    fn port(&self, start: usize) -> Result<u16, NoOrigin> {
        let rest = &self.value[start..];
        let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        match rest.get(len).copied() {
            Some(b'/' | b'?' | b'#' | b' ' | b'\t') | None => {
                self.end(rest.get(len).copied(), start + len)?;
            }
            Some(_) => return Err(self.malformed(MalformedKind::PortCharacter, start + len)),
        }
        let digits = &rest[..len];
        match digits {
            [] => Err(self.malformed(MalformedKind::EmptyPort, start)),
            [b'0', ..] => Err(self.malformed(MalformedKind::PortRange, start)),
            digits if digits.len() > 5 => Err(self.malformed(MalformedKind::PortRange, start)),
            digits => {
                let value = digits.iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
                u16::try_from(value).map_err(|_| self.malformed(MalformedKind::PortRange, start))
            }
        }
    }
}

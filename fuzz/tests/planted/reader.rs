//! Headers and hosts, with the bugs that belong there. What is valid is asked of the reference, so that a reader is wrong in one place only.

use guestlist_reference::{Header, Host, Origin, read_host};

use crate::bug::Bug;
use crate::subject::Planted;

/// Which header a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Origin,
    Referer,
}

impl Planted {
    pub(crate) fn read_header(self, name: Name, value: &[u8]) -> Header {
        let blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
        let inner;
        let mut value = value;
        if self.has(Bug::InnerBlanksRemoved) {
            inner = value.iter().copied().filter(|byte| !b"\t\r\n".contains(byte)).collect::<Vec<_>>();
            value = &inner;
        }
        if self.has(Bug::OtherBlanksTrimmed) {
            value = value.trim_ascii();
        }
        let start = value.iter().position(|byte| !blank(byte)).unwrap_or(value.len());
        let end = value.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
        let value = &value[start..end];
        let limit = match name {
            Name::Origin if self.has(Bug::LongOriginAccepted) => usize::MAX,
            Name::Origin => 512,
            Name::Referer if self.has(Bug::LongRefererAccepted) => usize::MAX,
            Name::Referer => 8192,
        };
        let null_counts = name == Name::Origin || self.has(Bug::NullReferer);
        match value {
            [] if self.has(Bug::EmptyHeaderMalformed) => Header::Malformed,
            [] => Header::Missing,
            value if value.len() > limit => Header::Malformed,
            b"null" if null_counts => Header::Opaque,
            value if null_counts && self.has(Bug::NullInAnyCase) && value.eq_ignore_ascii_case(b"null") => {
                Header::Opaque
            }
            value => self.read_url(name, value).map_or(Header::Malformed, Header::Origin),
        }
    }

    fn read_url(self, name: Name, value: &[u8]) -> Option<Origin> {
        let colon = value.iter().position(|byte| *byte == b':')?;
        let (scheme, behind) = value.split_at(colon);
        let in_form = scheme.first().is_some_and(u8::is_ascii_alphabetic)
            && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
        if !in_form && !self.has(Bug::SchemeOfAnyForm) {
            return None;
        }
        let mut authority = match behind.strip_prefix(b"://") {
            None if self.has(Bug::SchemeSlashesOptional) => behind.strip_prefix(b":/")?,
            authority => authority?,
        };
        let ends: &[u8] = match (name, self.bug) {
            (Name::Origin, Some(Bug::OriginWithPath)) => b"/",
            (_, Some(Bug::ListOfOrigins)) => b", /",
            (Name::Referer, Some(Bug::BackslashEndsHost)) => b"/?#\\",
            (_, Some(Bug::BackslashEndsHost)) => b"\\",
            (Name::Referer, Some(Bug::OnlySlashEndsReferer)) => b"/",
            (Name::Origin, _) => b"",
            (Name::Referer, _) => b"/?#",
        };
        if let Some(end) = authority.iter().position(|byte| ends.contains(byte)) {
            authority = &authority[..end];
        }
        let at = authority.iter().rposition(|byte| *byte == b'@');
        match at {
            Some(at) if self.has(Bug::UserInfoSkipped) => authority = &authority[at + 1..],
            Some(at) if self.has(Bug::UserInfoAsHost) => {
                authority = authority[..at].split(|byte| *byte == b':').next()?;
            }
            _ => {}
        }
        let Origin { host, port, .. } = self.read_host(authority)?;
        let scheme = String::from_utf8(scheme.to_vec()).ok()?;
        let scheme = if self.has(Bug::SchemeCapitalsKept) { scheme } else { scheme.to_ascii_lowercase() };
        let default = match scheme.as_str() {
            _ if self.has(Bug::NoDefaultPort) => None,
            _ if self.has(Bug::HttpPortForAll) => Some(80),
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            "ftp" => Some(21),
            _ => None,
        };
        Some(Origin { scheme: Some(scheme), host, port: port.or(default) })
    }

    /// Reads `host` or `host:port`.
    pub(crate) fn read_host(self, text: &[u8]) -> Option<Origin> {
        let text = core::str::from_utf8(text).ok()?;
        let changed = self.changed(text);
        let address = changed.strip_prefix('[').and_then(|inside| inside.find(']'));
        if self.has(Bug::LongAddressRefused) && address.is_some_and(|len| len > 39) {
            return None;
        }
        let mut origin = read_host(changed.as_bytes()).or_else(|| self.read_refused(&changed))?;
        if let Host::Name(name) = &mut origin.host {
            let written = changed.split(':').next().unwrap_or_default();
            if self.has(Bug::RootDotOfHostKept) && written.ends_with('.') {
                name.push('.');
            }
            if self.has(Bug::CapitalsInHost) {
                *name = written.strip_suffix('.').unwrap_or(written).to_owned();
            }
            if self.has(Bug::UnderscoreInHostRefused) && name.contains('_') {
                return None;
            }
        }
        Some(origin)
    }

    /// What the text is taken for.
    fn changed(self, text: &str) -> String {
        let port = text.rfind(':').filter(|at| !text[*at..].contains(']'));
        let (host, port) = text.split_at(port.unwrap_or(text.len()));
        let digits = port.strip_prefix(':').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        match (self.bug, digits) {
            (Some(Bug::EmptyLabelAccepted), _) => host.replace("..", ".") + port,
            (Some(Bug::TwoRootDotsAccepted), _) => {
                host.strip_suffix("..").map_or(host.to_owned(), |name| format!("{name}.")) + port
            }
            (Some(Bug::ShortAddressAccepted), _) => match host.split_once('.') {
                Some((one, two)) if one.parse::<u8>().is_ok() && two.parse::<u8>().is_ok() => {
                    format!("{one}.0.0.{two}{port}")
                }
                _ => text.to_owned(),
            },
            (Some(Bug::ZoneDropped), _) => match (host.find('%'), host.ends_with(']')) {
                (Some(zone), true) => format!("{}]{port}", &host[..zone]),
                _ => text.to_owned(),
            },
            (Some(Bug::PercentDecoded), _) => text.replace("%2e", ".").replace("%41", "A"),
            (Some(Bug::ControlsFolded), _) => {
                let fold = |c: char| if c.is_ascii_control() { char::from(c as u8 | 0x20) } else { c };
                host.chars().map(fold).collect::<String>() + port
            }
            (Some(Bug::FullWidthDotMapped), _) => text.replace('\u{3002}', "."),
            (Some(Bug::EmptyPortAccepted), Some("")) => host.to_owned(),
            (Some(Bug::LeadingZerosAccepted), Some(digits)) if digits.len() > 1 => {
                format!("{host}:{}", digits.trim_start_matches('0'))
            }
            (Some(Bug::PortWraps), Some(digits)) if digits.len() > 4 => {
                let port: u64 = digits.parse().unwrap_or(0);
                format!("{host}:{}", port % 65536)
            }
            (Some(Bug::PortZeroAccepted), Some("0")) => format!("{host}:80"),
            _ => text.to_owned(),
        }
    }

    /// A host that the reference refuses, and a reader with this bug does not.
    fn read_refused(self, text: &str) -> Option<Origin> {
        let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let port = port
            .map(|port| read_host(format!("a:{port}").as_bytes())?.port)
            .map_or(Some(None), |port| port.map(Some))?;
        let in_form = host.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        });
        let number = host
            .split('.')
            .next_back()
            .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x"));
        let accepted = in_form
            && match self.bug {
                Some(Bug::LongHostAccepted) => host.len() > 253,
                Some(Bug::LongLabelAccepted) => {
                    host.len() <= 253 && host.split('.').any(|label| label.len() > 63)
                }
                Some(Bug::NumberAccepted) => number,
                Some(Bug::PunycodeUnchecked) => {
                    !number && host.split('.').any(|label| label.starts_with("xn--"))
                }
                _ => false,
            };
        accepted.then_some(Origin { scheme: None, host: Host::Name(host), port })
    }
}

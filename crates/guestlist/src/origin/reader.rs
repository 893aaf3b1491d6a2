//! The strict reader: any header value, byte by byte, with what is wrong and where (SPEC §4).

use super::{Malformed, MalformedKind, Name, NoOrigin, Origin, Scheme};
use crate::host::{self, MAX_HOST, MAX_IPV6_WRITTEN, MAX_LABEL};

/// What may follow the authority.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// Nothing.
    Value,
    /// `/`, `?` or `#`, and whatever follows.
    Path,
}

pub(super) struct Reader<'a> {
    pub(super) value: &'a [u8],
    /// Blanks that were taken off in front.
    pub(super) skipped: usize,
    pub(super) ends: Ends,
}

impl<'a> Reader<'a> {
    pub(super) fn new(value: &'a [u8], ends: Ends) -> Reader<'a> {
        let blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
        let skipped = value.iter().take_while(|byte| blank(byte)).count();
        let end = value.len() - value[skipped..].iter().rev().take_while(|byte| blank(byte)).count();
        Reader { value: &value[skipped..end], skipped, ends }
    }

    pub(super) fn value(&self) -> &'a [u8] {
        self.value
    }

    pub(super) fn malformed(&self, kind: MalformedKind, at: usize) -> NoOrigin {
        NoOrigin::Malformed(Malformed { kind, at: u32::try_from(self.skipped + at).unwrap_or(u32::MAX) })
    }

    /// `scheme "://" authority`.
    pub(super) fn origin(&self) -> Result<Origin<'a>, NoOrigin> {
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
    pub(super) fn authority(&self, start: usize, scheme: Option<Scheme<'a>>) -> Result<Origin<'a>, NoOrigin> {
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
        let (name, end) =
            if self.value.get(start) == Some(&b'[') { self.ipv6(start)? } else { self.name(start)? };
        let port = match self.value.get(end) {
            Some(b':') => Some(self.port(end + 1)?),
            next => {
                self.end(next.copied(), end)?;
                scheme.and_then(Scheme::default_port)
            }
        };
        Ok(Origin { scheme, name, port })
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
    fn name(&self, start: usize) -> Result<(Name<'a>, usize), NoOrigin> {
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
        let mut first = None;
        for label in name.split(|byte| *byte == b'.') {
            if label.is_empty() {
                return Err(self.malformed(MalformedKind::EmptyLabel, start + at));
            }
            if label.len() > MAX_LABEL {
                return Err(self.malformed(MalformedKind::LabelTooLong, start + at + MAX_LABEL));
            }
            is_ace |= host::has_ace_prefix(label);
            at += label.len() + 1;
            first.get_or_insert(at);
            labels += 1;
            last = label;
        }
        if host::is_number(last) && !(labels == 4 && name.split(|byte| *byte == b'.').all(host::is_octet)) {
            return Err(self.malformed(MalformedKind::Ipv4, start));
        }
        if is_ace && !host::has_valid_a_labels(name) {
            return Err(self.malformed(MalformedKind::ALabel, start));
        }
        // Of a name of up to 253 bytes; with one label it ends a byte before.
        let behind = name.len().saturating_sub(first.unwrap_or(at));
        Ok((Name::Text { text: name, behind: u32::try_from(behind).unwrap_or(u32::MAX) }, start + len))
    }

    /// An IPv6 literal with its brackets, and where it ends.
    fn ipv6(&self, start: usize) -> Result<(Name<'a>, usize), NoOrigin> {
        let malformed = self.malformed(MalformedKind::Ipv6, start);
        let inside = &self.value[start + 1..];
        // No address is longer; so a bracket that is never closed costs no long search.
        let close = inside.iter().take(MAX_IPV6_WRITTEN + 1).position(|byte| *byte == b']');
        let len = close.ok_or(malformed)?;
        let groups = host::parse_ipv6(&inside[..len]).ok_or(malformed)?;
        Ok((Name::Ipv6(groups), start + len + 2))
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

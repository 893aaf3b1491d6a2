//! One line of a log → the request's headers, or why the line cannot be read. The formats are in [`combined`](super::combined) and [`json`](super::json).

use guestlist::RequestHeaders;

use super::{combined, json};

/// How the lines of a log are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineFormat {
    /// The combined format of Apache and nginx.
    Combined,
    /// One JSON object a line.
    Json,
}

impl LineFormat {
    /// `combined` or `json`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            LineFormat::Combined => "combined",
            LineFormat::Json => "json",
        }
    }

    /// Reads a line without its line end and calls `f` with the headers of the request and whether the line has a place for `Origin` at all.
    ///
    /// `scratch` holds a value whose escapes had to be decoded.
    pub(super) fn read<R>(
        self,
        line: &[u8],
        scratch: &mut Vec<u8>,
        f: impl FnOnce(&RequestHeaders<'_>, bool) -> R,
    ) -> Result<R, Unreadable> {
        match self {
            LineFormat::Combined => {
                let headers = RequestHeaders::new();
                let headers = match combined::referer(line, scratch)? {
                    Some(value) => headers.referer(value),
                    None => headers,
                };
                Ok(f(&headers, false))
            }
            LineFormat::Json => {
                let record = json::read(line)?;
                Ok(f(&record.headers(), record.has_origin_field()))
            }
        }
    }

    /// True if the line can be read.
    pub(super) fn is_readable(self, line: &[u8]) -> bool {
        self.read(line, &mut Vec::new(), |_, _| ()).is_ok()
    }
}

macro_rules! unreadable {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)+) => {
        /// Why a line cannot be read.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Unreadable { $($(#[$doc])* $name,)+ }

        impl Unreadable {
            /// Every reason there is, in the order of their declaration.
            pub(super) const ALL: &'static [Unreadable] = &[$(Unreadable::$name,)+];

            /// A short name that does not change between releases.
            pub(super) const fn code(self) -> &'static str {
                match self { $(Unreadable::$name => $code,)+ }
            }

            /// The reason in words.
            pub(super) const fn description(self) -> &'static str {
                match self { $(Unreadable::$name => $message,)+ }
            }
        }
    };
}

unreadable! {
    /// Not of the combined format.
    NotCombined = "not-combined", "not of the combined log format";
    /// A quote that is never closed, before the end of the referer.
    CutOff = "cut-off", "cut off before the end of the referer field";
    /// Ends behind the size of the answer.
    NoRefererField = "no-referer-field", "without a referer field: cut off, or of the common log format";
    /// Longer than a line may be.
    TooLong = "too-long", "longer than 1 MiB";
    /// JSON is UTF-8.
    NotUtf8 = "not-utf8", "not UTF-8";
    /// Not a JSON object.
    NotJson = "not-json", "not a JSON object";
    /// A JSON object that says nothing about the two headers, not even that they are absent.
    NoHeaderField = "no-header-field", "without a key for the Origin or the Referer";
    /// A number, for instance, where the header should be.
    NotText = "not-text", "one whose Origin or Referer is not text";
}

/// The lines of `data`, without their ends (`\n` or `\r\n`).
pub(super) fn for_each_line<'d>(data: &'d [u8], mut f: impl FnMut(&'d [u8])) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', data) {
        f(without_return(&data[start..end]));
        start = end + 1;
    }
    if start < data.len() {
        f(without_return(&data[start..]));
    }
}

/// True if there is nothing on the line but blanks.
pub(super) fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii_start().is_empty()
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Longest line that is read, in bytes, its end not counted.
pub(super) const MAX_LINE: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(data: &[u8]) -> Vec<&[u8]> {
        let mut lines = Vec::new();
        for_each_line(data, |line| lines.push(line));
        lines
    }

    #[test]
    fn lines_end_at_newlines_and_at_the_end() {
        assert!(lines(b"").is_empty());
        assert_eq!(lines(b"a\nb"), [b"a", b"b"]);
        assert_eq!(lines(b"a\r\n\nb\n"), [&b"a"[..], b"", b"b"]);
        assert_eq!(lines(b"\n"), [b""]);
    }

    #[test]
    fn codes_are_distinct() {
        for (index, reason) in Unreadable::ALL.iter().enumerate() {
            assert!(Unreadable::ALL[..index].iter().all(|other| other.code() != reason.code()));
            assert_eq!(*reason as usize, index);
        }
    }
}

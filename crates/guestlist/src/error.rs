//! Why a pattern or a list was refused: kind, place and remedy.
//!
//! These are errors of *saving* (SPEC §2, §3). What is wrong with a request is not an error but a
//! [`Denial`](crate::Denial): plain data, decided on the hot path, with nothing allocated.

use core::fmt;
use core::ops::Range;

/// A range of bytes in the text of a pattern as it was given, blanks and protocol included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset one past the last byte; equal to `start` for a place between two characters.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub const fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The span as a range, to slice the text with.
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $message:literal;)+) => {
        /// What is wrong with a pattern. [`ErrorKind::code`] is stable; new kinds may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[$doc])* $name,)+ }

        impl ErrorKind {
            /// Every kind there is, for tables and documentation.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$name,)+];

            /// A short name that does not change between releases, such as `empty-label`.
            pub const fn code(self) -> &'static str {
                match self { $(ErrorKind::$name => $code,)+ }
            }

            /// One sentence without the particulars of a pattern.
            pub const fn description(self) -> &'static str {
                match self { $(ErrorKind::$name => $message,)+ }
            }
        }
    };
}

kinds! {
    /// Nothing is left between the blanks, or after the protocol and the slash are removed.
    Empty = "empty", "the pattern is empty";
    /// More bytes than [`Limits::pattern_bytes`](crate::Limits::pattern_bytes).
    TooLong = "too-long", "the pattern is too long";
    /// `(` or `)`.
    Parenthesis = "parenthesis", "parentheses are not part of the pattern format";
    /// The text is a regular expression, not a glob.
    LooksLikeRegex = "looks-like-regex", "this looks like a regular expression; patterns are globs";
    /// A protocol other than `http` and `https`, or one that does not stand in front.
    Protocol = "protocol", "only `http://` and `https://` may stand in front of a pattern";
    /// A `/` that is not the one at the end.
    Slash = "slash", "a pattern names a host, it has no path";
    /// `**`.
    DoubleStar = "double-star", "`**` is not part of the pattern format";
    /// `\`.
    Backslash = "backslash", "there is no escape character in a pattern";
    /// White space inside the pattern.
    Blank = "blank", "a pattern has no blanks inside";
    /// A comma outside braces.
    Comma = "comma", "a comma outside braces: one pattern per entry";
    /// `@`: user info.
    UserInfo = "user-info", "`@`: user name and password are not part of a host";
    /// Any other character that no host has.
    Character = "character", "this character cannot stand in a host";
    /// `}` without `{`.
    UnopenedBrace = "unopened-brace", "this `}` closes nothing";
    /// `{` without `}`.
    UnclosedBrace = "unclosed-brace", "this `{` is never closed";
    /// `{}`.
    EmptyBraces = "empty-braces", "there is nothing between the braces";
    /// More braces inside each other than [`Limits::nesting`](crate::Limits::nesting).
    TooDeep = "too-deep", "too many braces inside each other";
    /// More ways to write it out than [`Limits::alternatives`](crate::Limits::alternatives).
    TooManyAlternatives = "too-many-alternatives", "written out, the pattern has too many alternatives";
    /// `]` without `[`.
    UnopenedBracket = "unopened-bracket", "this `]` closes nothing";
    /// `[` without `]`.
    UnclosedBracket = "unclosed-bracket", "this `[` is never closed";
    /// `[]`.
    EmptySet = "empty-set", "there is nothing between the brackets";
    /// `[!…]` or `[^…]`.
    NegatedSet = "negated-set", "a set cannot be negated";
    /// A set member that is not a letter, a digit, `-` or `_`.
    SetMember = "set-member", "a set holds letters, digits, `-` and `_` only";
    /// A `-` in a set that is neither inside a range nor the last of several members.
    SetHyphen = "set-hyphen", "this `-` has no range to belong to";
    /// A range from a letter to a digit or the other way round, or with a bound that is neither.
    RangeMixed = "range-mixed", "a range goes from a letter to a letter or from a digit to a digit";
    /// `[d-a]`.
    RangeReversed = "range-reversed", "this range is reversed";
    /// Non-ASCII in a label that is not one whole run of plain characters.
    NonAsciiMixed = "non-ascii-mixed", "a label with non-ASCII characters must be written whole, without wildcards, sets or braces inside it";
    /// A label for which UTS 46 has no ASCII form.
    Idna = "idna", "this label has no valid ASCII (IDNA) form";
    /// A label that begins with `xn--` and is not a valid A-label.
    ALabel = "a-label", "a label that begins with `xn--` must be a valid A-label";
    /// No host at all, only a port.
    NoHost = "no-host", "there is no host";
    /// Two dots in a row, or a dot with nothing before or after it.
    EmptyLabel = "empty-label", "an empty label can never match a host";
    /// A label that is longer than 63 bytes however it is matched.
    LabelTooLong = "label-too-long", "a label has at most 63 bytes, so this can never match";
    /// A host that is longer than 253 bytes however it is matched.
    HostTooLong = "host-too-long", "a host has at most 253 bytes, so this can never match";
    /// The last label is a number, but the host cannot be an IPv4 address.
    NotIpv4 = "not-ipv4", "a host that ends in a number is an IPv4 address, and this can never be one";
    /// `host:`.
    PortMissing = "port-missing", "there is no port after the colon";
    /// Two colons on one path through the pattern.
    PortTwice = "port-twice", "a host has one port at most";
    /// Something that is not a digit, a wildcard, a set of digits or braces in the port.
    PortCharacter = "port-character", "a port holds digits only";
    /// A port that begins with a zero.
    PortLeadingZero = "port-leading-zero", "a port is written without leading zeros";
    /// Port 0, over 65535, or a glob that no port can match.
    PortRange = "port-range", "a port is a number from 1 to 65535, so this can never match";
    /// A `[…:…]` at the start that is no IPv6 address.
    Ipv6 = "ipv6", "this is not a valid IPv6 address";
    /// Something other than a port after `]`, or an address literal that does not stand first.
    Ipv6Place = "ipv6-place", "an IPv6 address stands alone, with or without a port";
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())
    }
}

/// A pattern that was refused: what is wrong, where, and what to write instead.
///
/// `Display` draws the pattern with a caret under the culprit:
///
/// ```
/// let error = guestlist::Pattern::parse("bü*.example").unwrap_err();
/// assert_eq!(error.kind(), guestlist::ErrorKind::NonAsciiMixed);
/// assert_eq!(error.to_string(), "\
/// a label with non-ASCII characters must be written whole, without wildcards, sets or braces inside it
///   |
///   | bü*.example
///   | ^^^
///   = help: write the whole label, such as `bücher`, or its `xn--` form; for any label write `*`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    // Boxed, so that a `Result<Pattern, Error>` stays small.
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    span: Span,
    text: Box<str>,
    position: Option<usize>,
    detail: Option<Box<str>>,
    help: Box<str>,
}

/// Text beyond this is not kept in an error: a pattern of a megabyte must not travel through logs.
const KEPT_TEXT: usize = 4096;

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: &str, span: Span, help: impl Into<Box<str>>) -> Error {
        let kept = &text[..floor_char_boundary(text, KEPT_TEXT)];
        let span = Span::new(span.start.min(kept.len()), span.end.min(kept.len()));
        let inner = Inner { kind, span, text: kept.into(), position: None, detail: None, help: help.into() };
        Error { inner: Box::new(inner) }
    }

    /// Adds particulars behind the description, such as the alternative that is at fault.
    pub(crate) fn with_detail(mut self, detail: impl Into<Box<str>>) -> Error {
        self.inner.detail = Some(detail.into());
        self
    }

    pub(crate) fn at_position(mut self, position: usize) -> Error {
        self.inner.position = Some(position);
        self
    }

    /// What is wrong.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Where it is wrong, in bytes of [`Error::text`].
    pub fn span(&self) -> Span {
        self.inner.span
    }

    /// The pattern as it was given (at most its first 4,096 bytes).
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    /// The place of the pattern in the list it came from, counted from 0; `None` for a pattern parsed alone.
    pub fn position(&self) -> Option<usize> {
        self.inner.position
    }

    /// What is wrong in one sentence, with the particulars of this pattern.
    pub fn message(&self) -> String {
        match &self.inner.detail {
            Some(detail) => format!("{} ({detail})", self.inner.kind),
            None => self.inner.kind.to_string(),
        }
    }

    /// The pattern, or the part of it that matters, as one line that can be shown, and the line below it with `^` under what is wrong; for a font whose characters have one width.
    ///
    /// ```
    /// let error = guestlist::Pattern::parse("https://example.com/path").unwrap_err();
    /// assert_eq!(error.excerpt(), ["https://example.com/path", "                   ^"]);
    /// ```
    pub fn excerpt(&self) -> [String; 2] {
        let (line, before, marked) = excerpt(&self.inner.text, self.inner.span);
        [line, format!("{:before$}{}", "", "^".repeat(marked))]
    }

    /// What to write instead.
    pub fn help(&self) -> &str {
        &self.inner.help
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.inner.position {
            write!(f, "pattern {}: ", position + 1)?;
        }
        writeln!(f, "{}", self.message())?;
        let [line, carets] = self.excerpt();
        writeln!(f, "  |")?;
        writeln!(f, "  | {line}")?;
        writeln!(f, "  | {carets}")?;
        write!(f, "  = help: {}", self.inner.help)
    }
}

/// Longest line an excerpt shows, in characters.
const EXCERPT: usize = 76;

/// The part of `text` around `span` as one printable line, with the number of columns before the caret and under it.
fn excerpt(text: &str, span: Span) -> (String, usize, usize) {
    // What cannot be seen or would break the line is shown as its code point's escape.
    let mut cells: Vec<(usize, String)> = text
        .char_indices()
        .map(|(at, c)| (at, if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }))
        .collect();
    cells.push((text.len(), String::new()));
    let cells_before = |end: usize| cells.iter().take_while(|(at, _)| *at < end).count();
    let (first, last) = (cells_before(span.start), cells_before(span.end));
    let start = if cells.len() <= EXCERPT { 0 } else { first.saturating_sub(EXCERPT / 3) };
    let end = cells.len().min(start + EXCERPT);
    let last = last.clamp(first, end);
    let width = |cells: &[(usize, String)]| cells.iter().map(|(_, s)| s.chars().count()).sum::<usize>();
    let mut line = String::new();
    let mut before = width(&cells[start..first]);
    if start > 0 {
        line.push('…');
        before += 1;
    }
    line.extend(cells[start..end].iter().map(|(_, s)| s.as_str()));
    if end < cells.len() {
        line.push('…');
    }
    (line.trim_end().to_string(), before, width(&cells[first..last]).max(1))
}

/// True for a character that cannot be seen or turns text around: control characters, the soft hyphen, what has no width, marks of direction,
/// breaks of line and paragraph, tags.
///
/// Patterns and headers come from strangers: shown raw on a terminal or in a log, such a character would lie about what was written.
/// [`Error`] shows it as [`char::escape_default`] does; so should whoever prints a stranger's text beside it.
///
/// ```
/// let shown: String = "exam\u{202e}ple"
///     .chars()
///     .flat_map(|c| if guestlist::is_hidden(c) { c.escape_default().collect() } else { vec![c] })
///     .collect();
/// assert_eq!(shown, r"exam\u{202e}ple");
/// ```
///
/// What is only blank, such as a no-break space, is not hidden, nor are letters that look like others. Costs a few comparisons.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{e0000}'..='\u{e007f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The largest character boundary of `text` that is not beyond `at`.
pub(crate) fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A list that was refused, with every pattern that is at fault. Nothing was saved.
///
/// ```
/// use guestlist::{List, ListType};
///
/// let error = List::builder(ListType::Upload)
///     .patterns(["*.example.com", "a..b", "example.com:0"])
///     .build()
///     .unwrap_err();
/// let positions: Vec<_> = error.patterns().iter().map(|e| e.position()).collect();
/// assert_eq!(positions, [Some(1), Some(2)]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListError {
    pub(crate) patterns: Vec<Error>,
    pub(crate) too_many: Option<TooMany>,
    pub(crate) too_large: Option<TooLarge>,
}

/// More distinct patterns than the list may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// Distinct patterns that were given.
    pub count: usize,
    /// Patterns that the list may have.
    pub limit: usize,
    /// The place of the first pattern that is one too many, among those that were given, counted from 0.
    pub position: usize,
}

/// More text than the list may have, all canonical texts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// Bytes of all patterns.
    pub bytes: usize,
    /// Bytes that the list may have.
    pub limit: usize,
}

impl ListError {
    /// Every bad pattern, in the order of the list; each knows its [`position`](Error::position).
    pub fn patterns(&self) -> &[Error] {
        &self.patterns
    }

    /// Set if the list has more distinct patterns than its limit.
    pub fn too_many(&self) -> Option<TooMany> {
        self.too_many
    }

    /// Set if the patterns have more text than the list may have.
    pub fn too_large(&self) -> Option<TooLarge> {
        self.too_large
    }
}

impl std::error::Error for ListError {}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for error in &self.patterns {
            write!(f, "{separator}{error}")?;
            separator = "\n";
        }
        if let Some(too_many) = self.too_many {
            write!(f, "{separator}{too_many}")?;
            separator = "\n";
        }
        if let Some(too_large) = self.too_large {
            write!(f, "{separator}{too_large}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the patterns of the list have {} bytes, its limit is {}\n  = help: remove some, or raise the list's limit",
            self.bytes, self.limit
        )
    }
}

impl fmt::Display for TooMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the list has {} distinct patterns, its limit is {}\n  = help: join patterns with braces, such as \
             `{{app,www}}.example.com`, remove some, or raise the list's limit",
            self.count, self.limit
        )
    }
}

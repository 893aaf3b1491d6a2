//! Pattern text → syntax tree → canonical text (SPEC §2, §3).
//!
//! A text that is [`plain`], as most are, is all that at once. Of any other the stages are, each in its own module and each with one job:
//!
//! 1. [`normalize`] finds what of the text counts: blanks, protocol, slash and root dot go.
//! 2. [`parse`] reads that into the [`ast`], or says where the text is not in the format.
//! 3. [`check`] writes out every alternative and refuses those that can never match a valid host.
//! 4. [`print`] gives the canonical text.
//!
//! [`open`] says who else gets in where a pattern lets in strangers.
//!
//! Cost: linear in the length of the text, but for the check, which is linear in the text of all written-out alternatives (and runs IDNA over each that has an `xn--` label); both have limits.

pub mod ast;
mod check;
mod expand;
mod label;
mod normalize;
mod open;
mod parse;
mod plain;
mod print;
mod regex_like;

use core::fmt;
use core::str::FromStr;
use std::borrow::Cow;

pub(crate) use self::expand::{Unit, UnitKind, for_each_alternative};
pub(crate) use self::label::LabelGlob;
pub use self::open::Warning;
use crate::error::Error;
use ast::Ast;

/// How large a pattern and a list may be. All are settings; the defaults are those of SPEC §2.
///
/// ```
/// use guestlist::{Limits, Pattern};
///
/// let limits = Limits::default().pattern_bytes(8);
/// assert!(Pattern::parse_with("example.com", &limits).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest pattern in bytes, without the blanks around it: 1,024.
    pub pattern_bytes: usize,
    /// Most braces inside each other: 8. More than [`Limits::MAX_NESTING`] is never accepted.
    pub nesting: usize,
    /// Most alternatives a pattern may have when it is written out: 1,024.
    pub alternatives: usize,
    /// Most distinct patterns in a list: 20.
    pub patterns: usize,
    /// Most bytes of all canonical texts of a list together: 1 MiB, which 20 patterns never reach. It bounds what building the automaton may take.
    pub list_bytes: usize,
}

impl Limits {
    /// The nesting that no setting can pass, because the parser goes one step deeper for each brace.
    pub const MAX_NESTING: usize = 64;

    /// Sets the longest pattern in bytes.
    #[must_use]
    pub fn pattern_bytes(self, pattern_bytes: usize) -> Limits {
        Limits { pattern_bytes, ..self }
    }

    /// Sets how many braces may stand inside each other.
    #[must_use]
    pub fn nesting(self, nesting: usize) -> Limits {
        Limits { nesting, ..self }
    }

    /// Sets how many alternatives a pattern may have when it is written out.
    #[must_use]
    pub fn alternatives(self, alternatives: usize) -> Limits {
        Limits { alternatives, ..self }
    }

    /// Sets how many distinct patterns a list may have.
    #[must_use]
    pub fn patterns(self, patterns: usize) -> Limits {
        Limits { patterns, ..self }
    }

    /// Sets how many bytes all canonical texts of a list may have together.
    #[must_use]
    pub fn list_bytes(self, list_bytes: usize) -> Limits {
        Limits { list_bytes, ..self }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { pattern_bytes: 1024, nesting: 8, alternatives: 1024, patterns: 20, list_bytes: 1 << 20 }
    }
}

/// One glob over `host` or `host:port`, valid and in canonical form.
///
/// ```
/// use guestlist::Pattern;
///
/// let pattern = Pattern::parse("  HTTPS://{www.,}Bücher.example/ ")?;
/// assert_eq!(pattern.canonical(), "{www.,}xn--bcher-kva.example");
/// assert_eq!(Pattern::parse(pattern.canonical())?.canonical(), pattern.canonical());
/// # Ok::<(), guestlist::Error>(())
/// ```
///
/// Two patterns are equal if their canonical texts are equal.
#[derive(Clone)]
pub struct Pattern {
    canonical: Box<str>,
    /// `None` if it is the canonical text.
    source: Option<Box<str>>,
    /// `None` if the pattern is plain.
    ast: Option<Ast>,
}

impl Pattern {
    /// Reads a pattern with the default [`Limits`].
    ///
    /// Takes the text as a person wrote it; blanks around it, a protocol, a slash at the end and a root dot are dropped.
    ///
    /// # Errors
    ///
    /// Whatever is not in the format of SPEC §2, and whatever could never match a valid host. The error says what, where and what to write instead.
    pub fn parse(text: &str) -> Result<Pattern, Error> {
        Pattern::parse_with(text, &Limits::default())
    }

    /// Reads a pattern with limits of one's own; see [`Pattern::parse`].
    pub fn parse_with(text: &str, limits: &Limits) -> Result<Pattern, Error> {
        Pattern::read(text, limits)
    }

    /// As [`Pattern::parse_with`], of a text that is kept where it is the pattern's own.
    pub(crate) fn read<T>(text: T, limits: &Limits) -> Result<Pattern, Error>
    where
        T: AsRef<str> + Into<Box<str>>,
    {
        if plain::is_plain(text.as_ref(), limits) {
            return Ok(Pattern { canonical: text.into(), source: None, ast: None });
        }
        let (ast, canonical) = tree_and_canonical(text.as_ref(), limits)?;
        let is_canonical = canonical == text.as_ref();
        let text = text.into();
        let (canonical, source) =
            if is_canonical { (text, None) } else { (canonical.into_boxed_str(), Some(text)) };
        Ok(Pattern { canonical, source, ast: Some(ast) })
    }

    /// The canonical text: what is stored, shown and compared (SPEC §3).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The text the pattern was read from. The spans of the tree and of errors point into it.
    pub fn source(&self) -> &str {
        self.source.as_deref().unwrap_or(&self.canonical)
    }

    /// The syntax tree, with a span for every part. That of a plain pattern, which most are, is made at each call.
    pub fn ast(&self) -> Cow<'_, Ast> {
        match &self.ast {
            Some(ast) => Cow::Borrowed(ast),
            None => Cow::Owned(plain::tree(&self.canonical)),
        }
    }
}

/// Any text's tree and canonical text: the general way, which every pattern could go.
fn tree_and_canonical(text: &str, limits: &Limits) -> Result<(Ast, String), Error> {
    let ast = parse::parse(text, limits).map_err(|error| regex_like::explain(error, text, limits))?;
    check::check(text, &ast).map_err(|error| regex_like::explain(error, text, limits))?;
    let canonical = print::canonical(&ast, text);
    if canonical.len() > limits.pattern_bytes {
        return Err(parse::too_long(text, limits, "in its ASCII form"));
    }
    Ok((ast, canonical))
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.canonical)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.canonical)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Pattern {}

impl core::hash::Hash for Pattern {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.canonical.hash(state);
    }
}

impl FromStr for Pattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Pattern, Error> {
        Pattern::parse(text)
    }
}

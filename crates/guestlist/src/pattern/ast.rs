//! What was written: the syntax tree of a pattern, with a span for every part.
//!
//! The tree knows nothing of automata or regular expressions. Letters are in lower case already and non-ASCII labels in their ASCII
//! form, so that printing the tree gives the canonical text ([`Pattern::canonical`](crate::Pattern::canonical)); spans point into the text as it was given.

use crate::error::Span;

/// A pattern as a sequence of parts, read from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ast {
    /// The parts in the order they were written, without protocol, slash and root dot.
    pub nodes: Vec<Node>,
}

/// One part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it stands in the text as it was given.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// The kinds of part a pattern is made of (SPEC §2).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeKind {
    /// A run of letters, digits, `-` and `_`.
    Literal(Literal),
    /// `*`: any number of characters, never a separator.
    Star,
    /// `?`: exactly one character, never a separator.
    Question,
    /// `[…]`: one character of a set.
    Set(Set),
    /// `.`: the separator between labels.
    Dot,
    /// `:`: the separator before the port.
    Colon,
    /// `{a,b,…}`: any one of the alternatives.
    Braces(Vec<Vec<Node>>),
    /// `[…:…]` at the very start: an IPv6 address, as its eight groups.
    Ipv6([u16; 8]),
}

/// A run of plain characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The run in its ASCII form and in lower case.
    pub ascii: Box<str>,
    /// True if it was written with non-ASCII characters, and so must be a whole label.
    pub was_non_ascii: bool,
}

/// The characters of a `[…]`, in the order they were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// Single members and ranges; never empty.
    pub items: Vec<SetItem>,
}

/// One member of a [`Set`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetItem {
    /// One character: a lower-case letter, a digit, `-` or `_`.
    One(u8),
    /// All characters from the first to the second, both included; both are lower-case letters or both digits.
    Range(u8, u8),
}

impl Set {
    /// The members as a set of host symbols.
    pub(crate) fn symbols(&self) -> Symbols {
        let mut symbols = Symbols::NONE;
        for item in &self.items {
            match *item {
                SetItem::One(byte) => symbols = symbols.with(Symbols::of(byte)),
                SetItem::Range(first, last) => symbols = symbols.with(Symbols::range(first, last)),
            }
        }
        symbols
    }
}

/// A set of host symbols: a letter (either case), a digit, `-` or `_`; one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Symbols(u64);

impl Symbols {
    pub(crate) const NONE: Symbols = Symbols(0);
    /// `0` to `9`.
    pub(crate) const DIGITS: Symbols = Symbols((1 << 10) - 1);
    /// What `*` and `?` range over in a host.
    pub(crate) const HOST: Symbols = Symbols((1 << 38) - 1);

    /// How many symbols there are.
    pub(crate) const COUNT: usize = 38;

    pub(crate) const fn of(byte: u8) -> Symbols {
        Symbols(Symbols::bit(byte))
    }

    /// The bytes from the first to the last.
    pub(crate) const fn range(first: u8, last: u8) -> Symbols {
        let mut symbols = Symbols::of(last);
        let mut byte = first;
        while byte < last {
            symbols = symbols.with(Symbols::of(byte));
            byte += 1;
        }
        symbols
    }

    pub(crate) const fn with(self, other: Symbols) -> Symbols {
        Symbols(self.0 | other.0)
    }

    pub(crate) const fn without(self, other: Symbols) -> Symbols {
        Symbols(self.0 & !other.0)
    }

    pub(crate) const fn bit(byte: u8) -> u64 {
        match byte {
            b'0'..=b'9' => 1 << (byte - b'0'),
            b'a'..=b'z' => 1 << (byte - b'a' + 10),
            b'A'..=b'Z' => 1 << (byte - b'A' + 10),
            b'-' => 1 << 36,
            b'_' => 1 << 37,
            // No wildcard, set or range can hold anything else: separators have no bit.
            _ => 0,
        }
    }

    pub(crate) fn contains(self, byte: u8) -> bool {
        self.0 & Symbols::bit(byte) != 0
    }

    pub(crate) fn is_subset(self, other: Symbols) -> bool {
        self.0 & !other.0 == 0
    }

    #[must_use]
    pub(crate) fn intersection(self, other: Symbols) -> Symbols {
        Symbols(self.0 & other.0)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The digits among the symbols: bit 0 for `0`.
    pub(crate) fn digits(self) -> u64 {
        self.intersection(Symbols::DIGITS).0
    }

    /// A bit for each symbol, of which there are [`Symbols::COUNT`].
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// The symbols in the order of their bytes, letters in lower case.
    pub(crate) fn iter(self) -> impl Iterator<Item = u8> {
        (b'-'..=b'z').filter(move |byte| !byte.is_ascii_uppercase() && self.contains(*byte))
    }
}

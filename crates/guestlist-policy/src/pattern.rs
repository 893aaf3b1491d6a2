//! Regular expressions of policies: all of a value matches, or it does not match.
//!
//! Whoever has a signed policy can send it again until it expires, with any value, so both are bounded: what an expression comes to once its repetitions are written out, before anything is built of it, and how long a value is.
//! Matching takes time in proportion to the product of the two, at worst.
//!
//! To build one takes some hundred times as long as everything else that is done with a policy. Most policies of an app have the same ones, so each thread keeps those that it used last, as many as [`KEPT`]: without a lock, and within a
//! bound of memory.

use std::cell::RefCell;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// How long a regular expression of a policy may be.
pub const MAX_PATTERN_BYTES: usize = 1024;

/// What one may take once it is built, in bytes; enough for some classes of Unicode.
const SIZE: usize = 1 << 20;
const NESTING: u32 = 32;

/// How many characters and classes there may be once repetitions are written out, and of how many ranges all of the classes.
const CHARACTERS: u64 = 1_000;
const RANGES: u64 = 10_000;

/// How long a value may be that is held against one.
pub(crate) const MAX_VALUE_BYTES: usize = 2048;

/// How many expressions each thread keeps; each takes as much as it may, and as much again while it matches.
const KEPT: usize = 8;

/// The expressions that were used last, the last one first, by their texts. Without a pattern it is none.
type Recent = Vec<(Box<str>, Option<Pattern>)>;

thread_local! {
    static RECENT: RefCell<Recent> = const { RefCell::new(Vec::new()) };
}

/// Whether all of a value matches this expression; `None` if it is none.
pub(crate) fn matches(pattern: &str, value: &[u8]) -> Option<bool> {
    RECENT.with_borrow_mut(|recent| {
        match recent.iter().position(|(text, _)| **text == *pattern) {
            Some(at) => recent[..=at].rotate_right(1),
            None => {
                recent.truncate(KEPT - 1);
                recent.insert(0, (pattern.into(), Pattern::new(pattern).ok()));
            }
        }
        recent.first().and_then(|(_, pattern)| pattern.as_ref()).map(|pattern| pattern.matches(value))
    })
}

/// A regular expression that is held against whole values.
#[derive(Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// Reads one; `Err` has what is wrong, for people.
    pub(crate) fn new(text: &str) -> Result<Pattern, String> {
        if text.len() > MAX_PATTERN_BYTES {
            return Err(format!("it has {} bytes, the limit is {MAX_PATTERN_BYTES}", text.len()));
        }
        // By itself, and then between the two ends as a tree: text around it could be read with it, as in `a)|(b`.
        let inner = ParserBuilder::new()
            .nest_limit(NESTING)
            .build()
            .parse(text)
            .map_err(|error| error.to_string())?;
        let mut size = Written::default();
        size.add(&inner, 1);
        if size.characters > CHARACTERS || size.ranges > RANGES {
            return Err(TOO_LARGE.to_string());
        }
        let whole = Hir::concat(vec![Hir::look(Look::Start), inner, Hir::look(Look::End)]);
        RegexBuilder::new(&whole.to_string())
            .size_limit(SIZE)
            .dfa_size_limit(SIZE)
            .build()
            .map(Pattern)
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => TOO_LARGE.to_string(),
                other => other.to_string(),
            })
    }

    /// Whether all of this matches. What is longer than [`MAX_VALUE_BYTES`] does not.
    pub(crate) fn matches(&self, value: &[u8]) -> bool {
        value.len() <= MAX_VALUE_BYTES && self.0.is_match(value)
    }
}

const TOO_LARGE: &str =
    "it is too large once its repetitions are written out, or its classes are of too many characters";

/// What an expression comes to, with its repetitions written out.
#[derive(Debug, Default)]
struct Written {
    characters: u64,
    ranges: u64,
}

impl Written {
    /// Adds this, so many times. As deep as expressions may be nested.
    fn add(&mut self, hir: &Hir, times: u64) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.characters(literal.0.len(), times),
            HirKind::Class(class) => {
                self.characters(1, times);
                let ranges = match class {
                    Class::Unicode(class) => class.ranges().len(),
                    Class::Bytes(class) => class.ranges().len(),
                };
                self.ranges = self.ranges.saturating_add(times.saturating_mul(ranges as u64));
            }
            HirKind::Repetition(repetition) => {
                let most = repetition.max.unwrap_or(repetition.min).max(1);
                self.add(&repetition.sub, times.saturating_mul(u64::from(most)));
            }
            HirKind::Capture(capture) => self.add(&capture.sub, times),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => {
                parts.iter().for_each(|part| self.add(part, times));
            }
        }
    }

    fn characters(&mut self, count: usize, times: u64) {
        self.characters = self.characters.saturating_add(times.saturating_mul(count as u64));
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, MAX_PATTERN_BYTES, Pattern, RECENT, matches};

    /// Whatever was asked before, and however often.
    #[test]
    fn those_that_are_kept_say_what_new_ones_say() {
        let patterns: Vec<String> =
            (0..KEPT + 3).map(|number| format!("a{{{number}}}")).chain(["(".to_string()]).collect();
        let mut random = fastrand::Rng::with_seed(2);
        for _ in 0..2000 {
            let pattern = &patterns[random.usize(..patterns.len())];
            let value = "a".repeat(random.usize(..patterns.len()));
            let new = Pattern::new(pattern).ok().map(|pattern| pattern.matches(value.as_bytes()));
            assert_eq!(matches(pattern, value.as_bytes()), new, "{pattern} {value}");
            assert!(RECENT.with_borrow(Vec::len) <= KEPT);
        }
    }

    #[test]
    fn all_of_a_value_matches_or_it_does_not() {
        for (pattern, value, matches) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a", "ba", false),
            ("a|b", "b", true),
            // Glued to its ends as text it would match what begins with `a`.
            ("a|b", "ax", false),
            ("^a$", "a", true),
            ("(?m)^a$", "a\nb", false),
            ("a$", "a\n", false),
            ("a.*", "a\nb", false),
            ("(?s)a.*", "a\nb", true),
            ("(?i)/Photos/.*", "/photos/x", true),
            ("(?x) a # comment", "a", true),
            ("", "", true),
            ("", "a", false),
            (".*", "anything at all", true),
            (
                r"https://upload\.wikimedia\.org/wikipedia/.*",
                "https://upload.wikimedia.org/wikipedia/a.png",
                true,
            ),
            (
                r"https://upload\.wikimedia\.org/wikipedia/.*",
                "https://evil.example/?https://upload.wikimedia.org/wikipedia/",
                false,
            ),
            (r"\w{1,8}", "größe", true),
            (r"(?:a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false),
        ] {
            assert_eq!(
                Pattern::new(pattern).unwrap().matches(value.as_bytes()),
                matches,
                "{pattern} {value:?}"
            );
        }
        assert!(!Pattern::new(".*").unwrap().matches(b"\xff"));
    }

    #[test]
    fn what_is_no_pattern_or_too_large_is_refused() {
        for pattern in [
            "a)|(b",
            "(",
            "[",
            "a**b(",
            r"\1",
            "(?=a)",
            "(?<!a)b",
            r"\xz",
            "a{1000}{1000}",
            "[ab]*a[ab]{1000}",
            r"(\w{1,100}){1,100}",
        ] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
        assert!(Pattern::new(&r"\w".repeat(MAX_PATTERN_BYTES / 2)).is_err());
        assert!(Pattern::new(&"a".repeat(1000)).is_ok() && Pattern::new(&"a".repeat(1001)).is_err());
        assert!(Pattern::new("[a-z]{1,1000}").is_ok() && Pattern::new(r"[\w-]{1,12}").is_ok());
        assert!(Pattern::new(&"|".repeat(MAX_PATTERN_BYTES)).is_ok());
        assert!(Pattern::new(&"|".repeat(MAX_PATTERN_BYTES + 1)).is_err());
        let any = Pattern::new("(?s).*").unwrap();
        assert!(any.matches(&[b'a'; 2048]) && !any.matches(&[b'a'; 2049]));
        assert!(Pattern::new(&"(".repeat(MAX_PATTERN_BYTES)).is_err());
    }
}

//! Regular expressions of policies: all of a value matches, or it does not match.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, Look};

/// How long a regular expression of a policy may be.
pub const MAX_PATTERN_BYTES: usize = 1024;

/// What one may take once it is built, in bytes; enough for some classes of Unicode.
const SIZE: usize = 1 << 20;
const NESTING: u32 = 32;

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
        let whole = Hir::concat(vec![Hir::look(Look::Start), inner, Hir::look(Look::End)]);
        RegexBuilder::new(&whole.to_string())
            .size_limit(SIZE)
            .dfa_size_limit(SIZE)
            .build()
            .map(Pattern)
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "it is too large once it is built".to_string(),
                other => other.to_string(),
            })
    }

    /// Whether all of this matches.
    pub(crate) fn matches(&self, value: &[u8]) -> bool {
        self.0.is_match(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_PATTERN_BYTES, Pattern};

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
            r"(\w{1,100}){1,100}",
        ] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
        assert!(Pattern::new(&"a".repeat(MAX_PATTERN_BYTES)).is_ok());
        assert!(Pattern::new(&"a".repeat(MAX_PATTERN_BYTES + 1)).is_err());
        assert!(Pattern::new(&"(".repeat(MAX_PATTERN_BYTES)).is_err());
    }
}

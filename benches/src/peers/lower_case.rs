//! Patterns as regular expressions for those who see hosts in lower case only: half as large, and literals stay literals.

use guestlist::Pattern;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

use super::Unable;

/// What [`Pattern::to_regex`] prints, without the upper case.
///
/// # Errors
///
/// None for a pattern that was parsed.
pub fn lower_case_regexes(patterns: &[Pattern]) -> Result<Vec<String>, Unable> {
    let lower = |pattern: &Pattern| {
        let hir = regex_syntax::parse(&pattern.to_regex()).map_err(|_| Unable("no regular expression"))?;
        Ok(without_upper_case(hir).to_string())
    };
    patterns.iter().map(lower).collect()
}

fn without_upper_case(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(mut class)) => {
            let below = ClassUnicodeRange::new('\0', '@');
            let above = ClassUnicodeRange::new('[', '\x7f');
            class.intersect(&ClassUnicode::new([below, above]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            let sub = Box::new(without_upper_case(*sub));
            Hir::repetition(Repetition { min, max, greedy, sub })
        }
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(without_upper_case).collect()),
        HirKind::Alternation(ways) => Hir::alternation(ways.into_iter().map(without_upper_case).collect()),
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Look(look) => Hir::look(look),
        // A pattern has neither of them.
        HirKind::Capture(capture) => Hir::capture(capture),
        HirKind::Class(class) => Hir::class(class),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_stay_literals() {
        let patterns =
            ["*.a.tv", "{app,www,}b.com:8443", "c[a-c].org"].map(|text| Pattern::parse(text).expect("good"));
        let expected = [
            r"(?:\A[\-0-9_a-z]*(?:\.a\.tv)(?::[0-9]+)?\z)",
            r"(?:\A(?:(?:app)|(?:www)|(?:))(?:b\.com:8443)\z)",
            r"(?:\Ac[a-c](?:\.org)(?::[0-9]+)?\z)",
        ];
        assert_eq!(lower_case_regexes(&patterns).expect("regexes"), expected);
    }
}

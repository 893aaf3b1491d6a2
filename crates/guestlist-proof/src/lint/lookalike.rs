//! Names in other letters that look like another name, or mix scripts (UTS #39).

use unicode_security::restriction_level::{RestrictionLevel, RestrictionLevelDetection};
use unicode_security::skeleton;

use super::alternative::Alternative;
use super::code::{Basis, Code};
use super::finding::{Finding, Suggestion};

/// The ASCII characters of names, those first that people mean.
const ASCII: &str = "abcdefghijklmnopqrstuvwxyz0123456789-_";

/// One finding for each label that could be taken for another.
pub(super) fn findings(alternatives: &[Alternative]) -> Vec<Finding> {
    let mut seen: Vec<String> = Vec::new();
    let mut findings = Vec::new();
    for alternative in alternatives {
        for label in &alternative.labels {
            let Some(ascii) = label.text().filter(|text| text.starts_with("xn--")) else { continue };
            if seen.contains(&ascii) {
                continue;
            }
            let (unicode, decoded) = idna::domain_to_unicode(&ascii);
            if decoded.is_ok()
                && let Some(message) = trouble(&unicode, &ascii)
            {
                let advice =
                    "keep it only if you are sure that this is the name you mean, and that you own it";
                let finding = Finding::new(Code::Lookalike, message)
                    .span(label.span())
                    .basis(Basis::Unicode)
                    .suggestion(Suggestion::Advice(advice.to_string()));
                findings.push(finding);
            }
            seen.push(ascii);
        }
    }
    findings
}

/// What is suspicious about a name, in words.
fn trouble(unicode: &str, ascii: &str) -> Option<String> {
    if let Some(other) = looks_like(unicode) {
        return Some(format!(
            "`{ascii}` is `{unicode}` in letters that look like `{other}`, and is another name"
        ));
    }
    if unicode.detect_restriction_level() > RestrictionLevel::HighlyRestrictive {
        return Some(format!(
            "`{ascii}` is `{unicode}`, which mixes letters of scripts that do not belong together"
        ));
    }
    None
}

/// The name in ASCII that this one could be taken for.
fn looks_like(unicode: &str) -> Option<String> {
    let skeleton_of = |c: char| skeleton(c.encode_utf8(&mut [0; 4])).collect::<String>();
    let text: Option<String> = unicode
        .chars()
        .map(|c| {
            if c.is_ascii() {
                return Some(c);
            }
            let seen = skeleton_of(c);
            ASCII.chars().find(|ascii| skeleton_of(*ascii) == seen)
        })
        .collect();
    text.filter(|_| !unicode.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_like_others() {
        assert_eq!(looks_like("аррӏе").as_deref(), Some("apple"));
        assert_eq!(looks_like("gооgle").as_deref(), Some("google"));
        for harmless in ["bücher", "пример", "例え", "apple", "müller-shop", "straße"] {
            assert_eq!(trouble(harmless, "xn--"), None, "{harmless}");
        }
        assert!(trouble("bücherж", "xn--").unwrap().contains("mixes"));
    }
}

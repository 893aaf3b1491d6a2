//! Plain patterns, which most are: at once valid and their own canonical text.
//!
//! `*` or lower-case letters, digits, `-` and `_` for each label, and perhaps a number as port. Nothing is decided here that the parser and the check
//! would decide otherwise: what is not seen to be plain at a glance is left to them, valid or not, and the tests hold both against each other. What is plain needs no tree to
//! be saved, printed or found, so that the tree is made when someone asks for it.

use super::Limits;
use super::ast::{Ast, Literal, Node, NodeKind};
use crate::error::Span;
use crate::host::{self, MAX_HOST, MAX_LABEL};

/// True if the text is a plain pattern within the limits.
pub(super) fn is_plain(text: &str, limits: &Limits) -> bool {
    if text.len() > limits.pattern_bytes.min(MAX_HOST) || limits.alternatives == 0 {
        return false;
    }
    let mut rest = text.as_bytes();
    loop {
        let (label, behind) = split_label(rest);
        let is_label = (1..=MAX_LABEL).contains(&label.len()) && !host::has_ace_prefix(label);
        // A host that ends in a number is an address, and needs a closer look; as does one with an open end.
        let is_name = || label.first().is_some_and(u8::is_ascii_lowercase);
        match behind {
            _ if !is_label => return false,
            [] => return is_name(),
            [b'.', more @ ..] => rest = more,
            [b':', port @ ..] => return is_name() && is_port(port),
            _ => return false,
        }
    }
}

/// The tree of a plain pattern, as the parser would make it.
pub(super) fn tree(text: &str) -> Ast {
    let mut nodes =
        Vec::with_capacity(text.bytes().filter(|byte| matches!(byte, b'.' | b':')).count() * 2 + 1);
    let mut at = 0;
    while at < text.len() {
        let (label, _) = split_label(&text.as_bytes()[at..]);
        let len = label.len().max(1);
        let span = Span::new(at, at + len);
        let kind = match &text[span.range()] {
            "*" => NodeKind::Star,
            "." => NodeKind::Dot,
            ":" => NodeKind::Colon,
            run => NodeKind::Literal(Literal { ascii: run.into(), was_non_ascii: false }),
        };
        nodes.push(Node { span, kind });
        at = span.end;
    }
    Ast { nodes }
}

/// What of the text is one plain label, and what is behind it.
fn split_label(text: &[u8]) -> (&[u8], &[u8]) {
    let is_symbol = |byte: &u8| IS_SYMBOL[usize::from(*byte)];
    let len = match text {
        [b'*', ..] => 1,
        _ => text.iter().position(|byte| !is_symbol(byte)).unwrap_or(text.len()),
    };
    text.split_at(len)
}

/// True for 1 to 65535 without leading zeros.
fn is_port(digits: &[u8]) -> bool {
    let value = || digits.iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
    matches!(digits, [b'1'..=b'9', ..])
        && digits.len() <= 5
        && digits.iter().all(u8::is_ascii_digit)
        && value() <= u32::from(u16::MAX)
}

/// The bytes of a label that are written as they are kept.
const IS_SYMBOL: [bool; 256] = {
    let mut is_symbol = [false; 256];
    let mut byte = 0;
    while byte < is_symbol.len() {
        #[allow(clippy::cast_possible_truncation)] // There are as many as a byte has values.
        let symbol = byte as u8;
        is_symbol[byte] = host::is_label_byte(symbol) && !symbol.is_ascii_uppercase();
        byte += 1;
    }
    is_symbol
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Pattern, tree_and_canonical};

    /// Whether the text is plain; if so, the general way makes the same of it.
    fn is_plain_and_right(text: &str, limits: &Limits) -> bool {
        let is_plain = is_plain(text, limits);
        if is_plain {
            let (ast, canonical) = tree_and_canonical(text, limits).unwrap();
            assert_eq!((canonical.as_str(), tree(text)), (text, ast), "{text}");
            let pattern = Pattern::parse_with(text, limits).unwrap();
            assert_eq!((pattern.canonical(), pattern.source()), (text, text));
        }
        is_plain
    }

    #[test]
    fn what_is_plain_is_what_the_general_way_makes_of_it() {
        // Every text of up to six of these.
        let tokens = ["a", "1", "0", "-", ".", "*", ":", "xn--", "F"];
        let mut texts = vec![String::new()];
        let mut plain = 0;
        for _ in 0..6 {
            texts = texts.iter().flat_map(|text| tokens.map(|token| format!("{text}{token}"))).collect();
            plain += texts.iter().filter(|text| is_plain_and_right(text, &Limits::default())).count();
        }
        assert!(plain > 5_000, "{plain}");
    }

    #[test]
    fn ordinary_patterns_are_plain() {
        let (label, long) = ("a".repeat(63), "b.".repeat(124));
        for text in [
            "example.com",
            "*.example.com",
            "*.*.example.co.uk",
            "a.*.b_c",
            "localhost",
            "-a_.x--n.1.0x1.z",
            "shop24.example.de:8443",
            "a:1",
            "a:65535",
            &format!("{label}.{label}"),
            &format!("{long}com.a"),
        ] {
            assert!(is_plain_and_right(text, &Limits::default()), "{text}");
        }
    }

    #[test]
    fn what_needs_a_closer_look_is_not_plain() {
        let (label, long) = ("a".repeat(64), "b.".repeat(126));
        for text in [
            "",
            "*",
            "example.*",
            "Example.com",
            "example.com.",
            ".example.com",
            "a..b",
            " a.b",
            "a.b/",
            "//a.b",
            "**.a",
            "*a.b",
            "a*.b",
            "?.a",
            "{a,b}.c",
            "[ab].c",
            "1.2.3.4",
            "a.0x1",
            "xn--a.b",
            "xn--bcher-kva.example",
            "b\u{fc}cher.example",
            "a:",
            "a:0",
            "a:080",
            "a:65536",
            "a:99999",
            "a:100000",
            "a:4294967297",
            "a:8*",
            "a:1:2",
            "a:8080.",
            "[::1]",
            "::1",
            &format!("{label}.b"),
            &format!("{long}cd"),
        ] {
            assert!(!is_plain(text, &Limits::default()), "{text}");
        }
        assert!(is_plain_and_right("a.b", &Limits::default().pattern_bytes(3)));
        assert!(!is_plain("a.b", &Limits::default().pattern_bytes(2)));
        assert!(is_plain_and_right("a.b", &Limits::default().alternatives(1).nesting(0)));
        assert!(!is_plain("a.b", &Limits::default().alternatives(0)));
    }
}

//! People paste regular expressions. They get an error that says so and shows the glob to write (SPEC §2).

use super::Limits;
use crate::error::{Error, ErrorKind};

/// Turns the error of a text that looks like a regular expression into one that says so; any other error stays as it is.
pub(super) fn explain(error: Error, text: &str, limits: &Limits) -> Error {
    if error.kind() == ErrorKind::TooLong {
        return error;
    }
    let is_valid = |glob: &String| {
        super::parse::parse(glob, limits).is_ok_and(|ast| super::check::check(glob, &ast).is_ok())
    };
    let glob = glob_of(text).filter(is_valid);
    let is_regex = has_regex_signs(text);
    let kind = if is_regex { ErrorKind::LooksLikeRegex } else { error.kind() };
    match glob {
        Some(glob) if is_regex || kind == ErrorKind::Parenthesis => {
            Error::new(kind, text, error.span(), format!("write the glob `{glob}`"))
        }
        None if is_regex => {
            let help = "write a glob: `*` for any part of a label, `?` for one character, `{a,b}` for alternatives, a plain `.` for a dot";
            Error::new(kind, text, error.span(), help)
        }
        _ => error,
    }
}

/// Signs that a glob never has and a regular expression often does.
fn has_regex_signs(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('^')
        || text.ends_with('$')
        || text
            .split('\\')
            .skip(1)
            .any(|rest| rest.starts_with(['.', '-', '/', 'w', 'd', 's', 'b', '[', '(', '*', '+']))
        || text.starts_with(".*")
        || text.contains(".+")
        || text.contains("(?")
        || (text.contains('(') && text.contains('|'))
}

/// The glob a simple regular expression was meant to be: what a reader would write, to be checked before it is shown.
fn glob_of(text: &str) -> Option<String> {
    if text.len() > 1024 {
        return None;
    }
    let mut glob = String::new();
    // For each open parenthesis whether it became a brace.
    let mut open = Vec::new();
    let mut rest = text.trim().trim_start_matches('^').trim_end_matches('$');
    while let Some(c) = rest.chars().next() {
        // Longest first; what stands for any run of characters becomes a star.
        let known: [(&str, &str); 13] = [
            ("https?:\\/\\/", ""),
            ("https?://", ""),
            ("\\/", "/"),
            ("\\.", "."),
            ("\\-", "-"),
            ("[^.]+", "?*"),
            ("[^.]*", "*"),
            ("[a-z0-9-]+", "?*"),
            ("[a-z0-9-]*", "*"),
            (".*", "*"),
            (".+", "?*"),
            ("(?:", "("),
            ("(", "("),
        ];
        if let Some((sign, replacement)) = known.iter().find(|(sign, _)| rest.starts_with(sign)) {
            rest = &rest[sign.len()..];
            match *replacement {
                "(" => {
                    open.push(is_alternation(rest));
                    glob.push_str(if is_alternation(rest) { "{" } else { "" });
                }
                replacement => glob.push_str(replacement),
            }
            continue;
        }
        rest = &rest[c.len_utf8()..];
        // A quantifier means something else in a glob, and what it would admit nobody wrote.
        if matches!(c, '?' | '*' | '+' | '{') {
            return None;
        }
        match c {
            ')' => {
                let was_alternation = open.pop()?;
                if was_alternation {
                    glob.push('}');
                }
            }
            '|' => glob.push(','),
            c => glob.push(c),
        }
    }
    open.is_empty().then_some(glob)
}

/// True if the group whose inside begins here has alternatives of its own.
fn is_alternation(rest: &str) -> bool {
    let mut depth = 0usize;
    for c in rest.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return false,
            ')' => depth -= 1,
            '|' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

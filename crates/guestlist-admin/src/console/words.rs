//! How pages put things.

use guestlist::{ListType, Mode, is_hidden};

/// Text of a stranger's as it can be shown: characters that cannot be seen, or turn text around, as their escapes. Templates escape markup.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_hidden(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Whether it is a pattern or a name, as it is written.
    pub(crate) is_code: bool,
    pub(crate) text: String,
}

/// A sentence of ours for a page: it begins with a capital letter, and what stands between backticks is code.
pub(crate) fn sentence(text: &str) -> Vec<Piece> {
    let pieces = shown(text);
    let mut pieces: Vec<Piece> = pieces
        .split('`')
        .enumerate()
        .map(|(index, text)| Piece { is_code: index % 2 == 1, text: text.to_string() })
        .filter(|piece| !piece.text.is_empty())
        .collect();
    if let Some(first) = pieces.first_mut().filter(|first| !first.is_code) {
        let mut letters = first.text.chars();
        first.text = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    }
    pieces
}

/// A number of things.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// A mode, and the name of its style.
pub(crate) fn mode(mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::Off => ("Off", "off"),
        Mode::Report => ("Report", "report"),
        _ => ("Enforce", "enforce"),
    }
}

/// What a list is called.
pub(crate) fn title(list_type: ListType) -> &'static str {
    match list_type {
        ListType::Upload => "Upload",
        ListType::Delivery => "Delivery",
    }
}

/// What a list is for.
pub(crate) fn purpose(list_type: ListType) -> &'static str {
    match list_type {
        ListType::Upload => "Whose pages may upload with this app’s key. Judged by Origin.",
        ListType::Delivery => "Whose pages may show this app’s files. Judged by Origin, or else by Referer.",
    }
}

/// What becomes of requests without the header.
pub(crate) fn missing(list_type: ListType) -> &'static str {
    match list_type {
        ListType::Upload => "Those without Origin: servers, scripts, curl.",
        ListType::Delivery => "Those without Origin and Referer: direct downloads, curl.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_told_apart_from_what_they_are_about() {
        let piece = |is_code, text: &str| Piece { is_code, text: text.to_string() };
        let pieces = sentence("anyone gets in by `*.a.com` or `b`");
        assert_eq!(
            pieces,
            [
                piece(false, "Anyone gets in by "),
                piece(true, "*.a.com"),
                piece(false, " or "),
                piece(true, "b")
            ]
        );
        assert_eq!(sentence("`a` is"), [piece(true, "a"), piece(false, " is")]);
        assert_eq!(sentence("\u{fc}ber `"), [piece(false, "\u{dc}ber ")]);
        assert!(sentence("").is_empty());
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(shown("a\u{202e}b\nc\u{200b}"), r"a\u{202e}b\nc\u{200b}");
        assert_eq!(shown("<b> bücher"), "<b> bücher");
    }
}

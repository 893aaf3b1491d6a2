//! Files of patterns: one a line, `#` comments, blank lines for the eye.

use std::ops::Range;

/// The place of each pattern in the text, in order.
///
/// A comment begins with a `#` at the beginning of a line or behind a blank; no pattern has a `#`, so elsewhere it is left for the error to point at.
pub(crate) fn patterns(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let line_start = start;
        start += line.len();
        // A byte order mark is how some editors begin a file.
        let skipped = if line_start == 0 && line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let content = &line[skipped..];
        let comment = content
            .char_indices()
            .find(|(at, c)| *c == '#' && content[..*at].chars().next_back().is_none_or(char::is_whitespace));
        let content = &content[..comment.map_or(content.len(), |(at, _)| at)];
        let blanks = content.len() - content.trim_start().len();
        let pattern = content.trim();
        let start = line_start + skipped + blanks;
        (!pattern.is_empty()).then(|| start..start + pattern.len())
    })
}

#[cfg(test)]
mod tests {
    use super::patterns;

    #[test]
    fn comments_and_blanks_are_no_patterns() {
        let text = "\u{feff}# a list\na.com # the shop\n\n  b.com\t\r\n#c.com\nd#e\n   # f\ng.com";
        let found: Vec<&str> = patterns(text).map(|range| &text[range]).collect();
        assert_eq!(found, ["a.com", "b.com", "d#e", "g.com"]);
        assert_eq!(patterns("").count(), 0);
    }
}

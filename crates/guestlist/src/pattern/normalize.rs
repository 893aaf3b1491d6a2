//! Which part of the text is the pattern: what saving takes off before anything is read (SPEC §3).

use core::ops::Range;

/// Protocols that a pattern may be pasted with; they mean nothing.
const PROTOCOLS: [&str; 4] = ["http://", "https://", "*://", "//"];

/// The range of `text` without the blanks around it.
pub(super) fn trim(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len();
    start..end.max(start)
}

/// The range without one protocol in front.
pub(super) fn strip_protocol(text: &str, range: Range<usize>) -> Range<usize> {
    let bytes = &text.as_bytes()[range.clone()];
    for protocol in PROTOCOLS {
        if bytes.len() >= protocol.len() && bytes[..protocol.len()].eq_ignore_ascii_case(protocol.as_bytes())
        {
            return range.start + protocol.len()..range.end;
        }
    }
    range
}

/// The range without one `/` at the end.
pub(super) fn strip_slash(text: &str, range: Range<usize>) -> Range<usize> {
    match text[range.clone()].strip_suffix('/') {
        Some(rest) => range.start..range.start + rest.len(),
        None => range,
    }
}

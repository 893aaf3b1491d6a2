//! Text from strangers, made fit to be shown.

use guestlist::is_hidden;

/// Bytes from a stranger, with everything that does not print escaped.
pub fn show(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_hidden(c) { out.extend(c.escape_default()) } else { out.push(c) }
        }
        for byte in chunk.invalid() {
            out += &format!("\\x{byte:02x}");
        }
    }
    out
}

/// A short form of bytes from a stranger, for a message of one line.
pub fn show_short(bytes: &[u8]) -> String {
    let text = show(bytes);
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

//! Numbers and strangers' bytes as people read them; the same in every form of the report.

/// A number with separators: `1,234,567`.
pub(crate) fn grouped(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and what it counts: `1 request`, `2,000 requests`.
pub(crate) fn counted(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", grouped(number))
}

/// A share as a percentage with one digit behind the point. What is not nothing is never `0.0 %`, what is not all never `100.0 %`.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let tenths = ratio(part, whole, 1000);
    match tenths {
        0 if part > 0 => "< 0.1 %".to_owned(),
        1000 if part < whole => "> 99.9 %".to_owned(),
        tenths => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

/// `part` of `whole` in parts of `parts`, rounded; 0 of nothing.
pub(super) fn ratio(part: u64, whole: u64, parts: u64) -> u64 {
    if whole == 0 {
        return 0;
    }
    let (part, whole, parts) = (u128::from(part), u128::from(whole), u128::from(parts));
    u64::try_from((part * parts + whole / 2) / whole).unwrap_or(u64::MAX)
}

/// Bytes of a stranger as printable ASCII: anything else becomes `\xHH`, so that nothing in a log can steer a terminal.
pub(super) fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b' '..=b'~' => text.push(char::from(*byte)),
            byte => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}

/// The text, shortened in its middle to `width` characters.
pub(super) fn shortened(text: &str, width: usize) -> String {
    let len = text.chars().count();
    if len <= width {
        return text.to_owned();
    }
    let tail = width / 3;
    let head = width.saturating_sub(tail + 1);
    text.chars().take(head).chain(['…']).chain(text.chars().skip(len - tail)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(grouped(0u64), "0");
        assert_eq!(grouped(999u64), "999");
        assert_eq!(grouped(1000u64), "1,000");
        assert_eq!(grouped(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(counted(1, "request"), "1 request");
        assert_eq!(counted(2000, "request"), "2,000 requests");
    }

    #[test]
    fn percentages() {
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(1, 100_000), "< 0.1 %");
        assert_eq!(percent(99_999, 100_000), "> 99.9 %");
        assert_eq!(percent(5, 5), "100.0 %");
        assert_eq!(ratio(u64::MAX, u64::MAX, 1000), 1000);
    }

    #[test]
    fn texts() {
        assert_eq!(printable(b"a\x1b[31m\xff "), "a\\x1b[31m\\xff ");
        assert_eq!(shortened("abcdefghij", 10), "abcdefghij");
        assert_eq!(shortened("abcdefghijk", 10), "abcdef…ijk");
    }
}

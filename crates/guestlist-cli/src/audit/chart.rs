//! Charts as inline SVG, without a script.
//!
//! A bar is as wide as a percentage of its place and its text keeps its size, so the same chart fits a wide window and a phone. Each chart has a title and
//! a description for those who cannot see it; colours are classes of the page's style sheet.

use std::fmt::Write as _;

use super::words::{grouped, percent, ratio, shortened};

/// One part of a ring or one bar.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) label: String,
    pub(super) value: u64,
    /// Class of the colour.
    pub(super) class: &'static str,
}

impl Part {
    pub(super) fn new(label: impl Into<String>, value: u64, class: &'static str) -> Part {
        Part { label: label.into(), value, class }
    }
}

/// A ring whose parts make up the whole, with two lines of text in its middle.
pub(super) fn ring(id: &str, title: &str, parts: &[Part], middle: [&str; 2]) -> String {
    let whole: u64 = parts.iter().map(|part| part.value).sum();
    let mut svg = open(id, title, &describe(parts, whole), "ring", r#"viewBox="0 0 200 200""#);
    svg.push_str(r#"<circle class="track" cx="100" cy="100" r="80" fill="none" stroke-width="26"/>"#);
    let mut start = 0;
    for part in parts.iter().filter(|part| part.value > 0) {
        // A thousandth of the ring is the least that can be seen.
        let len = ratio(part.value, whole, 1000).max(2);
        let _ = write!(
            svg,
            r#"<circle class="{} line" cx="100" cy="100" r="80" fill="none" stroke-width="26" pathLength="1000" stroke-dasharray="{len} 1000" stroke-dashoffset="-{start}" transform="rotate(-90 100 100)"/>"#,
            part.class
        );
        start += len;
    }
    let _ = write!(
        svg,
        r#"<text class="large" x="100" y="104" text-anchor="middle">{}</text><text class="small" x="100" y="126" text-anchor="middle">{}</text></svg>"#,
        escaped(middle[0]),
        escaped(middle[1])
    );
    svg
}

/// Bars below each other, as long as their share of the longest; percentages are of `whole`.
pub(super) fn bars(id: &str, title: &str, parts: &[Part], whole: u64) -> String {
    let longest = parts.iter().map(|part| part.value).max().unwrap_or(0);
    let size = format!(r#"width="100%" height="{}""#, parts.len() * ROW);
    let mut svg = open(id, title, &describe(parts, whole), "bars", &size);
    for (index, part) in parts.iter().enumerate() {
        let top = index * ROW;
        let tenths = ratio(part.value, longest, 1000);
        let _ = write!(
            svg,
            r#"<text x="0" y="{}">{}</text><text class="number" x="100%" y="{}" text-anchor="end">{} · {}</text><rect class="track" x="0" y="{}" width="100%" height="9" rx="4.5"/>"#,
            top + 15,
            escaped(&shortened(&part.label, LABEL)),
            top + 15,
            grouped(part.value),
            escaped(&percent(part.value, whole)),
            top + 22
        );
        if part.value > 0 {
            let _ = write!(
                svg,
                r#"<rect class="{}" x="0" y="{}" width="{}.{}%" height="9" rx="4.5"/>"#,
                part.class,
                top + 22,
                tenths.max(8) / 10,
                tenths.max(8) % 10
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

/// Text that has no meaning as markup, inside an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn open(id: &str, title: &str, description: &str, class: &str, size: &str) -> String {
    format!(
        r#"<svg class="{class}" role="img" aria-labelledby="{id}-title {id}-desc" {size}><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc>"#,
        escaped(title),
        escaped(description)
    )
}

fn describe(parts: &[Part], whole: u64) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| format!("{}: {} ({})", part.label, grouped(part.value), percent(part.value, whole)))
        .collect();
    if parts.is_empty() { "Nothing to show.".to_owned() } else { format!("{}.", parts.join("; ")) }
}

/// Height of a bar with its label.
const ROW: usize = 44;
/// Longest label, in characters: what fits on a phone beside the number.
const LABEL: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        let evil = r#"</text><script>alert("1")</script>&'"#;
        for svg in [
            bars("a", evil, &[Part::new(evil, 1, "bad")], 1),
            ring("a", evil, &[Part::new(evil, 1, "bad")], [evil, evil]),
        ] {
            assert!(!svg.contains("<script"), "{svg}");
            assert!(svg.contains("&lt;script&gt;"), "{svg}");
        }
    }

    #[test]
    fn charts_of_nothing() {
        assert!(bars("a", "t", &[], 0).ends_with("</svg>"));
        assert!(ring("a", "t", &[Part::new("x", 0, "good")], ["0", "x"]).contains("x: 0 (0.0 %)"));
    }
}

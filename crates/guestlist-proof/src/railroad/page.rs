//! The whole picture: rows with their captions between start and end, notes at the foot, title, description and style.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use guestlist::Pattern;

use super::block::{SWITCH, Track};
use super::draw::{Canvas, escaped};
use super::words::{self, Star};
use super::{STYLE_SHEET, Style, read};

/// Around everything.
const MARGIN: usize = 16;
/// Radius of the circles at start and end.
const END: usize = 7;
/// The line between such a circle and what is next to it.
const LEAD: usize = 14;
/// Advance of a character in captions and notes, whose font has 11 pixels.
const CAPTION_CHAR: usize = 7;
/// Height of a line of them.
const CAPTION_LINE: usize = 15;
/// Between a caption and its row.
const CAPTION_GAP: usize = 7;
/// A caption has at most so many characters a line.
const CAPTION_CHARS: usize = 90;
/// Between a row and the caption of the next.
const ROW_GAP: usize = 16;

/// A pattern as it will stand in the picture.
struct Row {
    track: Track,
    /// Its name in a list, and the pattern in lines.
    name: String,
    text: Vec<String>,
}

impl Row {
    fn new(index: usize, pattern: &Pattern, in_list: bool, stars: &mut BTreeSet<Star>) -> Row {
        let name = if in_list { format!("rule {}", index + 1) } else { String::new() };
        Row { track: read::track(pattern, stars), name, text: lines(pattern.canonical()) }
    }

    fn caption_width(&self) -> usize {
        let longest = self.text.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        (self.indent() + longest) * CAPTION_CHAR
    }

    /// What the name takes, in characters.
    fn indent(&self) -> usize {
        if self.name.is_empty() { 0 } else { self.name.len() + 2 }
    }

    /// From the top of the caption down to the line.
    fn above(&self) -> usize {
        self.text.len() * CAPTION_LINE + CAPTION_GAP + self.track.size.up
    }
}

/// A pattern in lines of a bounded length, broken behind a separator where there is one.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some((limit, _)) = rest.char_indices().nth(CAPTION_CHARS) {
        let separator = rest[..limit].rfind([',', '.', '}']).filter(|at| *at >= CAPTION_CHARS / 2);
        let (line, tail) = rest.split_at(separator.map_or(limit, |at| at + 1));
        lines.push(line.to_string());
        rest = tail;
    }
    lines.push(rest.to_string());
    lines
}

pub(super) fn page(patterns: &[&Pattern], style: &Style) -> String {
    let in_list = patterns.len() > 1;
    let mut stars = BTreeSet::new();
    let rows: Vec<Row> = patterns
        .iter()
        .take(style.rows)
        .enumerate()
        .map(|(index, pattern)| Row::new(index, pattern, in_list, &mut stars))
        .collect();
    let mut notes: Vec<String> = Vec::new();
    if rows.len() < patterns.len() {
        notes.push(format!("and {} more, which are not drawn", patterns.len() - rows.len()));
    }
    notes.extend(stars.iter().filter_map(|star| star.note()).map(String::from));

    // Several rows part and join again like the tracks of braces.
    let start = MARGIN + 2 * END + LEAD;
    let switch = if in_list { SWITCH } else { 0 };
    let left = start + switch;
    let widest = rows.iter().map(|row| row.track.size.width.max(row.caption_width())).max().unwrap_or(0);
    let right = left + widest;
    let end = right + switch + LEAD;
    let notes_width = notes.iter().map(|note| note.chars().count() * CAPTION_CHAR).max().unwrap_or(0);
    let width = (end + 2 * END).max(MARGIN + notes_width) + MARGIN;

    let mut canvas = Canvas::default();
    let mut captions = String::new();
    let mut top = MARGIN;
    let (mut first, mut last) = (None, 0);
    for row in &rows {
        caption(row, left, top, &mut captions);
        let y = top + row.above();
        if first.is_none() {
            first = Some(y);
            canvas.line(MARGIN + END, end + END, y);
        } else {
            canvas.branch(start, right + switch, y);
        }
        canvas.track(&row.track, left, y);
        last = y;
        top = y + row.track.size.down + ROW_GAP;
    }
    let y = first.unwrap_or(top + END);
    if first.is_none() {
        // A list without rules: there is no way from start to end.
        top = y + END + ROW_GAP;
    }
    if last > y {
        canvas.spines(start, right + switch, y, last);
    }
    for note in &notes {
        top += CAPTION_LINE;
        let _ = writeln!(captions, r#"<text x="{MARGIN}" y="{}">{}</text>"#, top - 4, escaped(note));
    }
    let height = if notes.is_empty() { top - ROW_GAP } else { top } + MARGIN;

    let mut out = head(patterns, &rows, style, width, height);
    let _ =
        write!(out, "{}<path class=\"line\" d=\"{}\"/>\n<g class=\"steps\">\n", canvas.frames, canvas.lines);
    let _ = writeln!(
        out,
        r#"<circle class="end" cx="{}" cy="{y}" r="{END}"/><circle class="ring" cx="{x}" cy="{y}" r="{END}"/><circle class="end" cx="{x}" cy="{y}" r="3"/>"#,
        MARGIN + END,
        x = end + END
    );
    let _ = write!(out, "{}</g>\n<g class=\"captions\">\n{captions}</g>\n</svg>\n", canvas.steps);
    out
}

fn caption(row: &Row, x: usize, top: usize, out: &mut String) {
    let mut y = top + CAPTION_LINE - 4;
    if !row.name.is_empty() {
        let _ = write!(out, r#"<text class="rule" x="{x}" y="{y}">{}</text>"#, escaped(&row.name));
    }
    for line in &row.text {
        let _ = writeln!(
            out,
            r#"<text x="{}" y="{y}">{}</text>"#,
            x + row.indent() * CAPTION_CHAR,
            escaped(line)
        );
        y += CAPTION_LINE;
    }
}

/// Everything in front of the drawing.
fn head(patterns: &[&Pattern], rows: &[Row], style: &Style, width: usize, height: usize) -> String {
    let title = match (&style.title, patterns) {
        (Some(title), _) => title.clone(),
        (None, [pattern]) => format!("The pattern {} as a railroad diagram", pattern.canonical()),
        (None, patterns) => format!("A list of {} patterns as a railroad diagram", patterns.len()),
    };
    let mut description =
        String::from("Every way from start to end is a host that gets in, with its port where one is drawn.");
    for row in rows {
        let name = if row.name.is_empty() { "The way" } else { &row.name };
        let _ = write!(description, "\n{name}: ");
        words::describe(&row.track, words::BETWEEN, &mut description);
        description.push('.');
    }
    if rows.len() < patterns.len() {
        let _ = write!(description, "\n{} more are not drawn.", patterns.len() - rows.len());
    }
    let (name, class, own_style) = match &style.part {
        Some(name) => (escaped(name), r#" class="railroad""#, String::new()),
        None => ("railroad".into(), "", format!("<style>\n{STYLE_SHEET}</style>\n")),
    };
    // Its own paper, because a picture does not know what it will lie on.
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg"{class} width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-title {name}-desc">
<title id="{name}-title">{}</title>
<desc id="{name}-desc">{}</desc>
{own_style}<rect class="paper" width="{width}" height="{height}" rx="10"/>
"#,
        escaped(&title),
        escaped(&description)
    )
}

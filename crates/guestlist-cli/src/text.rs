//! Text for people: problems with their place in a file, and bytes from strangers made printable.

use std::fmt;
use std::fs;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use guestlist::is_hidden;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

pub(crate) use guestlist_config::{show, show_short};

use crate::failure::Failure;

/// No list and no configuration that a person keeps is larger.
const MAX_FILE: u64 = 256 << 20;

/// More problems than that are counted, not shown.
const MAX_PROBLEMS: usize = 50;

/// Reads a text file.
pub(crate) fn read_text(path: &Path) -> Result<Arc<str>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_FILE + 1).read_to_end(&mut bytes)
    } else {
        fs::File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file(path, &error))?;
    if bytes.len() as u64 > MAX_FILE {
        let message = format!("{} has more than {} MiB", path.display(), MAX_FILE >> 20);
        return Err(Failure::new(message, "name a file of patterns or a configuration"));
    }
    String::from_utf8(bytes).map(Arc::from).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        Failure::new(
            format!(
                "{} is no text: line {line} (byte {at}) is not UTF-8",
                show_short(path.display().to_string().as_bytes())
            ),
            "name a text file, and save it as UTF-8",
        )
    })
}

/// One thing that is wrong, with its place in a file where it has one.
#[derive(Debug)]
pub(crate) struct Problem {
    message: String,
    help: String,
    excerpt: Option<Excerpt>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem { message: message.into(), help: help.into(), excerpt: None }
    }

    /// A bad pattern that was given alone: the error draws it.
    pub(crate) fn of_option(error: &guestlist::Error) -> Problem {
        let alone = error.to_string();
        let alone = match error.position() {
            Some(_) => alone.split_once(": ").map_or(alone.as_str(), |(_, rest)| rest),
            None => &alone,
        };
        let (shown, help) = alone.rsplit_once("\n  = help: ").unwrap_or((alone, error.help()));
        Problem::new(shown, help)
    }

    /// Adds the place in a file.
    pub(crate) fn at(mut self, path: &Path, content: &str, span: Range<usize>) -> Problem {
        self.excerpt = Some(Excerpt::new(path, content, span));
        self
    }
}

/// The line that is at fault and its neighbours: short, and with everything that does not print escaped.
///
/// A file comes from a stranger too, and may have lines of any length; so a report holds these three lines and never the file.
#[derive(Debug)]
struct Excerpt {
    name: String,
    text: String,
    /// Number of the first line, from 0.
    line: usize,
    /// The place in `text`.
    span: Range<usize>,
    /// Where the place is in its line of the file, in characters from 0.
    column: usize,
}

/// How much of a line is shown in front of the place and behind its beginning, in characters.
const BEFORE: usize = 40;
const BEHIND: usize = 80;

impl Excerpt {
    fn new(path: &Path, content: &str, span: Range<usize>) -> Excerpt {
        let start = span.start.min(content.len());
        let line_start = content[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = content[start..].find('\n').map_or(content.len(), |at| start + at);
        let end = span.end.clamp(start, line_end);
        let line = content[..line_start].bytes().filter(|byte| *byte == b'\n').count();
        let mut text = String::new();
        let mut first = line;
        if let Some(before) = content[..line_start].strip_suffix('\n') {
            first -= 1;
            let before = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
            text += &start_of(before);
            text.push('\n');
        }
        let front = &content[line_start..start];
        let column = front.chars().count();
        if let Some(cut) = column.checked_sub(BEFORE).filter(|cut| *cut > 0) {
            text.push('…');
            text.extend(front.chars().skip(cut).flat_map(escape));
        } else {
            text.extend(front.chars().flat_map(escape));
        }
        let from = text.len();
        text += &start_of(&content[start..end]);
        let to = text.len();
        if end - start <= BEHIND {
            text += &start_of(&content[end..line_end]);
        }
        if let Some(after) = content.get(line_end + 1..) {
            text.push('\n');
            text += &start_of(after.split('\n').next().unwrap_or_default());
        }
        Excerpt {
            name: show(path.display().to_string().as_bytes()),
            text,
            line: first,
            span: from..to,
            column,
        }
    }
}

/// The beginning of a text, escaped.
fn start_of(text: &str) -> String {
    let mut out: String = text.trim_end_matches('\r').chars().take(BEHIND).flat_map(escape).collect();
    if text.chars().nth(BEHIND).is_some() {
        out.push('…');
    }
    out
}

fn escape(c: char) -> impl Iterator<Item = char> {
    let hidden = is_hidden(c) && c != '\t';
    hidden.then(|| c.escape_default()).into_iter().flatten().chain((!hidden).then_some(c))
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let name = self.name.clone();
        // Without context it is asked where the place is, for the head of the excerpt.
        let contents = if before == 0 && after == 0 {
            let span = SourceSpan::from(self.span.clone());
            let data = self.text[self.span.clone()].as_bytes();
            MietteSpanContents::new_named(name, data, span, self.place_line(), self.column, 1)
        } else {
            let whole = SourceSpan::from((0, self.text.len()));
            let lines = self.text.split('\n').count();
            MietteSpanContents::new_named(name, self.text.as_bytes(), whole, self.line, 0, lines)
        };
        Ok(Box::new(contents))
    }
}

impl Excerpt {
    fn place_line(&self) -> usize {
        self.line + self.text[..self.span.start].matches('\n').count()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = &self.excerpt.as_ref()?.span;
        let label = LabeledSpan::new(Some("here".into()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}

/// Several problems at once, each shown.
#[derive(Debug)]
struct Problems {
    message: String,
    problems: Vec<Problem>,
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

/// A failure with its problems, of which only as many are made as are shown.
pub(crate) fn failure(message: &str, count: usize, problems: impl Iterator<Item = Problem>) -> Failure {
    let mut problems: Vec<Problem> = problems.take(MAX_PROBLEMS).collect();
    if count == 1 && problems.len() == 1 {
        return Failure::from_diagnostic(problems.remove(0));
    }
    let more = if count > MAX_PROBLEMS {
        format!(", of which the first {MAX_PROBLEMS} are shown")
    } else {
        String::new()
    };
    Failure::from_diagnostic(Problems { message: format!("{message}: {count} problems{more}"), problems })
}

/// Draws a report. Colours are for the stream to keep or to drop.
pub(crate) fn render(report: &dyn Diagnostic) -> String {
    render_in(report, GraphicalTheme::unicode())
}

/// Draws a report without colours, for a log.
pub(crate) fn render_plain(report: &dyn Diagnostic) -> String {
    render_in(report, GraphicalTheme::unicode_nocolor())
}

fn render_in(report: &dyn Diagnostic, theme: GraphicalTheme) -> String {
    let mut out = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(100);
    match handler.render_report(&mut out, report) {
        Ok(()) => out,
        // Drawing failed; the message must not be lost.
        Err(_) => format!("error: {report}\n"),
    }
}

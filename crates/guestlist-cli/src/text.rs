//! Text for people: problems with their place in a file, and bytes from strangers made printable.

use std::fmt;
use std::fs;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use crate::config::Mistake;
use crate::failure::Failure;

/// No list and no configuration that a person keeps is larger.
const MAX_FILE: u64 = 256 << 20;

/// More problems than that are counted, not shown.
const MAX_PROBLEMS: usize = 50;

/// The longest line that is shown whole around a problem.
const MAX_LINE: usize = 160;

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
            format!("{} is no text: line {line} (byte {at}) is not UTF-8", path.display()),
            "name a text file, and save it as UTF-8",
        )
    })
}

/// Bytes from a stranger, with everything that does not print escaped.
pub(crate) fn show(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            // Characters that cannot be seen or that turn text around would lie about what was sent.
            let hidden = c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
            if hidden { out.extend(c.escape_default()) } else { out.push(c) }
        }
        for byte in chunk.invalid() {
            out += &format!("\\x{byte:02x}");
        }
    }
    out
}

/// One thing that is wrong, with its place in a file where it has one.
#[derive(Debug)]
pub(crate) struct Problem {
    message: String,
    help: String,
    place: Option<PlaceInFile>,
}

#[derive(Debug)]
struct PlaceInFile {
    source: NamedSource<Arc<str>>,
    span: Range<usize>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem { message: message.into(), help: help.into(), place: None }
    }

    /// A bad pattern: from a file, where it begins at a byte, or from the command line.
    pub(crate) fn of_pattern(error: &guestlist::Error, file: Option<(&Path, &Arc<str>, usize)>) -> Problem {
        match file {
            Some((path, content, start)) => {
                let span = start + error.span().start..start + error.span().end;
                let help = error.help().to_string();
                Problem { message: error.message(), help, place: None }.at(path, content, span)
            }
            // There the pattern is all there is to show.
            None => {
                let mut alone = error.to_string();
                if let Some((_, rest)) = error.position().and_then(|_| alone.split_once(": ")) {
                    alone = rest.to_string();
                }
                let (shown, help) = alone.rsplit_once("\n  = help: ").unwrap_or((&alone, error.help()));
                Problem::new(shown, help)
            }
        }
    }

    /// A mistake in a configuration file.
    pub(crate) fn of_mistake(mistake: &Mistake, path: &Path, content: &Arc<str>) -> Problem {
        Problem { message: mistake.message.clone(), help: mistake.help.clone(), place: None }.at(
            path,
            content,
            mistake.span.clone(),
        )
    }

    /// Adds the place, unless its line is too long to be shown; then it is named.
    fn at(mut self, path: &Path, content: &Arc<str>, span: Range<usize>) -> Problem {
        let start = span.start.min(content.len());
        let line_start = content[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = content[start..].find('\n').map_or(content.len(), |at| start + at);
        let line = content[..line_start].matches('\n').count() + 1;
        if line_end - line_start > MAX_LINE {
            let column = content[line_start..start].chars().count() + 1;
            self.message = format!("{}:{line}:{column}: {}", path.display(), self.message);
            return self;
        }
        let source = NamedSource::new(path.display().to_string(), Arc::clone(content));
        self.place = Some(PlaceInFile { source, span: start..span.end.clamp(start, line_end) });
        self
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
        self.place.as_ref().map(|place| &place.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.place.as_ref()?;
        let label = LabeledSpan::new(Some("here".into()), place.span.start, place.span.len());
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

/// A failure with all its problems.
pub(crate) fn failure(message: &str, mut problems: Vec<Problem>) -> Failure {
    match problems.len() {
        1 => Failure::from_diagnostic(problems.remove(0)),
        count => {
            let more = if count > MAX_PROBLEMS {
                format!(", of which the first {MAX_PROBLEMS} are shown")
            } else {
                String::new()
            };
            problems.truncate(MAX_PROBLEMS);
            Failure::from_diagnostic(Problems {
                message: format!("{message}: {count} problems{more}"),
                problems,
            })
        }
    }
}

/// Draws a report. Colours are for the stream to keep or to drop.
pub(crate) fn render(report: &dyn Diagnostic) -> String {
    let mut out = String::new();
    let handler =
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_links(false).with_width(100);
    match handler.render_report(&mut out, report) {
        Ok(()) => out,
        // Drawing failed; the message must not be lost.
        Err(_) => format!("error: {report}\n"),
    }
}

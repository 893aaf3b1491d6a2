//! `guestlist lint`: what is probably not meant in lists, for people, for programs, and for those who review changes.

mod json;
mod sarif;
mod text;

use std::io::Write;
use std::str::FromStr;

use clap::ValueEnum;
use guestlist::ListType;
use guestlist_proof::lint::{self, Code, Finding, Options, Severity};

use crate::args::LintArgs;
use crate::failure::{Exit, Failure};
use crate::source::{self, FilePlace, PlacedList, SourceArgs};

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For tools that collect findings of many programs.
    Sarif,
}

/// From which level on findings are a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DenyArg {
    /// Any finding.
    Note,
    /// Warnings and errors.
    Warning,
    /// Errors.
    Error,
    /// None.
    Never,
}

impl DenyArg {
    fn is_met(self, worst: Option<Severity>) -> bool {
        let least = match self {
            DenyArg::Note => Severity::Note,
            DenyArg::Warning => Severity::Warning,
            DenyArg::Error => Severity::Error,
            DenyArg::Never => return false,
        };
        worst.is_some_and(|worst| worst >= least)
    }
}

/// `CODE=LEVEL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LevelArg {
    code: Code,
    level: Option<Severity>,
}

impl FromStr for LevelArg {
    type Err = String;

    fn from_str(text: &str) -> Result<LevelArg, String> {
        let (code, level) = text.split_once('=').ok_or("write CODE=LEVEL, such as `default-port=off`")?;
        let code = code.parse().map_err(|_| {
            let all: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
            format!("there is no lint of this name; there are {}", all.join(", "))
        })?;
        let level = match level {
            "off" => None,
            _ => Some(
                Severity::ALL
                    .into_iter()
                    .find(|severity| severity.as_str() == level)
                    .ok_or("the level is `off`, `note`, `warning` or `error`")?,
            ),
        };
        Ok(LevelArg { code, level })
    }
}

/// A list with what was found about it.
struct Linted {
    list: PlacedList,
    findings: Vec<Finding>,
}

impl Linted {
    /// Where the rule of a finding stands.
    fn place(&self, finding: &Finding) -> Option<&FilePlace> {
        self.list.places.get(finding.rule?)?.as_ref()
    }

    /// The text that the finding's span points into.
    fn source(&self, finding: &Finding) -> Option<&str> {
        Some(self.list.list().rules().get(finding.rule?)?.pattern().source())
    }
}

/// All lists, with what is said of them.
struct Linting {
    lists: Vec<Linted>,
    public_suffix_list: &'static str,
}

impl Linting {
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.lists.iter().flat_map(|list| &list.findings)
    }

    fn count(&self, severity: Severity) -> usize {
        self.findings().filter(|finding| finding.severity == severity).count()
    }

    fn rules(&self) -> usize {
        self.lists.iter().map(|list| list.list.list().rules().len()).sum()
    }
}

pub(crate) fn run(args: &LintArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let options =
        args.level.iter().fold(Options::default(), |options, level| options.level(level.code, level.level));
    let mut linting = Linting { lists: Vec::new(), public_suffix_list: lint::PUBLIC_SUFFIX_LIST };
    for list in load(args)? {
        let findings = lint::lint(list.list(), &options).findings;
        linting.lists.push(Linted { list, findings });
    }
    match args.format {
        LintFormat::Text => text::write(&linting, out)?,
        LintFormat::Json => json::write(&linting, out)?,
        LintFormat::Sarif => sarif::write(&linting, out)?,
    }
    let worst = linting.findings().map(|finding| finding.severity).max();
    Ok(if args.deny.is_met(worst) { Exit::Negative } else { Exit::Success })
}

fn load(args: &LintArgs) -> Result<Vec<PlacedList>, Failure> {
    if let Some(path) = &args.config {
        return source::placed_lists(path, args.app.as_deref(), args.list_type.map(ListType::from));
    }
    let source = SourceArgs {
        pattern: args.pattern.clone(),
        list: args.list.clone(),
        limit: args.limit,
        ..SourceArgs::default()
    };
    if source.is_empty() {
        return Err(Failure::new("no patterns to look at", "name them with -p GLOB, -l FILE, or -c CONFIG"));
    }
    Ok(vec![source.load_patterns(ListType::Upload)?])
}

/// A place in one line of a file, counted from 1, columns in characters.
struct Region {
    line: usize,
    column: usize,
    end_column: usize,
}

impl Region {
    fn new(file: &FilePlace, range: std::ops::Range<usize>) -> Region {
        let (line, column) = line_and_column(&file.content, range.start);
        let (_, end_column) = line_and_column(&file.content, range.end);
        Region { line, column, end_column }
    }
}

/// Line and column of a place in a text, counted from 1, the column in characters.
fn line_and_column(content: &str, at: usize) -> (usize, usize) {
    // Spans are those of the parser, which point between characters.
    let front = content.get(..at).unwrap_or(content);
    let line_start = front.rfind('\n').map_or(0, |at| at + 1);
    // A byte order mark is no part of the text.
    let line = front[line_start..].trim_start_matches('\u{feff}');
    (front.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Where in its file a finding points: the finding's span, or all of the pattern where that is not known.
fn range_in_file(place: &FilePlace, source: &str, finding: &Finding) -> std::ops::Range<usize> {
    match finding.span {
        // A string with escapes is not the text that was parsed.
        Some(span) if place.content.get(place.range.clone()) == Some(source) => {
            place.range.start + span.start..place.range.start + span.end
        }
        _ => place.range.clone(),
    }
}

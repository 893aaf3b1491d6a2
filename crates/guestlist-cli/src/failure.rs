//! Wrong use and bad input: what ends a command with exit code 2.

use std::io;
use std::path::Path;

use miette::Diagnostic;

use crate::text::show_short;

/// How a command ended that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well: exit code 0.
    Success,
    /// The work is done and the answer is no (something was denied, a test failed): exit code 1.
    Negative,
}

/// Why a command could not do its work: exit code 2.
#[derive(Debug)]
pub enum Failure {
    /// To be shown to the person who called.
    Report(miette::Report),
    /// What the command line itself has to say: its help, its version, or what is wrong with the options.
    Usage(clap::Error),
    /// Whoever read our output has stopped reading. Nothing to show; not an error of ours.
    BrokenPipe,
}

impl Failure {
    /// A failure with one sentence and what to do about it.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::from_diagnostic(Plain { message: message.into(), help: Some(help.into()) })
    }

    /// A failure from a diagnostic with source text and spans.
    pub fn from_diagnostic(diagnostic: impl Diagnostic + Send + Sync + 'static) -> Failure {
        Failure::Report(miette::Report::new(diagnostic))
    }

    /// A file that could not be opened or read.
    pub fn file(path: &Path, error: &io::Error) -> Failure {
        let help = match error.kind() {
            io::ErrorKind::NotFound => "check the path; `-` stands for standard input",
            io::ErrorKind::PermissionDenied => "check that you may read it",
            io::ErrorKind::IsADirectory => "name a file, not a directory",
            _ => "check that it is a regular file and can be read",
        };
        Failure::new(
            format!("cannot read {}: {error}", show_short(path.display().to_string().as_bytes())),
            help,
        )
    }
}

/// What we write to is standard output or a file the caller named.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Failure::BrokenPipe;
        }
        Failure::new(
            format!("cannot write the output: {error}"),
            "check that there is room and that it may be written",
        )
    }
}

#[derive(Debug)]
struct Plain {
    message: String,
    help: Option<String>,
}

impl std::fmt::Display for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Plain {}

impl Diagnostic for Plain {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn std::fmt::Display>)
    }
}

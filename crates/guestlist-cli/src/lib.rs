//! The command line tool `guestlist` as a library, so that tests can call every part of it.
//!
//! [`main`] is the only place that knows standard streams and exit codes: 0 if all is well, 1 if the answer is no, 2 for wrong use or bad input.
//! Each command is a function from its arguments to an [`Exit`] or a [`Failure`], writing to whatever it is given.

mod args;
mod audit;
mod check;
mod covers;
mod diff;
mod examples;
mod explain;
mod failure;
mod format;
mod judge;
mod lint;
mod manual;
mod options;
mod patterns_file;
mod policy;
mod ready;
mod serve;
mod source;
mod store;
mod table;
mod target;
mod text;
mod warnings;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;

use clap::Parser;

pub use crate::args::{Args, Command};
pub use crate::failure::{Exit, Failure};
pub use crate::options::{ListTypeArg, OutputFormat};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let stdout = io::stdout();
    let choice = anstream::AutoStream::choice(&stdout);
    let is_terminal = stdout.is_terminal();
    // A person who types hosts wants each answer at once; a pipe wants speed.
    let buffered: Box<dyn Write> = if is_terminal {
        Box::new(io::LineWriter::new(stdout.lock()))
    } else {
        Box::new(io::BufWriter::with_capacity(1 << 16, stdout.lock()))
    };
    let mut out = anstream::AutoStream::new(buffered, choice);
    let result = run(std::env::args_os(), &mut io::stdin(), &mut out);
    let result = match (result, out.flush().map_err(Failure::from)) {
        // What was found out before the reader went away is still so.
        (result, Ok(()) | Err(Failure::BrokenPipe)) => result,
        (result, Err(failure)) => result.and(Err(failure)),
    };
    match result {
        Ok(Exit::Success) => ExitCode::SUCCESS,
        Ok(Exit::Negative) => ExitCode::from(1),
        // Whoever reads our output has seen enough.
        Err(Failure::BrokenPipe) => ExitCode::SUCCESS,
        Err(Failure::Usage(error)) => {
            let failed = error.use_stderr();
            // With nowhere to write to there is nothing left to do but end.
            error.print().ok();
            if failed { ExitCode::from(2) } else { ExitCode::SUCCESS }
        }
        Err(Failure::Report(report)) => {
            let mut stderr = anstream::AutoStream::auto(io::stderr().lock());
            stderr.write_all(text::render(&*report).as_bytes()).ok();
            ExitCode::from(2)
        }
    }
}

/// Runs a command line, the program's name first.
pub fn run(
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    stdin: &mut dyn Read,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let args = Args::try_parse_from(args).map_err(Failure::Usage)?;
    match &args.command {
        Command::Check(args) => check::run(args, stdin, out),
        Command::Explain(args) => explain::run(args, out),
        Command::Test(args) => table::run(args, out),
        Command::Audit(args) => {
            let twice = args.source.reads_stdin() && args.audit.logs.iter().any(|log| log.as_os_str() == "-");
            if twice {
                let help = "name a file for one of the two";
                return Err(Failure::new("the list and a log cannot both be standard input", help));
            }
            let list_type = ListTypeArg::asked(args.list_type);
            let source = args.source.load(list_type)?;
            let lists: Vec<_> = args.source.files().collect();
            audit::run(&args.audit, &source.gate, list_type, &source.name, &lists, args.format, out)
        }
        Command::Lint(args) => lint::run(args, out),
        Command::Format(args) => format::run(args, out),
        Command::Diff(args) => diff::run(args, out),
        Command::Examples(args) => examples::run(args, out),
        Command::Covers(args) => covers::run(args, stdin, out),
        Command::Serve(args) => serve::run(args, out),
        Command::Ready(args) => ready::run(args, out),
        Command::Store(args) => store::run(args, out),
        Command::Policy(args) => policy::run(args, stdin, out),
        Command::Completions { shell } => manual::completions(*shell, out),
        Command::Man { directory } => manual::man(directory.as_deref(), out),
    }
}

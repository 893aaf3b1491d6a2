//! `guestlist audit`: what a list does to the requests of web server logs.
//!
//! ```text
//! logs ─► input ─► block ─► line (combined, json) ─► tally, origins ─► report ─► text, JSON, html
//!        checked   whole    headers of a request     decided by the    data
//!        first     lines                             engine, counted
//! ```
//!
//! Memory does not grow with the logs: there is one block for each thread ([`block`]), the tallies are a few numbers, and of the denied origins
//! no more than [`origins::MAX_ORIGINS`] are kept. Lines come from strangers: one that cannot be read is counted and never fatal, none can forge a field
//! ([`combined`]), and what is shown of one is escaped ([`words`]). What a header means is for the engine alone to say.

mod block;
mod chart;
mod combined;
mod gzip;
mod html;
mod input;
mod json;
mod line;
mod notes;
mod origins;
mod pipeline;
mod progress;
mod report;
mod tally;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub(crate) use self::words::{counted, grouped};

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use guestlist::{Gate, ListType};

use self::input::Input;
use self::line::LineFormat;
use self::pipeline::Settings;
use self::progress::Progress;
use self::report::{InputName, Report};
use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;
use crate::target::Target;

/// Logs to read, and what to make of them.
#[derive(Debug, clap::Args)]
pub(crate) struct AuditArgs {
    /// Logs of a web server: the combined format of Apache or nginx, or JSON lines, packed with gzip or not; `-` for standard input
    #[arg(value_name = "LOG", required = true)]
    pub(crate) logs: Vec<PathBuf>,

    /// Also write the report as one web page with charts
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// List at most so many denied origins, and so many lines that cannot be read
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,

    /// How the lines are written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = LogFormat::Auto)]
    pub(crate) log_format: LogFormat,

    /// Use so many threads [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// How the lines of the logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// Recognised by the first lines of each log
    Auto,
    /// The combined format of Apache and nginx
    Combined,
    /// A JSON object a line, with `origin` or `referer`
    Json,
}

/// Decides every request of the logs and writes the report; `lists` are the files the list was read from, which the page must not replace.
///
///  Denied requests are no failure: an audit reports.
pub(crate) fn run(
    args: &AuditArgs,
    gate: &Gate,
    list_type: ListType,
    list_name: &str,
    lists: &[&Path],
    format: OutputFormat,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut settings = Settings::new(args.top);
    settings.threads = args.threads.unwrap_or(settings.threads);
    let inputs: Vec<&Path> = args.logs.iter().map(PathBuf::as_path).chain(lists.iter().copied()).collect();
    let page = args.html.as_deref().map(|path| page_target(path, &inputs)).transpose()?;
    let report = audit(args, gate, list_type, list_name, &settings, &Progress::new())?;
    match format {
        OutputFormat::Text => text::write(&report, out)?,
        OutputFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    out.flush()?;
    if let Some(page) = page {
        page.write(&html::page(&report))?;
    }
    Ok(Exit::Success)
}

fn page_target(path: &Path, inputs: &[&Path]) -> Result<Target, Failure> {
    if path.as_os_str() == "-" {
        let help = "name a file for the page; standard output has the report";
        return Err(Failure::new("the page cannot be written to standard output", help));
    }
    Target::check(path, inputs, "page")
}

fn audit(
    args: &AuditArgs,
    gate: &Gate,
    list_type: ListType,
    list_name: &str,
    settings: &Settings,
    progress: &Progress,
) -> Result<Report, Failure> {
    let format = match args.log_format {
        LogFormat::Auto => None,
        LogFormat::Combined => Some(LineFormat::Combined),
        LogFormat::Json => Some(LineFormat::Json),
    };
    let inputs = input::check_all(&args.logs, format, progress)?;
    progress.set_total(inputs.iter().map(|input| input.size).sum());
    let names: Vec<InputName> =
        inputs.iter().map(|Input { name, format, .. }| (name.clone(), *format)).collect();
    let counted = pipeline::count(inputs, gate, list_type, settings, progress)?;
    let report = Report::new(gate, list_type, list_name, &names, &counted);
    progress.finish(report.requests);
    Ok(report)
}

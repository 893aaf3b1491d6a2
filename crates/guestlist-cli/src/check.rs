//! `guestlist check`: decisions on headers, on origins given as arguments, or on one origin a line from standard input.

use std::io::{BufRead, BufReader, Read, Write};

use anstyle::{AnsiColor, Style};
use guestlist::{Decision, Gate, ListType, MalformedKind, RequestHeaders};
use serde::Serialize;

use crate::args::CheckArgs;
use crate::failure::{Exit, Failure};
use crate::judge;
use crate::options::{ListTypeArg, OutputFormat};
use crate::text::{show, show_short};
use crate::warnings;

/// No header is longer than this and well-formed; what is beyond it in a line is skipped, not kept.
const MAX_LINE: u64 = 1 << 16;

pub(crate) fn run(args: &CheckArgs, stdin: &mut dyn Read, out: &mut dyn Write) -> Result<Exit, Failure> {
    if args.source.reads_stdin() && args.origins.iter().any(|origin| origin == "-") {
        let help = "name a file for the list, or the origins as arguments";
        return Err(Failure::new("the list and the origins cannot both be standard input", help));
    }
    let list_type = ListTypeArg::asked(args.list_type);
    let source = args.source.load(list_type)?;
    warnings::print(source.gate.list(list_type), args.format);
    let mut printer = Printer { gate: &source.gate, list_type, format: args.format, denied: false, out };
    if !args.origin.is_empty() || !args.referer.is_empty() {
        let headers = RequestHeaders::new()
            .origins(args.origin.iter().map(String::as_bytes))
            .referers(args.referer.iter().map(String::as_bytes));
        let sent = |name: &str, values: &[String]| -> Vec<String> {
            values.iter().map(|value| format!("{name}: {}", show(value.as_bytes()))).collect()
        };
        let subject = [sent("Origin", &args.origin), sent("Referer", &args.referer)].concat().join(", ");
        printer.headers(&subject, &headers)?;
    } else if args.origins.is_empty() {
        return Err(Failure::new(
            "nothing to check",
            "give --origin or --referer, or name origins such as https://example.com; `-` reads them from standard input",
        ));
    }
    let result = args.origins.iter().try_for_each(|origin| match origin.as_str() {
        "-" => printer.lines(stdin),
        origin => printer.origin(origin.as_bytes()),
    });
    match result {
        // Whoever reads our output has seen enough; what was denied until then was denied.
        Err(Failure::BrokenPipe) if printer.denied => {}
        result => result?,
    }
    Ok(if printer.denied { Exit::Negative } else { Exit::Success })
}

struct Printer<'a> {
    gate: &'a Gate,
    list_type: ListType,
    format: OutputFormat,
    denied: bool,
    out: &'a mut dyn Write,
}

/// One answer, as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    /// What was judged, unprintable bytes escaped.
    subject: &'a str,
    /// Whether the request may go on.
    allowed: bool,
    /// The reason, as a name that does not change.
    reason: &'a str,
    /// The reason in words.
    message: &'a str,
    /// The pattern that lets it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'a str>,
    /// The pattern that came closest.
    #[serde(skip_serializing_if = "Option::is_none")]
    near_miss: Option<Near<'a>>,
    decision: Option<Decision>,
}

#[derive(Serialize)]
struct Near<'a> {
    pattern: &'a str,
    message: String,
}

impl Printer<'_> {
    /// A request with these headers.
    fn headers(&mut self, subject: &str, headers: &RequestHeaders<'_>) -> Result<(), Failure> {
        let decision = self.gate.decide(self.list_type, headers);
        let near_miss = self.gate.near_miss(self.list_type, headers);
        self.answer(subject, &judge::of_decision(&decision, near_miss))
    }

    /// An origin or a bare host, on its own.
    fn origin(&mut self, value: &[u8]) -> Result<(), Failure> {
        let value = value.trim_ascii();
        let answer = judge::judge(self.gate, self.list_type, value);
        self.answer(&show(value), &answer)
    }

    fn lines(&mut self, stdin: &mut dyn Read) -> Result<(), Failure> {
        let mut stdin = BufReader::new(stdin);
        let mut line = Vec::new();
        loop {
            line.clear();
            let broken = |error| {
                Failure::new(format!("cannot read standard input: {error}"), "check what is piped in")
            };
            let read = stdin.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(broken)?;
            if read == 0 {
                return Ok(());
            }
            if read as u64 == MAX_LINE && !line.ends_with(b"\n") {
                stdin.skip_until(b'\n').map_err(broken)?;
                // What is not read whole is not judged: its beginning is another origin.
                self.answer(
                    &show_short(line.trim_ascii()),
                    &judge::Answer {
                        allowed: false,
                        reason: "malformed",
                        message: format!(
                            "denied: {} (more than {MAX_LINE} bytes)",
                            MalformedKind::TooLong.description()
                        ),
                        decision: None,
                        near_miss: None,
                    },
                )?;
            } else if !line.trim_ascii().is_empty() {
                self.origin(&line)?;
            }
        }
    }

    fn answer(&mut self, subject: &str, answer: &judge::Answer) -> Result<(), Failure> {
        let list = self.gate.list(self.list_type);
        self.print(&Answer {
            subject,
            allowed: answer.allowed,
            reason: answer.reason,
            message: &answer.message,
            pattern: answer
                .decision
                .and_then(|decision| decision.rule())
                .map(|rule| list.rule(rule).pattern().canonical()),
            near_miss: answer.near_miss.map(|near| Near {
                pattern: list.rule(near.rule).pattern().canonical(),
                message: near.kind.to_string(),
            }),
            decision: answer.decision,
        })
    }

    fn print(&mut self, answer: &Answer<'_>) -> Result<(), Failure> {
        self.denied |= !answer.allowed;
        match self.format {
            OutputFormat::Json => {
                serde_json::to_writer(&mut *self.out, answer).map_err(std::io::Error::from)?;
                writeln!(self.out)?;
            }
            OutputFormat::Text => {
                let colour = if answer.allowed { AnsiColor::Green } else { AnsiColor::Red };
                let style = Style::new().fg_color(Some(colour.into())).bold();
                let word = if answer.allowed { "allow" } else { "deny " };
                let message = answer.message.split_once(": ").map_or(answer.message, |(_, reason)| reason);
                let would = if answer.message.starts_with("let through") { "would be denied: " } else { "" };
                write!(self.out, "{style}{word}{style:#} {}  {would}{message}", answer.subject)?;
                if let Some(pattern) = answer.pattern {
                    write!(self.out, ": `{pattern}`")?;
                }
                writeln!(self.out)?;
                if let Some(near) = &answer.near_miss {
                    writeln!(self.out, "      closest: `{}`: {}", near.pattern, near.message)?;
                }
            }
        }
        Ok(())
    }
}

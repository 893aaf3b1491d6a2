//! `guestlist covers`: does a list admit every host of a file, and which of its rules are needed for that?

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::slice;

use anstyle::AnsiColor;
use guestlist::{Gate, Limits, List, ListType, Mode, NoOrigin, Origin};
use serde::Serialize;

use crate::args::CoversArgs;
use crate::audit::{counted, grouped};
use crate::failure::{Exit, Failure};
use crate::judge;
use crate::options::{ListTypeArg, OutputFormat};
use crate::text::{show, show_short};
use crate::warnings;

/// No host is longer; what is beyond it in a line is skipped, not kept.
const MAX_LINE: u64 = 1 << 16;

/// So many hosts are told the rule that came closest; to find it takes as long as there are rules.
const NEAR_MISSES: u64 = 1000;

/// No more unused rules are for people.
const MOST: usize = 20;

/// What is said of a line, or at the end.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Saying<'a> {
    /// A host that is not admitted.
    NotAdmitted { line: u64, host: &'a str, reason: &'a str, message: &'a str, near_miss: Option<Near<'a>> },
    /// A line that is no host.
    NoHost { line: u64, text: &'a str, message: &'a str },
    /// The end.
    Summary {
        hosts: u64,
        admitted: u64,
        not_admitted: u64,
        no_hosts: u64,
        rules: usize,
        /// Rules that admit none of the hosts.
        unused: Vec<RuleName<'a>>,
    },
}

#[derive(Serialize)]
struct Near<'a> {
    /// Counted from 1.
    rule: usize,
    pattern: &'a str,
    message: String,
}

#[derive(Serialize)]
struct RuleName<'a> {
    /// Counted from 1.
    rule: usize,
    pattern: &'a str,
}

pub(crate) fn run(args: &CoversArgs, stdin: &mut dyn Read, out: &mut dyn Write) -> Result<Exit, Failure> {
    let is_stdin = |path: &Path| path.as_os_str() == "-";
    let (hosts, files) = match args.files.as_slice() {
        [hosts] => (hosts, &[][..]),
        [list, hosts] => (hosts, slice::from_ref(list)),
        _ => {
            return Err(Failure::new(
                "too many files were named",
                "name one list and then one file of hosts; more lists are given with -l FILE",
            ));
        }
    };
    if is_stdin(hosts) && (args.source.reads_stdin() || files.iter().any(|path| is_stdin(path))) {
        return Err(Failure::new(
            "the list and the hosts cannot both be standard input",
            "name a file for one of the two",
        ));
    }
    if files.is_empty() && args.source.is_empty() {
        return Err(Failure::new(
            "only one file was named, and there is no list to check it with",
            "name the list first and then the hosts, or give the list with -p GLOB, -l FILE, or -c CONFIG --app KEY",
        ));
    }
    let list_type = ListTypeArg::asked(args.list_type);
    let source = args.source.load_with(&[], files, list_type)?;
    let gate = enforced(source.gate, list_type, args.format);
    let list = gate.list(list_type);
    warnings::print_about_list(list, args.format);
    let mut run = Run {
        gate: &gate,
        list,
        list_type,
        is_used: vec![false; list.rules().len()],
        unused: list.rules().len(),
        format: args.format,
        line: 0,
        admitted: 0,
        not_admitted: 0,
        no_hosts: 0,
        out,
    };
    if is_stdin(hosts) {
        run.lines(BufReader::new(stdin), Path::new("standard input"))?;
    } else {
        let file = File::open(hosts).map_err(|error| Failure::file(hosts, &error))?;
        run.lines(BufReader::with_capacity(1 << 16, file), hosts)?;
    }
    if run.admitted + run.not_admitted + run.no_hosts == 0 {
        let name = show_short(hosts.display().to_string().as_bytes());
        let name = if is_stdin(hosts) { "standard input" } else { &name };
        return Err(Failure::new(format!("{name} has no hosts"), "write one host or origin a line"));
    }
    run.end()
}

/// The gate with this list enforced: what is asked is whom its rules admit.
fn enforced(gate: Gate, list_type: ListType, format: OutputFormat) -> Gate {
    let list = gate.list(list_type);
    if list.mode() == Mode::Enforce {
        return gate;
    }
    warnings::note(
        format,
        &format!("the list's mode is {}; it is asked as if it were enforced", list.mode()),
    );
    let limits = Limits::default().patterns(usize::MAX).list_bytes(usize::MAX);
    let patterns = list.rules().iter().map(|rule| rule.pattern().canonical());
    let list = List::builder(list_type).patterns(patterns).limits(limits).mode(Mode::Enforce).restore();
    gate.with_list(list)
}

struct Run<'a> {
    gate: &'a Gate,
    list: &'a List,
    list_type: ListType,
    /// Whether each rule admits one of the hosts.
    is_used: Vec<bool>,
    unused: usize,
    format: OutputFormat,
    line: u64,
    admitted: u64,
    not_admitted: u64,
    no_hosts: u64,
    out: &'a mut dyn Write,
}

impl Run<'_> {
    fn lines(&mut self, mut hosts: impl BufRead, name: &Path) -> Result<(), Failure> {
        let mut line = Vec::new();
        let broken = |error| Failure::file(name, &error);
        loop {
            line.clear();
            let read = hosts.by_ref().take(MAX_LINE).read_until(b'\n', &mut line).map_err(broken)?;
            if read == 0 {
                return Ok(());
            }
            self.line += 1;
            let is_cut = read as u64 == MAX_LINE && !line.ends_with(b"\n");
            if is_cut {
                hosts.skip_until(b'\n').map_err(broken)?;
            }
            let bytes = match self.line {
                // A byte order mark is how some editors begin a file.
                1 => line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line),
                _ => &line,
            };
            let value = without_comment(bytes).trim_ascii();
            // A line that is not read whole is still one if what is left out is a comment.
            if is_cut && value.len() == bytes.trim_ascii().len() {
                let message = format!("this line has more than {MAX_LINE} bytes");
                self.no_host(&show_short(value), &message)?;
            } else if !value.is_empty() {
                self.host(value)?;
            }
        }
    }

    fn host(&mut self, value: &[u8]) -> Result<(), Failure> {
        let (_, read) = judge::read(value);
        let answer = judge::decide(self.gate, self.list_type, value, self.not_admitted < NEAR_MISSES);
        match read {
            Ok(origin) if answer.decision.and_then(|decision| decision.rule()).is_some() => {
                self.admitted += 1;
                self.mark(&origin);
                Ok(())
            }
            Ok(_) => {
                self.not_admitted += 1;
                let near_miss = answer.near_miss.map(|near| Near {
                    rule: near.rule.index() + 1,
                    pattern: self.list.rule(near.rule).pattern().canonical(),
                    message: near.kind.to_string(),
                });
                let message = answer.message.split_once(": ").map_or(&*answer.message, |(_, reason)| reason);
                let host = show(value);
                let saying = Saying::NotAdmitted {
                    line: self.line,
                    host: &host,
                    reason: answer.reason,
                    message,
                    near_miss,
                };
                say(&saying, self.format, self.out)
            }
            Err(why) => {
                // The judge knows more of a bare host: what browsers send of letters beyond ASCII.
                let message = answer
                    .message
                    .strip_prefix("denied: this is no host: ")
                    .map_or_else(|| no_origin(why), str::to_owned);
                self.no_host(&show_short(value), &message)
            }
        }
    }

    fn no_host(&mut self, text: &str, message: &str) -> Result<(), Failure> {
        self.no_hosts += 1;
        say(&Saying::NoHost { line: self.line, text, message }, self.format, self.out)
    }

    /// Marks the rules that admit the host.
    fn mark(&mut self, origin: &Origin<'_>) {
        if self.unused == 0 {
            return;
        }
        for rule in self.list.matches(origin) {
            let is_used = &mut self.is_used[rule.index()];
            self.unused -= usize::from(!*is_used);
            *is_used = true;
        }
    }

    fn end(self) -> Result<Exit, Failure> {
        let rules = self.list.rules().iter().enumerate();
        let unused = rules
            .filter(|(index, _)| !self.is_used[*index])
            .map(|(index, rule)| RuleName { rule: index + 1, pattern: rule.pattern().canonical() });
        let summary = Saying::Summary {
            hosts: self.admitted + self.not_admitted,
            admitted: self.admitted,
            not_admitted: self.not_admitted,
            no_hosts: self.no_hosts,
            rules: self.list.rules().len(),
            unused: unused.collect(),
        };
        say(&summary, self.format, self.out)?;
        let is_covered = self.not_admitted == 0 && self.no_hosts == 0;
        Ok(if is_covered { Exit::Success } else { Exit::Negative })
    }
}

fn no_origin(why: NoOrigin) -> String {
    match why {
        NoOrigin::Opaque => "`null` is an opaque origin, which no rule can approve".to_owned(),
        why => why.to_string(),
    }
}

/// What stands in front of a `#` at the beginning of a line or behind a blank.
fn without_comment(line: &[u8]) -> &[u8] {
    let is_comment =
        |at: &usize| line[*at] == b'#' && at.checked_sub(1).is_none_or(|at| line[at].is_ascii_whitespace());
    &line[..memchr::memchr_iter(b'#', line).find(is_comment).unwrap_or(line.len())]
}

fn say(saying: &Saying<'_>, format: OutputFormat, out: &mut dyn Write) -> Result<(), Failure> {
    if format == OutputFormat::Json {
        serde_json::to_writer(&mut *out, saying).map_err(std::io::Error::from)?;
        writeln!(out)?;
        return Ok(());
    }
    let (good, bad) = (AnsiColor::Green.on_default().bold(), AnsiColor::Red.on_default().bold());
    let yellow = AnsiColor::Yellow.on_default().bold();
    match saying {
        Saying::NotAdmitted { line, host, message, near_miss, .. } => {
            writeln!(out, "line {line}: {bad}not admitted{bad:#}: {host}  {message}")?;
            if let Some(Near { rule, pattern, message }) = near_miss {
                writeln!(out, "      closest: rule {rule} `{}`: {message}", show_short(pattern.as_bytes()))?;
            }
        }
        Saying::NoHost { line, text, message } => {
            writeln!(out, "line {line}: {yellow}no host{yellow:#}: {text}  {message}")?;
        }
        Saying::Summary { hosts, admitted, no_hosts, rules, unused, .. } => {
            let style = if admitted == hosts && *no_hosts == 0 { good } else { bad };
            let of = counted(*hosts, "host");
            writeln!(out, "{style}{} of {of} admitted{style:#}", grouped(*admitted))?;
            if *no_hosts > 0 {
                let (lines, are) =
                    if *no_hosts == 1 { ("line", "is no host") } else { ("lines", "are no hosts") };
                writeln!(out, "{yellow}{} {lines} {are}{yellow:#}", grouped(*no_hosts))?;
            }
            if !unused.is_empty() && *hosts > 0 {
                let admit = if unused.len() == 1 { "admits" } else { "admit" };
                writeln!(
                    out,
                    "{} of {} {admit} none of these hosts, and may be needless:",
                    unused.len(),
                    counted(*rules as u64, "rule")
                )?;
                for RuleName { rule, pattern } in unused.iter().take(MOST) {
                    writeln!(out, "  rule {rule} `{}`", show_short(pattern.as_bytes()))?;
                }
                if unused.len() > MOST {
                    writeln!(out, "  … and {} more; --format json has all", unused.len() - MOST)?;
                }
            }
        }
    }
    Ok(())
}

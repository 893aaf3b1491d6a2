//! The report for people at a terminal. Colours are written as they are; whoever owns the terminal takes them out where they have no place.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use guestlist::Mode;

use super::report::{DeniedOrigins, Report, RuleCount};
use super::words::{counted, grouped, percent, ratio, shortened};

/// Writes the report.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let list = &report.list;
    write!(out, "{BOLD}Audit{BOLD:#} of {}", counted(report.requests, "request"))?;
    match &report.inputs[..] {
        [input] => write!(out, " in {}", input.name)?,
        inputs => write!(out, " in {}", counted(inputs.len() as u64, "log"))?,
    }
    writeln!(out, "\nby the {} list {} (mode: {})", list.list_type, list.name, list.mode)?;
    outcome(report, out)?;
    reasons(report, out)?;
    rules(report, out)?;
    denied_origins(report, out)?;
    inputs(report, out)?;
    unreadable(report, out)?;
    notes(report, out)
}

fn outcome(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let denied = if report.only_reports() { "would be denied" } else { "denied" };
    writeln!(out)?;
    for (name, number, style) in [("allowed", report.allowed, GOOD), (denied, report.denied, BAD)] {
        let share = percent(number, report.requests);
        let bar = bar(number, report.requests);
        writeln!(out, "{style}{name:<24}{style:#}{:>14} {share:>8}  {style}{bar}{style:#}", grouped(number))?;
    }
    if let Some(number) = report.no_header {
        let share = percent(number, report.requests);
        writeln!(
            out,
            "{:<24}{:>14} {share:>8}  {DIM}allowed or denied{DIM:#}",
            "without the header",
            grouped(number)
        )?;
    }
    if report.unreadable > 0 {
        let number = grouped(report.unreadable);
        writeln!(
            out,
            "{:<24}{number:>14} {:>8}  {DIM}not among the requests{DIM:#}",
            "unreadable lines", ""
        )?;
    }
    Ok(())
}

fn reasons(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (allowed, denied) = (report.allowed_by, report.denied_by);
    title(out, "Why", "")?;
    let mut row = |style: Style, name: &str, number: u64| -> io::Result<()> {
        if number == 0 {
            return Ok(());
        }
        let share = percent(number, report.requests);
        let bar = bar(number, report.requests);
        writeln!(out, "  {name:<34}{:>14} {share:>8}  {style}{bar}{style:#}", grouped(number))
    };
    row(GOOD, "allowed: a rule matches", allowed.matched)?;
    row(GOOD, "allowed: header not sent", allowed.missing_header)?;
    row(GOOD, "allowed: the list is off", allowed.not_enforced)?;
    row(BAD, "denied: no rule matches", denied.no_match)?;
    row(BAD, "denied: header not sent", denied.missing_header)?;
    row(BAD, "denied: scheme not supported", denied.unsupported_scheme)?;
    row(BAD, "denied: opaque origin (null)", denied.opaque_origin)?;
    row(BAD, "denied: other", denied.other)?;
    row(BAD, "denied: header malformed", denied.malformed)?;
    for malformed in &report.malformed {
        let number = grouped(malformed.requests);
        writeln!(out, "    {:<32}{number:>14}  {DIM}{}{DIM:#}", malformed.kind, malformed.description)?;
    }
    if report.requests == 0 {
        writeln!(out, "  no requests")?;
    }
    Ok(())
}

fn rules(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    title(out, "Rules", "a request counts for the first rule that matches")?;
    if report.rules.is_empty() {
        return writeln!(out, "  none");
    }
    if report.list.mode == Mode::Off {
        return writeln!(
            out,
            "  {}, not looked at: the list is off",
            counted(report.rules.len() as u64, "rule")
        );
    }
    let row = |rule: &RuleCount, out: &mut dyn Write| {
        let (style, number) = match rule.requests {
            0 => (WARN, "never".to_owned()),
            number => (Style::new(), grouped(number)),
        };
        writeln!(out, "  {:>6}  {style}{number:>14}{style:#}  {}", rule.rule, shortened(&rule.pattern, 68))
    };
    if report.rules.len() <= ALL_RULES {
        return report.rules.iter().try_for_each(|rule| row(rule, out));
    }
    // Of a long list: what is used most, and what could go.
    let (mut used, never): (Vec<&RuleCount>, Vec<&RuleCount>) =
        report.rules.iter().partition(|rule| rule.requests > 0);
    used.sort_by_key(|rule| std::cmp::Reverse(rule.requests));
    for (rules, what) in [(used, "more that matched"), (never, "more that never matched")] {
        rules.iter().take(ALL_RULES / 2).try_for_each(|rule| row(rule, out))?;
        let more = rules.len().saturating_sub(ALL_RULES / 2) as u64;
        if more > 0 {
            writeln!(out, "  {DIM}… and {} {what}; JSON has them all{DIM:#}", grouped(more))?;
        }
    }
    Ok(())
}

fn denied_origins(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let denied = &report.denied_origins;
    if denied.distinct == 0 {
        return Ok(());
    }
    title(out, "Most often denied", &how_many(denied))?;
    for origin in &denied.listed {
        let share = percent(origin.requests, report.denied);
        writeln!(out, "  {:>14} {share:>8}  {}", grouped(origin.requests), shortened(&origin.origin, 68))?;
        let why = origin.near_miss.as_ref().map(|near| near.words.as_str()).or(origin.words);
        for line in why.map(|why| wrapped(why, 73)).unwrap_or_default() {
            writeln!(out, "{:27}{DIM}{line}{DIM:#}", "")?;
        }
    }
    Ok(())
}

/// How many of the different origins are listed, and what a share is of.
pub(super) fn how_many(denied: &DeniedOrigins) -> String {
    let at_least = if denied.exact { "" } else { "at least " };
    let distinct = grouped(denied.distinct);
    format!("{} of {at_least}{distinct} different; shares of all that is denied", denied.listed.len())
}

fn inputs(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.inputs.len() < 2 {
        return Ok(());
    }
    title(out, "Logs", "")?;
    writeln!(
        out,
        "  {DIM}{:>14} {:>14} {:>14} {:>11}{DIM:#}",
        "requests", "allowed", "denied", "unreadable"
    )?;
    for input in &report.inputs {
        writeln!(
            out,
            "  {:>14} {:>14} {:>14} {:>11}  {}",
            grouped(input.requests),
            grouped(input.allowed),
            grouped(input.denied),
            grouped(input.unreadable),
            input.name
        )?;
    }
    Ok(())
}

fn unreadable(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.unreadable == 0 {
        return Ok(());
    }
    title(out, "Unreadable lines", "")?;
    for line in &report.unreadable_lines.first {
        writeln!(out, "  {}:{}  {DIM}{}{DIM:#}", line.input, line.line, line.words)?;
    }
    let more = report.unreadable - report.unreadable_lines.first.len() as u64;
    if more > 0 {
        writeln!(out, "  {DIM}… and {} more:{DIM:#}", grouped(more))?;
        for reason in &report.unreadable_lines.by_reason {
            writeln!(out, "  {DIM}{:>14} in all: {}{DIM:#}", grouped(reason.lines), reason.description)?;
        }
    }
    Ok(())
}

fn notes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if !report.notes.is_empty() {
        title(out, "Notes", "")?;
    }
    for note in &report.notes {
        for (index, line) in wrapped(&note.text, 92).iter().enumerate() {
            let mark = if index == 0 { "-" } else { " " };
            writeln!(out, "  {WARN}{mark}{WARN:#} {line}")?;
        }
        if note.code == "broken-patterns" {
            for broken in &report.list.broken {
                let position = broken.position.unwrap_or_default();
                writeln!(
                    out,
                    "      pattern {position} `{}`: {}",
                    shortened(&broken.pattern, 40),
                    broken.message
                )?;
            }
        }
    }
    Ok(())
}

fn title(out: &mut dyn Write, title: &str, remark: &str) -> io::Result<()> {
    let dash = if remark.is_empty() { "" } else { "  " };
    writeln!(out, "\n{BOLD}{title}{BOLD:#}{DIM}{dash}{remark}{DIM:#}")
}

/// A bar of up to [`BAR`] characters; what is not nothing shows.
fn bar(part: u64, whole: u64) -> String {
    let eighths = usize::try_from(ratio(part, whole, BAR * 8)).unwrap_or(0);
    if eighths == 0 {
        return if part > 0 { "▏".to_owned() } else { String::new() };
    }
    let mut bar = "█".repeat(eighths / 8);
    bar.push_str(["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]);
    bar
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

/// Up to so many rules are all listed.
const ALL_RULES: usize = 40;
const BAR: u64 = 24;
const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();

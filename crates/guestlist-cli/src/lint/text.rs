//! Findings for people: where, who gets in, and what to write instead.

use std::io::Write;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use guestlist_proof::lint::{Basis, Code, Finding, Severity, Suggestion};

use super::{Linted, Linting, Region, range_in_file};
use crate::failure::Failure;
use crate::text::{show, show_short};

const HEAD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// How much of a long pattern is shown in front of and behind the place, in characters.
const AROUND: usize = 40;

pub(super) fn write(linting: &Linting, out: &mut dyn Write) -> Result<(), Failure> {
    for list in &linting.lists {
        for finding in &list.findings {
            write_finding(linting, list, finding, out)?;
        }
    }
    let (rules, lists) = (linting.rules(), linting.lists.len());
    let counted = |count: usize, name: &str| format!("{count} {name}{}", if count == 1 { "" } else { "s" });
    let what = if lists > 1 {
        format!("{} in {lists} lists", counted(rules, "rule"))
    } else {
        counted(rules, "rule")
    };
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .filter_map(|severity| Some((severity, linting.count(severity))).filter(|(_, count)| *count > 0))
        .map(|(severity, count)| counted(count, severity.as_str()))
        .collect();
    if counts.is_empty() {
        let style = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
        writeln!(out, "{style}nothing to say{style:#} about {what}")?;
    } else {
        writeln!(out, "{HEAD}{}{HEAD:#} about {what}; docs/lints.md says more of each", counts.join(", "))?;
    }
    Ok(())
}

fn write_finding(
    linting: &Linting,
    list: &Linted,
    finding: &Finding,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let colour = match finding.severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    let style = Style::new().fg_color(Some(colour.into())).bold();
    writeln!(
        out,
        "{style}{}[{}]{style:#}{HEAD}: {}{HEAD:#}",
        finding.severity,
        finding.code,
        show(finding.message.as_bytes())
    )?;
    let mut place = String::new();
    if let Some(rule) = finding.rule {
        place = format!("rule {}", rule + 1);
    }
    if linting.lists.len() > 1 {
        place = if place.is_empty() {
            list.list.name.clone()
        } else {
            format!("{place} of the {}", list.list.name)
        };
    }
    if let (Some(file), Some(source)) = (list.place(finding), list.source(finding)) {
        let Region { line, column, .. } = Region::new(file, range_in_file(file, source, finding));
        let path = show_short(file.path.display().to_string().as_bytes());
        place = if place.is_empty() {
            format!("{path}:{line}:{column}")
        } else {
            format!("{path}:{line}:{column}, {place}")
        };
    }
    if !place.is_empty() {
        writeln!(out, "  {FAINT}-->{FAINT:#} {place}")?;
    }
    if let Some(source) = list.source(finding).or(finding.pattern.as_deref()) {
        write_pattern(source, finding, style, out)?;
    }
    let mut line = |title: &str, text: &str| writeln!(out, "   {FAINT}={FAINT:#} {title:<10}{text}");
    let shortest = finding.admits.as_ref().map(ToString::to_string);
    match (&finding.example, &shortest) {
        (Some(example), Some(shortest)) => {
            line("gets in", &format!("{HEAD}{example}{HEAD:#}, and the shortest: {shortest}"))?;
        }
        (Some(one), None) | (None, Some(one)) => line("gets in", &format!("{HEAD}{one}{HEAD:#}"))?,
        (None, None) => {}
    }
    if let Some(denies) = &finding.denies {
        line("stays out", &format!("{HEAD}{denies}{HEAD:#}"))?;
    }
    match &finding.suggestion {
        Some(Suggestion::Replace(text)) => {
            let who = if text.starts_with("{,*.}") {
                ": the domain itself and every name one level below it"
            } else {
                ""
            };
            let is_of_names = finding.admits.is_some() && finding.code != Code::AddressAsText;
            let others = if is_of_names { ", and no strangers" } else { "" };
            line("write", &format!("{HEAD}{text}{HEAD:#}{who}{others}"))?;
        }
        Some(Suggestion::Form(text)) => {
            line("write", &format!("something like {HEAD}{text}{HEAD:#}, with names of your own"))?;
        }
        Some(Suggestion::Add(text)) => line("add", &format!("{HEAD}{text}{HEAD:#}"))?,
        Some(Suggestion::Remove) => line("remove", "it; the list admits the same hosts without it")?,
        Some(Suggestion::Advice(text)) => line("advice", &show(text.as_bytes()))?,
        Some(_) | None => {}
    }
    match finding.basis {
        Basis::PublicSuffixList => {
            line("rests on", &format!("the Public Suffix List ({})", linting.public_suffix_list))?;
        }
        Basis::Unicode => line("rests on", "Unicode's data on characters that look alike (UTS #39)")?,
        _ => {}
    }
    writeln!(out)?;
    Ok(())
}

/// The pattern with carets under the place.
fn write_pattern(source: &str, finding: &Finding, style: Style, out: &mut dyn Write) -> Result<(), Failure> {
    let span = finding.span.map_or(0..source.len(), guestlist::Span::range);
    let piece = |range: Range<usize>| source.get(range).unwrap_or_default().chars().collect::<Vec<char>>();
    let (front, inside, behind) = (piece(0..span.start), piece(span.clone()), piece(span.end..source.len()));
    let text = |chars: &[char]| show(chars.iter().collect::<String>().as_bytes());
    let mut shown = String::new();
    if front.len() > AROUND {
        shown.push('…');
    }
    shown += &text(&front[front.len().saturating_sub(AROUND)..]);
    let column = shown.chars().count();
    let marked = text(&inside[..inside.len().min(2 * AROUND)]);
    let width = marked.chars().count().max(1);
    shown += &marked;
    shown += &text(&behind[..behind.len().min(AROUND)]);
    if inside.len() > 2 * AROUND || behind.len() > AROUND {
        shown.push('…');
    }
    writeln!(out, "   {FAINT}|{FAINT:#} {shown}")?;
    writeln!(out, "   {FAINT}|{FAINT:#} {:column$}{style}{}{style:#}", "", "^".repeat(width))?;
    Ok(())
}

//! `guestlist explain`: what a pattern means, and why an origin is or is not let in.

use std::io::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use guestlist::ast::{Node, NodeKind, SetItem};
use guestlist::{Gate, List, ListType, Pattern, Rule};
use guestlist_proof::{Prover, Rules, railroad};
use serde::Serialize;

use crate::args::ExplainArgs;
use crate::failure::{Exit, Failure};
use crate::judge;
use crate::options::{ListTypeArg, OutputFormat};
use crate::target::Target;
use crate::text::show;
use crate::warnings;

/// Everything that is said, as data.
#[derive(Serialize)]
struct Explanation {
    patterns: Vec<PatternExplanation>,
    /// What the whole list is decided with.
    engine: guestlist::Engine,
    origins: Vec<OriginExplanation>,
}

#[derive(Serialize)]
struct PatternExplanation {
    /// As it was written.
    source: String,
    /// As it is stored.
    canonical: String,
    /// Its parts, in order.
    parts: Vec<Part>,
    /// As a regular expression over `host` or `host:port`.
    regex: String,
    /// What it is decided with when it is alone.
    engine: guestlist::Engine,
    /// Who else gets in, where the pattern lets in strangers.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// Examples of hosts that get in.
    matches: Vec<String>,
    /// Examples of hosts that do not.
    near_misses: Vec<NearMissExplanation>,
}

#[derive(Serialize)]
struct Part {
    text: String,
    meaning: String,
    /// Inside braces: the alternatives, each with its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    alternatives: Vec<Vec<Part>>,
}

#[derive(Serialize)]
struct NearMissExplanation {
    host: String,
    why: String,
}

#[derive(Serialize)]
struct OriginExplanation {
    origin: String,
    allowed: bool,
    message: String,
    /// Every rule that matches, not only the first.
    matching: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closest: Option<NearMissExplanation>,
}

pub(crate) fn run(args: &ExplainArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let list_type = ListTypeArg::asked(args.list_type);
    let source = args.source.load_with(&args.patterns, &[], list_type)?;
    let list = source.gate.list(list_type);
    let picture = args.svg.as_deref().map(|path| Picture::check(path, args)).transpose()?;
    warnings::print_about_list(list, args.format);
    let explanation = Explanation {
        patterns: list.rules().iter().map(|rule| explain_pattern(rule.pattern())).collect(),
        engine: list.engine(),
        origins: args
            .origin
            .iter()
            .map(|origin| explain_origin(&source.gate, list_type, origin.as_bytes()))
            .collect(),
    };
    let draw = || {
        let patterns: Vec<&Pattern> = list.rules().iter().map(Rule::pattern).collect();
        railroad::svg(&patterns, &railroad::Style::default())
    };
    match args.format {
        _ if matches!(picture, Some(Picture::Output)) => out.write_all(draw().as_bytes())?,
        OutputFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &explanation).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        OutputFormat::Text => print(&explanation, out)?,
    }
    if let Some(Picture::File(target)) = picture {
        out.flush()?;
        target.write(&draw())?;
    }
    let denied = explanation.origins.iter().any(|origin| !origin.allowed);
    Ok(if denied { Exit::Negative } else { Exit::Success })
}

/// Where the picture goes.
enum Picture {
    /// Standard output, which has nothing else then.
    Output,
    File(Target),
}

impl Picture {
    /// Checks that it can go there, before anything is printed.
    fn check(path: &Path, args: &ExplainArgs) -> Result<Picture, Failure> {
        if path.as_os_str() != "-" {
            let inputs: Vec<&Path> = args.source.files().collect();
            return Target::check(path, &inputs, "picture").map(Picture::File);
        }
        if args.format == OutputFormat::Json {
            let help = "name a file for the picture, or leave out --format json";
            return Err(Failure::new("the picture and the JSON object cannot both be standard output", help));
        }
        Ok(Picture::Output)
    }
}

fn explain_pattern(pattern: &Pattern) -> PatternExplanation {
    let list = List::builder(ListType::Upload).pattern(pattern.canonical()).restore();
    PatternExplanation {
        source: show(pattern.source().as_bytes()),
        canonical: pattern.canonical().to_string(),
        parts: parts(&pattern.ast().nodes, pattern.source(), &mut false),
        regex: pattern.to_regex(),
        engine: list.engine(),
        warning: warnings::of(pattern),
        matches: insiders(pattern, 5),
        near_misses: Prover::new()
            .outsiders(pattern, 6)
            .into_iter()
            .map(|outsider| NearMissExplanation {
                host: outsider.host,
                why: outsider.near_miss.map_or_else(
                    || "nothing of it lines up with the rule".to_string(),
                    |near| near.kind.to_string(),
                ),
            })
            .collect(),
    }
}

/// Hosts that the pattern matches, `most` at most; none as well where it was not found out whether there are any.
fn insiders(pattern: &Pattern, most: usize) -> Vec<String> {
    let examples = Prover::new().examples(&Rules::from(pattern.clone()), most).unwrap_or_default();
    examples.into_iter().map(|example| example.host).collect()
}

/// The parts with their meaning. A `*` means something else in a port.
fn parts(nodes: &[Node], source: &str, in_port: &mut bool) -> Vec<Part> {
    let mut out = Vec::new();
    for node in nodes {
        let mut alternatives = Vec::new();
        let meaning = match &node.kind {
            NodeKind::Literal(literal) if literal.was_non_ascii => {
                format!("the label `{}` as browsers send it", literal.ascii)
            }
            NodeKind::Literal(_) if *in_port => "these digits".to_string(),
            NodeKind::Literal(literal) if literal.ascii.bytes().any(|byte| byte.is_ascii_alphabetic()) => {
                "these characters, letters in either case".to_string()
            }
            NodeKind::Literal(_) => "these characters".to_string(),
            NodeKind::Star if *in_port => "any number of digits".to_string(),
            NodeKind::Star => "any number of characters, never a dot".to_string(),
            NodeKind::Question if *in_port => "exactly one digit".to_string(),
            NodeKind::Question => "exactly one character, never a dot".to_string(),
            NodeKind::Set(set) => {
                let members = set.items.iter().map(|item| match *item {
                    SetItem::One(byte) => char::from(byte).to_string(),
                    SetItem::Range(first, last) => format!("{} to {}", char::from(first), char::from(last)),
                    _ => String::new(),
                });
                format!("exactly one of: {}", members.collect::<Vec<_>>().join(", "))
            }
            NodeKind::Dot => "the dot between two labels".to_string(),
            NodeKind::Colon => {
                *in_port = true;
                "the port follows".to_string()
            }
            NodeKind::Braces(all) => {
                let before = *in_port;
                for alternative in all {
                    let mut inside = before;
                    alternatives.push(parts(alternative, source, &mut inside));
                    *in_port |= inside;
                }
                format!("any one of {} alternatives", all.len())
            }
            NodeKind::Ipv6(_) => "this IPv6 address, however it is written".to_string(),
            _ => String::new(),
        };
        out.push(Part { text: show(source[node.span.range()].as_bytes()), meaning, alternatives });
    }
    out
}

fn explain_origin(gate: &Gate, list_type: ListType, value: &[u8]) -> OriginExplanation {
    let value = value.trim_ascii();
    let list = gate.list(list_type);
    let answer = judge::judge(gate, list_type, value);
    let (_, read) = judge::read(value);
    let pattern = |rule| list.rule(rule).pattern().canonical().to_string();
    OriginExplanation {
        origin: show(value),
        allowed: answer.allowed,
        message: answer.message,
        matching: read
            .map(|origin| list.matches(&origin).into_iter().map(pattern).collect())
            .unwrap_or_default(),
        closest: answer
            .near_miss
            .map(|near| NearMissExplanation { host: pattern(near.rule), why: near.kind.to_string() }),
    }
}

const HEAD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

fn print(explanation: &Explanation, out: &mut dyn Write) -> Result<(), Failure> {
    let allowed = Style::new().fg_color(Some(AnsiColor::Green.into())).bold();
    let denied = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
    for pattern in &explanation.patterns {
        writeln!(out, "{HEAD}{}{HEAD:#}", pattern.canonical)?;
        if pattern.source != pattern.canonical {
            writeln!(out, "  written as  {}", pattern.source)?;
        }
        print_parts(&pattern.parts, "  ", out)?;
        writeln!(out, "  regex       {}", pattern.regex)?;
        writeln!(out, "  engine      {}", pattern.engine)?;
        if let Some(warning) = &pattern.warning {
            let style = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
            writeln!(out, "  {style}warning{style:#}     {warning}")?;
        }
        for (index, host) in pattern.matches.iter().enumerate() {
            let title = if index == 0 { "gets in" } else { "" };
            writeln!(out, "  {title:<11} {allowed}{host}{allowed:#}")?;
        }
        let width = pattern.near_misses.iter().map(|near| near.host.chars().count()).max().unwrap_or(0);
        for (index, near) in pattern.near_misses.iter().enumerate() {
            let title = if index == 0 { "stays out" } else { "" };
            let pad = width - near.host.chars().count();
            writeln!(
                out,
                "  {title:<11} {denied}{}{denied:#}{:pad$}  {FAINT}{}{FAINT:#}",
                near.host, "", near.why
            )?;
        }
        writeln!(out)?;
    }
    if explanation.patterns.len() > 1 {
        writeln!(out, "{HEAD}the whole list{HEAD:#}\n  engine      {}\n", explanation.engine)?;
    }
    for origin in &explanation.origins {
        let style = if origin.allowed { allowed } else { denied };
        let (word, reason) = origin.message.split_once(": ").unwrap_or(("", &origin.message));
        writeln!(out, "{HEAD}{}{HEAD:#}\n  {style}{word}{style:#}: {reason}", origin.origin)?;
        for (index, pattern) in origin.matching.iter().enumerate() {
            writeln!(out, "  {} `{pattern}`", if index == 0 { "matched by" } else { "and also by" })?;
        }
        if let Some(closest) = &origin.closest {
            writeln!(out, "  closest: `{}`: {}", closest.host, closest.why)?;
        }
    }
    Ok(())
}

fn print_parts(parts: &[Part], indent: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let width = parts.iter().map(|part| part.text.chars().count()).max().unwrap_or(0).min(30);
    for part in parts {
        writeln!(out, "{indent}{:<width$}  {FAINT}{}{FAINT:#}", part.text, part.meaning)?;
        for alternative in &part.alternatives {
            if alternative.is_empty() {
                writeln!(out, "{indent}  - {FAINT}nothing{FAINT:#}")?;
            } else {
                let text: String = alternative.iter().map(|part| part.text.as_str()).collect();
                writeln!(out, "{indent}  - {text}")?;
                if alternative.len() > 1 || !alternative[0].alternatives.is_empty() {
                    print_parts(alternative, &format!("{indent}      "), out)?;
                }
            }
        }
    }
    Ok(())
}

//! `guestlist examples`: who gets in, and how many there are.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use guestlist::Mode;
use guestlist_proof::{Count, Prover, Rules, Undecided};
use serde::Serialize;

use crate::args::ExamplesArgs;
use crate::audit::grouped;
use crate::failure::{Exit, Failure};
use crate::options::{ListTypeArg, OutputFormat};
use crate::text::show_short;
use crate::warnings;

/// Everything that is said, as data.
#[derive(Serialize)]
struct Answer {
    /// `yes`, `no`, or `undecided`.
    admits_anybody: &'static str,
    mode: Mode,
    /// Hosts that get in, the shortest first.
    examples: Vec<Example>,
    /// How many labels a host has at most that is counted; `null` for any number.
    most_labels: Option<usize>,
    count: Counted,
    /// What was not decided, in words.
    undecided: Vec<String>,
}

#[derive(Serialize)]
struct Example {
    host: String,
    /// Whether no other host that gets in is shorter.
    is_shortest: bool,
    /// The first rule that admits it, counted from 1.
    rule: usize,
    pattern: String,
}

/// How many hosts get in: not fewer than `least` and not more than `most`.
#[derive(Serialize)]
struct Counted {
    /// `exactly`, `between`, `unbounded`, or `undecided`.
    kind: &'static str,
    least: Option<u128>,
    most: Option<u128>,
}

/// No host has more labels.
const ALL_LABELS: usize = 127;

pub(crate) fn run(args: &ExamplesArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let list_type = ListTypeArg::asked(args.list_type);
    let source = args.source.load_with(&args.patterns, &[], list_type)?;
    let list = source.gate.list(list_type);
    warnings::print_about_list(list, args.format);
    let rules = Rules::from(list);
    let prover = Prover::new();
    let mut undecided = Vec::new();
    let mut note = |what: &str, why: &Undecided| undecided.push(format!("{what}: {why}"));
    let shortest = prover.example(&rules);
    if let Err(why) = &shortest {
        note("the shortest host", why);
    }
    let mut hosts: Vec<(String, bool)> =
        shortest.iter().flatten().map(|witness| (witness.to_string(), true)).collect();
    let others = match &shortest {
        Ok(None) => Ok(Vec::new()),
        // One more, in case that the shortest is among them.
        _ => prover.examples(&rules, args.count.saturating_add(1)),
    };
    match others {
        Ok(others) => {
            for other in others {
                if hosts.iter().all(|(host, _)| *host != other.host) {
                    hosts.push((other.host, false));
                }
            }
        }
        Err(why) => note("examples", &why),
    }
    let admits_anybody = match (&shortest, hosts.is_empty()) {
        (Ok(None), _) => "no",
        (Err(_), true) => "undecided",
        _ => "yes",
    };
    hosts.truncate(args.count);
    let count = match prover.count(&rules, args.labels.unwrap_or(ALL_LABELS)) {
        // How many there may be is no answer where there may be nobody.
        _ if admits_anybody == "undecided" => Counted { kind: "undecided", least: None, most: None },
        Ok(Count::Exactly(number)) => Counted { kind: "exactly", least: Some(number), most: Some(number) },
        Ok(Count::Between(least, most)) => Counted { kind: "between", least: Some(least), most: Some(most) },
        Ok(_) => Counted { kind: "unbounded", least: None, most: None },
        Err(why) => {
            note("how many hosts there are", &why);
            Counted { kind: "undecided", least: None, most: None }
        }
    };
    let examples = hosts.into_iter().filter_map(|(host, is_shortest)| {
        let origin = guestlist::Origin::from_host(host.as_bytes()).ok()?;
        let rule = list.find(&origin)?;
        let pattern = list.rule(rule).pattern().canonical().to_string();
        Some(Example { is_shortest, rule: rule.index() + 1, pattern, host: host.clone() })
    });
    let answer = Answer {
        admits_anybody,
        mode: list.mode(),
        examples: examples.collect(),
        most_labels: args.labels,
        count,
        undecided,
    };
    match args.format {
        OutputFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &answer).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        OutputFormat::Text => print(&answer, list.rules().is_empty(), out)?,
    }
    Ok(if answer.admits_anybody == "yes" { Exit::Success } else { Exit::Negative })
}

const FAINT: Style = Style::new().dimmed();

fn print(answer: &Answer, has_no_rules: bool, out: &mut dyn Write) -> Result<(), Failure> {
    let (allowed, denied) = (AnsiColor::Green.on_default(), AnsiColor::Red.on_default().bold());
    let yellow = AnsiColor::Yellow.on_default().bold();
    match answer.mode {
        Mode::Off => {
            writeln!(
                out,
                "{yellow}the list is off{yellow:#}: everyone is let in, whatever its patterns say"
            )?;
        }
        Mode::Report => {
            writeln!(
                out,
                "{yellow}the list is in report mode{yellow:#}: everyone is let in until it is enforced"
            )?;
        }
        _ => {}
    }
    if answer.admits_anybody == "no" {
        let why = if has_no_rules { "the list has no patterns" } else { "no valid host matches" };
        writeln!(out, "{denied}nobody gets in{denied:#}: {why}")?;
        return Ok(());
    }
    if answer.admits_anybody == "undecided" {
        writeln!(out, "{yellow}not decided whether anybody gets in{yellow:#}")?;
    }
    let width = answer.examples.iter().map(|example| example.host.len()).max().unwrap_or(0).min(60);
    for (index, example) in answer.examples.iter().enumerate() {
        let title = if index == 0 { "gets in" } else { "" };
        let pad = width.saturating_sub(example.host.len());
        let shortest = if example.is_shortest { ", the shortest host" } else { "" };
        writeln!(
            out,
            "{title:<12} {allowed}{}{allowed:#}{:pad$}  {FAINT}rule {} `{}`{shortest}{FAINT:#}",
            example.host,
            "",
            example.rule,
            show_short(example.pattern.as_bytes())
        )?;
    }
    let of = match answer.most_labels {
        Some(1) => " of one label".to_string(),
        Some(labels) => format!(" of up to {labels} labels"),
        None => String::new(),
    };
    let hosts = |count: u128| if count == 1 { "host" } else { "hosts" };
    let words = match (&answer.count.kind, answer.count.least, answer.count.most) {
        (_, Some(u128::MAX), _) => format!("more hosts{of} than can be counted"),
        (&"exactly", Some(count), _) => format!("exactly {} {}{of}", grouped(count), hosts(count)),
        (&"between", Some(least), Some(most)) => format!(
            "between {} and {} hosts{of}: some have a label that begins with `xn--`, and are too many to look at each",
            grouped(least),
            grouped(most)
        ),
        (&"unbounded", ..) => format!("hosts{of} without a practical limit: a `*` stands for any text"),
        _ => format!("not decided how many hosts{of} there are"),
    };
    writeln!(out, "{:<12} {words}", "how many")?;
    for words in &answer.undecided {
        writeln!(out, "{:<12} {yellow}{words}{yellow:#}", "")?;
    }
    Ok(())
}

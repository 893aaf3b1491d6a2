//! The difference for people: first in a sentence, then rule by rule.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use guestlist::Mode;
use guestlist_proof::{Effect, Setting};

use super::{AppReport, ChangeReport, Cover, ListReport, Report, has_effect};
use crate::failure::Failure;
use crate::text::show_short;

const HEAD: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// No more lines of a kind are for people.
const MOST: usize = 20;

pub(super) fn print(report: &Report, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "{HEAD}{}{HEAD:#}", sentence(report))?;
    for app in &report.apps {
        let name = app.app.as_ref().map(|key| format!("app `{}`", show_short(key.as_bytes())));
        if let Some(name) = name.as_ref().filter(|_| !app.settings.is_empty()) {
            writeln!(out, "\n{HEAD}{name}{HEAD:#}")?;
            print_settings(&app.settings, true, out)?;
        }
        for list in &app.lists {
            let title = match (&name, list.list_type) {
                (Some(name), Some(list_type)) => format!("{name}, {list_type} list"),
                _ => format!("{} → {}", report.old, report.new),
            };
            let rules = |count: usize| if count == 1 { "rule" } else { "rules" };
            writeln!(
                out,
                "\n{HEAD}{title}{HEAD:#} {FAINT}({} {} before, {} now){FAINT:#}",
                list.old_rules,
                rules(list.old_rules),
                list.new_rules
            )?;
            print_list(list, out)?;
        }
    }
    if let [AppReport { app: None, .. }] = report.apps.as_slice() {
        return Ok(());
    }
    let same = report.compared - report.apps.len();
    if same > 0 {
        let rest = if report.apps.is_empty() { "" } else { "other " };
        let (apps, are) = if same == 1 { ("app", "is") } else { ("apps", "are") };
        writeln!(out, "\n{FAINT}{same} {rest}{apps} {are} the same{FAINT:#}")?;
    }
    Ok(())
}

/// The answer at a glance.
fn sentence(report: &Report) -> String {
    let lists = || report.apps.iter().flat_map(|app| &app.lists);
    let settings = |effect| {
        let settings = report.apps.iter().flat_map(AppReport::all_settings).filter(|one| one.name != "app");
        has_effect(settings, effect)
    };
    let is_any = |of: fn(&ListReport) -> bool| lists().any(of);
    // Patterns of lists that are not enforced yet come second.
    let in_force = |list: &&ListReport| list.in_force;
    let is_pending = !lists()
        .any(|list| list.in_force && !(list.newly_admitted.is_empty() && list.no_longer_admitted.is_empty()))
        && is_any(|list| !(list.newly_admitted.is_empty() && list.no_longer_admitted.is_empty()));
    let changes = |of: fn(&ListReport) -> &Vec<ChangeReport>| -> Vec<&ChangeReport> {
        lists().filter(|list| is_pending || in_force(list)).flat_map(of).collect()
    };
    let side = |verb: &str,
                by_settings: &str,
                maybe: &str,
                effect,
                edit,
                of: fn(&ListReport) -> &Vec<ChangeReport>| {
        let mut words = Vec::new();
        if let Some(change) = changes(of).first() {
            let others = if changes(of).len() == 1 && change.is_all { "" } else { " and others" };
            let only = if change.without_port { " without a port" } else { "" };
            words.push(format!("{verb} `{}`{only}{others}", change.example));
        }
        if settings(effect) {
            words.push(by_settings.to_string());
        }
        if words.is_empty() && lists().any(|list| list.undecided_of(edit) > 0) {
            words.push(maybe.to_string());
        }
        words.join(" and ")
    };
    let gains = side(
        "newly admits",
        "lets more in by its settings",
        "may admit more (that was not decided)",
        Effect::Widens,
        "added",
        |list| &list.newly_admitted,
    );
    let losses = side(
        "no longer admits",
        "lets fewer in by its settings",
        "may admit fewer (that was not decided)",
        Effect::Narrows,
        "removed",
        |list| &list.no_longer_admitted,
    );
    let subject = if is_pending { "With its lists enforced, this edit" } else { "This edit" };
    let apps = report.apps.iter().flat_map(|app| &app.settings).any(|setting| setting.name == "app");
    match (gains.is_empty(), losses.is_empty()) {
        (false, false) => format!("{subject} {gains}, and {losses}."),
        (false, true) => format!("{subject} {gains}. Everybody who got in still does."),
        (true, false) => format!("{subject} {losses}. Nobody else gets in."),
        (true, true) if apps => "This edit adds or removes apps, and nothing else changes.".to_string(),
        (true, true) => "Nobody else gets in, and everybody who got in still does.".to_string(),
    }
}

fn sign(effect: Effect) -> (&'static str, Style) {
    match effect {
        Effect::Widens => ("+", AnsiColor::Green.on_default()),
        Effect::Narrows => ("-", AnsiColor::Red.on_default()),
        Effect::Neither => ("=", FAINT),
    }
}

fn print_settings(settings: &[Setting], is_enforced: bool, out: &mut dyn Write) -> Result<(), Failure> {
    for setting in settings {
        let (sign, style) = sign(setting.effect);
        let meaning = match (setting.name, setting.effect) {
            ("app", Effect::Widens) => "there was no such app before",
            ("app", _) => "there is no such app any more: its key lets nobody in",
            ("mode", Effect::Widens) => "everyone is let in",
            ("mode", Effect::Narrows) => "everyone was let in; now only whom the patterns admit",
            ("mode", _) => "everyone is let in, as before",
            ("block_missing", Effect::Widens) if is_enforced => "requests without the header are let in",
            ("block_missing", Effect::Widens) => "once enforced, it lets in requests without the header",
            ("block_missing", _) if is_enforced => "requests without the header are denied",
            ("block_missing", _) => "once enforced, it denies requests without the header",
            (_, Effect::Widens) => {
                "origins of more schemes can be matched; anyone can make a program that sends them"
            }
            _ => "origins of fewer schemes can be matched",
        };
        let (old, new) = (show_short(setting.old.as_bytes()), show_short(setting.new.as_bytes()));
        writeln!(out, "  {style}{sign} {}: {old} → {new}{style:#}  {FAINT}{meaning}{FAINT:#}", setting.name)?;
    }
    Ok(())
}

fn print_list(list: &ListReport, out: &mut dyn Write) -> Result<(), Failure> {
    print_settings(&list.settings, list.new_mode.is_none_or(|mode| mode == Mode::Enforce), out)?;
    let has_rules = !(list.newly_admitted.is_empty()
        && list.no_longer_admitted.is_empty()
        && list.unnoticed.is_empty()
        && list.undecided.is_empty());
    if !has_rules {
        if list.settings.is_empty() {
            writeln!(out, "  the same rules")?;
        }
        return Ok(());
    }
    if !list.in_force {
        writeln!(
            out,
            "  {FAINT}the list was not or is not enforced; its patterns are compared as if it were{FAINT:#}"
        )?;
    }
    print_changes("newly admitted", Effect::Widens, &list.newly_admitted, out)?;
    print_changes("no longer admitted", Effect::Narrows, &list.no_longer_admitted, out)?;
    let title = |title: &str, count: usize, out: &mut dyn Write| match count {
        0 => Ok(()),
        _ => writeln!(out, "  {HEAD}{title}{HEAD:#}"),
    };
    title("nobody notices", list.unnoticed.len(), out)?;
    for idle in list.unnoticed.iter().take(MOST) {
        let (sign, style) = sign(if idle.edit == "added" { Effect::Widens } else { Effect::Narrows });
        let pattern = show_short(idle.pattern.as_bytes());
        let why = match (idle.covered_by.as_slice(), idle.edit) {
            ([], _) => "it admits no valid host".to_string(),
            (others, "added") => format!("{} already admitted all of it", covers(others)),
            (others, _) => {
                format!("{} {} all of it", covers(others), if others.len() == 1 { "admits" } else { "admit" })
            }
        };
        writeln!(out, "    {style}{sign}{style:#} rule {} `{pattern}` was {}: {why}", idle.rule, idle.edit)?;
    }
    more(list.unnoticed.len(), out)?;
    title("not decided", list.undecided.len(), out)?;
    let yellow = AnsiColor::Yellow.on_default().bold();
    for rule in list.undecided.iter().take(MOST) {
        let pattern = show_short(rule.pattern.as_bytes());
        writeln!(
            out,
            "    {yellow}?{yellow:#} rule {} `{pattern}` was {}: {}",
            rule.rule, rule.edit, rule.why
        )?;
    }
    more(list.undecided.len(), out)
}

fn covers(others: &[Cover]) -> String {
    let one = |cover: &Cover| format!("rule {} `{}`", cover.rule, show_short(cover.pattern.as_bytes()));
    match others {
        [one_rule] => one(one_rule),
        [first, second] => format!("{} and {} together", one(first), one(second)),
        _ => {
            let rules: Vec<String> = others.iter().take(8).map(|cover| cover.rule.to_string()).collect();
            let rest = others.len().saturating_sub(8);
            let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!("rules {}{rest} together", rules.join(", "))
        }
    }
}

fn print_changes(
    title: &str,
    effect: Effect,
    changes: &[ChangeReport],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    if changes.is_empty() {
        return Ok(());
    }
    let (sign, style) = sign(effect);
    writeln!(out, "  {HEAD}{title}{HEAD:#}")?;
    let shown = &changes[..changes.len().min(MOST)];
    let width = shown.iter().map(|change| change.example.len()).max().unwrap_or(0).min(50);
    for change in shown {
        let pad = width.saturating_sub(change.example.len());
        let shortest = if change.example == change.shortest {
            String::new()
        } else {
            format!("; the shortest is {}", change.shortest)
        };
        let only = if change.without_port {
            "; only without a port: a bare host, or a scheme that has no default"
        } else {
            ""
        };
        let word = if effect == Effect::Widens { "by" } else { "was let in by" };
        writeln!(
            out,
            "    {style}{sign} {}{style:#}{:pad$}  {FAINT}{word} rule {} `{}`{shortest}{only}{FAINT:#}",
            change.example,
            "",
            change.rule,
            show_short(change.pattern.as_bytes())
        )?;
    }
    more(changes.len(), out)
}

fn more(count: usize, out: &mut dyn Write) -> Result<(), Failure> {
    if count > MOST {
        writeln!(out, "    {FAINT}… and {} more; --format json has all{FAINT:#}", count - MOST)?;
    }
    Ok(())
}

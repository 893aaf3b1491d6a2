//! `guestlist diff`: what changes for whom between two versions of a list or of a configuration.

mod text;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use guestlist::{Gate, List, ListType, Mode, Pattern};
use guestlist_proof::{
    Change, Diff, Effect, GateDiff, Idle, ListDiff, Ports, Prover, Rules, Setting, Side, Witness,
};
use serde::Serialize;

use crate::args::DiffArgs;
use crate::failure::{Exit, Failure};
use crate::options::OutputFormat;
use crate::source::{self, SourceArgs};
use crate::text::show;
use guestlist_config::Config;

/// Everything that is said, as data.
#[derive(Serialize)]
struct Report {
    old: String,
    new: String,
    /// Whether somebody is newly let in, or may be, now or when the list is enforced.
    widens: bool,
    /// Whether somebody is no longer let in, or may not be.
    narrows: bool,
    /// Whether everything was decided.
    decided: bool,
    /// Apps whose key both versions have or one of them; 1 for two lists.
    compared: usize,
    /// What was changed: of two lists one, whose key is `null`; of configurations those that are not the same.
    apps: Vec<AppReport>,
}

#[derive(Serialize)]
struct AppReport {
    app: Option<String>,
    settings: Vec<Setting>,
    lists: Vec<ListReport>,
}

#[derive(Serialize)]
struct ListReport {
    /// `null` for a list file.
    #[serde(rename = "type")]
    list_type: Option<ListType>,
    /// `null` where there was no such app, and for a list file.
    old_mode: Option<Mode>,
    new_mode: Option<Mode>,
    /// Whether the list was enforced and is; else its patterns change nothing yet.
    in_force: bool,
    old_rules: usize,
    new_rules: usize,
    settings: Vec<Setting>,
    newly_admitted: Vec<ChangeReport>,
    no_longer_admitted: Vec<ChangeReport>,
    /// Rules that were added or removed without anybody noticing.
    unnoticed: Vec<IdleReport>,
    undecided: Vec<UndecidedReport>,
}

#[derive(Serialize)]
struct ChangeReport {
    /// Counted from 1, in the version that has it.
    rule: usize,
    pattern: String,
    /// A host that shows it to a person.
    example: String,
    /// The shortest.
    shortest: String,
    /// The value of an `Origin` header that shows it; `null` where none does.
    origin: Option<String>,
    /// Whether nobody else is concerned.
    #[serde(skip)]
    is_all: bool,
    /// Whether it is so only where no port is known: of a bare host, or of a scheme without a default port. No page of `http` or `https` is concerned.
    without_port: bool,
}

#[derive(Serialize)]
struct IdleReport {
    /// `added` or `removed`.
    edit: &'static str,
    rule: usize,
    pattern: String,
    /// Rules of the other version that admit everyone whom it admits; none if it admits nobody.
    covered_by: Vec<Cover>,
}

#[derive(Serialize)]
struct Cover {
    rule: usize,
    pattern: String,
}

#[derive(Serialize)]
struct UndecidedReport {
    edit: &'static str,
    rule: usize,
    pattern: String,
    why: String,
}

pub(crate) fn run(args: &DiffArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let (old, new) = (args.old.as_path(), args.new.as_path());
    if is_stdin(old) && is_stdin(new) {
        return Err(Failure::new("both versions cannot be standard input", "name a file for one of the two"));
    }
    let mut report = if is_config(args)? { of_configs(args)? } else { of_files(args)? };
    report.old = name(old);
    report.new = name(new);
    match args.format {
        OutputFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &report).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        OutputFormat::Text => text::print(&report, out)?,
    }
    Ok(if args.fail_on_widening && report.widens { Exit::Negative } else { Exit::Success })
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn name(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_string() } else { show(path.display().to_string().as_bytes()) }
}

/// Whether the two are configurations.
fn is_config(args: &DiffArgs) -> Result<bool, Failure> {
    if args.config {
        return Ok(true);
    }
    let is_toml =
        |path: &Path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let kinds: Vec<bool> =
        [&args.old, &args.new].into_iter().filter(|path| !is_stdin(path)).map(|path| is_toml(path)).collect();
    let is_config = kinds.contains(&true);
    if is_config && kinds.contains(&false) {
        return Err(Failure::new(
            "a list cannot be compared with a configuration",
            "name two files of patterns, or two configurations; with --config both are read as configurations",
        ));
    }
    if !is_config && (args.app.is_some() || args.list_type.is_some()) {
        return Err(Failure::new(
            "--app and --type are for configurations, and these are lists",
            "leave them out, or add --config if the files are configurations",
        ));
    }
    Ok(is_config)
}

fn of_files(args: &DiffArgs) -> Result<Report, Failure> {
    let load = |path: &Path| {
        let source = SourceArgs::load_file(path, ListType::Upload)?;
        Ok::<Rules, Failure>(Rules::from(source.gate.list(ListType::Upload)))
    };
    let (old, new) = (load(&args.old)?, load(&args.new)?);
    let diff = Prover::new().diff(&old, &new);
    // A list that has lost its last pattern is off where nobody sets a mode, and lets everyone in (SPEC §5).
    let settings = match (old.patterns(), new.patterns()) {
        ([_, ..], []) => {
            let gate = |rules: &Rules| {
                let patterns = rules.patterns().iter().map(Pattern::canonical);
                Gate::new().with_list(List::builder(ListType::Upload).patterns(patterns).restore())
            };
            let diff = Prover::new().diff_gates(Some(&gate(&old)), Some(&gate(&new)), &[ListType::Upload]);
            diff.lists.into_iter().flat_map(|list| list.settings).collect()
        }
        _ => Vec::new(),
    };
    let widens = diff.widens() || has_effect(settings.iter(), Effect::Widens);
    let list = ListReport {
        list_type: None,
        old_mode: None,
        new_mode: None,
        in_force: true,
        old_rules: old.patterns().len(),
        new_rules: new.patterns().len(),
        settings,
        ..of_rules(&diff, &old, &new)
    };
    let apps = vec![AppReport { app: None, settings: Vec::new(), lists: vec![list] }];
    Ok(report(widens, diff.narrows(), 1, apps))
}

fn report(widens: bool, narrows: bool, compared: usize, apps: Vec<AppReport>) -> Report {
    let decided = apps.iter().flat_map(|app| &app.lists).all(|list| list.undecided.is_empty());
    Report { old: String::new(), new: String::new(), widens, narrows, decided, compared, apps }
}

fn of_configs(args: &DiffArgs) -> Result<Report, Failure> {
    let load = |path: &Path| source::read_config(path).map(|(_, config)| config);
    let (old, new): (Config, Config) = (load(&args.old)?, load(&args.new)?);
    let lists = match args.list_type {
        Some(list_type) => vec![list_type.into()],
        None => ListType::ALL.to_vec(),
    };
    let keys: BTreeSet<&String> = match &args.app {
        None => old.apps.keys().chain(new.apps.keys()).collect(),
        Some(key) if old.apps.contains_key(key) || new.apps.contains_key(key) => BTreeSet::from([key]),
        Some(key) => return Err(source::no_app(&[&args.old, &args.new], &[&old, &new], key)),
    };
    let prover = Prover::new();
    let (mut widens, mut narrows) = (false, false);
    let mut apps = Vec::new();
    for key in &keys {
        let old = old.apps.get(*key).map(|app| &app.gate);
        let new = new.apps.get(*key).map(|app| &app.gate);
        let diff = prover.diff_gates(old, new, &lists);
        widens |= diff.widens();
        narrows |= diff.narrows();
        if !diff.is_empty() {
            let rules = |gate: Option<&Gate>, list_type| {
                gate.map(|gate| Rules::from(gate.list(list_type))).unwrap_or_default()
            };
            apps.push(of_gates(key, diff, |list_type| (rules(old, list_type), rules(new, list_type))));
        }
    }
    Ok(report(widens, narrows, keys.len(), apps))
}

fn of_gates(key: &str, diff: GateDiff, rules: impl Fn(ListType) -> (Rules, Rules)) -> AppReport {
    let lists = diff.lists.into_iter().filter(|list| !list.is_empty()).map(|list| {
        let (old, new) = rules(list.list_type);
        let in_force = list.is_in_force();
        let ListDiff { list_type, old_mode, new_mode, old_rules, new_rules, settings, rules, .. } = list;
        ListReport {
            list_type: Some(list_type),
            old_mode,
            new_mode,
            in_force,
            old_rules,
            new_rules,
            settings,
            ..of_rules(&rules, &old, &new)
        }
    });
    AppReport { app: Some(show(key.as_bytes())), lists: lists.collect(), settings: diff.settings }
}

/// Whether the host that is shown is the only one that the change is about.
fn is_all(change: &Change, others: &Rules) -> bool {
    let Ok(rule) = Pattern::parse(&change.pattern) else { return false };
    let Ok(shown) = Pattern::parse(&change.witness.to_string()) else { return false };
    let others = others.patterns().iter().cloned().chain([shown]).collect();
    Prover::new().only_in(&Rules::from(rule), &others) == Ok(None)
}

/// What the rules change; the rest is to be filled in.
fn of_rules(diff: &Diff, old: &Rules, new: &Rules) -> ListReport {
    let changes = |changes: &[Change], others: &Rules| -> Vec<ChangeReport> {
        changes
            .iter()
            .map(|change| ChangeReport {
                rule: change.rule + 1,
                pattern: change.pattern.clone(),
                example: words(change.example()),
                shortest: words(&change.witness),
                origin: change.example().origin(),
                is_all: changes.len() == 1 && is_all(change, others),
                without_port: change.witness.ports() == Ports::None,
            })
            .collect()
    };
    let edit = |side: Side| if side == Side::Old { "removed" } else { "added" };
    let unnoticed = diff.idle.iter().map(|idle: &Idle| {
        let others = if idle.side == Side::Old { new } else { old };
        let cover = |rule: &usize| Cover {
            rule: rule + 1,
            pattern: others.patterns()[*rule].canonical().to_string(),
        };
        IdleReport {
            edit: edit(idle.side),
            rule: idle.rule + 1,
            pattern: idle.pattern.clone(),
            covered_by: idle.covered_by.iter().map(cover).collect(),
        }
    });
    let undecided = diff.undecided.iter().map(|rule| UndecidedReport {
        edit: edit(rule.side),
        rule: rule.rule + 1,
        pattern: rule.pattern.clone(),
        why: rule.why.to_string(),
    });
    ListReport {
        list_type: None,
        old_mode: None,
        new_mode: None,
        in_force: true,
        old_rules: 0,
        new_rules: 0,
        settings: Vec::new(),
        newly_admitted: changes(&diff.newly_admitted, old),
        no_longer_admitted: changes(&diff.no_longer_admitted, new),
        unnoticed: unnoticed.collect(),
        undecided: undecided.collect(),
    }
}

fn words(witness: &Witness) -> String {
    witness.to_string()
}

impl ListReport {
    /// Rules of which it was not decided whether they newly admit somebody, or admitted somebody who is not admitted any more.
    fn undecided_of(&self, edit: &str) -> usize {
        self.undecided.iter().filter(|rule| rule.edit == edit).count()
    }
}

impl AppReport {
    fn all_settings(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter().chain(self.lists.iter().flat_map(|list| &list.settings))
    }
}

fn has_effect<'s>(mut settings: impl Iterator<Item = &'s Setting>, effect: Effect) -> bool {
    settings.any(|setting| setting.effect == effect)
}

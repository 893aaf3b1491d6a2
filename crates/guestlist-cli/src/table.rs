//! `guestlist test`: tables of cases, in the format of the tables that belong to the specification.

use std::io::Write;
use std::path::Path;

use guestlist::{Gate, List, ListType, Mode, Origin, Pattern, RequestHeaders};

use crate::args::TestArgs;
use crate::failure::{Exit, Failure};
use crate::text::{read_text, show, show_short};

pub(crate) fn run(args: &TestArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    // All files are read before any is run, so that a typo in the last name shows at once.
    let read = |paths: &[std::path::PathBuf]| -> Result<Vec<_>, Failure> {
        paths.iter().map(|path| Ok((path.clone(), read_text(path)?))).collect()
    };
    let (matches, headers) = (read(&args.matches)?, read(&args.headers)?);
    let mut tally = Tally::default();
    let mut run_all = || {
        for (path, content) in &matches {
            run_table(path, content, 3, match_case, &mut tally, out)?;
        }
        headers
            .iter()
            .try_for_each(|(path, content)| run_table(path, content, 5, header_case, &mut tally, out))
    };
    match run_all() {
        // Whoever reads our output has seen enough; what failed until then has failed.
        Err(Failure::BrokenPipe) if tally.failed > 0 => return Ok(Exit::Negative),
        result => result?,
    }
    if tally.passed + tally.failed == 0 {
        return Err(Failure::new(
            "the tables have no cases",
            "write one case a line, columns parted by a tab",
        ));
    }
    writeln!(out, "{} passed, {} failed", tally.passed, tally.failed)?;
    Ok(if tally.failed == 0 { Exit::Success } else { Exit::Negative })
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

/// What a case came to: `Ok`, or in words what is different.
type Outcome = Result<(), String>;

/// Runs the cases of a table with at least `columns` columns each.
fn run_table(
    path: &Path,
    content: &str,
    columns: usize,
    case: fn(&[&str]) -> Result<Outcome, String>,
    tally: &mut Tally,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for (index, line) in content.lines().enumerate() {
        let line = if index == 0 { line.trim_start_matches('\u{feff}') } else { line };
        if line.trim().is_empty() || line.starts_with("# ") || line == "#" {
            continue;
        }
        let place = format!("{}:{}", path.display(), index + 1);
        let cells: Vec<&str> = line.split('\t').collect();
        let outcome = if cells.len() < columns {
            let hint = match () {
                () if line.starts_with('#') => "; a comment begins with `# `",
                () if cells.len() == 1 => "; blanks do not part columns",
                () => "",
            };
            Err(format!(
                "a case has at least {columns} columns parted by tabs, this line has {}{hint}",
                cells.len()
            ))
        } else {
            case(&cells)
        };
        match outcome {
            Ok(Ok(())) => tally.passed += 1,
            Ok(Err(difference)) => {
                tally.failed += 1;
                let why = cells.get(columns).filter(|why| !why.is_empty());
                let why = why.map_or(String::new(), |why| format!("  ({})", show(why.as_bytes())));
                writeln!(out, "{place}: {difference}{why}")?;
            }
            Err(message) => {
                return Err(Failure::new(format!("{place}: {message}"), "see `guestlist test --help`"));
            }
        }
    }
    Ok(())
}

/// `pattern <tab> host[:port] <tab> 1|0|ERR`.
fn match_case(cells: &[&str]) -> Result<Outcome, String> {
    let [pattern, host, expected, ..] = cells else { return Err("too few columns".into()) };
    let shown = show_short(pattern.as_bytes());
    let parsed = match (Pattern::parse(pattern), *expected) {
        (Err(_), "ERR") => return Ok(Ok(())),
        (Ok(parsed), "ERR") => {
            return Ok(Err(format!("`{shown}` should be refused, and is saved as `{parsed}`")));
        }
        (Err(error), "0" | "1") => {
            return Ok(Err(format!("`{shown}` is refused: {}; {}", error.message(), error.help())));
        }
        (Ok(parsed), "0" | "1") => parsed,
        (_, expected) => {
            return Err(format!(
                "expected 1, 0 or ERR in the third column, not `{}`",
                show(expected.as_bytes())
            ));
        }
    };
    // A URL here would pass as "does not match" whatever the pattern.
    if host.contains('/') {
        return Err(format!(
            "expected a host or host:port in the second column, not `{}`",
            show_short(host.as_bytes())
        ));
    }
    let list = List::builder(ListType::Upload).pattern(parsed.canonical()).restore();
    let origin = Origin::from_host(host.as_bytes());
    let is_match = origin.as_ref().is_ok_and(|origin| list.is_match(origin));
    let why = origin.err().map_or(String::new(), |error| format!("; this is no host: {error}"));
    Ok(match (is_match, *expected == "1") {
        (true, false) => Err(format!("`{shown}` matches `{}`, and should not", show(host.as_bytes()))),
        (false, true) => {
            Err(format!("`{shown}` does not match `{}`, and should{why}", show(host.as_bytes())))
        }
        _ => Ok(()),
    })
}

/// `patterns <tab> list type[;settings] <tab> Origin <tab> Referer <tab> allow|deny`.
fn header_case(cells: &[&str]) -> Result<Outcome, String> {
    let [patterns, list_type, origin, referer, expected, ..] = cells else {
        return Err("too few columns".into());
    };
    let expected = match *expected {
        "allow" => true,
        "deny" => false,
        other => {
            return Err(format!(
                "expected allow or deny in the fifth column, not `{}`",
                show(other.as_bytes())
            ));
        }
    };
    let mut settings = list_type.split(';');
    let list_type = match settings.next() {
        Some("upload") => ListType::Upload,
        Some("delivery") => ListType::Delivery,
        other => {
            return Err(format!(
                "expected upload or delivery in the second column, not `{}`",
                other.unwrap_or_default()
            ));
        }
    };
    let mut builder =
        List::builder(list_type).patterns(patterns.split(' ').filter(|pattern| *pattern != "-"));
    let mut gate = Gate::new();
    for setting in settings {
        builder = match setting.split_once('=') {
            Some(("block_missing", "1")) => builder.block_missing(true),
            Some(("block_missing", "0")) => builder.block_missing(false),
            Some(("mode", "off")) => builder.mode(Mode::Off),
            Some(("mode", "report")) => builder.mode(Mode::Report),
            Some(("mode", "enforce")) => builder.mode(Mode::Enforce),
            Some(("scheme", name)) => {
                gate = gate.dangerously_support_scheme(name).map_err(|error| error.to_string())?;
                builder
            }
            _ => {
                return Err(format!(
                    "unknown setting `{}`: there are block_missing=0|1, mode=off|report|enforce, scheme=NAME",
                    show(setting.as_bytes())
                ));
            }
        };
    }
    let list = match builder.build() {
        Ok(list) => list,
        Err(error) => {
            let first = error.patterns().first().map_or_else(
                || error.to_string(),
                |error| format!("`{}`: {}", show_short(error.text().as_bytes()), error.message()),
            );
            return Ok(Err(format!("the patterns are refused: {first}")));
        }
    };
    let (origin_values, referer_values) = (values(origin)?, values(referer)?);
    let headers = RequestHeaders::new()
        .origins(origin_values.iter().map(Vec::as_slice))
        .referers(referer_values.iter().map(Vec::as_slice));
    let gate = gate.with_list(list);
    let decision = gate.decide(list_type, &headers);
    // A list that only reports is tested for what it would do.
    let allowed = decision.denial().is_none();
    if allowed == expected {
        return Ok(Ok(()));
    }
    let word = |allowed| if allowed { "allow" } else { "deny" };
    let near = gate.near_miss(list_type, &headers).map_or(String::new(), |near| {
        format!("; closest: `{}`: {}", gate.list(list_type).rule(near.rule).pattern(), near.kind)
    });
    Ok(Err(format!(
        "Origin `{}`, Referer `{}`: {} expected, {decision}{near}",
        show(origin.as_bytes()),
        show(referer.as_bytes()),
        word(expected),
    )))
}

/// The values of a header: `-` for none, JSON string escapes, a line break between two.
fn values(cell: &str) -> Result<Vec<Vec<u8>>, String> {
    if cell == "-" {
        return Ok(Vec::new());
    }
    let text: String = serde_json::from_str(&format!("\"{}\"", escape_quotes(cell))).map_err(|error| {
        format!("`{}` is not in the escapes of a JSON string: {error}", show(cell.as_bytes()))
    })?;
    Ok(text.split('\n').map(|value| value.as_bytes().to_vec()).collect())
}

/// A quote may stand unescaped in a cell, which ends at a tab.
fn escape_quotes(cell: &str) -> String {
    let mut out = String::new();
    let mut escaped = false;
    for c in cell.chars() {
        if c == '"' && !escaped {
            out.push('\\');
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

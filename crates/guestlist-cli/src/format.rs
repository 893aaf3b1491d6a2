//! `guestlist format`: a configuration in canonical form.

use std::io::Write;
use std::path::Path;

use guestlist::ListType;

use crate::args::FormatArgs;
use crate::failure::{Exit, Failure};
use crate::source;
use crate::text::{show, show_short};
use crate::warnings;
use guestlist_config::Config;

pub(crate) fn run(args: &FormatArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let (content, config) = source::read_config(&args.config)?;
    let formatted = config.to_string();
    if args.check {
        let Some(difference) = first_difference(&content, &formatted) else { return Ok(Exit::Success) };
        writeln!(out, "{}:{difference}", shown(&args.config))?;
        return Ok(Exit::Negative);
    }
    print_duplicates(&config);
    out.write_all(formatted.as_bytes())?;
    Ok(Exit::Success)
}

/// Patterns that will be gone should not be missed in vain.
fn print_duplicates(config: &Config) {
    for (key, app) in &config.apps {
        for list in ListType::ALL.map(|list_type| app.gate.list(list_type)) {
            let place = format!("{} list of `{}`: ", list.list_type(), show_short(key.as_bytes()));
            warnings::print_duplicates(&place, list);
        }
    }
}

/// The number of the first line that is different, and what is different; nothing if the texts are equal.
fn first_difference(text: &str, formatted: &str) -> Option<String> {
    let (mut lines, mut expected) = (text.split('\n'), formatted.split('\n'));
    let mut number = 1;
    loop {
        let difference = match (lines.next(), expected.next()) {
            (None, None) => return None,
            (line, expected) if line == expected => {
                number += 1;
                continue;
            }
            (Some(""), None) => "an empty line too many".to_string(),
            (None, Some("")) => {
                number -= 1;
                "the line break at the end of the file is missing".to_string()
            }
            (line, expected) => format!("{}, where {} should be", quote(line), quote(expected)),
        };
        return Some(format!("{number}: {difference}"));
    }
}

fn quote(line: Option<&str>) -> String {
    match line {
        None | Some("") => "nothing".to_string(),
        Some(line) => format!("`{}`", show_short(line.as_bytes())),
    }
}

fn shown(path: &Path) -> String {
    show(path.display().to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_different_line_is_named() {
        for (text, formatted, difference) in [
            ("", "", None),
            ("[apps.a]\n", "[apps.a]\n", None),
            ("[apps]\n", "", Some("1: `[apps]`, where nothing should be")),
            ("# a\n[apps.a]\n", "[apps.a]\n", Some("1: `# a`, where `[apps.a]` should be")),
            ("[apps.a]\r\n", "[apps.a]\n", Some("1: `[apps.a]\\r`, where `[apps.a]` should be")),
            ("[apps.a]", "[apps.a]\n", Some("1: the line break at the end of the file is missing")),
            ("[apps.a]\n\n", "[apps.a]\n", Some("3: an empty line too many")),
            ("[apps.a]\n\n", "[apps.a]\nx\n", Some("2: nothing, where `x` should be")),
            ("[apps.a]", "[apps.a]\nx\n", Some("2: nothing, where `x` should be")),
            ("a\nb\n", "a\n\nb\n", Some("2: `b`, where nothing should be")),
        ] {
            assert_eq!(first_difference(text, formatted).as_deref(), difference, "{text:?} {formatted:?}");
        }
    }
}

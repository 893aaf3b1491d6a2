//! [`Config`] → TOML text: the inverse of `parse`.

use std::collections::BTreeSet;
use std::fmt;

use guestlist::{Limits, ListType, Mode, Pattern, is_hidden};
use toml_writer::{ToTomlKey, ToTomlValue, TomlKeyBuilder, TomlStringBuilder};

use crate::{App, AppPolicy, Config, Server};

/// Writes the configuration as TOML in canonical form, which reads back as an equal configuration and is written the same again:
///
/// - First is what differs from the defaults in the settings of the server.
/// - The apps are in the order of their keys; an app is a table for its name and schemes, if it has any, one for each of its lists, and one for the policies that it requires.
/// - Every setting of a list is written, so that the text says what is in force, and keeps it when patterns are added or taken away. A list that is
///   as if it were not there (off, empty, nothing else set) is left out.
/// - Each pattern stands on a line, once, in its canonical text. One with letters beyond ASCII is kept as it was written, without blanks and
///   protocol: its canonical text, `xn--…`, is the same to the engine, but not to people.
/// - Schemes are in lower case, each once.
/// - A character that cannot be seen is an escape ([`guestlist::is_hidden`]).
///
/// Comments are not part of a configuration and are not written. Costs one pass over the configuration; `Display` fails only where its writer does.
///
/// ```
/// use guestlist_config::Config;
///
/// let config = Config::parse("apps.shop.upload.patterns = ['https://Example.com/', 'localhost:*']").unwrap();
/// assert_eq!(config.to_string(), "\
/// [apps.shop.upload]
/// patterns = [
///     \"example.com\",
///     \"localhost:*\",
/// ]
/// mode = \"enforce\"
/// block_missing = true
/// limit = 20
/// ");
/// ```
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.server)?;
        let mut separator = if self.server == Server::default() { "" } else { "\n" };
        for (key, app) in &self.apps {
            let key = quote_key(key);
            let mut schemes = BTreeSet::new();
            let schemes: Vec<String> = app
                .gate
                .supported_schemes()
                .map(str::to_ascii_lowercase)
                .filter(|scheme| schemes.insert(scheme.clone()))
                .map(|scheme| quote(&scheme))
                .collect();
            let lists: Vec<ListType> =
                ListType::ALL.into_iter().filter(|list_type| !is_as_if_absent(app, *list_type)).collect();
            // An app without anything is an app nevertheless: it can be asked for, and lets everyone in.
            let has_policy = app.policy != AppPolicy::default();
            if !app.name.is_empty() || !schemes.is_empty() || (lists.is_empty() && !has_policy) {
                writeln!(f, "{separator}[apps.{key}]")?;
                separator = "\n";
            }
            if !app.name.is_empty() {
                writeln!(f, "name = {}", quote(&app.name))?;
            }
            if !schemes.is_empty() {
                writeln!(f, "dangerously_supported_schemes = [{}]", schemes.join(", "))?;
            }
            for list_type in lists {
                writeln!(f, "{separator}[apps.{key}.{list_type}]")?;
                separator = "\n";
                list(f, app, list_type)?;
            }
            if has_policy {
                writeln!(f, "{separator}[apps.{key}.policy]")?;
                separator = "\n";
                app.policy.print(f)?;
            }
        }
        Ok(())
    }
}

fn is_as_if_absent(app: &App, list_type: ListType) -> bool {
    let list = app.gate.list(list_type);
    list.rules().is_empty()
        && list.mode() == Mode::Off
        && list.block_missing() == list_type.default_block_missing()
        && app.limit(list_type) == Limits::default().patterns
}

fn list(f: &mut fmt::Formatter<'_>, app: &App, list_type: ListType) -> fmt::Result {
    let list = app.gate.list(list_type);
    if list.rules().is_empty() {
        writeln!(f, "patterns = []")?;
    } else {
        // One a line, so that a change shows as the line of one pattern.
        writeln!(f, "patterns = [")?;
        for rule in list.rules() {
            writeln!(f, "    {},", quote(text(rule.pattern())))?;
        }
        writeln!(f, "]")?;
    }
    writeln!(f, "mode = {}", quote(list.mode().as_str()))?;
    writeln!(f, "block_missing = {}", list.block_missing())?;
    writeln!(f, "limit = {}", app.limit(list_type))
}

/// The text of a pattern that a person wants to read.
fn text(pattern: &Pattern) -> &str {
    let nodes = &pattern.ast().nodes;
    // From the first part to the last: without protocol, blanks, slash and root dot.
    let written = match (nodes.first(), nodes.last()) {
        (Some(first), Some(last)) => pattern.source().get(first.span.to(last.span).range()),
        _ => None,
    };
    let canonical = pattern.canonical();
    // Where the letters come to plain ASCII, as wide ones do, that is what was meant.
    written.filter(|written| !written.is_ascii() && canonical.contains("xn--")).unwrap_or(canonical)
}

/// A key: bare where it can be, else in double quotes.
fn quote_key(key: &str) -> String {
    let builder = TomlKeyBuilder::new(key);
    reveal(&builder.as_unquoted().unwrap_or_else(|| builder.as_basic()).to_toml_key())
}

/// A string in double quotes.
pub(crate) fn quote(text: &str) -> String {
    reveal(&TomlStringBuilder::new(text).as_basic().to_toml_value())
}

/// Escapes what is hidden. TOML needs that for ASCII alone, which is done; in double quotes it may be done for any character.
fn reveal(quoted: &str) -> String {
    let mut out = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        match u32::from(c) {
            _ if !is_hidden(c) => out.push(c),
            code @ ..=0xffff => out += &format!("\\u{code:04X}"),
            code => out += &format!("\\U{code:08X}"),
        }
    }
    out
}

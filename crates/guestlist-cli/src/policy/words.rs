//! What a policy says, in words.

use std::io::{self, Write};

use anstyle::Style;
use guestlist_policy::{Call, Calls, InvalidPolicy, Key, Policy};
use serde_json::Value;

use super::moment::date;
use crate::text::show;

const FAINT: Style = Style::new().dimmed();

/// Prints what a policy allows, a line for each thing it says.
pub(super) fn print(policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  expires    {} {FAINT}{}{FAINT:#}", date(policy.expiry()), policy.expiry())?;
    writeln!(out, "  allows     {}", calls(policy.allowed_calls()))?;
    // Its own JSON has what it restricts, under the names of the documentation.
    let said = serde_json::to_value(policy).unwrap_or_default();
    for (key, value) in Key::ALL.into_iter().filter_map(|key| Some((key, said.get(key.as_str())?))) {
        let text = match value {
            Value::String(text) => show(text.as_bytes()),
            other => other.to_string(),
        };
        match key {
            Key::Expiry | Key::Call => {}
            Key::Handle => writeln!(out, "  only for   the file {text}")?,
            Key::Url => writeln!(out, "  only for   URLs all of which match {text}")?,
            Key::Path => writeln!(out, "  only for   paths all of which match {text}")?,
            Key::Container => writeln!(out, "  only for   containers all of which match {text}")?,
            Key::MinSize => writeln!(out, "  only for   files of at least {}", bytes(&text))?,
            Key::MaxSize => writeln!(out, "  only for   files of at most {}", bytes(&text))?,
        }
    }
    Ok(())
}

/// Its JSON over several lines, with what does not print escaped.
pub(super) fn print_json(policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
    let json = serde_json::to_string_pretty(policy).map_err(io::Error::from)?;
    json.lines().try_for_each(|line| writeln!(out, "{}", show(line.as_bytes())))
}

/// What is wrong with what is none, and what to do about it. Without its place: whoever shows it has the text.
pub(super) fn told(error: &InvalidPolicy) -> (String, &'static str) {
    let (message, help) = (error.to_string(), error.help());
    let message =
        message.strip_suffix(help).and_then(|message| message.strip_suffix("; ")).unwrap_or(&message);
    let message = message.split_once(" (at byte ").map_or(message, |(message, _)| message);
    (message.to_owned(), help)
}

fn bytes(number: &str) -> String {
    if number == "1" { "1 byte".to_owned() } else { format!("{number} bytes") }
}

fn calls(calls: Calls) -> String {
    let names: Vec<&str> = calls.iter().map(Call::as_str).collect();
    if calls == Calls::UNLESS_SAID {
        format!("{} (every call but exif)", names.join(", "))
    } else if names.is_empty() {
        "nothing at all".to_owned()
    } else {
        names.join(", ")
    }
}

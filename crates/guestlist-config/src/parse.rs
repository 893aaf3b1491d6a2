//! TOML text → [`Config`], with every mistake and its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::show::show_short;
use crate::{Config, MAX_KEY_BYTES, Mistake};

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// Every mistake, in the order of the file.
    pub fn parse(text: &str) -> Result<Config, Vec<Mistake>> {
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader { text, mistakes: Vec::new(), keys: Vec::new() };
        for error in errors {
            let help = "see the example of a configuration in the README";
            reader.mistake(
                error.span().unwrap_or(0..0),
                format!("this is not TOML: {}", error.message()),
                help,
            );
        }
        let mut config = Config::default();
        // What could be read of a broken file is no use to anyone, but its other mistakes are.
        for (key, value) in document.get_ref() {
            match key.get_ref().as_ref() {
                "apps" => {
                    for (key, value) in reader.table(value, "`apps`").into_iter().flatten() {
                        if key.get_ref().len() > MAX_KEY_BYTES {
                            let message = format!(
                                "this key has {} bytes, the limit is {MAX_KEY_BYTES}",
                                key.get_ref().len()
                            );
                            reader.mistake(key.span(), message, "choose a shorter one");
                        }
                        // One that cannot be read is there all the same, for a route that names it.
                        config.apps.insert(key.get_ref().to_string(), reader.app(value).unwrap_or_default());
                    }
                }
                "server" => config.server = reader.server(value),
                _ => reader.unknown(key, "only `[apps.KEY]` tables and `[server]` belong here"),
            }
        }
        reader.keys_name_apps(&config);
        if reader.mistakes.is_empty() {
            return Ok(config);
        }
        reader.mistakes.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
        // A bracket that is never closed is reported once for each that is inside.
        reader
            .mistakes
            .dedup_by(|next, last| next.message == last.message && next.span.start == last.span.start);
        Err(reader.mistakes)
    }
}

pub(crate) type Key<'i> = Spanned<std::borrow::Cow<'i, str>>;
pub(crate) type Value<'i> = Spanned<DeValue<'i>>;

/// Reads a document, and notes every mistake.
pub(crate) struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<Mistake>,
    /// The keys that routes name, with their places.
    pub(crate) keys: Vec<(String, Range<usize>)>,
}

impl Reader<'_> {
    pub(crate) fn mistake(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.mistakes.push(Mistake { message: message.into(), span, help: help.into() });
    }

    pub(crate) fn unknown(&mut self, key: &Key<'_>, help: &str) {
        self.mistake(key.span(), format!("unknown key `{}`", show_short(key.get_ref().as_bytes())), help);
    }

    pub(crate) fn wrong_type(&mut self, value: &Value<'_>, name: &str, expected: &str) {
        let message = format!("{name} must be {expected}, this is {}", describe(value.get_ref()));
        self.mistake(value.span(), message, format!("write {expected}"));
    }

    pub(crate) fn table<'v, 'i>(&mut self, value: &'v Value<'i>, name: &str) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, name, "a table");
        }
        table
    }

    /// The strings of an array, each with its place.
    pub(crate) fn strings<'v>(&mut self, value: &'v Value<'_>, name: &str) -> Vec<(&'v str, Range<usize>)> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, name, "an array of strings");
            return Vec::new();
        };
        let mut strings = Vec::new();
        for item in array {
            match item.get_ref().as_str() {
                Some(text) => strings.push((text, item.span())),
                None => self.wrong_type(item, &format!("each of {name}"), "a string"),
            }
        }
        strings
    }

    /// The place in the file of a place in a string: exact where the string has no escapes, else the whole string.
    pub(crate) fn place(&self, text: &str, string: &Range<usize>, span: guestlist::Span) -> Range<usize> {
        let written = &self.text[string.clone()];
        match written.find(text).filter(|_| !text.is_empty()) {
            Some(at) => string.start + at + span.start..string.start + at + span.end,
            None => string.clone(),
        }
    }
}

fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

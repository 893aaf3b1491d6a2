//! TOML text → [`Config`], with every mistake and its place.

use std::mem;
use std::ops::Range;

use guestlist::{Limits, List, ListType, Mode};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{App, Config, Mistake};
use crate::text::show_short;

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// Every mistake, in the order of the file.
    pub fn parse(text: &str) -> Result<Config, Vec<Mistake>> {
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader { text, mistakes: Vec::new() };
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
                        if let Some(app) = reader.app(value) {
                            config.apps.insert(key.get_ref().to_string(), app);
                        }
                    }
                }
                _ => reader.unknown(key, "only `[apps.KEY]` tables belong here"),
            }
        }
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

type Key<'i> = Spanned<std::borrow::Cow<'i, str>>;
type Value<'i> = Spanned<DeValue<'i>>;

struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn mistake(&mut self, span: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.mistakes.push(Mistake { message: message.into(), span, help: help.into() });
    }

    fn unknown(&mut self, key: &Key<'_>, help: &str) {
        self.mistake(key.span(), format!("unknown key `{}`", show_short(key.get_ref().as_bytes())), help);
    }

    fn wrong_type(&mut self, value: &Value<'_>, name: &str, expected: &str) {
        let message = format!("{name} must be {expected}, this is {}", describe(value.get_ref()));
        self.mistake(value.span(), message, format!("write {expected}"));
    }

    fn table<'v, 'i>(&mut self, value: &'v Value<'i>, name: &str) -> Option<&'v DeTable<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, name, "a table");
        }
        table
    }

    /// The strings of an array, each with its place.
    fn strings<'v>(&mut self, value: &'v Value<'_>, name: &str) -> Vec<(&'v str, Range<usize>)> {
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

    fn app(&mut self, value: &Value<'_>) -> Option<App> {
        let mut app = App::default();
        for (key, value) in self.table(value, "an app")? {
            match key.get_ref().as_ref() {
                "upload" => self.list(&mut app, value, ListType::Upload),
                "delivery" => self.list(&mut app, value, ListType::Delivery),
                "dangerously_supported_schemes" => {
                    for (scheme, span) in self.strings(value, "`dangerously_supported_schemes`") {
                        match mem::take(&mut app.gate).dangerously_support_scheme(scheme) {
                            Ok(gate) => app.gate = gate,
                            // The gate is gone, but so is the configuration.
                            Err(error) => {
                                self.mistake(span, error.to_string(), "write a scheme such as `capacitor`");
                            }
                        }
                    }
                }
                _ => self.unknown(key, "an app has `upload`, `delivery` and `dangerously_supported_schemes`"),
            }
        }
        Some(app)
    }

    fn list(&mut self, app: &mut App, value: &Value<'_>, list_type: ListType) {
        let name = format!("`{list_type}`");
        let Some(table) = self.table(value, &name) else { return };
        let mut builder = List::builder(list_type);
        let mut patterns = Vec::new();
        let mut limit = app.limit(list_type);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "patterns" => {
                    patterns = self.strings(value, "`patterns`");
                }
                "block_missing" => match value.get_ref().as_bool() {
                    Some(block_missing) => builder = builder.block_missing(block_missing),
                    None => self.wrong_type(value, "`block_missing`", "true or false"),
                },
                "mode" => match value.get_ref().as_str() {
                    Some("off") => builder = builder.mode(Mode::Off),
                    Some("report") => builder = builder.mode(Mode::Report),
                    Some("enforce") => builder = builder.mode(Mode::Enforce),
                    Some(mode) => {
                        self.mistake(
                            value.span(),
                            format!("unknown mode `{}`", show_short(mode.as_bytes())),
                            "write \"off\", \"report\" or \"enforce\"",
                        );
                    }
                    None => self.wrong_type(value, "`mode`", "one of \"off\", \"report\" and \"enforce\""),
                },
                "limit" => match value
                    .get_ref()
                    .as_integer()
                    .map(|limit| usize::from_str_radix(limit.as_str(), limit.radix()))
                {
                    Some(Ok(written)) => limit = written,
                    Some(Err(_)) => self.mistake(
                        value.span(),
                        "this limit is out of range",
                        "write a number of patterns, such as 20",
                    ),
                    None => self.wrong_type(value, "`limit`", "a whole number"),
                },
                _ => self.unknown(key, "a list has `patterns`, `block_missing`, `mode` and `limit`"),
            }
        }
        match list_type {
            ListType::Upload => app.upload_limit = limit,
            ListType::Delivery => app.delivery_limit = limit,
        }
        let limits = Limits::default().patterns(limit);
        match builder.patterns(patterns.iter().map(|(text, _)| text)).limits(limits).build() {
            Ok(list) => {
                let whole = |text: &str| guestlist::Span::new(0, text.len());
                let places = patterns.iter().map(|(text, span)| self.place(text, span, whole(text)));
                app.places[usize::from(list_type == ListType::Delivery)] = places.collect();
                app.gate = mem::take(&mut app.gate).with_list(list);
            }
            Err(error) => {
                for error in error.patterns() {
                    let (text, span) = &patterns[error.position().unwrap_or(0)];
                    self.mistake(self.place(text, span, error.span()), error.message(), error.help());
                }
                if let Some(too_large) = error.too_large() {
                    self.mistake(value.span(), too_large.to_string(), "remove some patterns");
                }
                if let Some(too_many) = error.too_many() {
                    let message = format!(
                        "the {list_type} list has {} distinct patterns, its limit is {}",
                        too_many.count, too_many.limit
                    );
                    let help = "join patterns with braces, such as `{app,www}.example.com`, remove some, or set `limit`";
                    self.mistake(patterns[too_many.position].1.clone(), message, help);
                }
            }
        }
    }

    /// The place in the file of a place in a string: exact where the string has no escapes, else the whole string.
    fn place(&self, text: &str, string: &Range<usize>, span: guestlist::Span) -> Range<usize> {
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

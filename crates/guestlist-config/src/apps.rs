//! `[apps.KEY]` → [`App`].

use std::mem;

use guestlist::{Limits, List, ListType, Mode};

use crate::parse::{Reader, Value};
use crate::show::show_short;
use crate::{App, MAX_NAME_BYTES};

impl Reader<'_> {
    pub(crate) fn app(&mut self, value: &Value<'_>) -> Option<App> {
        let mut app = App::default();
        for (key, value) in self.table(value, "an app")? {
            match key.get_ref().as_ref() {
                "name" => self.app_name(&mut app, value),
                "upload" => self.list(&mut app, value, ListType::Upload),
                "delivery" => self.list(&mut app, value, ListType::Delivery),
                "policy" => app.policy = self.app_policy(value),
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
                _ => self.unknown(
                    key,
                    "an app has `name`, `upload`, `delivery`, `policy` and `dangerously_supported_schemes`",
                ),
            }
        }
        Some(app)
    }

    fn app_name(&mut self, app: &mut App, value: &Value<'_>) {
        match value.get_ref().as_str() {
            None => self.wrong_type(value, "`name`", "text"),
            Some(name) if name.len() > MAX_NAME_BYTES => {
                let message = format!("this name has {} bytes, the limit is {MAX_NAME_BYTES}", name.len());
                self.mistake(value.span(), message, "choose a shorter one");
            }
            Some(name) => app.name = name.to_string(),
        }
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
}

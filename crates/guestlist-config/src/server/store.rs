//! `[server.store]` → [`StoreSettings`], and back.

use std::ops::Range;
use std::path::PathBuf;

use guestlist::{List, ListType};

use super::Address;
use super::print::{Table, list};
use crate::parse::{Reader, Value};
use crate::print::quote;
use crate::show::show_short;

/// A store of apps beside those of the file, and where people change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// The file; made if there is none. Relative to the configuration file.
    pub file: PathBuf,
    /// Where the console and its API answer.
    pub console: Address,
    /// Whether [`StoreSettings::console`] may be an address that other machines reach.
    pub dangerously_expose_console: bool,
    /// The names that the console may be asked by, beside those of this machine; without ports.
    pub console_hosts: Vec<String>,
    /// The patterns that the upload list of a new app begins with; it is off until somebody turns it on.
    pub new_upload_patterns: Vec<String>,
}

impl StoreSettings {
    /// This file, and a console on a port of 127.0.0.1.
    pub fn new(file: impl Into<PathBuf>) -> StoreSettings {
        StoreSettings {
            file: file.into(),
            console: Address::loopback(9081),
            dangerously_expose_console: false,
            console_hosts: Vec::new(),
            new_upload_patterns: Vec::new(),
        }
    }

    pub(super) fn table(&self) -> Table {
        let usual = StoreSettings::new("");
        let texts = |texts: &[String]| list(texts.iter().map(|text| quote(text)));
        let mut table = Table::new("[server.store]");
        table.set("file", true, || quote(&self.file.to_string_lossy()));
        table.set("console", self.console != usual.console, || quote(&self.console.to_string()));
        table.set("dangerously_expose_console", self.dangerously_expose_console, || "true".to_string());
        table.set("console_hosts", !self.console_hosts.is_empty(), || texts(&self.console_hosts));
        table.set("new_upload_patterns", !self.new_upload_patterns.is_empty(), || {
            texts(&self.new_upload_patterns)
        });
        table
    }
}

impl Reader<'_> {
    pub(super) fn store(&mut self, value: &Value<'_>) -> Option<StoreSettings> {
        let mut store = StoreSettings::new("");
        let mut file = None;
        let mut console_place = None;
        for (key, value) in self.table(value, "`store`")? {
            match key.get_ref().as_ref() {
                "file" => file = self.path(value, "`file`"),
                "console" => {
                    let address =
                        self.text(value, "`console`").and_then(|text| self.address(text, value.span()));
                    if let Some(address) = address {
                        store.console = address;
                        console_place = Some(value.span());
                    }
                }
                "dangerously_expose_console" => self.flag(
                    value,
                    "`dangerously_expose_console`",
                    &mut store.dangerously_expose_console,
                ),
                "console_hosts" => {
                    for (name, span) in self.strings(value, "`console_hosts`") {
                        if !is_host(name) {
                            self.mistake(
                                span,
                                format!("`{}` is no name that a server is asked by", show_short(name.as_bytes())),
                                "write a name or an address without scheme and port, such as \"lists.example.com\"",
                            );
                        }
                        store.console_hosts.push(name.to_string());
                    }
                }
                "new_upload_patterns" => {
                    let patterns = self.strings(value, "`new_upload_patterns`");
                    store.new_upload_patterns = self.canonical(&patterns, &value.span());
                }
                _ => self.unknown(
                    key,
                    "`store` has `file`, `console`, `dangerously_expose_console`, `console_hosts` and `new_upload_patterns`",
                ),
            }
        }
        if let Some(place) =
            console_place.filter(|_| !store.console.is_local() && !store.dangerously_expose_console)
        {
            self.mistake(
                place,
                "other machines reach this address, and what they send and read there, tokens too, is not encrypted",
                "name a loopback address or a unix socket, with a proxy in front that speaks TLS; where the network does the rest, set `dangerously_expose_console = true`",
            );
        }
        let Some(file) = file else {
            self.mistake(value.span(), "`store` needs a file", "write for instance `file = \"lists.redb\"`");
            return None;
        };
        Some(StoreSettings { file, ..store })
    }

    /// Patterns in canonical form, each once.
    fn canonical(&mut self, patterns: &[(&str, Range<usize>)], whole: &Range<usize>) -> Vec<String> {
        match List::builder(ListType::Upload).patterns(patterns.iter().map(|(text, _)| text)).build() {
            Ok(list) => list.rules().iter().map(|rule| rule.pattern().canonical().to_string()).collect(),
            Err(error) => {
                for error in error.patterns() {
                    let place = error.position().and_then(|position| patterns.get(position));
                    let span =
                        place.map_or(whole.clone(), |(text, span)| self.place(text, span, error.span()));
                    self.mistake(span, error.message(), error.help());
                }
                if error.patterns().is_empty() {
                    self.mistake(whole.clone(), error.to_string(), "remove some patterns");
                }
                Vec::new()
            }
        }
    }
}

/// Whether this may be the name of a server, or its address, as it stands in `Host`.
fn is_host(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_address = |name: &str| name.parse::<std::net::Ipv6Addr>().is_ok();
    let in_brackets = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    in_brackets.is_some_and(is_address) || (!name.is_empty() && name.bytes().all(is_part))
}

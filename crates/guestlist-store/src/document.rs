//! [`Document`]: apps with what their lists say now, as text: to take lists into a store and out of it.

use core::fmt;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::PathBuf;

use guestlist::{Limits, List, ListType, Mode};
use guestlist_config::{self as config, Config};
use guestlist_policy::Requirement;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::app::{App, AppSettings, check_key};
use crate::content::Content;
use crate::error::StoreError;
use crate::store::Store;

/// Apps with what their lists say, without what they said before: as TOML, which is a configuration file for `guestlist serve -c`, or as JSON.
///
/// ```
/// use guestlist_store::Document;
///
/// let document = Document::from_toml("apps.shop.upload.patterns = ['https://Example.com/']").map_err(|_| "a mistake")?;
/// let json = document.to_json();
/// assert!(json.contains(r#""patterns": ["#) && json.contains(r#""example.com""#));
/// assert_eq!(Document::from_json(&json)?, document);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    apps: BTreeMap<String, DocumentApp>,
}

/// An app of a [`Document`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentApp {
    /// Its settings.
    pub settings: AppSettings,
    /// What its upload list says.
    pub upload: Content,
    /// What its delivery list says.
    pub delivery: Content,
}

impl DocumentApp {
    /// What the list of this type says.
    pub fn content(&self, list_type: ListType) -> &Content {
        match list_type {
            ListType::Upload => &self.upload,
            ListType::Delivery => &self.delivery,
        }
    }
}

/// Something that is wrong in a document in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    message: String,
}

impl std::error::Error for DocumentError {}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Document {
    /// What the store has now, all of one moment.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn of(store: &dyn Store) -> Result<Document, StoreError> {
        let mut apps = BTreeMap::new();
        store.each_app(&mut |app| {
            let App { key, settings, upload, delivery, .. } = app;
            apps.insert(key, DocumentApp { settings, upload: upload.content, delivery: delivery.content });
        })?;
        Ok(Document { apps })
    }

    /// The apps under their keys.
    pub fn apps(&self) -> &BTreeMap<String, DocumentApp> {
        &self.apps
    }

    /// Those of a configuration file; what it says of a server is left out.
    pub fn of_config(config: &Config) -> Document {
        let app = |app: &config::App| {
            let content = |list_type| Content::of(app.gate.list(list_type));
            DocumentApp {
                settings: AppSettings::of_config(app),
                upload: content(ListType::Upload),
                delivery: content(ListType::Delivery),
            }
        };
        Document { apps: config.apps.iter().map(|(key, value)| (key.clone(), app(value))).collect() }
    }

    /// Reads a configuration file.
    ///
    /// # Errors
    ///
    /// Every mistake, with its place.
    pub fn from_toml(text: &str) -> Result<Document, Vec<config::Mistake>> {
        Ok(Document::of_config(&Config::parse(text)?))
    }

    /// As a configuration file, in canonical form. Of an app that requires policies it names a file for the secrets, `KEY.secret`, which is yet to be written.
    pub fn to_toml(&self) -> String {
        let mut config = Config::default();
        for (key, DocumentApp { settings, upload, delivery }) in &self.apps {
            let gate = settings.gate().unwrap_or_default();
            let mut app = config::App::default();
            app.name.clone_from(&settings.name);
            app.gate = gate
                .with_list(upload.to_list(ListType::Upload))
                .with_list(delivery.to_list(ListType::Delivery));
            app.upload_limit = limit(settings, ListType::Upload, upload);
            app.delivery_limit = limit(settings, ListType::Delivery, delivery);
            app.policy.upload = settings.upload_policy;
            app.policy.delivery = settings.delivery_policy;
            // Secrets are in no document. A server with this configuration waits for the file before it lets anybody in.
            app.policy.secrets = settings.requires_policy().then(|| secrets_file(key));
            config.apps.insert(key.clone(), app);
        }
        config.to_string()
    }

    /// Reads what [`Document::to_json`] writes; what is left out of an app is as for a new one.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its place.
    pub fn from_json(text: &str) -> Result<Document, DocumentError> {
        let json: Json =
            serde_json::from_str(text).map_err(|error| DocumentError { message: error.to_string() })?;
        let apps = json.apps.into_iter().map(|(key, app)| {
            check_key(&key).map_err(|error| wrong(&key, &error))?;
            let app = app.read(&key)?;
            Ok((key, app))
        });
        Ok(Document { apps: apps.collect::<Result<_, DocumentError>>()? })
    }

    /// As JSON: `{"apps": {KEY: {"name", "dangerously_supported_schemes", "upload", "delivery"}}}`, each list with `patterns`, `mode`, `block_missing` and `limit`, and `policy` where it is `required`. Secrets are in no document.
    pub fn to_json(&self) -> String {
        let apps = self.apps.iter().map(|(key, app)| (key.clone(), JsonApp::of(app))).collect();
        let mut text = serde_json::to_string_pretty(&Json { apps }).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The limit that is written for a list: not less than the patterns it has, so that what is written can be read. One that was lowered below them holds for the next save alone.
fn limit(settings: &AppSettings, list_type: ListType, content: &Content) -> usize {
    settings.limit_of(list_type).max(content.patterns().len())
}

/// Where a configuration with this app looks for its secrets: a file beside it, whatever stands in the key.
fn secrets_file(key: &str) -> PathBuf {
    let mut name = String::new();
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(byte)),
            _ => name += &format!("%{byte:02X}"),
        }
    }
    name += ".secret";
    PathBuf::from(name)
}

fn wrong(key: &str, error: &StoreError) -> DocumentError {
    DocumentError { message: format!("app {key:?}: {error}; {}", error.help()) }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    #[serde(deserialize_with = "each_once")]
    apps: BTreeMap<String, JsonApp>,
}

/// A map in which a key that is there twice is a mistake: of two apps of one key nobody can say which is meant.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, JsonApp>, D::Error> {
    struct EachOnce;

    impl<'de> Visitor<'de> for EachOnce {
        type Value = BTreeMap<String, JsonApp>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with an app for each key")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut apps = BTreeMap::new();
            while let Some((key, app)) = map.next_entry::<String, JsonApp>()? {
                match apps.entry(key) {
                    Entry::Vacant(entry) => drop(entry.insert(app)),
                    Entry::Occupied(entry) => {
                        return Err(A::Error::custom(format!("app {:?} is there twice", entry.key())));
                    }
                }
            }
            Ok(apps)
        }
    }

    deserializer.deserialize_map(EachOnce)
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct JsonApp {
    name: String,
    dangerously_supported_schemes: Vec<String>,
    upload: Option<JsonList>,
    delivery: Option<JsonList>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonList {
    patterns: Vec<String>,
    mode: Option<Mode>,
    block_missing: Option<bool>,
    limit: Option<usize>,
    /// Left out where nothing is required: a document of before says the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Requirement>,
}

impl JsonApp {
    fn of(app: &DocumentApp) -> JsonApp {
        let list = |list_type| {
            let content = app.content(list_type);
            Some(JsonList {
                patterns: content.patterns().to_vec(),
                mode: Some(content.mode()),
                block_missing: Some(content.block_missing()),
                limit: Some(limit(&app.settings, list_type, content)),
                policy: Some(app.settings.policy(list_type)).filter(|policy| *policy != Requirement::Off),
            })
        };
        JsonApp {
            name: app.settings.name.clone(),
            dangerously_supported_schemes: app.settings.dangerously_supported_schemes.clone(),
            upload: list(ListType::Upload),
            delivery: list(ListType::Delivery),
        }
    }

    fn read(self, key: &str) -> Result<DocumentApp, DocumentError> {
        let mut settings = AppSettings::named(self.name);
        settings.dangerously_supported_schemes = self.dangerously_supported_schemes;
        let mut read = |list_type, list: Option<JsonList>| match list {
            None => Ok(Content::off(list_type)),
            Some(list) => {
                let limit = list.limit.unwrap_or(settings.limit_of(list_type));
                settings = settings.clone().limit(list_type, limit);
                settings = settings.clone().require(list_type, list.policy.unwrap_or_default());
                list.read(key, list_type, limit)
            }
        };
        let upload = read(ListType::Upload, self.upload)?;
        let delivery = read(ListType::Delivery, self.delivery)?;
        settings.check().map_err(|error| wrong(key, &error))?;
        Ok(DocumentApp { settings, upload, delivery })
    }
}

impl JsonList {
    fn read(self, key: &str, list_type: ListType, limit: usize) -> Result<Content, DocumentError> {
        let limits = Limits::default().patterns(limit);
        let mut list = List::builder(list_type).patterns(&self.patterns).limits(limits);
        if let Some(mode) = self.mode {
            list = list.mode(mode);
        }
        if let Some(block_missing) = self.block_missing {
            list = list.block_missing(block_missing);
        }
        let list = list
            .build()
            .map_err(|error| DocumentError { message: format!("app {key:?}, {list_type} list: {error}") })?;
        Ok(Content::of(&list))
    }
}

/// What became of the apps of a [`Document`] ([`Store::import`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Imported {
    /// How many were made.
    pub created: usize,
    /// How many have other settings or lists than before.
    pub changed: usize,
    /// How many were so already.
    pub unchanged: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_as_they_are_written() {
        let toml = r#"[apps.a]
name = "A"
dangerously_supported_schemes = ["capacitor"]

[apps.a.upload]
patterns = [
    "{,www.}example.com",
    "xn--bcher-kva.example",
]
mode = "report"
block_missing = false
limit = 30

[apps.b]
"#;
        let document = Document::from_toml(toml).unwrap();
        assert_eq!(document.apps().len(), 2);
        assert_eq!(document.to_toml(), toml);
        let json = document.to_json();
        assert_eq!(Document::from_json(&json).unwrap(), document);
        assert_eq!(Document::from_json(&json).unwrap().to_json(), json);
        assert_eq!(Document::from_json(r#"{"apps": {"b": {}}}"#).unwrap().to_toml(), "[apps.b]\n");
    }

    #[test]
    fn what_is_required_is_in_documents_and_what_signs_is_not() {
        let settings = AppSettings::named("A").require(ListType::Delivery, Requirement::Required);
        let off = Content::off;
        let app = DocumentApp { settings, upload: off(ListType::Upload), delivery: off(ListType::Delivery) };
        let document = Document { apps: BTreeMap::from([("a/..".to_string(), app)]) };
        let toml = document.to_toml();
        assert!(toml.contains("delivery = \"required\"\nsecrets = \"a%2F%2E%2E.secret\""), "{toml}");
        assert_eq!(Document::from_toml(&toml).unwrap(), document);
        let json = document.to_json();
        assert_eq!(json.matches("policy").count(), 1, "{json}");
        assert_eq!(Document::from_json(&json).unwrap(), document);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (json, message) in [
            ("", "EOF while parsing a value at line 1 column 0"),
            (r#"{"apps": {"a": {"upload": {"pattern": []}}}}"#, "unknown field `pattern`"),
            (r#"{"apps": {"a": {}, "a": {}}}"#, "app \"a\" is there twice at line 1 column"),
            (r#"{"apps": {"a": {"name": "x", "name": "y"}}}"#, "duplicate field `name`"),
            (r#"{"apps": {"": {}}}"#, "app \"\": the key of an app is not empty; choose a key"),
            (
                r#"{"apps": {"a": {"upload": {"patterns": ["a.com", "(a|b).com"]}}}}"#,
                "app \"a\", upload list: ",
            ),
            (
                r#"{"apps": {"a": {"delivery": {"patterns": ["a.com", "b.com"], "limit": 1}}}}"#,
                "delivery list: ",
            ),
            (r#"{"apps": {"a": {"dangerously_supported_schemes": ["a b"]}}}"#, "\"a b\" is not a scheme"),
            (r#"{"apps": {"a": {"upload": {"patterns": [], "mode": "on"}}}}"#, "unknown variant `on`"),
        ] {
            let error = Document::from_json(json).unwrap_err().to_string();
            assert!(error.contains(message), "{json}: {error}");
        }
    }

    #[test]
    fn a_gate_has_the_same_lists() {
        let document = Document::from_toml("apps.a.upload.patterns = ['a.com']").unwrap();
        let app = &document.apps()["a"];
        let gate =
            app.settings.gate().unwrap().with_list(app.content(ListType::Upload).to_list(ListType::Upload));
        assert_eq!(gate.list(ListType::Upload).rules().len(), 1);
    }
}

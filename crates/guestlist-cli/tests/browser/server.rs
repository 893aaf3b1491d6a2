//! `guestlist serve` as a process, and stores for it.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use guestlist_store::{Access, AppSettings, Change, Document, Grant, RedbStore, Scope, Store};
use serde_json::Value;

/// A server on ports of its own. Killed when dropped.
pub(crate) struct Server {
    process: Child,
    /// What it said: where it listens, and a token if it made one.
    pub(crate) told: Value,
    log: PathBuf,
}

impl Server {
    /// Starts one with its files in this folder.
    pub(crate) fn start(folder: &Path, name: &str, arguments: &[&str]) -> Server {
        let log = folder.join(name).with_extension("log");
        let mut process = Command::new(env!("CARGO_BIN_EXE_guestlist"))
            .args(["serve", "--format", "json", "--listen", "127.0.0.1:0"])
            .args(["--admin", "127.0.0.1:0", "--console", "127.0.0.1:0"])
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let mut server = Server { process, told: Value::Null, log };
        server.told = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("{name}: {error}: {line:?}\n{}", server.log()));
        server
    }

    /// What it said, and the secrets of its tokens.
    pub(crate) fn with_tokens(&self, tokens: &[String]) -> Value {
        let mut told = self.told.clone();
        told["tokens"] = tokens.into();
        told
    }

    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// A store with an app, and so many tokens for everything: each may change something only so often, and tests do it faster than people.
pub(crate) fn fill(file: &Path, tokens: usize) -> Vec<String> {
    let store = RedbStore::create(file).unwrap();
    let tokens = (0..tokens).map(|number| token(&store, NAMES[number % NAMES.len()])).collect();
    store.create_app("shop", AppSettings::named("Shop"), &Change::by("ada")).unwrap();
    tokens
}

/// Whom tests sign in as, in turn.
const NAMES: [&str; 2] = ["ada", "grace"];

/// A store with as many apps as one server is made for, and a token for everything.
pub(crate) fn fill_with_many(file: &Path) -> String {
    let store = RedbStore::create(file).unwrap();
    let apps = (1..=100_000).map(|number| format!("apps.app-{number:06}.name = 'Customer {number}'\n"));
    let document = Document::from_toml(&apps.collect::<String>()).unwrap();
    store.import(&document, &Change::by("ada")).unwrap();
    token(&store, "ada")
}

fn token(store: &RedbStore, name: &str) -> String {
    let grant = Grant::new(Access::Admin, Scope::AllApps);
    store.create_token(name, &grant, &Change::by("the tests")).unwrap().1.to_string()
}

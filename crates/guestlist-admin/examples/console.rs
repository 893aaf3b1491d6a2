//! The console over a store with some apps, to look at it.
//!
//! ```sh
//! cargo run -p guestlist-admin --example console -- [--port 0] [--apps 100] [--store FILE]
//! ```
//!
//! Prints the address and a token for everything. Without `--store` everything is gone when it ends.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use guestlist::{DormantGate, List, ListType, Mode};
use guestlist_admin::{Activity, Admin, Configured, Counts, DeniedOrigin, Live, router};
use guestlist_config::{App, Config};
use guestlist_policy::AppLock;
use guestlist_store::{Access, AppSettings, Change, Content, Document, Grant, RedbStore, Scope, Store};
use tokio::net::TcpListener;

/// Nobody decides by these lists.
struct Nobody;

impl Live for Nobody {
    fn changed(&self, _: &str, _: Option<DormantGate>, _: Option<AppLock>) {}
}

/// Requests of the last day to the app with something to say.
struct Told;

impl Activity for Told {
    fn denied(&self, app: &str, list_type: ListType) -> Vec<DeniedOrigin> {
        let denied = |origin: Option<&str>, reason, count, minutes: u64| {
            let last = SystemTime::now() - Duration::from_secs(60 * minutes);
            DeniedOrigin::new(origin.map(str::to_string), reason, count, last)
                .only_reported(list_type == ListType::Delivery)
        };
        match app {
            "AbCd1234" => vec![
                denied(Some("https://shop.example.net"), "no-match", 3120, 2),
                denied(Some("http://localhost:8080"), "no-match", 4, 17),
                denied(Some("https://a.preview.example.com"), "no-match", 1, 30),
                denied(None, "missing-header", 290, 55),
                denied(Some("capacitor://localhost"), "unsupported-scheme", 12, 1300),
            ],
            _ => Vec::new(),
        }
    }

    fn counts(&self, app: &str, list_type: ListType) -> Vec<Counts> {
        let hour = |number| SystemTime::now() - Duration::from_secs(3600 * (24 - number));
        (0..24)
            .filter(|_| app == "AbCd1234")
            .map(|number| {
                let (allowed, others) = (400 + (number * 37) % 300, (number * 13) % 90);
                let counts = Counts::between(hour(number), hour(number + 1));
                match list_type {
                    ListType::Delivery if number < 18 => counts.decided(allowed, others, 0),
                    _ => counts.decided(allowed, 0, others),
                }
            })
            .collect()
    }
}

/// An app that is not in the store.
struct File(Arc<BTreeMap<String, App>>);

impl Configured for File {
    fn apps(&self) -> Arc<BTreeMap<String, App>> {
        self.0.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (mut port, mut apps, mut path) = (0, 0, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} without a value"))?;
        match argument.as_str() {
            "--port" => port = value.parse()?,
            "--apps" => apps = value.parse()?,
            "--store" => path = Some(PathBuf::from(value)),
            _ => return Err(format!("{argument} is not known").into()),
        }
    }
    let folder = tempfile::tempdir()?;
    let path = path.unwrap_or_else(|| folder.path().join("lists.redb"));
    let store = Arc::new(RedbStore::open_or_create(path)?);
    if store.app("AbCd1234")?.is_none() {
        fill(&store, apps)?;
    }
    let everything = Grant::new(Access::Admin, Scope::AllApps);
    let (_, secret) = store.create_token("ada", &everything, &Change::by("the example"))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("console  http://{}/", listener.local_addr()?);
    println!("token    {secret}");
    let file = "[apps.intranet]\nname = 'Intranet'\nupload.patterns = ['*.corp.example.com']";
    let file = Config::parse(file).map_err(|_| "a configuration that is none")?;
    let admin = Admin::new(store, Nobody).activity(Told).configured(File(Arc::new(file.apps)));
    axum::serve(listener, router(admin)).await?;
    Ok(())
}

/// Some apps, one of them with lists that there is something to say of.
fn fill(store: &RedbStore, more: usize) -> Result<(), Box<dyn Error>> {
    let change = Change::by("grace").why("the shop goes live");
    store.create_app("AbCd1234", AppSettings::named("Shop"), &change)?;
    store.create_app("blog-7", AppSettings::named("Blog"), &change)?;
    // Of somebody who wants more than a list.
    let (key, name) = ("\"><img src=x onerror=alert(1)>", "<script>alert(1)</script>");
    store.create_app(key, AppSettings::named(name), &change)?;
    let save = |list_type, patterns: &[&str], mode| {
        let list = List::builder(list_type).patterns(patterns).mode(mode).build()?;
        store
            .save_list("AbCd1234", list_type, 1, &Content::of(&list), &change)
            .map_err(Box::<dyn Error>::from)
    };
    save(
        ListType::Upload,
        &["shop.example.com", "*.preview.example.com", "localhost:300?", "*example.org"],
        Mode::Enforce,
    )?;
    save(ListType::Delivery, &["{,www.}example.com", "app[1-3].example.net:*"], Mode::Report)?;
    let apps = (1..=more).map(|number| format!("apps.app-{number:06}.name = 'Customer {number}'\n"));
    let document = Document::from_toml(&apps.collect::<String>()).map_err(|_| "a document that is none")?;
    store.import(&document, &change)?;
    Ok(())
}

//! A store of many apps: what it takes to fill, to open, to read and to save.
//!
//! ```sh
//! cargo run --release -p guestlist-store --example many -- 100000
//! ```

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::time::{Duration, Instant};

use guestlist::{List, ListType, Mode};
use guestlist_gates::{Gates, Settings};
use guestlist_store::{AppQuery, Change, Content, Document, RedbStore, Store};

/// How many patterns each list has.
const PATTERNS: usize = 5;

/// How many lists are saved, one after the other.
const SAVES: usize = 2000;

fn main() -> Result<(), Box<dyn Error>> {
    let apps: usize = std::env::args().nth(1).map_or(Ok(100_000), |apps| apps.parse())?;
    let folder = tempfile::tempdir_in(".")?;
    let path = folder.path().join("lists.redb");
    let store = RedbStore::create(&path)?;
    let change = Change::by("a person").why("measuring");
    let begun = Instant::now();
    // A configuration of so many apps at once would be the largest thing here.
    for from in (0..apps).step_by(1000) {
        let document = Document::from_toml(&toml(from..(from + 1000).min(apps)));
        store.import(&document.map_err(|mistakes| mistakes[0].message.clone())?, &change)?;
    }
    told("import, a thousand at a time", begun.elapsed());
    drop(store);
    println!("{:>10.1} MB  the file", megabytes(fs::metadata(&path)?.len()));

    let before = memory()?;
    let begun = Instant::now();
    let store = RedbStore::open(&path)?;
    told("open: every page read and checked", begun.elapsed());
    let begun = Instant::now();
    let mut patterns = 0;
    store.each_app(&mut |app| {
        let count = |list_type| app.list(list_type).content.patterns().len();
        patterns += ListType::ALL.map(count).iter().sum::<usize>();
    })?;
    told(&format!("read every app: {patterns} patterns"), begun.elapsed());
    let gates = Gates::new(Settings::default().apps(apps));
    let begun = Instant::now();
    let mut all = Vec::with_capacity(apps);
    store.each_app(&mut |app| all.push((app.dormant_gate(), app.key)))?;
    gates.insert_many(all.iter().map(|(gate, key)| (key, gate.clone())))?;
    drop(all);
    told("read every app into a registry of gates", begun.elapsed());
    println!(
        "{:>10.1} MB  more memory than before it was opened",
        megabytes(memory()?.saturating_sub(before))
    );

    let begun = Instant::now();
    let page = store.apps(&AppQuery::new(), 50)?;
    told(&format!("a page of {} apps", page.len()), begun.elapsed());
    let begun = Instant::now();
    let found = store.apps(&AppQuery::new().containing(&format!("shop {}", apps - 1)), 50)?;
    told(&format!("search through all: {} found", found.len()), begun.elapsed());

    let mut times: Vec<Duration> = Vec::new();
    let mut random = fastrand::Rng::with_seed(1);
    for number in 0..SAVES {
        let key = key(random.usize(0..apps));
        let patterns = [format!("*.saved{number}.example")];
        let content =
            Content::of(&List::builder(ListType::Upload).patterns(patterns).mode(Mode::Enforce).build()?);
        let begun = Instant::now();
        let seen = store.app(&key)?.ok_or("an app is missing")?.list(ListType::Upload).number;
        store.save_list(&key, ListType::Upload, seen, &content, &change)?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    told("a save, median", times[SAVES / 2]);
    told("a save, p99", times[SAVES * 99 / 100]);
    told("a save, the longest", times[SAVES - 1]);
    let begun = Instant::now();
    store.verify()?;
    told("verify", begun.elapsed());
    Ok(())
}

fn key(app: usize) -> String {
    format!("pk_{app:06}")
}

fn toml(apps: std::ops::Range<usize>) -> String {
    let mut text = String::new();
    for app in apps {
        writeln!(text, "[apps.{}]\nname = 'Shop {app}'", key(app)).ok();
        for list in ["upload", "delivery"] {
            let pattern = |site| format!("'{{,*.}}site{site}.shop{app}.example'");
            let patterns: Vec<String> = (0..PATTERNS).map(pattern).collect();
            writeln!(text, "{list}.patterns = [{}]", patterns.join(", ")).ok();
        }
    }
    text
}

fn told(what: &str, took: Duration) {
    println!("{:>10.3} ms  {what}", took.as_secs_f64() * 1000.0);
}

#[expect(clippy::cast_precision_loss, reason = "to one place")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// What the process holds, in bytes.
fn memory() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

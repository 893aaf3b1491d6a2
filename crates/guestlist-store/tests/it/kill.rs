//! `kill -9` while it writes: what was acknowledged is there.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use guestlist::ListType;
use guestlist_store::{AppSettings, RedbStore, Store};

use crate::{ada, content};

/// Says to the test program, started again, that it is to write, and where.
const WRITER: &str = "GUESTLIST_STORE_WRITER";

/// How many apps are written to.
const APPS: usize = 4;

/// Saves lists until it is killed, and says so of each.
#[test]
fn writer() {
    let Ok(path) = std::env::var(WRITER) else { return };
    let store = RedbStore::open(path).unwrap();
    for round in 0.. {
        let key = format!("app-{}", round % APPS);
        let list_type = ListType::ALL[round / APPS % 2];
        let seen = store.app(&key).unwrap().unwrap().list(list_type).number;
        let saved = store
            .save_list(
                &key,
                list_type,
                seen,
                &content(list_type, &[&format!("v{}.{key}.com", seen + 1)]),
                &ada(),
            )
            .unwrap();
        println!("\nsaved {key} {list_type} {}", saved.number);
        std::io::stdout().flush().unwrap();
    }
}

/// One more round: what was acknowledged in it, each an app, a list and a number.
fn round(path: &Path, random: &mut fastrand::Rng) -> Vec<(String, ListType, u64)> {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::writer", "--nocapture"])
        .env(WRITER, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let reader = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>());
    std::thread::sleep(Duration::from_micros(random.u64(10_000..60_000)));
    writer.kill().unwrap();
    writer.wait().unwrap();
    let read = |line: String| {
        let mut words = line.strip_prefix("saved ")?.split(' ').map(String::from);
        let key = words.next()?;
        let list_type = if words.next()? == "upload" { ListType::Upload } else { ListType::Delivery };
        Some((key, list_type, words.next()?.parse().ok()?))
    };
    reader.join().unwrap().into_iter().filter_map(read).collect()
}

#[test]
fn a_process_that_is_killed_loses_nothing_that_it_acknowledged() {
    let rounds = std::env::var("GUESTLIST_KILLS").map_or(200, |rounds| rounds.parse().expect("a number"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lists.redb");
    let store = RedbStore::create(&path).unwrap();
    for app in 0..APPS {
        store.create_app(&format!("app-{app}"), AppSettings::named("x"), &ada()).unwrap();
    }
    drop(store);
    let mut random = fastrand::Rng::with_seed(6);
    let (mut acknowledged, mut busy) = (0, 0);
    for number in 0..rounds {
        let saved = round(&path, &mut random);
        acknowledged += saved.len();
        busy += usize::from(!saved.is_empty());
        let store = RedbStore::open(&path).unwrap();
        for (key, list_type, number) in saved {
            let revision = store.revision(&key, list_type, number).unwrap();
            let revision = revision.unwrap_or_else(|| panic!("{key} {list_type} {number} is lost"));
            assert_eq!(revision.content.patterns(), [format!("v{number}.{key}.com")]);
            assert!(store.app(&key).unwrap().unwrap().list(list_type).number >= number);
        }
        if number % 10 == 0 {
            store.verify().unwrap();
        }
    }
    RedbStore::open(&path).unwrap().verify().unwrap();
    println!("{rounds} kills, {acknowledged} saves acknowledged, none lost");
    assert!(busy * 2 > rounds, "only in {busy} of {rounds} rounds anything was saved before the end");
}

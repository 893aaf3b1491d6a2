//! Planted bugs: engines, and provers, that are each wrong in one place, for the suites to find. A suite that finds none is not a suite, and a bug that none finds is a hole.
//!
//! The control is the same engine without a bug: every suite must pass it, or what they find would mean nothing. Which suite finds which bug is pinned in
//! `snapshots/`.

// Helpers are test code too.
#![allow(clippy::unwrap_used)]

mod bug;
mod matcher;
mod printing;
mod proofs;
mod proving;
mod reader;
mod saving;
mod subject;
mod suites;

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bug::Bug;
use saving::Wrong;
use subject::Planted;
use suites::Suite;

/// A column for each suite, a row for each bug.
struct Table {
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<bool>)>,
}

impl Table {
    fn print(&self) -> String {
        let mut text = String::new();
        for (at, column) in self.columns.iter().enumerate() {
            writeln!(text, "{}{column}", "| ".repeat(at)).unwrap();
        }
        for (words, found) in &self.rows {
            let cells: Vec<&str> = found.iter().map(|found| if *found { "x" } else { "." }).collect();
            writeln!(text, "{}  {words}", cells.join(" ")).unwrap();
        }
        let found = self.rows.iter().filter(|(_, found)| found.contains(&true)).count();
        writeln!(text, "{found} of {} found", self.rows.len()).unwrap();
        text
    }
}

#[test]
fn every_planted_bug_is_found_and_every_suite_finds_some() {
    let suites = Suite::all();
    let control = Planted { bug: None };
    for suite in &suites {
        assert_eq!(suite.judge(control), Ok(()), "{} objects to the control", suite.name);
    }

    // One bug at a time for each thread.
    let found = Mutex::new(vec![Vec::new(); Bug::ALL.len()]);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(bug) = Bug::ALL.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let planted = Planted { bug: Some(*bug) };
                    let row = suites.iter().map(|suite| suite.judge(planted).is_err()).collect();
                    found.lock().unwrap()[*bug as usize] = row;
                }
            });
        }
    });
    let rows = Bug::ALL.iter().map(|bug| bug.words().to_owned()).zip(found.into_inner().unwrap());
    let table = Table { columns: suites.iter().map(|suite| suite.name).collect(), rows: rows.collect() };

    let unfound: Vec<&String> =
        table.rows.iter().filter(|(_, found)| !found.contains(&true)).map(|(words, _)| words).collect();
    assert!(unfound.is_empty(), "no suite finds: {unfound:#?}");
    for (at, suite) in table.columns.iter().enumerate() {
        assert!(table.rows.iter().any(|(_, found)| found[at]), "{suite} finds nothing");
    }
    insta::assert_snapshot!(table.print());
}

#[test]
fn every_wrong_proof_is_found_and_every_suite_finds_some() {
    let suites = proofs::Suites::new();
    assert_eq!(
        suites.judge(proving::Planted { wrong: None }),
        vec![None; suites.names().len()],
        "the control"
    );
    let wrongs = proving::WrongProof::ALL;
    let found = Mutex::new(vec![Vec::new(); wrongs.len()]);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(wrong) = wrongs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdicts = suites.judge(proving::Planted { wrong: Some(*wrong) });
                    found.lock().unwrap()[*wrong as usize] = verdicts.iter().map(Option::is_some).collect();
                }
            });
        }
    });
    let rows = wrongs.iter().map(|wrong| wrong.words().to_owned()).zip(found.into_inner().unwrap());
    let table = Table { columns: suites.names(), rows: rows.collect() };
    assert!(table.rows.iter().all(|(_, found)| found.contains(&true)), "{}", table.print());
    for (at, suite) in table.columns.iter().enumerate() {
        assert!(table.rows.iter().any(|(_, found)| found[at]), "{suite} finds nothing");
    }
    insta::assert_snapshot!(table.print());
}

#[test]
fn every_wrong_way_to_save_a_list_is_found() {
    assert_eq!(suites::limits(None), Ok(()), "the control");
    let wrong = Wrong::ALL.iter().map(|wrong| (wrong.words(), suites::limits(Some(*wrong)).is_err()));
    all_found("limits_hold", wrong.collect());
}

#[test]
fn every_wrong_printer_of_configurations_is_found() {
    all_found("config_roundtrip", printing::found());
}

fn all_found(suite: &'static str, planted: Vec<(&str, bool)>) {
    let rows = planted.into_iter().map(|(words, found)| (words.to_owned(), vec![found])).collect();
    let table = Table { columns: vec![suite], rows };
    assert!(table.rows.iter().all(|(_, found)| found[0]), "{}", table.print());
    insta::assert_snapshot!(suite, table.print());
}

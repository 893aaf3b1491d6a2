//! What runs under valgrind: every path of one workload, each in two calls of [`counted`], of which the second does it twice as often.

use std::hint::black_box;
use std::io::{self, Write};

use guestlist::{EngineChoice, Gate, ListType, RequestHeaders};
use serde::{Deserialize, Serialize};

use crate::workload::{COMPARED, Workload};

/// [`counted`] for valgrind, which wants all of a name where it is to dump.
pub(super) const COUNTED: &str = "guestlist_benches::instructions::inside::counted";

/// How many different hosts of a kind are checked.
const HOSTS: usize = 100;

/// What was done, in the order of the calls.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Done {
    /// What the program finds of the processor.
    pub(super) cpu: String,
    /// Each path, and how many times the first call does it.
    pub(super) paths: Vec<(String, u64)>,
}

/// Everything in here is counted, and dumped when it returns.
#[inline(never)]
fn counted(times: u64, work: &mut dyn FnMut()) {
    (0..times).for_each(|_| work());
}

/// Does a workload, and prints what was done.
pub(super) fn work(workload: &str) -> io::Result<()> {
    let named = COMPARED.iter().find(|(name, _)| *name == workload);
    let (_, workload) = named.ok_or_else(|| io::Error::other("no such workload"))?;
    let workload = workload().with_sampled_hosts(HOSTS * 20);
    let mut done = Done { cpu: super::processor(), paths: Vec::new() };

    done.path("parse", 4, || _ = black_box(workload.parsed()));
    done.path("build", 4, || _ = black_box(workload.list(EngineChoice::Auto).engine()));

    let gate = Gate::new().with_list(workload.list(EngineChoice::Auto));
    let list = gate.list(ListType::Upload);
    let expected = workload.expected();
    for (kind, wanted) in [("hit", true), ("miss", false)] {
        let hosts = workload.hosts.iter().zip(&expected);
        let hosts = hosts.filter(|(_, expected)| **expected == wanted).map(|(host, _)| host.clone());
        let workload = Workload { hosts: hosts.take(HOSTS).collect(), ..workload.clone() };
        let count = workload.hosts.len() as u64;

        let origins = workload.origins();
        let mut next = round(&origins);
        let mut check = || _ = black_box(list.is_match(black_box(next())));
        // What is made when a host first comes is there when they are counted.
        (0..2 * count).for_each(|_| check());
        done.path(&format!("check-{kind}"), count, check);

        let headers = workload.headers();
        let mut next = round(&headers);
        let mut decide = || {
            let headers = RequestHeaders::new().origin(black_box(next()));
            black_box(gate.decide(ListType::Upload, &headers));
        };
        (0..2 * count).for_each(|_| decide());
        done.path(&format!("header-{kind}"), count, decide);
    }

    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &done)?;
    writeln!(out)
}

impl Done {
    fn path(&mut self, name: &str, times: u64, mut work: impl FnMut()) {
        // What is done once in a program is done before, and the allocator has room of every size.
        (0..4).for_each(|_| work());
        counted(times, &mut work);
        counted(2 * times, &mut work);
        self.paths.push((name.to_owned(), times));
    }
}

/// One after the other, over and over.
fn round<'a, T>(items: &'a [T]) -> impl FnMut() -> &'a T {
    let mut next = 0;
    move || {
        let item = &items[next];
        next = if next + 1 == items.len() { 0 } else { next + 1 };
        item
    }
}

//! How many bytes a list takes: as many copies as make a difference, each used once, in a process of their own.
//!
//! What is counted is resident memory, so that no engine has to count for itself, and its caches and the allocator's overhead are in it. For the
//! engine that is all of a list, with the patterns as a person wrote them; what it needs to decide it counts itself, as
//! `guestlist-tables`.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use guestlist::{Gate, List, ListType, Origin, PackedGate};

use super::child::{self, Job};
use super::figure::{Figure, Outcome, Stage};
use super::race::GUESTLIST;
use crate::peers::{Peer, Peers, Unable, Visitor};
use crate::workload::{COMPARED, MANY_HOSTS, Workload};

/// Enough for a few pages more or less to make no difference.
const ENOUGH_BYTES: usize = 32 << 20;
const ENOUGH_COPIES: usize = 200_000;
const ENOUGH_TIME: Duration = Duration::from_secs(3);
/// With less than this, it would be the memory left over from building that is weighed.
const TOO_LITTLE: usize = 4 << 20;
/// With how many hosts each copy is used.
const HOSTS: usize = 256;

/// The bytes of every engine's list for this workload. A workload that differs from another only in its hosts is left out.
pub(super) fn figures<P: Peers>(workload: &Workload) -> io::Result<Vec<Figure>> {
    if !cfg!(target_os = "linux") || workload.name == MANY_HOSTS {
        return Ok(Vec::new());
    }
    let mut names = Names(GUESTLIST.iter().map(|(name, _)| *name).collect());
    P::each(&mut names);
    let mut figures = Vec::new();
    for name in names.0 {
        let job = Job::Memory { workload: workload.name.to_owned(), engine: name.to_owned() };
        figures.push(Figure::new(workload.name, Stage::Memory, name, child::ask(&job)?));
    }
    for (name, choice) in GUESTLIST {
        let bytes = Outcome::Bytes(workload.list(choice).engine().bytes as f64);
        figures.push(Figure::new(workload.name, Stage::Memory, &format!("{name}-tables"), bytes));
    }
    // A list of a packed gate with two of them, and its share of the gate.
    let lists = ListType::ALL.map(|list_type| workload.builder_of(list_type).restore());
    let gate = lists.into_iter().fold(Gate::new(), Gate::with_list);
    let bytes = Outcome::Bytes(PackedGate::from(&gate).bytes() as f64 / 2.0);
    figures.push(Figure::new(workload.name, Stage::Memory, "guestlist-packed", bytes));
    Ok(figures)
}

/// The bytes of one engine's list: the child's side.
pub(super) fn weigh<P: Peers>(workload: &str, engine: &str) -> io::Result<Outcome> {
    let workload = COMPARED.iter().find(|(name, _)| *name == workload);
    let (_, workload) = workload.ok_or_else(|| io::Error::other("no such workload"))?;
    let workload = workload();
    if let Some((_, choice)) = GUESTLIST.iter().find(|(name, _)| *name == engine) {
        let origins = workload.origins();
        let used = |list: List, origin: &[Origin<'_>]| {
            origin.iter().for_each(|origin| _ = black_box(list.is_match(origin)));
            Some(list)
        };
        return copies(|| used(workload.list(*choice), &origins));
    }
    let mut scales = Scales { workload: &workload, engine, found: None };
    P::each(&mut scales);
    scales.found.unwrap_or_else(|| Err(io::Error::other("no such engine")))
}

/// The names of the peers.
struct Names(Vec<&'static str>);

impl Visitor for Names {
    fn visit<P: Peer>(&mut self) {
        self.0.push(P::NAME);
    }
}

/// Weighs the peer of this name.
struct Scales<'a> {
    workload: &'a Workload,
    engine: &'a str,
    found: Option<io::Result<Outcome>>,
}

impl Scales<'_> {
    fn weigh<P: Peer>(&self) -> io::Result<Outcome> {
        let rules = match P::translate(&self.workload.parsed()) {
            Ok(rules) => rules,
            Err(Unable(why)) => return Ok(Outcome::Skipped(why.to_owned())),
        };
        if let Err(Unable(why)) = P::build(&rules) {
            return Ok(Outcome::Skipped(why.to_owned()));
        }
        let hosts: Vec<String> = self.workload.hosts.iter().take(HOSTS).map(|host| P::spell(host)).collect();
        let used = |mut peer: P| {
            hosts.iter().for_each(|host| _ = black_box(peer.is_match(host)));
            peer
        };
        copies(|| P::build(&rules).ok().map(used))
    }
}

impl Visitor for Scales<'_> {
    fn visit<P: Peer>(&mut self) {
        if P::NAME == self.engine {
            self.found = Some(self.weigh::<P>());
        }
    }
}

/// How many bytes a copy takes. The first one is not counted: what making it needed for a while is there for the others.
fn copies<T>(mut make: impl FnMut() -> Option<T>) -> io::Result<Outcome> {
    let first = make();
    let (start, before) = (Instant::now(), child::resident()?);
    let mut all = Vec::new();
    loop {
        all.extend(make());
        let bytes = child::resident()?.saturating_sub(before);
        if bytes > ENOUGH_BYTES || all.len() >= ENOUGH_COPIES || start.elapsed() > ENOUGH_TIME {
            black_box((first, &all));
            if bytes < TOO_LITTLE {
                return Ok(Outcome::Skipped("it takes too long to build enough copies to weigh".to_owned()));
            }
            return Ok(Outcome::Bytes((bytes as f64 / all.len() as f64).round()));
        }
    }
}

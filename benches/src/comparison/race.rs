//! All engines on one workload. Each is entered at the stages it has, once all its answers are those of the reference.
//!
//! A configuration of the engine is a line of [`GUESTLIST`]. Anything else that answers is entered with [`Race::enter_checks`] or, if it answers
//! for several at once, [`Race::enter_batches`].

use std::hint::black_box;

use guestlist::{Direction, EngineChoice, Gate, ListType, RequestHeaders, Simd};

use super::entry::Entry;
use super::figure::{BASE, Figure, Stage};
use crate::peers::{self, Peer, Peers, Unable, Visitor};
use crate::workload::{MANY_HOSTS, Random, Workload};

/// The configurations of the engine that take part.
pub(super) const GUESTLIST: [(&str, EngineChoice); 4] = [
    (BASE, EngineChoice::Auto),
    ("guestlist-avx2", EngineChoice::Index(Simd::Avx2)),
    ("guestlist-portable", EngineChoice::Index(Simd::Portable)),
    ("guestlist-dfa", EngineChoice::Dfa(Direction::Reverse)),
];
/// How many hosts or headers are handed over at once.
const BATCH: usize = 64;

/// How many patterns the reference tries before the rest of the hosts is left to the engine, which it has judged by then.
const REFERENCE_WORK: usize = 20_000_000;

/// All engines on one workload.
#[expect(missing_debug_implementations, reason = "its entries hold closures")]
pub struct Race<'a> {
    workload: &'a Workload,
    expected: Vec<bool>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Race<'a> {
    /// Enters the engine and all peers.
    pub fn new<P: Peers>(workload: &'a Workload) -> Race<'a> {
        let mut race = Race { workload, expected: expected(workload), entries: Vec::new() };
        race.enter_guestlist();
        P::each(&mut race);
        race.enter_url_parsers();
        race
    }

    /// Enters what is done again and again, whatever the hosts.
    pub fn enter(&mut self, stage: Stage, name: &'static str, work: impl FnMut(usize) -> usize + 'a) {
        self.entries.push(Entry::new(stage, name, Ok(Box::new(work))));
    }

    /// Enters what answers for each item, once all its answers are right.
    pub fn enter_checks<T: 'a>(
        &mut self,
        stage: Stage,
        name: &'static str,
        items: Vec<T>,
        mut check: impl FnMut(&T) -> bool + 'a,
    ) {
        let answers = items.iter().map(&mut check).collect();
        self.hold(stage, name, answers);
        self.enter(
            stage,
            name,
            round_and_round(items, move |items| items.iter().filter(|item| check(black_box(item))).count()),
        );
    }

    /// Enters what answers for `size` items at once, at most 64, with a bit for each, the lowest for the first.
    ///
    /// # Panics
    ///
    /// If an answer is wrong.
    pub fn enter_batches<T: 'a>(
        &mut self,
        stage: Stage,
        name: &'static str,
        mut items: Vec<T>,
        size: usize,
        mut check: impl FnMut(&[T]) -> u64 + 'a,
    ) {
        let answers = items.chunks(size).flat_map(|batch| {
            let bits = check(batch);
            (0..batch.len()).map(move |index| bits >> index & 1 == 1)
        });
        let answers = answers.collect();
        self.hold(stage, name, answers);
        // Whole batches only, wherever a round stops.
        items.truncate(items.len() - items.len() % size);
        let work = round_and_round(items, move |items| {
            items.chunks(size).map(|batch| check(black_box(batch)).count_ones() as usize).sum()
        });
        self.entries.push(Entry::new(stage, name, Ok(Box::new(work))).in_steps_of(size));
    }

    /// Enters what answers for each item, where which item is next hangs on the answer before, though it is always the same.
    fn enter_waiting<T: 'a>(
        &mut self,
        name: &'static str,
        items: Vec<T>,
        mut check: impl FnMut(&T) -> bool + 'a,
    ) {
        let mut next = 0;
        self.enter(Stage::Latency, name, move |count| {
            let zero = black_box(0);
            let mut hits = 0;
            for _ in 0..count {
                let hit = usize::from(check(black_box(&items[next])));
                hits += hit;
                next += 1 + (hit & zero);
                if next >= items.len() {
                    next = 0;
                }
            }
            hits
        });
    }

    /// Finds out how often each engine fits into a slice.
    pub fn calibrate(&mut self) {
        self.entries.iter_mut().for_each(Entry::calibrate);
    }

    /// Every engine's turn, in another order each round: who comes behind one that has just read the same hosts finds them near.
    pub fn round(&mut self, round: usize) {
        let mut random = Random(round as u64);
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        for last in (1..order.len()).rev() {
            order.swap(last, random.below(last + 1));
        }
        order.into_iter().for_each(|number| self.entries[number].round(round));
    }

    /// The medians.
    pub fn figures(&mut self) -> Vec<Figure> {
        let name = self.workload.name;
        let figures =
            self.entries.iter_mut().map(|entry| Figure::new(name, entry.stage, entry.name, entry.outcome()));
        figures.collect()
    }

    fn enter_guestlist(&mut self) {
        let workload = self.workload;
        if workload.name != MANY_HOSTS {
            self.enter_parsers();
        }
        for (name, choice) in GUESTLIST {
            let list = workload.list(choice);
            self.enter_checks(Stage::Check, name, workload.origins(), move |origin| list.is_match(origin));
            let list = workload.list(choice);
            self.enter_waiting(name, workload.origins(), move |origin| list.is_match(origin));
            let gate = Gate::new().with_list(workload.list(choice));
            self.enter_checks(Stage::Header, name, workload.headers(), move |header| {
                gate.decide(ListType::Upload, &RequestHeaders::new().origin(header)).lets_through()
            });
            if matches!(choice, EngineChoice::Auto | EngineChoice::Index(_)) {
                self.enter_guestlist_batches(name, choice);
            }
        }
    }

    /// Several at once, which only the index does differently.
    fn enter_guestlist_batches(&mut self, name: &'static str, choice: EngineChoice) {
        let workload = self.workload;
        let list = workload.list(choice);
        self.enter_batches(Stage::Batch, name, workload.origins(), BATCH, move |origins| {
            list.matches_many(origins)
        });
        let gate = Gate::new().with_list(workload.list(choice));
        self.enter_batches(Stage::HeaderBatch, name, workload.requests(), BATCH, move |requests| {
            let (mut bits, mut bit) = (0, 1);
            gate.decide_many(ListType::Upload, requests, |decision| {
                bits |= if decision.lets_through() { bit } else { 0 };
                bit = u64::wrapping_shl(bit, 1);
            });
            bits
        });
    }

    /// What is done with the patterns alone, whatever the hosts.
    fn enter_parsers(&mut self) {
        let workload = self.workload;
        self.enter(Stage::Parse, BASE, |count| (0..count).map(|_| black_box(workload.parsed()).len()).sum());
        for (name, choice) in GUESTLIST {
            self.enter(Stage::Build, name, move |count| {
                (0..count).map(|_| workload.list(choice).engine().states).sum()
            });
        }
        let regexes: Vec<String> = workload.parsed().iter().map(guestlist::Pattern::to_regex).collect();
        self.enter(Stage::Parse, "regex-syntax", move |count| {
            let parse = |regex: &String| regex_syntax::parse(black_box(regex)).is_ok();
            (0..count).map(|_| regexes.iter().filter(|regex| parse(regex)).count()).sum()
        });
    }

    fn enter_url_parsers(&mut self) {
        let set = peers::regex_set(&self.workload.patterns);
        self.enter_checks(Stage::Header, "url+regex-set", self.workload.headers(), move |header| {
            peers::url_and_regex_set(&set, header)
        });
        let (set, mut scratch) = (peers::any_case_regex_set(&self.workload.patterns), String::new());
        self.enter_checks(Stage::Header, "http+regex-set", self.workload.headers(), move |header| {
            peers::http_and_regex_set(&set, header, &mut scratch)
        });
    }

    fn hold(&self, stage: Stage, name: &str, answers: Vec<bool>) {
        assert_eq!(answers.len(), self.expected.len(), "{name}, {stage}");
        for (index, (answer, expected)) in answers.into_iter().zip(&self.expected).enumerate() {
            assert_eq!(answer, *expected, "{name}, {stage}: {}", self.workload.hosts[index]);
        }
    }
}

impl Visitor for Race<'_> {
    fn visit<P: Peer>(&mut self) {
        let ready = P::translate(&self.workload.parsed()).and_then(|rules| Ok((P::build(&rules)?, rules)));
        match ready {
            Err(Unable(why)) => {
                self.entries
                    .extend([Stage::Build, Stage::Check].map(|stage| Entry::new(stage, P::NAME, Err(why))));
            }
            Ok((mut peer, rules)) => {
                let hosts: Vec<String> = self.workload.hosts.iter().map(|host| P::spell(host)).collect();
                self.enter_checks(Stage::Check, P::NAME, hosts, move |host| peer.is_match(host));
                if self.workload.name != MANY_HOSTS {
                    self.enter(Stage::Build, P::NAME, move |count| {
                        (0..count).filter(|_| black_box(P::build(black_box(&rules))).is_ok()).count()
                    });
                }
            }
        }
    }
}

/// Work that goes on where it stopped in the items.
pub(super) fn round_and_round<'a, T: 'a>(
    items: Vec<T>,
    mut check: impl FnMut(&[T]) -> usize + 'a,
) -> impl FnMut(usize) -> usize + 'a {
    let mut next = 0;
    move |mut count| {
        let mut hits = 0;
        while count > 0 {
            let end = items.len().min(next + count);
            hits += check(&items[next..end]);
            count -= end - next;
            next = if end == items.len() { 0 } else { end };
        }
        hits
    }
}

/// What the reference says of each host; where patterns and hosts are too many for it, what the engine says of the rest.
fn expected(workload: &Workload) -> Vec<bool> {
    let judged = workload.hosts.len().min(REFERENCE_WORK / workload.patterns.len());
    let first = Workload { hosts: workload.hosts[..judged].to_vec(), ..workload.clone() };
    let list = workload.list(EngineChoice::Auto);
    let rest = workload.origins().into_iter().skip(judged).map(|origin| list.is_match(&origin));
    first.expected().into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers::Portable;

    fn workload() -> Workload {
        Workload::ordinary().with_sampled_hosts(100)
    }

    #[test]
    fn a_batch_is_held_against_the_reference_bit_by_bit() {
        let workload = workload();
        let list = workload.list(EngineChoice::Auto);
        let mut race = Race { workload: &workload, expected: expected(&workload), entries: Vec::new() };
        race.enter_batches(Stage::Batch, "loop", workload.origins(), 64, |batch| {
            let bits =
                batch.iter().enumerate().map(|(index, origin)| u64::from(list.is_match(origin)) << index);
            bits.sum()
        });
        race.calibrate();
        race.round(0);
        assert!(race.figures().iter().all(|figure| figure.outcome.value().is_some()));
    }

    #[test]
    #[should_panic(expected = "liar, check")]
    fn who_gives_a_wrong_answer_is_not_timed() {
        let workload = workload();
        let mut race = Race { workload: &workload, expected: expected(&workload), entries: Vec::new() };
        race.enter_checks(Stage::Check, "liar", workload.origins(), |_| true);
    }

    #[test]
    fn every_stage_of_the_ordinary_list_has_an_entry() {
        let workload = workload();
        let race = Race::new::<Portable>(&workload);
        for stage in [Stage::Parse, Stage::Build, Stage::Check, Stage::Latency, Stage::Header] {
            assert!(race.entries.iter().any(|entry| entry.stage == stage && entry.name == BASE), "{stage}");
        }
    }

    #[test]
    fn work_goes_on_where_it_stopped() {
        let mut seen = Vec::new();
        let mut work = round_and_round((0..5).collect(), |items: &[i32]| {
            seen.extend(items.iter().copied());
            items.len()
        });
        assert_eq!((work(4), work(3)), (4, 3));
        drop(work);
        assert_eq!(seen, [0, 1, 2, 3, 4, 0, 1]);
    }
}

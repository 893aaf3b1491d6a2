//! W6: apps at scale. Very many apps, each with two lists of twenty ordinary patterns of its own, and checks that each ask for a random one of them.
//!
//! ```text
//!  seed ──► App::new(index) ──► Registry::add        seed ──► checks ──► Query ──► Registry::is_match
//! ```
//!
//! What holds the apps is a [`Registry`]; one more is an implementation and a line in [`each`].

mod maps;
mod registry;

use guestlist::{ListType, Origin, Pattern, RequestHeaders};
use guestlist_reference as reference;

pub use self::maps::{GatesInAMap, InAMap};
pub use self::registry::InGates;
use crate::peers::{FoldHash, HashSets, RegexSets, SipHash};
use crate::workload::{Random, ordinary_patterns, sample};

/// The name of the workload.
pub const W6: &str = "w6-apps";

/// What holds apps, and finds out whether a host matches a list of one of them.
pub trait Registry: Sized {
    /// Its name in tables.
    const NAME: &'static str;
    /// Whether it answers several queries at once.
    const BATCHES: bool = false;
    /// An app as it takes it; peers get the patterns in their own syntax.
    type Ready;

    /// Makes an app ready to be added, which is not timed.
    fn ready(app: &App) -> Self::Ready;

    /// One without apps.
    fn new() -> Self;

    /// Adds an app, ready for its first check.
    fn add(&mut self, app: Self::Ready);

    /// Every app has been added; timed, as adding is.
    fn finish(&mut self) {}

    /// Whether the host matches the list of the app.
    fn is_match(&mut self, query: &Query<'_>) -> bool;

    /// The same for at most 64 at once, with a bit for each, the lowest for the first. Asked only of who says [`BATCHES`](Registry::BATCHES).
    fn are_matches(&mut self, queries: &[Query<'_>]) -> u64 {
        let answers = queries.iter().enumerate();
        answers.fold(0, |bits, (index, query)| bits | u64::from(self.is_match(query)) << index)
    }
}

/// Does the same with every registry.
pub trait RegistryVisitor {
    /// Does it with one.
    fn visit<R: Registry + 'static>(&mut self);
}

/// Shows every registry to the visitor, always in the same order.
pub fn each(visitor: &mut impl RegistryVisitor) {
    visitor.visit::<InAMap<HashSets<SipHash>>>();
    visitor.visit::<InAMap<HashSets<FoldHash>>>();
    visitor.visit::<InAMap<RegexSets<false>>>();
    visitor.visit::<GatesInAMap>();
    visitor.visit::<InGates>();
}

/// An app, as its customer wrote it.
#[derive(Clone, Debug)]
pub struct App {
    /// The key that requests name.
    pub key: String,
    /// The patterns of the upload list.
    pub upload: Vec<String>,
    /// The patterns of the delivery list.
    pub delivery: Vec<String>,
}

impl App {
    /// The app with this number, the same on every machine.
    pub fn new(index: usize) -> App {
        let mut random = Random(0x6a09_e667 ^ (index as u64) << 32);
        let key = format!("{:016x}{:04x}", random.bits(), random.below(1 << 16));
        App { key, upload: ordinary_patterns(&mut random), delivery: ordinary_patterns(&mut random) }
    }

    /// The patterns of a list.
    pub fn patterns(&self, list_type: ListType) -> &[String] {
        if list_type == ListType::Upload { &self.upload } else { &self.delivery }
    }
}

/// A host, and which list of which app it is checked against.
#[derive(Clone, Debug)]
pub struct Check {
    /// The app's number.
    pub app: usize,
    /// The app's key.
    pub key: String,
    /// Which of its lists.
    pub list_type: ListType,
    /// `host` or `host:port`.
    pub host: String,
    /// The same as the value of an `Origin` header.
    pub header: Vec<u8>,
}

/// A check whose host has been read.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The app's key.
    pub key: &'a str,
    /// Which of its lists.
    pub list_type: ListType,
    /// `host` or `host:port`.
    pub host: &'a str,
    /// The same, read.
    pub origin: Origin<'a>,
    /// The same as a request sends it, for what reads headers itself.
    pub headers: RequestHeaders<'a>,
}

/// Checks of random apps among so many. Nine in ten match.
pub fn checks(count: usize, apps: usize) -> Vec<Check> {
    let mut random = Random(0xbb67_ae85);
    let check = |_| {
        let app = random.below(apps);
        let list_type = [ListType::Upload, ListType::Delivery][random.below(2)];
        check(app, list_type, &mut random)
    };
    (0..count).map(check).collect()
}

/// A check of this list.
pub fn check(app: usize, list_type: ListType, random: &mut Random) -> Check {
    let App { key, upload, delivery } = App::new(app);
    let patterns = if list_type == ListType::Upload { upload } else { delivery };
    let mut host = String::new();
    match Pattern::parse(&patterns[random.below(patterns.len())]) {
        Ok(pattern) if random.below(10) != 0 => sample(&pattern.ast().nodes, random, &mut host),
        _ => host = format!("www.{}", random.domain()),
    }
    let header = format!("https://{host}").into_bytes();
    Check { app, key, list_type, host, header }
}

impl Check {
    /// Reads the host.
    pub fn query(&self) -> Option<Query<'_>> {
        let Check { key, list_type, host, header, .. } = self;
        let origin = Origin::from_host(host.as_bytes()).ok()?;
        Some(Query {
            key,
            list_type: *list_type,
            host,
            origin,
            headers: RequestHeaders::new().origin(header),
        })
    }

    /// What the reference says.
    pub fn expected(&self) -> bool {
        let app = App::new(self.app);
        let mut patterns =
            app.patterns(self.list_type).iter().filter_map(|text| reference::Pattern::parse(text).ok());
        reference::read_host(self.host.as_bytes())
            .is_some_and(|origin| patterns.any(|pattern| pattern.matches(&origin)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Answers(Vec<&'static str>);

    impl RegistryVisitor for Answers {
        fn visit<R: Registry + 'static>(&mut self) {
            let mut registry = R::new();
            (0..30).for_each(|index| registry.add(R::ready(&App::new(index))));
            registry.finish();
            let checks = checks(2000, 30);
            let queries: Vec<Query<'_>> = checks.iter().filter_map(Check::query).collect();
            assert_eq!(queries.len(), checks.len());
            for (batch, checks) in queries.chunks(64).zip(checks.chunks(64)) {
                let bits = registry.are_matches(batch);
                for (index, (query, check)) in batch.iter().zip(checks).enumerate() {
                    let expected = check.expected();
                    assert_eq!(registry.is_match(query), expected, "{}: {check:?}", R::NAME);
                    assert_eq!(bits >> index & 1 == 1, expected, "{}, batch: {check:?}", R::NAME);
                }
            }
            self.0.push(R::NAME);
        }
    }

    #[test]
    fn every_registry_agrees_with_the_reference() {
        let mut answers = Answers(Vec::new());
        each(&mut answers);
        assert_eq!(
            answers.0,
            ["hash-siphash", "hash-foldhash", "regex-set", "guestlist-gates-in-a-map", "guestlist-registry"]
        );
    }

    #[test]
    fn apps_have_keys_and_domains_of_their_own() {
        let (one, other) = (App::new(1), App::new(2));
        assert_ne!(one.key, other.key);
        assert!(one.upload.iter().all(|text| !other.upload.contains(text) && !one.delivery.contains(text)));
        assert_eq!((one.upload.len(), one.delivery.len()), (20, 20));
    }

    #[test]
    fn nine_checks_in_ten_match() {
        let hits = checks(1000, 50).iter().filter(|check| check.expected()).count();
        assert!((850..950).contains(&hits), "{hits}");
    }
}

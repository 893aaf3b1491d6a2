//! Lists and hosts, made from a seed.

use std::collections::HashSet;

use guestlist::ast::{Node, NodeKind, SetItem};
use guestlist::{
    Direction, EngineChoice, Limits, List, ListBuilder, ListType, Origin, Pattern, RequestHeaders,
};
use guestlist_reference as reference;

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.bits() % u64::try_from(bound).unwrap_or(1)).unwrap_or(0)
    }

    /// A name such as people register: 5 to 14 letters.
    pub fn name(&mut self) -> String {
        let syllables = [
            "ba", "co", "di", "fe", "ga", "ho", "ki", "lu", "ma", "ne", "po", "ra", "shi", "tech", "zen",
            "web", "cloud", "shop",
        ];
        let mut name = String::new();
        for _ in 0..2 + self.below(3) {
            name += syllables[self.below(syllables.len())];
        }
        name
    }

    /// A registrable domain.
    pub fn domain(&mut self) -> String {
        let suffixes = ["com", "com", "com", "org", "net", "de", "io", "co.uk"];
        format!("{}{}.{}", self.name(), self.below(1000), suffixes[self.below(suffixes.len())])
    }
}

/// The workload that is about its hosts and not its list.
pub const MANY_HOSTS: &str = "w2-400000-hosts";

/// A workload by its name, to be made when it is wanted.
pub type Named = (&'static str, fn() -> Workload);

/// The workloads of the comparison, small before large.
pub const COMPARED: [Named; 7] = [
    ("w1-literal", Workload::one_literal),
    ("w2-ordinary", Workload::ordinary),
    (MANY_HOSTS, Workload::ordinary_with_many_hosts),
    ("w3-thousand", Workload::thousand),
    ("w4-ten-thousand", Workload::ten_thousand),
    ("w5-adversarial", Workload::adversarial),
    ("w5x-both-ways", Workload::adversarial_both_ways),
];

/// A list and the hosts to check against it.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name in the benchmarks' names.
    pub name: &'static str,
    /// The patterns.
    pub patterns: Vec<String>,
    /// Hosts in random order; about nine in ten match.
    pub hosts: Vec<String>,
}

impl Workload {
    /// W1: one literal.
    pub fn one_literal() -> Workload {
        let mut random = Random(1);
        Workload::with_hosts("w1-literal", vec![random.domain()], random)
    }

    /// W2: twenty patterns, the ordinary mix.
    pub fn ordinary() -> Workload {
        let mut random = Random(2);
        let patterns = ordinary_patterns(&mut random);
        Workload::with_hosts("w2-ordinary", patterns, random)
    }

    /// W3: a thousand patterns.
    pub fn thousand() -> Workload {
        Workload::many("w3-thousand", 1000)
    }

    /// W4: ten thousand patterns.
    pub fn ten_thousand() -> Workload {
        Workload::many("w4-ten-thousand", 10_000)
    }

    /// Many patterns, eight in ten exact.
    fn many(name: &'static str, count: usize) -> Workload {
        let mut random = Random(3);
        let patterns = (0..count)
            .map(|index| match index % 10 {
                0 => format!("*.{}", random.domain()),
                1 => format!("{{app,www}}.{}", random.domain()),
                _ => random.domain(),
            })
            .collect();
        Workload::with_hosts(name, patterns, random)
    }

    /// W5: twenty patterns like `*a??????????*.com`, whose automaton from the left explodes.
    pub fn adversarial() -> Workload {
        let mut random = Random(5);
        let patterns =
            (0..20u8).map(|index| format!("*{}??????????*.com", char::from(b'a' + index))).collect();
        let hosts = (0..256).map(|_| format!("{}{}.com", random.name(), random.name())).collect();
        Workload { name: "w5-adversarial", patterns, hosts }
    }

    /// W5x: the same with a letter at both ends, whose automaton explodes in either direction.
    pub fn adversarial_both_ways() -> Workload {
        let mut random = Random(6);
        let patterns = (0..20u8)
            .map(|index| {
                let (first, last) = (char::from(b'a' + index), char::from(b'a' + (index + 7) % 26));
                format!("*{first}??????????*{last}??????????*.com")
            })
            .collect();
        let hosts =
            (0..256).map(|_| format!("{}{}{}.com", random.name(), random.name(), random.name())).collect();
        Workload { name: "w5x-both-ways", patterns, hosts }
    }

    /// Wildcards that lead: `*N-prod.example.com`, a thousand of them.
    pub fn leading_stars() -> Workload {
        let mut random = Random(7);
        let patterns = (0..1000).map(|index| format!("*{index}-prod.example.com")).collect();
        let hosts =
            (0..256).map(|_| format!("{}{}-prod.example.com", random.name(), random.below(1100))).collect();
        Workload { name: "leading-stars", patterns, hosts }
    }

    /// The list of W2 with 400,000 hosts, no two of them the same: neither caches nor the predictor of branches know a host when it comes again.
    pub fn ordinary_with_many_hosts() -> Workload {
        let ordinary = Workload::ordinary();
        // Only where a pattern leaves a choice are there so many.
        let mut open = ordinary.clone();
        open.patterns.retain(|pattern| pattern.contains('*'));
        let mut known = HashSet::new();
        let mut hosts = open.with_sampled_hosts(500_000).hosts;
        hosts.retain(|host| known.insert(host.clone()));
        hosts.truncate(400_000);
        Workload { name: MANY_HOSTS, hosts, ..ordinary }
    }

    fn with_hosts(name: &'static str, patterns: Vec<String>, mut random: Random) -> Workload {
        let hosts = (0..256)
            .map(|_| {
                let pattern = &patterns[random.below(patterns.len())];
                if random.below(10) == 0 {
                    return format!("www.{}", random.domain());
                }
                pattern
                    .replace('*', "shop")
                    .replace("{app,www,}", "www")
                    .replace("{app,www}", "app")
                    .replace("[1-3]", "2")
            })
            .collect();
        Workload { name, patterns, hosts }
    }

    /// The same list with this many hosts: nine in ten are sampled from the patterns, so that they differ wherever a pattern leaves a choice; the others
    /// are of nobody's domain.
    #[must_use]
    pub fn with_sampled_hosts(&self, count: usize) -> Workload {
        let mut random = Random(8);
        let patterns = self.parsed();
        let hosts = (0..count)
            .map(|_| {
                if patterns.is_empty() || random.below(10) == 0 {
                    return format!("www.{}", random.domain());
                }
                let mut host = String::new();
                sample(&patterns[random.below(patterns.len())].ast().nodes, &mut random, &mut host);
                host
            })
            .collect();
        Workload { hosts, ..self.clone() }
    }

    /// The patterns, parsed.
    pub fn parsed(&self) -> Vec<Pattern> {
        self.patterns.iter().filter_map(|text| Pattern::parse(text).ok()).collect()
    }

    /// The list, not yet saved.
    pub fn builder(&self) -> ListBuilder {
        self.builder_of(ListType::Upload)
    }

    /// The list as one of this type, not yet saved.
    pub fn builder_of(&self, list_type: ListType) -> ListBuilder {
        let limits = Limits::default().patterns(self.patterns.len());
        List::builder(list_type).patterns(&self.patterns).limits(limits)
    }

    /// The list in this configuration of the engine.
    pub fn list(&self, choice: EngineChoice) -> List {
        self.builder().engine(choice).restore()
    }

    /// The hosts as `Origin` headers.
    pub fn headers(&self) -> Vec<Vec<u8>> {
        self.hosts.iter().map(|host| format!("https://{host}").into_bytes()).collect()
    }

    /// The hosts as requests with an `Origin` header, which stay for as long as the program runs.
    pub fn requests(&self) -> Vec<RequestHeaders<'static>> {
        let leaked = self.headers().into_iter().map(|header| &*header.leak());
        leaked.map(|header| RequestHeaders::new().origin(header)).collect()
    }

    /// The hosts as origins.
    pub fn origins(&self) -> Vec<Origin<'_>> {
        self.hosts.iter().filter_map(|host| Origin::from_host(host.as_bytes()).ok()).collect()
    }

    /// What the reference says of each host.
    pub fn expected(&self) -> Vec<bool> {
        let patterns: Vec<_> =
            self.patterns.iter().filter_map(|text| reference::Pattern::parse(text).ok()).collect();
        let matches = |host: &String| {
            reference::read_host(host.as_bytes())
                .is_some_and(|origin| patterns.iter().any(|pattern| pattern.matches(&origin)))
        };
        self.hosts.iter().map(matches).collect()
    }
}

/// The ordinary mix of twenty: 10 exact, 6 `*.domain`, 2 with braces, 1 with a range, 1 with a port.
pub(crate) fn ordinary_patterns(random: &mut Random) -> Vec<String> {
    let mut patterns: Vec<String> = (0..10).map(|_| random.domain()).collect();
    patterns.extend((0..6).map(|_| format!("*.{}", random.domain())));
    patterns.extend((0..2).map(|_| format!("{{app,www,}}{}", random.domain())));
    patterns.push(format!("app[1-3].{}", random.domain()));
    patterns.push(format!("{}:8443", random.domain()));
    patterns
}

/// Appends to the host something that the nodes match; a star becomes four to nine letters.
pub(crate) fn sample(nodes: &[Node], random: &mut Random, host: &mut String) {
    let letter = |random: &mut Random| char::from(b"abcdefghijklmnopqrstuvwxyz"[random.below(26)]);
    for node in nodes {
        match &node.kind {
            NodeKind::Literal(literal) => *host += &literal.ascii,
            NodeKind::Star => (0..4 + random.below(6)).for_each(|_| host.push(letter(random))),
            NodeKind::Question => host.push(letter(random)),
            NodeKind::Dot => host.push('.'),
            NodeKind::Colon => host.push(':'),
            NodeKind::Set(set) => match set.items[random.below(set.items.len())] {
                SetItem::One(byte) | SetItem::Range(byte, _) => host.push(char::from(byte)),
                _ => {}
            },
            NodeKind::Braces(alternatives) => {
                sample(&alternatives[random.below(alternatives.len())], random, host);
            }
            _ => {}
        }
    }
}

/// The engine's configurations that are compared, by name.
pub const ENGINES: [(&str, EngineChoice); 4] = [
    ("right", EngineChoice::Dfa(Direction::Reverse)),
    ("left", EngineChoice::Dfa(Direction::Forward)),
    ("bounded", EngineChoice::Bounded),
    ("simulation", EngineChoice::Simulation),
];

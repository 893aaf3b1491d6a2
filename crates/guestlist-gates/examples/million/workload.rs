//! Apps made from a seed: keys, lists of twenty ordinary patterns, and a host that one of them lets in.

use std::fmt::Write;

use guestlist::{DormantGate, Gate, List, ListType};

/// SplitMix64, here and not of a crate: figures of this example are compared from year to year, and must be of the same apps.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.bits() % u64::try_from(bound).unwrap_or(1)).unwrap_or(0)
    }

    fn name(&mut self) -> String {
        let syllables = [
            "ba", "co", "di", "fe", "ga", "ho", "ki", "lu", "ma", "ne", "po", "ra", "shi", "tech", "zen",
            "web", "cloud", "shop",
        ];
        (0..2 + self.below(3)).map(|_| syllables[self.below(syllables.len())]).collect()
    }

    fn domain(&mut self) -> String {
        let suffixes = ["com", "com", "com", "org", "net", "de", "io", "co.uk"];
        format!("{}{}.{}", self.name(), self.below(1000), suffixes[self.below(suffixes.len())])
    }
}

/// The patterns of an app's list, the ordinary mix: 10 exact, 6 `*.domain`, 2 with braces, 1 with a range, 1 with a port.
pub(crate) fn patterns(app: u64, list_type: ListType) -> Vec<String> {
    let mut random = Random(app * 2 + u64::from(list_type == ListType::Delivery));
    let mut patterns: Vec<String> = (0..10).map(|_| random.domain()).collect();
    patterns.extend((0..6).map(|_| format!("*.{}", random.domain())));
    patterns.extend((0..2).map(|_| format!("{{app,www,}}{}", random.domain())));
    patterns.push(format!("app[1-3].{}", random.domain()));
    patterns.push(format!("{}:8443", random.domain()));
    patterns
}

/// The gate of an app.
pub(crate) fn gate(app: u64) -> DormantGate {
    let list = |list_type| List::builder(list_type).patterns(patterns(app, list_type)).restore();
    DormantGate::from(&Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery)))
}

/// The key of an app: 22 characters.
pub(crate) fn key(app: u64) -> String {
    let mut random = Random(app ^ 0x6b65_7973);
    let mut key = String::with_capacity(22);
    let _ = write!(key, "pk_{:016x}", random.bits());
    key.extend((0..3).map(|_| char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0))));
    key
}

/// The host of a request to an app's upload list: nine in ten are let in, by a random one of the first sixteen patterns.
pub(crate) fn host(app: u64, random: &mut Random) -> String {
    if random.below(10) == 0 {
        return format!("www.{}", random.domain());
    }
    patterns(app, ListType::Upload).swap_remove(random.below(16)).replace('*', "shop")
}

//! Every property from a seed: a short campaign in plain `cargo test`.

use guestlist_fuzz::replay::{PROPERTIES, Property};
use guestlist_fuzz::subject::Engine;
use guestlist_fuzz::tables::tables_agree;

/// SplitMix64: the same bytes on every machine.
struct Bytes(u64);

impl Bytes {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn take(&mut self, len: usize) -> Vec<u8> {
        (0..len.div_ceil(8)).flat_map(|_| self.next().to_le_bytes()).collect()
    }
}

#[test]
fn engine_and_reference_agree() {
    let rounds: u64 =
        std::env::var("GUESTLIST_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(4000);
    let campaign = |name: &str, property: Property| -> Vec<String> {
        let verdict = |seed| Some((seed, property(&Bytes(seed).take(512)).err()?));
        let line = |(seed, disagreement)| format!("{name}, seed {seed}: {disagreement}");
        (0..rounds).filter_map(verdict).map(line).collect()
    };
    let failures: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> =
            PROPERTIES.iter().map(|(name, property)| scope.spawn(|| campaign(name, *property))).collect();
        running.into_iter().flat_map(|campaign| campaign.join().unwrap()).collect()
    });
    assert!(
        failures.is_empty(),
        "{} disagreements:\n{}",
        failures.len(),
        failures[..failures.len().min(20)].join("\n")
    );
}

#[test]
fn the_engine_says_what_the_tables_expect() {
    assert_eq!(tables_agree(&Engine::EVERY), Ok(()));
}

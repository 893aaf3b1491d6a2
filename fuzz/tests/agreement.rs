//! Every property from a seed: a short campaign in plain `cargo test`.

use guestlist_fuzz::replay::{PROPERTIES, Property};
use guestlist_fuzz::seed;
use guestlist_fuzz::subject::Engine;
use guestlist_fuzz::tables::tables_agree;

#[test]
fn engine_and_reference_agree() {
    let rounds = seed::setting("GUESTLIST_ROUNDS", 4000);
    let campaign = |name: &str, property: Property| -> Vec<String> {
        let committed = seed::committed("corpus", name).unwrap();
        let verdicts = seed::inputs(&committed, rounds).map(|input| property(&input)).enumerate();
        verdicts.filter_map(|(at, verdict)| Some(format!("{name}, input {at}: {}", verdict.err()?))).collect()
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

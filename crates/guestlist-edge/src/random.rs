//! Random numbers to sample by.

use std::cell::Cell;

/// From 0 to less than 1. Good enough to sample by, and nothing that anyone could gain by guessing (xorshift64).
pub(crate) fn random() -> f64 {
    thread_local! {
        static STATE: Cell<u64> = Cell::new(seed());
    }
    let mut state = STATE.get();
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    STATE.set(state);
    #[allow(clippy::cast_precision_loss)] // 53 bits fit
    let random = (state >> 11) as f64 / (1u64 << 53) as f64;
    random
}

fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0) | 1
}

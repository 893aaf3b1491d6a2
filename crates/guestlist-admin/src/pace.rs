//! How often a token may change something: a bucket for each, which fills as time goes by.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A bucket for each token, kept as the time at which it is full again. One that is full is not kept at all, and there are no more than tokens, of which a store has a bounded number.
#[derive(Debug)]
pub(crate) struct Pace {
    /// What one change takes.
    interval: Duration,
    /// What a full bucket has.
    room: Duration,
    full_at: Mutex<HashMap<u64, Instant>>,
}

/// With so many buckets, those that are full are thrown out.
const CROWDED: usize = 256;

impl Pace {
    /// So many changes a minute, and so many at once.
    pub(crate) fn new(a_minute: u32, at_once: u32) -> Pace {
        let interval = Duration::from_secs(60) / a_minute.max(1);
        Pace { interval, room: interval * at_once.max(1), full_at: Mutex::default() }
    }

    /// Takes one out of the bucket of this token.
    ///
    /// # Errors
    ///
    /// How long it takes until there is one.
    pub(crate) fn take(&self, token: u64, now: Instant) -> Result<(), Duration> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = full_at.contains_key(&token);
        if !is_known && full_at.len() >= CROWDED {
            full_at.retain(|_, full_at| *full_at > now);
        }
        let after = full_at.get(&token).map_or(now, |full_at| (*full_at).max(now)) + self.interval;
        let missing = (after - now).saturating_sub(self.room);
        if missing > Duration::ZERO {
            return Err(missing);
        }
        full_at.insert(token, after);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let pace = Pace::new(60, 3);
        let start = Instant::now();
        let after = |seconds: f64| start + Duration::from_secs_f64(seconds);
        for _ in 0..3 {
            assert_eq!(pace.take(1, start), Ok(()));
        }
        assert_eq!(pace.take(1, start), Err(Duration::from_secs(1)));
        // Who is refused loses nothing by asking.
        assert_eq!(pace.take(1, after(0.5)), Err(Duration::from_millis(500)));
        assert_eq!(pace.take(2, start), Ok(()));
        assert_eq!(pace.take(1, after(1.0)), Ok(()));
        assert_eq!(pace.take(1, after(1.0)), Err(Duration::from_secs(1)));
        // It never has more than it holds.
        for _ in 0..3 {
            assert_eq!(pace.take(1, after(1000.0)), Ok(()));
        }
        assert!(pace.take(1, after(1000.0)).is_err());
        // A clock that goes back is no gift.
        assert!(pace.take(1, after(999.0)).is_err());
    }

    #[test]
    fn buckets_that_are_full_are_not_kept() {
        let pace = Pace::new(60, 1);
        let start = Instant::now();
        for token in 0..10_000 {
            assert_eq!(pace.take(token, start + Duration::from_secs(token)), Ok(()));
        }
        assert!(pace.full_at.lock().unwrap().len() <= CROWDED);
        assert!(pace.take(9_999, start + Duration::from_secs(9_999)).is_err());
    }
}

//! [`Counters`]: how many requests of an app were let through and denied, hour by hour.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64};
use std::time::{Duration, SystemTime};

use bytemuck::zeroed_slice_box;
use guestlist::ListType;

use super::HourOfDecisions;
use crate::check::Verdict;

/// Apps that are told apart: those that were asked for since the start. Of further ones nothing is counted.
const APPS: usize = 1 << 17;

/// Places that an app may have. While a quarter of all is free, whoever finds none of them free is one in many millions.
const PLACES: usize = 64;

const HOURS: u32 = 24;

/// The hour that is counted, and what became of its requests.
const CELL: usize = 4;

/// The numbers of an app: for each list and hour of the day a cell.
const NUMBERS: usize = 2 * HOURS as usize * CELL;

const HOUR: u64 = 3600;

/// Counters of all apps. Where nothing was counted no memory is touched, so that the system gives none.
pub(super) struct Counters {
    /// Drawn at the start, so that nobody can choose keys whose counters are one.
    hasher: RandomState,
    /// The hash of the app in each place; 0 for none.
    hashes: Box<[AtomicU64]>,
    numbers: Box<[AtomicU32]>,
    /// The hour it is, in hours since 1970.
    hour: AtomicU32,
}

impl Counters {
    pub(super) fn new() -> Counters {
        let counters = Counters {
            hasher: RandomState::new(),
            hashes: zeroed_slice_box(APPS),
            numbers: zeroed_slice_box(APPS * NUMBERS),
            hour: AtomicU32::new(0),
        };
        counters.tick(SystemTime::now());
        counters
    }

    /// Says what time it is.
    pub(super) fn tick(&self, now: SystemTime) {
        let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.hour.store(u32::try_from(since_1970.as_secs() / HOUR).unwrap_or(u32::MAX), Relaxed);
    }

    /// Counts a request.
    #[inline]
    pub(super) fn count(&self, app: &[u8], verdict: &Verdict, list_type: ListType) {
        let Some(numbers) = self.place(app, true) else { return };
        let hour = self.hour.load(Relaxed);
        let [counted, allowed, would_deny, denied] = cell(numbers, list_type, hour % HOURS);
        let before = counted.load(Relaxed);
        // One of those who come first clears what is of the day before. What others count in the same moment may be lost.
        if before != hour && counted.compare_exchange(before, hour, Relaxed, Relaxed).is_ok() {
            [allowed, would_deny, denied].iter().for_each(|number| number.store(0, Relaxed));
        }
        let number = match (verdict.lets_through(), verdict.would_deny()) {
            (false, _) => denied,
            (true, true) => would_deny,
            (true, false) => allowed,
        };
        number.fetch_add(1, Relaxed);
    }

    /// What was counted in the last day.
    pub(super) fn hours(&self, app: &[u8], list_type: ListType) -> Vec<HourOfDecisions> {
        let Some(numbers) = self.place(app, false) else { return Vec::new() };
        let now = self.hour.load(Relaxed);
        let first = now.saturating_sub(HOURS - 1);
        let hours = (first..=now).filter_map(|hour| {
            let [counted, numbers @ ..] = cell(numbers, list_type, hour % HOURS);
            let [allowed, would_deny, denied] =
                numbers.each_ref().map(|number| u64::from(number.load(Relaxed)));
            let from = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(hour) * HOUR);
            let is_counted = counted.load(Relaxed) == hour && allowed + would_deny + denied > 0;
            is_counted.then_some(HourOfDecisions { from, allowed, would_deny, denied })
        });
        hours.collect()
    }

    /// Begins anew for an app.
    pub(super) fn forget(&self, app: &[u8]) {
        self.place(app, false).into_iter().flatten().for_each(|number| number.store(0, Relaxed));
    }

    /// The numbers of an app, which has a place from now on if it `is_new` to us and there is one.
    fn place(&self, app: &[u8], takes_place: bool) -> Option<&[AtomicU32]> {
        let hash = self.hasher.hash_one(app) | 1;
        // The low bit is set in all of them.
        #[allow(clippy::cast_possible_truncation)] // the low bits are what is wanted
        let (first, step) = ((hash >> 1) as usize, (hash >> 32) as usize | 1);
        for next in 0..PLACES {
            // An odd step comes to every place of a power of two.
            let place = first.wrapping_add(next.wrapping_mul(step)) % APPS;
            let there = self.hashes.get(place)?;
            let found = match there.load(Relaxed) {
                0 if takes_place => match there.compare_exchange(0, hash, Relaxed, Relaxed) {
                    Ok(_) => hash,
                    Err(other) => other,
                },
                found => found,
            };
            if found == hash {
                return self.numbers.get(place * NUMBERS..(place + 1) * NUMBERS);
            }
            if found == 0 {
                return None;
            }
        }
        None
    }
}

/// The cell of an hour of the day.
fn cell(numbers: &[AtomicU32], list_type: ListType, hour: u32) -> &[AtomicU32; CELL] {
    static NONE: [AtomicU32; CELL] = [const { AtomicU32::new(0) }; CELL];
    let list = match list_type {
        ListType::Upload => 0,
        ListType::Delivery => HOURS,
    };
    let (cells, _) = numbers.as_chunks();
    // There is one for each; this says so to whoever cannot see it.
    cells.get((list + hour) as usize).unwrap_or(&NONE)
}

#[cfg(test)]
mod tests {
    use guestlist::{Gate, List, Mode, RequestHeaders};

    use super::*;

    fn verdict(list_type: ListType, mode: Mode, origin: &str) -> Verdict {
        let list = List::builder(list_type).pattern("a.example").mode(mode).build().unwrap();
        let decision =
            Gate::new().with_list(list).decide(list_type, &RequestHeaders::new().origin(origin.as_bytes()));
        Verdict::of(decision)
    }

    #[test]
    fn each_hour_is_counted_apart_for_a_day() {
        let counters = Counters::new();
        let at = |hour: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(hour * HOUR);
        let good = verdict(ListType::Upload, Mode::Enforce, "https://a.example");
        let bad = verdict(ListType::Upload, Mode::Enforce, "https://b.example");
        let reported = verdict(ListType::Delivery, Mode::Report, "https://b.example");
        for hour in 500_000..500_100 {
            counters.tick(at(hour) + Duration::from_secs(3599));
            counters.count(b"shop", &bad, ListType::Upload);
            for _ in 0..hour - 500_000 {
                counters.count(b"shop", &good, ListType::Upload);
            }
        }
        counters.count(b"shop", &reported, ListType::Delivery);
        counters.count(b"other", &good, ListType::Upload);
        let hours = counters.hours(b"shop", ListType::Upload);
        let expected = (500_076..500_100).map(|hour| HourOfDecisions {
            from: at(hour),
            allowed: hour - 500_000,
            would_deny: 0,
            denied: 1,
        });
        assert_eq!(hours, expected.collect::<Vec<_>>());
        let of_now = HourOfDecisions { from: at(500_099), allowed: 0, would_deny: 1, denied: 0 };
        assert_eq!(counters.hours(b"shop", ListType::Delivery), [of_now]);
        assert_eq!(
            counters.hours(b"other", ListType::Upload),
            [HourOfDecisions { allowed: 1, would_deny: 0, ..of_now }]
        );
        assert_eq!(counters.hours(b"nobody", ListType::Upload), []);
        counters.forget(b"other");
        counters.forget(b"nobody");
        assert_eq!(counters.hours(b"other", ListType::Upload), []);
        // Hours without a request are not there, and a day later nothing is.
        counters.tick(at(500_110));
        assert_eq!(counters.hours(b"shop", ListType::Upload).len(), 13);
        counters.tick(at(500_123));
        assert_eq!(counters.hours(b"shop", ListType::Upload), []);
    }

    #[test]
    fn many_apps_are_told_apart_and_none_is_told_of_anothers() {
        let counters = Counters::new();
        let good = verdict(ListType::Upload, Mode::Enforce, "https://a.example");
        let apps = 80_000_u32;
        for app in 0..apps {
            for _ in 0..=app % 3 {
                counters.count(&app.to_le_bytes(), &good, ListType::Upload);
            }
        }
        for app in 0..apps {
            let hours = counters.hours(&app.to_le_bytes(), ListType::Upload);
            assert_eq!(hours.iter().map(|hour| hour.allowed).sum::<u64>(), u64::from(app % 3 + 1), "{app}");
        }
    }

    #[test]
    fn full_counters_count_nothing_wrong() {
        let counters = Counters::new();
        let good = verdict(ListType::Upload, Mode::Enforce, "https://a.example");
        for app in 0..2 * u32::try_from(APPS).unwrap() {
            counters.count(&app.to_le_bytes(), &good, ListType::Upload);
        }
        let counted = (0..2 * u32::try_from(APPS).unwrap())
            .filter(|app| match &counters.hours(&app.to_le_bytes(), ListType::Upload)[..] {
                [] => false,
                [hour] => {
                    assert_eq!((hour.allowed, hour.denied), (1, 0));
                    true
                }
                more => panic!("{more:?}"),
            })
            .count();
        assert!(counted > APPS * 9 / 10 && counted <= APPS, "{counted}");
    }
}

//! [`Denied`]: which origins were denied lately, or would have been.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::SystemTime;

use guestlist::{Decision, Denial, ListType, RequestHeaders};

use super::DeniedOrigin;
use crate::check::Verdict;
use crate::log::{PerSecond, Short, judged};

/// Origins that are kept for a list.
const ORIGINS: usize = 50;

/// Origins that are kept for all lists together.
const ALL_ORIGINS: usize = 100_000;

/// Records that wait to be added up.
const QUEUE: usize = 1024;

/// What is noted in a second at most. Whoever sends more learns nothing that more of it would tell.
const PER_SECOND: u32 = 2000;

/// Where denials go.
pub(super) struct Denied {
    records: SyncSender<Record>,
    noted: PerSecond,
    recent: Arc<Mutex<Recent>>,
}

/// A denial, without allocation.
struct Record {
    app: Short<128>,
    list_type: ListType,
    /// Room for the longest host with a scheme of a hundred letters.
    origin: Short<384>,
    reason: Denial,
    only_reported: bool,
    time: SystemTime,
}

impl Denied {
    /// With a thread that ends when this is dropped.
    pub(super) fn start() -> io::Result<Denied> {
        let (records, queue) = sync_channel(QUEUE);
        let recent = Arc::new(Mutex::new(Recent::default()));
        let adding = recent.clone();
        thread::Builder::new().name("denials".to_string()).spawn(move || add_up(&queue, &adding))?;
        Ok(Denied { records, noted: PerSecond::default(), recent })
    }

    #[inline(never)]
    pub(super) fn note(
        &self,
        app: &[u8],
        verdict: &Verdict,
        reason: Denial,
        decision: Decision,
        request: &RequestHeaders<'_>,
    ) {
        let time = SystemTime::now();
        if !self.noted.has_room(time, PER_SECOND) {
            return;
        }
        let mut record = Record {
            app: Short::of(app),
            list_type: decision.list_type(),
            origin: Short::empty(),
            reason,
            only_reported: verdict.would_deny(),
            time,
        };
        if let Some(judged) = judged(decision, request) {
            // A text in place never fails.
            write!(record.origin, "{judged}").ok();
            if record.origin.is_full() {
                // Perhaps not all of it, and a part of it would be another's.
                record.origin = Short::empty();
            }
        }
        // Where it is full, there are enough.
        self.records.try_send(record).ok();
    }

    pub(super) fn forget(&self, app: &[u8]) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        for list_type in ListType::ALL {
            recent.origins -= recent.lists.remove(&(app.into(), list_type)).map_or(0, |list| list.len());
        }
    }

    pub(super) fn of(&self, app: &[u8], list_type: ListType) -> Vec<DeniedOrigin> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let origins = recent.lists.get(&(app.into(), list_type));
        let mut origins: Vec<DeniedOrigin> = origins.into_iter().flatten().cloned().collect();
        origins.sort_by_key(|origin| std::cmp::Reverse(origin.last));
        origins
    }
}

fn add_up(queue: &Receiver<Record>, recent: &Mutex<Recent>) {
    while let Ok(record) = queue.recv() {
        recent.lock().unwrap_or_else(PoisonError::into_inner).add(&record);
    }
}

/// What was denied lately, list by list.
#[derive(Default)]
struct Recent {
    lists: HashMap<(Box<[u8]>, ListType), Vec<DeniedOrigin>>,
    origins: usize,
}

impl Recent {
    fn add(&mut self, record: &Record) {
        let origin = std::str::from_utf8(record.origin.as_bytes()).ok().filter(|origin| !origin.is_empty());
        let list = self.lists.entry((record.app.as_bytes().into(), record.list_type)).or_default();
        // Those without an origin have nothing but their reason.
        let is_it = |known: &&mut DeniedOrigin| {
            known.origin.as_deref() == origin
                && (origin.is_some() || known.reason.code() == record.reason.code())
        };
        match list.iter_mut().find(is_it) {
            Some(known) => {
                known.count += 1;
                known.last = record.time;
                known.reason = record.reason;
                known.only_reported = record.only_reported;
            }
            None => {
                if list.len() == ORIGINS
                    && let Some(oldest) =
                        (0..ORIGINS).min_by_key(|&index| list.get(index).map(|known| known.last))
                {
                    list.swap_remove(oldest);
                    self.origins -= 1;
                }
                list.push(DeniedOrigin {
                    origin: origin.map(String::from),
                    reason: record.reason,
                    only_reported: record.only_reported,
                    count: 1,
                    last: record.time,
                });
                self.origins += 1;
                if self.origins > ALL_ORIGINS {
                    self.forget();
                }
            }
        }
    }

    /// Makes room: forgets the lists where the last denial is longest ago, as far as half of all origins.
    fn forget(&mut self) {
        let mut by_last = BTreeMap::new();
        for (key, list) in &self.lists {
            let last = list.iter().map(|known| known.last).max();
            by_last.entry(last).or_insert_with(Vec::new).push(key.clone());
        }
        for key in by_last.into_values().flatten() {
            if self.origins <= ALL_ORIGINS / 2 {
                break;
            }
            self.origins -= self.lists.remove(&key).map_or(0, |list| list.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn record(app: &str, origin: &str, second: u64) -> Record {
        Record {
            app: Short::of(app.as_bytes()),
            list_type: ListType::Upload,
            origin: Short::of(origin.as_bytes()),
            reason: Denial::NoMatch,
            only_reported: true,
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(second),
        }
    }

    #[test]
    fn a_list_keeps_its_last_origins() {
        let mut recent = Recent::default();
        for round in 0..1000 {
            recent.add(&record("a", "https://often.example", round));
            recent.add(&record("a", &format!("https://r{round}.example"), round));
        }
        let list = &recent.lists[&(b"a"[..].into(), ListType::Upload)];
        assert_eq!((list.len(), recent.origins), (ORIGINS, ORIGINS));
        let often = list.iter().find(|known| known.count > 1).unwrap();
        assert_eq!((often.origin.as_deref(), often.count), (Some("https://often.example"), 1000));
        assert!(list.iter().all(|known| known.last >= SystemTime::UNIX_EPOCH + Duration::from_secs(951)));
        recent.add(&record("a", "", 1));
        assert!(
            recent.lists[&(b"a"[..].into(), ListType::Upload)].iter().any(|known| known.origin.is_none())
        );
    }

    #[test]
    fn all_lists_together_have_a_bound() {
        let mut recent = Recent::default();
        for app in 0..30_000 {
            for origin in 0..4 {
                recent.add(&record(&format!("{app}"), &format!("https://{origin}.example"), app));
            }
            assert!(recent.origins <= ALL_ORIGINS);
        }
        assert_eq!(recent.origins, recent.lists.values().map(Vec::len).sum::<usize>());
        // The last ones are there.
        assert_eq!(recent.lists[&(b"29999"[..].into(), ListType::Upload)].len(), 4);
        assert!(!recent.lists.contains_key(&(b"0"[..].into(), ListType::Upload)));
    }
}

//! Apps in the registry that the project has for them. It reads the header of each request, where the peers are given a host that was read before.

use guestlist::{DormantGate, Gate, List, ListType, RequestHeaders};
use guestlist_gates::{Gates, Settings};

use super::{App, Query, Registry};

/// Requests that are handed over at once.
const BATCH: usize = 16;

/// All gates packed.
#[derive(Debug)]
pub struct InGates(Gates);

impl Registry for InGates {
    const NAME: &'static str = "guestlist-registry";
    const BATCHES: bool = true;
    type Ready = (Box<str>, DormantGate);

    fn ready(app: &App) -> Self::Ready {
        let list = |list_type| List::builder(list_type).patterns(app.patterns(list_type)).restore();
        let gate = Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery));
        (app.key.as_str().into(), DormantGate::from(&gate))
    }

    fn new() -> Self {
        InGates(Gates::new(Settings::default().packed_bytes(usize::MAX)))
    }

    fn add(&mut self, (key, gate): Self::Ready) {
        self.0.insert(&*key, gate).expect("room for every app");
        // Packed as the first request would.
        drop(self.0.get(&*key));
    }

    fn is_match(&mut self, query: &Query<'_>) -> bool {
        let decision = self.0.decide(query.key, query.list_type, &query.headers);
        decision.is_some_and(|decision| decision.lets_through())
    }

    fn are_matches(&mut self, queries: &[Query<'_>]) -> u64 {
        let mut bits = 0;
        let mut place = 0;
        for queries in queries.chunks(BATCH) {
            let mut requests = [("", ListType::Upload, RequestHeaders::new()); BATCH];
            for (request, query) in requests.iter_mut().zip(queries) {
                *request = (query.key, query.list_type, query.headers);
            }
            self.0.decide_each(&requests[..queries.len()], |decision| {
                bits |= u64::from(decision.is_some_and(|decision| decision.lets_through())) << place;
                place += 1;
            });
        }
        bits
    }
}

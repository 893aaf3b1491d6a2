//! What one would write without guestlist: for each app and list a set of hosts and a set of parent domains, all with std's hasher. It can do the sixteen of the twenty patterns that such sets express.

use std::collections::{HashMap, HashSet};

use guestlist::ListType;

use crate::workload;

#[derive(Default)]
pub(crate) struct Peer {
    apps: HashMap<String, [HashSet<Box<str>>; 4]>,
}

impl Peer {
    pub(crate) fn insert(&mut self, app: u64) {
        let mut sets: [HashSet<Box<str>>; 4] = Default::default();
        for (list_type, at) in [(ListType::Upload, 0), (ListType::Delivery, 2)] {
            for pattern in workload::patterns(app, list_type).into_iter().take(16) {
                match pattern.strip_prefix("*.") {
                    Some(parent) => sets[at + 1].insert(parent.into()),
                    None => sets[at].insert(pattern.into()),
                };
            }
            sets[at].shrink_to_fit();
            sets[at + 1].shrink_to_fit();
        }
        self.apps.insert(workload::key(app), sets);
    }

    /// Whether the upload list lets an origin in, which is read as carelessly as one would.
    pub(crate) fn lets_through(&self, key: &str, origin: &[u8]) -> Option<bool> {
        let [hosts, parents, ..] = self.apps.get(key)?;
        let host = std::str::from_utf8(origin).ok()?.strip_prefix("https://")?;
        let parent = host.split_once('.').map_or("", |(_, parent)| parent);
        Some(hosts.contains(host) || parents.contains(parent))
    }
}

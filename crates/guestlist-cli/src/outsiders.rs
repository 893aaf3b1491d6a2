//! Who nearly gets in, beside who does: made from hosts that get in, and checked with the engine before they are shown.

use guestlist::{List, ListType, NearMiss, Origin, Pattern};
use guestlist_proof::{Prover, Rules};

/// Someone who does not get in, though nearly.
pub(crate) struct Outsider {
    pub(crate) host: String,
    pub(crate) near_miss: Option<NearMiss>,
}

/// Hosts that the pattern matches, `most` at most; none as well where it was not found out whether there are any.
pub(crate) fn insiders(pattern: &Pattern, most: usize) -> Vec<String> {
    let examples = Prover::new().examples(&Rules::from(pattern.clone()), most).unwrap_or_default();
    examples.into_iter().map(|example| example.host).collect()
}

/// Hosts that look like one that is let in and are not let in.
pub(crate) fn outsiders(pattern: &Pattern, most: usize) -> Vec<Outsider> {
    let list = List::builder(ListType::Upload).pattern(pattern.canonical()).restore();
    let mut outsiders: Vec<Outsider> = Vec::new();
    for host in insiders(pattern, 2) {
        let (name, port) = match host.rfind(':').filter(|_| !host.ends_with(']')) {
            Some(at) => host.split_at(at),
            None => (host.as_str(), ""),
        };
        let mut candidates = Vec::new();
        if !name.starts_with('[') {
            if let Some((_, below)) = name.split_once('.').filter(|(_, below)| below.contains('.')) {
                candidates.push(format!("{below}{port}"));
            }
            candidates.push(format!("www.{name}{port}"));
            candidates.push(format!("evil{name}{port}"));
            candidates.push(format!("{name}.evil.example{port}"));
            if let Some((front, last)) = name.rsplit_once('.') {
                let other = if last == "com" { "net" } else { "com" };
                candidates.push(format!("{front}.{other}{port}"));
            }
        }
        if !port.is_empty() {
            candidates.push(name.to_string());
            candidates.push(format!("{name}:8081"));
        }
        for host in candidates {
            let Ok(origin) = Origin::from_host(host.as_bytes()) else { continue };
            let is_new = outsiders.iter().all(|outsider| outsider.host != host);
            if outsiders.len() < most && is_new && !list.is_match(&origin) {
                outsiders.push(Outsider { near_miss: list.near_miss(&origin), host });
            }
        }
    }
    outsiders
}

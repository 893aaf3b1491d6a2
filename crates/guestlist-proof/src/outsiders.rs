//! Who nearly gets in, beside who does: made from hosts that get in, and checked with the engine before they are shown.

use guestlist::{List, ListType, NearMiss, Origin, Pattern};

use crate::prover::Prover;
use crate::rules::Rules;

/// Somebody who does not get in, though nearly.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outsider {
    /// The host, or `host:port`.
    pub host: String,
    /// What keeps it out, where the pattern comes close.
    pub near_miss: Option<NearMiss>,
}

/// How many hosts that get in are looked around.
const INSIDERS: usize = 2;

impl Prover {
    /// Hosts that look like one that the pattern admits and are not admitted, `most` at most, and each checked with the engine: without the first label, with one more, with other text around the name, below another domain, with another ending
    /// or port. None where nobody gets in, or where it was not found out within the budget who does.
    ///
    /// ```
    /// use guestlist::Pattern;
    /// use guestlist_proof::Prover;
    ///
    /// let outsiders = Prover::new().outsiders(&Pattern::parse("*.example.com")?, 2);
    /// let hosts: Vec<String> = outsiders.into_iter().map(|outsider| outsider.host).collect();
    /// assert_eq!(hosts, ["example.com", "www.www.example.com"]);
    /// # Ok::<(), guestlist::Error>(())
    /// ```
    pub fn outsiders(&self, pattern: &Pattern, most: usize) -> Vec<Outsider> {
        let list = List::builder(ListType::Upload).pattern(pattern.canonical()).restore();
        let mut outsiders: Vec<Outsider> = Vec::new();
        let insiders = self.examples(&Rules::from(pattern.clone()), INSIDERS).unwrap_or_default();
        for host in insiders.iter().flat_map(|insider| around(&insider.host)) {
            let Ok(origin) = Origin::from_host(host.as_bytes()) else { continue };
            let is_new = outsiders.iter().all(|outsider| outsider.host != host);
            if outsiders.len() < most && is_new && !list.is_match(&origin) {
                outsiders.push(Outsider { near_miss: list.near_miss(&origin), host });
            }
        }
        outsiders
    }
}

/// Hosts that look like this one, which may have a port.
fn around(host: &str) -> Vec<String> {
    let (name, port) = match host.rfind(':').filter(|_| !host.ends_with(']')) {
        Some(at) => host.split_at(at),
        None => (host, ""),
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
    candidates
}

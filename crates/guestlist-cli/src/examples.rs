//! Examples of who gets in and who does not, made from the parts of a pattern and checked with the engine before they are shown.

use guestlist::ast::{Node, NodeKind, SetItem};
use guestlist::{List, ListType, NearMiss, Origin, Pattern};

/// Someone who does not get in, though nearly.
pub(crate) struct Outsider {
    pub(crate) host: String,
    pub(crate) near_miss: Option<NearMiss>,
}

/// Hosts that the pattern matches: one for each way that is different to the eye, `most` at most.
pub(crate) fn insiders(pattern: &Pattern, most: usize) -> Vec<String> {
    let list = List::builder(ListType::Upload).pattern(pattern.canonical()).restore();
    let mut hosts: Vec<String> = Vec::new();
    for round in 0..most * 8 {
        let mut host = String::new();
        write(&pattern.ast().nodes, &mut Choices::new(round), &mut host, &mut false);
        if hosts.len() < most && !hosts.contains(&host) && is_match(&list, &host) {
            hosts.push(host);
        }
    }
    hosts
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

fn is_match(list: &List, host: &str) -> bool {
    Origin::from_host(host.as_bytes()).is_ok_and(|origin| list.is_match(&origin))
}

/// Which way to take where there are several: the first everywhere in the first round, and then a mix that is the same every time.
struct Choices {
    round: usize,
    state: usize,
}

impl Choices {
    fn new(round: usize) -> Choices {
        Choices { round, state: round }
    }

    fn choose(&mut self, count: usize) -> usize {
        if self.round == 0 {
            return 0;
        }
        // A linear congruential generator; its low bits repeat quickly, so they are left out.
        self.state = self.state.wrapping_mul(1_103_515_245).wrapping_add(12_345) & 0x7fff_ffff;
        (self.state >> 8) % count.max(1)
    }
}

/// Writes one way through the parts.
fn write(nodes: &[Node], choices: &mut Choices, host: &mut String, in_port: &mut bool) {
    for node in nodes {
        match &node.kind {
            NodeKind::Literal(literal) => *host += &literal.ascii,
            NodeKind::Star if *in_port => *host += ["8080", "3000", "443", ""][choices.choose(4)],
            NodeKind::Star => {
                // Alone in its label a star should look like a label; next to other characters it may be nothing.
                let alone = host.is_empty() || host.ends_with('.');
                // Behind a number comes a number, or it is no address.
                let before = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
                let is_number = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
                let fillings = match (alone, is_number) {
                    (true, true) => ["7", "www", "250"],
                    (true, false) => ["www", "app", "a"],
                    (false, _) => ["", "-1", "x"],
                };
                *host += fillings[choices.choose(3)];
            }
            NodeKind::Question if *in_port => *host += ["0", "1", "9"][choices.choose(3)],
            NodeKind::Question => *host += ["1", "a", "-"][choices.choose(3)],
            NodeKind::Set(set) => {
                let byte = match set.items[choices.choose(set.items.len())] {
                    SetItem::One(byte) => byte,
                    SetItem::Range(first, last) => [first, last][choices.choose(2)],
                    _ => continue,
                };
                host.push(char::from(byte));
            }
            NodeKind::Dot => host.push('.'),
            NodeKind::Colon => {
                *in_port = true;
                host.push(':');
            }
            NodeKind::Braces(alternatives) => {
                let chosen = choices.choose(alternatives.len());
                write(&alternatives[chosen], choices, host, in_port);
            }
            NodeKind::Ipv6(groups) => *host += &format!("[{}]", std::net::Ipv6Addr::from(*groups)),
            _ => {}
        }
    }
}

//! The reference's lists, and the hosts and ports that are tried one by one.

use std::collections::HashSet;
use std::sync::OnceLock;

use guestlist_proof::{Ports, Undecided};
use guestlist_reference as reference;

use super::prove::{Answer, Shown};
use crate::oracle::Agreement;

/// Patterns as the reference has them.
#[derive(Clone, Debug, Default)]
pub struct List {
    patterns: Vec<reference::Pattern>,
}

impl List {
    /// Patterns that are refused are left out.
    pub fn new(texts: &[String]) -> List {
        List { patterns: texts.iter().filter_map(|text| reference::Pattern::parse(text).ok()).collect() }
    }

    /// One of its patterns alone.
    pub fn only(&self, rule: usize) -> List {
        self.of(&[rule])
    }

    /// Some of its patterns.
    pub fn of(&self, rules: &[usize]) -> List {
        List { patterns: rules.iter().filter_map(|rule| self.patterns.get(*rule)).cloned().collect() }
    }

    /// How many patterns it has.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether it has no pattern, and admits nobody.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether one of its patterns matches.
    pub fn admits(&self, origin: &reference::Origin) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(origin))
    }
}

/// The canonical texts of the patterns that the reference accepts, each once.
pub fn accepted(texts: &[String]) -> Vec<String> {
    let patterns = texts.iter().filter_map(|text| reference::Pattern::parse(text).ok()).collect();
    reference::dedup(patterns).iter().map(|pattern| pattern.canonical().to_owned()).collect()
}

/// Who is asked for: somebody whom all of these admit and those do not.
#[derive(Debug)]
pub struct Wanted<'l> {
    /// Each admits.
    pub all: &'l [&'l List],
    /// It does not; none where that is not asked.
    pub none: Option<&'l List>,
}

impl Wanted<'_> {
    fn holds(&self, host: &reference::Host, port: Option<u16>) -> bool {
        self.holds_of(&reference::Origin { scheme: None, host: host.clone(), port })
    }

    fn holds_of(&self, origin: &reference::Origin) -> bool {
        self.all.iter().all(|list| list.admits(origin)) && !self.none.is_some_and(|list| list.admits(origin))
    }
}

/// A host that is tried, and the length of its text; none where that may be written in several ways.
#[derive(Clone, Debug)]
struct Tried {
    host: reference::Host,
    len: Option<usize>,
}

impl Tried {
    fn read(text: &str) -> Option<Tried> {
        let origin = reference::read_host(text.as_bytes())?;
        let len = match &origin.host {
            reference::Host::Name(name) => Some(name.len()),
            reference::Host::Ipv6(_) => None,
        };
        Some(Tried { host: origin.host, len })
    }

    /// Whether a label is of the kind that is shown only where nothing else is (`guestlist_proof`, "Exactness").
    fn has_a_label(&self) -> bool {
        matches!(&self.host, reference::Host::Name(name) if name.split('.').any(|label| label.starts_with("xn--")))
    }
}

/// What the labels of all short hosts are made of.
const CHARACTERS: [char; 5] = ['a', 'b', '1', '.', '-'];
/// How long they are, and where ports are tried as well. Longer ones are tried for the short patterns of [`super::small`].
const LEN: usize = 3;
const LEN_WITH_PORTS: usize = 2;
/// Ports of every length, and those next to what patterns like to name.
const PORTS: [u16; 12] = [443, 80, 1, 2, 9, 10, 79, 81, 3000, 3001, 8080, 65535];

/// Patterns with no more `*` and `?` than these, all together, are decided within the budget of [`super::prover`].
const FEW: usize = 24;

/// Whether so many patterns may take more steps than there are.
pub fn is_large(patterns: &[&[String]]) -> bool {
    let wildcards = |text: &String| text.bytes().filter(|byte| b"*?".contains(byte)).count();
    patterns.iter().copied().flatten().map(wildcards).sum::<usize>() > FEW
}

/// The hosts and ports that are tried for a case.
#[derive(Debug)]
pub struct World {
    known: &'static [Tried],
    near: Vec<Tried>,
    is_large: bool,
    ports: Vec<Option<u16>>,
}

impl World {
    /// All short hosts, and those that are made of the patterns; ports where the patterns look at them.
    pub fn new(patterns: &[&[String]], near: &[String]) -> World {
        let has_ports = patterns.iter().copied().flatten().any(|text| text.contains(':'));
        let mut hosts: Vec<Tried> = Vec::new();
        let mut ports = vec![None];
        if has_ports {
            ports.extend(PORTS.map(Some));
            let numbers =
                patterns.iter().copied().flatten().flat_map(|text| text.split(|c: char| !c.is_ascii_digit()));
            ports.extend(numbers.filter_map(|number| number.parse().ok()).filter(|port| *port > 0).map(Some));
        }
        for text in near {
            hosts.extend(Tried::read(text));
            if let Some(origin) = reference::read_host(text.as_bytes()).filter(|_| has_ports) {
                ports.push(origin.port);
            }
        }
        ports.sort_unstable();
        ports.dedup();
        let mut seen = HashSet::new();
        hosts.retain(|tried| seen.insert(format!("{:?}", tried.host)));
        World { known: known_hosts(has_ports), near: hosts, is_large: is_large(patterns), ports }
    }

    /// No hosts, and these ports: enough to judge who is shown.
    pub fn of_ports(ports: &[u16]) -> World {
        World {
            known: &[],
            near: Vec::new(),
            is_large: false,
            ports: core::iter::once(None).chain(ports.iter().copied().map(Some)).collect(),
        }
    }

    /// An answer to this question is right, as far as the reference and this world can tell.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn check(&self, question: &str, wanted: &Wanted<'_>, answer: &Answer) -> Agreement {
        let checked = match answer {
            Ok(Some(shown)) => self
                .check_shown(wanted, shown)
                .and_then(|()| self.check_nobody(wanted, Some(shown.host.len()))),
            Ok(None) => self.check_nobody(wanted, None),
            // Labels are not tried one by one while there is somebody else.
            Err(Undecided::Candidates(_)) => self.check_nobody(wanted, Some(usize::MAX)),
            Err(undecided) => self.may_be_undecided(undecided),
        };
        checked.map_err(|wrong| format!("{question}: {wrong}"))
    }

    /// Small questions are decided, but for labels that have to be tried one by one.
    ///
    /// # Errors
    ///
    /// This one should have been.
    pub fn may_be_undecided(&self, undecided: &Undecided) -> Agreement {
        let is_fair = self.is_large || matches!(undecided, Undecided::Candidates(_));
        if is_fair { Ok(()) } else { Err(undecided.to_string()) }
    }

    /// Who is shown is wanted, with the ports that are named.
    ///
    /// # Errors
    ///
    /// What is wrong.
    pub fn check_shown(&self, wanted: &Wanted<'_>, shown: &Shown) -> Agreement {
        let Shown { host: text, ports, origin, text: display } = shown;
        let wrong = |what: &str| Err(format!("{display:?} is shown with {ports:?}: {what}"));
        let host = match reference::read_host(text.as_bytes()) {
            Some(origin) if origin.port.is_none() => origin.host,
            _ => return wrong("no host"),
        };
        match &host {
            reference::Host::Name(name) if name != text => return wrong("not in lower case"),
            _ if *text != text.to_ascii_lowercase() => return wrong("not in lower case"),
            _ => {}
        }
        let with = |port| wanted.holds(&host, port);
        match *ports {
            Ports::Any => {
                if let Some(port) = self.ports.iter().find(|port| !with(**port)) {
                    return wrong(&format!("not with the port {port:?}"));
                }
            }
            Ports::One(port) => {
                if self.ports.len() == 1 {
                    return wrong("no pattern looks at ports");
                }
                if !with(Some(port)) {
                    return wrong("not with this port");
                }
                // Those that a browser leaves out come first, then the lowest.
                let order = |port: u16| (port != 443, port != 80, port);
                if let Some(before) = self
                    .ports
                    .iter()
                    .flatten()
                    .find(|other| order(**other) < order(port) && with(Some(**other)))
                {
                    return wrong(&format!("with the port {before} as well"));
                }
            }
            Ports::None => {
                if !with(None) {
                    return wrong("not without a port");
                }
                if let Some(port) = self.ports.iter().flatten().find(|port| with(Some(**port))) {
                    return wrong(&format!("with the port {port} as well"));
                }
            }
        }
        let expected = if let Ports::One(port) = ports { format!("{text}:{port}") } else { text.clone() };
        if *display != expected {
            return wrong("written otherwise");
        }
        match origin {
            None if *ports == Ports::None => Ok(()),
            Some(value) if *ports != Ports::None => match reference::read_origin(value.as_bytes()) {
                reference::Header::Origin(read) if read.host == host && wanted.holds_of(&read) => Ok(()),
                _ => wrong(&format!("not with the origin {value:?}")),
            },
            _ => wrong(&format!("the origin {origin:?}")),
        }
    }

    /// Nobody is wanted; nobody shorter than this, but for labels that are shown only where nothing else is.
    fn check_nobody(&self, wanted: &Wanted<'_>, shorter_than: Option<usize>) -> Agreement {
        for tried in self.known.iter().chain(&self.near) {
            let counts = shorter_than
                .is_none_or(|shown| tried.len.is_some_and(|len| len < shown) && !tried.has_a_label());
            if !counts {
                continue;
            }
            if let Some(port) = self.ports.iter().find(|port| wanted.holds(&tried.host, **port)) {
                let told = if shorter_than.is_some() { "somebody shorter" } else { "somebody" };
                return Err(format!("there is {told}: {:?} with the port {port:?}", tried.host));
            }
        }
        Ok(())
    }
}

/// Every host of up to so many characters, every one of a single character, addresses, and labels of every kind.
fn short_hosts(len: usize) -> Vec<Tried> {
    let mut texts: Vec<String> = vec![String::new()];
    let mut from = 0;
    for _ in 0..len {
        let to = texts.len();
        for at in from..to {
            texts.extend(CHARACTERS.map(|character| format!("{}{character}", texts[at])));
        }
        from = to;
    }
    texts.retain(|text| !text.ends_with('.'));
    texts.extend("cdefghijklmnopqrstuvwxyz023456789_".chars().map(String::from));
    for [a, b] in [["0", "1"], ["1", "a"], ["10", "255"], ["9", "1"]] {
        texts.extend([[a, b, a, b], [b, a, a, a], [a, a, a, b], [a, a, a, a]].map(|labels| labels.join(".")));
    }
    texts.extend(
        ["[::1]", "[::]", "[1::]", "xn--4ca", "xn--4ca.a", "a.xn--4ca", "xn--4dbc"].map(str::to_owned),
    );
    texts.iter().filter_map(|text| Tried::read(text)).collect()
}

/// The same, made once.
fn known_hosts(with_ports: bool) -> &'static [Tried] {
    static HOSTS: OnceLock<Vec<Tried>> = OnceLock::new();
    static WITH_PORTS: OnceLock<Vec<Tried>> = OnceLock::new();
    if with_ports {
        WITH_PORTS.get_or_init(|| short_hosts(LEN_WITH_PORTS))
    } else {
        HOSTS.get_or_init(|| short_hosts(LEN))
    }
}

//! A pattern as a regular expression, with the bugs that belong there.

use guestlist_reference::{Host, Origin, read_host};
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::util::syntax;

use crate::bug::Bug;
use crate::subject::Planted;

/// A regular expression that is cheap to make: most are matched once or twice.
#[derive(Debug)]
struct Regex(PikeVM);

impl Regex {
    fn new(text: &str) -> Regex {
        let bytes = syntax::Config::new().unicode(false).utf8(false);
        Regex(PikeVM::builder().syntax(bytes).build(text).unwrap())
    }

    fn is_match(&self, text: &str) -> bool {
        self.0.is_match(&mut self.0.create_cache(), text)
    }
}

/// A pattern that can be matched.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The address in front, as it is compared.
    address: Option<String>,
    whole: Regex,
    /// The first label and the rest, where there is a dot outside braces. For [`Bug::CrossTalk`] only.
    halves: Option<(Regex, Regex)>,
    /// Without the `*.` in front. For [`Bug::ApexIsParent`] only.
    apex: Option<Regex>,
}

impl Rule {
    /// The canonical text is one that the reference accepts.
    pub(crate) fn new(planted: Planted, canonical: &str) -> Rule {
        let (address, glob) = match canonical.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            Some((address, rest)) if address.contains(':') => (planted.address(address), rest),
            _ => (None, canonical),
        };
        let glob = if planted.has(Bug::PortIgnored) {
            &glob[..outside_braces(glob, ':').unwrap_or(glob.len())]
        } else {
            glob
        };
        let mut glob = glob;
        while let (true, Some(rest)) = (planted.has(Bug::StarLabelsAreOne), glob.strip_prefix("*.*.")) {
            glob = &glob[glob.len() - rest.len() - 2..];
        }
        let dot = if planted.has(Bug::CrossTalk) { outside_braces(glob, '.') } else { None };
        let halves = dot.map(|dot| (planted.regex(&glob[..dot]), planted.regex(&glob[dot..])));
        let apex = glob.strip_prefix("*.").filter(|_| planted.has(Bug::ApexIsParent));
        let apex = apex.map(|apex| planted.regex(apex));
        Rule { address, whole: planted.regex(glob), halves, apex }
    }

    pub(crate) fn matches(&self, planted: Planted, host: &Origin) -> bool {
        let regexes = || [&self.whole].into_iter().chain(&self.apex);
        let texts = planted.texts(self.address.as_deref(), host);
        texts.iter().any(|text| regexes().any(|regex| regex.is_match(text)))
    }

    /// The first label of this rule and the rest of the other match together.
    pub(crate) fn matches_with(&self, other: &Rule, planted: Planted, host: &Origin) -> bool {
        let (Some((first, _)), Some((_, rest))) = (&self.halves, &other.halves) else { return false };
        planted.texts(self.address.as_deref(), host).iter().any(|text| {
            text.find('.').is_some_and(|dot| first.is_match(&text[..dot]) && rest.is_match(&text[dot..]))
        })
    }
}

/// Where the character stands in the glob outside braces and brackets.
fn outside_braces(glob: &str, wanted: char) -> Option<usize> {
    let mut depth = 0;
    glob.char_indices().find_map(|(at, character)| {
        match character {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        (depth == 0 && character == wanted).then_some(at)
    })
}

impl Planted {
    fn address(self, written: &str) -> Option<String> {
        let read = read_host(format!("[{written}]").as_bytes())?;
        self.address_of(&read.host)
    }

    fn address_of(self, host: &Host) -> Option<String> {
        let Host::Ipv6(groups) = host else { return None };
        let groups = if self.has(Bug::AddressCutShort) { &groups[..7] } else { &groups[..] };
        Some(format!("{groups:?}"))
    }

    /// What is looked at of a name.
    fn seen_of(self, name: &str) -> &str {
        let most = match self.bug {
            Some(Bug::HostCutTo32) => 32,
            Some(Bug::HostCutTo64) => 64,
            _ => name.len(),
        };
        &name[name.len() - name.len().min(most)..]
    }

    /// The texts of an origin of which a pattern has to match one.
    fn texts(self, address: Option<&str>, origin: &Origin) -> Vec<String> {
        let host = match (address, &origin.host) {
            (None, Host::Name(name)) => self.seen_of(name).to_owned(),
            (Some(address), host @ Host::Ipv6(_)) if self.address_of(host).as_deref() == Some(address) => {
                String::new()
            }
            _ => return Vec::new(),
        };
        let port = origin.port.or(self.has(Bug::PortAssumed).then_some(443));
        let with_port = port.map(|port| format!("{host}:{port}"));
        match with_port {
            Some(with_port) if self.has(Bug::PortRefused) => vec![with_port],
            Some(with_port) if self.has(Bug::PortAsPrefix) => {
                (host.len()..=with_port.len()).map(|end| with_port[..end].to_owned()).collect()
            }
            with_port => with_port.into_iter().chain([host]).collect(),
        }
    }

    fn regex(self, glob: &str) -> Regex {
        let body = self.sequence(&mut glob.chars());
        let body = if self.has(Bug::AlternationUngrouped) { body } else { format!("(?:{body})") };
        let start = if self.has(Bug::StartOpen) { "" } else { "^" };
        let end = if self.has(Bug::EndOpen) { "" } else { "$" };
        Regex::new(&format!("{start}{body}{end}"))
    }

    /// Up to the end, or to the `,` or `}` of the braces around, which is taken too; the last character of the answer says which.
    fn sequence(self, rest: &mut core::str::Chars<'_>) -> String {
        let mut regex = String::new();
        while let Some(next) = rest.next() {
            match next {
                '*' => regex += self.star(),
                '?' => regex += self.question(),
                '.' if self.has(Bug::DotIsAnyCharacter) => regex.push('.'),
                '[' => {
                    let (set, behind) = rest.as_str().split_once(']').unwrap();
                    regex += &self.set(set);
                    *rest = behind.chars();
                }
                '{' => regex += &self.braces(rest),
                ',' | '}' => {
                    regex.push(next);
                    return regex;
                }
                plain => regex += &regex_syntax::escape(plain.encode_utf8(&mut [0; 4])),
            }
        }
        regex
    }

    fn braces(self, rest: &mut core::str::Chars<'_>) -> String {
        let mut alternatives = Vec::new();
        loop {
            let mut alternative = self.sequence(rest);
            let end = alternative.pop();
            alternatives.push(alternative);
            if end != Some(',') {
                break;
            }
        }
        if self.has(Bug::FirstAlternativeOnly) {
            alternatives.truncate(1);
        }
        if self.has(Bug::EmptyAlternativeDropped) && alternatives.iter().any(|text| !text.is_empty()) {
            alternatives.retain(|text| !text.is_empty());
        }
        let alternatives = alternatives.join("|");
        if self.has(Bug::AlternationUngrouped) { alternatives } else { format!("(?:{alternatives})") }
    }

    fn star(self) -> &'static str {
        match self.bug {
            Some(Bug::StarTakesDot) => "[^:]*",
            Some(Bug::StarTakesColon) => "[^.]*",
            Some(Bug::StarTakesSlash) => ".*",
            Some(Bug::StarNeedsACharacter) => "[^.:]+",
            Some(Bug::StarWithoutHyphen) => "[a-z0-9]*",
            Some(Bug::WildcardsWithoutZ) => "[^.:z]*",
            Some(Bug::StarTakesThree) => "[^.:]{0,3}",
            _ => "[^.:]*",
        }
    }

    fn question(self) -> &'static str {
        match self.bug {
            Some(Bug::QuestionIsOptional) => "[^.:]?",
            Some(Bug::WildcardsWithoutZ) => "[^.:z]",
            Some(Bug::QuestionTakesDot) => "[^:]",
            _ => "[^.:]",
        }
    }

    fn set(self, written: &str) -> String {
        let (members, hyphen) = match written.strip_suffix('-') {
            Some(members) if self.has(Bug::HyphenOfSetLost) => (members, ""),
            Some(members) => (members, r"\-"),
            None => (written, ""),
        };
        let members = match members.split_once('-') {
            Some((start, end))
                if self.has(Bug::RangeWithoutItsEnd) && start.ends_with(|c| !end.starts_with(c)) =>
            {
                let last = end.chars().next().unwrap();
                let before = char::from_u32(u32::from(last) - 1).unwrap();
                format!("{start}-{before}{}", &end[1..])
            }
            _ => members.to_owned(),
        };
        let dot = if self.has(Bug::SetTakesDot) { "." } else { "" };
        format!("[{members}{hyphen}{dot}]")
    }
}

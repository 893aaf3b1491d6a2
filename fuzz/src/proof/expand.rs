//! The hosts of a pattern written out: by hand, from its canonical text.

use std::collections::BTreeSet;

/// Takes the place of a `*` that may be as long as it likes. No number, not behind `0x` either; in capitals, which no canonical text has, so that no pattern spells it out.
const RUN: &str = "ZZZZZZZZ";

/// One text that a part of a pattern stands for, and whether it has come to the port, of which nothing is kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    host: String,
    in_port: bool,
}

/// What the hosts of patterns are, written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// Every text; a `*` stands for nothing, for a number from 0 to 255, and for a long run of letters.
    pub texts: BTreeSet<String>,
}

impl Hosts {
    /// The hosts of patterns in canonical form; `None` where there are more than so many.
    pub fn of(patterns: &[String], most: usize) -> Option<Hosts> {
        let mut texts = BTreeSet::new();
        for pattern in patterns {
            if pattern.starts_with('[') && pattern.contains("::") {
                // An address literal, and behind it at most a port.
                texts.insert(pattern.split_inclusive(']').next().unwrap_or_default().to_owned());
                continue;
            }
            let characters: Vec<char> = pattern.chars().collect();
            let mut rest = characters.as_slice();
            let ways = alternatives(&mut rest, most)?;
            texts.extend(ways.into_iter().map(|way| way.host));
            if texts.len() > most {
                return None;
            }
        }
        Some(Hosts { texts })
    }

    /// Whether a `*` was filled with a run of letters in this text.
    pub fn is_run(text: &str) -> bool {
        text.contains(RUN)
    }
}

/// Alternatives up to the `}` or the end, which stays.
fn alternatives(rest: &mut &[char], most: usize) -> Option<Vec<Way>> {
    let mut all = sequence(rest, most)?;
    while let [',', tail @ ..] = rest {
        *rest = tail;
        all.extend(sequence(rest, most)?);
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

/// What stands up to a `,`, a `}` or the end.
fn sequence(rest: &mut &[char], most: usize) -> Option<Vec<Way>> {
    let mut ways = vec![Way { host: String::new(), in_port: false }];
    while let [first, tail @ ..] = rest {
        let parts: Vec<Way> = match first {
            ',' | '}' => break,
            '{' => {
                *rest = tail;
                let parts = alternatives(rest, most)?;
                *rest = rest.get(1..).unwrap_or_default();
                parts
            }
            '[' => {
                let end = tail.iter().position(|c| *c == ']')?;
                let members = set(&tail[..end]);
                *rest = &tail[end + 1..];
                members.into_iter().map(|c| way(c.to_string())).collect()
            }
            other => {
                *rest = tail;
                match other {
                    ':' => vec![Way { host: String::new(), in_port: true }],
                    '?' => {
                        ('a'..='z').chain('0'..='9').chain("-_".chars()).map(|c| way(c.to_string())).collect()
                    }
                    '*' => {
                        let numbers = (0..=255u8).map(|number| way(number.to_string()));
                        [String::new(), RUN.to_owned()].map(way).into_iter().chain(numbers).collect()
                    }
                    c => vec![way(c.to_string())],
                }
            }
        };
        let mut longer = BTreeSet::new();
        for front in &ways {
            if front.in_port {
                longer.insert(front.clone());
                continue;
            }
            for part in &parts {
                longer.insert(Way { host: format!("{}{}", front.host, part.host), in_port: part.in_port });
            }
            if longer.len() > most {
                return None;
            }
        }
        ways = longer.into_iter().collect();
    }
    Some(ways)
}

fn way(host: String) -> Way {
    Way { host, in_port: false }
}

/// The members of a `[…]`.
fn set(inside: &[char]) -> BTreeSet<char> {
    let mut members = BTreeSet::new();
    let mut rest = inside;
    loop {
        rest = match rest {
            [first, '-', last, tail @ ..] => {
                members.extend(*first..=*last);
                tail
            }
            [one, tail @ ..] => {
                members.insert(*one);
                tail
            }
            [] => return members,
        };
    }
}

//! The text of a pattern into nodes, and nodes into the canonical text (SPEC §2 and §3).

use std::collections::BTreeSet;
use std::fmt;

use crate::check::{check, count_alternatives};
use crate::host::{domain_to_ascii, is_host_character, print_ipv6, read_ipv6};

/// How much a pattern may be (SPEC §2, "Limits").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest text, in bytes: what was written, without the blanks around it, and the canonical text.
    pub bytes: usize,
    /// The most braces inside one another. More than 128 counts as 128, whatever is set.
    pub nesting: usize,
    /// The most alternatives, written out.
    pub alternatives: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 1_024, nesting: 8, alternatives: 1_024 }
    }
}

/// Why a pattern is refused, in words (SPEC §2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// One glob over `host` or `host:port` (SPEC §2).
///
/// Two patterns are equal when their canonical texts are (SPEC §3).
#[derive(Debug, Clone)]
pub struct Pattern {
    /// The address that the pattern begins with, if it is an IPv6 literal.
    pub(crate) address: Option<[u16; 8]>,
    /// All of the pattern, or what stands after the address.
    pub(crate) nodes: Vec<Node>,
    canonical: String,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// Parses and checks a pattern with the default limits (SPEC §2 and §3).
    ///
    /// # Errors
    ///
    /// The pattern is not in the format, is past a limit, or has an alternative that can never match a valid host.
    pub fn parse(text: &str) -> Result<Pattern, Refused> {
        Pattern::parse_with(text, &Limits::default())
    }

    /// Parses and checks a pattern with limits of one's own (SPEC §2 and §3).
    ///
    /// # Errors
    ///
    /// As [`Pattern::parse`].
    pub fn parse_with(text: &str, limits: &Limits) -> Result<Pattern, Refused> {
        let text = text.trim();
        refuse_if(text.len() > limits.bytes, || format!("longer than {} bytes", limits.bytes))?;
        refuse_if(text.contains(['(', ')']), || "parentheses are not part of the format".to_owned())?;
        let text = without_protocol(text);
        let text = text.strip_suffix('/').unwrap_or(text);
        let text = text.to_ascii_lowercase();
        refuse_if(text.is_empty(), || "empty pattern".to_owned())?;
        refuse_if(text.contains("**"), || "`**` is not part of the format, write `*`".to_owned())?;

        let (address, text) = split_address(&text)?;
        let mut reader = Reader { rest: text.chars().collect(), nesting: limits.nesting.min(MOST_NESTING) };
        reader.rest.reverse();
        let mut nodes = reader.read_all()?;
        if address.is_none() {
            remove_root_dot(&mut nodes);
        }

        refuse_if(count_alternatives(&nodes) > limits.alternatives, || {
            format!("more than {} alternatives, written out", limits.alternatives)
        })?;
        check(address.is_some(), &nodes)?;

        let canonical = match &address {
            Some(groups) => format!("[{}]{}", print_ipv6(groups), print(&nodes)),
            None => print(&nodes),
        };
        refuse_if(canonical.len() > limits.bytes, || {
            format!("longer than {} bytes in its canonical form", limits.bytes)
        })?;
        Ok(Pattern { address, nodes, canonical })
    }

    /// The canonical text, which parses to itself (SPEC §3).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

/// What a pattern is made of.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    Atom(Atom),
    /// `{a,b,…}`: the alternatives, one at least.
    Braces(Vec<Vec<Node>>),
}

/// What stays of a pattern when its braces are written out.
#[derive(Debug, Clone)]
pub(crate) enum Atom {
    /// A letter in lower case, a digit, `-` or `_`.
    Char(char),
    /// A run with non-ASCII characters, in its ASCII form. It must be a whole label (`docs/semantics.md`, item 6).
    Foreign(String),
    /// `*`
    Any,
    /// `?`
    One,
    /// `[…]`
    Set(Set),
    /// `.`
    Dot,
    /// `:`
    Colon,
}

/// `[a-d]` and its like.
#[derive(Debug, Clone)]
pub(crate) struct Set {
    /// What stands between the brackets, in lower case.
    pub(crate) written: String,
    pub(crate) members: BTreeSet<char>,
}

/// Removes one protocol in front, in any case (`docs/semantics.md`, item 2).
fn without_protocol(text: &str) -> &str {
    for protocol in ["http://", "https://", "*://", "//"] {
        if let Some(front) = text.get(..protocol.len())
            && front.eq_ignore_ascii_case(protocol)
        {
            return &text[protocol.len()..];
        }
    }
    text
}

/// Takes an IPv6 literal off the front: a `[` whose text up to the first `]` holds a `:` (SPEC §2).
fn split_address(text: &str) -> Result<(Option<[u16; 8]>, &str), Refused> {
    if let Some(inside) = text.strip_prefix('[')
        && let Some((literal, rest)) = inside.split_once(']')
        && literal.contains(':')
    {
        return match read_ipv6(literal.as_bytes()) {
            Some(groups) => Ok((Some(groups), rest)),
            None => refused(format!("`[{literal}]` is not an IPv6 address")),
        };
    }
    Ok((None, text))
}

/// Reads nodes from text in lower case, without protocol and address.
struct Reader {
    /// The characters that are not read yet, the next one last.
    rest: Vec<char>,
    nesting: usize,
}

impl Reader {
    fn read_all(&mut self) -> Result<Vec<Node>, Refused> {
        let nodes = self.read_sequence(0)?;
        match self.rest.last() {
            None => Ok(nodes),
            Some(',') => refused("`,` stands outside braces: one pattern an entry"),
            Some(stray) => refused(format!("`{stray}` closes nothing")),
        }
    }

    /// Reads up to the end, or to a `,` or `}` that belongs to the braces around.
    fn read_sequence(&mut self, depth: usize) -> Result<Vec<Node>, Refused> {
        let mut nodes = Vec::new();
        while let Some(&next) = self.rest.last() {
            if next == ',' || next == '}' {
                break;
            }
            if is_plain(next) {
                nodes.extend(self.read_run()?);
                continue;
            }
            self.rest.pop();
            nodes.push(match next {
                '*' => Node::Atom(Atom::Any),
                '?' => Node::Atom(Atom::One),
                '.' => Node::Atom(Atom::Dot),
                ':' => Node::Atom(Atom::Colon),
                '[' => Node::Atom(Atom::Set(self.read_set()?)),
                '{' => self.read_braces(depth + 1)?,
                ']' => return refused("`]` closes nothing"),
                '/' => return refused("a path is not part of a pattern"),
                other => return refused(format!("`{}` is not part of the format", other.escape_default())),
            });
        }
        Ok(nodes)
    }

    /// Reads the alternatives and the closing brace.
    fn read_braces(&mut self, depth: usize) -> Result<Node, Refused> {
        refuse_if(depth > self.nesting, || format!("more than {} braces inside one another", self.nesting))?;
        refuse_if(self.rest.last() == Some(&'}'), || "`{}` holds nothing".to_owned())?;
        let mut alternatives = Vec::new();
        loop {
            alternatives.push(self.read_sequence(depth)?);
            match self.rest.pop() {
                Some(',') => {}
                Some('}') => return Ok(Node::Braces(alternatives)),
                _ => return refused("`{` is not closed"),
            }
        }
    }

    /// Reads plain characters as far as they go: one by one, or as one label where some are not ASCII.
    fn read_run(&mut self) -> Result<Vec<Node>, Refused> {
        let mut run = String::new();
        while let Some(&next) = self.rest.last()
            && is_plain(next)
        {
            run.push(next);
            self.rest.pop();
        }
        if run.is_ascii() {
            return Ok(run.chars().map(|character| Node::Atom(Atom::Char(character))).collect());
        }
        match domain_to_ascii(&run) {
            Some(label) if !label.is_empty() && label.chars().all(is_host_character) => {
                Ok(vec![Node::Atom(Atom::Foreign(label))])
            }
            _ => refused(format!("`{run}` has no ASCII form that is one label")),
        }
    }

    /// Reads the members and the closing bracket.
    fn read_set(&mut self) -> Result<Set, Refused> {
        let mut written = Vec::new();
        loop {
            match self.rest.pop() {
                Some(']') => break,
                Some(character) => written.push(character),
                None => return refused("`[` is not closed"),
            }
        }
        let members = read_members(&written)?;
        Ok(Set { written: written.into_iter().collect(), members })
    }
}

/// Reads what stands between the brackets of a set (`docs/semantics.md`, item 4).
fn read_members(written: &[char]) -> Result<BTreeSet<char>, Refused> {
    refuse_if(written.is_empty(), || "`[]` holds nothing".to_owned())?;
    let mut members = BTreeSet::new();
    // How many member characters are written, repeats too; the ends of a range are two.
    let mut count = 0;
    let mut rest = written;
    while !rest.is_empty() {
        match rest {
            ['-'] if count >= 2 => {
                members.insert('-');
                rest = &[];
            }
            [first, '-', last, others @ ..] => {
                let both_letters = first.is_ascii_lowercase() && last.is_ascii_lowercase();
                let both_digits = first.is_ascii_digit() && last.is_ascii_digit();
                refuse_if(!both_letters && !both_digits, || {
                    format!("`{first}-{last}`: the ends of a range are two letters or two digits")
                })?;
                refuse_if(first > last, || format!("the range `{first}-{last}` is reversed"))?;
                members.extend(*first..=*last);
                count += 2;
                rest = others;
            }
            // `-` after one member, and last: a range without its end. But `[ab-]` has two members before its `-`.
            [first, '-'] if count == 0 => return refused(format!("the range `{first}-` has no end")),
            [member, others @ ..] if is_host_character(*member) && *member != '-' => {
                members.insert(*member);
                count += 1;
                rest = others;
            }
            [other, ..] => {
                return refused(format!("`{}` cannot stand there in a set", other.escape_default()));
            }
            [] => {}
        }
    }
    Ok(members)
}

/// Removes one root dot: outside braces, at the end of the host (`docs/semantics.md`, item 3).
///
/// A dot that has a port before it on some way through the pattern is not at the end of a host, and stays.
fn remove_root_dot(nodes: &mut Vec<Node>) {
    for at in 0..nodes.len() {
        let ends_the_host = matches!(nodes.get(at + 1), None | Some(Node::Atom(Atom::Colon)));
        if matches!(nodes[at], Node::Atom(Atom::Dot)) && ends_the_host && !holds_a_port(&nodes[..at]) {
            nodes.remove(at);
            return;
        }
    }
}

fn holds_a_port(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Atom(atom) => matches!(atom, Atom::Colon),
        Node::Braces(alternatives) => alternatives.iter().any(|alternative| holds_a_port(alternative)),
    })
}

/// Prints nodes as they were written (`docs/semantics.md`, item 12).
fn print(nodes: &[Node]) -> String {
    nodes
        .iter()
        .map(|node| match node {
            Node::Atom(Atom::Char(character)) => character.to_string(),
            Node::Atom(Atom::Foreign(label)) => label.clone(),
            Node::Atom(Atom::Any) => "*".to_owned(),
            Node::Atom(Atom::One) => "?".to_owned(),
            Node::Atom(Atom::Set(set)) => format!("[{}]", set.written),
            Node::Atom(Atom::Dot) => ".".to_owned(),
            Node::Atom(Atom::Colon) => ":".to_owned(),
            Node::Braces(alternatives) => {
                let printed: Vec<String> =
                    alternatives.iter().map(|alternative| print(alternative)).collect();
                format!("{{{}}}", printed.join(","))
            }
        })
        .collect()
}

/// A character that stands for itself in a label. Of those that are not ASCII, all but blanks.
fn is_plain(character: char) -> bool {
    is_host_character(character) || (!character.is_ascii() && !character.is_whitespace())
}

fn refused<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}

pub(crate) fn refuse_if(condition: bool, why: impl FnOnce() -> String) -> Result<(), Refused> {
    if condition { Err(Refused(why())) } else { Ok(()) }
}

/// Reading and printing step down once for each brace, so there is an end to it whatever the limits say.
const MOST_NESTING: usize = 128;

//! A small model of the format, all of it: every pattern of a few tokens against every host of a few characters, and against every other short pattern in one list.
//!
//! [`TOKENS`] and [`HOST_CHARACTERS`] are chosen so that what can meet does meet: a character that a range takes and one that it does not, one that only wildcards take, both
//! separators, a digit for ports and addresses, braces that are empty, that nest, that hold a dot, a port, half an address.
//!
//! The work is cut into numbered pieces, each the same on every machine, so that a caller can spread them over threads and say how far it is.

use std::ops::Range;

use guestlist_reference as reference;

use crate::oracle;
use crate::subject::{Subject, answers};

/// What patterns are made of. No token begins another, so that a text is made of tokens in one way only.
pub const TOKENS: [&str; 12] =
    ["a", "b", "1", ".", ":", "*", "?", "[a-b]", "{a,}", "{a,{b,.a}}", "{,:1}", "{.1.1,.b}"];

/// What hosts are made of: the characters of the patterns, and a hyphen, which only wildcards take.
pub const HOST_CHARACTERS: [char; 6] = ['a', 'b', '1', '.', ':', '-'];

/// What the labels of the hosts with four labels are made of: for addresses, and for letters in either case.
const LABEL_CHARACTERS: [char; 3] = ['A', 'b', '1'];

/// Hosts of up to this many characters are there in capitals as well.
const CAPITALS_LEN: usize = 3;

/// How many texts of one length make a piece of work: those that share all but their last tokens.
const PIECE: usize = TOKENS.len().pow(3);
/// How many patterns stand in one list, besides alone.
const LIST: usize = 20;
/// Of the longer patterns one piece in this many, and of the lists of two one list, is decided in every configuration, the others in the default one.
const SAMPLE: usize = 32;

/// How large the model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// Patterns of up to this many tokens are held against every host.
    pub tokens: usize,
    /// Hosts, with their port, of up to this many characters.
    pub host_len: usize,
    /// Patterns of up to this many tokens, where that is more, are held against hosts of up to [`Model::long_host_len`] characters.
    pub long_tokens: usize,
    /// See [`Model::long_tokens`].
    pub long_host_len: usize,
    /// Patterns of up to this many tokens are put in one list with each other, against every host.
    pub pair_tokens: usize,
    /// The same for hosts of up to [`Model::long_host_len`] characters.
    pub long_pair_tokens: usize,
}

/// Whom the model is asked of.
#[derive(Debug)]
pub struct Subjects<'s, S> {
    /// Decides everything.
    pub main: &'s S,
    /// Decides a sample as well: the same, in every configuration.
    pub every: &'s S,
}

/// The hosts, as both sides read them, in the order of [`host_texts`].
#[derive(Debug)]
pub struct Hosts<'t, H> {
    texts: Vec<&'t str>,
    subject: Vec<H>,
    reference: Vec<reference::Origin>,
}

/// What was done, all of it without a disagreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Texts that both sides were asked to accept or refuse.
    pub texts: u64,
    /// Patterns: texts that both accept, each canonical text once.
    pub patterns: u64,
    /// Pairs of a pattern and a host, decided by the subject and by the reference.
    pub checks: u64,
    /// Lists of several patterns.
    pub lists: u64,
    /// Pairs of such a list and a host: which rules match, which is the first, whether any does.
    pub list_checks: u64,
    /// Pairs of a list and a host that configurations other than the default decided.
    pub other_engines: u64,
}

impl Tally {
    /// Adds what another piece of work did.
    pub fn add(&mut self, other: Tally) {
        self.texts += other.texts;
        self.patterns += other.patterns;
        self.checks += other.checks;
        self.lists += other.lists;
        self.list_checks += other.list_checks;
        self.other_engines += other.other_engines;
    }
}

/// Every text of up to `len` characters, hosts or not; behind them the shorter ones in capitals, and every four labels of one character each, with and without a port.
pub fn host_texts(len: usize) -> Vec<String> {
    let mut texts = Vec::new();
    let mut capitals = Vec::new();
    for characters in 1..=len {
        let all = (0..HOST_CHARACTERS.len().pow(to_u32(characters)))
            .map(|number| spell(number, &HOST_CHARACTERS, characters).collect::<String>());
        texts.extend(all);
        if characters <= CAPITALS_LEN {
            capitals = texts.iter().map(|text| text.to_ascii_uppercase()).collect();
        }
    }
    capitals.retain(|text| text.contains(|c: char| c.is_ascii_uppercase()));
    texts.extend(capitals);
    for number in 0..LABEL_CHARACTERS.len().pow(4) {
        let labels: Vec<String> =
            spell(number, &LABEL_CHARACTERS, 4).map(|character| character.to_string()).collect();
        texts.extend(["", ":1"].map(|port| labels.join(".") + port));
    }
    texts
}

impl<'t, H> Hosts<'t, H> {
    /// Keeps the texts that are hosts.
    ///
    /// # Errors
    ///
    /// A text is a host to one side only.
    pub fn read<S: Subject<Host<'t> = H>>(subject: &S, texts: &'t [String]) -> Result<Hosts<'t, H>, String> {
        let mut hosts = Hosts { texts: Vec::new(), subject: Vec::new(), reference: Vec::new() };
        for text in texts {
            match (subject.host(text), reference::read_host(text.as_bytes())) {
                (Some(host), Some(naive)) => {
                    hosts.texts.push(text);
                    hosts.subject.push(host);
                    hosts.reference.push(naive);
                }
                (None, None) => {}
                (_, naive) => {
                    return Err(format!("{text:?} is a host to one side only, reference {naive:?}"));
                }
            }
        }
        Ok(hosts)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// As the reference reads them.
    pub fn reference(&self) -> &[reference::Origin] {
        &self.reference
    }

    /// How many have up to `len` characters, of those that stand first.
    fn up_to(&self, len: usize) -> usize {
        self.texts.iter().take_while(|text| text.len() <= len).count()
    }
}

/// A pattern, and what the reference says of each host.
#[derive(Debug)]
pub struct Answered {
    text: String,
    matches: Vec<bool>,
}

impl Answered {
    fn new(text: String, hosts: &[reference::Origin]) -> Result<Answered, String> {
        let pattern =
            reference::Pattern::parse(&text).map_err(|why| format!("{text:?} is refused again: {why}"))?;
        let matches = hosts.iter().map(|host| pattern.matches(host)).collect();
        Ok(Answered { text, matches })
    }

    /// The text of the pattern, which is canonical.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// For each host, in their order, whether the reference says that the pattern matches it.
    pub fn matches(&self) -> &[bool] {
        &self.matches
    }
}

/// Texts of one length, as a range of their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    tokens: usize,
    numbers: Range<usize>,
    every_engine: bool,
}

impl Model {
    /// The work of holding each pattern against the hosts, in pieces.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for tokens in 1..=self.tokens.max(self.long_tokens) {
            let count = TOKENS.len().pow(to_u32(tokens));
            for start in (0..count).step_by(PIECE) {
                let every_engine = count <= PIECE || pieces.len().is_multiple_of(SAMPLE);
                pieces.push(Piece { tokens, numbers: start..count.min(start + PIECE), every_engine });
            }
        }
        pieces
    }

    /// Both sides accept or refuse each text of a piece, and say the same of each pattern and host: the pattern alone, and in a list with its neighbours.
    ///
    /// # Errors
    ///
    /// The first disagreement, as a line for `testdata/hard-match-cases.tsv`.
    pub fn check_piece<'t, S: Subject>(
        &self,
        piece: &Piece,
        subjects: &Subjects<'_, S>,
        hosts: &Hosts<'t, S::Host<'t>>,
    ) -> Result<Tally, String> {
        let mut tally = Tally::default();
        let count = if piece.tokens <= self.tokens { hosts.len() } else { hosts.up_to(self.long_host_len) };
        let subject = if piece.every_engine { subjects.every } else { subjects.main };
        let mut answered = Vec::new();
        for number in piece.numbers.clone() {
            let text = pattern_text(number, piece.tokens);
            tally.texts += 1;
            if !is_new_pattern(subject, &text, piece.tokens)? {
                continue;
            }
            let pattern = Answered::new(text, &hosts.reference[..count])?;
            tally.patterns += 1;
            tally.checks += to_u64(count);
            tally.other_engines += check_lists(&[&pattern], subject, hosts, count)?;
            answered.push(pattern);
        }
        for rules in answered.chunks(LIST) {
            let rules: Vec<&Answered> = rules.iter().collect();
            tally.lists += 1;
            tally.list_checks += to_u64(count);
            tally.other_engines += check_lists(&rules, subject, hosts, count)?;
        }
        Ok(tally)
    }

    /// The patterns to put in one list with each other, the shorter ones first, and how many of them are held against every host.
    ///
    /// # Errors
    ///
    /// As [`Model::check_piece`].
    pub fn short_patterns<'t, S: Subject>(
        &self,
        subject: &S,
        hosts: &Hosts<'t, S::Host<'t>>,
    ) -> Result<(Vec<Answered>, usize), String> {
        let mut patterns = Vec::new();
        let mut shortest = 0;
        for tokens in 1..=self.long_pair_tokens.max(self.pair_tokens) {
            for number in 0..TOKENS.len().pow(to_u32(tokens)) {
                let text = pattern_text(number, tokens);
                if is_new_pattern(subject, &text, tokens)? {
                    patterns.push(Answered::new(text, &hosts.reference)?);
                }
            }
            if tokens <= self.pair_tokens {
                shortest = patterns.len();
            }
        }
        Ok((patterns, shortest))
    }

    /// A list of two, with the pattern of this number first and each other one second, is the union of the two and nothing else.
    ///
    /// # Errors
    ///
    /// As [`Model::check_piece`].
    pub fn check_pairs<'t, S: Subject>(
        &self,
        first: usize,
        (patterns, shortest): &(Vec<Answered>, usize),
        subjects: &Subjects<'_, S>,
        hosts: &Hosts<'t, S::Host<'t>>,
    ) -> Result<Tally, String> {
        let mut tally = Tally::default();
        for second in (0..patterns.len()).filter(|second| *second != first) {
            let every_host = first.max(second) < *shortest;
            let count = if every_host { hosts.len() } else { hosts.up_to(self.long_host_len) };
            let sampled = (first * patterns.len() + second).is_multiple_of(SAMPLE);
            let subject = if sampled { subjects.every } else { subjects.main };
            let rules = [&patterns[first], &patterns[second]];
            tally.other_engines += check_lists(&rules, subject, hosts, count)?;
            tally.lists += 1;
            tally.list_checks += to_u64(count);
        }
        Ok(tally)
    }
}

/// Both sides accept the text, and it is canonical. A pattern whose canonical text is another one was met under that one, which has fewer tokens.
fn is_new_pattern(subject: &impl Subject, text: &str, tokens: usize) -> Result<bool, String> {
    if let Err(disagreement) = oracle::pattern_agrees(subject, text) {
        let expected = match reference::Pattern::parse(text) {
            Ok(pattern) => format!("={}", pattern.canonical()),
            Err(_) => "ERR".to_owned(),
        };
        return Err(format!("format\t{text}\t-\t{expected}\t{disagreement}"));
    }
    let Ok(canonical) = subject.parse(text) else { return Ok(false) };
    if canonical == text {
        Ok(true)
    } else if token_count(&canonical).is_some_and(|count| count < tokens) {
        Ok(false)
    } else {
        Err(format!("format\t{text}\t-\t={canonical}\tthe canonical text is no shorter pattern of the model"))
    }
}

/// The subject's lists of these patterns match what the reference says each of them matches. Returns how many checks were made by other configurations
/// than the first.
fn check_lists<'t, S: Subject>(
    rules: &[&Answered],
    subject: &S,
    hosts: &Hosts<'t, S::Host<'t>>,
    count: usize,
) -> Result<u64, String> {
    let texts: Vec<&str> = rules.iter().map(|rule| rule.text.as_str()).collect();
    let lists = subject.lists(&texts);
    let mut expected = Vec::with_capacity(rules.len());
    for (at, host) in hosts.subject[..count].iter().enumerate() {
        expected.clear();
        expected.extend((0..rules.len()).filter(|rule| rules[*rule].matches[at]));
        for list in &lists {
            if let Err(actual) = answers(subject, list, host, &expected) {
                let matches = subject.matches(list, host);
                return Err(disagreement(&texts, &matches, &expected, hosts.texts[at], &actual));
            }
        }
    }
    Ok(to_u64(count * lists.len().saturating_sub(1)))
}

/// A line for the table of cases: the rule on which the two disagree, and what the reference says.
fn disagreement(texts: &[&str], matches: &[usize], expected: &[usize], host: &str, actual: &str) -> String {
    let rule =
        (0..texts.len()).find(|rule| matches.contains(rule) != expected.contains(rule)).unwrap_or_default();
    format!(
        "format\t{}\t{host}\t{}\tthe list {texts:?}: {actual}; the reference says {expected:?}",
        texts[rule],
        u8::from(expected.contains(&rule)),
    )
}

/// The text of so many tokens with this number.
fn pattern_text(number: usize, tokens: usize) -> String {
    spell(number, &TOKENS, tokens).collect()
}

/// How many tokens the text is made of, if it is made of tokens.
fn token_count(mut text: &str) -> Option<usize> {
    let mut count = 0;
    while !text.is_empty() {
        text = TOKENS.iter().find_map(|token| text.strip_prefix(token))?;
        count += 1;
    }
    Some(count)
}

/// A number, written with `len` digits of this alphabet.
fn spell<T: Copy>(number: usize, alphabet: &[T], len: usize) -> impl Iterator<Item = T> {
    let base = alphabet.len();
    (0..len).rev().map(move |place| alphabet[number / base.pow(to_u32(place)) % base])
}

fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

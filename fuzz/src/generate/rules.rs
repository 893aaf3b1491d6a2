//! Lists that have much to do with each other, for questions about them: what one admits and another does not is often little, and often nothing.

use arbitrary::{Result, Unstructured};

use super::{host_near, pattern, words};
use crate::proof::naive::accepted;

/// What a small pattern is made of: few letters, so that patterns meet.
const SMALL_LABELS: &[&str] = &[
    "a",
    "a",
    "b",
    "ab",
    "*",
    "*",
    "?",
    "??",
    "a*",
    "*b",
    "a*b",
    "?*",
    "[a-b]",
    "[ab]b",
    "[a-c]?",
    "[ab-]",
    "{a,b}",
    "{a,b*}",
    "{a,?}b",
    "a{,b}",
    "{a,b.a}",
    "{a.,}b",
    "a-b",
    "_",
    "1",
    "1*",
    "[0-1]",
    "x*",
    "xn--4ca",
    "xn--*",
    "xn--?ca",
    "xn--4dbc",
    "xn--4[a-d]a",
    "{xn--4ca,a}",
];
const SMALL_ENDS: &[&str] = &[
    "a",
    "a",
    "b",
    "*",
    "?",
    "[a-b]",
    "{a,b}",
    "{a,a.b}",
    "a*",
    "*a",
    "xn--4ca",
    "xn--4dbc",
    "0x*",
    "{a,1.1.1}",
];
const SMALL_PORTS: &[&str] = &[
    ":80",
    ":443",
    ":*",
    ":?",
    ":??",
    ":8*",
    ":[1-9]",
    ":[1-3]",
    ":{80,443}",
    "{,:80}",
    "{:80,:443}",
    ":6553?",
    ":655[0-3]?",
    ":*0",
    ":?????",
];
const WHOLE: &[&str] = &[
    "[::1]",
    "[::1]:80",
    "[::1]:*",
    "[1::]",
    "1.1.1.1",
    "1.1.1.*",
    "1.1.1.?",
    "1.1.1.[0-9]",
    "1.1.1.{?,??,???}",
    "*.*.*.1",
    "1.1.1.2[0-9]?",
    "1.1.1.??",
    "[0-1].1.1.{1,a}",
    "*",
    "?",
    "*.*",
    "{,*.}a",
    "*a",
    "{a:8,b}0",
    "localhost:300?",
];
/// What stands for what: the same, more or less. The second may be several patterns.
const CHANGES: &[(&str, &[&str])] = &[
    ("*", &["", "?*"]),
    ("*", &["{,?,??*}"]),
    ("*", &["{,?*}"]),
    ("*", &["?", "", "??*"]),
    ("*", &["*a", "*b"]),
    ("*", &["?"]),
    ("*", &["?*"]),
    ("?", &["[a-z0-9]", "[-a]", "_", "-"]),
    ("?", &["[a-z]", "[0-9]", "_", "-"]),
    ("?", &["[a-z0-9]"]),
    ("?", &["*"]),
    ("[a-b]", &["a", "b"]),
    ("[a-b]", &["{a,b}"]),
    ("[a-b]", &["[a-c]"]),
    ("[0-1]", &["0", "1"]),
    ("[ab-]", &["-", "[ab]"]),
    ("[ab-]", &["[a-b]"]),
    ("a", &["[ab-]"]),
    ("{a,b}", &["[ab]"]),
    ("{a,b}", &["b"]),
    ("a", &["[ab]"]),
    ("a", &["?"]),
    ("a", &["*"]),
    ("b", &["a"]),
    ("b", &["{a,b}"]),
    ("a.", &["{,a.}"]),
    ("a.", &["*."]),
    ("xn--4ca", &["xn--?ca"]),
    ("xn--4ca", &["*"]),
    ("xn--", &["x*"]),
    (":80", &[":*"]),
    (":80", &["{,:80}"]),
    (":80", &[""]),
    (":*", &[":?", ":??", ":???", ":????", ":?????"]),
    (":*", &[":[1-9]*"]),
    (":?", &[":[1-9]"]),
];

/// Three lists, hosts near them, and a number that a question may need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesCase {
    /// Patterns in canonical form, each there once in its list.
    pub lists: [Vec<String>; 3],
    /// Hosts, or what looks like some, that the patterns are near to.
    pub near: Vec<String>,
    /// From 0 to 9.
    pub number: usize,
}

/// No more patterns than these are in one list, so that a case does not take long.
const MOST: usize = 8;

impl RulesCase {
    fn new(lists: [Vec<String>; 3], near: Vec<String>, number: usize) -> RulesCase {
        let lists = lists.map(|patterns| {
            let mut patterns = accepted(&patterns);
            patterns.truncate(MOST);
            patterns
        });
        RulesCase { lists, near, number }
    }
}

/// Lists of small patterns and of patterns of every kind.
pub fn rules_case(bytes: &[u8]) -> Result<RulesCase> {
    case(bytes, 8)
}

/// Lists of small patterns alone, most of which can be written out.
pub fn small_rules_case(bytes: &[u8]) -> Result<RulesCase> {
    let case = case(bytes, 0)?;
    // A `*` ends what can be written out.
    let is_finite = bytes.first().is_some_and(|first| first % 4 != 0);
    let finite = |text: &String| {
        let text = text.replace("xn--*", "xn--?ca").replacen('*', "?", 1).replace('*', "a");
        if is_finite { text } else { text.to_owned() }
    };
    let is_in_words = words::rules_case(bytes).is_some();
    if is_in_words || !is_finite {
        return Ok(case);
    }
    let lists = case.lists.map(|patterns| patterns.iter().map(finite).collect());
    Ok(RulesCase::new(lists, case.near, case.number))
}

fn case(bytes: &[u8], odd: usize) -> Result<RulesCase> {
    if let Some((lists, near, number)) = words::rules_case(bytes) {
        return Ok(RulesCase::new(lists, near, number));
    }
    let u = &mut Unstructured::new(bytes);
    let number = u.int_in_range(0..=9)?;
    let mut pool: Vec<String> = Vec::new();
    for _ in 0..u.int_in_range(1..=3)? {
        pool.push(if u.int_in_range(0..=31)? < odd { pattern(u)? } else { small_pattern(u)? });
    }
    let mut lists = [const { Vec::new() }; 3];
    for list in &mut lists {
        for _ in 0..u.int_in_range(1..=3)? {
            let chosen = u.choose(&pool)?.clone();
            match u.int_in_range(0..=5)? {
                0 => list.push(chosen),
                1 => list.push(small_pattern(u)?),
                _ => list.extend(changed(u, &chosen)?),
            }
        }
    }
    let mut near = Vec::new();
    for text in lists.iter().flatten().chain(&pool) {
        for _ in 0..2 {
            near.push(host_near(u, text)?);
        }
    }
    Ok(RulesCase::new(lists, near, number))
}

fn small_pattern(u: &mut Unstructured<'_>) -> Result<String> {
    if u.ratio(1, 5)? {
        return Ok(u.choose(WHOLE)?.to_string());
    }
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=2)? {
        text += u.choose(SMALL_LABELS)?;
        text.push('.');
    }
    text += u.choose(SMALL_ENDS)?;
    if u.ratio(1, 4)? {
        text += u.choose(SMALL_PORTS)?;
    }
    Ok(text)
}

/// A pattern, or several, that admit the same, more or less.
fn changed(u: &mut Unstructured<'_>, pattern: &str) -> Result<Vec<String>> {
    let fitting: Vec<_> = CHANGES.iter().filter(|(from, _)| pattern.contains(from)).collect();
    if fitting.is_empty() {
        return Ok(vec![pattern.to_owned()]);
    }
    let (from, to) = u.choose(&fitting)?;
    Ok(to.iter().map(|to| pattern.replacen(from, to, 1)).collect())
}

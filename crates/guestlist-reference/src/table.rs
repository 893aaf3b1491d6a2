//! The tables of cases in `testdata/`: one case a line, columns parted by a tab, comments begin with `# `. For the tests
//! of every crate.

use crate::{ListType, Mode};

/// Cases that belong to the specification: pattern, `host[:port]`, expected, why.
pub const MATCH_CASES: &str = include_str!("../../../testdata/match-cases.tsv");
/// Cases that belong to the specification: patterns, list type and settings, Origin, Referer, expected, why.
pub const HEADER_CASES: &str = include_str!("../../../testdata/header-cases.tsv");
/// Cases for each item of `docs/semantics.md`: item, pattern, `host[:port]`, expected, why. Pattern and host are escaped.
pub const HARD_MATCH_CASES: &str = include_str!("../../../testdata/hard-match-cases.tsv");
/// Cases for each item of `docs/semantics.md`: item, patterns, list type and settings, Origin, Referer, verdict, why.
pub const HARD_HEADER_CASES: &str = include_str!("../../../testdata/hard-header-cases.tsv");

/// Cases of query parameters, for whatever takes an app's key from one: name, query, expected, why.
pub const QUERY_CASES: &str = include_str!("../../../testdata/query-cases.tsv");

/// The cases of a table, each with the number of its line and its columns.
///
/// # Panics
///
/// If a line has another number of columns: a table that is not read whole proves nothing.
pub fn cases<const COLUMNS: usize>(table: &str) -> Vec<(usize, [String; COLUMNS])> {
    let mut cases = Vec::new();
    for (at, line) in table.lines().enumerate() {
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let columns = columns.try_into();
        cases.push((at + 1, columns.unwrap_or_else(|columns| unreachable!("line {}: {columns:?}", at + 1))));
    }
    cases
}

/// A line of [`HEADER_CASES`] or [`HARD_HEADER_CASES`], taken apart: an app's list, a request, and what is expected.
///
/// The settings behind the list type are `block_missing=0|1`, `mode=off|report|enforce` and `scheme=NAME`, each after a
/// `;`. What a line does not say is as the specification has it.
#[derive(Debug, Clone)]
pub struct HeaderCase {
    /// The number of the line.
    pub line: usize,
    /// The patterns of the list.
    pub patterns: Vec<String>,
    /// Which list it is.
    pub list_type: ListType,
    /// Its mode, where the line says one.
    pub mode: Option<Mode>,
    /// Its `block_missing`, where the line says it.
    pub block_missing: Option<bool>,
    /// The schemes that the gate names besides `http` and `https`.
    pub schemes: Vec<String>,
    /// Every value of `Origin`.
    pub origin: Vec<Vec<u8>>,
    /// Every value of `Referer`.
    pub referer: Vec<Vec<u8>>,
    /// What the table expects, in its own words.
    pub expected: String,
    /// Why it does.
    pub why: String,
}

/// The cases of [`HEADER_CASES`]. `allow` or `deny` is expected.
///
/// # Panics
///
/// As [`cases`] does, and if a line has a setting that there is not.
pub fn header_cases() -> Vec<HeaderCase> {
    cases::<6>(HEADER_CASES).into_iter().map(|(line, columns)| header_case(line, columns)).collect()
}

/// The cases of [`HARD_HEADER_CASES`]. A [`Verdict`](crate::Verdict) is expected, as `Debug` writes it.
///
/// # Panics
///
/// As [`header_cases`] does.
pub fn hard_header_cases() -> Vec<HeaderCase> {
    let cases = cases::<7>(HARD_HEADER_CASES).into_iter();
    cases.map(|(line, [_item, columns @ ..])| header_case(line, columns)).collect()
}

fn header_case(line: usize, columns: [String; 6]) -> HeaderCase {
    let [patterns, list, origin, referer, expected, why] = columns;
    let mut settings = list.split(';');
    let mut case = HeaderCase {
        line,
        patterns: patterns.split(' ').filter(|pattern| *pattern != "-").map(str::to_owned).collect(),
        list_type: match settings.next() {
            Some("upload") => ListType::Upload,
            Some("delivery") => ListType::Delivery,
            other => unreachable!("line {line}: list type {other:?}"),
        },
        mode: None,
        block_missing: None,
        schemes: Vec::new(),
        origin: header_values(&origin),
        referer: header_values(&referer),
        expected,
        why,
    };
    for setting in settings {
        match setting.split_once('=') {
            Some(("block_missing", "0")) => case.block_missing = Some(false),
            Some(("block_missing", "1")) => case.block_missing = Some(true),
            Some(("mode", "off")) => case.mode = Some(Mode::Off),
            Some(("mode", "report")) => case.mode = Some(Mode::Report),
            Some(("mode", "enforce")) => case.mode = Some(Mode::Enforce),
            Some(("scheme", name)) => case.schemes.push(name.to_owned()),
            _ => unreachable!("line {line}: setting {setting:?}"),
        }
    }
    case
}

/// Undoes the escapes of a JSON string.
///
/// # Panics
///
/// If a `\u` is not followed by four hexadecimal digits of a character.
pub fn unescape(text: &str) -> String {
    let mut result = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        let code: u32 = match characters.next() {
            Some('n') => u32::from('\n'),
            Some('t') => u32::from('\t'),
            Some('r') => u32::from('\r'),
            Some('u') => {
                let digits: String = characters.by_ref().take(4).collect();
                u32::from_str_radix(&digits, 16).expect("four hexadecimal digits")
            }
            Some(other) => u32::from(other),
            None => u32::from('\\'),
        };
        result.push(char::from_u32(code).expect("no surrogates in the tables"));
    }
    result
}

/// The values of a header as a table writes them: `-` for none, a line break between two.
pub fn header_values(written: &str) -> Vec<Vec<u8>> {
    if written == "-" {
        return Vec::new();
    }
    unescape(written).split('\n').map(|value| value.as_bytes().to_vec()).collect()
}

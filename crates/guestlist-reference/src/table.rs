//! The tables of cases in `testdata/`: one case a line, columns parted by a tab, comments begin with `# `. For the tests
//! of every crate.

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

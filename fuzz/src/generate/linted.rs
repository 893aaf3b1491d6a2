//! Lists that people write and should not: names that anyone can register, shared endings, ports, and what covers what.

use arbitrary::{Result, Unstructured};

use super::{pattern, words};

const HEADS: &[&str] = &[
    "", "", "*.", "*.", "*", "{,*.}", "{*,www.}", "www.", "sub.*.", "app-*.", "*--", "?", "[a-z]", "[a-c]",
    "{a,b}", "*.*.", "my*", "*-",
];
const NAMES: &[&str] = &[
    "domain",
    "example",
    "a",
    "xn--80ak6aa92e",
    "b\u{fc}cher",
    "my-app",
    "10.0.0",
    "127.0.0",
    "8.8",
    "{a,b}",
    "[ab]",
    "s3",
];
const ENDS: &[&str] = &[
    ".com",
    ".com",
    ".com*",
    "*.com",
    ".co.uk",
    ".*",
    ".vercel.app",
    ".github.io",
    ".{com,net}",
    ".[c]om",
    ".co?",
    ".localhost",
    ".*.com",
    ".1",
    ".*.*",
    ".example",
    ".com:443",
    ".com:{80,443}",
    ".com:8080",
    "",
    ".{io,github.io}",
    ".amazonaws.com",
];
const WHOLE: &[&str] = &[
    "*",
    "*.*",
    "localhost:*",
    "[::1]",
    "[2001:db8::1]:443",
    "192.168.*.*",
    "intranet",
    "*:80",
    "{*.com,a.org}",
    "xn--*.com",
];

/// Up to six such patterns; or lines of text.
pub fn linted_list(bytes: &[u8]) -> Result<Vec<String>> {
    if let Some((patterns, _)) = words::list_case(bytes) {
        return Ok(patterns);
    }
    let u = &mut Unstructured::new(bytes);
    (0..u.int_in_range(1..=6)?).map(|_| one(u)).collect()
}

fn one(u: &mut Unstructured<'_>) -> Result<String> {
    match u.int_in_range(0..=9)? {
        0 => pattern(u),
        1 => Ok(u.choose(WHOLE)?.to_string()),
        _ => Ok(format!("{}{}{}", u.choose(HEADS)?, u.choose(NAMES)?, u.choose(ENDS)?)),
    }
}

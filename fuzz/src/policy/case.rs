//! Bytes → a secret, the JSON of a policy, mostly one, and a request.

use arbitrary::{Result, Unstructured};
use guestlist_policy::{Call, Request};

/// A policy to be, and what is done with it.
#[derive(Clone, Debug)]
pub struct PolicyCase {
    /// It is signed with.
    pub secret: Vec<u8>,
    /// What it says.
    pub json: String,
    /// What a request or forgeries are made of.
    pub choices: Vec<u8>,
}

impl PolicyCase {
    /// For bytes that are the policy themselves.
    pub fn fixed() -> PolicyCase {
        PolicyCase { secret: b"testAppSecret".to_vec(), json: String::new(), choices: vec![1; 64] }
    }

    /// Of bytes.
    ///
    /// # Errors
    ///
    /// The bytes run out.
    pub fn generate(bytes: &[u8]) -> Result<PolicyCase> {
        let u = &mut Unstructured::new(bytes);
        // Around the size of a block of the hash, too, from where a key is hashed first.
        let length = *u.choose(&[1, 13, 32, 63, 64, 65, 128])?;
        let secret = (0..length).map(|_| u.arbitrary()).collect::<Result<_>>()?;
        let json = json(u)?;
        let choices = (0..48).map(|_| u.arbitrary()).collect::<Result<_>>()?;
        Ok(PolicyCase { secret, json, choices })
    }
}

/// What a request asks for, when, and what it says of it.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in `Request`")]
pub struct RequestCase {
    pub call: Call,
    pub handle: Option<String>,
    pub url: Option<String>,
    pub path: Option<String>,
    pub container: Option<String>,
    pub size: Option<u64>,
    /// When it is made.
    pub now: u64,
}

impl RequestCase {
    /// Of bytes.
    ///
    /// # Errors
    ///
    /// The bytes run out.
    pub fn generate(bytes: &[u8]) -> Result<RequestCase> {
        let u = &mut Unstructured::new(bytes);
        let some = |u: &mut Unstructured<'_>, of: &[&str]| -> Result<Option<String>> {
            Ok(if u.ratio(2, 3)? { Some((*u.choose(of)?).to_owned()) } else { None })
        };
        Ok(RequestCase {
            call: *u.choose(&Call::ALL)?,
            handle: some(u, HANDLES)?,
            url: some(u, VALUES)?,
            path: some(u, VALUES)?,
            container: some(u, VALUES)?,
            size: if u.ratio(2, 3)? { Some(*u.choose(NUMBERS)?) } else { None },
            now: *u.choose(NUMBERS)?,
        })
    }

    /// To be verified.
    pub fn request(&self) -> Request<'_> {
        let mut request = Request::new(self.call);
        request.handle = self.handle.as_deref().map(str::as_bytes);
        request.url = self.url.as_deref().map(str::as_bytes);
        request.path = self.path.as_deref().map(str::as_bytes);
        request.container = self.container.as_deref().map(str::as_bytes);
        request.size = self.size;
        request
    }
}

// Few, so that policy and request meet.
const NUMBERS: &[u64] = &[0, 1, 2, 9, 10, 11, 100, 1_523_595_599, 1_523_595_600, u64::MAX - 1, u64::MAX];
const HANDLES: &[&str] = &["H", "h", "HH", "", "TEST_HANDLE", "größe"];
const VALUES: &[&str] = &["a", "b", "ab", "aa", "", "/in/a", "/in/", "a\nb", "https://a.example/x", "x"];
const PATTERNS: &[&str] = &[
    "a",
    "a|b",
    "a*",
    "",
    ".*",
    "/in/.*",
    "[ab]{1,2}",
    "^a$",
    "(a|ab)",
    "https://a\\\\.example/.*",
    "a)|(b",
    "(",
    "(?i)A",
    "(?x)a # b",
    "\\\\1",
    "(?=a)",
    "\\\\w",
    // Too large, and found to be so soon; a class of Unicode in its place takes milliseconds.
    "(a{99}){999}",
];
const KEYS: &[&str] = &["expiry", "call", "handle", "url", "path", "container", "minSize", "maxSize"];
const NO_KEYS: &[&str] = &["Expiry", "exp", "calls", "min_size", "", "x", "maxsize", "\\u0065xpirY"];
const NUMERALS: &[&str] =
    &["1.0", "1e3", "-1", "-0", "01", "1.", "0x1", "18446744073709551616", "+1", "\"1\"", "null", "true"];
const OTHERS: &[&str] = &[
    "null",
    "true",
    "0",
    "[]",
    "{}",
    "\"\"",
    "[[]]",
    "{\"expiry\":1}",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "[1]",
    "[\"read\",1]",
    "[\"Read\"]",
    "\"readStat\"",
];
const NOISE: &[&str] =
    &["\"", "\\", "{", "}", "[", "]", ",", ":", "\0", "\u{feff}", "é", " ", "\n", "//", "null", "1"];

/// The JSON of a policy: mostly one that is, in one of the many ways to write it.
fn json(u: &mut Unstructured<'_>) -> Result<String> {
    let blank = if u.ratio(1, 4)? { *u.choose(&[" ", "\n", "\t", " \r\n"])? } else { "" };
    let mut members = Vec::new();
    if !u.ratio(1, 12)? {
        members.push(member(u, "expiry")?);
    }
    for _ in 0..u.int_in_range(0..=4)? {
        let key =
            if u.ratio(1, 24)? { *u.choose(NO_KEYS)? } else { KEYS[1 + u.choose_index(KEYS.len() - 1)?] };
        // Mostly each of them once: what is there twice is seen soon enough.
        let is_there = members.iter().any(|member: &String| member.starts_with(&format!("\"{key}\"")));
        if !is_there || u.ratio(1, 12)? {
            members.push(member(u, key)?);
        }
    }
    if members.len() > 1 && u.ratio(1, 4)? {
        members.rotate_left(1);
    }
    let mut text = format!("{blank}{{{}{blank}}}{blank}", members.join(&format!("{blank},{blank}")));
    if u.ratio(1, 10)? {
        let mut at = u.choose_index(text.len() + 1)?;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        match u.int_in_range(0..=2)? {
            0 if at < text.len() => drop(text.remove(at)),
            1 => text.truncate(at),
            _ => text.insert_str(at, u.choose(NOISE)?),
        }
    }
    Ok(text)
}

fn member(u: &mut Unstructured<'_>, key: &str) -> Result<String> {
    let value = match key {
        _ if u.ratio(1, 16)? => (*u.choose(OTHERS)?).to_owned(),
        "expiry" | "minSize" | "maxSize" if u.ratio(1, 12)? => (*u.choose(NUMERALS)?).to_owned(),
        "expiry" | "minSize" | "maxSize" => u.choose(NUMBERS)?.to_string(),
        "call" if u.ratio(1, 6)? => format!("\"{}\"", u.choose(&Call::ALL)?),
        "call" => {
            let names: Result<Vec<String>> =
                (0..u.int_in_range(0..=6)?).map(|_| Ok(format!("\"{}\"", u.choose(&Call::ALL)?))).collect();
            format!("[{}]", names?.join(","))
        }
        "handle" => format!("\"{}\"", u.choose(HANDLES)?),
        _ => format!("\"{}\"", u.choose(PATTERNS)?),
    };
    Ok(format!("\"{key}\":{value}"))
}

//! The conformance data of UTS #46 and of Punycode, as patterns and as headers.
//!
//! Engine and reference convert names with the same crate, and so does the `url` crate that stands for the URL standard: they may be wrong together. This data says by
//! itself which texts are names, and what their ASCII forms are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use guestlist::{List, ListType, NoOrigin, Origin, Pattern};
use guestlist_fuzz::subject::Engine;
use guestlist_fuzz::{browser, oracle, seed};

const IDNA: &str = include_str!("../../testdata/idna-inputs.txt");
const PUNYCODE: &str = include_str!("../../testdata/punycode-inputs.txt");

/// The checks that the URL standard turns off: CheckHyphens, UseSTD3ASCIIRules and VerifyDnsLength. Instead of the last two there are the alphabet and the lengths of a
/// host (SPEC §4).
const UNCHECKED: [&str; 5] = ["V2", "V3", "U1", "A4_1", "A4_2"];

/// ASCII forms with characters that Unicode 16 did not have yet. The tables of the `idna` crate are newer and have them.
const NEWER: [&str; 4] = [
    "xn--5cb172r175fug38a.xn--mlj",
    "xn--20-9802c.xn--0w5a.xn--1-eg4e.",
    "xn--9-i0j5967eg3qz.ss",
    "xn--t92s.xn--znb.xn--5-y88f",
];

/// What UTS 46 maps to a dot.
const HIDDEN_DOTS: [char; 3] = ['\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// A text, what the standard says of it, and its ASCII form.
struct Case {
    codes: &'static str,
    form: &'static str,
    text: String,
}

impl Case {
    fn is_valid(&self) -> bool {
        self.codes == "valid"
    }

    /// True if no character of the text hides a dot, and no label maps to nothing: such a pattern is refused (semantics, item 6), whatever it stands for.
    fn shows_its_labels(&self) -> bool {
        !self.text.contains(HIDDEN_DOTS) && self.text.ends_with('.') == self.form.ends_with('.')
    }

    /// The host that the text is to a browser, without the root dot: it fails no check but those that are turned off, and its ASCII form has the alphabet and the lengths
    /// of a host. (None of them ends in a number.)
    fn host(&self) -> Option<&str> {
        let is_unchecked = |code| UNCHECKED.contains(&code) || (code == "V7" && NEWER.contains(&self.form));
        let host = self.form.strip_suffix('.').unwrap_or(self.form);
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let is_host = (self.is_valid() || self.codes.split(' ').all(is_unchecked))
            && host.len() <= 253
            && host.split('.').all(is_label);
        is_host.then_some(host)
    }
}

/// The lines, in front of the first tabulator and behind it.
fn lines(data: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = data.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once('\t').expect("two columns"))
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (codes, rest) in lines(IDNA) {
        let (form, texts) = rest.split_once('\t').expect("three columns");
        let (own, texts) = match texts.strip_prefix('=') {
            Some(rest) => (Some(form.to_owned()), rest),
            None => (None, texts),
        };
        let texts = serde_json::Deserializer::from_str(texts).into_iter();
        let texts = texts.map(|text| text.expect("JSON strings"));
        cases.extend(own.into_iter().chain(texts).map(|text| Case { codes, form, text }));
    }
    assert_eq!(cases.len(), 6387);
    cases
}

/// True if nothing in the text is syntax: of ASCII, letters, digits, `-`, `_` and `.` alone.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn as_pattern(text: &str) -> &'static str {
    match Pattern::parse(text) {
        Ok(_) if is_plain(text) => "saved",
        Ok(_) => "saved, a glob",
        Err(error) => error.kind().code(),
    }
}

fn as_header(name: &str) -> &'static str {
    match Origin::from_origin_header(format!("https://{name}").as_bytes()) {
        Ok(_) => "read",
        Err(NoOrigin::Missing) => "missing",
        Err(NoOrigin::Opaque) => "opaque",
        Err(NoOrigin::Malformed(malformed)) => malformed.kind.code(),
    }
}

/// Engine, reference and URL standard agree on a name, as a pattern and as a header.
fn agreement(name: &str) -> oracle::Agreement {
    oracle::pattern_agrees(&Engine::DEFAULT, name)?;
    let header = format!("https://{name}");
    oracle::header_agrees(&Engine::DEFAULT, header.as_bytes())?;
    browser::origin_agrees(&Engine::DEFAULT, header.as_bytes())
}

/// The same in either case.
fn agreement_in_either_case(name: &str) -> oracle::Agreement {
    let names = BTreeSet::from([name.to_owned(), name.to_lowercase(), name.to_uppercase()]);
    names.iter().try_for_each(|name| agreement(name))
}

fn assert_none(failures: &[String]) {
    let shown = &failures[..failures.len().min(20)];
    assert!(failures.is_empty(), "{} failures, such as\n{}", failures.len(), shown.join("\n"));
}

#[test]
fn engine_reference_and_url_standard_agree() {
    let cases = cases();
    let names: BTreeSet<&str> = cases.iter().flat_map(|case| [&*case.text, case.form]).collect();
    let failures: Vec<String> =
        names.into_iter().filter_map(|name| agreement_in_either_case(name).err()).collect();
    assert_none(&failures);
}

#[test]
fn exactly_the_names_are_saved_in_their_ascii_form() {
    let mut failures = Vec::new();
    for case in cases().iter().filter(|case| is_plain(&case.text)) {
        let expected = case.host().filter(|_| case.shows_its_labels());
        let pattern = Pattern::parse(&case.text);
        let canonical = pattern.as_ref().ok().map(Pattern::canonical);
        if canonical != expected {
            failures.push(format!("{:?} ({}): {canonical:?}, not {expected:?}", case.text, case.codes));
        }
    }
    assert_none(&failures);
}

/// What IDNA in patterns is for: a person writes a name, a browser sends its ASCII form.
#[test]
fn a_pattern_matches_what_browsers_send() {
    let mut failures = Vec::new();
    for case in cases().iter().filter(|case| is_plain(&case.text)) {
        let Ok(list) = List::builder(ListType::Upload).pattern(&case.text).build() else { continue };
        for form in [case.form.to_owned(), case.form.to_uppercase()] {
            let header = format!("https://{form}");
            match Origin::from_origin_header(header.as_bytes()) {
                Ok(origin) if list.is_match(&origin) => {}
                read => failures.push(format!("{:?}: {header} is {read:?}", case.text)),
            }
        }
    }
    assert_none(&failures);
}

/// A name that is written in ASCII is a pattern if, and only if, it is a host (semantics, item 7).
#[test]
fn ascii_names_are_the_same_to_patterns_and_headers() {
    let mut failures = Vec::new();
    for case in cases().iter().filter(|case| case.text.is_ascii() && is_plain(&case.text)) {
        let (pattern, header) = (as_pattern(&case.text), as_header(&case.text));
        if (pattern == "saved") != (header == "read") {
            failures.push(format!("{:?}: {pattern} as a pattern, {header} in a header", case.text));
        }
    }
    assert_none(&failures);
}

/// Every verdict of the engine beside that of the standard. What is accepted and invalid fails a check that browsers do not make, or is a glob; what is refused and valid
/// holds a character that no pattern has, a hidden dot, or letters that no browser sends as they are. Where both refuse there is the reason of the engine.
#[test]
fn what_is_not_as_the_standard_has_it_is_known() {
    let cases = cases();
    let valid = cases.iter().filter(|case| case.is_valid()).count();
    let data = seed::fingerprint(IDNA.bytes());
    let heading = format!("{} texts ({data:016x}), {valid} of them valid to the standard", cases.len());
    let patterns = ledger_of("as a pattern", &cases, as_pattern);
    let headers = ledger_of("in a header", &cases, as_header);
    let ledger = format!("{heading}\n\n{patterns}\n{headers}");
    insta::assert_snapshot!(ledger);
}

/// The groups of texts with the same two verdicts: each with its size and a hash of its texts, which pins every one of them, and with as many as can be read.
fn ledger_of(place: &str, cases: &[Case], engine: fn(&str) -> &'static str) -> String {
    let mut groups: BTreeMap<_, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        let engine = engine(&case.text);
        let is_accepted = engine == "read" || engine.starts_with("saved");
        // Where both refuse, which checks fail explains nothing, and there are a thousand combinations.
        let standard = if is_accepted || case.is_valid() { case.codes } else { "invalid" };
        groups.entry((!is_accepted, standard, engine)).or_default().push(case);
    }
    let mut out = format!("{:<15} {place:<16}  texts  hash\n", "standard");
    for ((_, standard, engine), cases) in groups {
        // With a byte that is in no text behind each.
        let hash = seed::fingerprint(cases.iter().flat_map(|case| case.text.bytes().chain([0xff])));
        out += &format!("{standard:<15} {engine:<16} {:>6}  {hash:016x}\n", cases.len());
        let shown = if cases.len() <= 12 { cases.len() } else { 4 };
        for case in &cases[..shown] {
            out += &format!("    {} {:?}\n", cut(case.form), cut(&case.text));
        }
    }
    out
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[test]
fn punycode_as_patterns_and_in_headers() {
    let mut ledger = "label: as a pattern, in a header; what it stands for: as a pattern\n".to_owned();
    let mut failures = Vec::new();
    for (encoded, text) in lines(PUNYCODE) {
        if encoded == "-" {
            let runs: Vec<(String, usize)> = serde_json::from_str(text).expect("a list of runs");
            let text: String = runs.iter().map(|(text, count)| text.repeat(*count)).collect();
            failures.extend(agreement(&text).err());
            writeln!(ledger, "no label; {} bytes: {}", text.len(), as_pattern(&text)).unwrap();
            continue;
        }
        let label = format!("xn--{encoded}");
        let text: String = serde_json::from_str(text).expect("a JSON string");
        failures.extend([&label, &text].into_iter().filter_map(|name| agreement_in_either_case(name).err()));
        let (pattern, header) = (as_pattern(&label), as_header(&label));
        writeln!(ledger, "{label}: {pattern}, {header}; {text:?}: {}", as_pattern(&text)).unwrap();
        if pattern == "saved" {
            let canonical = Pattern::parse(&text).map(|pattern| pattern.canonical().to_owned());
            assert_eq!(canonical, Ok(label.to_ascii_lowercase()), "{text:?}");
        }
    }
    assert_none(&failures);
    insta::assert_snapshot!(ledger);
}

/// Every label with one byte less, or another, or cut short: most are bad Punycode, others stand for another text, and some of these are names.
#[test]
fn bad_punycode_is_no_name() {
    let mut labels = BTreeSet::new();
    for (encoded, _) in lines(PUNYCODE) {
        let encoded = encoded.to_ascii_lowercase();
        for at in (0..encoded.len()).filter(|_| is_plain(&encoded)) {
            let (before, behind) = (&encoded[..at], &encoded[at + 1..]);
            labels.extend(["", "a", "9", "-"].map(|byte| format!("{before}{byte}{behind}")));
            labels.insert(before.to_owned());
        }
    }
    let mut failures = Vec::new();
    let (mut bad, mut saved) = (0, 0);
    for encoded in &labels {
        let label = format!("xn--{encoded}");
        failures.extend(agreement(&label).err());
        // Good Punycode is what its text is encoded to, and the text is one that needs it.
        let text = idna::punycode::decode_to_string(encoded).filter(|text| !text.is_ascii());
        let is_good = text.and_then(|text| idna::punycode::encode_str(&text)).as_ref() == Some(encoded);
        let (pattern, header) = (as_pattern(&label), as_header(&label));
        bad += usize::from(!is_good);
        saved += usize::from(pattern == "saved");
        if (pattern == "saved" && !is_good) || (pattern == "saved") != (header == "read") {
            failures.push(format!("{label}: {pattern} as a pattern, {header} in a header"));
        }
    }
    assert_none(&failures);
    assert!(bad > 200 && saved > 200, "{bad} bad labels and {saved} saved ones prove little");
}

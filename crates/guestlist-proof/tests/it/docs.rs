//! `docs/lints.md`: each code has its place, and every example is true.

use std::collections::BTreeSet;

use guestlist::{List, ListType, Origin};
use guestlist_proof::lint::{self, Code, Options};

const PAGE: &str = include_str!("../../../../docs/lints.md");

/// What a line of a block claims, and where: the number of the line, what is in front of the arrow, what is behind it.
struct Claim {
    line: usize,
    given: Vec<&'static str>,
    expected: Vec<&'static str>,
    is_stored: bool,
}

/// The lines of all blocks of this language, of this part of the page.
fn claims(language: &str, part: std::ops::Range<usize>) -> Vec<Claim> {
    let mut claims = Vec::new();
    let (mut at, mut block) = (0, None);
    for (index, line) in PAGE.lines().enumerate() {
        let is_inside = part.contains(&at);
        at += line.len() + 1;
        if let Some(info) = line.strip_prefix("```") {
            block = block.is_none().then_some(info);
            continue;
        }
        let Some(info) = block.filter(|info| is_inside && info.split(' ').next() == Some(language)) else {
            continue;
        };
        let (given, expected) =
            line.split_once(" -> ").unwrap_or_else(|| panic!("line {}: no arrow: {line}", index + 1));
        claims.push(Claim {
            line: index + 1,
            given: given.split_whitespace().collect(),
            expected: expected.split(", ").map(str::trim).collect(),
            is_stored: info == format!("{language} stored"),
        });
    }
    assert!(block.is_none(), "a block is not closed");
    claims
}

/// Where the section of a code is.
fn section(code: Code) -> std::ops::Range<usize> {
    let heading = format!("\n## {code}\n");
    let start = PAGE.find(&heading).unwrap_or_else(|| panic!("{code} has no section")) + heading.len();
    let end = PAGE[start..].find("\n## ").map_or(PAGE.len(), |end| start + end);
    start..end
}

/// The codes of all findings about a list, each once, as the page writes them.
fn said_of(claim: &Claim) -> Vec<&'static str> {
    let builder = List::builder(ListType::Upload).patterns(&claim.given);
    let list = match claim.is_stored {
        true => builder.restore(),
        false => match builder.build() {
            Ok(list) => list,
            Err(_) => return vec!["refused"],
        },
    };
    let findings = lint::lint(&list, &Options::default()).findings;
    let codes: BTreeSet<Code> = findings.iter().map(|finding| finding.code).collect();
    match codes.is_empty() {
        true => vec!["nothing"],
        false => codes.iter().map(|code| code.as_str()).collect(),
    }
}

#[test]
fn the_lints_say_what_the_page_says() {
    let wrong: Vec<String> = claims("lint", 0..PAGE.len())
        .iter()
        .filter_map(|claim| {
            let said = said_of(claim);
            (said != claim.expected).then(|| {
                format!(
                    "docs/lints.md:{}: {:?}: the page says {:?}, the lints {said:?}",
                    claim.line, claim.given, claim.expected
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn who_gets_in_on_the_page_gets_in() {
    let wrong: Vec<String> = claims("check", 0..PAGE.len())
        .iter()
        .filter_map(|claim| {
            let [pattern, host] = claim.given[..] else {
                panic!("docs/lints.md:{}: a pattern and an origin", claim.line)
            };
            let list = List::builder(ListType::Upload).pattern(pattern).build().unwrap();
            let origin = match host.contains("://") {
                true => Origin::from_origin_header(host.as_bytes()),
                false => Origin::from_host(host.as_bytes()),
            };
            let decision = if list.is_match(&origin.unwrap()) { "allow" } else { "deny" };
            (claim.expected != [decision])
                .then(|| format!("docs/lints.md:{}: {pattern} {host}: it is {decision}", claim.line))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_is_explained() {
    let mut last = 0;
    for code in Code::ALL {
        let row = format!("\n| [`{code}`](#{code}) | {} | {} |\n", code.severity(), code.summary());
        assert!(PAGE.contains(&row), "{code} has no row{row}");
        let section = section(*code);
        assert!(section.start > last, "{code} is out of order");
        last = section.start;
        for part in ["What", "Why", "Seen in the wild", "Fix"] {
            assert!(PAGE[section.clone()].contains(&format!("\n**{part}.** ")), "{code}: {part}");
        }
        let claims = claims("lint", section);
        // Twenty patterns that are hard together have no place on a page, and take long.
        let is_shown = claims.iter().any(|claim| claim.expected.contains(&code.as_str()));
        assert!(is_shown || *code == Code::OverBudget, "{code} has no example");
        let is_mended = claims.iter().any(|claim| claim.expected == ["nothing"]);
        assert!(is_mended, "{code} has no example of what to write instead");
    }
}

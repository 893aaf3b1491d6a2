//! The ledger of what is refused that a browser would read: every URL of the URL standard's own tests that the standard reads as `http` or `https`
//! without a base, and that is refused as an `Origin`, as a `Referer` or as both, with the reason. What is read is read as the standard reads it.

use std::fmt::Write as _;

use guestlist::{NoOrigin, Origin};
use guestlist_fuzz::subject::Engine;
use guestlist_fuzz::{browser, seed};
use url::Url;

const INPUTS: &str = include_str!("../../testdata/url-standard-inputs.txt");

fn inputs() -> impl Iterator<Item = String> {
    INPUTS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| serde_json::from_str(line).expect("a JSON string a line"))
}

fn verdict(read: Result<Origin<'_>, NoOrigin>) -> &'static str {
    match read {
        Ok(_) => "read",
        Err(NoOrigin::Missing) => "missing",
        Err(NoOrigin::Opaque) => "opaque",
        Err(NoOrigin::Malformed(malformed)) => malformed.kind.code(),
    }
}

#[test]
fn what_is_refused_is_known() {
    let mut ledger = String::new();
    let (mut valid, mut refused) = (0, 0);
    for input in inputs() {
        let Some(url) = Url::parse(&input).ok().filter(|url| matches!(url.scheme(), "http" | "https")) else {
            continue;
        };
        valid += 1;
        let origin = verdict(Origin::from_origin_header(input.as_bytes()));
        let referer = verdict(Origin::from_referer_header(input.as_bytes()));
        if (origin, referer) != ("read", "read") {
            refused += 1;
            let standard = url.origin().ascii_serialization();
            writeln!(ledger, "{referer:<15} {origin:<15} {input:?} {standard}").unwrap();
        }
    }
    let heading = "Referer         Origin          URL, and its origin by the standard";
    let ledger = format!(
        "{} inputs ({:016x}), {valid} URLs, {refused} of them refused\n{heading}\n{ledger}",
        inputs().count(),
        seed::fingerprint(INPUTS.bytes()),
    );
    insta::assert_snapshot!(ledger);
}

#[test]
fn what_is_read_is_read_as_the_standard_reads_it() {
    let differences: Vec<String> = inputs()
        .filter_map(|input| browser::origin_agrees(&Engine::DEFAULT, input.as_bytes()).err())
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

//! The plain program that `guestlist audit` is measured against: one thread, the standard library's lines, `url::Url::parse` and `regex::RegexSet`.
//!
//! `cargo run --release -p guestlist-benches --example plain_audit -- LOG PATTERN…` answers the same question on a combined log: how many requests have no referer,
//! how many come from a host that a pattern matches, and who else asks how often.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

use guestlist_benches::peers::regex_set;

fn main() -> io::Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or_else(|| io::Error::other("name a log"))?;
    let rules = regex_set(&args.collect::<Vec<_>>());
    let mut reader = BufReader::with_capacity(1 << 20, File::open(path)?);
    let mut line = Vec::new();
    let (mut requests, mut missing, mut malformed, mut unreadable, mut matched) =
        (0u64, 0u64, 0u64, 0u64, 0u64);
    let mut denied: HashMap<String, u64> = HashMap::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&line);
        // Every second piece stands in quotes: request, referer, user agent.
        let Some(referer) = text.split('"').nth(3) else {
            unreadable += 1;
            continue;
        };
        requests += 1;
        if referer == "-" || referer.is_empty() {
            missing += 1;
            continue;
        }
        let url = url::Url::parse(referer).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some((url, host)) = url.as_ref().and_then(|url| Some((url, url.host_str()?))) else {
            malformed += 1;
            continue;
        };
        if rules.is_match(host) {
            matched += 1;
        } else {
            *denied.entry(url.origin().ascii_serialization()).or_default() += 1;
        }
    }
    let mut denied: Vec<(String, u64)> = denied.into_iter().collect();
    denied.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "requests {requests}, no header {missing}, matched {matched}, malformed {malformed}, unreadable {unreadable}"
    )?;
    writeln!(out, "no match {}", denied.iter().map(|(_, count)| count).sum::<u64>())?;
    denied.iter().take(20).try_for_each(|(origin, count)| writeln!(out, "{count:>10} {origin}"))
}

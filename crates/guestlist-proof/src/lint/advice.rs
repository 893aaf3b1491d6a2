//! Findings that let in no stranger from the public net: ports, the domain itself, hosts of private networks.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::{Host, List, Pattern, Span};

use super::Linter;
use super::alternative::{Alternative, Label};
use super::code::Code;
use super::finding::{Finding, Suggestion};
use super::owner::{self, Below};
use super::strangers::ANY_OCTET;
use crate::rules::{Rules, admits, list_of};

/// A default port that is written out, alone.
pub(super) fn default_port(pattern: &Pattern, all: &[Alternative]) -> Option<Finding> {
    // Where the same host is there with another port, or with any, somebody thought of it.
    let mut ports: BTreeMap<String, BTreeSet<Option<String>>> = BTreeMap::new();
    for alternative in all {
        let port = alternative.port.as_ref().map(Label::written);
        ports.entry(alternative.host()).or_default().insert(port);
    }
    let port_of = |alternative: &Alternative| alternative.port.as_ref().and_then(Label::text);
    let (alternative, port) = all.iter().find_map(|alternative| {
        let port = port_of(alternative).filter(|port| port == "80" || port == "443")?;
        let is_alone = ports.get(&alternative.host()).is_some_and(|ports| ports.len() == 1);
        is_alone.then_some((alternative, port))
    })?;
    let (scheme, other) = if port == "443" { ("https", "http") } else { ("http", "https") };
    let origin = alternative.filled(|_, label| label.filled("www"), "");
    let host = origin.strip_suffix(&format!(":{port}")).unwrap_or(&origin);
    let written = pattern.canonical().strip_suffix(&format!(":{port}")).filter(|text| !text.contains('{'));
    let suggestion = match written {
        Some(text) => Suggestion::Advice(format!("keep it if that is meant; write `{text}` for every port, or `{text}:{{80,443}}` for the default ports of both schemes")),
        None => Suggestion::Advice("keep it if that is meant; leave the port out for every port, or write `:{80,443}` for the default ports of both schemes".to_string()),
    };
    let message = format!(
        "`:{port}` is the default port of {scheme}: pages over {other} stay out, and those on any other port"
    );
    let mut finding = Finding::new(Code::DefaultPort, message)
        .span(alternative.port.as_ref().and_then(Label::span))
        .suggestion(suggestion);
    finding.denies = Some(format!("{other}://{host}"));
    Some(finding)
}

/// Of more alternatives than that the first ones are asked about.
const MOST_ASKED: usize = 64;

/// `*.example.com` in a list that does not admit `example.com`.
pub(super) fn apex(list: &List, pattern: &Pattern, all: &[Alternative]) -> Option<Finding> {
    // Each domain with what admits it.
    let mut missing: Vec<(String, Pattern)> = Vec::new();
    let mut span: Option<Span> = None;
    for alternative in all.iter().take(MOST_ASKED) {
        let Some((host, apex)) = missing_apex(list, alternative) else { continue };
        if !missing.iter().any(|(other, _)| *other == host) {
            span = Some(span.map_or(alternative.span, |span| span.to(alternative.span)));
            missing.push((host, apex));
        }
    }
    let (first, apex) = missing.first()?;
    let suggestion = match pattern.canonical().strip_prefix("*.").map(|rest| format!("{{,*.}}{rest}")) {
        Some(text) if Pattern::parse(&text).is_ok() => Suggestion::Replace(text),
        _ if missing.len() == 1 => Suggestion::Add(apex.to_string()),
        _ => {
            let all: Vec<String> = missing.iter().map(|(_, apex)| format!("`{apex}`")).collect();
            Suggestion::Advice(format!("add {}", all.join(", ")))
        }
    };
    let domain = first.split(':').next().unwrap_or(first);
    let others = match missing.len() - 1 {
        0 => String::new(),
        others => format!("; and so for {others} more"),
    };
    let message = format!(
        "subdomains of `{domain}` get in, `{domain}` itself does not: a `*.` asks for a label in front{others}"
    );
    let mut finding = Finding::new(Code::ApexNotCovered, message).span(span).suggestion(suggestion);
    finding.denies = Some(first.clone());
    Some(finding)
}

/// What stands for a `*` in a port: one of them makes a port of nearly any.
const PORTS: [&str; 6] = ["3000", "443", "80", "0", "1", ""];

/// The domain that an alternative is below of, and the pattern that admits it, if the list does not.
fn missing_apex(list: &List, alternative: &Alternative) -> Option<(String, Pattern)> {
    let (first, base) = alternative.labels.split_first()?;
    let base = base.iter().map(Label::text).collect::<Option<Vec<String>>>()?.join(".");
    if first.written() != "*" || owner::below(&base) != Below::Owner {
        return None;
    }
    let apex = Pattern::parse(&(base.clone() + &alternative.written_port())).ok()?;
    let shown = match &alternative.port {
        None => base.clone(),
        Some(port) => {
            let of_apex = list_of(std::slice::from_ref(&apex));
            let mut texts = PORTS.iter().map(|filling| format!("{base}:{}", port.filled(filling)));
            texts.find(|text| admits(&of_apex, text))?
        }
    };
    // With whatever port it gets in, somebody thought of it.
    let is_covered =
        [shown.clone(), format!("{base}:443"), format!("{base}:80")].iter().any(|text| admits(list, text));
    (!is_covered).then_some((shown, apex))
}

/// A host that everyone can be in a network of their own.
pub(super) fn private_host(linter: &Linter<'_>, pattern: &Pattern, all: &[Alternative]) -> Option<Finding> {
    let Some((alternative, what)) =
        all.iter().find_map(|alternative| Some((alternative, private(alternative)?)))
    else {
        return hidden_private_host(linter, pattern);
    };
    let mut finding =
        Finding::new(Code::PrivateHost, format!("{what}: whoever has it in a network of their own gets in"))
            .span(Some(alternative.span))
            .suggestion(Suggestion::Advice(
                "keep it out of lists for production; a list for development can have an app of its own"
                    .to_string(),
            ));
    let whole = if alternative.labels.len() == 4 { "1" } else { "www" };
    let text = alternative.filled(|_, label| label.filled(if label.is_whole() { whole } else { "" }), "3000");
    let is_match = admits(&list_of(std::slice::from_ref(pattern)), &text);
    finding.example = is_match.then_some(text);
    Some(finding)
}

/// The same where no alternative says so: `*.0.0.1` admits `127.0.0.1`.
fn hidden_private_host(linter: &Linter<'_>, pattern: &Pattern) -> Option<Finding> {
    let rules = Rules::from(pattern.clone());
    let private = linter.private.get_or_init(private_hosts);
    let witness = linter.decided(linter.prover.in_both(&rules, private))??;
    let message = format!(
        "`{}` is among those that it admits, which is public nowhere: whoever has it in a network of their own gets in",
        witness.host()
    );
    let advice = "write out who is meant, or keep it out of lists for production".to_string();
    let mut finding = Finding::new(Code::PrivateHost, message).suggestion(Suggestion::Advice(advice));
    finding.example = Some(witness.to_string());
    Some(finding)
}

/// Hosts of a visitor's own machine, and the addresses of private networks.
fn private_hosts() -> Rules {
    // Where the last label is a number, all four are (SPEC §4).
    let rest = |count: usize| "*.".repeat(count - 1) + ANY_OCTET;
    let patterns = [
        "localhost".to_string(),
        "*.localhost".to_string(),
        format!("{{10,127}}.{}", rest(3)),
        format!("{{192.168,169.254}}.{}", rest(2)),
        format!("172.{{1[6-9],2[0-9],3[01]}}.{}", rest(2)),
    ];
    patterns.iter().filter_map(|text| Pattern::parse(text).ok()).collect()
}

/// What is private about an alternative, in words; `None` if it is not, or not always.
fn private(alternative: &Alternative) -> Option<String> {
    if let Some(groups) = alternative.address {
        return owner::is_private_ipv6(groups)
            .then(|| format!("`{}` is an address of private networks", Host::Ipv6(groups)));
    }
    let labels = &alternative.labels;
    if labels.len() == 4 && labels[3].is_number() {
        let is_private = owner::is_private_ipv4(&labels[0].text()?, labels[1].text().as_deref());
        return is_private
            .then(|| format!("`{}` is an address of private networks", Alternative::written(labels)));
    }
    let last = labels.last()?.text()?;
    let literal = labels.iter().rev().take_while(|label| label.text().is_some()).count();
    let name = Alternative::written(&labels[labels.len() - literal..]);
    if last == "localhost" {
        return Some("`localhost` is the machine that the page is on".to_string());
    }
    if labels.len() == 1 {
        return Some(format!("`{last}` has no dot, so it is a name inside a private network"));
    }
    let reserved = owner::reserved(&name)?;
    Some(format!("names under `{reserved}` exist inside private networks only"))
}

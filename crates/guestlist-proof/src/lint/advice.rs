//! Findings that let in no stranger from the public net: ports, the domain itself, hosts of private networks.

use std::collections::{BTreeMap, BTreeSet};

use guestlist::{Origin, Pattern};

use super::Linter;
use super::alternative::{Alternative, Label};
use super::code::Code;
use super::finding::{Finding, Suggestion};
use super::owner::{self, Below};
use crate::rules::Rules;
use crate::witness::Ports;

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
    let host = match alternative.address {
        Some(groups) => crate::nfa::canonical_ipv6(groups),
        None => alternative.labels.iter().map(|label| label.filled("www")).collect::<Vec<_>>().join("."),
    };
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
const MOST_ASKED: usize = 32;

/// `*.example.com` in a list that does not admit `example.com`.
pub(super) fn apex(linter: &Linter<'_>, pattern: &Pattern, all: &[Alternative]) -> Option<Finding> {
    all.iter().take(MOST_ASKED).find_map(|alternative| {
        let (first, base) = alternative.labels.split_first()?;
        let base_text = base.iter().map(Label::text).collect::<Option<Vec<String>>>()?.join(".");
        if first.written() != "*" || owner::below(&base_text) != Below::Owner {
            return None;
        }
        let apex = Pattern::parse(&(base_text.clone() + &alternative.written_port())).ok()?;
        let witness = match linter.prover.only_in(&Rules::from(apex.clone()), linter.rules) {
            Ok(witness) => witness?,
            Err(undecided) => {
                linter.undecided(undecided);
                return None;
            }
        };
        let suggestion = match pattern.canonical().strip_prefix("*.") {
            Some(rest) if all.len() == 1 => Suggestion::Replace(format!("{{,*.}}{rest}")),
            _ => Suggestion::Add(apex.to_string()),
        };
        let mut finding = Finding::new(
            Code::ApexNotCovered,
            format!("subdomains of `{base_text}` get in, `{base_text}` itself does not: a `*.` asks for a label in front"),
        )
        .span(Some(alternative.span))
        .suggestion(suggestion);
        finding.denies = Some(if witness.ports() == Ports::Any { base_text } else { witness.to_string() });
        Some(finding)
    })
}

/// A host that everyone can be in a network of their own.
pub(super) fn private_host(pattern: &Pattern, all: &[Alternative]) -> Option<Finding> {
    let (alternative, what) =
        all.iter().find_map(|alternative| Some((alternative, private(alternative)?)))?;
    let mut finding = Finding::new(
        Code::PrivateHost,
        format!("{what}: everyone who can run a page there, such as on a machine of their own, gets in"),
    )
    .span(Some(alternative.span))
    .suggestion(Suggestion::Advice(
        "keep it out of lists for production; a list for development can have an app of its own".to_string(),
    ));
    let host = match alternative.address {
        Some(groups) => crate::nfa::canonical_ipv6(groups),
        None => {
            let filling = if alternative.labels.len() == 4 { "1" } else { "www" };
            alternative
                .labels
                .iter()
                .map(|label| label.filled(if label.is_whole() { filling } else { "" }))
                .collect::<Vec<_>>()
                .join(".")
        }
    };
    let text = format!(
        "{host}{}",
        alternative.port.as_ref().map(|port| format!(":{}", port.filled("3000"))).unwrap_or_default()
    );
    let is_match = Origin::from_host(text.as_bytes())
        .is_ok_and(|origin| super::list_of(std::slice::from_ref(pattern)).is_match(&origin));
    finding.example = is_match.then_some(text);
    Some(finding)
}

/// What is private about an alternative, in words; `None` if it is not, or not always.
fn private(alternative: &Alternative) -> Option<String> {
    if let Some(groups) = alternative.address {
        return owner::is_private_ipv6(groups).then(|| {
            format!("`{}` is an address that is public nowhere", crate::nfa::canonical_ipv6(groups))
        });
    }
    let labels = &alternative.labels;
    if labels.len() == 4 && labels[3].is_number() {
        let is_private = owner::is_private_ipv4(&labels[0].text()?, labels[1].text().as_deref());
        return is_private
            .then(|| format!("`{}` is an address that is public nowhere", Alternative::written(labels)));
    }
    let last = labels.last()?.text()?;
    let literal = labels.iter().rev().take_while(|label| label.text().is_some()).count();
    let name = Alternative::written(&labels[labels.len() - literal..]);
    if last == "localhost" {
        return Some("`localhost` is the visitor's own machine".to_string());
    }
    if labels.len() == 1 {
        return Some(format!("`{last}` has no dot, so it is a name that a private network gives"));
    }
    let reserved = owner::reserved(&name)?;
    Some(format!("names under `{reserved}` are public nowhere"))
}

//! Findings about strangers: which alternatives are [`open`], who gets in, and what to write instead.

use guestlist::{List, Pattern};

use super::Linter;
use super::alternative::{Alternative, Label, alternatives};
use super::code::Code;
use super::finding::{Finding, Suggestion};
use super::open::Open;
use super::owner;
use crate::budget::Undecided;
use crate::rules::{Rules, admits, list_of};

/// More alternatives than that are not written into one suggestion.
const MOST_IN_SUGGESTION: usize = 6;

/// Of more alternatives than that the first ones show who gets in.
const MOST_SHOWN: usize = 32;

/// An alternative that lets in strangers.
struct Stranger<'a> {
    alternative: &'a Alternative,
    open: Open,
    instead: Instead,
}

/// What to write in place of an alternative.
struct Instead {
    text: String,
    /// What was meant, as far as it can be known: patterns of all hosts of the owner. `None` where only the author knows.
    meant: Option<Vec<String>>,
}

/// One finding for each kind of opening that the rule has.
pub(super) fn findings(linter: &Linter<'_>, pattern: &Pattern, all: &[Alternative]) -> Vec<Finding> {
    let mut strangers: Vec<Stranger<'_>> = Vec::new();
    for alternative in all {
        match linter.open(alternative) {
            Ok(Some(open)) => {
                let instead = instead(alternative, &open);
                strangers.push(Stranger { alternative, open, instead });
            }
            Ok(None) => {}
            Err(undecided) => {
                linter.undecided(undecided);
                break;
            }
        }
    }
    let mut codes: Vec<Code> = strangers.iter().map(|stranger| stranger.open.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let suggestion = (!codes.is_empty()).then(|| suggestion(linter, pattern, all, &strangers));
    let new = match &suggestion {
        Some(Suggestion::Replace(text) | Suggestion::Form(text)) => Pattern::parse(text).ok(),
        _ => None,
    };
    codes
        .into_iter()
        .filter_map(|code| {
            let of_code: Vec<&Stranger<'_>> =
                strangers.iter().filter(|stranger| stranger.open.code == code).take(MOST_SHOWN).collect();
            let first = of_code.first()?;
            let more = strangers.iter().filter(|stranger| stranger.open.code == code).count() - 1;
            let more =
                if more == 0 { String::new() } else { format!("; and so for {more} more ways to read it") };
            let mut finding = Finding::new(code, message(first) + &more)
                .span(Some(first.open.span))
                .basis(first.open.basis);
            finding.suggestion.clone_from(&suggestion);
            // Of several the first shows who gets in, so that all that is said is of one.
            let rules: Rules = first.alternative.to_pattern().into_iter().collect();
            // Who is meant: by what is open, by what is written out beside it, and by what is to be written instead.
            let beside = all.iter().filter(|alternative| {
                !strangers.iter().any(|stranger| std::ptr::eq(stranger.alternative, *alternative))
            });
            let beside = beside.take(MOST_SHOWN).filter_map(Alternative::to_pattern);
            let meant: Rules = meant(&of_code).into_iter().chain(beside).chain(new.clone()).collect();
            let list_of_meant = list_of(meant.patterns());
            match linter.decided(linter.prover.only_in(&rules, &meant)) {
                // Proved: nobody gets in who is not meant.
                Some(None) => return None,
                witness => finding.admits = witness.flatten(),
            }
            finding.example = of_code.iter().find_map(|stranger| example(stranger, &list_of_meant));
            if finding
                .admits
                .as_ref()
                .is_some_and(|witness| finding.example.as_deref() == Some(witness.host()))
            {
                finding.example = None;
            }
            Some(finding)
        })
        .collect()
}

fn message(stranger: &Stranger<'_>) -> String {
    let Stranger { alternative, open, .. } = stranger;
    let label = &alternative.labels[open.label];
    let suffix = &open.suffix;
    let fitting = || match label.core() {
        Some((core, true)) if label.ends().1.is_empty() => format!("contains `{core}`"),
        Some((core, true)) => format!("ends in `{core}`"),
        Some((core, false)) => format!("begins with `{core}`"),
        None => format!("fits `{}`", label.written()),
    };
    let in_front = Alternative::written(&alternative.labels[..open.label]);
    match open.code {
        Code::WildcardInName => format!("anyone can register a name in `{suffix}` that {}, and then gets in", fitting()),
        Code::OpenEnding if label.is_whole() => {
            format!("the ending is open: whoever registers `{in_front}` under another ending gets in")
        }
        Code::OpenEnding if alternative.labels.len() == 1 => {
            format!("every name without a dot that {} gets in", fitting())
        }
        Code::OpenEnding if label.core().is_none() => {
            format!("the ending `{}` is open: it fits many, whoever the name below it belongs to", label.written())
        }
        Code::OpenEnding => format!(
            "the ending `{}` is open: it fits every ending that {}, whoever the name below it belongs to",
            label.written(),
            fitting()
        ),
        Code::PublicSuffix if suffix.is_empty() && alternative.labels.len() == 1 => "every host without a dot in its name gets in, and no ordinary site: `*` stands for one label".to_string(),
        Code::PublicSuffix if suffix.is_empty() => "everyone with a domain gets in, whatever its ending".to_string(),
        Code::PublicSuffix => format!("everyone with a domain in {} gets in", named_as(suffix)),
        Code::OpenMiddle if suffix.is_empty() => format!("everyone with a domain can have a host `{in_front}` in it, and gets in"),
        Code::OpenMiddle => format!(
            "everyone with a domain in {} can have a host `{in_front}` in it, and gets in",
            named_as(suffix)
        ),
        Code::SharedHosting if label.is_whole() => format!("`{suffix}` hands out names to anyone, and everyone who has one gets in"),
        Code::SharedHosting => format!("`{suffix}` hands out names to anyone, and whoever takes one that {} gets in", fitting()),
        _ => "this means addresses, but its last label takes letters as well, and a name with letters there belongs to whoever registers it".to_string(),
    }
}

/// A name as people know it, beside the one that is sent.
fn named_as(name: &str) -> String {
    let (unicode, decoded) = idna::domain_to_unicode(name);
    if decoded.is_err() || unicode == name { format!("`{name}`") } else { format!("`{unicode}` (`{name}`)") }
}

/// What to write in place of an alternative, and who was meant by it.
fn instead(alternative: &Alternative, open: &Open) -> Instead {
    let labels = &alternative.labels;
    let label = &labels[open.label];
    let in_front = Alternative::written(&labels[..open.label]);
    let in_front = if in_front.is_empty() { in_front } else { in_front + "." };
    let behind = &open.suffix;
    let port = alternative.written_port();
    let form = |text: String| Instead { text: text + &port, meant: None };
    let of_owner = |base: &str, text: String| Instead {
        text: text + &port,
        meant: Some(ladder(base, labels.len(), &port)),
    };
    // A name between hyphens is no name: `*-shop` means whatever is put in front of `-shop`.
    let core = label.core().filter(|(core, _)| !core.starts_with(['-', '_']) && !core.ends_with(['-', '_']));
    match (open.code, core) {
        (Code::WildcardInName, Some((core, _))) if !in_front.is_empty() => {
            let base = format!("{core}.{behind}");
            of_owner(&base, format!("{in_front}{base}"))
        }
        (Code::WildcardInName, Some((core, true))) => {
            let base = format!("{core}.{behind}");
            of_owner(&base, format!("{{,*.}}{base}"))
        }
        (Code::WildcardInName, Some((core, false))) => {
            let base = format!("{core}.{behind}");
            of_owner(&base, base.clone())
        }
        (Code::WildcardInName, None) => form(format!("{in_front}{}.{behind}", named(label, "my-domain"))),
        // `example.com*`: whatever should follow, it is not a part of the host.
        (Code::OpenEnding, Some((core, false))) if owner::is_known_ending(core) && labels.len() > 1 => {
            let base = format!("{in_front}{core}");
            of_owner(&base, base.clone())
        }
        (Code::OpenEnding, _) if labels.len() == 1 => {
            // Of what begins like it, people mean the ports of their own machine.
            let is_localhost = alternative
                .to_pattern()
                .is_some_and(|pattern| admits(&list_of(&[pattern]), "localhost:3000"));
            let port = if port.is_empty() { ":*" } else { &port };
            let text = if is_localhost { format!("localhost{port}") } else { OWN_DOMAIN.to_string() };
            Instead { text, meant: None }
        }
        (Code::OpenEnding, _) if labels[..open.label].iter().all(Label::is_number) => {
            form(Alternative::written(&labels[..open.label.min(4)]))
        }
        (Code::OpenEnding, _) => form(format!("{in_front}{{com,net}}")),
        (Code::PublicSuffix, _) if behind.is_empty() => form(OWN_DOMAIN.to_string()),
        (Code::PublicSuffix, _) => form(format!("{{,*.}}my-domain.{behind}")),
        (Code::OpenMiddle, _) if behind.is_empty() => {
            form(format!("{}.my-domain.com", Alternative::written(&labels[..open.label.saturating_sub(1)])))
        }
        (Code::OpenMiddle, _) => form(format!("{in_front}my-domain.{behind}")),
        (Code::SharedHosting, None) => form(format!("{}.{behind}", named(label, "my-app"))),
        _ => {
            let octets = labels
                .iter()
                .map(|label| if label.texts(1).is_some() { label.written() } else { octet(label) })
                // An address has four of them, whatever was written.
                .chain(std::iter::repeat_n(ANY_OCTET.to_string(), 4))
                .take(4);
            let text = octets.collect::<Vec<_>>().join(".") + &port;
            // Where the last label is a number, all four are (SPEC §4).
            let all = format!("*.*.*.{ANY_OCTET}{port}");
            Instead { text, meant: (labels.len() == 4).then(|| vec![all]) }
        }
    }
}

/// The label with a name in place of what is open; this one where the label says too little.
fn named(label: &Label, name: &str) -> String {
    let (front, behind, _) = label.ends();
    let hyphen = |is_needed: bool| if is_needed { "-" } else { "" };
    let before = hyphen(!front.is_empty() && !front.ends_with(['-', '_']));
    let after = hyphen(!behind.is_empty() && !behind.starts_with(['-', '_']));
    let text = label.filled(&format!("{before}mine{after}"));
    // With single characters open, what is written is not a name.
    if label.is_whole() || text.starts_with("xn--") || label.has_one() { name.to_string() } else { text }
}

/// The numbers of an address.
pub(super) const ANY_OCTET: &str = "{[0-9],[1-9][0-9],1[0-9][0-9],2[0-4][0-9],25[0-5]}";

/// The numbers that a label fits.
fn octet(label: &Label) -> String {
    if label.is_whole() && label.written() == "*" { ANY_OCTET.to_string() } else { label.written_as_number() }
}

/// A domain and everything below it, as deep as the alternative goes.
fn ladder(base: &str, labels: usize, port: &str) -> Vec<String> {
    (0..=labels).map(|depth| format!("{}{base}{port}", "*.".repeat(depth))).collect()
}

/// Who was meant, as far as that is known: where it is not, the pattern with nothing in place of its stars.
fn meant(strangers: &[&Stranger<'_>]) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for Stranger { alternative, instead, .. } in strangers {
        match &instead.meant {
            Some(meant) => patterns.extend(meant.iter().filter_map(|text| Pattern::parse(text).ok())),
            None => {
                let labels: Option<Vec<String>> =
                    alternative.labels.iter().map(Label::without_stars).collect();
                let text = labels.map(|labels| labels.join(".") + &alternative.written_port());
                patterns.extend(text.and_then(|text| Pattern::parse(&text).ok()));
            }
        }
    }
    patterns
}

/// Endings that anyone can have a name in; among them some that begin like others.
const ENDINGS: [&str; 8] =
    ["xyz", "community", "network", "organic", "international", "design", "apple", "deals"];

/// Somebody whom a person can picture, checked to get in and not to be meant.
fn example(stranger: &Stranger<'_>, meant: &List) -> Option<String> {
    let Stranger { alternative, open, .. } = stranger;
    let label = &alternative.labels[open.label];
    let (front, behind, _) = label.ends();
    let mut candidates: Vec<String> = Vec::new();
    if open.suffix.is_empty() && open.code != Code::AddressAsText && alternative.labels.len() > 1 {
        // Endings that there are, such as `community` for `com*`.
        candidates.extend(ENDINGS.map(String::from));
    }
    let filling = match (front.is_empty(), behind.is_empty()) {
        (true, false) if !behind.starts_with(['-', '_']) => "evil-",
        (false, true) if !front.ends_with(['-', '_']) => "-evil",
        _ => "evil",
    };
    candidates.extend([filling, "evil", "x"].map(|word| label.filled(word)));
    let admitting = list_of(&[alternative.to_pattern()?]);
    let is_address = open.code == Code::AddressAsText;
    let mut hosts = candidates.iter().map(|candidate| {
        let fill = |index: usize, label: &Label| match index == open.label {
            true => candidate.clone(),
            // What is open in front of the opening is a stranger's as well.
            false if index + 1 == open.label && label.is_whole() && !is_address => label.filled("evil"),
            false if is_address => label.filled("0"),
            false => label.filled(if label.is_whole() { "www" } else { "" }),
        };
        alternative.filled(fill, "443")
    });
    hosts.find(|host| admits(&admitting, host) && !admits(meant, host))
}

/// What to write in place of the whole pattern.
fn suggestion(
    linter: &Linter<'_>,
    pattern: &Pattern,
    all: &[Alternative],
    strangers: &[Stranger<'_>],
) -> Suggestion {
    let is_known = strangers.iter().all(|stranger| stranger.instead.meant.is_some());
    let first = &strangers[0];
    if all.len() > MOST_IN_SUGGESTION {
        let (old, new) = (first.alternative.to_pattern(), &first.instead.text);
        return match old {
            Some(old) if all.len() > 1 => Suggestion::Advice(format!(
                "of its {} alternatives, write `{new}` in place of `{old}`",
                all.len()
            )),
            _ => Suggestion::Form(new.clone()),
        };
    }
    let mut texts: Vec<String> = Vec::new();
    let mut meant: Vec<Pattern> = Vec::new();
    for alternative in all {
        let stranger = strangers.iter().find(|stranger| std::ptr::eq(stranger.alternative, alternative));
        let text = match stranger {
            Some(stranger) => stranger.instead.text.clone(),
            None => alternative.to_pattern().map(|pattern| pattern.to_string()).unwrap_or_default(),
        };
        match stranger.map(|stranger| &stranger.instead.meant) {
            Some(Some(texts)) => meant.extend(texts.iter().filter_map(|text| Pattern::parse(text).ok())),
            Some(None) => {}
            None => meant.extend(Pattern::parse(&text).ok()),
        }
        texts.push(text);
    }
    let text = join(linter, texts);
    match Pattern::parse(&text) {
        Ok(new) if is_known && keeps(linter, pattern, meant, &new) == Ok(true) => Suggestion::Replace(text),
        _ => Suggestion::Form(closed(linter, text)),
    }
}

/// The text without what is open in it still: an alternative can be open in several places.
fn closed(linter: &Linter<'_>, mut text: String) -> String {
    for _ in 0..MOST_ROUNDS {
        let Ok(pattern) = Pattern::parse(&text) else { break };
        let all = alternatives(&pattern);
        let mut is_open = false;
        let texts = all.iter().map(|alternative| match linter.open(alternative) {
            Ok(Some(open)) => {
                is_open = true;
                instead(alternative, &open).text
            }
            _ => alternative.to_pattern().map(|pattern| pattern.to_string()).unwrap_or_default(),
        });
        let texts: Vec<String> = texts.collect();
        if !is_open {
            return text;
        }
        if texts.len() > MOST_IN_SUGGESTION {
            break;
        }
        text = join(linter, texts);
    }
    OWN_DOMAIN.to_string()
}

/// What is left to say where a pattern is open all over.
const OWN_DOMAIN: &str = "{,*.}my-domain.com";
/// No pattern is open in more places one after the other that anyone would write.
const MOST_ROUNDS: usize = 4;

/// One pattern of several, without those that the others cover.
fn join(linter: &Linter<'_>, mut texts: Vec<String>) -> String {
    for index in (0..texts.len()).rev() {
        let pattern_of = |text: &String| Pattern::parse(text).ok();
        let others: Rules = texts
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .filter_map(|(_, text)| pattern_of(text))
            .collect();
        let is_needless = pattern_of(&texts[index])
            .is_some_and(|pattern| linter.prover.only_in(&Rules::from(pattern), &others) == Ok(None));
        if is_needless {
            texts.remove(index);
        }
    }
    match texts.as_slice() {
        [one] => one.clone(),
        several => format!("{{{}}}", several.join(",")),
    }
}

/// Whether the new pattern admits everyone of the old one who was meant, and lets in no stranger.
fn keeps(linter: &Linter<'_>, old: &Pattern, meant: Vec<Pattern>, new: &Pattern) -> Result<bool, Undecided> {
    for alternative in alternatives(new) {
        if linter.open(&alternative)?.is_some() {
            return Ok(false);
        }
    }
    let meant: Rules = meant.into_iter().collect();
    let (old, new) = (Rules::from(old.clone()), Rules::from(new.clone()));
    // Somebody is left, and nobody of them is lost.
    Ok(linter.prover.in_both(&old, &new)?.is_some()
        && linter.prover.in_both_but_not(&old, &meant, &new)?.is_none())
}

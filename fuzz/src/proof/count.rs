//! How many hosts are admitted.

use std::collections::BTreeSet;

use guestlist_proof::{Count, Undecided};
use guestlist_reference as reference;

use super::expand::Hosts;
use super::naive::{List, is_large};
use super::{Proves, texts};
use crate::oracle::Agreement;

/// More texts than these are not written out.
const MOST: usize = 4000;

/// As many hosts are counted as there are when the patterns are written out; ever more, exactly where a `*` can be as long as it likes.
pub fn counts_hold(subject: &impl Proves, patterns: &[String], most_labels: usize) -> Agreement {
    let counted = subject.count(&subject.rules(&texts(patterns)), most_labels);
    if matches!(counted, Err(Undecided::Steps(_))) && is_large(&[patterns]) {
        return Ok(());
    }
    let wrong = |what: String| Err(format!("{counted:?} with {most_labels} labels or fewer: {what}"));
    let has_star = patterns.iter().any(|text| text.contains('*'));
    let Some(hosts) = Hosts::of(patterns, MOST) else {
        // No more can be said than this.
        return match counted {
            Ok(Count::Unbounded) if !has_star => wrong("there is no `*`".to_owned()),
            Err(Undecided::Candidates(_)) => wrong("nobody is looked for".to_owned()),
            _ => Ok(()),
        };
    };
    let list = List::new(patterns);
    let mut valid: BTreeSet<&str> = BTreeSet::new();
    for text in &hosts.texts {
        // A root dot would be dropped, and is no part of what patterns say.
        let Some(origin) = reference::read_host(text.as_bytes()).filter(|_| !text.ends_with('.')) else {
            continue;
        };
        let is_name = matches!(origin.host, reference::Host::Name(_));
        if is_name && text.split('.').count() > most_labels || most_labels == 0 {
            continue;
        }
        if !patterns.iter().any(|text| text.contains(':')) && !list.admits(&origin) {
            return Err(format!(
                "{text:?} is no host of {patterns:?}; writing out is wrong, or the reference"
            ));
        }
        valid.insert(text);
    }
    let least = valid.iter().filter(|text| !Hosts::is_run(text)).count() as u128;
    let is_unbounded = valid.iter().any(|text| Hosts::is_run(text));
    // Of a label that begins with `xn--` and a `*` no run need be valid.
    let is_certain = !(has_star && patterns.iter().any(|text| text.contains("xn--")));
    match counted {
        Ok(Count::Unbounded) if is_unbounded || (has_star && !is_certain) => Ok(()),
        Ok(Count::Unbounded) => wrong(format!("there are {least}")),
        Ok(_) if is_unbounded => wrong("there are ever more".to_owned()),
        Ok(Count::Exactly(count)) if count == least || (!is_certain && count >= least) => Ok(()),
        Ok(Count::Between(from, to)) if from < to && from <= least && least <= to => Ok(()),
        Ok(_) => wrong(format!("there are {least}")),
        Err(undecided) => wrong(format!("there are {least}; {undecided}")),
    }
}

//! The configuration file of the command line tool: its texts, and that printing one is the inverse of reading it.

mod text;

use std::collections::BTreeSet;

use arbitrary::Unstructured;
use guestlist::{Gate, List, ListType, RequestHeaders, is_hidden};
use guestlist_config::{App, Config, Mistake};

use crate::generate;
use crate::oracle::Agreement;

pub use self::text::text;

/// A text is refused with mistakes that can be shown; or it is a configuration, and [`Config`]'s `Display` prints one that means the same, in the
/// form that it prints again.
pub fn config_roundtrips(text: &str) -> Agreement {
    config_roundtrips_with(text, Config::to_string)
}

/// [`config_roundtrips`] of another printer.
pub fn config_roundtrips_with(text: &str, print: impl Fn(&Config) -> String) -> Agreement {
    let config = match Config::parse(text) {
        Ok(config) => config,
        Err(mistakes) => return can_be_shown(text, &mistakes),
    };
    let printed = print(&config);
    let differs = |what: &str| Err(format!("{text:?} is printed as {printed:?}: {what}"));
    let again = match Config::parse(&printed) {
        Ok(again) => again,
        Err(mistakes) => return differs(&format!("which is refused: {mistakes:?}")),
    };
    if let Some(c) = printed.chars().find(|c| is_hidden(*c) && *c != '\n') {
        return differs(&format!("{c:?} is not escaped"));
    }
    if let Err(difference) = same_config(&config, &again) {
        return differs(&difference);
    }
    let twice = print(&again);
    if twice != printed {
        return differs(&format!("and that as {twice:?}"));
    }
    Ok(())
}

/// Every mistake has a place in the text, says what is wrong and what to do; and they are in the order of the file.
fn can_be_shown(text: &str, mistakes: &[Mistake]) -> Agreement {
    let is_placed = |mistake: &Mistake| {
        mistake.span.start <= mistake.span.end && text.get(mistake.span.clone()).is_some()
    };
    let is_worded = |mistake: &Mistake| !mistake.message.is_empty() && !mistake.help.is_empty();
    let bad = mistakes.iter().find(|mistake| !is_placed(mistake) || !is_worded(mistake));
    if let Some(mistake) = bad {
        return Err(format!("{text:?}: cannot be shown: {mistake:?}"));
    }
    if mistakes.is_empty() || !mistakes.is_sorted_by_key(|mistake| mistake.span.start) {
        return Err(format!("{text:?}: refused without mistakes in their order: {mistakes:?}"));
    }
    Ok(())
}

/// Two configurations mean the same: what is known of them is equal, and they decide alike.
fn same_config(one: &Config, other: &Config) -> Agreement {
    let keys = |config: &Config| config.apps.keys().cloned().collect::<Vec<_>>();
    if keys(one) != keys(other) {
        return Err(format!("the apps {:?} become {:?}", keys(one), keys(other)));
    }
    if one.server != other.server {
        return Err(format!("the server {:?} becomes {:?}", one.server, other.server));
    }
    for ((key, one), other) in one.apps.iter().zip(other.apps.values()) {
        let (schemes, other_schemes) = (schemes(&one.gate), schemes(&other.gate));
        if schemes != other_schemes {
            return Err(format!("app {key:?}: the schemes {schemes:?} become {other_schemes:?}"));
        }
        if one.policy != other.policy {
            return Err(format!("app {key:?}: {:?} becomes {:?}", one.policy, other.policy));
        }
        for list_type in ListType::ALL {
            let (settings, other_settings) = (settings(one, list_type), settings(other, list_type));
            if settings != other_settings {
                return Err(format!("app {key:?}: {list_type} {settings:?} becomes {other_settings:?}"));
            }
            decides_alike(&one.gate, &other.gate, list_type)
                .map_err(|difference| format!("app {key:?}: {difference}"))?;
        }
    }
    Ok(())
}

/// Letters and order of schemes, and naming one twice, mean nothing.
fn schemes(gate: &Gate) -> BTreeSet<String> {
    gate.supported_schemes().map(str::to_ascii_lowercase).collect()
}

/// All that is known of a list, to be compared and to be shown.
fn settings(app: &App, list_type: ListType) -> impl PartialEq + core::fmt::Debug {
    let list = app.gate.list(list_type);
    let rules: Vec<String> = list.rules().iter().map(|rule| rule.pattern().canonical().to_string()).collect();
    (list.list_type(), list.mode(), list.block_missing(), app.limit(list_type), rules)
}

/// Most patterns of a list that are asked; beyond that the same is asked again and again.
const ASKED: usize = 6;

/// Two gates decide alike on hosts near the patterns, with and without the headers, in every scheme that matters.
fn decides_alike(one: &Gate, other: &Gate, list_type: ListType) -> Agreement {
    let same = |headers: &RequestHeaders<'_>| {
        let (decision, other) = (one.decide(list_type, headers), other.decide(list_type, headers));
        let differ = || format!("{list_type}, {headers:?}: {decision}; then: {other}");
        if decision == other { Ok(()) } else { Err(differ()) }
    };
    same(&RequestHeaders::new())?;
    let mut schemes: Vec<&str> = one.supported_schemes().take(2).collect();
    schemes.extend(["https", "http", "other"]);
    for host in hosts(one.list(list_type)) {
        for scheme in &schemes {
            let header = format!("{scheme}://{host}");
            same(&RequestHeaders::new().origin(header.as_bytes()))?;
            same(&RequestHeaders::new().referer(header.as_bytes()))?;
        }
    }
    Ok(())
}

/// Hosts near the patterns of a list, the same at every call.
fn hosts(list: &List) -> Vec<String> {
    let mut hosts = vec!["example.com".to_string()];
    for rule in list.rules().iter().take(ASKED) {
        let pattern = rule.pattern().canonical();
        // The choices come from the text; any other bytes would do.
        for skipped in 0..2 {
            let bytes = pattern.as_bytes().get(skipped..).unwrap_or_default();
            hosts.extend(generate::host_near(&mut Unstructured::new(bytes), pattern));
        }
    }
    hosts
}

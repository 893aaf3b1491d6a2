//! [`Difference`]: what saving one list in place of another would change, to be read by a person.

use std::collections::HashSet;

use guestlist_store::Content;
use serde::Serialize;
use utoipa::ToSchema;

/// What saving your list in place of theirs would change.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Difference {
    /// Patterns that yours has and theirs has not.
    pub(crate) added: Vec<String>,
    /// Patterns that theirs has and yours has not: saving yours would take them away.
    pub(crate) removed: Vec<String>,
    /// Whether patterns that both have stand in another order. Nobody gets in by that, but rules have other numbers.
    pub(crate) reordered: bool,
    /// Settings that are not the same.
    pub(crate) settings: Vec<DifferentSetting>,
    /// All of it for people, a line each: `- b.com` is in theirs alone, `+ c.com` in yours alone. Empty if the two say the same.
    pub(crate) text: String,
}

/// A setting that is not the same.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DifferentSetting {
    /// Which: `mode` or `block_missing`.
    name: &'static str,
    /// What theirs says.
    theirs: String,
    /// What yours says.
    yours: String,
}

impl Difference {
    pub(crate) fn between(theirs: &Content, yours: &Content) -> Difference {
        let only_in = |one: &Content, other: &Content| -> Vec<String> {
            let other: HashSet<&String> = other.patterns().iter().collect();
            one.patterns().iter().filter(|pattern| !other.contains(pattern)).cloned().collect()
        };
        let (added, removed) = (only_in(yours, theirs), only_in(theirs, yours));
        let both = |content: &Content, others: &[String]| -> Vec<String> {
            let others: HashSet<&String> = others.iter().collect();
            content.patterns().iter().filter(|pattern| !others.contains(pattern)).cloned().collect()
        };
        let reordered = both(theirs, &removed) != both(yours, &added);
        let settings: Vec<DifferentSetting> = [
            ("mode", theirs.mode().to_string(), yours.mode().to_string()),
            ("block_missing", theirs.block_missing().to_string(), yours.block_missing().to_string()),
        ]
        .into_iter()
        .filter(|(_, theirs, yours)| theirs != yours)
        .map(|(name, theirs, yours)| DifferentSetting { name, theirs, yours })
        .collect();
        let lines = settings
            .iter()
            .map(|setting| format!("{}: {} → {}\n", setting.name, setting.theirs, setting.yours))
            .chain(removed.iter().map(|pattern| format!("- {pattern}\n")))
            .chain(added.iter().map(|pattern| format!("+ {pattern}\n")))
            .chain(reordered.then(|| "the other patterns stand in another order\n".to_string()));
        let text = lines.collect();
        Difference { added, removed, reordered, settings, text }
    }
}

#[cfg(test)]
mod tests {
    use guestlist::{List, ListType, Mode};

    use super::*;

    fn content(patterns: &[&str], mode: Mode) -> Content {
        Content::of(&List::builder(ListType::Upload).patterns(patterns).mode(mode).build().unwrap())
    }

    #[test]
    fn it_is_read_from_top_to_bottom() {
        let theirs = content(&["a.com", "b.com", "c.com", "d.com"], Mode::Enforce);
        let yours = content(&["a.com", "d.com", "c.com", "e.com"], Mode::Report);
        let difference = Difference::between(&theirs, &yours);
        assert_eq!(
            difference.text,
            "mode: enforce → report\n- b.com\n+ e.com\nthe other patterns stand in another order\n"
        );
        let none = Difference::between(&theirs, &theirs);
        assert!(none.text.is_empty() && !none.reordered && none.settings.is_empty());
        let grown =
            Difference::between(&content(&["a.com"], Mode::Off), &content(&["b.com", "a.com"], Mode::Off));
        assert_eq!((&*grown.text, grown.reordered), ("+ b.com\n", false));
    }
}

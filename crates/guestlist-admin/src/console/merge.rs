//! [`Said`]: what a list says, compared line by line, and two people's changes of it put together.

use std::collections::HashSet;

use guestlist::{Mode, Pattern};
use guestlist_store::Content;

use super::draft::Draft;
use super::effects::Line;
use super::words;

/// What a list says: of a version, or of a draft, whose patterns may not all be readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) patterns: Vec<String>,
    pub(super) mode: Mode,
    pub(super) block_missing: bool,
}

impl From<&Content> for Said {
    fn from(content: &Content) -> Said {
        let patterns = content.patterns().to_vec();
        Said { patterns, mode: content.mode(), block_missing: content.block_missing() }
    }
}

impl From<&Draft> for Said {
    /// Patterns in canonical form, each once; those that cannot be read as they are.
    fn from(draft: &Draft) -> Said {
        let mut known = HashSet::new();
        let texts = draft.rows.iter().map(|row| row.trim()).filter(|row| !row.is_empty());
        let patterns = texts
            .map(|row| {
                Pattern::parse(row)
                    .map_or_else(|_| row.to_string(), |pattern| pattern.canonical().to_string())
            })
            .filter(|pattern| known.insert(pattern.clone()));
        Said { patterns: patterns.collect(), mode: draft.mode.into(), block_missing: draft.block_missing }
    }
}

impl Said {
    /// What changes from this one to another, a line each.
    pub(super) fn lines_to(&self, other: &Said) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut setting = |name: &str, old: &str, new: &str| {
            if old != new {
                lines.push(Line::new("-", format!("{name}: {old}"), ""));
                lines.push(Line::new("+", format!("{name}: {new}"), ""));
            }
        };
        setting("Mode", words::mode(self.mode).0, words::mode(other.mode).0);
        let yes = |is_so| if is_so { "Yes" } else { "No" };
        setting("Block missing", yes(self.block_missing), yes(other.block_missing));
        let only = |one: &Said, other: &Said| -> Vec<String> {
            let others: HashSet<&String> = other.patterns.iter().collect();
            one.patterns.iter().filter(|pattern| !others.contains(pattern)).cloned().collect()
        };
        let (removed, added) = (only(self, other), only(other, self));
        lines.extend(removed.iter().map(|pattern| Line::new("-", words::shown(pattern), "")));
        lines.extend(added.iter().map(|pattern| Line::new("+", words::shown(pattern), "")));
        if kept(&self.patterns, &other.patterns) != kept(&other.patterns, &self.patterns) {
            lines.push(Line::new("=", "the other patterns stand in another order", ""));
        }
        lines
    }

    /// What two people made of this: both their changes. Where both changed the same setting, or the order, it is as `mine` has it.
    pub(super) fn merged(&self, theirs: &Said, mine: &Said) -> Said {
        let reordered = |by: &Said| kept(&self.patterns, &by.patterns) != kept(&by.patterns, &self.patterns);
        let patterns = match reordered(theirs) && !reordered(mine) {
            true => woven(&self.patterns, &theirs.patterns, &mine.patterns),
            false => woven(&self.patterns, &mine.patterns, &theirs.patterns),
        };
        Said {
            patterns,
            mode: if mine.mode == self.mode { theirs.mode } else { mine.mode },
            block_missing: match mine.block_missing == self.block_missing {
                true => theirs.block_missing,
                false => mine.block_missing,
            },
        }
    }
}

/// Those of one that the other has too, in the order of the one.
fn kept<'p>(one: &'p [String], other: &[String]) -> Vec<&'p String> {
    let others: HashSet<&String> = other.iter().collect();
    one.iter().filter(|pattern| others.contains(pattern)).collect()
}

/// One version with what another changed of the base: without what it removed, and with what it added behind the pattern that it stands behind there.
fn woven(base: &[String], one: &[String], other: &[String]) -> Vec<String> {
    let of_base: HashSet<&String> = base.iter().collect();
    let of_other: HashSet<&String> = other.iter().collect();
    let of_one: HashSet<&String> = one.iter().collect();
    let is_removed = |pattern: &String| of_base.contains(pattern) && !of_other.contains(pattern);
    let is_added = |pattern: &String| !of_base.contains(pattern) && !of_one.contains(pattern);
    // Runs of additions, by the pattern in front of them that stays.
    let mut merged = Vec::new();
    let mut placed: HashSet<&String> = HashSet::new();
    let additions_behind = |before: Option<&String>| {
        let from = before.map_or(0, |before| {
            other.iter().position(|pattern| pattern == before).map_or(other.len(), |at| at + 1)
        });
        other.iter().skip(from).take_while(|pattern| is_added(pattern)).collect::<Vec<_>>()
    };
    for pattern in additions_behind(None) {
        placed.insert(pattern);
        merged.push(pattern.clone());
    }
    for pattern in one {
        if is_removed(pattern) {
            continue;
        }
        merged.push(pattern.clone());
        for added in additions_behind(Some(pattern)) {
            if placed.insert(added) {
                merged.push(added.clone());
            }
        }
    }
    // What stands behind something that is no longer there.
    merged.extend(other.iter().filter(|pattern| is_added(pattern) && !placed.contains(pattern)).cloned());
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(patterns: &str, mode: Mode) -> Said {
        let patterns = patterns.split_whitespace().map(str::to_string).collect();
        Said { patterns, mode, block_missing: true }
    }

    /// What becomes of the patterns of both.
    fn merged(base: &str, theirs: &str, mine: &str) -> String {
        let all = [base, theirs, mine].map(|patterns| said(patterns, Mode::Enforce));
        all[0].merged(&all[1], &all[2]).patterns.join(" ")
    }

    #[test]
    fn changes_of_both_are_in_what_is_merged() {
        assert_eq!(merged("a b c", "a b c d", "a x b c"), "a x b c d");
        assert_eq!(merged("a b c", "a c", "a b x c"), "a x c");
        assert_eq!(merged("a b c", "a b2 c", "a b c2"), "a b2 c2");
        // Both added the same, or removed the same.
        assert_eq!(merged("a", "a x", "a x"), "a x");
        assert_eq!(merged("a b", "a", "a"), "a");
        // Orders: mine, unless theirs alone changed.
        assert_eq!(merged("a b c", "a b c", "c b a"), "c b a");
        assert_eq!(merged("a b c", "c a b", "a b c x"), "c x a b");
        // Where both have an order of their own, mine.
        assert_eq!(merged("a b c", "c b a", "b a c"), "b a c");
        assert_eq!(merged("a b c", "c b a x", "b a c"), "b a x c");
        assert_eq!(merged("", "x y", "z"), "x y z");
        assert_eq!(merged("a b", "", "a b c"), "c");
        assert_eq!(merged("a b", "y a b", "a b"), "y a b");
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_twice() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..3000 {
            let mut some = || -> Vec<String> {
                let mut all: Vec<u8> = (b'a'..=b'h').collect();
                random.shuffle(&mut all);
                let count = random.usize(0..=8);
                all.into_iter().take(count).map(|name| char::from(name).to_string()).collect()
            };
            let [base, theirs, mine] = [some(), some(), some()].map(|patterns| Said {
                patterns,
                mode: Mode::Enforce,
                block_missing: true,
            });
            let merged = base.merged(&theirs, &mine).patterns;
            for name in ('a'..='h').map(String::from) {
                let [was, in_theirs, in_mine] =
                    [&base, &theirs, &mine].map(|said| said.patterns.contains(&name));
                // As whoever changed it wants it.
                let expected = if in_theirs == was { in_mine } else { in_theirs };
                assert_eq!(
                    merged.iter().filter(|pattern| **pattern == name).count(),
                    usize::from(expected),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn settings_are_mine_where_i_changed_them() {
        let modes = [Mode::Off, Mode::Report, Mode::Enforce];
        let merged = |base, theirs, mine| said("", base).merged(&said("", theirs), &said("", mine)).mode;
        for base in modes {
            for other in modes {
                assert_eq!(merged(base, other, base), other);
                assert_eq!(merged(base, base, other), other);
                assert_eq!(merged(base, Mode::Off, other), if other == base { Mode::Off } else { other });
            }
        }
    }

    #[test]
    fn a_difference_is_read_from_top_to_bottom() {
        let lines = said("a b c", Mode::Off).lines_to(&said("c d a", Mode::Enforce));
        let text: Vec<String> = lines.iter().map(|line| format!("{} {}", line.sign, line.text)).collect();
        assert_eq!(
            text,
            ["- Mode: Off", "+ Mode: Enforce", "- b", "+ d", "= the other patterns stand in another order"]
        );
        assert!(said("a", Mode::Off).lines_to(&said("a", Mode::Off)).is_empty());
    }
}

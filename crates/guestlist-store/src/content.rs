//! [`Content`]: what one list says.

use guestlist::{Limits, List, ListType, Mode};
use serde::{Deserialize, Serialize};

/// What one list says: its patterns in canonical text, its mode, and what becomes of requests without the header.
///
/// It is made of a [`List`], so that nothing is kept that the engine does not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    patterns: Vec<String>,
    mode: Mode,
    block_missing: bool,
}

impl Content {
    /// What this list says.
    pub fn of(list: &List) -> Content {
        Content {
            patterns: list.rules().iter().map(|rule| rule.pattern().canonical().to_string()).collect(),
            mode: list.mode(),
            block_missing: list.block_missing(),
        }
    }

    /// A list that is off and has no patterns: what a new app starts with.
    pub fn off(list_type: ListType) -> Content {
        Content::of(&List::off(list_type))
    }

    pub(crate) fn with_mode(self, mode: Mode) -> Content {
        Content { mode, ..self }
    }

    /// The patterns in the order of their rules, as [`Pattern::canonical`](guestlist::Pattern::canonical) prints them.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// Whether it is enforced.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether requests without the header are denied.
    pub fn block_missing(&self) -> bool {
        self.block_missing
    }

    /// The list again. A pattern that this release no longer reads is in [`List::broken`] and turns nothing off; limits are not applied again.
    pub fn to_list(&self, list_type: ListType) -> List {
        List::builder(list_type)
            .patterns(&self.patterns)
            .mode(self.mode)
            .block_missing(self.block_missing)
            .limits(Limits::default().patterns(usize::MAX).list_bytes(usize::MAX))
            .restore()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_was() {
        for list_type in ListType::ALL {
            for mode in [Mode::Off, Mode::Report, Mode::Enforce] {
                for block_missing in [false, true] {
                    let list = List::builder(list_type)
                        .patterns(["B\u{fc}cher.example", "{,www.}Example.com:*", "[::1]:8080"])
                        .mode(mode)
                        .block_missing(block_missing)
                        .build()
                        .unwrap();
                    let content = Content::of(&list);
                    assert_eq!(
                        content.patterns(),
                        ["xn--bcher-kva.example", "{,www.}example.com:*", "[::1]:8080"]
                    );
                    assert_eq!(Content::of(&content.to_list(list_type)), content);
                    let text = serde_json::to_string(&content).unwrap();
                    assert_eq!(serde_json::from_str::<Content>(&text).unwrap(), content);
                }
            }
        }
    }
}

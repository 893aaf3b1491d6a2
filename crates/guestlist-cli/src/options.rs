//! Values of options that several commands take.

use clap::ValueEnum;
use guestlist::{ListType, Mode};

/// How to print an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Which of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListTypeArg {
    /// Judged by Origin alone.
    Upload,
    /// Judged by Origin, else by Referer.
    Delivery,
}

impl ListTypeArg {
    /// The list that is asked: upload, where none is named.
    pub(crate) fn asked(list_type: Option<ListTypeArg>) -> ListType {
        list_type.map_or(ListType::Upload, ListType::from)
    }
}

impl From<ListTypeArg> for ListType {
    fn from(list_type: ListTypeArg) -> ListType {
        match list_type {
            ListTypeArg::Upload => ListType::Upload,
            ListTypeArg::Delivery => ListType::Delivery,
        }
    }
}

/// How a list is enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    /// Let everyone in.
    Off,
    /// Decide and say so, but let everyone in.
    Report,
    /// Deny what no pattern approves.
    Enforce,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Mode {
        match mode {
            ModeArg::Off => Mode::Off,
            ModeArg::Report => Mode::Report,
            ModeArg::Enforce => Mode::Enforce,
        }
    }
}

//! [`Draft`]: what somebody has in the form of a list, and what its buttons do to it.

use guestlist_store::Revision;

use super::form::Form;
use super::tester::Trial;
use crate::lists::NewList;
use crate::problem::{Kind, Problem};
use crate::words::Mode;

/// A list as it stands in its form. Rows may be empty: they are there to be filled in, and no patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) rows: Vec<String>,
    pub(super) mode: Mode,
    pub(super) block_missing: bool,
    pub(super) why: String,
    pub(super) trial: Trial,
    /// The version that was in force when it was begun.
    pub(super) seen: u64,
}

/// Where to go on, where something was done by a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Focus {
    /// At a row, from 0.
    Row(usize),
    /// At a button that moves a row.
    Up(usize),
    Down(usize),
}

impl From<&Revision> for Draft {
    fn from(revision: &Revision) -> Draft {
        let content = &revision.content;
        Draft {
            rows: content.patterns().to_vec(),
            mode: content.mode().into(),
            block_missing: content.block_missing(),
            why: String::new(),
            trial: Trial::default(),
            seen: revision.number,
        }
    }
}

impl Draft {
    /// What is in the form.
    pub(super) fn of(form: &Form) -> Result<Draft, Problem> {
        let mode = match form.text("mode") {
            "off" => Mode::Off,
            "report" => Mode::Report,
            "enforce" => Mode::Enforce,
            _ => return Err(Problem::new(Kind::BadRequest, "the form has no mode").help("choose a mode")),
        };
        Ok(Draft {
            rows: rows(form),
            mode,
            block_missing: form.has("block_missing"),
            why: form.text("why").to_string(),
            trial: Trial::of(form),
            seen: form.number("seen"),
        })
    }

    /// The list that it says, and for each of its patterns the row.
    pub(super) fn list(&self) -> (NewList, Vec<usize>) {
        let rows: Vec<usize> = (0..self.rows.len()).filter(|row| !is_blank(&self.rows[*row])).collect();
        let list = NewList {
            patterns: rows.iter().map(|row| self.rows[*row].clone()).collect(),
            mode: self.mode,
            block_missing: self.block_missing,
            why: self.why.clone(),
        };
        (list, rows)
    }

    /// What a button does to it. What is not there is left alone: pages may be older than their forms.
    pub(super) fn act(&mut self, action: (&str, &str)) -> Option<Focus> {
        let (name, what) = action;
        let (number, text) = what.split_once('-').unwrap_or((what, ""));
        let row = number.parse().ok().and_then(|number: usize| number.checked_sub(1));
        let row = row.filter(|row| *row < self.rows.len());
        match (name, row) {
            ("add", _) => Some(self.append(String::new())),
            ("append", _) => Some(self.append(what.to_string())),
            ("use", Some(row)) => {
                self.rows[row] = text.to_string();
                Some(Focus::Row(row))
            }
            ("remove", Some(row)) => {
                self.rows.remove(row);
                Some(Focus::Row(row.min(self.rows.len().saturating_sub(1))))
            }
            ("up", Some(row)) if row > 0 => {
                self.rows.swap(row, row - 1);
                Some(if row > 1 { Focus::Up(row - 1) } else { Focus::Down(0) })
            }
            ("down", Some(row)) if row + 1 < self.rows.len() => {
                self.rows.swap(row, row + 1);
                Some(if row + 2 < self.rows.len() { Focus::Down(row + 1) } else { Focus::Up(row + 1) })
            }
            _ => None,
        }
    }

    /// Fills the first empty row, or makes one.
    fn append(&mut self, text: String) -> Focus {
        match self.rows.iter().position(|row| is_blank(row)) {
            Some(row) => {
                self.rows[row] = text;
                Focus::Row(row)
            }
            None => {
                self.rows.push(text);
                Focus::Row(self.rows.len() - 1)
            }
        }
    }
}

/// A row for each field, or for each line.
fn rows(form: &Form) -> Vec<String> {
    match form.has("lines") {
        true => form
            .text("lines")
            .lines()
            .map(str::to_string)
            .chain(form.all("pattern").map(str::to_string))
            .collect(),
        false => form.all("pattern").map(str::to_string).collect(),
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

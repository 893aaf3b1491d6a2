//! [`Row`]: a pattern of a form, and what is said of it: what is wrong, what is probably not meant, who gets in.

use guestlist::{ListType, Pattern};
use guestlist_proof::railroad::{self, Style};
use guestlist_proof::{Budget, Prover, Rules};

use super::draft::{Draft, Focus};
use super::editor::MOST_ROWS;
use super::words::{self, Piece};
use crate::findings::{Finding, Severity, Suggestion, written_out};
use crate::lists::PatternError;
use crate::preview::Preview;

/// A pattern, and what is said of it.
pub(crate) struct Row {
    /// The name of its field.
    pub(crate) id: String,
    pub(crate) number: usize,
    pub(crate) text: String,
    /// The text where it is not in a field.
    pub(crate) shown: String,
    pub(crate) error: Option<Fault>,
    pub(crate) notes: Vec<Note>,
    /// The number of the row that says the same.
    pub(crate) same_as: Option<usize>,
    /// How it is saved, where that is not as it was written.
    pub(crate) canonical: Option<String>,
    pub(crate) insight: Option<Insight>,
    /// Whether who gets in would be too much work to show.
    pub(crate) is_large: bool,
    pub(crate) is_first: bool,
    pub(crate) is_last: bool,
    pub(crate) focus: &'static str,
}

/// Why a pattern cannot be saved.
pub(crate) struct Fault {
    pub(crate) message: Vec<Piece>,
    pub(crate) help: Vec<Piece>,
    pub(crate) excerpt: Option<[String; 2]>,
    /// Where in the field, in units of UTF-16, as scripts count.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The name of the field.
    pub(crate) field: String,
}

/// Something that is said, and what can be done about it.
pub(crate) struct Note {
    pub(crate) severity: &'static str,
    pub(crate) message: Vec<Piece>,
    /// Somebody, and whether they get in or stay out.
    pub(crate) shown_by: Option<(String, &'static str)>,
    pub(crate) advice: Option<Vec<Piece>>,
    /// What a button does, and what it says.
    pub(crate) button: Option<(String, String)>,
}

/// Who gets in by a pattern.
pub(crate) struct Insight {
    pub(crate) insiders: Vec<String>,
    pub(crate) outsiders: Vec<(String, String)>,
    /// Markup, made by `railroad`, which escapes what is in the pattern.
    pub(crate) picture: String,
}

/// Who gets in is shown of so many patterns, and pictures of those that are not longer.
const INSIGHTS: usize = 40;
const LONGEST_PICTURE: usize = 300;
/// Who gets in is shown as long as the patterns have no more alternatives than this between them, written out.
const ALTERNATIVES: usize = 1000;
/// Steps of what is asked for these, of some ten nanoseconds each, and examples of each kind.
const STEPS: u64 = 100_000;
const EXAMPLES: usize = 4;

/// The rows of a draft, with what its preview says of each.
pub(super) fn rows(
    list_type: ListType,
    draft: &Draft,
    focus: Option<Focus>,
    preview: &Preview,
    places: &[usize],
) -> Vec<Row> {
    let count = draft.rows.len();
    let mut rows: Vec<Row> = draft
        .rows
        .iter()
        .enumerate()
        .map(|(index, text)| Row {
            id: format!("{}-pattern-{}", list_type.as_str(), index + 1),
            number: index + 1,
            text: text.clone(),
            shown: words::shown(text),
            error: None,
            notes: Vec::new(),
            same_as: None,
            canonical: None,
            insight: None,
            is_large: false,
            is_first: index == 0,
            is_last: index + 1 == count,
            focus: match focus {
                Some(Focus::Row(row)) if row == index => "row",
                Some(Focus::Up(row)) if row == index => "up",
                Some(Focus::Down(row)) if row == index => "down",
                _ => "",
            },
        })
        .collect();
    let row_of = |position: usize| places.get(position).copied();
    for error in &preview.errors {
        if let Some(row) = row_of(error.position).and_then(|row| rows.get_mut(row)) {
            let field = row.id.clone();
            row.error.get_or_insert_with(|| Fault::of(error, field));
        }
    }
    let mut left = ALTERNATIVES;
    for rule in &preview.rules {
        let Some(row) = row_of(rule.position).and_then(|row| rows.get_mut(row)) else { continue };
        row.canonical = (row.text != rule.pattern).then(|| rule.pattern.clone());
        if rule.number > INSIGHTS || count > MOST_ROWS {
            continue;
        }
        let Ok(pattern) = Pattern::parse(&rule.pattern) else { continue };
        let alternatives = written_out(&pattern.ast().nodes);
        match left.checked_sub(alternatives) {
            Some(rest) => {
                left = rest;
                let name = format!("{}-picture-{}", list_type.as_str(), row.number);
                row.insight = Some(Insight::of(&pattern, name));
            }
            None => row.is_large = true,
        }
    }
    for duplicate in &preview.duplicates {
        let first =
            preview.rules.get(duplicate.rule.saturating_sub(1)).and_then(|rule| row_of(rule.position));
        if let Some(row) = row_of(duplicate.position).and_then(|row| rows.get_mut(row)) {
            row.same_as = first.map(|first| first + 1);
        }
    }
    // Of patterns that are there twice it is said where they are.
    let is_said = |finding: &&Finding| finding.code == "duplicate" && finding.rules.is_empty();
    for finding in preview.lint.findings.iter().filter(|finding| !is_said(finding)) {
        if let Some(row) = finding.position.and_then(row_of).and_then(|row| rows.get_mut(row)) {
            row.notes.push(Note::of_row(finding, row.number));
        }
    }
    rows
}

impl Fault {
    fn of(error: &PatternError, field: String) -> Fault {
        let units = |end: usize| error.pattern.get(..end).map_or(0, |text| text.encode_utf16().count());
        Fault {
            message: words::sentence(&error.message),
            help: words::sentence(&error.help),
            excerpt: error.excerpt.clone(),
            start: units(error.span.start),
            end: units(error.span.end),
            field,
        }
    }
}

impl Note {
    fn of_row(finding: &Finding, number: usize) -> Note {
        let button = match &finding.suggestion {
            Some(Suggestion::Replace(text)) => Some((format!("use-{number}-{text}"), format!("Use {text}"))),
            Some(Suggestion::Remove) => {
                Some((format!("remove-{number}"), format!("Remove pattern {number}")))
            }
            _ => None,
        };
        Note { button: button.or_else(|| added(finding)), ..Note::of_list(finding) }
    }

    /// About a list as a whole.
    pub(super) fn of_list(finding: &Finding) -> Note {
        let severity = match finding.severity {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let gets_in = finding.example.as_ref().or(finding.admits.as_ref()).map(|host| (host, "gets in"));
        let shown_by = gets_in.or(finding.denies.as_ref().map(|host| (host, "stays out")));
        let advice = match &finding.suggestion {
            Some(Suggestion::Form(text)) => Some(format!("write something like `{text}`")),
            Some(Suggestion::Advice(text)) => Some(text.clone()),
            _ => None,
        };
        Note {
            severity,
            message: words::sentence(&finding.message),
            shown_by: shown_by.map(|(host, what)| (words::shown(host), what)),
            advice: advice.map(|text| words::sentence(&text)),
            button: added(finding),
        }
    }
}

fn added(finding: &Finding) -> Option<(String, String)> {
    match &finding.suggestion {
        Some(Suggestion::Add(text)) => Some((format!("append-{text}"), format!("Add {text}"))),
        _ => None,
    }
}

impl Insight {
    fn of(pattern: &Pattern, name: String) -> Insight {
        let prover = Prover::with_budget(Budget::default().steps(STEPS).candidates(100));
        let insiders = prover.examples(&Rules::from(pattern.clone()), EXAMPLES).unwrap_or_default();
        let outsiders = prover.outsiders(pattern, EXAMPLES).into_iter().map(|outsider| {
            let why = outsider.near_miss.map(|near| near.kind.to_string());
            (outsider.host, why.unwrap_or_default())
        });
        let is_drawn = pattern.canonical().len() <= LONGEST_PICTURE;
        Insight {
            insiders: insiders.into_iter().map(|example| example.host).collect(),
            outsiders: outsiders.collect(),
            picture: if is_drawn {
                railroad::svg(&[pattern], &Style::default().part(name))
            } else {
                String::new()
            },
        }
    }
}

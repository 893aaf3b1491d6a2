//! Findings as one JSON object.

use std::io::Write;

use guestlist_proof::lint::{Finding, Severity};
use serde::Serialize;

use super::{Linting, Region, range_in_file};
use crate::failure::Failure;

#[derive(Serialize)]
struct Report<'r> {
    errors: usize,
    warnings: usize,
    notes: usize,
    rules: usize,
    /// The version that findings rest on which say so.
    public_suffix_list: &'static str,
    lists: Vec<List<'r>>,
}

#[derive(Serialize)]
struct List<'r> {
    name: &'r str,
    rules: usize,
    findings: Vec<Placed>,
}

#[derive(Serialize)]
struct Placed {
    #[serde(flatten)]
    finding: Finding,
    /// Where the place is in a file; lines and columns count from 1, columns in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
}

#[derive(Serialize)]
struct Place {
    file: String,
    line: usize,
    column: usize,
    end_column: usize,
}

/// Rules count from 1, as they do for people and in the other commands.
fn counted_from_1(finding: &Finding) -> Finding {
    let mut finding = finding.clone();
    finding.rule.iter_mut().chain(&mut finding.rules).for_each(|rule| *rule += 1);
    finding
}

pub(super) fn write(linting: &Linting, out: &mut dyn Write) -> Result<(), Failure> {
    let lists = linting.lists.iter().map(|list| {
        let findings = list.findings.iter().map(|finding| {
            let place = list.place(finding).zip(list.source(finding)).map(|(file, source)| {
                let Region { line, column, end_column } =
                    Region::new(file, range_in_file(file, source, finding));
                Place { file: file.path.display().to_string(), line, column, end_column }
            });
            Placed { finding: counted_from_1(finding), place }
        });
        List { name: &list.list.name, rules: list.list.list().rules().len(), findings: findings.collect() }
    });
    let report = Report {
        errors: linting.count(Severity::Error),
        warnings: linting.count(Severity::Warning),
        notes: linting.count(Severity::Note),
        rules: linting.rules(),
        public_suffix_list: linting.public_suffix_list,
        lists: lists.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

//! The table of counts: written as text that shows in a difference what changed, read again, and compared.

use std::fmt::{self, Write};

/// What differs by more than this is another program.
const SLACK: f64 = 0.03;

const HEAD: &str = "\
# Instructions for one operation, as `benches/instructions` counts them: a list for `parse` and `build`, a host or header for the others.
# `benches/instructions --check` compares, `--update` writes anew. Comparable with the same compiler and the same path through the processor only.
";

/// Counts, and what made them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// The compiler.
    pub(super) rustc: String,
    /// The instructions that the program found.
    pub(super) cpu: String,
    /// Workload, path, instructions.
    pub(super) rows: Vec<(String, String, u64)>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEAD}compiler: {}\nprocessor: {}\n", self.rustc, self.cpu)?;
        self.rows
            .iter()
            .try_for_each(|(workload, path, count)| writeln!(f, "{workload:<16} {path:<12} {count:>14}"))
    }
}

impl Table {
    /// Reads what was written.
    pub(super) fn read(text: &str) -> Option<Table> {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        let rustc = lines.next()?.strip_prefix("compiler: ")?.to_owned();
        let cpu = lines.next()?.strip_prefix("processor: ")?.to_owned();
        let row = |line: &str| {
            let mut parts = line.split_whitespace().map(str::to_owned);
            Some((parts.next()?, parts.next()?, parts.next()?.parse().ok()?))
        };
        Some(Table { rustc, cpu, rows: lines.map(row).collect::<Option<_>>()? })
    }

    /// For people: each row with the change since another table.
    pub(super) fn beside(&self, known: Option<&Table>) -> String {
        let mut text = format!("{:<16} {:<12} {:>14} {:>9}\n", "workload", "path", "instructions", "change");
        for (workload, path, count) in &self.rows {
            let known = known.and_then(|known| known.find(workload, path));
            let change = known.map(|known| format!("{:+.1} %", (*count as f64 / known as f64 - 1.0) * 100.0));
            let _ = writeln!(text, "{workload:<16} {path:<12} {count:>14} {:>9}", change.unwrap_or_default());
        }
        text
    }

    /// Why the two cannot be compared, if they cannot.
    pub(super) fn incomparable(&self, known: &Table) -> Option<String> {
        if self.rustc != known.rustc {
            return Some(format!("the table is of {}, and this is {}", known.rustc, self.rustc));
        }
        let other = self.cpu != known.cpu;
        other
            .then(|| format!("the table is of a processor with {}, and this one has {}", known.cpu, self.cpu))
    }

    /// A line for each row that is not the same in both, within the slack.
    pub(super) fn differences(&self, known: &Table) -> Vec<String> {
        let mut lines = Vec::new();
        for (workload, path, count) in &self.rows {
            match known.find(workload, path) {
                None => lines.push(format!("{workload} {path}: new, {count}")),
                Some(known) if (*count as f64 - known as f64).abs() > known as f64 * SLACK => {
                    lines.push(format!("{workload} {path}: {known} became {count}"));
                }
                Some(_) => {}
            }
        }
        let gone = known.rows.iter().filter(|(workload, path, _)| self.find(workload, path).is_none());
        lines.extend(gone.map(|(workload, path, _)| format!("{workload} {path}: gone")));
        lines
    }

    fn find(&self, workload: &str, path: &str) -> Option<u64> {
        self.rows.iter().find(|row| row.0 == workload && row.1 == path).map(|row| row.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(count: u64) -> Table {
        let rows =
            vec![("w1".to_owned(), "parse".to_owned(), count), ("w1".to_owned(), "build".to_owned(), 5)];
        Table { rustc: "rustc 1.2.3 (of a day)".to_owned(), cpu: "avx2".to_owned(), rows }
    }

    #[test]
    fn what_is_written_is_read_again() {
        assert_eq!(Table::read(&table(1000).to_string()), Some(table(1000)));
    }

    #[test]
    fn three_percent_are_none() {
        assert!(table(1030).differences(&table(1000)).is_empty());
        assert_eq!(table(1031).differences(&table(1000)), ["w1 parse: 1000 became 1031"]);
        assert_eq!(table(969).differences(&table(1000)), ["w1 parse: 1000 became 969"]);
    }

    #[test]
    fn rows_that_come_and_go_are_told() {
        let (mut more, less) = (table(1), table(1));
        more.rows.push(("w2".to_owned(), "parse".to_owned(), 7));
        assert_eq!(more.differences(&less), ["w2 parse: new, 7"]);
        assert_eq!(less.differences(&more), ["w2 parse: gone"]);
    }

    #[test]
    fn another_compiler_makes_another_program() {
        let other = Table { rustc: "rustc 1.2.4".to_owned(), ..table(1) };
        assert_eq!(table(1).incomparable(&table(1)), None);
        assert!(table(1).incomparable(&other).is_some());
    }
}

//! What a person who tries a list should know beside the answer: who else gets in, what was dropped, that nothing is left (SPEC §3).
//!
//! Who else gets in is what the lints say of each rule ([`guestlist_proof::lint`]); advice that lets in nobody is left to `guestlist lint`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use guestlist::{List, ListType, Pattern};
use guestlist_proof::lint::{self, Code, Finding, Options, Severity, Suggestion};

use crate::options::OutputFormat;
use crate::text::show_short;

/// What lets in people who are not meant, with the rule; in their order.
pub(crate) fn strangers(list: &List) -> impl Iterator<Item = Finding> {
    lint::lint(list, &Options::strangers_only()).findings.into_iter()
}

/// What is worth a word beside a report on the list: all but advice. What cannot be read is told elsewhere.
pub(crate) fn worth_a_word(list: &List) -> impl Iterator<Item = Finding> {
    let findings = lint::lint(list, &Options::default().level(Code::Broken, None)).findings;
    findings.into_iter().filter(|finding| finding.severity > Severity::Note)
}

/// The same for a pattern alone, in words.
pub(crate) fn of(pattern: &Pattern) -> Option<String> {
    let list = List::builder(ListType::Upload).pattern(pattern.canonical()).restore();
    strangers(&list).next().map(|finding| in_words(&finding))
}

/// A finding in one sentence.
pub(crate) fn in_words(finding: &Finding) -> String {
    let host = finding.stranger().map(|host| format!(", such as `{host}`")).unwrap_or_default();
    format!("{}{host}", finding.message)
}

/// What to write instead, as a sentence behind another one; empty where only words would do.
pub(crate) fn remedy(finding: &Finding) -> String {
    match &finding.suggestion {
        Some(Suggestion::Replace(text)) => format!(" Write `{text}` instead."),
        Some(Suggestion::Form(text)) => format!(" Write something like `{text}`, with names of your own."),
        Some(Suggestion::Remove) => " The list admits the same hosts without it.".to_string(),
        _ => String::new(),
    }
}

/// Prints every warning on standard error, where people read.
pub(crate) fn print(list: &List, format: OutputFormat) {
    print_about_list(list, format);
    if format == OutputFormat::Json {
        return;
    }
    for finding in strangers(list) {
        let pattern = finding.pattern.as_deref().unwrap_or_default();
        line(format, "warning", &format!("`{}`: {}", show_short(pattern.as_bytes()), in_words(&finding)));
    }
}

/// Prints what is not about a single pattern: duplicates, and that there is none.
pub(crate) fn print_about_list(list: &List, format: OutputFormat) {
    if format == OutputFormat::Text {
        print_duplicates("", list);
    }
    if list.rules().is_empty() && list.mode() == guestlist::Mode::Enforce {
        line(format, "warning", "the list has no patterns, so every origin is denied");
    }
}

/// Prints which patterns are given again; the place says where the list is, if that is not plain.
pub(crate) fn print_duplicates(place: &str, list: &List) {
    for duplicate in list.duplicates() {
        let kept = show_short(list.rule(duplicate.of).pattern().canonical().as_bytes());
        let text = format!("{place}pattern {} is `{kept}` again; one stays", duplicate.position + 1);
        line(OutputFormat::Text, "note", &text);
    }
}

/// Prints what a person should know beside the answer.
pub(crate) fn note(format: OutputFormat, text: &str) {
    line(format, "note", text);
}

fn line(format: OutputFormat, kind: &str, text: &str) {
    if format == OutputFormat::Json {
        return;
    }
    let style = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    let mut stderr = anstream::AutoStream::auto(io::stderr().lock());
    // With nowhere to warn there is nothing to do about it.
    writeln!(stderr, "{style}{kind}{style:#}: {text}").ok();
}

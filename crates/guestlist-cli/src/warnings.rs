//! What a person who saves a list should know: who else gets in, what was dropped, that nothing is left (SPEC §3).
//!
//! The engine warns of what a pattern itself shows. Which names are shared by many owners, such as `co.uk` and `github.io`, is known to the Public
//! Suffix List, which is compiled in; it advises here and never decides a request.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use guestlist::ast::{Node, NodeKind};
use guestlist::{List, Pattern};

use crate::options::OutputFormat;
use crate::text::show_short;

/// Who else gets in, in words.
pub(crate) fn of(pattern: &Pattern) -> Option<String> {
    if let Some(warning) = pattern.warning() {
        return Some(warning.to_string());
    }
    let suffix = shared_suffix(&pattern.ast().nodes)?;
    Some(format!(
        "anyone can get a name in `{suffix}`, so this also lets in hosts of others, such as `evil.{suffix}`"
    ))
}

/// The public suffix that a `*.` stands directly in front of.
fn shared_suffix(nodes: &[Node]) -> Option<String> {
    let host = nodes.split(|node| node.kind == NodeKind::Colon).next()?;
    let [Node { kind: NodeKind::Star, .. }, Node { kind: NodeKind::Dot, .. }, rest @ ..] = host else {
        return None;
    };
    let mut name = String::new();
    for node in rest {
        match &node.kind {
            NodeKind::Literal(literal) => name += &literal.ascii,
            NodeKind::Dot => name.push('.'),
            _ => return None,
        }
    }
    // A rule of the list, not the assumption that an unknown last label is one.
    let suffix = psl::suffix(name.as_bytes()).filter(psl::Suffix::is_known)?;
    (suffix.as_bytes() == name.as_bytes()).then_some(name)
}

/// Prints every warning on standard error, where people read.
pub(crate) fn print(list: &List, format: OutputFormat) {
    print_about_list(list, format);
    for rule in list.rules() {
        if let Some(warning) = of(rule.pattern()) {
            line(
                format,
                "warning",
                &format!("`{}`: {warning}", show_short(rule.pattern().canonical().as_bytes())),
            );
        }
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

fn line(format: OutputFormat, kind: &str, text: &str) {
    if format == OutputFormat::Json {
        return;
    }
    let style = Style::new().fg_color(Some(AnsiColor::Yellow.into())).bold();
    let mut stderr = anstream::AutoStream::auto(io::stderr().lock());
    // With nowhere to warn there is nothing to do about it.
    writeln!(stderr, "{style}{kind}{style:#}: {text}").ok();
}

//! The report as one web page: no script, no other file, light and dark, from a phone to a wide screen. All text that comes from a log or a list is escaped.

use std::fmt::Write as _;

use guestlist::Mode;

use super::chart::{Part, bars, escaped, ring};
use super::report::{DeniedOrigin, Report};
use super::text::how_many;
use super::words::{counted, grouped, percent};

/// The page.
pub(super) fn page(report: &Report) -> String {
    let mut page = String::with_capacity(16 * 1024);
    let list = &report.list;
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    // Even if something slipped through the escaping, it could load and run nothing.
    page.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
    );
    let _ = write!(
        page,
        "<title>Audit of the {} list</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n",
        list.list_type
    );
    let _ = write!(
        page,
        "<header><p class=\"kicker\">guestlist audit</p><h1>{} through the {} list</h1>\
         <p class=\"facts\"><span>list <b>{}</b></span><span>mode <b>{}</b></span><span>{} <b>{}</b></span></p></header>",
        counted(report.requests, "request"),
        list.list_type,
        escaped(&list.name),
        list.mode,
        if report.inputs.len() == 1 { "log" } else { "logs" },
        match &report.inputs[..] {
            [input] => escaped(&input.name),
            inputs => grouped(inputs.len() as u64),
        }
    );
    notes(report, true, &mut page);
    outcome(report, &mut page);
    reasons(report, &mut page);
    denied_origins(report, &mut page);
    rules(report, &mut page);
    inputs(report, &mut page);
    unreadable(report, &mut page);
    notes(report, false, &mut page);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// What changes the meaning of the numbers stands above them, the rest below.
fn notes(report: &Report, warns: bool, page: &mut String) {
    for note in report.notes.iter().filter(|note| note.warns == warns) {
        let class = if warns { "note warns" } else { "note" };
        let _ = write!(page, "<aside class=\"{class}\"><p>{}</p>", with_code(&note.text));
        if note.code == "broken-patterns" {
            page.push_str("<ul>");
            for broken in &report.list.broken {
                let _ = write!(
                    page,
                    "<li>pattern {} <code>{}</code>: {}</li>",
                    broken.position.unwrap_or_default(),
                    escaped(&broken.pattern),
                    escaped(&broken.message)
                );
            }
            page.push_str("</ul>");
        }
        page.push_str("</aside>\n");
    }
}

fn outcome(report: &Report, page: &mut String) {
    let allowed = report.allowed_by;
    let denied_word = denied_word(report);
    let parts = [
        Part::new("allowed by a rule", allowed.matched, "good"),
        Part::new("allowed without the header", allowed.missing_header, "soft"),
        Part::new("allowed, the list is off", allowed.not_enforced, "none"),
        Part::new(denied_word, report.denied, "bad"),
    ];
    let share = percent(report.allowed, report.requests);
    page.push_str("<section class=\"outcome\"><h2>Outcome</h2><div class=\"split\">");
    page.push_str(&ring("outcome", "Share of requests by outcome", &parts, [&share, "allowed"]));
    page.push_str("<div><ul class=\"legend\">");
    for part in parts.iter().filter(|part| part.value > 0) {
        let _ = write!(
            page,
            "<li><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><rect class=\"{}\" width=\"12\" height=\"12\" rx=\"3\"/></svg>\
             <span>{}</span><b>{}</b><em>{}</em></li>",
            part.class,
            part.label,
            grouped(part.value),
            escaped(&percent(part.value, report.requests))
        );
    }
    page.push_str("</ul><dl class=\"cards\">");
    let mut card = |name: &str, number: Option<u64>| {
        let number = number.map_or_else(|| "–".to_owned(), grouped);
        let _ = write!(page, "<div><dt>{name}</dt><dd>{number}</dd></div>");
    };
    card("requests", Some(report.requests));
    card("without the header", report.no_header);
    card("unreadable lines", Some(report.unreadable));
    page.push_str("</dl></div></div></section>\n");
}

fn reasons(report: &Report, page: &mut String) {
    let (allowed, denied) = (report.allowed_by, report.denied_by);
    let all = [
        Part::new("allowed: a rule matches", allowed.matched, "good"),
        Part::new("allowed: header not sent", allowed.missing_header, "soft"),
        Part::new("allowed: the list is off", allowed.not_enforced, "none"),
        Part::new("denied: no rule matches", denied.no_match, "bad"),
        Part::new("denied: header not sent", denied.missing_header, "bad"),
        Part::new("denied: header malformed", denied.malformed, "bad"),
        Part::new("denied: opaque origin (null)", denied.opaque_origin, "bad"),
        Part::new("denied: scheme not supported", denied.unsupported_scheme, "bad"),
        Part::new("denied: other", denied.other, "bad"),
    ];
    let parts: Vec<Part> = all.into_iter().filter(|part| part.value > 0).collect();
    page.push_str("<section><h2>Why</h2>");
    if parts.is_empty() {
        page.push_str("<p class=\"remark\">No requests.</p></section>\n");
        return;
    }
    page.push_str(&bars("reasons", "Requests by reason", &parts, report.requests));
    page.push_str("<details><summary>As a table</summary>");
    table(page, "Requests by reason", &[("reason", ""), ("requests", NUMBER), ("share", NUMBER)]);
    for part in &parts {
        let share = percent(part.value, report.requests);
        row(page, &[(&escaped(&part.label), ""), (&grouped(part.value), NUMBER), (&escaped(&share), NUMBER)]);
    }
    page.push_str(END_OF_TABLE);
    page.push_str("</details>");
    if !report.malformed.is_empty() {
        page.push_str("<h3>What was malformed</h3>");
        table(page, "Malformed headers by kind", &[("kind", ""), ("requests", NUMBER)]);
        for kind in &report.malformed {
            let name = with_remark(kind.kind, kind.description);
            row(page, &[(&name, ""), (&grouped(kind.requests), NUMBER)]);
        }
        page.push_str(END_OF_TABLE);
    }
    page.push_str("</section>\n");
}

fn denied_origins(report: &Report, page: &mut String) {
    let denied = &report.denied_origins;
    if denied.listed.is_empty() {
        return;
    }
    let _ = write!(
        page,
        "<section><h2>Most often {}</h2><p class=\"remark\">{}</p>",
        denied_word(report),
        how_many(denied)
    );
    let part = |origin: &DeniedOrigin| Part::new(origin.origin.as_str(), origin.requests, "bad");
    let parts: Vec<Part> = denied.listed.iter().take(CHART_ROWS).map(part).collect();
    page.push_str(&bars("origins", "Most often denied origins", &parts, report.denied));
    table(
        page,
        "Most often denied origins",
        &[("origin and why", ""), ("requests", NUMBER), ("share", NUMBER)],
    );
    for origin in &denied.listed {
        let why = match (&origin.near_miss, origin.words) {
            (Some(near), _) => format!("no rule matches: {}", near.words),
            (None, Some(words)) => words.to_owned(),
            (None, None) => "no rule matches".to_owned(),
        };
        let name = with_remark(&origin.origin, &why);
        let share = escaped(&percent(origin.requests, report.denied));
        row(page, &[(&name, ""), (&grouped(origin.requests), NUMBER), (&share, NUMBER)]);
    }
    page.push_str(END_OF_TABLE);
    page.push_str("</section>\n");
}

fn rules(report: &Report, page: &mut String) {
    page.push_str("<section><h2>Rules</h2>");
    if report.rules.is_empty() || report.list.mode == Mode::Off {
        let _ = write!(
            page,
            "<p class=\"remark\">{}; none was asked.</p></section>",
            counted(report.rules.len() as u64, "rule")
        );
        return;
    }
    let never = report.rules.iter().filter(|rule| rule.requests == 0).count() as u64;
    let never =
        if never == 0 { "Every rule".to_owned() } else { format!("{} never", counted(never, "rule")) };
    let _ = write!(
        page,
        "<p class=\"remark\">A request counts for the first rule that matches. {never} matched.</p>"
    );
    let mut used: Vec<_> = report.rules.iter().filter(|rule| rule.requests > 0).collect();
    used.sort_by_key(|rule| std::cmp::Reverse(rule.requests));
    let parts: Vec<Part> = used
        .iter()
        .take(CHART_ROWS)
        .map(|rule| Part::new(format!("{}  {}", rule.rule, rule.pattern), rule.requests, "good"))
        .collect();
    page.push_str(&bars("rules", "Requests by rule", &parts, report.requests));
    table(
        page,
        "Requests by rule",
        &[("rule", ""), ("pattern", ""), ("requests", NUMBER), ("share", NUMBER)],
    );
    for rule in &report.rules {
        let pattern = format!("<code>{}</code>", escaped(&rule.pattern));
        let (requests, share) = match rule.requests {
            0 => ("<span class=\"never\">never</span>".to_owned(), String::new()),
            number => (grouped(number), escaped(&percent(number, report.requests))),
        };
        row(page, &[(&rule.rule.to_string(), ""), (&pattern, ""), (&requests, NUMBER), (&share, NUMBER)]);
    }
    page.push_str(END_OF_TABLE);
    page.push_str("</section>\n");
}

fn inputs(report: &Report, page: &mut String) {
    if report.inputs.len() < 2 {
        return;
    }
    page.push_str("<section><h2>Logs</h2>");
    let columns = [
        ("log", ""),
        ("format", ""),
        ("requests", NUMBER),
        ("allowed", NUMBER),
        ("denied", NUMBER),
        ("unreadable", NUMBER),
    ];
    table(page, "Numbers of each log", &columns);
    for input in &report.inputs {
        row(
            page,
            &[
                (&escaped(&input.name), ""),
                (input.format.unwrap_or("empty"), ""),
                (&grouped(input.requests), NUMBER),
                (&grouped(input.allowed), NUMBER),
                (&grouped(input.denied), NUMBER),
                (&grouped(input.unreadable), NUMBER),
            ],
        );
    }
    page.push_str(END_OF_TABLE);
    page.push_str("</section>\n");
}

fn unreadable(report: &Report, page: &mut String) {
    if report.unreadable == 0 {
        return;
    }
    let lines = &report.unreadable_lines;
    let _ = write!(
        page,
        "<section><h2>Unreadable lines</h2><p class=\"remark\">The first {} of {}; they are not among the requests.</p>",
        lines.first.len(),
        grouped(report.unreadable)
    );
    table(page, "Unreadable lines by reason", &[("reason", ""), ("lines", NUMBER)]);
    for reason in &lines.by_reason {
        row(page, &[(reason.description, ""), (&grouped(reason.lines), NUMBER)]);
    }
    page.push_str(END_OF_TABLE);
    table(page, "First unreadable lines", &[("log", ""), ("line", NUMBER), ("reason", "")]);
    for line in &lines.first {
        row(page, &[(&escaped(&line.input), ""), (&grouped(line.line), NUMBER), (line.words, "")]);
    }
    page.push_str(END_OF_TABLE);
    page.push_str("</section>\n");
}

fn denied_word(report: &Report) -> &'static str {
    if report.only_reports() { "would be denied" } else { "denied" }
}

/// Begins a table; the columns have a name and a class.
fn table(page: &mut String, caption: &str, columns: &[(&str, &str)]) {
    let _ = write!(
        page,
        "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table><caption>{caption}</caption><thead><tr>"
    );
    for (name, class) in columns {
        let _ = write!(page, "<th scope=\"col\"{}>{name}</th>", class_attribute(class));
    }
    page.push_str("</tr></thead><tbody>\n");
}

/// A row of cells that are markup.
fn row(page: &mut String, cells: &[(&str, &str)]) {
    page.push_str("<tr>");
    for (markup, class) in cells {
        let _ = write!(page, "<td{}>{markup}</td>", class_attribute(class));
    }
    page.push_str("</tr>\n");
}

/// A name as code, and a remark below it.
fn with_remark(name: &str, remark: &str) -> String {
    format!("<code>{}</code><div class=\"why\">{}</div>", escaped(name), with_code(remark))
}

/// Text as markup, with what stands between backticks as code.
fn with_code(text: &str) -> String {
    let mut markup = String::new();
    for (index, piece) in text.split('`').enumerate() {
        let piece = escaped(piece);
        markup.push_str(&if index % 2 == 1 { format!("<code>{piece}</code>") } else { piece });
    }
    markup
}

fn class_attribute(class: &str) -> String {
    if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
}

const END_OF_TABLE: &str = "</tbody></table></div>";
const NUMBER: &str = "number";
/// Bars in a chart; the table below has the rest.
const CHART_ROWS: usize = 10;
const STYLE: &str = include_str!("page.css");

//! Findings as SARIF 2.1.0 (OASIS standard), which code hosts show beside the changed line.

use std::fmt::Write as _;
use std::io::Write;

use guestlist_proof::lint::{Code, Finding, Suggestion};
use serde_json::{Value, json};

use super::{Linted, Linting, Region, range_in_file};
use crate::failure::Failure;

pub(super) fn write(linting: &Linting, out: &mut dyn Write) -> Result<(), Failure> {
    let rules: Vec<Value> = Code::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.as_str(),
                "shortDescription": { "text": code.summary() },
                "help": { "text": format!("See docs/lints.md, section `{code}`.") },
                "defaultConfiguration": { "level": code.severity().as_str() },
            })
        })
        .collect();
    let results: Vec<Value> = linting
        .lists
        .iter()
        .flat_map(|list| list.findings.iter().map(move |finding| result(list, finding)))
        .collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "guestlist",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "properties": { "publicSuffixList": linting.public_suffix_list },
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &report).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

fn result(list: &Linted, finding: &Finding) -> Value {
    let mut message = finding.message.clone();
    // A message of one line is all that many viewers show.
    if let Some(host) = finding.stranger() {
        let _ = write!(message, ", for example `{host}`");
    }
    match &finding.suggestion {
        Some(Suggestion::Replace(text)) => message += &format!("; write `{text}`"),
        Some(Suggestion::Form(text)) => message += &format!("; write something like `{text}`"),
        Some(Suggestion::Add(text)) => message += &format!("; add `{text}`"),
        Some(Suggestion::Remove) => message += "; remove it",
        _ => {}
    }
    let mut result = json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == finding.code),
        "level": finding.severity.as_str(),
        "message": { "text": message },
        "properties": {
            "basis": finding.basis.as_str(),
            "admits": finding.admits.as_ref().map(ToString::to_string),
            "example": finding.example,
            "denies": finding.denies,
        },
    });
    let rule = finding.rule.map(|rule| rule + 1);
    let logical = match (&finding.pattern, rule) {
        (Some(pattern), Some(rule)) => {
            json!([{ "name": pattern, "fullyQualifiedName": format!("{}/rule {rule}", list.list.name) }])
        }
        _ => json!([{ "name": list.list.name }]),
    };
    let mut location = json!({ "logicalLocations": logical });
    if let Some((file, source)) = list.place(finding).zip(list.source(finding)) {
        let Region { line, column, end_column } = Region::new(file, range_in_file(file, source, finding));
        let artifact = json!({ "uri": uri(&file.path.display().to_string()) });
        location["physicalLocation"] = json!({
            "artifactLocation": artifact,
            "region": { "startLine": line, "startColumn": column, "endColumn": end_column },
        });
        // What can be written in place of the pattern can be offered as a click, where the file has the pattern as it is.
        if let Some(Suggestion::Replace(text)) = &finding.suggestion
            && file.content.get(file.range.clone()) == Some(source)
        {
            let Region { column: start_column, end_column, .. } = Region::new(file, file.range.clone());
            result["fixes"] = json!([{
                "description": { "text": format!("Write `{text}`") },
                "artifactChanges": [{
                    "artifactLocation": artifact,
                    "replacements": [{
                        "deletedRegion": { "startLine": line, "startColumn": start_column, "endColumn": end_column },
                        "insertedContent": { "text": text },
                    }],
                }],
            }]);
        }
    }
    result["locations"] = json!([location]);
    result
}

/// A path as a relative or absolute URI reference (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("lists/my list#1.txt"), "lists/my%20list%231.txt");
        assert_eq!(uri("ü%"), "%C3%BC%25");
    }
}

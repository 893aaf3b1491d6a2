//! Cases in words, so that a line of the tables can be an input, and a fuzzer can change it as text.
//!
//! A list and hosts:
//!
//! ```text
//! list
//! *.example.com
//! localhost:3000
//!
//! www.example.com
//! localhost:3001
//! ```
//!
//! Three lists and hosts, with a number:
//!
//! ```text
//! rules 3
//! *.example.com
//!
//! www.example.com
//! example.com
//!
//! *.com
//!
//! shop.example.com
//! ```
//!
//! A list, its settings, and the headers of a request:
//!
//! ```text
//! delivery;mode=report;block_missing=1;scheme=capacitor
//! *.example.com
//! localhost:3000
//!
//! Origin: https://www.example.com
//! Referer: https://www.example.com/a
//! ```

use guestlist::{ListType, Mode};

use crate::gate_case::GateCase;

/// No more patterns and hosts than this are read, so that a case stays a case.
const MOST: usize = 20;

/// The patterns and hosts, if the bytes are such a case.
pub fn list_case(bytes: &[u8]) -> Option<(Vec<String>, Vec<String>)> {
    let text = core::str::from_utf8(bytes).ok()?.strip_prefix("list\n")?;
    let (patterns, hosts) = text.split_once("\n\n").unwrap_or((text, ""));
    let lines = |text: &str| text.lines().take(MOST).map(str::to_owned).collect();
    Some((lines(patterns), lines(hosts)))
}

/// Three lists, hosts and a number, if the bytes are such a case.
pub fn rules_case(bytes: &[u8]) -> Option<([Vec<String>; 3], Vec<String>, usize)> {
    let (first, text) = core::str::from_utf8(bytes).ok()?.strip_prefix("rules ")?.split_once('\n')?;
    let number: usize = first.parse().ok().filter(|number| *number < 10)?;
    let mut groups = text.split("\n\n").map(|lines| lines.lines().take(MOST).map(str::to_owned).collect());
    let mut next = || groups.next().unwrap_or_default();
    Some(([next(), next(), next()], next(), number))
}

/// The list and the request, if the bytes are such a case. The values of headers may be any bytes but a line break.
pub fn gate_case(bytes: &[u8]) -> Option<GateCase> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let settings = core::str::from_utf8(lines.next()?).ok()?;
    let mut settings = settings.split(';');
    let mut case = GateCase {
        list_type: match settings.next()? {
            "upload" => ListType::Upload,
            "delivery" => ListType::Delivery,
            _ => return None,
        },
        patterns: Vec::new(),
        mode: None,
        block_missing: None,
        schemes: Vec::new(),
        origin: Vec::new(),
        referer: Vec::new(),
    };
    settings.try_for_each(|setting| case.set(setting)).ok()?;
    for line in lines.by_ref().take_while(|line| !line.is_empty()).take(MOST) {
        case.patterns.push(core::str::from_utf8(line).ok()?.to_owned());
    }
    for line in lines.take(MOST) {
        if let Some(value) = line.strip_prefix(b"Origin: ") {
            case.origin.push(value.to_vec());
        } else if let Some(value) = line.strip_prefix(b"Referer: ") {
            case.referer.push(value.to_vec());
        }
    }
    Some(case)
}

impl GateCase {
    /// Reads a setting such as `mode=report`, as the tables write it.
    ///
    /// # Errors
    ///
    /// There is no such setting.
    pub fn set(&mut self, setting: &str) -> Result<(), String> {
        match setting {
            "block_missing=0" => self.block_missing = Some(false),
            "block_missing=1" => self.block_missing = Some(true),
            "mode=off" => self.mode = Some(Mode::Off),
            "mode=report" => self.mode = Some(Mode::Report),
            "mode=enforce" => self.mode = Some(Mode::Enforce),
            _ => match setting.strip_prefix("scheme=") {
                // `file` can never be named, and a scheme is in form.
                Some(scheme) if is_scheme(scheme) => self.schemes.push(scheme.to_owned()),
                _ => return Err(format!("setting {setting:?}")),
            },
        }
        Ok(())
    }
}

fn is_scheme(text: &str) -> bool {
    guestlist::Gate::new().dangerously_support_scheme(text).is_ok()
}

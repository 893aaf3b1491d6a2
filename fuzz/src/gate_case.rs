//! A request, and the list that decides on it.

use guestlist::{ListType, Mode, RequestHeaders};

/// An app's list and the headers of a request.
#[derive(Clone, Debug)]
pub struct GateCase {
    /// Which list is asked.
    pub list_type: ListType,
    /// Its patterns; those that are refused are skipped, but never turn the list off.
    pub patterns: Vec<String>,
    /// Its mode, or none for the default.
    pub mode: Option<Mode>,
    /// Its `block_missing`, or none for the default.
    pub block_missing: Option<bool>,
    /// The schemes that the gate names besides `http` and `https`.
    pub schemes: Vec<String>,
    /// Every `Origin` value.
    pub origin: Vec<Vec<u8>>,
    /// Every `Referer` value.
    pub referer: Vec<Vec<u8>>,
}

impl GateCase {
    /// The headers of the request.
    pub fn headers(&self) -> RequestHeaders<'_> {
        RequestHeaders::new()
            .origins(self.origin.iter().map(Vec::as_slice))
            .referers(self.referer.iter().map(Vec::as_slice))
    }

    /// The mode that holds: without one, a list with patterns is enforced.
    pub fn effective_mode(&self) -> Mode {
        self.mode.unwrap_or(if self.patterns.is_empty() { Mode::Off } else { Mode::Enforce })
    }

    /// The case as a Rust expression.
    pub fn to_rust(&self) -> String {
        let values = |values: &[Vec<u8>]| {
            let values: Vec<String> =
                values.iter().map(|value| format!("b\"{}\".to_vec()", value.escape_ascii())).collect();
            format!("vec![{}]", values.join(", "))
        };
        format!(
            "GateCase {{ list_type: ListType::{:?}, patterns: {}, mode: {}, block_missing: {:?}, schemes: {}, origin: {}, referer: {} }}",
            self.list_type,
            strings(&self.patterns),
            self.mode.map_or("None".to_string(), |mode| format!("Some(Mode::{mode:?})")),
            self.block_missing,
            strings(&self.schemes),
            values(&self.origin),
            values(&self.referer),
        )
    }
}

/// Strings as a Rust expression.
pub fn strings(texts: &[String]) -> String {
    if texts.is_empty() {
        return "Vec::new()".to_string();
    }
    format!("Vec::from({texts:?}.map(String::from) as [String; {}])", texts.len())
}

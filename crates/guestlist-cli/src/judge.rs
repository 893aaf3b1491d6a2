//! What a person types as an origin: one with a scheme is an `Origin` header, one without is a bare host.

use guestlist::{Decision, Gate, ListType, Mode, NearMiss, NoOrigin, Origin, Pattern, RequestHeaders};

/// The answer to a typed origin.
pub(crate) struct Answer {
    pub(crate) allowed: bool,
    /// The reason, as a name that does not change.
    pub(crate) reason: &'static str,
    /// The decision and its reason in words.
    pub(crate) message: String,
    /// What the gate decided; nothing for what is no host.
    pub(crate) decision: Option<Decision>,
    pub(crate) near_miss: Option<NearMiss>,
}

/// Reads what was typed; true with it if it is a header.
pub(crate) fn read(value: &[u8]) -> (bool, Result<Origin<'_>, NoOrigin>) {
    let is_header = value.is_empty() || value == b"null" || value.windows(3).any(|window| window == b"://");
    (is_header, if is_header { Origin::from_origin_header(value) } else { Origin::from_host(value) })
}

/// Judges what was typed, which has no blanks around it.
pub(crate) fn judge(gate: &Gate, list_type: ListType, value: &[u8]) -> Answer {
    decide(gate, list_type, value, true)
}

/// As [`judge`], without the rule that came closest where that is not wanted: to find it takes as long as there are rules.
pub(crate) fn decide(gate: &Gate, list_type: ListType, value: &[u8], wants_near_miss: bool) -> Answer {
    let (is_header, read) = read(value);
    let headers = RequestHeaders::new().origin(value);
    let list = gate.list(list_type);
    match read {
        Ok(origin) if !is_header => {
            let decision = gate.decide_origin(list_type, &origin);
            let near_miss =
                decision.denial().filter(|_| wants_near_miss).and_then(|_| list.near_miss(&origin));
            of_decision(&decision, near_miss)
        }
        Err(error) if !is_header && list.mode() != Mode::Off => no_host(value, error),
        _ => {
            let decision = gate.decide(list_type, &headers);
            let is_denied = decision.denial().is_some();
            let near_miss =
                (wants_near_miss && is_denied).then(|| gate.near_miss(list_type, &headers)).flatten();
            of_decision(&decision, near_miss)
        }
    }
}

/// The answer to the headers of a request.
pub(crate) fn of_decision(decision: &Decision, near_miss: Option<NearMiss>) -> Answer {
    Answer {
        allowed: decision.lets_through(),
        reason: decision.code(),
        message: decision.to_string(),
        decision: Some(*decision),
        near_miss,
    }
}

fn no_host(value: &[u8], error: NoOrigin) -> Answer {
    let mut message = format!("denied: this is no host: {error}");
    // A name with its own letters is what people type; browsers send another.
    let sent = core::str::from_utf8(value)
        .ok()
        .filter(|text| !text.is_ascii())
        .and_then(|text| Pattern::parse(text).ok());
    if let Some(sent) = sent {
        message += &format!("; browsers send `{sent}`");
    }
    Answer { allowed: false, reason: "malformed", message, decision: None, near_miss: None }
}

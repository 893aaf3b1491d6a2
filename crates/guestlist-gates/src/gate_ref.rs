//! [`GateRef`]: the gate of an app, held.

use core::fmt;
use guestlist::{Decision, DormantGate, ListType, RequestHeaders, RuleId};

use crate::app::{App, Form};

/// The gate of an app, as it was when it was got. It holds nothing but this gate, and may be held for as long as one likes.
///
/// ```
/// use guestlist::{Gate, List, ListType, RequestHeaders};
/// use guestlist_gates::Gates;
///
/// let gates = Gates::default();
/// gates.insert("key", &Gate::new().with_list(List::builder(ListType::Upload).pattern("example.com").build()?))?;
/// let gate = gates.get("key").ok_or("unknown")?;
/// gates.remove("key");
///
/// let decision = gate.decide(ListType::Upload, &RequestHeaders::new().origin(b"https://example.com"));
/// assert_eq!(decision.rule().and_then(|rule| gate.pattern(ListType::Upload, rule)), Some("example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct GateRef {
    app: App,
}

impl GateRef {
    /// Of an app that is packed. Of another it would answer as well, slowly.
    pub(crate) fn new(app: App) -> GateRef {
        GateRef { app }
    }

    /// As [`Gate::decide`](guestlist::Gate::decide).
    pub fn decide(&self, list_type: ListType, headers: &RequestHeaders<'_>) -> Decision {
        self.app.decide(list_type, headers)
    }

    /// As [`Gate::decide_many`](guestlist::Gate::decide_many).
    pub fn decide_many(
        &self,
        list_type: ListType,
        requests: &[RequestHeaders<'_>],
        decided: impl FnMut(Decision),
    ) {
        match self.app.form() {
            Form::Packed(gate) => gate.decide_many(list_type, requests, decided),
            Form::Dormant(gate) => gate.pack().decide_many(list_type, requests, decided),
        }
    }

    /// The canonical text of the pattern of a rule, as in [`Decision::rule`]. Cost: linear in the texts of the list.
    pub fn pattern(&self, list_type: ListType, rule: RuleId) -> Option<&str> {
        match self.app.form() {
            Form::Packed(gate) => gate.pattern(list_type, rule),
            Form::Dormant(gate) => gate.patterns(list_type).nth(rule.index()),
        }
    }

    /// The gate as it is kept while nobody asks it; to be inserted elsewhere.
    pub fn to_dormant(&self) -> DormantGate {
        self.app.to_dormant_gate()
    }
}

impl fmt::Debug for GateRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_dormant().fmt(f)
    }
}

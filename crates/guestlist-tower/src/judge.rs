//! [`Judge`]: the head of a request → [`Verdict`]. What the layer and the CORS predicate ask.

use std::sync::{Arc, LazyLock};

use guestlist::{Decision, Gate, List, ListType, Mode};
use http::request::Parts;

use crate::app_key::AppKey;
use crate::decide::Decide;
use crate::headers::request_headers;

/// What decides for an app that there is not: lists that approve nobody. So it is told apart from no app that denies: what a stranger hears is made of his own headers alone.
static NOBODY: LazyLock<Gate> = LazyLock::new(|| {
    let list = |list_type| List::builder(list_type).mode(Mode::Enforce).block_missing(true).restore();
    Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery))
});

pub(crate) struct Judge<G> {
    pub(crate) gates: Arc<G>,
    pub(crate) list_type: ListType,
    pub(crate) app: Option<AppKey>,
}

/// A decision, and whether there is such an app.
#[derive(Clone, Copy)]
pub(crate) struct Verdict {
    pub(crate) decision: Decision,
    pub(crate) is_known: bool,
}

impl<G> Clone for Judge<G> {
    fn clone(&self) -> Judge<G> {
        Judge { gates: self.gates.clone(), list_type: self.list_type, app: self.app.clone() }
    }
}

impl<G: Decide> Judge<G> {
    pub(crate) fn judge(&self, parts: &Parts) -> Verdict {
        let headers = request_headers(&parts.headers);
        let decide = |key: Option<&[u8]>| self.gates.decide_for(key, self.list_type, &headers);
        let decision = match &self.app {
            None => decide(None),
            // Without a key nobody is asked, not even a gate that needs none: who said where the key is wants to see it.
            Some(app) => app.find(parts).and_then(|key| decide(Some(&key))),
        };
        match decision {
            Some(decision) => Verdict { decision, is_known: true },
            None => Verdict { decision: NOBODY.decide(self.list_type, &headers), is_known: false },
        }
    }
}

//! [`Judge`]: the head of a request → [`Verdict`]. What the layer and the CORS predicate ask.

use std::sync::{Arc, LazyLock};

use guestlist::{Decision, Gate, List, ListType, Mode};
use guestlist_policy::Access;
use http::request::Parts;

use crate::app_key::AppKey;
use crate::decide::Decide;
use crate::headers::request_headers;
use crate::policies::Policies;

/// What decides for an app that there is not: lists that approve nobody. So it is told apart from no app that denies: what a stranger hears is made of his own headers alone.
static NOBODY: LazyLock<Gate> = LazyLock::new(|| {
    let list = |list_type| List::builder(list_type).mode(Mode::Enforce).block_missing(true).restore();
    Gate::new().with_list(list(ListType::Upload)).with_list(list(ListType::Delivery))
});

pub(crate) struct Judge<G> {
    pub(crate) gates: Arc<G>,
    pub(crate) list_type: ListType,
    pub(crate) app: Option<AppKey>,
    pub(crate) policies: Option<Policies>,
}

/// What both locks said, and whether there is such an app.
#[derive(Clone, Copy)]
pub(crate) struct Verdict {
    pub(crate) access: Access,
    pub(crate) is_known: bool,
}

impl<G> Clone for Judge<G> {
    fn clone(&self) -> Judge<G> {
        Judge {
            gates: self.gates.clone(),
            list_type: self.list_type,
            app: self.app.clone(),
            policies: self.policies.clone(),
        }
    }
}

impl<G: Decide> Judge<G> {
    /// By the list alone: for who asks whether a site may ask at all.
    #[cfg(feature = "cors")]
    pub(crate) fn decide(&self, parts: &Parts) -> Decision {
        self.find(parts, |_, decision| decision).0
    }

    pub(crate) fn judge(&self, parts: &Parts) -> Verdict {
        let (access, is_known) = self.find(parts, |key, decision| match &self.policies {
            Some(policies) => policies.decide(key, decision, parts),
            None => decision.into(),
        });
        Verdict { access, is_known }
    }

    /// What the list of the app says, with something made of it; and whether there is such an app.
    fn find<T>(&self, parts: &Parts, then: impl Fn(Option<&[u8]>, Decision) -> T) -> (T, bool) {
        let headers = request_headers(&parts.headers);
        let decide = |key: Option<&[u8]>| {
            self.gates.decide_for(key, self.list_type, &headers).map(|decision| then(key, decision))
        };
        let found = match &self.app {
            None => decide(None),
            // Without a key nobody is asked, not even a gate that needs none: who said where the key is wants to see it.
            Some(app) => app.find(parts).and_then(|key| decide(Some(&key))),
        };
        match found {
            Some(found) => (found, true),
            // He is kept out, so that no policy is asked.
            None => (then(None, NOBODY.decide(self.list_type, &headers)), false),
        }
    }
}

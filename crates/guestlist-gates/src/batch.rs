//! Many requests at once: while one waits for memory, the others are looked up.
//!
//! What a check of a random app of a million costs is waiting for memory, three times: for the slot of the tree, the app, and the index of the list. Within a batch each of these is asked for
//! for all requests before it is used for any, so that the waits of a batch are one wait.

use std::sync::Arc;

use guestlist::{Decision, ListType, RequestHeaders};

use crate::app::{App, Form};
use crate::gates::Gates;
use crate::tree::{self, Branch, Slot};

/// Requests whose memory is asked for at once. A core waits for some sixteen lines at a time; more do not help.
pub(crate) const BATCH: usize = 16;

impl Gates {
    /// Decides on requests to apps, each by the list of its own: for each in turn what [`Gates::decide`] says of it. Several times faster than one by one where the apps are far apart in memory.
    ///
    /// ```
    /// # use guestlist::{Gate, List, ListType, RequestHeaders};
    /// # use guestlist_gates::Gates;
    /// # let gates = Gates::default();
    /// # gates.insert("first", &Gate::new().with_list(List::builder(ListType::Upload).pattern("example.com").build()?))?;
    /// let headers = RequestHeaders::new().origin(b"https://example.com");
    /// let requests = [("first", headers), ("of nobody", headers)];
    /// let mut through = Vec::new();
    /// gates.decide_many(&requests, ListType::Upload, |decision| through.push(decision.is_some_and(|it| it.lets_through())));
    /// assert_eq!(through, [true, false]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide_many<K: AsRef<[u8]>>(
        &self,
        requests: &[(K, RequestHeaders<'_>)],
        list_type: ListType,
        mut decided: impl FnMut(Option<Decision>),
    ) {
        for batch in requests.chunks(BATCH) {
            self.decide_batch(&self.tree.load(), batch, list_type, &mut decided);
        }
    }

    /// [`Gates::decide_many`] by the apps of this tree, for at most [`BATCH`] requests.
    pub(crate) fn decide_batch<K: AsRef<[u8]>>(
        &self,
        tree: &Branch,
        requests: &[(K, RequestHeaders<'_>)],
        list_type: ListType,
        decided: &mut impl FnMut(Option<Decision>),
    ) {
        let mut hashes = [None; BATCH];
        for (hash, (key, _)) in hashes.iter_mut().zip(requests) {
            *hash = self.hash(key.as_ref());
        }
        let mut looks = [Look { hash: 0, leaf: &[], app: None }; BATCH];
        for (look, hash) in looks.iter_mut().zip(hashes) {
            // Of a key that is too long the leaf is empty: nobody has it.
            if let Some(hash) = hash {
                *look = Look { hash, leaf: tree.leaf(hash), app: None };
                tree::bring_near(look.leaf, look.hash);
            }
        }
        for look in &mut looks {
            // Without a look at the key, which is in the app.
            look.app = tree::find(look.leaf, look.hash, |_| true);
            if let Some(app) = look.app {
                app.bring_near(list_type);
            }
        }
        for look in &looks {
            if let Some(app) = look.app
                && let Form::Packed(gate) = app.form()
            {
                gate.prefetch(list_type);
            }
        }
        for (look, (key, headers)) in looks.iter().zip(requests) {
            let is = |app: &Arc<App>| app.has_key(key.as_ref());
            // Two keys of one hash are next to each other, so that the other may have been found.
            let app = look.app.filter(|app| is(app)).or_else(|| tree::find(look.leaf, look.hash, is));
            decided(app.map(|app| self.ask(look.hash, app, list_type, headers)));
        }
    }
}

/// How far the look-up for a request is.
#[derive(Clone, Copy)]
struct Look<'t> {
    hash: u64,
    leaf: &'t [Slot],
    app: Option<&'t Arc<App>>,
}

//! Many requests at once: while one waits for memory, the others are looked up.
//!
//! What a check of a random app of a million costs is waiting for memory, twice: for the slot of the tree, and for the app. Within a batch each of these is asked for
//! for all requests before it is used for any, so that the waits of a batch are two.

use guestlist::{Decision, ListType, PackedReader, RequestHeaders};

use crate::app::App;
use crate::gates::Gates;
use crate::tree::{self, Branch, Slot};

/// Requests whose memory is asked for at once. A core waits for some sixteen lines at a time; more do not help.
pub(crate) const BATCH: usize = 16;
/// Bytes of a key that are asked for before it is read.
const MOST_OF_KEY: usize = 64;

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

    /// [`Gates::decide_many`], where each request says which list it is for.
    ///
    /// ```
    /// # use guestlist::{Gate, List, ListType, RequestHeaders};
    /// # use guestlist_gates::Gates;
    /// # let gates = Gates::default();
    /// # gates.insert("key", &Gate::new().with_list(List::builder(ListType::Upload).pattern("example.com").build()?))?;
    /// let headers = RequestHeaders::new();
    /// let mut through = Vec::new();
    /// gates.decide_each(&[("key", ListType::Upload, headers), ("key", ListType::Delivery, headers)], |decision| {
    ///     through.push(decision.is_some_and(|it| it.lets_through()));
    /// });
    /// assert_eq!(through, [false, true]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide_each<K: AsRef<[u8]>>(
        &self,
        requests: &[(K, ListType, RequestHeaders<'_>)],
        mut decided: impl FnMut(Option<Decision>),
    ) {
        for batch in requests.chunks(BATCH) {
            self.decide_batch(&self.tree.load(), batch, ListType::Upload, &mut decided);
        }
    }

    /// [`Gates::decide_many`] by the apps of this tree, for at most [`BATCH`] requests.
    pub(crate) fn decide_batch<R: Request>(
        &self,
        tree: &Branch,
        requests: &[R],
        list_type: ListType,
        decided: &mut impl FnMut(Option<Decision>),
    ) {
        let mut hashes = [None; BATCH];
        // The requests themselves may be far.
        for request in requests {
            let key = request.key();
            PackedReader::bring_near(key.as_ptr(), key.len().min(MOST_OF_KEY));
            request.headers().bring_near();
        }
        for (hash, request) in hashes.iter_mut().zip(requests) {
            *hash = self.hash(request.key());
        }
        let mut looks = [Look { hash: 0, leaf: &[], slot: None }; BATCH];
        for (look, hash) in looks.iter_mut().zip(hashes) {
            // Of a key that is too long the leaf is empty: nobody has it.
            if let Some(hash) = hash {
                *look = Look { hash, leaf: tree.leaf(hash), slot: None };
                tree::bring_near(look.leaf, look.hash);
            }
        }
        for (look, request) in looks.iter_mut().zip(requests) {
            // Without a look at the key, which is in the app.
            look.slot = tree::look(look.leaf, look.hash);
            if let Some(slot) = look.slot {
                slot.bring_app_near(request.list_type(list_type));
            }
        }
        for (look, request) in looks.iter().zip(requests) {
            let is = |app: &App| app.has_key(request.key());
            // Two keys of one hash are next to each other, so that the other may have been found.
            let app = look.slot.and_then(Slot::app).filter(|app| is(app));
            let app = app.or_else(|| tree::find(look.leaf, look.hash, is));
            decided(app.map(|app| self.ask(look.hash, app, request.list_type(list_type), request.headers())));
        }
    }
}

/// A request of a batch.
pub(crate) trait Request {
    fn key(&self) -> &[u8];

    /// The list it is for, which is that of the batch if it does not say.
    fn list_type(&self, of_batch: ListType) -> ListType;

    fn headers(&self) -> &RequestHeaders<'_>;
}

impl<K: AsRef<[u8]>> Request for (K, RequestHeaders<'_>) {
    #[inline]
    fn key(&self) -> &[u8] {
        self.0.as_ref()
    }

    #[inline]
    fn list_type(&self, of_batch: ListType) -> ListType {
        of_batch
    }

    #[inline]
    fn headers(&self) -> &RequestHeaders<'_> {
        &self.1
    }
}

impl<K: AsRef<[u8]>> Request for (K, ListType, RequestHeaders<'_>) {
    #[inline]
    fn key(&self) -> &[u8] {
        self.0.as_ref()
    }

    #[inline]
    fn list_type(&self, _: ListType) -> ListType {
        self.1
    }

    #[inline]
    fn headers(&self) -> &RequestHeaders<'_> {
        &self.2
    }
}

/// How far the look-up for a request is.
#[derive(Clone, Copy)]
struct Look<'t> {
    hash: u64,
    leaf: &'t [Slot],
    slot: Option<&'t Slot>,
}

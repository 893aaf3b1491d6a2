//! [`Gate`]: request headers → [`Decision`]. The one place that decides (SPEC §5).
//!
//! Which header counts:
//!
//! - **upload**: `Origin` alone. `Referer` is never looked at.
//! - **delivery**: `Origin` if it is present and not `null`; it decides, and a `Referer` cannot rescue it. Else `Referer`.
//!
//! What decides is one numbered list, at [`Gate::decide`], in the order the code tests it.
//! Every early return is a denial, but for the first two.

use core::fmt;

use crate::decision::{Allowance, Decision, Denial, HeaderName, Outcome};
use crate::headers::{RequestHeaders, Values};
use crate::index::{AT_ONCE, Fast, Tables};
use crate::list::{List, ListType, Mode};
use crate::matcher::Matcher;
use crate::near::NearMiss;
use crate::origin::{Malformed, MalformedKind, NoOrigin, Ordinary, Origin, Scheme, Short};
use crate::rule::RuleId;
use crate::vector::{Level, SHORT, Vector, Work};

/// A scheme that no gate can support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidScheme {
    scheme: String,
}

impl InvalidScheme {
    /// Whether a gate can support the scheme.
    pub(crate) fn check(scheme: &str) -> Result<(), InvalidScheme> {
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if is_scheme && !scheme.eq_ignore_ascii_case("file") {
            Ok(())
        } else {
            Err(InvalidScheme { scheme: scheme.chars().take(40).collect() })
        }
    }
}

impl std::error::Error for InvalidScheme {}

impl fmt::Display for InvalidScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scheme.eq_ignore_ascii_case("file") {
            return f.write_str(
                "the scheme `file` cannot be supported: its URLs have no host that means anything",
            );
        }
        write!(f, "{:?} is not a scheme; write it without `://`, such as `capacitor`", self.scheme)
    }
}

/// The two lists of an app, ready to decide.
///
/// ```
/// use guestlist::{Denial, Gate, List, ListType, RequestHeaders};
///
/// let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("*.example.com").build()?);
///
/// let headers = RequestHeaders::new().origin(b"https://app.example.com");
/// assert!(gate.decide(ListType::Upload, &headers).lets_through());
///
/// let decision = gate.decide(ListType::Upload, &RequestHeaders::new().origin(b"https://evil.com"));
/// assert_eq!(decision.denial(), Some(Denial::NoMatch));
/// assert_eq!(decision.to_string(), "denied: no rule of the upload list matches the Origin header");
/// # Ok::<(), guestlist::ListError>(())
/// ```
///
/// A gate without a list of a type lets every request of that type through.
#[derive(Debug)]
pub struct Gate {
    upload: List,
    delivery: List,
    schemes: Box<[Box<str>]>,
}

impl Default for Gate {
    fn default() -> Gate {
        Gate::new()
    }
}

impl Gate {
    /// A gate whose two lists are off.
    pub fn new() -> Gate {
        Gate {
            upload: List::off(ListType::Upload),
            delivery: List::off(ListType::Delivery),
            schemes: Box::default(),
        }
    }

    /// Puts a list in its place, in the place of the one that was there.
    #[must_use]
    pub fn with_list(mut self, list: List) -> Gate {
        match list.list_type() {
            ListType::Upload => self.upload = list,
            ListType::Delivery => self.delivery = list,
        }
        self
    }

    /// Names a scheme other than `http` and `https` whose origins are matched like any other, such as `capacitor`.
    ///
    /// Whoever can make a client that sends such an origin, an app on a phone for instance, chooses the host in it: `capacitor://localhost` is every Capacitor app there is.
    ///
    /// # Errors
    ///
    /// If it is no scheme, or `file`, whose URLs have no host that means anything.
    pub fn dangerously_support_scheme(mut self, scheme: &str) -> Result<Gate, InvalidScheme> {
        InvalidScheme::check(scheme)?;
        let mut schemes = self.schemes.into_vec();
        schemes.push(scheme.into());
        self.schemes = schemes.into();
        Ok(self)
    }

    /// The schemes that were named with [`Gate::dangerously_support_scheme`], as they were given and in that order.
    ///
    /// ```
    /// # use guestlist::Gate;
    /// let gate = Gate::new().dangerously_support_scheme("Capacitor")?;
    /// assert!(gate.supported_schemes().eq(["Capacitor"]));
    /// # Ok::<(), guestlist::InvalidScheme>(())
    /// ```
    pub fn supported_schemes(&self) -> impl Iterator<Item = &str> {
        self.schemes.iter().map(|scheme| &**scheme)
    }

    /// The list of this type.
    pub fn list(&self, list_type: ListType) -> &List {
        match list_type {
            ListType::Upload => &self.upload,
            ListType::Delivery => &self.delivery,
        }
    }

    /// Decides on a request; the first of these that applies (SPEC §5):
    ///
    /// 1. the list is off → allow, [`Allowance::NotEnforced`]
    /// 2. no header that counts → as [`List::block_missing`] says, deny [`Denial::MissingHeader`] or allow [`Allowance::MissingHeader`]
    /// 3. malformed → deny [`Denial::Malformed`]
    /// 4. opaque → deny [`Denial::OpaqueOrigin`]
    /// 5. unsupported scheme → deny [`Denial::UnsupportedScheme`]
    /// 6. some rule matches → allow [`Allowance::Matched`] with the first of them
    /// 7. else → deny [`Denial::NoMatch`]
    ///
    /// Never fails and never panics. While the automaton fits its budget it does not wait, and allocates only for a host with `xn--` labels, if at all. Cost: one pass over the header that counts and
    /// one over the text of its origin; the first call also builds the automaton.
    #[inline]
    pub fn decide(&self, list_type: ListType, headers: &RequestHeaders<'_>) -> Decision {
        decide(self.list(list_type), &self.schemes, headers)
    }

    /// Decides on several requests to a list: for each in turn what [`Gate::decide`] says of it. Faster than one by one, because each begins before the last has ended.
    ///
    /// ```
    /// use guestlist::{Gate, List, ListType, RequestHeaders};
    ///
    /// let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("*.example.com").build()?);
    /// let requests = [b"https://a.example.com", b"https://b.example.org"].map(|value| RequestHeaders::new().origin(value));
    /// let mut decisions = Vec::new();
    /// gate.decide_many(ListType::Upload, &requests, |decision| decisions.push(decision.lets_through()));
    /// assert_eq!(decisions, [true, false]);
    /// # Ok::<(), guestlist::ListError>(())
    /// ```
    pub fn decide_many(
        &self,
        list_type: ListType,
        requests: &[RequestHeaders<'_>],
        decided: impl FnMut(Decision),
    ) {
        decide_many(self.list(list_type), &self.schemes, requests, decided);
    }

    /// Decides on an origin that was read before, or on a bare host: [`Gate::decide`] without its reading of headers.
    ///
    /// ```
    /// use guestlist::{Gate, List, ListType, Origin};
    ///
    /// let gate = Gate::new().with_list(List::builder(ListType::Upload).pattern("*.example.com").build()?);
    /// let host = Origin::from_host(b"app.example.com").unwrap();
    /// assert!(gate.decide_origin(ListType::Upload, &host).lets_through());
    /// # Ok::<(), guestlist::ListError>(())
    /// ```
    pub fn decide_origin(&self, list_type: ListType, origin: &Origin<'_>) -> Decision {
        let list = self.list(list_type);
        let outcome = match list.mode() {
            Mode::Off => Outcome::Allow(Allowance::NotEnforced),
            Mode::Report | Mode::Enforce => {
                list.level().run(JudgeOrigin { list, schemes: &self.schemes, origin })
            }
        };
        Decision::new(list_type, list.mode(), None, outcome)
    }

    /// For a request that [`Gate::decide`] denies with [`Denial::NoMatch`]: the rule that came closest and what kept the origin out.
    ///
    /// Kept apart from deciding, so that a flood of denied requests costs no more than any other.
    pub fn near_miss(&self, list_type: ListType, headers: &RequestHeaders<'_>) -> Option<NearMiss> {
        let list = self.list(list_type);
        if self.decide(list_type, headers).denial() != Some(Denial::NoMatch) {
            return None;
        }
        let (_, origin) = read(list_type, headers);
        list.near_miss(&origin.ok()?)
    }

    /// The origin that decides on a request to a list of this type, and the header it was read from; for reports. What it says is what [`Gate::decide`] judged.
    pub fn judged_origin<'h>(
        &self,
        list_type: ListType,
        headers: &RequestHeaders<'h>,
    ) -> (HeaderName, Result<Origin<'h>, NoOrigin>) {
        read(list_type, headers)
    }
}

/// What decides for one list type.
pub(crate) trait Judge {
    fn list_type(&self) -> ListType;

    fn mode(&self) -> Mode;

    fn block_missing(&self) -> bool;

    fn level(&self) -> Level;

    /// Only asked where the rules are.
    fn matcher(&self) -> Matcher<'_>;

    /// What most hosts are decided with alone, if there is such a thing. Apart from the matcher, of which a check by this needs nothing.
    #[inline(always)]
    fn fast(&self) -> Option<&Fast> {
        None
    }
}

/// [`Gate::decide`] by this list, where these schemes are supported besides `http` and `https`.
#[inline]
pub(crate) fn decide(list: &impl Judge, schemes: &[Box<str>], headers: &RequestHeaders<'_>) -> Decision {
    list.level().run(Decide { list, schemes, headers })
}

/// [`Gate::decide_many`], likewise.
#[inline]
pub(crate) fn decide_many(
    list: &impl Judge,
    schemes: &[Box<str>],
    requests: &[RequestHeaders<'_>],
    decided: impl FnMut(Decision),
) {
    list.level().run(DecideMany { list, schemes, requests, decided });
}

/// [`Gate::decide`], with these instructions. A list that is off reads nothing.
///
/// What nearly every request has goes straight to the rules, which is the steps with nothing to tell: one value of the header that counts, well-formed, of a supported scheme.
#[inline(always)]
fn decide_with<V: Vector, L: Judge>(
    vector: V,
    list: &L,
    schemes: &[Box<str>],
    headers: &RequestHeaders<'_>,
) -> Decision {
    let (list_type, mode) = (list.list_type(), list.mode());
    if mode != Mode::Off {
        let (header, value) = one_value(list_type, headers);
        // Either header may hold nothing but a scheme and a host.
        if let Some(host) = Short::of_value(vector, value) {
            let first = first_of_short(vector, list, host);
            return Decision::new(list_type, mode, Some(header), matched(RuleId::from_number(first)));
        }
        let request = Decide { list, schemes, headers };
        return vector.outlined(DecideOrdinary { request, header, value });
    }
    vector.outlined(DecideAny(Decide { list, schemes, headers }))
}

/// The first rule that matches a name of up to 32 bytes, or [`NONE`](crate::index::NONE).
#[inline(always)]
fn first_of_short<V: Vector>(vector: V, list: &impl Judge, host: Short<'_, V>) -> u32 {
    match list.fast() {
        Some(fast) => {
            let found = fast.look_up(vector, host);
            if found.is_unusual() {
                list.matcher().first_unusual(vector, fast, host.name, host.port)
            } else {
                found.rule()
            }
        }
        None => list.matcher().first_of_short(vector, host),
    }
}

/// The steps of [`Gate::decide`] for a list that is not off.
fn judge<V: Vector>(
    vector: V,
    list: &impl Judge,
    schemes: &[Box<str>],
    read: Result<Origin<'_>, NoOrigin>,
) -> Outcome {
    let origin = match read {
        Err(NoOrigin::Missing) if !list.block_missing() => return Outcome::Allow(Allowance::MissingHeader),
        Err(NoOrigin::Missing) => return Outcome::Deny(Denial::MissingHeader),
        Err(NoOrigin::Malformed(malformed)) => return Outcome::Deny(Denial::Malformed(malformed)),
        Err(NoOrigin::Opaque) => return Outcome::Deny(Denial::OpaqueOrigin),
        Ok(origin) => origin,
    };
    if !is_supported(schemes, origin.scheme()) {
        return Outcome::Deny(Denial::UnsupportedScheme);
    }
    matched(RuleId::from_number(list.matcher().first(vector, &origin)))
}

fn is_supported(schemes: &[Box<str>], scheme: Option<Scheme<'_>>) -> bool {
    match scheme {
        Some(Scheme::Http | Scheme::Https) => true,
        Some(Scheme::Other(name)) => schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case(name)),
        // A bare host; a header always has one.
        None => true,
    }
}

/// One request.
struct Decide<'a, 'h, L> {
    list: &'a L,
    schemes: &'a [Box<str>],
    headers: &'a RequestHeaders<'h>,
}

impl<L: Judge> Work for Decide<'_, '_, L> {
    type Output = Decision;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> Decision {
        decide_with(vector, self.list, self.schemes, self.headers)
    }
}

/// Several requests.
struct DecideMany<'a, 'h, L, F> {
    list: &'a L,
    schemes: &'a [Box<str>],
    requests: &'a [RequestHeaders<'h>],
    decided: F,
}

impl<L: Judge, F: FnMut(Decision)> Work for DecideMany<'_, '_, L, F> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(mut self, vector: V) {
        let fast = if self.list.mode() == Mode::Off { None } else { self.list.fast() };
        match fast {
            Some(Fast::Few(tables)) => self.by(vector, &**tables),
            Some(Fast::Dozens(tables)) => self.by(vector, &**tables),
            Some(Fast::Many(tables)) => self.by(vector, tables),
            None => {
                for headers in self.requests {
                    (self.decided)(decide_with(vector, self.list, self.schemes, headers));
                }
            }
        }
    }
}

impl<L: Judge, F: FnMut(Decision)> DecideMany<'_, '_, L, F> {
    /// A loop with nothing in it but what most requests need.
    #[inline(always)]
    fn by<V: Vector>(&mut self, vector: V, tables: &impl Tables) {
        let DecideMany { list, schemes, requests, .. } = *self;
        let (list_type, mode) = (list.list_type(), list.mode());
        let nothing = Short::of_name(vector, &[], None);
        let mut places = [tables.places(vector, nothing); AT_ONCE];
        for requests in requests.chunks(AT_ONCE) {
            let mut looked_up = 0u32;
            for (number, (headers, places)) in requests.iter().zip(&mut places).enumerate() {
                let (_, value) = one_value(list_type, headers);
                if let Some(host) = Short::of_value(vector, value) {
                    *places = tables.places(vector, host);
                    looked_up |= 1 << number;
                }
            }
            for (number, (headers, places)) in requests.iter().zip(&places).enumerate() {
                let (header, value) = one_value(list_type, headers);
                let found = places.found(vector);
                (self.decided)(if looked_up >> number & 1 == 1 && !found.is_unusual() {
                    let outcome = matched(RuleId::from_number(found.rule()));
                    Decision::new(list_type, mode, Some(header), outcome)
                } else {
                    let request = Decide { list, schemes, headers };
                    vector.outlined(DecideOrdinary { request, header, value })
                });
            }
        }
    }
}

/// The header that counts and its value, where it is plain which that is; else a value that no reader of ordinary values takes.
#[inline(always)]
fn one_value<'h>(list_type: ListType, headers: &RequestHeaders<'h>) -> (HeaderName, &'h [u8]) {
    match (headers.origin_values(), headers.referer_values(), list_type) {
        (Values::One(value), ..) => (HeaderName::Origin, value),
        (Values::None, Values::One(value), ListType::Delivery) => (HeaderName::Referer, value),
        (_, _, _) => (HeaderName::Origin, &[]),
    }
}

/// A request whose header may be of the ordinary form.
struct DecideOrdinary<'a, 'h, L> {
    request: Decide<'a, 'h, L>,
    header: HeaderName,
    value: &'h [u8],
}

impl<L: Judge> Work for DecideOrdinary<'_, '_, L> {
    type Output = Decision;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> Decision {
        let DecideOrdinary { request, header, value } = self;
        let list = request.list;
        let ordinary = match header {
            HeaderName::Origin => Ordinary::from_origin_header(vector, value),
            HeaderName::Referer => Ordinary::from_referer_header(vector, value),
        };
        if let Some(Ordinary { name, port, .. }) = ordinary {
            let first = if name.len() <= SHORT {
                first_of_short(vector, list, Short::of_name(vector, name, Some(port)))
            } else {
                list.matcher().first_of_name(vector, name, Some(port))
            };
            let outcome = matched(RuleId::from_number(first));
            return Decision::new(list.list_type(), list.mode(), Some(header), outcome);
        }
        vector.outlined(DecideAny(request))
    }
}

/// A request of any kind.
struct DecideAny<'a, 'h, L>(Decide<'a, 'h, L>);

impl<L: Judge> Work for DecideAny<'_, '_, L> {
    type Output = Decision;

    fn run<V: Vector>(self, vector: V) -> Decision {
        let Decide { list, schemes, headers } = self.0;
        let list_type = list.list_type();
        if list.mode() == Mode::Off {
            return Decision::new(list_type, Mode::Off, None, Outcome::Allow(Allowance::NotEnforced));
        }
        let (header, read) = read(list_type, headers);
        Decision::new(list_type, list.mode(), Some(header), judge(vector, list, schemes, read))
    }
}

/// An origin that was read before.
struct JudgeOrigin<'a, 'h, L> {
    list: &'a L,
    schemes: &'a [Box<str>],
    origin: &'a Origin<'h>,
}

impl<L: Judge> Work for JudgeOrigin<'_, '_, L> {
    type Output = Outcome;

    fn run<V: Vector>(self, vector: V) -> Outcome {
        judge(vector, self.list, self.schemes, Ok(*self.origin))
    }
}

fn matched(rule: Option<RuleId>) -> Outcome {
    match rule {
        Some(rule) => Outcome::Allow(Allowance::Matched(rule)),
        None => Outcome::Deny(Denial::NoMatch),
    }
}

/// The header that counts, and what it says.
fn read<'h>(list_type: ListType, headers: &RequestHeaders<'h>) -> (HeaderName, Result<Origin<'h>, NoOrigin>) {
    let origin = once(headers.origin_values(), Origin::from_origin_header);
    match (list_type, origin) {
        (ListType::Delivery, Err(NoOrigin::Missing)) => {
            (HeaderName::Referer, once(headers.referer_values(), Origin::from_referer_header))
        }
        (ListType::Delivery, Err(NoOrigin::Opaque)) => {
            match once(headers.referer_values(), Origin::from_referer_header) {
                // A `null` origin is not a missing one.
                Err(NoOrigin::Missing) => (HeaderName::Origin, Err(NoOrigin::Opaque)),
                referer => (HeaderName::Referer, referer),
            }
        }
        (_, origin) => (HeaderName::Origin, origin),
    }
}

/// Reads a header that may be sent at most once.
fn once<'h>(
    values: Values<'h>,
    parse: impl FnOnce(&'h [u8]) -> Result<Origin<'h>, NoOrigin>,
) -> Result<Origin<'h>, NoOrigin> {
    match values {
        Values::None => Err(NoOrigin::Missing),
        Values::One(value) => parse(value),
        Values::Repeated { .. } => {
            Err(NoOrigin::Malformed(Malformed { kind: MalformedKind::Repeated, at: 0 }))
        }
    }
}

//! [`List`]: the patterns of one list type, saved all or nothing, and matched by one automaton (SPEC §3, §5).
//!
//! Nothing is compiled when a list is made. The automaton is built at the first check, once; from then on every thread reads it without a lock.

use core::fmt;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use once_cell::sync::OnceCell;

use crate::automaton::{Budget, Engine, EngineChoice};
use crate::error::{Error, ListError, TooLarge, TooMany};
use crate::gate::Judge;
use crate::index::{AT_ONCE, Fast, NONE, Tables};
use crate::matcher::{Matcher, MatcherBuf};
use crate::near::{self, NearMiss};
use crate::origin::{Origin, Short};
use crate::pattern::{Limits, Pattern, Warning};
use crate::rule::{Rule, RuleId};
use crate::vector::{Level, Vector, Work};

/// Which of an app's two lists: who may embed the picker, or who may show the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum ListType {
    /// Judged by the `Origin` header alone. Without it a request is denied unless the list says otherwise.
    Upload,
    /// Judged by `Origin`, else by `Referer`. Without either a request is allowed unless the list says otherwise.
    Delivery,
}

impl ListType {
    /// Both types.
    pub const ALL: [ListType; 2] = [ListType::Upload, ListType::Delivery];

    /// `upload` or `delivery`.
    pub const fn as_str(self) -> &'static str {
        match self {
            ListType::Upload => "upload",
            ListType::Delivery => "delivery",
        }
    }

    /// What `block_missing` is when a list does not say (SPEC §5).
    pub const fn default_block_missing(self) -> bool {
        matches!(self, ListType::Upload)
    }
}

impl fmt::Display for ListType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a list is enforced (SPEC §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Mode {
    /// Every request is allowed and none is looked at.
    Off,
    /// Decides as [`Mode::Enforce`] does and says so, but lets every request through: the way to try a list on live traffic.
    Report,
    /// Denies what no pattern approves.
    Enforce,
}

impl Mode {
    /// `off`, `report` or `enforce`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Mode::Off => "off",
            Mode::Report => "report",
            Mode::Enforce => "enforce",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A pattern that was given twice and is kept once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// Its place among the patterns that were given, counted from 0.
    pub position: usize,
    /// The rule that has the same canonical text and stays.
    pub of: RuleId,
}

/// A whitelist: the rules of one list type and how they are enforced.
///
/// ```
/// use guestlist::{List, ListType, Origin};
///
/// let list = List::builder(ListType::Upload)
///     .patterns(["*.example.com", "localhost:{3000,8080}"])
///     .build()?;
///
/// let origin = Origin::from_origin_header(b"http://localhost:3000").unwrap();
/// let rule = list.find(&origin).expect("the second rule");
/// assert_eq!(list.rule(rule).pattern().canonical(), "localhost:{3000,8080}");
/// # Ok::<(), guestlist::ListError>(())
/// ```
///
/// Checks never fail. While the automaton fits its [`Budget`], a check is one step for each byte of host and port, without allocating and without waiting for another thread, but for the first, which builds the
/// automaton ([`List::prepare`] does so ahead of time). A list beyond its budget is decided by the bounded engine: usually as fast, at worst `text × NFA` steps, with
/// scratch memory from a pool.
pub struct List {
    list_type: ListType,
    mode: Mode,
    block_missing: bool,
    rules: Box<[Rule]>,
    duplicates: Box<[Duplicate]>,
    broken: Box<[Error]>,
    budget: Budget,
    choice: EngineChoice,
    level: Level,
    matcher: OnceCell<MatcherBuf>,
}

impl List {
    /// Starts a list of this type, without patterns.
    pub fn builder(list_type: ListType) -> ListBuilder {
        ListBuilder {
            list_type,
            patterns: Vec::new(),
            block_missing: None,
            mode: None,
            limits: Limits::default(),
            budget: None,
            choice: EngineChoice::Auto,
        }
    }

    /// A list without patterns and in the mode `off`: it lets everyone in.
    pub fn off(list_type: ListType) -> List {
        List::builder(list_type).restore()
    }

    /// Which of an app's lists this is.
    pub fn list_type(&self) -> ListType {
        self.list_type
    }

    /// Whether the list is enforced. Without a setting: a list with patterns is, even if all of them are broken; a list without is off.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether a request without the header that counts is denied.
    pub fn block_missing(&self) -> bool {
        self.block_missing
    }

    /// The rules in their order; [`RuleId::index`] is the place in this slice.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule with this number.
    ///
    /// # Panics
    ///
    /// If the number comes from a longer list.
    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id.index()]
    }

    /// The patterns that were given twice.
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.duplicates
    }

    /// Stored patterns that could not be read and are skipped; see [`ListBuilder::restore`]. Each knows its position.
    pub fn broken(&self) -> &[Error] {
        &self.broken
    }

    /// The rules that let in strangers, with a host that shows it; for the person who saves the list. Computed at each call.
    ///
    /// ```
    /// use guestlist::{List, ListType};
    ///
    /// let list = List::builder(ListType::Upload).patterns(["example.com", "example.*"]).build()?;
    /// let warnings: Vec<_> = list.warnings().map(|(rule, warning)| (rule.index(), warning.host)).collect();
    /// assert_eq!(warnings, [(1, "example.evil".to_string())]);
    /// # Ok::<(), guestlist::ListError>(())
    /// ```
    pub fn warnings(&self) -> impl Iterator<Item = (RuleId, Warning)> + '_ {
        self.rules
            .iter()
            .enumerate()
            .filter_map(|(index, rule)| Some((RuleId::new(index), rule.pattern().warning()?)))
    }

    /// True if some rule matches: the cheap form of [`List::find`]. The mode of the list plays no part.
    #[inline]
    pub fn is_match(&self, origin: &Origin<'_>) -> bool {
        self.level.run(First { matcher: self.matcher(), origin }) != NONE
    }

    /// The first rule that matches.
    #[inline]
    pub fn find(&self, origin: &Origin<'_>) -> Option<RuleId> {
        RuleId::from_number(self.level.run(First { matcher: self.matcher(), origin }))
    }

    /// For each of up to 64 origins whether some rule matches: bit 0 is the first. Faster than one by one, because each check begins before the last has ended.
    ///
    /// ```
    /// use guestlist::{List, ListType, Origin};
    ///
    /// let list = List::builder(ListType::Upload).patterns(["example.com", "*.example.com"]).build()?;
    /// let origins = ["example.com", "example.org", "www.example.com"].map(|host| Origin::from_host(host.as_bytes()).unwrap());
    /// assert_eq!(list.matches_many(&origins), 0b101);
    /// # Ok::<(), guestlist::ListError>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If there are more than 64.
    pub fn matches_many(&self, origins: &[Origin<'_>]) -> u64 {
        assert!(
            origins.len() <= 64,
            "there is a bit for each of 64 origins, and these are {}",
            origins.len()
        );
        self.level.run(Many { matcher: self.matcher(), origins })
    }

    /// Every rule that matches, in their order. Allocates the answer.
    pub fn matches(&self, origin: &Origin<'_>) -> Vec<RuleId> {
        let all = self.matcher().view().all(origin);
        all.into_iter().filter_map(RuleId::from_number).collect()
    }

    /// The rule that comes closest to an origin that no rule matches, and what keeps it out. `None` if none comes close.
    ///
    /// For people, not for the path of a request: it goes through every rule.
    pub fn near_miss(&self, origin: &Origin<'_>) -> Option<NearMiss> {
        near::closest(&self.rules, origin)
    }

    /// What the list is decided with, and how large that is. Builds it if no check has done so yet.
    pub fn engine(&self) -> Engine {
        self.matcher().engine(self.rules.len())
    }

    /// Builds the automaton now, so that no request has to wait for it. Otherwise the first check builds it, and checks that come meanwhile wait.
    pub fn prepare(&self) {
        self.matcher();
    }

    /// True once the automaton is built, which the first check does.
    pub fn is_built(&self) -> bool {
        self.matcher.get().is_some()
    }

    #[inline]
    fn matcher(&self) -> &MatcherBuf {
        self.matcher.get_or_init(|| {
            let patterns: Vec<&Pattern> = self.rules.iter().map(Rule::pattern).collect();
            MatcherBuf::build(&patterns, &self.budget, self.choice)
        })
    }
}

impl Judge for List {
    #[inline(always)]
    fn list_type(&self) -> ListType {
        self.list_type
    }

    #[inline(always)]
    fn mode(&self) -> Mode {
        self.mode
    }

    #[inline(always)]
    fn block_missing(&self) -> bool {
        self.block_missing
    }

    #[inline(always)]
    fn level(&self) -> Level {
        self.level
    }

    #[inline(always)]
    fn matcher(&self) -> Matcher<'_> {
        List::matcher(self).view()
    }

    #[inline(always)]
    fn fast(&self) -> Option<&Fast> {
        List::matcher(self).fast()
    }
}

/// One check.
struct First<'a, 'h> {
    matcher: &'a MatcherBuf,
    origin: &'a Origin<'h>,
}

impl Work for First<'_, '_> {
    type Output = u32;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> u32 {
        let First { matcher, origin } = self;
        if let Some(fast) = matcher.fast()
            && let Some(host) = Short::of_origin(vector, origin)
        {
            let found = fast.look_up(vector, host);
            if found.is_unusual() {
                return matcher.view().first_unusual(vector, fast, host.name, host.port);
            }
            return found.rule();
        }
        vector.outlined(FirstOfAny(self))
    }
}

/// One check, of a host of any kind.
struct FirstOfAny<'a, 'h>(First<'a, 'h>);

impl Work for FirstOfAny<'_, '_> {
    type Output = u32;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> u32 {
        self.0.matcher.view().first(vector, self.0.origin)
    }
}

/// Several checks.
struct Many<'a, 'h> {
    matcher: &'a MatcherBuf,
    origins: &'a [Origin<'h>],
}

impl Work for Many<'_, '_> {
    type Output = u64;

    #[inline(always)]
    fn run<V: Vector>(self, vector: V) -> u64 {
        match self.matcher.fast() {
            Some(Fast::Few(tables)) => self.by(vector, &**tables),
            Some(Fast::Dozens(tables)) => self.by(vector, &**tables),
            Some(Fast::Many(tables)) => self.by(vector, tables),
            None => self.each(vector, u64::MAX),
        }
    }
}

impl Many<'_, '_> {
    /// A loop with nothing in it but what most hosts need.
    #[inline(always)]
    fn by<V: Vector>(&self, vector: V, tables: &impl Tables) -> u64 {
        let (mut matches, mut others) = (0, 0);
        let nothing = Short::of_name(vector, &[], None);
        let mut places = [tables.places(vector, nothing); AT_ONCE];
        for (chunk, origins) in self.origins.chunks(AT_ONCE).enumerate() {
            let (mut found, mut unusual) = (0u64, 0u64);
            for (number, (origin, places)) in origins.iter().zip(&mut places).enumerate() {
                match Short::of_origin(vector, origin) {
                    Some(host) => *places = tables.places(vector, host),
                    None => unusual |= 1 << number,
                }
            }
            for (number, places) in places.iter().take(origins.len()).enumerate() {
                let look = places.found(vector);
                found |= u64::from(look.is_match()) << number;
                unusual |= u64::from(look.is_unusual()) << number;
            }
            matches |= found << (AT_ONCE * chunk);
            others |= unusual << (AT_ONCE * chunk);
        }
        if others == 0 { matches } else { matches & !others | self.each(vector, others) }
    }

    /// One by one, those with a bit in `which`.
    #[inline(always)]
    fn each<V: Vector>(&self, vector: V, which: u64) -> u64 {
        let Many { matcher, origins } = self;
        let mut found = 0;
        for (number, origin) in origins.iter().enumerate() {
            if which >> number & 1 == 1 {
                found |= u64::from(vector.outlined(First { matcher, origin }) != NONE) << number;
            }
        }
        found
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List")
            .field("list_type", &self.list_type)
            .field("mode", &self.mode)
            .field("block_missing", &self.block_missing)
            .field("rules", &self.rules)
            .field("broken", &self.broken)
            .field("engine", &self.matcher.get().map(|matcher| matcher.engine(self.rules.len())))
            .finish_non_exhaustive()
    }
}

/// Collects patterns and settings for a [`List`].
#[derive(Clone, Debug)]
pub struct ListBuilder {
    list_type: ListType,
    patterns: Vec<Box<str>>,
    block_missing: Option<bool>,
    mode: Option<Mode>,
    limits: Limits,
    budget: Option<Budget>,
    choice: EngineChoice,
}

impl ListBuilder {
    /// Adds a pattern.
    #[must_use]
    pub fn pattern(mut self, text: &str) -> ListBuilder {
        self.patterns.push(text.into());
        self
    }

    /// Adds patterns in their order.
    #[must_use]
    pub fn patterns<I>(mut self, texts: I) -> ListBuilder
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.patterns.extend(texts.into_iter().map(|text| Box::from(text.as_ref())));
        self
    }

    /// Sets whether a request without the header that counts is denied; by default true for upload and false for delivery.
    #[must_use]
    pub fn block_missing(mut self, block_missing: bool) -> ListBuilder {
        self.block_missing = Some(block_missing);
        self
    }

    /// Sets the mode; see [`List::mode`] for what holds without it. A list that is set to enforce without patterns denies every origin.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> ListBuilder {
        self.mode = Some(mode);
        self
    }

    /// Sets the limits of the patterns and of their number.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> ListBuilder {
        self.limits = limits;
        self
    }

    /// Sets how large the automaton may become; without it, [`Budget::for_rules`].
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> ListBuilder {
        self.budget = Some(budget);
        self
    }

    /// Sets which engine decides. For measurements and tests: it never changes an answer.
    #[must_use]
    pub fn engine(mut self, choice: EngineChoice) -> ListBuilder {
        self.choice = choice;
        self
    }

    /// Saves the list: all or nothing.
    ///
    /// # Errors
    ///
    /// If a pattern is bad or there are too many distinct ones. The error holds every bad pattern with its position.
    pub fn build(self) -> Result<List, ListError> {
        let Limits { patterns: limit, list_bytes, .. } = self.limits;
        let list = self.restore();
        let count = list.rules.len();
        let too_many = list.rules.get(limit).map(|rule| TooMany { count, limit, position: rule.position() });
        let bytes = list.rules.iter().map(|rule| rule.pattern().canonical().len()).sum();
        let too_large = (bytes > list_bytes).then_some(TooLarge { bytes, limit: list_bytes });
        if list.broken.is_empty() && too_many.is_none() && too_large.is_none() {
            Ok(list)
        } else {
            Err(ListError { patterns: list.broken.into_vec(), too_many, too_large })
        }
    }

    /// Makes a list of patterns that were saved before, perhaps by an older release: what can no longer be read is skipped and kept in
    /// [`List::broken`], and the limit of patterns is not applied again.
    ///
    /// A broken pattern never turns enforcement off: a list all of whose patterns are broken denies every origin.
    ///
    /// ```
    /// use guestlist::{List, ListType, Mode};
    ///
    /// let list = List::builder(ListType::Delivery).pattern("(a|b).example.com").restore();
    /// assert_eq!(list.mode(), Mode::Enforce);
    /// assert_eq!(list.rules().len(), 0);
    /// assert_eq!(list.broken().len(), 1);
    /// ```
    pub fn restore(self) -> List {
        let mut broken = Vec::new();
        let default_mode = if self.patterns.is_empty() { Mode::Off } else { Mode::Enforce };
        let mut parsed = Vec::with_capacity(self.patterns.len());
        for (position, text) in self.patterns.into_iter().enumerate() {
            match Pattern::read(text, &self.limits) {
                Ok(pattern) => parsed.push((position, pattern)),
                Err(error) => broken.push(error.at_position(position)),
            }
        }
        let mut duplicates = Vec::new();
        let mut known = HashMap::with_capacity(parsed.len());
        let is_new: Vec<bool> = parsed
            .iter()
            .map(|(position, pattern)| {
                let next = RuleId::new(known.len());
                match known.entry(pattern.canonical()) {
                    Entry::Occupied(of) => duplicates.push(Duplicate { position: *position, of: *of.get() }),
                    Entry::Vacant(place) => {
                        place.insert(next);
                        return true;
                    }
                }
                false
            })
            .collect();
        let rules: Vec<Rule> = parsed
            .into_iter()
            .zip(is_new)
            .filter_map(|((position, pattern), is_new)| is_new.then(|| Rule::new(pattern, position)))
            .collect();
        List {
            list_type: self.list_type,
            mode: self.mode.unwrap_or(default_mode),
            block_missing: self.block_missing.unwrap_or(self.list_type.default_block_missing()),
            budget: self.budget.unwrap_or_else(|| Budget::for_rules(rules.len())),
            rules: rules.into(),
            duplicates: duplicates.into(),
            broken: broken.into(),
            level: match self.choice {
                EngineChoice::Index(simd) => simd.level(),
                _ => Level::best(),
            },
            choice: self.choice,
            matcher: OnceCell::new(),
        }
    }
}

//! Gates in as little memory as checks allow, for services that hold those of many apps.
//!
//! A [`PackedGate`] decides exactly as the [`Gate`] it was made of. It keeps, for each list, one block of bytes: the canonical texts of its patterns and an index into them; about 700 bytes for
//! twenty ordinary patterns, where a [`Gate`] also keeps the trees of its patterns, their sources and what was wrong with others. A [`DormantGate`] is what is left without the index: the texts and the settings, to be packed again when
//! someone asks.

use core::fmt;

use crate::automaton::{Automaton, Budget, EngineChoice};
use crate::decision::Decision;
use crate::gate::{self, Gate, Judge};
use crate::headers::RequestHeaders;
use crate::index::{Index, Shape, Source};
use crate::list::{List, ListType, Mode};
use crate::matcher::Matcher;
use crate::pattern::ast::Node;
use crate::pattern::{Limits, Pattern};
use crate::rule::{Rule, RuleId};
use crate::vector::{Level, prefetch};

/// A gate ready to decide, in little memory.
///
/// ```
/// use guestlist::{Gate, List, ListType, PackedGate, RequestHeaders};
///
/// let gate = Gate::new().with_list(List::builder(ListType::Upload).patterns(["example.com", "*.example.com"]).build()?);
/// let packed = PackedGate::from(&gate);
/// let headers = RequestHeaders::new().origin(b"https://www.example.com");
/// assert_eq!(packed.decide(ListType::Upload, &headers), gate.decide(ListType::Upload, &headers));
/// assert!(packed.bytes() < 700);
/// # Ok::<(), guestlist::ListError>(())
/// ```
pub struct PackedGate {
    upload: Matcher,
    delivery: Matcher,
    settings: Settings,
    level: Level,
}

/// A gate that cannot decide until it is packed: its patterns and settings alone.
#[derive(Clone, PartialEq, Eq)]
pub struct DormantGate {
    upload: Box<str>,
    delivery: Box<str>,
    settings: Settings,
}

/// All of a gate but its patterns.
#[derive(Clone, PartialEq, Eq)]
struct Settings {
    modes: [Mode; 2],
    block_missing: [bool; 2],
    #[allow(clippy::box_collection)] // A word, where there is nearly always nothing.
    schemes: Option<Box<Vec<Box<str>>>>,
}

/// A list of a gate.
struct Packed<'g> {
    list_type: ListType,
    matcher: &'g Matcher,
    settings: &'g Settings,
    level: Level,
}

/// A canonical text, which is parsed only where an index cannot take it as it is.
struct Canonical<'t>(&'t str);

impl Settings {
    fn new(gate: &Gate) -> Settings {
        let schemes: Vec<Box<str>> = gate.supported_schemes().map(Box::from).collect();
        Settings {
            modes: ListType::ALL.map(|list_type| gate.list(list_type).mode()),
            block_missing: ListType::ALL.map(|list_type| gate.list(list_type).block_missing()),
            schemes: (!schemes.is_empty()).then(|| Box::new(schemes)),
        }
    }

    fn schemes(&self) -> &[Box<str>] {
        self.schemes.as_deref().map_or(&[], Vec::as_slice)
    }

    fn bytes(&self) -> usize {
        let texts = self.schemes().iter().map(|scheme| size_of_val(scheme) + scheme.len()).sum::<usize>();
        texts + self.schemes.as_deref().map_or(0, size_of_val)
    }
}

impl PackedGate {
    /// As [`Gate::decide`].
    #[inline]
    pub fn decide(&self, list_type: ListType, headers: &RequestHeaders<'_>) -> Decision {
        gate::decide(&self.list(list_type), self.settings.schemes(), headers)
    }

    /// As [`Gate::decide_many`].
    pub fn decide_many(
        &self,
        list_type: ListType,
        requests: &[RequestHeaders<'_>],
        decided: impl FnMut(Decision),
    ) {
        gate::decide_many(&self.list(list_type), self.settings.schemes(), requests, decided);
    }

    /// The mode of a list.
    pub fn mode(&self, list_type: ListType) -> Mode {
        self.settings.modes[place(list_type)]
    }

    /// Whether a request without the header that counts is denied.
    pub fn block_missing(&self, list_type: ListType) -> bool {
        self.settings.block_missing[place(list_type)]
    }

    /// The canonical texts of a list's patterns, in the order of their rules.
    pub fn patterns(&self, list_type: ListType) -> impl Iterator<Item = &str> {
        self.packed(list_type).index().into_iter().flat_map(Index::patterns)
    }

    /// The canonical text of the pattern of a rule, as in [`Decision::rule`]. Cost: linear in the texts of the list.
    pub fn pattern(&self, list_type: ListType, rule: RuleId) -> Option<&str> {
        self.patterns(list_type).nth(rule.index())
    }

    /// What is left without the indexes.
    pub fn to_dormant(&self) -> DormantGate {
        let texts = |list_type| join(self.patterns(list_type));
        DormantGate {
            upload: texts(ListType::Upload),
            delivery: texts(ListType::Delivery),
            settings: self.settings.clone(),
        }
    }

    /// All bytes that it keeps, its own included.
    pub fn bytes(&self) -> usize {
        let heap = |matcher: &Matcher| matcher.bytes() - size_of::<Matcher>();
        size_of::<PackedGate>() + self.settings.bytes() + heap(&self.upload) + heap(&self.delivery)
    }

    /// Asks the machine to bring a list near, ahead of a check. For batches over many gates, whose lists are far away one after the other. No effect but on time.
    #[inline]
    pub fn prefetch(&self, list_type: ListType) {
        if let Some(index) = self.packed(list_type).index() {
            prefetch(index.block());
        }
    }

    fn packed(&self, list_type: ListType) -> &Matcher {
        match list_type {
            ListType::Upload => &self.upload,
            ListType::Delivery => &self.delivery,
        }
    }

    #[inline]
    fn list(&self, list_type: ListType) -> Packed<'_> {
        Packed { list_type, matcher: self.packed(list_type), settings: &self.settings, level: self.level }
    }
}

impl DormantGate {
    /// Builds the indexes. Cost: linear in the texts, and for rules that no index holds that of an automaton.
    pub fn pack(&self) -> PackedGate {
        PackedGate {
            upload: matcher(&self.upload),
            delivery: matcher(&self.delivery),
            settings: self.settings.clone(),
            level: Level::best(),
        }
    }

    /// The canonical texts of a list's patterns, in the order of their rules.
    pub fn patterns(&self, list_type: ListType) -> impl Iterator<Item = &str> {
        match list_type {
            ListType::Upload => self.upload.lines(),
            ListType::Delivery => self.delivery.lines(),
        }
    }

    /// All bytes that it keeps, its own included.
    pub fn bytes(&self) -> usize {
        size_of::<DormantGate>() + self.upload.len() + self.delivery.len() + self.settings.bytes()
    }
}

impl From<&Gate> for DormantGate {
    fn from(gate: &Gate) -> DormantGate {
        let texts = |list: &List| join(list.rules().iter().map(|rule: &Rule| rule.pattern().canonical()));
        DormantGate {
            upload: texts(gate.list(ListType::Upload)),
            delivery: texts(gate.list(ListType::Delivery)),
            settings: Settings::new(gate),
        }
    }
}

impl From<&Gate> for PackedGate {
    fn from(gate: &Gate) -> PackedGate {
        DormantGate::from(gate).pack()
    }
}

/// What decides for the patterns of these canonical texts, one a line.
fn matcher(texts: &str) -> Matcher {
    let texts: Vec<&str> = texts.lines().collect();
    let budget = Budget::for_rules(texts.len());
    let rest = |rules: &[usize]| {
        // Canonical text parses. If one did not, none of these rules would let anyone in.
        let patterns: Option<Vec<Pattern>> = rules.iter().map(|rule| parse(texts[*rule])).collect();
        let patterns = patterns.unwrap_or_default();
        Automaton::build(patterns.iter(), &budget, EngineChoice::Automaton)
    };
    let sources = texts.iter().map(|text| Canonical(text));
    Matcher::indexed(sources, budget.entries, Shape::Compact, rest)
}

impl Source for Canonical<'_> {
    fn canonical(&self) -> &str {
        self.0
    }

    fn with_nodes<R>(&self, visit: impl FnOnce(&[Node]) -> R) -> R {
        match parse(self.0) {
            Some(pattern) => visit(&pattern.ast().nodes),
            None => visit(&[]),
        }
    }
}

/// Parses a canonical text again, whatever the limits were when it was first.
fn parse(canonical: &str) -> Option<Pattern> {
    let limits =
        Limits::default().pattern_bytes(usize::MAX).alternatives(usize::MAX).nesting(Limits::MAX_NESTING);
    Pattern::parse_with(canonical, &limits).ok()
}

fn join<'t>(texts: impl Iterator<Item = &'t str>) -> Box<str> {
    let mut joined = String::new();
    for text in texts {
        joined.push_str(text);
        joined.push('\n');
    }
    joined.into()
}

fn place(list_type: ListType) -> usize {
    match list_type {
        ListType::Upload => 0,
        ListType::Delivery => 1,
    }
}

impl Judge for Packed<'_> {
    #[inline(always)]
    fn list_type(&self) -> ListType {
        self.list_type
    }

    #[inline(always)]
    fn mode(&self) -> Mode {
        self.settings.modes[place(self.list_type)]
    }

    #[inline(always)]
    fn block_missing(&self) -> bool {
        self.settings.block_missing[place(self.list_type)]
    }

    #[inline(always)]
    fn level(&self) -> Level {
        self.level
    }

    #[inline(always)]
    fn matcher(&self) -> &Matcher {
        self.matcher
    }
}

impl fmt::Debug for PackedGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_dormant().fmt(f)
    }
}

impl fmt::Debug for DormantGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gate = f.debug_struct("DormantGate");
        for list_type in ListType::ALL {
            let number = place(list_type);
            let patterns: Vec<&str> = self.patterns(list_type).collect();
            gate.field(
                list_type.as_str(),
                &(self.settings.modes[number], self.settings.block_missing[number], patterns),
            );
        }
        gate.field("schemes", &self.settings.schemes()).finish()
    }
}

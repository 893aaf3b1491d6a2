//! [`DormantGate`]: the texts of a gate.

use core::fmt;

use super::PackedGate;
use super::extras::{Extras, ListExtras, schemes_bytes};
use super::layout::{Flags, GateBytes};
use crate::automaton::{Automaton, Budget, EngineChoice};
use crate::gate::{Gate, InvalidScheme};
use crate::index::{Shape, Source};
use crate::list::{List, ListType, Mode};
use crate::matcher::MatcherBuf;
use crate::pattern::ast::Node;
use crate::pattern::{Limits, Pattern};
use crate::rule::Rule;
use crate::vector::Level;

/// A gate that cannot decide until it is packed: its patterns and settings alone.
#[derive(Clone, PartialEq, Eq)]
pub struct DormantGate {
    /// The canonical texts of the patterns of both lists, one a line.
    texts: Box<str>,
    /// Where those of the delivery list begin.
    split: usize,
    flags: Flags,
    #[allow(clippy::box_collection)] // A word, where there is nearly always nothing.
    schemes: Option<Box<Vec<Box<str>>>>,
}

/// A list as it was saved: what [`DormantGate::restore`] takes.
#[derive(Clone, Copy, Debug)]
pub struct SavedList<'t> {
    /// Whether it is enforced.
    pub mode: Mode,
    /// Whether requests without the header are denied.
    pub block_missing: bool,
    /// The canonical texts of its patterns ([`Pattern::canonical`]), in the order of their rules.
    pub patterns: &'t [String],
}

impl SavedList<'_> {
    /// What of it cannot be one rule is left out: then it lets nobody in.
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.patterns
            .iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty() && !text.contains(['\n', '\r']))
    }
}

/// A canonical text, which is parsed only where an index cannot take it as it is.
struct Canonical<'t>(&'t str);

impl DormantGate {
    pub(super) fn new<'t>(
        flags: Flags,
        schemes: &[Box<str>],
        lists: [impl Iterator<Item = &'t str>; 2],
    ) -> DormantGate {
        let [upload, delivery] = lists;
        let mut texts = String::new();
        join(upload, &mut texts);
        let split = texts.len();
        join(delivery, &mut texts);
        let schemes = (!schemes.is_empty()).then(|| Box::new(schemes.to_vec()));
        DormantGate { texts: texts.into(), split, flags, schemes }
    }

    /// Of lists that were saved: as by way of [`List`](crate::List) and [`Gate`], without reading the patterns. For services that start with many of them; costs a copy of the texts.
    ///
    /// What is no canonical text lets nobody in whom the pattern would not let in, and turns nothing off. The rules behind one that cannot be a rule at all (it is empty, or has a line break) move up.
    ///
    /// ```
    /// use guestlist::{DormantGate, Gate, List, ListType, Mode, SavedList};
    ///
    /// let list = List::builder(ListType::Upload).patterns(["*.Example.com"]).build()?;
    /// let patterns: Vec<String> = list.rules().iter().map(|rule| rule.pattern().canonical().to_string()).collect();
    /// let upload = SavedList { mode: list.mode(), block_missing: list.block_missing(), patterns: &patterns };
    /// let delivery = SavedList { mode: Mode::Off, block_missing: false, patterns: &[] };
    /// assert_eq!(DormantGate::restore(upload, delivery, [])?, DormantGate::from(&Gate::new().with_list(list)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// For a scheme that [`Gate::dangerously_support_scheme`] does not take.
    pub fn restore<'s>(
        upload: SavedList<'_>,
        delivery: SavedList<'_>,
        dangerously_supported_schemes: impl IntoIterator<Item = &'s str>,
    ) -> Result<DormantGate, InvalidScheme> {
        let schemes = dangerously_supported_schemes.into_iter().map(|scheme| {
            InvalidScheme::check(scheme)?;
            Ok(scheme.into())
        });
        let schemes = schemes.collect::<Result<Vec<Box<str>>, _>>()?;
        let flags = Flags::new([upload.mode, delivery.mode], [upload.block_missing, delivery.block_missing]);
        Ok(DormantGate::new(flags, &schemes, [upload.texts(), delivery.texts()]))
    }

    /// Builds the indexes. Cost: linear in the texts, and for rules that no index holds that of an automaton.
    pub fn pack(&self) -> PackedGate {
        let matchers = ListType::ALL.map(|list_type| match self.texts(list_type) {
            "" => (None, None),
            texts => matcher(texts).into_parts(),
        });
        let [(upload, upload_rest), (delivery, delivery_rest)] = matchers;
        let (bytes, [upload_more, delivery_more]) = GateBytes::pack(self.flags, [upload, delivery]);
        let extras = Extras {
            schemes: self.schemes().into(),
            lists: [
                ListExtras { more: upload_more, rest: upload_rest },
                ListExtras { more: delivery_more, rest: delivery_rest },
            ],
        };
        PackedGate { bytes, extras: extras.boxed(), level: Level::best() }
    }

    /// The canonical texts of a list's patterns, in the order of their rules.
    pub fn patterns(&self, list_type: ListType) -> impl Iterator<Item = &str> {
        self.texts(list_type).lines()
    }

    /// All bytes that it keeps, its own included.
    pub fn bytes(&self) -> usize {
        let schemes =
            self.schemes.as_deref().map_or(0, |schemes| size_of_val(schemes) + schemes_bytes(schemes));
        size_of::<DormantGate>() + self.texts.len() + schemes
    }

    fn texts(&self, list_type: ListType) -> &str {
        let (upload, delivery) = self.texts.split_at_checked(self.split).unwrap_or_default();
        match list_type {
            ListType::Upload => upload,
            ListType::Delivery => delivery,
        }
    }

    fn schemes(&self) -> &[Box<str>] {
        self.schemes.as_deref().map_or(&[], Vec::as_slice)
    }
}

impl From<&Gate> for DormantGate {
    fn from(gate: &Gate) -> DormantGate {
        let lists = ListType::ALL.map(|list_type| gate.list(list_type));
        let schemes: Vec<Box<str>> = gate.supported_schemes().map(Box::from).collect();
        let flags = Flags::new(lists.map(List::mode), lists.map(List::block_missing));
        let texts = lists.map(|list| list.rules().iter().map(|rule: &Rule| rule.pattern().canonical()));
        DormantGate::new(flags, &schemes, texts)
    }
}

/// What decides for the patterns of these canonical texts, one a line.
fn matcher(texts: &str) -> MatcherBuf {
    let texts: Vec<&str> = texts.lines().collect();
    let budget = Budget::for_rules(texts.len());
    let rest = |rules: &[usize]| {
        // Canonical text parses. If one did not, none of these rules would let anyone in.
        let patterns: Option<Vec<Pattern>> = rules.iter().map(|rule| parse(texts[*rule])).collect();
        let patterns = patterns.unwrap_or_default();
        Automaton::build(patterns.iter(), &budget, EngineChoice::Automaton)
    };
    let sources = texts.iter().map(|text| Canonical(text));
    MatcherBuf::indexed(sources, budget.entries, Shape::Compact, rest)
}

impl Source for Canonical<'_> {
    fn canonical(&self) -> &str {
        self.0
    }

    fn with_nodes<R>(&self, visit: impl FnOnce(&[Node]) -> R) -> R {
        let pattern = parse(self.0);
        match pattern {
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

fn join<'t>(texts: impl Iterator<Item = &'t str>, joined: &mut String) {
    for text in texts {
        joined.push_str(text);
        joined.push('\n');
    }
}

impl fmt::Debug for DormantGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gate = f.debug_struct("DormantGate");
        for list_type in ListType::ALL {
            let patterns: Vec<&str> = self.patterns(list_type).collect();
            let settings = (self.flags.mode(list_type), self.flags.block_missing(list_type));
            gate.field(list_type.as_str(), &(settings.0, settings.1, patterns));
        }
        gate.field("schemes", &self.schemes()).finish()
    }
}

//! A pattern written out: each alternative as labels, each label as a small glob of its own.
//!
//! Lints look at these and not at the text, so braces and sets hide nothing: `{*,www.}domain.com` is `*domain.com` and `www.domain.com`, and `[c][o]m` is `com`.

use guestlist::ast::{Node, NodeKind};
use guestlist::{Host, Pattern, Span};

use crate::symbol::{self, DIGITS, HOST, Mask};

/// One way through a pattern.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    /// From left to right; none where it is an IPv6 address.
    pub(super) labels: Vec<Label>,
    pub(super) address: Option<[u16; 8]>,
    /// Its digits and wildcards.
    pub(super) port: Option<Label>,
    /// All of it.
    pub(super) span: Span,
}

/// What stands between two dots, or behind the colon.
#[derive(Clone, Debug, Default)]
pub(super) struct Label {
    units: Vec<Unit>,
}

#[derive(Clone, Debug)]
struct Unit {
    span: Span,
    kind: UnitKind,
    /// As it is printed.
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum UnitKind {
    Text,
    Star,
    One(Mask),
    Dot,
    Colon,
    Ipv6([u16; 8]),
}

/// Every alternative, in order; as many as the limits of a pattern allow.
pub(super) fn alternatives(pattern: &Pattern) -> Vec<Alternative> {
    let source = pattern.source();
    write_out(&pattern.ast().nodes, source).into_iter().map(|units| Alternative::new(units, source)).collect()
}

fn write_out(nodes: &[Node], source: &str) -> Vec<Vec<Unit>> {
    let mut written: Vec<Vec<Unit>> = vec![Vec::new()];
    for node in nodes {
        let (kind, text) = match &node.kind {
            NodeKind::Braces(alternatives) => {
                let inner: Vec<Vec<Unit>> =
                    alternatives.iter().flat_map(|nodes| write_out(nodes, source)).collect();
                written = written
                    .iter()
                    .flat_map(|front| inner.iter().map(|back| [front.as_slice(), back.as_slice()].concat()))
                    .collect();
                continue;
            }
            NodeKind::Literal(literal) => (UnitKind::Text, literal.ascii.to_string()),
            NodeKind::Star => (UnitKind::Star, "*".to_string()),
            NodeKind::Question => (UnitKind::One(HOST), "?".to_string()),
            NodeKind::Set(set) => {
                let written = source.get(node.span.range()).unwrap_or_default();
                (UnitKind::One(symbol::of_set(set)), written.to_ascii_lowercase())
            }
            NodeKind::Dot => (UnitKind::Dot, ".".to_string()),
            NodeKind::Colon => (UnitKind::Colon, ":".to_string()),
            NodeKind::Ipv6(groups) => (UnitKind::Ipv6(*groups), String::new()),
            // No other kind exists yet.
            _ => continue,
        };
        let unit = Unit { span: node.span, kind, text };
        written.iter_mut().for_each(|units| units.push(unit.clone()));
    }
    written
}

impl Alternative {
    fn new(units: Vec<Unit>, source: &str) -> Alternative {
        let span = units.iter().map(|unit| unit.span).reduce(Span::to).unwrap_or(Span::new(0, source.len()));
        let mut alternative = Alternative { labels: vec![Label::default()], address: None, port: None, span };
        for unit in units {
            match unit.kind {
                UnitKind::Dot => alternative.labels.push(Label::default()),
                UnitKind::Colon => alternative.port = Some(Label::default()),
                UnitKind::Ipv6(groups) => {
                    alternative.address = Some(groups);
                    alternative.labels.clear();
                }
                _ => {
                    let label = alternative.port.as_mut().or(alternative.labels.last_mut());
                    label.into_iter().for_each(|label| label.units.push(unit.clone()));
                }
            }
        }
        alternative
    }

    /// These labels as text, with dots between.
    pub(super) fn written(labels: &[Label]) -> String {
        labels.iter().map(Label::written).collect::<Vec<_>>().join(".")
    }

    /// `:` and the port as it is written; empty where there is none.
    pub(super) fn written_port(&self) -> String {
        self.port.as_ref().map(|port| format!(":{}", port.written())).unwrap_or_default()
    }

    /// The host as it is written.
    pub(super) fn host(&self) -> String {
        match self.address {
            Some(groups) => Host::Ipv6(groups).to_string(),
            None => Alternative::written(&self.labels),
        }
    }

    /// The host with each label filled in by its place, and the port with this where a star is.
    pub(super) fn filled(&self, label: impl Fn(usize, &Label) -> String, port: &str) -> String {
        let host = match self.address {
            Some(groups) => Host::Ipv6(groups).to_string(),
            None => {
                let labels = self.labels.iter().enumerate();
                labels.map(|(index, one)| label(index, one)).collect::<Vec<_>>().join(".")
            }
        };
        let port = self.port.as_ref().map(|of_rule| format!(":{}", of_rule.filled(port)));
        host + &port.unwrap_or_default()
    }

    /// The pattern that is this alternative alone.
    pub(super) fn to_pattern(&self) -> Option<Pattern> {
        Pattern::parse(&(self.host() + &self.written_port())).ok()
    }
}

impl Label {
    /// As it is written.
    pub(super) fn written(&self) -> String {
        self.units.iter().map(|unit| unit.text.as_str()).collect()
    }

    pub(super) fn span(&self) -> Option<Span> {
        self.units.iter().map(|unit| unit.span).reduce(Span::to)
    }

    /// All texts, if there are no more than `most`.
    pub(super) fn texts(&self, most: usize) -> Option<Vec<String>> {
        let mut texts = vec![String::new()];
        for unit in &self.units {
            match unit.kind {
                UnitKind::Text => texts.iter_mut().for_each(|text| *text += &unit.text),
                UnitKind::One(mask) if texts.len() * mask.count_ones() as usize <= most => {
                    texts = texts
                        .iter()
                        .flat_map(|text| {
                            symbol::bytes(mask).map(move |byte| format!("{text}{}", char::from(byte)))
                        })
                        .collect();
                }
                _ => return None,
            }
        }
        Some(texts)
    }

    /// Its text, if there is only one.
    pub(super) fn text(&self) -> Option<String> {
        self.texts(1)?.pop()
    }

    /// True if any label of one byte or more fits, or of a few bytes or more: nothing of it is written out.
    pub(super) fn is_whole(&self) -> bool {
        self.has_star()
            && self.units.iter().all(|unit| matches!(unit.kind, UnitKind::Star | UnitKind::One(HOST)))
    }

    /// True if digits fit and nothing else: as many as are written, none of them open in number.
    pub(super) fn is_number(&self) -> bool {
        self.units.iter().all(|unit| match unit.kind {
            UnitKind::Text => unit.text.bytes().all(|byte| byte.is_ascii_digit()),
            UnitKind::One(mask) => mask & !DIGITS == 0,
            _ => false,
        })
    }

    pub(super) fn has_star(&self) -> bool {
        self.units.iter().any(|unit| unit.kind == UnitKind::Star)
    }

    /// What is written out in front of the first and behind the last wildcard or set, and whether something is written between.
    pub(super) fn ends(&self) -> (String, String, bool) {
        let is_text = |unit: &&Unit| unit.kind == UnitKind::Text;
        let front: String = self.units.iter().take_while(is_text).map(|unit| unit.text.as_str()).collect();
        let behind: Vec<&str> =
            self.units.iter().rev().take_while(is_text).map(|unit| unit.text.as_str()).collect();
        let texts = self.units.iter().filter(|unit| unit.kind == UnitKind::Text).count();
        let is_more = texts > usize::from(!front.is_empty()) + usize::from(!behind.is_empty());
        (front, behind.into_iter().rev().collect(), is_more)
    }

    /// A text that fits, with this where the first star is and nothing for the others.
    pub(super) fn filled(&self, filling: &str) -> String {
        let mut filling = Some(filling);
        self.units
            .iter()
            .map(|unit| match unit.kind {
                UnitKind::Star => filling.take().unwrap_or_default().to_string(),
                UnitKind::One(mask) => {
                    symbol::bytes(mask).next().map(|byte| char::from(byte).to_string()).unwrap_or_default()
                }
                _ => unit.text.clone(),
            })
            .collect()
    }

    /// The label with digits alone in place of what is open: as many as a part of an address has room for.
    pub(super) fn written_as_number(&self) -> String {
        let fixed: usize = self
            .units
            .iter()
            .map(|unit| match unit.kind {
                UnitKind::Text => unit.text.len(),
                UnitKind::One(_) => 1,
                _ => 0,
            })
            .sum();
        let more = ["", "{,[0-9]}", "{,[0-9],[0-9][0-9]}"][3usize.saturating_sub(fixed).min(2)];
        let mut more = Some(more);
        self.units
            .iter()
            .map(|unit| match unit.kind {
                UnitKind::Star => more.take().unwrap_or_default().to_string(),
                UnitKind::One(mask) => {
                    let digits: String = symbol::bytes(mask & DIGITS).map(char::from).collect();
                    if digits.len() == 10 { "[0-9]".to_string() } else { format!("[{digits}]") }
                }
                _ => unit.text.clone(),
            })
            .collect()
    }

    /// True if some single character is open: a `?`, or a set with several members.
    pub(super) fn has_one(&self) -> bool {
        self.units.iter().any(|unit| matches!(unit.kind, UnitKind::One(mask) if mask.count_ones() > 1))
    }

    /// The only text that is left without its stars, if there is one.
    pub(super) fn without_stars(&self) -> Option<String> {
        let units = self.units.iter().filter(|unit| unit.kind != UnitKind::Star).cloned().collect();
        Label { units }.text().filter(|text| !text.is_empty())
    }

    /// True if some number fits.
    pub(super) fn can_be_number(&self) -> bool {
        self.units.iter().all(|unit| match unit.kind {
            UnitKind::Text => unit.text.bytes().all(|byte| byte.is_ascii_digit()),
            UnitKind::One(mask) => mask & DIGITS != 0,
            _ => true,
        })
    }

    /// The text between stars at both ends, if that is all there is: `domain` of `*domain`, `domain*` and `*domain*`; and whether stars stand in front.
    pub(super) fn core(&self) -> Option<(&str, bool)> {
        let is_star = |unit: &Unit| unit.kind == UnitKind::Star;
        let inner = self.units.iter().filter(|unit| !is_star(unit)).collect::<Vec<_>>();
        match inner.as_slice() {
            [unit] if unit.kind == UnitKind::Text && self.has_star() => {
                Some((&unit.text, self.units.first().is_some_and(is_star)))
            }
            _ => None,
        }
    }
}

//! Writes out the alternatives of a pattern: each as a plain sequence of units, without braces.
//!
//! Iterative, so that neither long nor deep patterns can exhaust the stack; the number of alternatives was limited by the parser.

use super::ast::{Literal, Node, NodeKind, Symbols};
use crate::error::Span;

/// One part of a written-out alternative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit<'a> {
    pub(crate) span: Span,
    pub(crate) kind: UnitKind<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum UnitKind<'a> {
    Literal(&'a Literal),
    /// Any number of host symbols.
    Star,
    /// Any one host symbol.
    Question,
    /// Exactly one of these.
    One(Symbols),
    Dot,
    Colon,
    Ipv6([u16; 8]),
}

/// What is left to write out: nodes of a sequence, and what follows behind the braces it stands in.
#[derive(Clone, Copy)]
struct Rest<'a> {
    nodes: &'a [Node],
    /// Index into the arena of rests.
    behind: Option<usize>,
}

/// Braces at which another alternative remains to be taken.
struct Choice<'a> {
    written: usize,
    rests: usize,
    alternatives: &'a [Vec<Node>],
    next: usize,
    behind: usize,
}

/// Calls `visit` with every alternative in turn, until it returns an error.
pub(crate) fn for_each_alternative<'a, E>(
    nodes: &'a [Node],
    mut visit: impl FnMut(&[Unit<'a>]) -> Result<(), E>,
) -> Result<(), E> {
    let mut written: Vec<Unit<'a>> = Vec::with_capacity(nodes.len());
    let mut rests: Vec<Rest<'a>> = Vec::new();
    let mut choices: Vec<Choice<'a>> = Vec::new();
    let mut rest = Rest { nodes, behind: None };
    loop {
        // Write until the end of this alternative.
        loop {
            let Some((node, nodes)) = rest.nodes.split_first() else {
                match rest.behind {
                    Some(index) => rest = rests[index],
                    None => break,
                }
                continue;
            };
            rest.nodes = nodes;
            let kind = match &node.kind {
                NodeKind::Braces(alternatives) => {
                    let behind = rests.len();
                    rests.push(rest);
                    choices.push(Choice {
                        written: written.len(),
                        rests: rests.len(),
                        alternatives,
                        next: 1,
                        behind,
                    });
                    rest =
                        Rest { nodes: alternatives.first().map_or(&[], Vec::as_slice), behind: Some(behind) };
                    continue;
                }
                NodeKind::Literal(literal) => UnitKind::Literal(literal),
                NodeKind::Star => UnitKind::Star,
                NodeKind::Question => UnitKind::Question,
                NodeKind::Set(set) => UnitKind::One(set.symbols()),
                NodeKind::Dot => UnitKind::Dot,
                NodeKind::Colon => UnitKind::Colon,
                NodeKind::Ipv6(groups) => UnitKind::Ipv6(*groups),
            };
            written.push(Unit { span: node.span, kind });
        }
        visit(&written)?;
        // Go back to the last braces that have an alternative left.
        loop {
            let Some(choice) = choices.last_mut() else { return Ok(()) };
            let Some(alternative) = choice.alternatives.get(choice.next) else {
                choices.pop();
                continue;
            };
            choice.next += 1;
            written.truncate(choice.written);
            rests.truncate(choice.rests);
            rest = Rest { nodes: alternative, behind: Some(choice.behind) };
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The alternatives as text, through the tree of an accepted or refused pattern.
    fn written_out(text: &str) -> Vec<String> {
        let ast = crate::pattern::parse::parse(text, &crate::Limits::default()).unwrap();
        let mut all = Vec::new();
        let result: Result<(), ()> = for_each_alternative(&ast.nodes, |units| {
            all.push(
                units
                    .iter()
                    .map(|unit| match unit.kind {
                        UnitKind::Literal(literal) => literal.ascii.to_string(),
                        UnitKind::Star => "*".into(),
                        UnitKind::Question | UnitKind::One(_) => "?".into(),
                        UnitKind::Dot => ".".into(),
                        UnitKind::Colon => ":".into(),
                        UnitKind::Ipv6(_) => "[]".into(),
                    })
                    .collect(),
            );
            Ok(())
        });
        result.unwrap();
        all
    }

    #[test]
    fn alternatives_are_written_out_in_order() {
        assert_eq!(written_out("a.b"), ["a.b"]);
        assert_eq!(written_out("{a,b}.{c,d}"), ["a.c", "a.d", "b.c", "b.d"]);
        assert_eq!(written_out("x{,y{1,{2,3}},z}w"), ["xw", "xy1w", "xy2w", "xy3w", "xzw"]);
        assert_eq!(written_out("{a{,b},}{c,}"), ["ac", "a", "abc", "ab", "c", ""]);
        assert_eq!(written_out("{{a}}"), ["a"]);
        assert_eq!(written_out("[::1]{,:{[0-9]?,8*}}"), ["[]", "[]:??", "[]:8*"]);
    }
}

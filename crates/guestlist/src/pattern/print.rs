//! The canonical text of a pattern: what is stored and shown (SPEC §3). It parses to the same tree.

use super::ast::{Ast, Node, NodeKind, SetItem};
use crate::host;

/// Prints the tree as canonical text, which is usually about as long as its source.
pub(super) fn canonical(ast: &Ast, source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    sequence(&ast.nodes, &mut out);
    out
}

fn sequence(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match &node.kind {
            NodeKind::Literal(literal) => out.push_str(&literal.ascii),
            NodeKind::Star => out.push('*'),
            NodeKind::Question => out.push('?'),
            NodeKind::Dot => out.push('.'),
            NodeKind::Colon => out.push(':'),
            NodeKind::Set(set) => {
                out.push('[');
                for item in &set.items {
                    match *item {
                        SetItem::One(byte) => out.push(char::from(byte)),
                        SetItem::Range(first, last) => out.extend([char::from(first), '-', char::from(last)]),
                    }
                }
                out.push(']');
            }
            NodeKind::Braces(alternatives) => {
                out.push('{');
                for (index, alternative) in alternatives.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    sequence(alternative, out);
                }
                out.push('}');
            }
            NodeKind::Ipv6(groups) => {
                let mut text = [0; host::MAX_IPV6];
                let len = host::write_ipv6(*groups, &mut text);
                out.extend(text[..len].iter().map(|byte| char::from(*byte)));
            }
        }
    }
}

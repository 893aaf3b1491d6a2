//! The syntax tree of a pattern → what is drawn of it.
//!
//! The tree knows parts of labels and dots; people think in labels. So runs of parts between dots are put together: into one box where they are plain parts, into a frame where
//! there are braces among them that stay inside the label. Braces that hold a dot or a colon cross the border of a label; what stands beside them is drawn as it was written.

use std::collections::BTreeSet;

use guestlist::Pattern;
use guestlist::ast::{Node, NodeKind};

use super::block::{Block, Piece, Track};
use super::words::{self, Star};

/// What is drawn of a pattern; the kinds of `*` that it has are added to `stars`.
pub(super) fn track(pattern: &Pattern, stars: &mut BTreeSet<Star>) -> Track {
    let place = Place { zone: Zone::Host, left: true, right: true, framed: false };
    Reader { pattern, stars }.sequence(&pattern.ast().nodes, place).0
}

/// Which side of the colon something stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    Host,
    Port,
    /// That depends on the way through the braces in front.
    Either,
}

/// Where a sequence stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    zone: Zone,
    /// It begins where a label or a port does.
    left: bool,
    /// It ends where one does.
    right: bool,
    /// It is inside a frame already, and another would only be noise.
    framed: bool,
}

struct Reader<'p, 's> {
    pattern: &'p Pattern,
    stars: &'s mut BTreeSet<Star>,
}

impl Reader<'_, '_> {
    /// A sequence of parts, and which side of the colon its end is on.
    fn sequence(&mut self, nodes: &[Node], place: Place) -> (Track, Zone) {
        let Place { mut zone, mut left, right, framed } = place;
        let mut blocks = Vec::new();
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            match &node.kind {
                NodeKind::Dot => {
                    blocks.push(Block::mark('.'));
                    left = true;
                    at += 1;
                }
                NodeKind::Braces(alternatives) if crosses(node) => {
                    let inner =
                        Place { zone, left, right: begins_label(&nodes[at + 1..], right), framed: false };
                    left = alternatives.iter().all(|nodes| ends_label(nodes, left));
                    let (tracks, end) = self.alternatives(alternatives, inner);
                    blocks.push(tracks);
                    zone = end;
                    at += 1;
                }
                kind => {
                    let colon = matches!(kind, NodeKind::Colon);
                    if colon {
                        zone = Zone::Port;
                        left = true;
                        at += 1;
                    }
                    let rest = &nodes[at..];
                    let len = rest.iter().position(|node| !inside_label(node)).unwrap_or(rest.len());
                    let (run, rest) = rest.split_at(len);
                    let place = Place { zone, left, right: begins_label(rest, right), framed };
                    self.run(run, colon, place, &mut blocks);
                    left = false;
                    at += len;
                }
            }
        }
        (Track::new(blocks), zone)
    }

    fn alternatives(&mut self, alternatives: &[Vec<Node>], place: Place) -> (Block, Zone) {
        let mut end = None;
        let mut tracks = Vec::with_capacity(alternatives.len());
        for nodes in alternatives {
            let (track, zone) = self.sequence(nodes, place);
            tracks.push(track);
            end = Some(if end.is_none_or(|end| end == zone) { zone } else { Zone::Either });
        }
        (Block::tracks(tracks), end.unwrap_or(place.zone))
    }

    /// Parts of one label, or of a port with the colon in front.
    fn run(&mut self, nodes: &[Node], colon: bool, place: Place, blocks: &mut Vec<Block>) {
        let port = place.zone == Zone::Port;
        let is_braces = |node: &Node| matches!(node.kind, NodeKind::Braces(_));
        let plain = !nodes.iter().any(is_braces);
        let whole = place.left && place.right;
        // What a frame would hold must be a label or a port from end to end, and more than the alternatives themselves.
        let frame = whole && !plain && (nodes.len() > 1 || colon) && !place.framed;
        let mut held = Vec::new();
        let mut pieces = Vec::new();
        if colon {
            pieces.push(Piece::Text(':'.to_string()));
        }
        let mut at = 0;
        while let Some(node) = nodes.get(at) {
            if let NodeKind::Braces(alternatives) = &node.kind {
                flush(&mut pieces, port, &mut held);
                let left = place.left && at == 0;
                let right = place.right && at + 1 == nodes.len();
                let inner = Place { left, right, framed: place.framed || frame, ..place };
                held.push(self.alternatives(alternatives, inner).0);
                at += 1;
            } else {
                at += self.piece(&nodes[at..], port, whole && nodes.len() == 1, &mut pieces);
            }
        }
        flush(&mut pieces, port, &mut held);
        if frame {
            blocks.push(Block::frame(Track::new(held), port));
        } else {
            blocks.append(&mut held);
        }
    }

    /// The first of these parts, which is none of braces, and those that are said in one breath with it; returns how many they are.
    fn piece(&mut self, nodes: &[Node], port: bool, whole: bool, pieces: &mut Vec<Piece>) -> usize {
        let Some(node) = nodes.first() else { return 0 };
        let mut taken = 1;
        let piece = match &node.kind {
            NodeKind::Literal(literal) => Piece::Text(literal.ascii.to_string()),
            NodeKind::Star => {
                let star = match (port, whole) {
                    (false, _) => Star::Text,
                    (true, false) => Star::Digits,
                    (true, true) => Star::Port,
                };
                self.stars.insert(star);
                Piece::Choice(star.words().to_string())
            }
            NodeKind::Question => {
                let is_single = |node: &&Node| matches!(node.kind, NodeKind::Question);
                taken = nodes.iter().take_while(is_single).count();
                Piece::Choice(words::single(taken, port))
            }
            NodeKind::Set(set) => words::set(set),
            NodeKind::Ipv6(_) => Piece::Text(self.address().to_string()),
            // A kind of part that this picture does not know yet is drawn as it was written.
            _ => Piece::Text(self.pattern.source()[node.span.range()].to_string()),
        };
        match (pieces.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => pieces.push(piece),
        }
        taken
    }

    /// The address in brackets that the canonical text begins with.
    fn address(&self) -> &str {
        let text = self.pattern.canonical();
        text.split_inclusive(']').next().unwrap_or(text)
    }
}

/// Puts pieces into a box; a lone colon in front of braces is a mark on the line, as the dot is.
fn flush(pieces: &mut Vec<Piece>, port: bool, blocks: &mut Vec<Block>) {
    match std::mem::take(pieces) {
        pieces if pieces.is_empty() => {}
        pieces if pieces == [Piece::Text(":".to_string())] => blocks.push(Block::mark(':')),
        pieces => blocks.push(Block::step(pieces, port)),
    }
}

/// True for what is a part of a label or a port; dots, colons and braces with one of them are not.
fn inside_label(node: &Node) -> bool {
    !matches!(node.kind, NodeKind::Dot | NodeKind::Colon) && !crosses(node)
}

/// True for braces that hold a dot or a colon.
fn crosses(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Braces(alternatives) => alternatives.iter().flatten().any(|node| !inside_label(node)),
        _ => false,
    }
}

/// True if a label ends in front of these parts, with which a sequence ends; `end` says whether one ends there. Looks into braces, but not into those inside them.
fn begins_label(nodes: &[Node], end: bool) -> bool {
    let is_separator = |node: &Node| matches!(node.kind, NodeKind::Dot | NodeKind::Colon);
    match nodes {
        [] => end,
        [Node { kind: NodeKind::Braces(alternatives), .. }, rest @ ..] => {
            let behind = rest.first().map_or(end, is_separator);
            alternatives.iter().all(|nodes| nodes.first().map_or(behind, is_separator))
        }
        [node, ..] => is_separator(node),
    }
}

/// True if a label ends with this alternative, where `start` says whether one ends in front of it.
fn ends_label(nodes: &[Node], start: bool) -> bool {
    nodes.last().map_or(start, |node| matches!(node.kind, NodeKind::Dot))
}

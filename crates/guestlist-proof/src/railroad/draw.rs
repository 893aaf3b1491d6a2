//! Blocks → shapes: where each stands, in layers.

use std::fmt::Write as _;

use super::block::{
    Block, CHIP_PAD, CURVE, FRAME, GAP, HALF, INSET, Kind, MARK, PIECE_GAP, Piece, SWITCH, TRACK_GAP, Track,
};

/// From the line down to the base of a text, so that it looks centred.
const BASE: usize = 4;

/// What was drawn so far. Lines run through below the boxes, so that each track is one line, whatever stands on it.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    /// Frames, below the lines.
    pub(super) frames: String,
    /// All lines as the data of one path.
    pub(super) lines: String,
    /// Boxes with their texts.
    pub(super) steps: String,
}

impl Canvas {
    /// A straight line.
    pub(super) fn line(&mut self, from: usize, to: usize, y: usize) {
        let _ = write!(self.lines, "M{from} {y}H{to}");
    }

    /// The two lines down beside tracks, from the first to the last.
    pub(super) fn spines(&mut self, left: usize, right: usize, top: usize, bottom: usize) {
        let (r, end) = (CURVE, bottom - CURVE);
        let _ = write!(self.lines, "M{left} {top}q{r} 0 {r} {r}V{end}M{right} {top}q-{r} 0-{r} {r}V{end}");
    }

    /// A track that leaves the spine on the left and comes back to that on the right.
    pub(super) fn branch(&mut self, left: usize, right: usize, y: usize) {
        let r = CURVE;
        let _ = write!(self.lines, "M{} {}q0 {r} {r} {r}H{}q{r} 0 {r}-{r}", left + r, y - r, right - 2 * r);
    }

    /// Blocks from `x` on, one behind the other; the line through them is there already.
    pub(super) fn track(&mut self, track: &Track, mut x: usize, y: usize) {
        for block in &track.blocks {
            self.block(block, x, y);
            x += block.size.width + GAP;
        }
    }

    fn block(&mut self, block: &Block, x: usize, y: usize) {
        match &block.kind {
            Kind::Step { pieces, port } => self.step(pieces, *port, block.size.width, x, y),
            Kind::Mark(sign) => {
                let middle = x + MARK;
                // A dot stands on the base of its line, a colon above it.
                let base = y + if *sign == ':' { BASE + 1 } else { BASE - 1 };
                let _ = writeln!(
                    self.steps,
                    r#"<circle class="mark" cx="{middle}" cy="{y}" r="{MARK}"/><text class="mark" x="{middle}" y="{base}">{sign}</text>"#
                );
            }
            Kind::Tracks(tracks) => self.tracks(tracks, block.size.width, x, y),
            Kind::Frame { track, port } => {
                let class = if *port { "frame port" } else { "frame" };
                let (top, height) = (y - block.size.up, block.size.up + block.size.down);
                let _ = writeln!(
                    self.frames,
                    r#"<rect class="{class}" x="{x}" y="{top}" width="{}" height="{height}" rx="10"/>"#,
                    block.size.width
                );
                self.track(track, x + FRAME, y);
            }
        }
    }

    fn tracks(&mut self, tracks: &[Track], width: usize, x: usize, y: usize) {
        let mut line = y;
        let mut before: Option<&Track> = None;
        for track in tracks {
            if let Some(before) = before {
                line += before.size.down + TRACK_GAP + track.size.up;
                self.branch(x, x + width, line);
            }
            self.track(track, x + SWITCH, line);
            before = Some(track);
        }
        if line > y {
            self.spines(x, x + width, y, line);
        }
    }

    /// A box. A choice that has it for itself is the whole box, one among others a chip in it.
    fn step(&mut self, pieces: &[Piece], port: bool, width: usize, x: usize, y: usize) {
        let alone = pieces.len() == 1;
        let class = match (pieces, port) {
            ([Piece::Choice(_)], _) => "any",
            (_, true) => "port",
            (_, false) => "text",
        };
        let _ = write!(
            self.steps,
            r#"<rect class="{class}" x="{x}" y="{}" width="{width}" height="{}" rx="7"/>"#,
            y - HALF,
            2 * HALF
        );
        let mut at = x + pieces.first().map_or(0, |piece| piece.pad(alone));
        for piece in pieces {
            let width = piece.width(alone);
            let (class, text) = match piece {
                Piece::Text(text) => (class, text),
                Piece::Choice(text) => ("any", text),
            };
            if class == "any" && !alone {
                let _ = write!(
                    self.steps,
                    r#"<rect class="any" x="{at}" y="{}" width="{width}" height="{}" rx="{}"/>"#,
                    y - HALF + INSET,
                    2 * (HALF - INSET),
                    CHIP_PAD - 1
                );
            }
            let _ = write!(
                self.steps,
                r#"<text class="{class}" x="{}" y="{}">{}</text>"#,
                at + width / 2,
                y + BASE,
                escaped(text)
            );
            at += width + PIECE_GAP;
        }
        self.steps.push('\n');
    }
}

/// Text that has no meaning as markup, inside an element or a quoted attribute. What no XML document may hold becomes a replacement character.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

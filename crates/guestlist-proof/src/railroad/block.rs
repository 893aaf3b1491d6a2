//! What is drawn, with its size: boxes, marks, tracks beside each other, and the frames that hold a label together.
//!
//! A size is found once, when its block is made from blocks that have theirs. All are whole pixels, so that no rounding differs between machines.

/// Advance of a character in a box, whose font has 13 pixels: as wide as that of the widest of the usual monospace fonts, and a little more.
pub(super) const CHAR: usize = 8;
/// The line between two blocks.
pub(super) const GAP: usize = 10;
/// Half the height of a box.
pub(super) const HALF: usize = 15;
/// Between the text of a box and its border.
pub(super) const PAD: usize = 10;
/// Between a chip and the border of its box.
pub(super) const INSET: usize = 4;
/// Between the text of a chip and its border.
pub(super) const CHIP_PAD: usize = 6;
/// Between two pieces of a label.
pub(super) const PIECE_GAP: usize = 5;
/// Radius of the circle around a dot or a colon.
pub(super) const MARK: usize = 8;
/// Radius of the curves where tracks part and join again.
pub(super) const CURVE: usize = 10;
/// What tracks take on each side to part and to join: a curve down, one back, and a little of a straight line.
pub(super) const SWITCH: usize = 2 * CURVE + 6;
/// Between two tracks.
pub(super) const TRACK_GAP: usize = 10;
/// Half of what a track with nothing on it takes: two of them and the gap leave room for the curves.
const BARE: usize = CURVE.div_ceil(2);
/// Between a frame and what it holds.
pub(super) const FRAME: usize = 8;

/// How far something reaches from the place where the line enters it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: usize,
    /// Above the line.
    pub(super) up: usize,
    /// Below it.
    pub(super) down: usize,
}

/// A piece of a label or a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// These characters.
    Text(String),
    /// Any of some, in words.
    Choice(String),
}

/// Something on the line.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: Kind,
    pub(super) size: Size,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// A label, a port, or a part of one: a box.
    Step { pieces: Vec<Piece>, port: bool },
    /// `.` or `:`.
    Mark(char),
    /// The alternatives of braces, the first on the line itself.
    Tracks(Vec<Track>),
    /// What makes up one label or one port, where there are braces in it.
    Frame { track: Track, port: bool },
}

/// Blocks one behind the other.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) blocks: Vec<Block>,
    pub(super) size: Size,
}

impl Piece {
    /// Its width in a box, where `alone` says that it has the box for itself.
    pub(super) fn width(&self, alone: bool) -> usize {
        match self {
            Piece::Choice(words) if !alone => text_width(words) + 2 * CHIP_PAD,
            Piece::Text(text) | Piece::Choice(text) => text_width(text),
        }
    }

    /// What it keeps from the border of its box.
    pub(super) fn pad(&self, alone: bool) -> usize {
        if matches!(self, Piece::Choice(_)) && !alone { INSET } else { PAD }
    }
}

fn text_width(text: &str) -> usize {
    text.chars().count() * CHAR
}

impl Block {
    /// A box; there is at least one piece.
    pub(super) fn step(pieces: Vec<Piece>, port: bool) -> Block {
        let alone = pieces.len() == 1;
        let pads = [pieces.first(), pieces.last()].into_iter().flatten().map(|piece| piece.pad(alone));
        let gaps = PIECE_GAP * pieces.len().saturating_sub(1);
        let width = pieces.iter().map(|piece| piece.width(alone)).sum::<usize>() + gaps + pads.sum::<usize>();
        Block { kind: Kind::Step { pieces, port }, size: Size { width, up: HALF, down: HALF } }
    }

    pub(super) fn mark(sign: char) -> Block {
        Block { kind: Kind::Mark(sign), size: Size { width: 2 * MARK, up: MARK, down: MARK } }
    }

    pub(super) fn tracks(tracks: Vec<Track>) -> Block {
        let width = tracks.iter().map(|track| track.size.width).max().unwrap_or(0) + 2 * SWITCH;
        let up = tracks.first().map_or(0, |track| track.size.up);
        let below = tracks.iter().skip(1).map(|track| TRACK_GAP + track.size.up + track.size.down);
        let down = tracks.first().map_or(0, |track| track.size.down) + below.sum::<usize>();
        Block { kind: Kind::Tracks(tracks), size: Size { width, up, down } }
    }

    pub(super) fn frame(track: Track, port: bool) -> Block {
        let Size { width, up, down } = track.size;
        let size = Size { width: width + 2 * FRAME, up: up + FRAME, down: down + FRAME };
        Block { kind: Kind::Frame { track, port }, size }
    }
}

impl Track {
    pub(super) fn new(blocks: Vec<Block>) -> Track {
        let gaps = GAP * blocks.len().saturating_sub(1);
        let size = Size {
            width: blocks.iter().map(|block| block.size.width).sum::<usize>() + gaps,
            up: blocks.iter().map(|block| block.size.up).max().unwrap_or(BARE),
            down: blocks.iter().map(|block| block.size.down).max().unwrap_or(BARE),
        };
        Track { blocks, size }
    }
}

//! Texts of the logs → blocks of whole lines, each with its place.
//!
//! Memory: one block for each thread and one for the cut off line between two. A line that does not fit in a block makes it grow, up to
//! [`Limits::line`]; what is longer is passed over to its end. Where a block ends depends on the text and the limits alone.

use std::collections::VecDeque;

use super::input::{self, Input, Text};
use super::line::{LineFormat, MAX_LINE};
use super::progress::Progress;
use crate::failure::Failure;

/// How much is read at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of a block.
    pub(super) block: usize,
    /// Longest line that is read, in bytes.
    pub(super) line: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { block: 256 * 1024, line: MAX_LINE }
    }
}

/// Whole lines of one log.
#[derive(Debug)]
pub(super) struct Block {
    buffer: Vec<u8>,
    len: usize,
    /// Counted from 0 over all logs.
    pub(super) number: u64,
    /// Index of the log.
    pub(super) input: usize,
    pub(super) format: LineFormat,
    /// Number of the first line in its log, from 1.
    pub(super) first_line: u64,
    /// True if this is one line that was too long to be read; there is no text then.
    pub(super) is_too_long: bool,
}

impl Block {
    pub(super) fn new() -> Block {
        Block {
            buffer: Vec::new(),
            len: 0,
            number: 0,
            input: 0,
            format: LineFormat::Combined,
            first_line: 1,
            is_too_long: false,
        }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.buffer[..self.len]
    }
}

/// Gives out blocks in the order of the logs.
pub(super) struct Blocks<'p> {
    waiting: VecDeque<(usize, Input)>,
    current: Option<Current>,
    limits: Limits,
    progress: &'p Progress,
    /// The beginning of the line that the last block did not hold.
    carry: Vec<u8>,
    number: u64,
}

struct Current {
    index: usize,
    input: Input,
    text: Text,
    line: u64,
    bytes: u64,
}

impl<'p> Blocks<'p> {
    pub(super) fn new(inputs: Vec<Input>, limits: Limits, progress: &'p Progress) -> Blocks<'p> {
        let waiting = inputs.into_iter().enumerate().collect();
        Blocks { waiting, current: None, limits, progress, carry: Vec::new(), number: 0 }
    }

    /// Fills `block` with the next one; false if there is none.
    pub(super) fn next(&mut self, block: &mut Block) -> Result<bool, Failure> {
        loop {
            if self.current.is_none() {
                let Some((index, mut input)) = self.waiting.pop_front() else { return Ok(false) };
                let text = input.open(self.progress)?;
                self.current = Some(Current { index, input, text, line: 1, bytes: 0 });
            }
            match self.fill(block) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(failure) => {
                    // Nobody else goes on.
                    self.current = None;
                    self.waiting.clear();
                    return Err(failure);
                }
            }
        }
    }

    /// The next block of the current log; false if it has ended.
    fn fill(&mut self, block: &mut Block) -> Result<bool, Failure> {
        let Some(current) = &mut self.current else { return Ok(false) };
        block.number = self.number;
        block.input = current.index;
        block.format = current.input.format.unwrap_or(LineFormat::Combined);
        block.first_line = current.line;
        block.is_too_long = false;
        let mut end = self.carry.len();
        block.buffer.resize(self.limits.block.max(end), 0);
        block.buffer[..end].copy_from_slice(&self.carry);
        self.carry.clear();
        loop {
            end += current.read(&mut block.buffer, end)?;
            if end < block.buffer.len() {
                self.current = None;
                block.len = end;
                self.number += u64::from(end > 0);
                return Ok(end > 0);
            }
            if let Some(last) = memchr::memrchr(b'\n', &block.buffer) {
                self.carry.extend_from_slice(&block.buffer[last + 1..]);
                block.len = last + 1;
                current.line += memchr::memchr_iter(b'\n', block.text()).count() as u64;
                break;
            }
            if end > self.limits.line {
                block.is_too_long = true;
                block.len = 0;
                if !current.skip_line(&mut block.buffer, &mut self.carry)? {
                    self.current = None;
                }
                break;
            }
            block.buffer.resize((2 * end).min(self.limits.line.max(self.limits.block) + 1), 0);
        }
        self.number += 1;
        Ok(true)
    }
}

impl Current {
    /// Fills the buffer behind `start`; what stands before belongs to lines that are not yet counted.
    fn read(&mut self, buffer: &mut [u8], start: usize) -> Result<usize, Failure> {
        let (read, result) = input::fill(&mut self.text, &mut buffer[start..]);
        self.bytes += read as u64;
        result.map_err(|error| {
            let uncounted = memchr::memchr_iter(b'\n', &buffer[..start + read]).count() as u64;
            self.input.failure(&error, self.text.is_gzip, self.line + uncounted, self.bytes)
        })?;
        Ok(read)
    }

    /// Reads to the end of a line and keeps what stands behind it; false if the text ends first.
    fn skip_line(&mut self, buffer: &mut [u8], carry: &mut Vec<u8>) -> Result<bool, Failure> {
        self.line += 1;
        loop {
            let read = self.read(buffer, 0)?;
            if let Some(end) = memchr::memchr(b'\n', &buffer[..read]) {
                carry.extend_from_slice(&buffer[end + 1..read]);
                return Ok(true);
            }
            if read < buffer.len() {
                return Ok(false);
            }
        }
    }
}

//! The bytes of an input, with the record being read at their front: finds the record's end, knows its line, and never
//! holds more than [`MAX_RECORD`]. It knows nothing of CSV or JSON.

use std::io::{self, Read};
use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};

use super::error::{BadRow, HeaderProblem, InputError, Position};
use super::problem::Problem;

/// The longest record that is read, in bytes; a longer one is a bad row.
pub const MAX_RECORD: usize = 16 << 20;

const FIRST_SIZE: usize = 256 << 10;

/// Whether to read on when a record is not there yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wait {
    /// Until it is.
    ForMore,
    /// Not at all: what is there is wanted first.
    No,
}

/// Where a search ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// At this offset from the record's start.
    At(usize),
    /// The input ends before it.
    End,
    /// The record is longer than allowed.
    TooLong,
    /// Finding it would mean to read on, or to wait for an input that is silent.
    NotYet,
}

/// What reading once came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filled {
    More,
    End,
    /// A live input has had nothing for long.
    Silent,
}

pub(super) struct RecordBuffer {
    input: Box<dyn Read>,
    file: Arc<str>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    line: u64,
    consumed: u64,
    /// The line that was stepped over last as one that cannot be read; of one that is too long, what may be held.
    skipped: Vec<u8>,
}

impl RecordBuffer {
    /// Begins to read: checks that this is text and steps over a byte order mark.
    pub(super) fn open(input: Box<dyn Read>, file: Arc<str>) -> Result<Self, InputError> {
        let buffer = vec![0; FIRST_SIZE];
        let mut buffer = Self {
            input,
            file,
            buffer,
            start: 0,
            end: 0,
            ended: false,
            line: 1,
            consumed: 0,
            skipped: Vec::new(),
        };
        while buffer.bytes().len() < 3 && buffer.fill()? != Filled::End {}
        match buffer.bytes() {
            [0xef, 0xbb, 0xbf, ..] => buffer.start = 3,
            [0x1f, 0x8b, ..] => return Err(buffer.bad_header(HeaderProblem::Gzip)),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(buffer.bad_header(HeaderProblem::Utf16)),
            _ => {}
        }
        Ok(buffer)
    }

    /// The current record and what has been read after it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// The first byte that is not white space.
    pub(super) fn first_visible(&mut self) -> Result<Option<u8>, InputError> {
        let visible = |bytes: &[u8]| bytes.iter().position(|byte| !byte.is_ascii_whitespace());
        loop {
            match self.find(0, Wait::ForMore, visible)? {
                Found::At(at) => return Ok(Some(self.bytes()[at])),
                Found::End | Found::TooLong => return Ok(None),
                Found::NotYet => {}
            }
        }
    }

    /// How many bytes have been stepped over.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// The line of the current record, counted from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// As if the current record stood behind so many bytes and lines.
    pub(super) fn stand_behind(&mut self, bytes: u64, lines: u64) {
        self.consumed = bytes;
        self.line = lines + 1;
    }

    /// Searches the current record from an offset on, reading as far as needed.
    pub(super) fn find(
        &mut self,
        mut from: usize,
        wait: Wait,
        search: impl Fn(&[u8]) -> Option<usize>,
    ) -> Result<Found, InputError> {
        loop {
            if let Some(at) = search(&self.bytes()[from..]) {
                return Ok(Found::At(from + at));
            }
            from = self.bytes().len();
            if self.ended {
                return Ok(Found::End);
            }
            if from >= MAX_RECORD {
                return Ok(Found::TooLong);
            }
            if wait == Wait::No {
                return Ok(Found::NotYet);
            }
            // A record that has begun is waited for, however long.
            if self.fill()? == Filled::Silent && self.bytes().is_empty() {
                return Ok(Found::NotYet);
            }
        }
    }

    /// Reads once.
    fn fill(&mut self) -> Result<Filled, InputError> {
        self.make_room();
        let read = loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Filled::Silent),
                Err(source) => return Err(InputError::Unreadable { file: Arc::clone(&self.file), source }),
                Ok(read) => break read,
            }
        };
        self.end += read;
        self.ended = read == 0;
        Ok(if self.ended { Filled::End } else { Filled::More })
    }

    fn make_room(&mut self) {
        if self.end < self.buffer.len() {
            return;
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        } else {
            self.buffer.resize((2 * self.buffer.len()).min(MAX_RECORD), 0);
        }
    }

    /// Steps over a record and the line ends in it.
    pub(super) fn consume(&mut self, bytes: usize, lines: u64) {
        self.start += bytes;
        self.consumed += bytes as u64;
        self.line += lines;
    }

    /// The current record, so many bytes, without its line end; where there is none, the line that was stepped over.
    pub(super) fn raw(&self, current: usize) -> &[u8] {
        let record = if current > 0 { &self.bytes()[..current] } else { &self.skipped };
        record.strip_suffix(b"\n").unwrap_or(record)
    }

    /// Steps over the rest of the line, however long it is.
    pub(super) fn skip_line(&mut self) -> Result<(), InputError> {
        self.skipped.clear();
        loop {
            let end = memchr(b'\n', self.bytes()).map(|at| at + 1);
            let part = &self.buffer[self.start..end.map_or(self.end, |end| self.start + end)];
            let room = MAX_RECORD - self.skipped.len();
            self.skipped.extend_from_slice(&part[..part.len().min(room)]);
            if let Some(end) = end {
                self.consume(end, 1);
                return Ok(());
            }
            self.consume(self.bytes().len(), 0);
            if self.ended || self.fill()? == Filled::End {
                return Ok(());
            }
        }
    }

    fn position(&self, offset: usize) -> Position {
        let before = &self.bytes()[..offset];
        let line_start = memrchr(b'\n', before).map_or(0, |at| at + 1);
        Position::Line {
            file: Arc::clone(&self.file),
            line: self.line + memchr_iter(b'\n', before).count() as u64,
            column: 1 + String::from_utf8_lossy(&before[line_start..]).chars().count() as u64,
        }
    }

    /// The current record is bad, because of what stands at an offset of it.
    pub(super) fn bad_row(&self, offset: usize, field: Option<&str>, problem: Problem) -> InputError {
        let field = field.map(str::to_owned);
        InputError::BadRow(Box::new(BadRow { at: self.position(offset), field, problem }))
    }

    /// The file is bad from its beginning.
    pub(super) fn bad_header(&self, problem: HeaderProblem) -> InputError {
        InputError::Header { at: self.position(0), problem }
    }
}

impl std::fmt::Debug for RecordBuffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordBuffer")
            .field("file", &self.file)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

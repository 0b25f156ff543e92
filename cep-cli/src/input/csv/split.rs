//! Splits CSV records into fields without copying. It knows no schema.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2};

use super::super::buffer::{Found, MAX_RECORD, RecordBuffer, Wait};
use super::super::error::InputError;
use super::super::problem::Problem;

/// How a field's text stands in the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Quoting {
    /// As it is.
    Plain,
    /// Between quotes.
    Quoted,
    /// Between quotes, with quotes in it doubled.
    Doubled,
}

/// Where a field's text stands in the record, without its quotes.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    quoting: Quoting,
}

/// What ends a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Separator {
    Comma,
    LineEnd,
}

/// What [`Records::next`] found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    Record,
    End,
    NotYet,
}

/// The records of a file, one at a time; blank lines are none.
#[derive(Debug)]
pub(super) struct Records {
    buffer: RecordBuffer,
    spans: Vec<Span>,
    /// The length of the current record with its line end, and the line ends in it.
    current: (usize, u64),
}

impl Records {
    pub(super) fn new(buffer: RecordBuffer) -> Self {
        Self { buffer, spans: Vec::new(), current: (0, 0) }
    }

    pub(super) fn buffer(&self) -> &RecordBuffer {
        &self.buffer
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.buffer.consumed() + self.current.0 as u64
    }

    /// The current record as it came; after an error, the line that was given up.
    pub(super) fn raw(&self) -> &[u8] {
        self.buffer.raw(self.current.0)
    }

    /// How many lines have been read up to the end of the current record.
    pub(super) fn lines_read(&self) -> u64 {
        self.buffer.line() - 1 + self.current.1
    }

    /// As if the next record stood behind so many bytes and lines.
    pub(super) fn stand_behind(&mut self, bytes: u64, lines: u64) {
        self.rest();
        self.buffer.stand_behind(bytes, lines);
    }

    /// Steps over the current record; gives what has been read after it.
    pub(super) fn rest(&mut self) -> &[u8] {
        let (bytes, lines) = std::mem::take(&mut self.current);
        self.buffer.consume(bytes, lines);
        self.buffer.bytes()
    }

    /// Steps over records that were taken from [`Self::rest`].
    pub(super) fn step_over(&mut self, bytes: usize, lines: u64) {
        self.buffer.consume(bytes, lines);
    }

    /// The number of fields of the current record.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether the file ends with the current record, and without a line end.
    pub(super) fn is_cut_off(&self) -> bool {
        !self.buffer.bytes()[..self.current.0].ends_with(b"\n")
    }

    /// Where a field starts in the current record, its opening quote included.
    pub(super) fn offset(&self, field: usize) -> usize {
        let span = self.spans[field];
        if span.quoting == Quoting::Plain { span.start } else { span.start - 1 }
    }

    /// The text of a field of the current record.
    pub(super) fn text(&self, field: usize) -> Cow<'_, [u8]> {
        let span = self.spans[field];
        let text = &self.buffer.bytes()[span.start..span.end];
        if span.quoting == Quoting::Doubled { undouble(text) } else { Cow::Borrowed(text) }
    }

    /// Goes on to the next record. After an error the next record is that of the line after the bad record's first:
    /// a stray quote costs one row, not the rest of the file.
    pub(super) fn next(&mut self, wait: Wait) -> Result<Next, InputError> {
        loop {
            let (bytes, lines) = std::mem::take(&mut self.current);
            self.buffer.consume(bytes, lines);
            let end = match self.buffer.find(0, wait, |bytes| memchr2(b'\n', b'"', bytes))? {
                Found::At(at) if self.buffer.bytes()[at] == b'"' => return self.split_quoted(),
                Found::At(at) => {
                    self.current = (at + 1, 1);
                    at
                }
                Found::End if self.buffer.bytes().is_empty() => return Ok(Next::End),
                Found::End => {
                    self.current = (self.buffer.bytes().len(), 0);
                    self.current.0
                }
                Found::TooLong => return Err(self.give_up(0, Problem::TooLong)),
                Found::NotYet => return Ok(Next::NotYet),
            };
            if split_plain(&self.buffer.bytes()[..end], &mut self.spans) {
                return Ok(Next::Record);
            }
        }
    }

    /// The error of a record that cannot be split; reading resumes on the line after its first.
    fn give_up(&mut self, offset: usize, problem: Problem) -> InputError {
        let error = self.buffer.bad_row(offset, None, problem);
        self.buffer.skip_line().err().unwrap_or(error)
    }

    /// Splits a record with a quote in its first line, which may go on over any number of lines.
    fn split_quoted(&mut self) -> Result<Next, InputError> {
        self.spans.clear();
        let mut at = 0;
        loop {
            let (span, separator, next) = match self.field(at)? {
                Ok(field) => field,
                Err((offset, problem)) => return Err(self.give_up(offset, problem)),
            };
            self.spans.push(span);
            at = next;
            if separator == Separator::LineEnd {
                let lines = memchr_iter(b'\n', &self.buffer.bytes()[..at]).count();
                self.current = (at, lines as u64);
                return Ok(Next::Record);
            }
        }
    }

    /// The field that starts at an offset, what ends it, and where the next one starts.
    fn field(&mut self, start: usize) -> Result<Result<Split, Fault>, InputError> {
        match self.byte(start)? {
            Some(b'"') => self.quoted_field(start),
            _ => self.plain_field(start),
        }
    }

    fn plain_field(&mut self, start: usize) -> Result<Result<Split, Fault>, InputError> {
        let found = self.buffer.find(start, Wait::ForMore, |bytes| memchr2(b',', b'\n', bytes))?;
        let bytes = self.buffer.bytes();
        let (end, separator, next) = match found {
            Found::At(at) if bytes[at] == b',' => (at, Separator::Comma, at + 1),
            Found::At(at) => (at, Separator::LineEnd, at + 1),
            Found::End | Found::NotYet => (bytes.len(), Separator::LineEnd, bytes.len()),
            Found::TooLong => return Ok(Err((0, Problem::TooLong))),
        };
        let carriage_return = separator == Separator::LineEnd && bytes[start..end].ends_with(b"\r");
        let end = end - usize::from(carriage_return);
        Ok(Ok((Span { start, end, quoting: Quoting::Plain }, separator, next)))
    }

    fn quoted_field(&mut self, open: usize) -> Result<Result<Split, Fault>, InputError> {
        let mut quoting = Quoting::Quoted;
        let mut from = open + 1;
        let close = loop {
            match self.buffer.find(from, Wait::ForMore, |bytes| memchr(b'"', bytes))? {
                // Room for the look at what follows the quote.
                Found::At(at) if at + 3 > MAX_RECORD => return Ok(Err((open, Problem::TooLong))),
                Found::At(at) if self.byte(at + 1)? == Some(b'"') => {
                    quoting = Quoting::Doubled;
                    from = at + 2;
                }
                Found::At(at) => break at,
                Found::TooLong => return Ok(Err((open, Problem::TooLong))),
                Found::End | Found::NotYet => return Ok(Err((open, Problem::EndsInQuotes))),
            }
        };
        let span = Span { start: open + 1, end: close, quoting };
        Ok(match self.byte(close + 1)? {
            Some(b',') => Ok((span, Separator::Comma, close + 2)),
            Some(b'\n') => Ok((span, Separator::LineEnd, close + 2)),
            None => Ok((span, Separator::LineEnd, close + 1)),
            Some(b'\r') if self.byte(close + 2)?.is_none_or(|byte| byte == b'\n') => {
                let end = (close + 3).min(self.buffer.bytes().len());
                Ok((span, Separator::LineEnd, end))
            }
            Some(_) => Err((open, Problem::TextAfterQuote)),
        })
    }

    /// The byte at an offset, read if need be; none at the end of the input.
    fn byte(&mut self, at: usize) -> Result<Option<u8>, InputError> {
        if at > self.buffer.bytes().len() {
            return Ok(None);
        }
        match self.buffer.find(at, Wait::ForMore, |bytes| (!bytes.is_empty()).then_some(0))? {
            Found::At(at) => Ok(Some(self.buffer.bytes()[at])),
            Found::End | Found::TooLong | Found::NotYet => Ok(None),
        }
    }
}

/// A field, what ends it, and where the next one starts.
type Split = (Span, Separator, usize);

/// What is wrong with a field, and where in the record.
type Fault = (usize, Problem);

/// Splits a line without quotes at its commas; false where it is blank.
fn split_plain(line: &[u8], spans: &mut Vec<Span>) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    spans.clear();
    let mut start = 0;
    // A plain loop: fields are so short that a vectorised search costs more than it saves.
    for (at, byte) in line.iter().enumerate() {
        if *byte == b',' {
            spans.push(Span { start, end: at, quoting: Quoting::Plain });
            start = at + 1;
        }
    }
    spans.push(Span { start, end: line.len(), quoting: Quoting::Plain });
    !line.is_empty()
}

/// The text between the quotes of a field in which quotes are doubled.
pub(super) fn undouble(text: &[u8]) -> Cow<'_, [u8]> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        rest = &rest[(at + 2).min(rest.len())..];
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

//! A whole message, and walking along its frames.

use bytes::Bytes;

use super::{Flags, HEADER};

/// A message that has been read whole: frames end to end, of which the first has a type and a correlation id.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    bytes: Bytes,
}

/// One frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'m> {
    pub(crate) flags: Flags,
    pub(crate) payload: &'m [u8],
}

/// The frames of a message that have not been looked at.
#[derive(Clone, Debug)]
pub(crate) struct Frames<'m> {
    bytes: &'m Bytes,
    at: usize,
}

/// A first frame has a type (4 bytes) and a correlation id (8).
const LEAST_INITIAL: usize = 12;

impl Message {
    /// Takes frames end to end; none where the first is too short to be a message's.
    ///
    /// Whoever calls has seen that the lengths of frames fit.
    pub(crate) fn new(bytes: Bytes) -> Option<Self> {
        let message = Self { bytes };
        let first = message.frames().next()?;
        (first.payload.len() >= LEAST_INITIAL).then_some(message)
    }

    fn frames(&self) -> Frames<'_> {
        Frames { bytes: &self.bytes, at: 0 }
    }

    fn initial(&self) -> Frame<'_> {
        self.frames().next().unwrap_or(Frame { flags: Flags::NONE, payload: &[] })
    }

    pub(crate) fn flags(&self) -> Flags {
        self.initial().flags
    }

    /// What kind of message it is.
    pub(crate) fn kind(&self) -> i32 {
        self.initial().payload.first_chunk().map_or(0, |bytes| i32::from_le_bytes(*bytes))
    }

    /// Whose answer it is.
    pub(crate) fn correlation(&self) -> i64 {
        let bytes = self.initial().payload.get(4..LEAST_INITIAL).and_then(|bytes| bytes.first_chunk());
        bytes.map_or(0, |bytes| i64::from_le_bytes(*bytes))
    }

    /// The number of backups whose word is to be waited for.
    pub(crate) fn backups(&self) -> u8 {
        self.initial().payload.get(LEAST_INITIAL).copied().unwrap_or_default()
    }

    /// The payload of the first frame from an offset on: fields of fixed size.
    pub(crate) fn fixed(&self, from: usize) -> &[u8] {
        self.initial().payload.get(from..).unwrap_or_default()
    }

    /// The frames behind the first.
    pub(crate) fn rest(&self) -> Frames<'_> {
        let mut frames = self.frames();
        frames.next();
        frames
    }
}

impl<'m> Frames<'m> {
    /// The next frame, which stays where it is.
    pub(crate) fn peek(&self) -> Option<Frame<'m>> {
        self.clone().next()
    }

    /// A payload as bytes of its own, which share the message's memory.
    pub(crate) fn own(&self, payload: &'m [u8]) -> Bytes {
        self.bytes.slice_ref(payload)
    }
}

impl<'m> Iterator for Frames<'m> {
    type Item = Frame<'m>;

    fn next(&mut self) -> Option<Frame<'m>> {
        let bytes = self.bytes.get(self.at..)?;
        let length = i32::from_le_bytes(*bytes.first_chunk()?);
        let length = usize::try_from(length).ok().filter(|length| *length >= HEADER)?;
        let flags = u16::from_le_bytes(*bytes.get(4..HEADER)?.first_chunk()?);
        let payload = bytes.get(HEADER..length)?;
        self.at += length;
        Some(Frame { flags: Flags(flags), payload })
    }
}

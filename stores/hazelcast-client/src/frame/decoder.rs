//! From a stream of bytes to messages: frames are found by their lengths, fragments are put together.

use std::collections::HashMap;

use bytes::{Bytes, BytesMut};

use super::{Flags, HEADER, Message};

/// What a peer that speaks the protocol never sends.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum FrameError {
    #[error("a frame of {0} bytes, and the shortest has {HEADER}")]
    Short(i32),
    #[error("a message of more than {limit} bytes")]
    Long { limit: usize },
    #[error("a message whose first frame is too short for a type and a correlation id")]
    NoInitial,
    #[error("a fragment that has no number, or whose beginning was never sent")]
    Fragment,
}

/// Bytes in, messages out.
#[derive(Debug)]
pub(crate) struct Decoder {
    buffer: BytesMut,
    /// Where in the buffer the first frame begins that has not been looked at.
    at: usize,
    /// The most bytes of a message, and of all unfinished fragments.
    limit: usize,
    fragments: HashMap<i64, BytesMut>,
    fragment_bytes: usize,
}

impl Decoder {
    pub(crate) fn new(limit: usize) -> Self {
        Self { buffer: BytesMut::new(), at: 0, limit, fragments: HashMap::new(), fragment_bytes: 0 }
    }

    /// Where bytes are put when they arrive.
    pub(crate) fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// The next whole message, if it has arrived.
    pub(crate) fn next(&mut self) -> Result<Option<Message>, FrameError> {
        while let Some(whole) = self.next_whole()? {
            if let Some(message) = self.put_together(whole)? {
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// Frames up to the next final one.
    fn next_whole(&mut self) -> Result<Option<Bytes>, FrameError> {
        loop {
            let Some(head) = self.buffer.get(self.at..self.at + HEADER) else { return Ok(None) };
            let length = i32::from_le_bytes([head[0], head[1], head[2], head[3]]);
            let flags = Flags(u16::from_le_bytes([head[4], head[5]]));
            let size = usize::try_from(length).ok().filter(|size| *size >= HEADER);
            let end = self.at + size.ok_or(FrameError::Short(length))?;
            if end > self.limit {
                return Err(FrameError::Long { limit: self.limit });
            }
            if end > self.buffer.len() {
                return Ok(None);
            }
            self.at = end;
            if flags.has(Flags::FINAL) {
                self.at = 0;
                return Ok(Some(self.buffer.split_to(end).freeze()));
            }
        }
    }

    fn put_together(&mut self, whole: Bytes) -> Result<Option<Message>, FrameError> {
        let length = whole.first_chunk().map_or(0, |length| i32::from_le_bytes(*length));
        let first = usize::try_from(length).unwrap_or_default();
        let flags = Flags(u16::from_le_bytes([whole[4], whole[5]]));
        if flags.has(Flags::WHOLE) {
            return Message::new(whole).map(Some).ok_or(FrameError::NoInitial);
        }
        let id = whole[HEADER..first].first_chunk().map(|id| i64::from_le_bytes(*id));
        let id = id.ok_or(FrameError::Fragment)?;
        let rest = &whole[first..];
        self.fragment_bytes += rest.len() + HEADER;
        if self.fragment_bytes > self.limit {
            return Err(FrameError::Long { limit: self.limit });
        }
        if flags.has(Flags::BEGIN_FRAGMENT) {
            self.fragments.insert(id, rest.into());
            return Ok(None);
        }
        let begun = self.fragments.get_mut(&id).ok_or(FrameError::Fragment)?;
        begun.extend_from_slice(rest);
        if !flags.has(Flags::END_FRAGMENT) {
            return Ok(None);
        }
        let done = self.fragments.remove(&id).unwrap_or_default();
        self.fragment_bytes = self.fragments.values().map(|bytes| bytes.len() + HEADER).sum();
        Message::new(done.freeze()).map(Some).ok_or(FrameError::NoInitial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(flags: Flags, payload: &[u8]) -> Vec<u8> {
        let length = i32::try_from(payload.len() + HEADER).unwrap();
        [&length.to_le_bytes()[..], &flags.0.to_le_bytes(), payload].concat()
    }

    fn initial(kind: i32, correlation: i64) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &correlation.to_le_bytes(), &[2]].concat()
    }

    fn decode(bytes: &[u8], piece: usize) -> Result<Vec<Message>, FrameError> {
        let mut decoder = Decoder::new(1_000);
        let mut all = Vec::new();
        for bytes in bytes.chunks(piece) {
            decoder.buffer().extend_from_slice(bytes);
            while let Some(message) = decoder.next()? {
                all.push(message);
            }
        }
        Ok(all)
    }

    #[test]
    fn messages_are_found_in_whatever_pieces_they_come() {
        let one = frame(Flags::WHOLE.with(Flags::FINAL), &initial(3, 7));
        let two = [frame(Flags::WHOLE, &initial(4, -1)), frame(Flags::FINAL, b"hello")].concat();
        let bytes = [one, two].concat();
        for piece in 1..=bytes.len() {
            let messages = decode(&bytes, piece).unwrap();
            assert_eq!(messages.len(), 2);
            assert_eq!((messages[0].kind(), messages[0].correlation(), messages[0].backups()), (3, 7, 2));
            assert_eq!((messages[1].kind(), messages[1].correlation()), (4, -1));
            assert_eq!(messages[1].rest().next().unwrap().payload, b"hello");
        }
    }

    #[test]
    fn fragments_are_put_together() {
        let id = 5_i64.to_le_bytes();
        let begin =
            [frame(Flags::BEGIN_FRAGMENT, &id), frame(Flags::WHOLE.with(Flags::FINAL), &initial(9, 1))];
        let middle = [frame(Flags::NONE, &id), frame(Flags::FINAL, b"a")];
        let end = [frame(Flags::END_FRAGMENT, &id), frame(Flags::FINAL, b"b")];
        let between = frame(Flags::WHOLE.with(Flags::FINAL), &initial(3, 7));
        let bytes = [begin.concat(), between, middle.concat(), end.concat()].concat();
        let messages = decode(&bytes, 7).unwrap();
        assert_eq!(messages.iter().map(Message::kind).collect::<Vec<_>>(), [3, 9]);
        let payloads: Vec<_> = messages[1].rest().map(|frame| frame.payload).collect();
        assert_eq!(payloads, [b"a", b"b"]);
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        let with_length = |length: i32| [&length.to_le_bytes()[..], &[0; 6]].concat();
        assert_eq!(decode(&with_length(5), 99).unwrap_err(), FrameError::Short(5));
        assert_eq!(decode(&with_length(-1), 99).unwrap_err(), FrameError::Short(-1));
        assert_eq!(decode(&with_length(i32::MAX), 99).unwrap_err(), FrameError::Long { limit: 1_000 });
        let short = frame(Flags::WHOLE.with(Flags::FINAL), &[0; 11]);
        assert_eq!(decode(&short, 99).unwrap_err(), FrameError::NoInitial);
        let no_begin = [frame(Flags::NONE, &[0; 8]), frame(Flags::FINAL, b"")].concat();
        assert_eq!(decode(&no_begin, 99).unwrap_err(), FrameError::Fragment);
        let no_id = frame(Flags::BEGIN_FRAGMENT.with(Flags::FINAL), &[0; 7]);
        assert_eq!(decode(&no_id, 99).unwrap_err(), FrameError::Fragment);
    }

    #[test]
    fn fragments_without_end_do_not_fill_the_memory() {
        let fragment = |id: i64| {
            [frame(Flags::BEGIN_FRAGMENT, &id.to_le_bytes()), frame(Flags::FINAL, &[0; 20])].concat()
        };
        let bytes: Vec<u8> = (0..100).flat_map(fragment).collect();
        assert_eq!(decode(&bytes, 99).unwrap_err(), FrameError::Long { limit: 1_000 });
        let empty = |id: i64| frame(Flags::BEGIN_FRAGMENT.with(Flags::FINAL), &id.to_le_bytes());
        let bytes: Vec<u8> = (0..1_000).flat_map(empty).collect();
        assert_eq!(decode(&bytes, 99).unwrap_err(), FrameError::Long { limit: 1_000 });
    }

    #[test]
    fn frames_without_end_do_not_fill_the_memory() {
        let bytes = frame(Flags::NONE, &[0; 20]).repeat(100);
        assert_eq!(decode(&bytes, 99).unwrap_err(), FrameError::Long { limit: 1_000 });
    }
}

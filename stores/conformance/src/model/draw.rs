//! Random inputs: few keys, so that they meet; ties, binary keys and bad input among them.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, GroupId, MOST_KEY, Put};

use crate::make::{FARTHEST, bytes};
use crate::random::Random;

const KEYS: [&[u8]; 20] = [
    b"",
    b"\0",
    b"\0\0",
    b"a",
    b"a\0",
    b"a\0b",
    b"aa",
    b"ab",
    b"a\xff",
    b"a\xff\xff",
    b"b",
    b"b:1",
    b"b:2",
    b"b:10",
    b"\xc3\xa9",
    b"\xff",
    b"\xff\0",
    b"\xff\xff",
    b"\xff\xff\xff",
    b"{z}",
];

const DEADLINES: [i64; 12] =
    [-FARTHEST, -1_000_000, -256, -1, 0, 1, 1, 2, 256, 1_700_000_000_000, FARTHEST - 1, FARTHEST];

impl Random {
    /// Mostly one of the two groups that there are.
    pub(super) fn group(&mut self) -> GroupId {
        if self.one_in(60) { GroupId(2) } else { GroupId(u16::from(self.one_in(3))) }
    }

    pub(super) fn key(&mut self) -> Bytes {
        if self.one_in(12) {
            return bytes([b'k', u8::try_from(self.below(256)).expect("below 256")]);
        }
        if self.one_in(60) {
            return bytes(vec![b'l'; 1 + self.below(3_000)]);
        }
        bytes(self.pick(&KEYS))
    }

    /// The beginning of a key.
    pub(super) fn prefix(&mut self) -> Bytes {
        let key = self.key();
        let length = self.below(3.min(key.len() + 1));
        key.slice(..length)
    }

    pub(super) fn value(&mut self) -> Bytes {
        let length = if self.one_in(40) { 5_000 } else { self.below(30) };
        let byte = u8::try_from(self.below(256)).expect("below 256");
        let mut value = vec![byte; length];
        value.extend(self.next().to_le_bytes().iter().take(length));
        value.into()
    }

    pub(super) fn time(&mut self) -> Timestamp {
        let small = |below: usize| i64::try_from(below).expect("small");
        Timestamp(if self.one_in(3) { small(self.below(12)) - 6 } else { *self.pick(&DEADLINES) })
    }

    /// Changes with the right number for the outbox; a few of them bad.
    pub(super) fn changes(&mut self, next_outbox: u64) -> Changes {
        let mut changes = Changes { first_outbox: next_outbox, state: self.value(), ..Changes::default() };
        for _ in 0..self.below(8) {
            let key = self.key();
            // A key stands once.
            if changes.puts.iter().any(|put| put.key == key) || changes.deletes.contains(&key) {
                continue;
            }
            if self.one_in(3) {
                changes.deletes.push(key);
            } else {
                let deadline = (!self.one_in(3)).then(|| self.time());
                changes.puts.push(Put { key, deadline, value: self.value() });
            }
        }
        for _ in 0..self.below(10).saturating_sub(6) {
            changes.outbox.push(self.value());
        }
        if self.one_in(25) {
            self.spoil(&mut changes);
        }
        changes
    }

    fn spoil(&mut self, changes: &mut Changes) {
        let long = bytes(vec![b'x'; MOST_KEY + 1]);
        match self.below(4) {
            0 => changes.deletes.push(long),
            1 => changes.puts.push(Put { key: long, deadline: None, value: self.value() }),
            2 => changes.puts.push(Put {
                key: bytes("far"),
                deadline: Some(Timestamp(FARTHEST + 1)),
                value: self.value(),
            }),
            _ => {
                changes.outbox.push(self.value());
                changes.first_outbox += 1 + self.next() % 3;
            }
        }
    }
}

//! A commit as commands: one script, or, where it is large, parts laid aside and the script that puts them in their places.

use bytes::Bytes;
use cep_engine::store::{Changes, Version};
use redis::{Cmd, Pipeline};

use crate::keys::GroupKeys;
use crate::script;

/// How much is sent at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Limits {
    /// With more bytes than this, a commit is sent in parts.
    pub(crate) direct_bytes: usize,
    /// The same of values.
    pub(crate) direct_values: usize,
    /// How many bytes are enough for a part.
    pub(crate) part_bytes: usize,
    /// How many values a part has at most: Lua's stack takes no more than 8,000.
    pub(crate) part_values: usize,
}

/// A script that is sent whole stops the server for as long as it runs, so larger ones are no gain, and a server takes no
/// more than 1 GiB (`client-query-buffer-limit`).
pub(crate) const LIMITS: Limits =
    Limits { direct_bytes: 32 << 20, direct_values: 400_000, part_bytes: 4 << 20, part_values: 4_000 };

/// A commit to be sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Commit<'c> {
    pub(crate) keys: &'c GroupKeys,
    pub(crate) birth: &'c str,
    pub(crate) expected: Version,
    pub(crate) changes: &'c Changes,
}

/// A value that the script takes.
#[derive(Clone, Copy, Debug)]
enum Piece<'c> {
    Bytes(&'c Bytes),
    Number(i64),
}

impl Piece<'_> {
    fn add_to(self, call: &mut Cmd) {
        match self {
            Self::Bytes(bytes) => call.arg(&**bytes),
            Self::Number(number) => call.arg(number),
        };
    }

    fn len(self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Number(_) => 16,
        }
    }
}

impl Commit<'_> {
    /// The commands, to be sent in this order and without others between.
    pub(crate) fn commands(self, limits: Limits) -> Pipeline {
        let (mut values, mut bytes) = (0, 0);
        self.each_piece(|piece| {
            values += 1;
            bytes += piece.len() + 16;
        });
        let mut commands = Pipeline::with_capacity(1);
        if bytes <= limits.direct_bytes && values <= limits.direct_values {
            let mut call = self.head(values, bytes, None);
            self.each_piece(|piece| piece.add_to(&mut call));
            commands.add_command(call);
        } else {
            self.stage(limits, &mut commands);
            commands.add_command(self.head(0, 0, Some(values)));
        }
        commands
    }

    /// What the script is told before the values: the order is that of `commit.lua`.
    fn head(self, values: usize, bytes: usize, staged: Option<usize>) -> Cmd {
        let Self { keys, birth, expected, changes } = self;
        let appended = changes.outbox.len() as u64;
        let deadlines = changes.puts.iter().filter(|put| put.deadline.is_some()).count();
        let mut call = script::COMMIT.call_of_size(&keys.all(), 13 + values, changes.state.len() + bytes);
        call.arg(birth).arg(expected.epoch).arg(expected.seq).arg(expected.next().seq);
        // A number that cannot be counted on from is not the next one, and is refused there.
        call.arg(changes.first_outbox).arg(changes.first_outbox.wrapping_add(appended));
        call.arg(&*changes.state);
        match staged {
            Some(values) => call.arg(values),
            None => call.arg("-"),
        };
        call.arg(changes.puts.len()).arg(changes.puts.len() - deadlines).arg(changes.deletes.len());
        call.arg(deadlines).arg(appended);
        call
    }

    /// The values in the order in which the script takes them.
    fn each_piece<'c>(&'c self, mut take: impl FnMut(Piece<'c>)) {
        let changes = self.changes;
        for put in &changes.puts {
            take(Piece::Bytes(&put.key));
            take(Piece::Bytes(&put.value));
        }
        for put in changes.puts.iter().filter(|put| put.deadline.is_none()) {
            take(Piece::Bytes(&put.key));
        }
        changes.deletes.iter().for_each(|key| take(Piece::Bytes(key)));
        for put in &changes.puts {
            if let Some(deadline) = put.deadline {
                take(Piece::Number(deadline.0));
                take(Piece::Bytes(&put.key));
            }
        }
        changes.outbox.iter().for_each(|entry| take(Piece::Bytes(entry)));
    }

    fn stage(&self, limits: Limits, commands: &mut Pipeline) {
        let (mut staged, mut values, mut bytes) = (0, 0, 0);
        let mut part = self.part(staged);
        self.each_piece(|piece| {
            if values == limits.part_values || bytes >= limits.part_bytes {
                staged += values;
                commands.add_command(std::mem::replace(&mut part, self.part(staged)));
                (values, bytes) = (0, 0);
            }
            piece.add_to(&mut part);
            values += 1;
            bytes += piece.len();
        });
        commands.add_command(part);
    }

    fn part(&self, staged: usize) -> Cmd {
        let mut call = script::STAGE.call(&[&self.keys.header, &self.keys.staged]);
        call.arg(self.birth).arg(self.expected.epoch).arg(self.expected.seq).arg(staged);
        call
    }
}

#[cfg(test)]
mod tests {
    use cep_core::time::Timestamp;
    use cep_engine::store::{GroupId, Put};

    use super::*;

    fn put(key: &'static str, deadline: Option<i64>) -> Put {
        Put { key: key.into(), deadline: deadline.map(Timestamp), value: "value".into() }
    }

    fn commands(changes: &Changes, limits: Limits) -> usize {
        let keys = GroupKeys::of(&"n".parse().unwrap(), GroupId(0));
        let expected = Version { epoch: 1, seq: 0 };
        Commit { keys: &keys, birth: "b", expected, changes }.commands(limits).len()
    }

    #[test]
    fn only_a_large_commit_is_sent_in_parts() {
        let changes = Changes { puts: vec![put("a", Some(1)), put("b", None)], ..Changes::default() };
        assert_eq!(commands(&changes, LIMITS), 1);
        // Seven values: two by two, and the commit itself.
        let few = Limits { direct_values: 6, part_values: 2, ..LIMITS };
        assert_eq!(commands(&changes, few), 5);
        let small = Limits { direct_bytes: 10, part_bytes: 1, ..LIMITS };
        assert_eq!(commands(&changes, small), 8);
    }
}

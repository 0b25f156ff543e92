//! What is read of a group, each time at one moment of it.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Due, DueCursor, Entry, FARTHEST_DEADLINE, Page, StoreError};
use redis::Value;

use crate::failure::Act;
use crate::group::GroupAt;
use crate::reply::{self, Bad, Said};
use crate::script;

/// The most entries of a page: the server does nothing else while it makes one.
const MOST_ENTRIES: usize = 10_000;
/// How many bytes are enough for a page.
const ENOUGH: usize = 8 << 20;

/// What a read of the outbox found.
pub(crate) enum Outbox {
    /// Number and bytes of each.
    Entries(Vec<(u64, Bytes)>),
    /// The group has no header.
    Missing,
}

impl GroupAt<'_> {
    pub(crate) async fn load(&self, keys: &[Bytes]) -> Result<Vec<Option<Bytes>>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let bytes = keys.iter().map(|key| key.len() + 16).sum();
        let mut command = redis::Cmd::with_capacity(keys.len() + 2, bytes);
        command.arg("HMGET").arg(&self.keys.values);
        keys.iter().for_each(|key| {
            command.arg(&**key);
        });
        let answer = self.servers.ask(self.keys.slot, command, Act::Read).await?;
        let values = self.good(reply::list(answer))?;
        self.good(values.into_iter().map(reply::maybe_bytes).collect())
    }

    pub(crate) async fn due(
        &self,
        until: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> Result<Page<Due, DueCursor>, StoreError> {
        let limit = limit.min(MOST_ENTRIES);
        let mut call = script::DUE.call(&[&self.keys.deadlines]);
        call.arg(until.0.min(FARTHEST_DEADLINE)).arg(limit);
        // Beyond what a double tells apart there are no deadlines.
        let is_beyond = after.as_ref().is_some_and(|after| after.deadline.0 > FARTHEST_DEADLINE);
        if until.0 < -FARTHEST_DEADLINE || is_beyond {
            return Ok(Page { items: Vec::new(), next: None });
        }
        if let Some(after) = after.filter(|after| after.deadline.0 >= -FARTHEST_DEADLINE) {
            call.arg(after.deadline.0).arg(&*after.key);
        }
        let answer = self.servers.ask(self.keys.slot, call, Act::Read).await?;
        let items = self.good(due_items(answer))?;
        let next = items.last().filter(|_| items.len() == limit).cloned();
        Ok(Page { items, next })
    }

    pub(crate) async fn scan(
        &self,
        prefix: &[u8],
        after: Option<Bytes>,
        limit: usize,
    ) -> Result<Page<Entry, Bytes>, StoreError> {
        let mut call = script::SCAN.call(&[&self.keys.values, &self.keys.deadlines]);
        call.arg(after.as_deref().unwrap_or(b"0")).arg(begins_with(prefix));
        call.arg(limit.min(MOST_ENTRIES)).arg(ENOUGH);
        let answer = self.servers.ask(self.keys.slot, call, Act::Read).await?;
        self.good(entries(answer))
    }

    pub(crate) async fn outbox(&self, from: u64, limit: usize) -> Result<Outbox, StoreError> {
        let mut found: Vec<(u64, Bytes)> = Vec::new();
        let mut from = from;
        loop {
            let asked = (limit - found.len()).min(MOST_ENTRIES);
            let mut call = script::OUTBOX.call(&[&self.keys.header, &self.keys.outbox]);
            call.arg(from).arg(asked).arg(ENOUGH);
            let answer = self.servers.ask(self.keys.slot, call, Act::Read).await?;
            let Some((first, stopped, some)) = self.good(outbox_entries(answer))? else {
                return Ok(Outbox::Missing);
            };
            if first != from {
                // Trimmed in between: what was read before is no longer there, and a hole must not be shown.
                found.clear();
            }
            let is_end = some.len() < asked && !stopped;
            found.extend((first..).zip(some));
            from = found.last().map_or(first, |(number, _)| number + 1);
            if is_end || found.len() >= limit {
                return Ok(Outbox::Entries(found));
            }
        }
    }
}

fn due_items(answer: Value) -> Result<Vec<Due>, Bad> {
    let mut values = reply::list(answer)?.into_iter();
    let mut items = Vec::with_capacity(values.len() / 2);
    while let Some(key) = values.next() {
        let deadline = reply::maybe_score(values.next().unwrap_or(Value::Nil))?;
        let deadline = Timestamp(deadline.ok_or(Bad::new("a deadline"))?);
        items.push(Due { deadline, key: reply::bytes(key)? });
    }
    Ok(items)
}

/// A page of a scan.
fn entries(answer: Value) -> Result<Page<Entry, Bytes>, Bad> {
    let mut parts = reply::list(answer)?.into_iter();
    let cursor = reply::bytes(parts.next().unwrap_or(Value::Nil))?;
    let mut values = reply::list(parts.next().unwrap_or(Value::Nil))?.into_iter();
    let mut items = Vec::with_capacity(values.len() / 3);
    while let Some(key) = values.next() {
        let mut next = || values.next().unwrap_or(Value::Nil);
        let (value, deadline) = (reply::bytes(next())?, reply::maybe_score(next())?);
        items.push(Entry { key: reply::bytes(key)?, deadline: deadline.map(Timestamp), value });
    }
    Ok(Page { items, next: (*cursor != *b"0").then_some(cursor) })
}

/// The number of the first, whether there are more, and the entries; none where the group has no header.
fn outbox_entries(answer: Value) -> Result<Option<(u64, bool, Vec<Bytes>)>, Bad> {
    let mut said = Said::new(answer)?;
    match said.word.as_str() {
        "ok" => {}
        "missing" => return Ok(None),
        _ => return Err(Bad::new("an outbox as long as its header says")),
    }
    let (first, stopped) = (reply::number(said.next())?, said.next() != Value::Nil);
    let entries = reply::list(said.next())?.into_iter().map(reply::bytes).collect::<Result<_, _>>()?;
    Ok(Some((first, stopped, entries)))
}

/// The pattern of all keys that begin with some bytes.
fn begins_with(prefix: &[u8]) -> Vec<u8> {
    let mut pattern = Vec::with_capacity(prefix.len() + 1);
    for byte in prefix {
        if b"*?[]\\".contains(byte) {
            pattern.push(b'\\');
        }
        pattern.push(*byte);
    }
    pattern.push(b'*');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_a_pattern_stands_for_itself() {
        assert_eq!(begins_with(b""), b"*");
        assert_eq!(begins_with(b"a\xff\0"), b"a\xff\0*");
        assert_eq!(begins_with(b"*?[]\\-^"), b"\\*\\?\\[\\]\\\\-^*");
    }
}

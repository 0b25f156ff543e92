//! One namespace and its groups: the contract of a store as plain data. No locks, no files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Due, DueCursor, Entry, Fresh, GroupId, Header, Opened, Page, StoreError, StoreErrorKind, Version,
};

/// A namespace.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Space {
    pub(crate) about: Bytes,
    pub(crate) about_version: u64,
    pub(crate) groups: Vec<Group>,
}

/// A group.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Group {
    pub(crate) header: Header,
    pub(crate) entries: BTreeMap<Bytes, Kept>,
    /// The deadlines of the entries.
    pub(crate) due: BTreeSet<Due>,
    /// The entries from the header's `first_outbox` on.
    pub(crate) outbox: VecDeque<Bytes>,
}

/// An entry under its key.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Kept {
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) value: Bytes,
}

impl Space {
    pub(crate) fn new(fresh: Fresh) -> Self {
        let groups = vec![Group::default(); usize::from(fresh.groups)];
        Self { about: fresh.about, about_version: 0, groups }
    }

    pub(crate) fn raise(&mut self) {
        self.groups.iter_mut().for_each(|group| group.header.version.epoch += 1);
    }

    pub(crate) fn look(&self) -> Opened {
        Opened {
            is_new: false,
            about: self.about.clone(),
            about_version: self.about_version,
            groups: self.groups.iter().map(|group| group.header.clone()).collect(),
        }
    }

    /// The refusal speaks of group 0: whoever amended has opened it.
    pub(crate) fn amend(&mut self, expected: u64, about: Bytes) -> Result<(), StoreError> {
        if self.about_version == expected {
            self.about = about;
            self.about_version += 1;
            return Ok(());
        }
        let found = self.groups.first().map(|group| group.header.version).unwrap_or_default();
        let is_behind = self.about_version < expected;
        let kind =
            if is_behind { StoreErrorKind::RolledBack { found } } else { StoreErrorKind::Fenced { found } };
        let message = format!("the namespace was amended {} times, expected {expected}", self.about_version);
        Err(StoreError::new(kind, message))
    }

    pub(crate) fn group(&mut self, group: GroupId) -> Result<&mut Group, StoreError> {
        let count = self.groups.len();
        self.groups.get_mut(usize::from(group.0)).ok_or_else(|| {
            let message = format!("there is no group {}: the namespace has {count}", group.0);
            StoreError::new(StoreErrorKind::Misuse, message)
        })
    }
}

impl Group {
    pub(crate) fn version(&self) -> Version {
        self.header.version
    }

    pub(crate) fn value(&self, key: &Bytes) -> Option<Bytes> {
        self.entries.get(key).map(|kept| kept.value.clone())
    }

    /// Changes that were checked; all of them are applied or none.
    pub(crate) fn commit(&mut self, expected: Version, changes: Changes) -> Result<(), StoreError> {
        if self.header.version != expected {
            return Err(StoreError::refused(expected, self.header.version));
        }
        if !changes.outbox.is_empty() && changes.first_outbox != self.header.next_outbox {
            let (first, next) = (changes.first_outbox, self.header.next_outbox);
            let message = format!("outbox entries from {first} on, where {next} comes next");
            return Err(StoreError::new(StoreErrorKind::Misuse, message));
        }
        for put in changes.puts {
            self.put(put.key, Kept { deadline: put.deadline, value: put.value });
        }
        changes.deletes.iter().for_each(|key| self.delete(key));
        self.header.next_outbox += changes.outbox.len() as u64;
        self.outbox.extend(changes.outbox);
        self.header.state = changes.state;
        self.header.version = expected.next();
        Ok(())
    }

    /// Puts an entry; also used when a snapshot is read.
    pub(crate) fn put(&mut self, key: Bytes, kept: Kept) {
        if let Some(deadline) = kept.deadline {
            self.due.insert(Due { deadline, key: key.clone() });
        }
        let deadline = kept.deadline;
        let old = self.entries.insert(key.clone(), kept).and_then(|old| old.deadline);
        if let Some(old) = old.filter(|old| deadline != Some(*old)) {
            self.due.remove(&Due { deadline: old, key });
        }
    }

    fn delete(&mut self, key: &Bytes) {
        let old = self.entries.remove(key).and_then(|old| old.deadline);
        if let Some(deadline) = old {
            self.due.remove(&Due { deadline, key: key.clone() });
        }
    }

    pub(crate) fn due(
        &self,
        until: Timestamp,
        after: Option<DueCursor>,
        limit: usize,
    ) -> Page<Due, DueCursor> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let due = self.due.range((from, Bound::Unbounded)).take_while(|due| due.deadline <= until);
        page(due.cloned(), limit, Due::clone)
    }

    pub(crate) fn scan(&self, prefix: &[u8], after: Option<Bytes>, limit: usize) -> Page<Entry, Bytes> {
        let prefix = Bytes::copy_from_slice(prefix);
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix.clone()),
        };
        let entries = self.entries.range((from, Bound::Unbounded));
        let entries = entries.take_while(|(key, _)| key.starts_with(&prefix));
        let entry = |(key, kept): (&Bytes, &Kept)| Entry {
            key: key.clone(),
            deadline: kept.deadline,
            value: kept.value.clone(),
        };
        page(entries.map(entry), limit, |entry| entry.key.clone())
    }

    pub(crate) fn outbox(&self, from: u64, limit: usize) -> Vec<(u64, Bytes)> {
        let first = self.header.first_outbox;
        let skipped = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        let numbered = (first..).zip(&self.outbox).skip(skipped).take(limit);
        numbered.map(|(number, entry)| (number, entry.clone())).collect()
    }

    pub(crate) fn trim(&mut self, epoch: u64, below: u64) -> Result<(), StoreError> {
        let found = self.header.version;
        if epoch != found.epoch {
            return Err(StoreError::refused(Version { epoch, ..found }, found));
        }
        let first = below.clamp(self.header.first_outbox, self.header.next_outbox);
        let count = usize::try_from(first - self.header.first_outbox).unwrap_or(usize::MAX);
        self.outbox.drain(..count);
        self.header.first_outbox = first;
        Ok(())
    }
}

/// The first `limit` items, and a cursor where there are more.
fn page<T, C>(mut items: impl Iterator<Item = T>, limit: usize, cursor: impl Fn(&T) -> C) -> Page<T, C> {
    let page: Vec<T> = items.by_ref().take(limit).collect();
    let next = items.next().and_then(|_| page.last()).map(cursor);
    Page { items: page, next }
}

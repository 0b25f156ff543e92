//! Random operations of several owners against a simple model that is compared answer by answer.
//!
//! The model here is the contract in its plainest form. What a store may choose (by how much an epoch rises, what became of
//! a dropped future) it is told afterwards.

mod draw;
mod run;
mod step;

use std::collections::BTreeMap;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Due, Entry, Fresh, GroupId, Header, MOST_KEY, Opened, StoreError, StoreErrorKind, Version,
};

pub(crate) use run::run;

/// A store, as the contract describes it.
#[derive(Default)]
struct Model {
    spaces: BTreeMap<&'static str, Space>,
}

/// A namespace.
#[derive(Clone)]
struct Space {
    about: Bytes,
    about_version: u64,
    groups: Vec<Group>,
}

#[derive(Clone, Default)]
struct Group {
    header: Header,
    entries: BTreeMap<Bytes, (Option<Timestamp>, Bytes)>,
    outbox: BTreeMap<u64, Bytes>,
}

/// Why the model refuses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Refusal {
    /// Exactly this kind.
    Kind(StoreErrorKind),
    /// Any kind that means that nothing was done: there is no such namespace, or several things are wrong at once.
    Any,
}

impl Model {
    /// Opens with epochs one higher each; which they really are `adopt` says.
    fn open(&mut self, name: &'static str, fresh: &Fresh) -> Opened {
        let is_new = !self.spaces.contains_key(name);
        let space = self.spaces.entry(name).or_insert_with(|| Space {
            about: fresh.about.clone(),
            about_version: 0,
            groups: vec![Group::default(); usize::from(fresh.groups)],
        });
        space.groups.iter_mut().for_each(|group| group.header.version.epoch += 1);
        Opened { is_new, ..space.look() }
    }

    fn group(&mut self, name: &str, group: GroupId) -> Result<&mut Group, Refusal> {
        let space = self.spaces.get_mut(name).ok_or(Refusal::Any)?;
        space.groups.get_mut(usize::from(group.0)).ok_or(Refusal::Kind(StoreErrorKind::Misuse))
    }

    fn commit(
        &mut self,
        name: &str,
        at: GroupId,
        expected: Version,
        changes: &Changes,
    ) -> Result<(), Refusal> {
        let group = self.group(name, at)?;
        let is_stale = group.header.version != expected;
        let is_bad = is_bad(changes) || is_miscounted(changes, group.header.next_outbox);
        match (is_stale, is_bad) {
            (false, false) => {
                group.apply(changes);
                Ok(())
            }
            (true, true) => Err(Refusal::Any),
            (false, true) => Err(Refusal::Kind(StoreErrorKind::Misuse)),
            (true, false) => Err(Refusal::Kind(StoreError::refused(expected, group.header.version).kind())),
        }
    }

    fn trim(&mut self, name: &str, at: GroupId, epoch: u64, below: u64) -> Result<(), Refusal> {
        let group = self.group(name, at)?;
        let found = group.header.version;
        if epoch < found.epoch {
            return Err(Refusal::Kind(StoreErrorKind::Fenced { found }));
        }
        let first = below.clamp(group.header.first_outbox, group.header.next_outbox);
        group.header.first_outbox = first;
        group.outbox.retain(|number, _| *number >= first);
        Ok(())
    }

    fn amend(&mut self, name: &str, expected: u64, about: Bytes) -> Result<(), Refusal> {
        let space = self.spaces.get_mut(name).ok_or(Refusal::Any)?;
        if space.about_version != expected {
            return Err(Refusal::Any);
        }
        space.about = about;
        space.about_version += 1;
        Ok(())
    }
}

fn is_bad(changes: &Changes) -> bool {
    let is_long = |key: &Bytes| key.len() > MOST_KEY;
    let is_far = |time: Timestamp| time.0.unsigned_abs() > crate::make::FARTHEST.unsigned_abs();
    changes.puts.iter().any(|put| is_long(&put.key) || put.deadline.is_some_and(is_far))
        || changes.deletes.iter().any(is_long)
}

fn is_miscounted(changes: &Changes, next: u64) -> bool {
    !changes.outbox.is_empty() && changes.first_outbox != next
}

impl Space {
    fn look(&self) -> Opened {
        Opened {
            is_new: false,
            about: self.about.clone(),
            about_version: self.about_version,
            groups: self.groups.iter().map(|group| group.header.clone()).collect(),
        }
    }
}

impl Group {
    fn apply(&mut self, changes: &Changes) {
        for put in &changes.puts {
            self.entries.insert(put.key.clone(), (put.deadline, put.value.clone()));
        }
        for key in &changes.deletes {
            self.entries.remove(key);
        }
        for entry in &changes.outbox {
            self.outbox.insert(self.header.next_outbox, entry.clone());
            self.header.next_outbox += 1;
        }
        self.header.state = changes.state.clone();
        self.header.version = self.header.version.next();
    }

    fn entries(&self, prefix: &[u8]) -> Vec<Entry> {
        let entry = |(key, (deadline, value)): (&Bytes, &(Option<Timestamp>, Bytes))| Entry {
            key: key.clone(),
            deadline: *deadline,
            value: value.clone(),
        };
        self.entries.iter().filter(|(key, _)| key.starts_with(prefix)).map(entry).collect()
    }

    fn due(&self, until: Timestamp) -> Vec<Due> {
        let mut due = crate::dump::deadlines(&self.entries(b""));
        due.retain(|due| due.deadline <= until);
        due
    }

    fn outbox(&self, from: u64, limit: usize) -> Vec<(u64, Bytes)> {
        self.outbox.range(from..).take(limit).map(|(number, entry)| (*number, entry.clone())).collect()
    }
}

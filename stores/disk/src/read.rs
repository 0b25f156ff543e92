//! What readers ask: answered on their own threads from a snapshot, which sees every commit that was completed before.

use std::ops::Bound;
use std::path::Path;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Due, DueCursor, Entry, GroupId, Namespace, Opened, Page, StoreError, Version, check_owner,
};

use crate::error::{Failed, corrupt};
use crate::keys::{self, Place};
use crate::tables::{self, Snapshot};

/// A snapshot, and whose it is.
pub(crate) struct Reader<'f> {
    pub(crate) tables: Snapshot,
    pub(crate) folder: &'f Path,
    pub(crate) namespace: &'f Namespace,
}

impl Reader<'_> {
    fn place(&self, group: GroupId) -> Result<Place, Failed> {
        let space = tables::space(&self.tables.meta, self.namespace, self.folder)?;
        Ok(space.place(group)?)
    }

    /// The same, if an owner may read the group: the snapshot is of one moment, and so is what says whose it is.
    pub(crate) fn owned_by(self, group: GroupId, owner: Option<Version>) -> Result<Self, Failed> {
        if owner.is_some() {
            let header = tables::numbers(&self.tables.meta, self.place(group)?, self.folder)?;
            check_owner(owner, header.version)?;
        }
        Ok(self)
    }

    pub(crate) fn look(&self) -> Result<Option<Opened>, Failed> {
        let space = tables::find(&self.tables.meta, self.namespace, self.folder)?;
        space.map(|space| tables::opened(&self.tables.meta, &space, self.folder)).transpose()
    }

    pub(crate) fn load(&self, group: GroupId, keys: &[Bytes]) -> Result<Vec<Option<Bytes>>, Failed> {
        let place = self.place(group)?;
        keys.iter().map(|key| self.value(place, key)).collect()
    }

    fn value(&self, place: Place, key: &[u8]) -> Result<Option<Bytes>, Failed> {
        let Some(found) = self.tables.records.get(&place.record(key)[..])? else { return Ok(None) };
        let (_, value) = tables::record(found.value(), self.folder)?;
        Ok(Some(Bytes::copy_from_slice(value)))
    }

    pub(crate) fn due(
        &self,
        group: GroupId,
        until: Timestamp,
        after: Option<&DueCursor>,
        limit: usize,
    ) -> Result<Page<Due, DueCursor>, Failed> {
        let place = self.place(group)?;
        let all = place.record(b"");
        let after = after.map(|after| place.due(after.deadline, &after.key));
        let from = after.as_deref().map_or(Bound::Included(&all[..]), Bound::Excluded);
        let mut due = Vec::new();
        for found in self.tables.due.range::<&[u8]>((from, Bound::Unbounded))? {
            let (key, ()) = found.map(|(key, _)| (key, ()))?;
            if !key.value().starts_with(&all) {
                break;
            }
            let item = keys::parse_due(key.value())
                .ok_or_else(|| corrupt(self.folder, "a deadline is not readable"))?;
            if item.deadline > until {
                break;
            }
            due.push(item);
            if due.len() > limit {
                break;
            }
        }
        Ok(page(due, limit, Due::clone))
    }

    pub(crate) fn scan(
        &self,
        group: GroupId,
        prefix: &[u8],
        after: Option<&Bytes>,
        limit: usize,
    ) -> Result<Page<Entry, Bytes>, Failed> {
        let place = self.place(group)?;
        let (prefix, after) = (place.record(prefix), after.map(|after| place.record(after)));
        let from = match &after {
            Some(after) if *after >= prefix => Bound::Excluded(&after[..]),
            _ => Bound::Included(&prefix[..]),
        };
        let mut entries = Vec::new();
        for found in self.tables.records.range::<&[u8]>((from, Bound::Unbounded))? {
            let (key, value) = found?;
            if !key.value().starts_with(&prefix) {
                break;
            }
            entries.push(self.entry(key.value(), value.value())?);
            if entries.len() > limit {
                break;
            }
        }
        Ok(page(entries, limit, |entry| entry.key.clone()))
    }

    fn entry(&self, key: &[u8], value: &[u8]) -> Result<Entry, StoreError> {
        let (deadline, value) = tables::record(value, self.folder)?;
        Ok(Entry {
            key: Bytes::copy_from_slice(keys::record_key(key)),
            deadline,
            value: Bytes::copy_from_slice(value),
        })
    }

    pub(crate) fn outbox(
        &self,
        group: GroupId,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Bytes)>, Failed> {
        let place = self.place(group)?;
        let (all, from) = (place.record(b""), place.outbox(from));
        let mut entries = Vec::new();
        for found in self.tables.outbox.range::<&[u8]>(&from[..]..)?.take(limit) {
            let (key, entry) = found?;
            if !key.value().starts_with(&all) {
                break;
            }
            let number = keys::parse_outbox(key.value());
            let number = number.ok_or_else(|| corrupt(self.folder, "an outbox entry is not readable"))?;
            entries.push((number, Bytes::copy_from_slice(entry.value())));
        }
        Ok(entries)
    }

    pub(crate) fn namespaces(&self) -> Result<Vec<Namespace>, Failed> {
        let mut names = Vec::new();
        for found in self.tables.meta.range::<&[u8]>(keys::NAMES..)? {
            let (key, _) = found?;
            let Some(name) = key.value().strip_prefix(keys::NAMES) else { break };
            let name = std::str::from_utf8(name).ok().and_then(|name| name.parse().ok());
            names.push(name.ok_or_else(|| corrupt(self.folder, "the name of a namespace is not readable"))?);
        }
        Ok(names)
    }
}

/// A page of what was found, one more than asked for where there is more.
fn page<T, C>(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> C) -> Page<T, C> {
    let is_more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| is_more).map(cursor);
    Page { items, next }
}

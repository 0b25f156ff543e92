//! Each kind of work on the tables. Everything is checked before anything is written, so that who is refused leaves no trace
//! in the batch of the others.

use std::path::Path;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Fresh, GroupId, Header, Namespace, Opened, StoreError, StoreErrorKind, Version,
};
use redb::{ReadableTable, StorageError};

use super::request::Plain;
use crate::error::{Failed, corrupt};
use crate::keys::{self, Place, SpaceId};
use crate::tables::{self, Space, Tables};

/// Counts the batch, so that it can be told later whether it was written.
pub(super) fn number_batch(tables: &mut Tables<'_>) -> Result<u64, StorageError> {
    let number = last_batch(&tables.meta)? + 1;
    tables.meta.insert(keys::BATCH, &number.to_be_bytes()[..])?;
    Ok(number)
}

/// The number of the last batch that was written.
pub(crate) fn last_batch(meta: &impl tables::Meta) -> Result<u64, StorageError> {
    let found = meta.get(keys::BATCH)?;
    Ok(found.and_then(|found| found.value().try_into().ok()).map_or(0, u64::from_be_bytes))
}

/// Where work is done.
pub(super) struct At<'a, 't> {
    pub(super) tables: &'a mut Tables<'t>,
    pub(super) folder: &'a Path,
    pub(super) namespace: &'a Namespace,
}

impl At<'_, '_> {
    pub(super) fn plain(&mut self, work: &mut Plain) -> Result<(), Failed> {
        match work {
            Plain::Amend { expected, about } => self.amend(*expected, about.clone()),
            Plain::Commit { group, expected, changes } => {
                self.commit(*group, *expected, std::mem::take(changes))
            }
            Plain::Trim { group, epoch, below } => self.trim(*group, *epoch, *below),
            Plain::Drop => self.drop_namespace(),
        }
    }

    fn find(&self) -> Result<Option<Space>, Failed> {
        tables::find(&self.tables.meta, self.namespace, self.folder)
    }

    fn place(&self, group: GroupId) -> Result<Place, Failed> {
        Ok(tables::space(&self.tables.meta, self.namespace, self.folder)?.place(group)?)
    }

    pub(super) fn open(&mut self, fresh: &Fresh) -> Result<Opened, Failed> {
        let found = self.find()?;
        let is_new = found.is_none();
        let space = match found {
            Some(space) => space,
            None => self.make(fresh)?,
        };
        // All are read before one is written: a lost header leaves everything as it is.
        let mut opened = tables::opened(&self.tables.meta, &space, self.folder)?;
        for (group, header) in (0..).map(GroupId).zip(&mut opened.groups) {
            header.version.epoch += 1;
            self.put_header(Place { space: space.id, group }, header)?;
        }
        Ok(Opened { is_new, ..opened })
    }

    fn make(&mut self, fresh: &Fresh) -> Result<Space, Failed> {
        let next = self.tables.meta.get(keys::NEXT_SPACE)?.map(|next| next.value().try_into());
        let id = match next {
            None => 1,
            Some(Ok(next)) => u32::from_be_bytes(next),
            Some(Err(_)) => return Err(corrupt(self.folder, "the number of the next space is lost").into()),
        };
        let about = fresh.about.clone();
        let space = Space { id: SpaceId(id), groups: fresh.groups, about_version: 0, about };
        self.tables.meta.insert(keys::NEXT_SPACE, &(id + 1).to_be_bytes()[..])?;
        self.put_space(&space)?;
        for group in (0..fresh.groups).map(GroupId) {
            self.put_header(Place { space: space.id, group }, &Header::default())?;
        }
        Ok(space)
    }

    fn put_space(&mut self, space: &Space) -> Result<(), StorageError> {
        self.tables.meta.insert(&keys::name(self.namespace)[..], &space.encode()[..])?;
        Ok(())
    }

    fn put_header(&mut self, place: Place, header: &Header) -> Result<(), StorageError> {
        let value = tables::encode_header(header);
        self.tables.meta.insert(&keys::header(place)[..], &value[..])?;
        Ok(())
    }

    /// The refusal speaks of group 0: whoever amended has opened it.
    fn amend(&mut self, expected: u64, about: Bytes) -> Result<(), Failed> {
        let space = tables::space(&self.tables.meta, self.namespace, self.folder)?;
        if space.about_version == expected {
            let about_version = expected + 1;
            return Ok(self.put_space(&Space { about, about_version, ..space })?);
        }
        let first = Place { space: space.id, group: GroupId(0) };
        let found = tables::numbers(&self.tables.meta, first, self.folder)?.version;
        let is_behind = space.about_version < expected;
        let kind =
            if is_behind { StoreErrorKind::RolledBack { found } } else { StoreErrorKind::Fenced { found } };
        let message = format!("the namespace was amended {} times, expected {expected}", space.about_version);
        Err(StoreError::new(kind, message).into())
    }

    fn commit(&mut self, group: GroupId, expected: Version, changes: Changes) -> Result<(), Failed> {
        let place = self.place(group)?;
        let found = tables::numbers(&self.tables.meta, place, self.folder)?;
        if found.version != expected {
            return Err(StoreError::refused(expected, found.version).into());
        }
        if !changes.outbox.is_empty() && changes.first_outbox != found.next_outbox {
            let (first, next) = (changes.first_outbox, found.next_outbox);
            let message = format!("outbox entries from {first} on, where {next} comes next");
            return Err(StoreError::new(StoreErrorKind::Misuse, message).into());
        }
        for put in &changes.puts {
            let value = keys::record_value(put.deadline, &put.value);
            let key = place.record(&put.key);
            let old = self.tables.records.insert(&key[..], &value[..])?.map(|old| deadline(old.value()));
            self.move_deadline(place, &put.key, old.flatten(), put.deadline)?;
        }
        for key in &changes.deletes {
            let old = self.tables.records.remove(&place.record(key)[..])?.map(|old| deadline(old.value()));
            self.move_deadline(place, key, old.flatten(), None)?;
        }
        for (number, entry) in (found.next_outbox..).zip(&changes.outbox) {
            self.tables.outbox.insert(&place.outbox(number)[..], &entry[..])?;
        }
        let next_outbox = found.next_outbox + changes.outbox.len() as u64;
        let header = Header { version: expected.next(), next_outbox, state: changes.state, ..found };
        Ok(self.put_header(place, &header)?)
    }

    fn move_deadline(
        &mut self,
        place: Place,
        key: &[u8],
        old: Option<Timestamp>,
        new: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        if old == new {
            return Ok(());
        }
        if let Some(old) = old {
            self.tables.due.remove(&place.due(old, key)[..])?;
        }
        if let Some(new) = new {
            self.tables.due.insert(&place.due(new, key)[..], ())?;
        }
        Ok(())
    }

    fn trim(&mut self, group: GroupId, epoch: u64, below: u64) -> Result<(), Failed> {
        let place = self.place(group)?;
        let found = tables::whole(&self.tables.meta, place, self.folder)?;
        if epoch != found.version.epoch {
            let asked = Version { epoch, ..found.version };
            return Err(StoreError::refused(asked, found.version).into());
        }
        let first_outbox = below.clamp(found.first_outbox, found.next_outbox);
        if first_outbox == found.first_outbox {
            return Ok(());
        }
        for number in found.first_outbox..first_outbox {
            self.tables.outbox.remove(&place.outbox(number)[..])?;
        }
        Ok(self.put_header(place, &Header { first_outbox, ..found })?)
    }

    /// The name and the headers go at once; the rest, which nobody can reach any more, bit by bit.
    fn drop_namespace(&mut self) -> Result<(), Failed> {
        let Some(space) = self.find()? else { return Ok(()) };
        for group in (0..space.groups).map(GroupId) {
            self.tables.meta.remove(&keys::header(Place { space: space.id, group })[..])?;
        }
        self.tables.meta.remove(&keys::name(self.namespace)[..])?;
        self.tables.meta.insert(&keys::garbage(space.id)[..], &b""[..])?;
        Ok(())
    }
}

/// The deadline of a record that is replaced; one that is not readable has none that could be found.
fn deadline(record: &[u8]) -> Option<Timestamp> {
    keys::parse_record(record).and_then(|(deadline, _)| deadline)
}

//! The tables of the folder's database, and what stands in them besides the engine's own bytes.

use std::path::Path;

use bytes::{Buf, Bytes};
use cep_core::time::Timestamp;
use cep_engine::store::{GroupId, Header, Namespace, Opened, StoreError, StoreErrorKind, Version};
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction};

use crate::error::{Failed, corrupt};
use crate::keys::{self, Place, SpaceId};

const META: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("meta");
const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records");
const DUE: TableDefinition<'_, &[u8], ()> = TableDefinition::new("due");
const OUTBOX: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("outbox");

/// The tables while a batch is written.
pub(crate) struct Tables<'t> {
    pub(crate) meta: Table<'t, &'static [u8], &'static [u8]>,
    pub(crate) records: Table<'t, &'static [u8], &'static [u8]>,
    pub(crate) due: Table<'t, &'static [u8], ()>,
    pub(crate) outbox: Table<'t, &'static [u8], &'static [u8]>,
}

impl<'t> Tables<'t> {
    /// Opens them; makes those that are not there.
    pub(crate) fn open(transaction: &'t WriteTransaction) -> Result<Self, redb::TableError> {
        Ok(Self {
            meta: transaction.open_table(META)?,
            records: transaction.open_table(RECORDS)?,
            due: transaction.open_table(DUE)?,
            outbox: transaction.open_table(OUTBOX)?,
        })
    }
}

/// The tables as they were after some commit.
pub(crate) struct Snapshot {
    pub(crate) meta: ReadOnlyTable<&'static [u8], &'static [u8]>,
    pub(crate) records: ReadOnlyTable<&'static [u8], &'static [u8]>,
    pub(crate) due: ReadOnlyTable<&'static [u8], ()>,
    pub(crate) outbox: ReadOnlyTable<&'static [u8], &'static [u8]>,
}

impl Snapshot {
    pub(crate) fn open(transaction: &ReadTransaction) -> Result<Self, redb::TableError> {
        Ok(Self {
            meta: transaction.open_table(META)?,
            records: transaction.open_table(RECORDS)?,
            due: transaction.open_table(DUE)?,
            outbox: transaction.open_table(OUTBOX)?,
        })
    }
}

/// What the folder knows of a namespace.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Space {
    pub(crate) id: SpaceId,
    pub(crate) groups: u16,
    pub(crate) about_version: u64,
    pub(crate) about: Bytes,
}

impl Space {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (id, groups) = (self.id.0.to_be_bytes(), self.groups.to_be_bytes());
        [&id[..], &groups, &self.about_version.to_be_bytes(), &self.about].concat()
    }

    fn decode(mut bytes: &[u8]) -> Option<Self> {
        let id = SpaceId(bytes.try_get_u32().ok()?);
        let groups = bytes.try_get_u16().ok()?;
        let about_version = bytes.try_get_u64().ok()?;
        Some(Self { id, groups, about_version, about: Bytes::copy_from_slice(bytes) })
    }

    /// The group in this space.
    pub(crate) fn place(&self, group: GroupId) -> Result<Place, StoreError> {
        if group.0 < self.groups {
            return Ok(Place { space: self.id, group });
        }
        let message = format!("there is no group {}: the namespace has {}", group.0, self.groups);
        Err(StoreError::new(StoreErrorKind::Misuse, message))
    }
}

pub(crate) fn encode_header(header: &Header) -> Vec<u8> {
    let numbers = [header.version.epoch, header.version.seq, header.next_outbox, header.first_outbox];
    [numbers.map(u64::to_be_bytes).as_flattened(), &header.state].concat()
}

/// The numbers of a header, and its bytes.
fn decode_header(mut bytes: &[u8]) -> Option<(Header, &[u8])> {
    let version = Version { epoch: bytes.try_get_u64().ok()?, seq: bytes.try_get_u64().ok()? };
    let (next_outbox, first_outbox) = (bytes.try_get_u64().ok()?, bytes.try_get_u64().ok()?);
    Some((Header { version, next_outbox, first_outbox, state: Bytes::new() }, bytes))
}

/// Any table of `meta`, written to or not.
pub(crate) trait Meta: ReadableTable<&'static [u8], &'static [u8]> {}

impl<T: ReadableTable<&'static [u8], &'static [u8]>> Meta for T {}

/// The namespace, if it is there.
pub(crate) fn find(meta: &impl Meta, namespace: &Namespace, folder: &Path) -> Result<Option<Space>, Failed> {
    let Some(found) = meta.get(&keys::name(namespace)[..])? else { return Ok(None) };
    match Space::decode(found.value()) {
        Some(space) => Ok(Some(space)),
        None => Err(corrupt(folder, &format!("namespace `{namespace}` is not readable")).into()),
    }
}

/// The namespace; who asks for one that is not there has not opened it, or somebody has dropped it.
pub(crate) fn space(meta: &impl Meta, namespace: &Namespace, folder: &Path) -> Result<Space, Failed> {
    find(meta, namespace, folder)?.ok_or_else(|| {
        StoreError::new(StoreErrorKind::Misuse, format!("there is no namespace `{namespace}`"))
            .with_help("it has never been opened, or was dropped")
            .into()
    })
}

/// The numbers of a group's header; its bytes are left out.
pub(crate) fn numbers(meta: &impl Meta, place: Place, folder: &Path) -> Result<Header, Failed> {
    header(meta, place, folder, |header, _| header)
}

/// A group's header as a whole.
pub(crate) fn whole(meta: &impl Meta, place: Place, folder: &Path) -> Result<Header, Failed> {
    header(meta, place, folder, |header, state| Header { state: Bytes::copy_from_slice(state), ..header })
}

fn header(
    meta: &impl Meta,
    place: Place,
    folder: &Path,
    take: impl FnOnce(Header, &[u8]) -> Header,
) -> Result<Header, Failed> {
    let found = meta.get(&keys::header(place)[..])?;
    let decoded = found.as_ref().and_then(|found| decode_header(found.value()));
    let lost = || corrupt(folder, &format!("the header of group {} is lost", place.group.0));
    let (header, state) = decoded.ok_or_else(lost)?;
    Ok(take(header, state))
}

/// The namespace with all its headers.
pub(crate) fn opened(meta: &impl Meta, space: &Space, folder: &Path) -> Result<Opened, Failed> {
    let header = |group| whole(meta, Place { space: space.id, group: GroupId(group) }, folder);
    Ok(Opened {
        is_new: false,
        about: space.about.clone(),
        about_version: space.about_version,
        groups: (0..space.groups).map(header).collect::<Result<_, _>>()?,
    })
}

/// A record's deadline and value.
pub(crate) fn record<'v>(
    value: &'v [u8],
    folder: &Path,
) -> Result<(Option<Timestamp>, &'v [u8]), StoreError> {
    keys::parse_record(value).ok_or_else(|| corrupt(folder, "a record is not readable"))
}

//! What only the inside of the folder can show: a header that is lost, another format, garbage that goes, and a database
//! that is opened again after it failed.

use std::path::Path;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Fresh, GroupId, Namespace, Put, StateStore, StoreError, StoreErrorKind, Version,
};
use cep_store_conformance::block_on;
use redb::ReadableTableMetadata;

use crate::DiskStore;
use crate::database::Database;
use crate::keys::{self, Place, SpaceId};
use crate::options::{Durability, Options};
use crate::tables::Tables;

const G0: GroupId = GroupId(0);

fn options() -> Options {
    Options::default().durability(Durability::Process)
}

fn name(name: &str) -> Namespace {
    name.parse().expect("a name")
}

fn open(folder: &Path) -> Result<DiskStore, StoreError> {
    DiskStore::open(folder, name("fraud"), options())
}

fn fresh() -> Fresh {
    Fresh { groups: 2, about: "about".into() }
}

fn puts(count: usize) -> Changes {
    let put = |number: usize| Put {
        key: number.to_string().into(),
        deadline: Some(Timestamp(1)),
        value: Bytes::from_static(b"value"),
    };
    let outbox = (0..count).map(|number| number.to_string().into()).collect();
    Changes { puts: (0..count).map(put).collect(), outbox, ..Changes::default() }
}

/// Changes the tables behind the store's back.
fn tamper(folder: &Path, work: impl FnOnce(&mut Tables<'_>)) {
    let database = Database::open(folder, options()).expect("it opens");
    let transaction = database.begin_write().expect("it begins");
    let mut tables = Tables::open(&transaction).expect("there are tables");
    work(&mut tables);
    drop(tables);
    transaction.commit().expect("it commits");
}

#[test]
fn a_lost_header_is_corruption_and_never_a_new_group() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("it opens");
    block_on(store.open(fresh())).expect("it opens");
    drop(store);
    let lost = Place { space: SpaceId(1), group: GroupId(1) };
    tamper(folder.path(), |tables| {
        assert!(tables.meta.remove(&keys::header(lost)[..]).expect("it is removed").is_some());
    });
    let store = open(folder.path()).expect("it opens");
    for _ in 0..2 {
        assert_eq!(block_on(store.open(fresh())).expect_err("lost").kind(), StoreErrorKind::Corrupt);
        assert_eq!(block_on(store.look()).expect_err("lost").kind(), StoreErrorKind::Corrupt);
    }
    // The attempts have raised no epoch.
    let version = Version { epoch: 1, seq: 0 };
    let commit = |group| block_on(store.commit(GroupId(group), version, Changes::default()));
    assert_eq!(commit(1).expect_err("lost").kind(), StoreErrorKind::Corrupt);
    commit(0).expect("group 0 is whole");
}

#[test]
fn a_newer_format_is_told_as_one() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()).expect("it opens"));
    tamper(folder.path(), |tables| {
        tables.meta.insert(keys::FORMAT, &2_u32.to_be_bytes()[..]).expect("it is written");
    });
    let error = open(folder.path()).expect_err("it is refused");
    assert_eq!(error.kind(), StoreErrorKind::Incompatible);
    assert!(error.to_string().contains("format 2"), "{error}");
    assert!(error.help().is_some());
}

#[test]
fn what_a_dropped_namespace_leaves_is_cleared_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("it opens");
    let other = store.beside(name("other"));
    for store in [&store, &other] {
        block_on(store.open(fresh())).expect("it opens");
        block_on(store.commit(G0, Version { epoch: 1, seq: 0 }, puts(5_000))).expect("it commits");
    }
    block_on(store.drop_namespace()).expect("it drops");
    drop((store, other));
    // Whatever was not cleared before the folder was closed is cleared now.
    let database = Database::open(folder.path(), options()).expect("it opens");
    while !crate::writer::clear_some(&database) {}
    let snapshot = database.read().expect("it is readable");
    let lengths = [snapshot.records.len(), snapshot.due.len(), snapshot.outbox.len()];
    assert_eq!(lengths.map(|length| length.expect("a length")), [5_000; 3]);
    assert!(
        snapshot
            .meta
            .range::<&[u8]>(keys::GARBAGE..keys::NAMES)
            .expect("a range")
            .all(|found| { !found.expect("a key").0.value().starts_with(keys::GARBAGE) })
    );
}

#[test]
fn a_database_that_failed_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).expect("it opens");
    block_on(store.open(fresh())).expect("it opens");
    block_on(store.commit(G0, Version { epoch: 1, seq: 0 }, puts(10))).expect("it commits");
    drop(store);
    let database = Database::open(folder.path(), options()).expect("it opens");
    let file = folder.path().join("state.redb");
    let aside = folder.path().join("aside");
    std::fs::rename(&file, &aside).expect("it is moved");
    database.reopen();
    let error = database.read().map(drop).expect_err("it is not there");
    assert_eq!(error.kind(), StoreErrorKind::Setup);
    assert_eq!(database.begin_write().map(drop).expect_err("it is not there").kind(), StoreErrorKind::Setup);
    std::fs::rename(&aside, &file).expect("it is back");
    // The next batch tries again.
    drop(database.begin_write().expect("it is up again"));
    assert_eq!(database.read().expect("it is readable").records.len().expect("a length"), 10);
}

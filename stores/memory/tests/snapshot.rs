//! Snapshots: what is written is read again, and a file that is not as it was written is told with the place.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, Fresh, GroupId, Put, StateStore, StoreErrorKind, Version};
use cep_store_conformance::block_on;
use cep_store_memory::MemoryStore;

fn store(name: &str) -> MemoryStore {
    MemoryStore::new(name.parse().expect("a name"))
}

fn put(key: &'static str, deadline: Option<i64>, value: &'static str) -> Put {
    Put { key: key.into(), deadline: deadline.map(Timestamp), value: value.into() }
}

/// Two namespaces with something of everything.
fn filled() -> MemoryStore {
    let store = store("fraud");
    for (name, groups) in [("fraud", 2), ("other", 1)] {
        let space = store.beside(name.parse().expect("a name"));
        block_on(space.open(Fresh { groups, about: "about".into() })).expect("it opens");
        let changes = Changes {
            puts: vec![put("a", Some(-5), "1"), put("", None, ""), put("b", Some(1 << 53), "2")],
            outbox: vec!["one".into(), "two".into()],
            state: "state".into(),
            ..Changes::default()
        };
        block_on(space.commit(GroupId(0), Version { epoch: 1, seq: 0 }, changes)).expect("it commits");
        block_on(space.trim(GroupId(0), 1, 1)).expect("it trims");
    }
    block_on(store.amend(0, "amended".into())).expect("it amends");
    store
}

fn saved(folder: &Path) -> (MemoryStore, std::path::PathBuf) {
    let (store, file) = (filled(), folder.join("state"));
    store.save(&file).expect("it saves");
    (store, file)
}

fn kind(file: &Path) -> StoreErrorKind {
    let error = MemoryStore::restore(file, "fraud".parse().expect("a name")).expect_err("it is refused");
    assert!(error.help().is_some(), "{error} without help");
    assert!(error.to_string().contains("state"), "{error} does not name the file");
    error.kind()
}

#[test]
fn what_was_saved_is_restored() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, file) = saved(folder.path());
    let restored = MemoryStore::restore(&file, "fraud".parse().expect("a name")).expect("it is read");
    assert_eq!(block_on(restored.look()).expect("look"), block_on(store.look()).expect("look"));
    assert_eq!(block_on(restored.namespaces()).expect("names").len(), 2);
    let scan = |store: &MemoryStore| block_on(store.scan(GroupId(0), None, b"", None, 9)).expect("scan");
    assert_eq!(scan(&restored), scan(&store));
    let outbox = block_on(restored.outbox(GroupId(0), 0, 9)).expect("outbox");
    assert_eq!(outbox, [(1, Bytes::from("two"))]);
    assert!(fs::read_dir(folder.path()).expect("a folder").count() == 1, "only the snapshot is left");
}

#[test]
fn a_snapshot_replaces_the_old_one_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, file) = saved(folder.path());
    store("empty").save(&file).expect("it saves");
    let restored = MemoryStore::restore(&file, "fraud".parse().expect("a name")).expect("it is read");
    assert!(block_on(restored.namespaces()).expect("names").is_empty());
}

#[test]
fn every_changed_byte_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, file) = saved(folder.path());
    let whole = fs::read(&file).expect("it is there");
    for at in 0..whole.len() {
        for flip in [0x01, 0x80] {
            let mut broken = whole.clone();
            broken[at] ^= flip;
            fs::write(&file, &broken).expect("it is written");
            let expected = if at < 8 { StoreErrorKind::Incompatible } else { StoreErrorKind::Corrupt };
            assert_eq!(kind(&file), expected, "byte {at}");
        }
    }
}

#[test]
fn every_cut_and_every_addition_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, file) = saved(folder.path());
    let whole = fs::read(&file).expect("it is there");
    for length in 0..whole.len() {
        fs::write(&file, &whole[..length]).expect("it is written");
        assert_eq!(kind(&file), StoreErrorKind::Corrupt, "{length} bytes");
    }
    fs::write(&file, [&whole[..], b"x"].concat()).expect("it is written");
    assert_eq!(kind(&file), StoreErrorKind::Corrupt);
}

#[test]
fn the_place_of_a_fault_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, file) = saved(folder.path());
    let mut broken = fs::read(&file).expect("it is there");
    let last = broken.len() - 1;
    broken[last] ^= 1;
    fs::write(&file, &broken).expect("it is written");
    let error = MemoryStore::restore(&file, "fraud".parse().expect("a name")).expect_err("it is refused");
    // The last record: 8 bytes before it, then its kind and a number.
    let at = broken.len() - 17;
    assert!(error.to_string().ends_with(&format!("a wrong checksum at byte {at}")), "{error}");
}

#[test]
fn a_newer_format_is_told_as_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, file) = saved(folder.path());
    let mut newer = fs::read(&file).expect("it is there");
    newer[8] = 2;
    let crc = crc32fast::hash(&newer[..12]);
    newer[12..16].copy_from_slice(&crc.to_le_bytes());
    fs::write(&file, &newer).expect("it is written");
    assert_eq!(kind(&file), StoreErrorKind::Incompatible);
}

#[test]
fn a_wrong_path_is_a_matter_of_setup() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(kind(&folder.path().join("no-state")), StoreErrorKind::Setup);
    assert_eq!(kind(&folder.path().join("state").join("..")), StoreErrorKind::Setup);
    let error = filled().save(&folder.path().join("nowhere").join("state")).expect_err("no such folder");
    assert_eq!(error.kind(), StoreErrorKind::Setup);
    fs::create_dir(folder.path().join("state")).expect("a folder");
    let error = filled().save(&folder.path().join("state")).expect_err("a folder is there");
    assert_eq!(error.kind(), StoreErrorKind::Setup);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
}

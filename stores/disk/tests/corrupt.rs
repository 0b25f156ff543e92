//! A file that is not as it was written is told to be so, or is as good as it was: never other data, and never a panic.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{
    Changes, Entry, Fresh, GroupId, Opened, Put, StateStore, StoreError, StoreErrorKind, Version,
};
use cep_store_conformance::block_on;
use cep_store_disk::{DiskStore, Durability, Options};

const G0: GroupId = GroupId(0);
const FILE: &str = "state.redb";

fn open(folder: &Path) -> Result<DiskStore, StoreError> {
    let options = Options::default().durability(Durability::Process);
    DiskStore::open(folder, "fraud".parse().expect("a name"), options)
}

/// Twenty commits of a hundred entries each.
fn fill(folder: &Path) {
    let store = open(folder).expect("it opens");
    block_on(store.open(Fresh { groups: 1, about: "about".into() })).expect("it opens");
    for seq in 0..20 {
        let put = |number: u64| Put {
            key: format!("key-{:05}", number * 37 % 1_500).into(),
            deadline: (!number.is_multiple_of(3)).then(|| Timestamp(number.cast_signed())),
            value: format!("{number:>150}").into(),
        };
        let changes = Changes {
            puts: (seq * 100..seq * 100 + 100).map(put).collect(),
            outbox: vec![seq.to_string().into()],
            first_outbox: seq,
            state: seq.to_string().into(),
            ..Changes::default()
        };
        block_on(store.commit(G0, Version { epoch: 1, seq }, changes)).expect("it commits");
    }
}

/// All that is there.
type All = (Option<Opened>, Vec<Entry>, usize, Vec<(u64, Bytes)>);

fn read(folder: &Path) -> Result<All, StoreError> {
    let store = open(folder)?;
    let look = block_on(store.look())?;
    let entries = block_on(store.scan(G0, None, b"", None, 100_000))?.items;
    let due = block_on(store.due(G0, None, Timestamp(i64::MAX), None, 100_000))?.items.len();
    Ok((look, entries, due, block_on(store.outbox(G0, 0, 1_000))?))
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

/// Harms the file in one of many ways, and says how.
fn harm(file: &mut Vec<u8>, random: &mut Random) -> String {
    let at = random.below(file.len());
    match random.below(6) {
        0 | 1 => {
            file[at] ^= 1 << random.below(8);
            format!("a bit of byte {at}")
        }
        2 => {
            // The head, where everything begins.
            let at = random.below(320);
            file[at] ^= 1 << random.below(8);
            format!("a bit of byte {at}")
        }
        3 => {
            file.truncate(at);
            format!("cut to {at} bytes")
        }
        4 => {
            let page = at / 4_096 * 4_096;
            let end = file.len().min(page + 4_096);
            file[page..end].fill(0);
            format!("zeros from {page}")
        }
        _ => {
            let (from, length) = (random.below(file.len()), 4_096.min(file.len() - at));
            let length = length.min(file.len() - from);
            file.copy_within(from..from + length, at);
            format!("{length} bytes from {from} at {at}")
        }
    }
}

#[test]
fn a_harmed_file_is_an_error_or_as_good_as_before() {
    let folder = tempfile::tempdir().expect("a folder");
    fill(folder.path());
    let intact = read(folder.path()).expect("it is readable");
    let file = folder.path().join(FILE);
    let whole = fs::read(&file).expect("it is there");
    let mut errors = 0;
    for seed in 0..150 {
        let mut harmed = whole.clone();
        let how = harm(&mut harmed, &mut Random(seed * 977 + 5));
        fs::write(&file, &harmed).expect("it is written");
        match read(folder.path()) {
            Ok(found) => assert!(found == intact, "seed {seed}, {how}: other data than before"),
            Err(error) => {
                errors += 1;
                assert!(error.help().is_some(), "seed {seed}, {how}: {error} without help");
                let kind = error.kind();
                let is_told = matches!(kind, StoreErrorKind::Corrupt | StoreErrorKind::Incompatible);
                assert!(is_told, "seed {seed}, {how}: {kind:?}: {error}");
                assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
            }
        }
    }
    assert!(errors > 50, "only {errors} of 150 were noticed: the harm is too harmless");
    fs::write(&file, &whole).expect("it is written");
    assert!(read(folder.path()).expect("it is readable") == intact);
}

#[test]
fn an_empty_file_is_not_a_new_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    fill(folder.path());
    fs::write(folder.path().join(FILE), b"").expect("it is written");
    assert_eq!(open(folder.path()).expect_err("it is refused").kind(), StoreErrorKind::Corrupt);
}

#[test]
fn a_foreign_file_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(FILE);
    let foreign = b"this is not a database".repeat(1_000);
    fs::write(&file, &foreign).expect("it is written");
    assert_eq!(open(folder.path()).expect_err("it is refused").kind(), StoreErrorKind::Corrupt);
    assert_eq!(fs::read(&file).expect("it is there"), foreign);
}

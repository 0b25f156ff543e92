//! A disk that is full: nothing of what did not fit is there, what was told is, and the store goes on once there is room. The
//! limit on the size of files stands in for the disk's; it is a process's own, so the work is done in one run again.
#![cfg(unix)]
#![expect(clippy::print_stdout, reason = "a child tells its parent")]

use std::path::Path;
use std::process::Command;

use cep_engine::store::{Changes, Fresh, GroupId, Put, StateStore, StoreError, StoreErrorKind, Version};
use cep_store_conformance::block_on;
use cep_store_disk::{DiskStore, Options};

const FOLDER: &str = "CEP_FULL_FOLDER";
const G0: GroupId = GroupId(0);

fn open(folder: &Path) -> Result<DiskStore, StoreError> {
    DiskStore::open(folder, "full".parse().expect("a name"), Options::default())
}

fn changes(seq: u64, bytes: usize) -> Changes {
    let value = vec![b'x'; bytes].into();
    let put = Put { key: format!("{seq:06}").into(), deadline: None, value };
    Changes { puts: vec![put], state: seq.to_string().into(), ..Changes::default() }
}

/// Not a test: the process with the limit.
#[test]
#[ignore = "the child of the test below"]
fn the_child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(Path::new(&folder)).expect("it opens");
    let opened = block_on(store.open(Fresh { groups: 1, about: "full".into() })).expect("it opens");
    let mut version = opened.groups[0].version;
    let full = loop {
        match block_on(store.commit(G0, version, changes(version.seq, 300_000))) {
            Ok(()) => version = version.next(),
            Err(error) => break error,
        }
        assert!(version.seq < 1_000, "there is no limit");
    };
    assert_eq!(full.kind(), StoreErrorKind::Full, "{full}");
    assert!(full.help().is_some());
    // Nothing of it is there, and reading goes on.
    let look = block_on(store.look()).expect("it is readable").expect("it is there");
    assert_eq!(look.groups[0].version, version);
    assert_eq!(
        block_on(store.scan(G0, None, b"", None, 2_000)).expect("scan").items.len() as u64,
        version.seq
    );
    // What fits goes on: the same commit without the large value.
    block_on(store.commit(G0, version, changes(version.seq, 10))).expect("there is room for a small one");
    println!("done {}", version.seq + 1);
}

#[test]
fn a_full_disk_is_told_and_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let binary = std::env::current_exe().expect("this binary");
    // 20 MiB. Without the trap the process would be ended by the signal that comes with the error.
    let output = Command::new("bash")
        .args(["-c", "trap '' XFSZ; ulimit -f 20480; exec \"$0\" --exact the_child --ignored --nocapture"])
        .arg(&binary)
        .env(FOLDER, folder.path())
        .output()
        .expect("bash is there");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    let seq = told.split("done ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
    let store = open(folder.path()).expect("it opens without the limit");
    let version = Version { epoch: 1, seq: seq.expect("it was done") };
    assert_eq!(block_on(store.look()).expect("look").expect("it is there").groups[0].version, version);
    block_on(store.commit(G0, version, changes(version.seq, 300_000))).expect("there is room");
}

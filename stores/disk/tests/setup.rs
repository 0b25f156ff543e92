//! What a person has set up wrong is told as such, with help.
#![expect(clippy::print_stdout, reason = "a child tells its parent")]

use std::fs;
use std::process::{Command, Stdio};

use cep_engine::store::{Fresh, Namespace, StateStore, StoreErrorKind};
use cep_store_conformance::block_on;
use cep_store_disk::{DiskStore, Options};

const FOLDER: &str = "CEP_SETUP_FOLDER";

fn name() -> Namespace {
    "fraud".parse().expect("a name")
}

#[test]
fn a_folder_that_this_process_has_open_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = DiskStore::open(folder.path(), name(), Options::default()).expect("it opens");
    let error = DiskStore::open(folder.path(), name(), Options::default()).expect_err("it is in use");
    assert_eq!(error.kind(), StoreErrorKind::Setup);
    assert!(error.to_string().contains("this process"), "{error}");
    assert!(error.help().is_some_and(|help| help.contains("beside")));
    // It is free as soon as the last handle is gone.
    let beside = store.beside("other".parse().expect("a name"));
    drop(store);
    assert!(DiskStore::open(folder.path(), name(), Options::default()).is_err());
    drop(beside);
    DiskStore::open(folder.path(), name(), Options::default()).expect("it is free");
}

/// Not a test: a process that holds a folder until it is told to end.
#[test]
#[ignore = "the child of the test below"]
fn the_child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let _store = DiskStore::open(folder, name(), Options::default()).expect("it opens");
    println!("it is open");
    let mut end = String::new();
    std::io::stdin().read_line(&mut end).expect("the parent writes or goes");
}

#[test]
fn a_folder_that_another_process_has_open_is_refused_and_says_which() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "the_child", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let told = BufReader::new(child.stdout.take().expect("it is piped"));
    assert!(told.lines().map_while(Result::ok).any(|line| line.contains("it is open")));
    let error = DiskStore::open(folder.path(), name(), Options::default()).expect_err("it is in use");
    assert_eq!(error.kind(), StoreErrorKind::Setup);
    assert!(error.to_string().contains(&format!("process {}", child.id())), "{error}");
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    // A killed process leaves no lock behind.
    let store = DiskStore::open(folder.path(), name(), Options::default()).expect("it is free");
    assert!(block_on(store.look()).expect("look").is_none());
}

#[test]
fn a_path_that_is_no_folder_is_a_matter_of_setup() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, b"x").expect("it is written");
    for path in [file.clone(), file.join("below")] {
        let error = DiskStore::open(&path, name(), Options::default()).expect_err("it is no folder");
        assert_eq!(error.kind(), StoreErrorKind::Setup, "{error}");
        assert!(error.help().is_some());
    }
    assert_eq!(fs::read(&file).expect("it is there"), b"x");
}

#[test]
fn a_folder_is_made_where_there_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some").join("where");
    let store = DiskStore::open(&path, name(), Options::default()).expect("it opens");
    let fresh = Fresh { groups: 1, about: "about".into() };
    assert!(block_on(store.open(fresh)).expect("it opens").is_new);
    drop(store);
    assert!(path.join("state.redb").exists());
}

/// A process that ended while it made the database has left a part of it.
#[test]
fn what_is_left_of_a_database_half_made_is_of_no_matter() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("state.new"), b"half of it").expect("it is written");
    let store = DiskStore::open(folder.path(), name(), Options::default()).expect("it opens");
    assert!(block_on(store.namespaces()).expect("names").is_empty());
    assert!(!folder.path().join("state.new").exists());
}

//! A process that commits is killed at any moment, thirty times: what it had been told is there, is there, whole, and nothing
//! half. The process is this test binary, run again with `the_child` alone.

use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, Fresh, GroupId, Header, Put, StateStore};
use cep_store_conformance::block_on;
use cep_store_disk::{DiskStore, Durability, Options};

const FOLDER: &str = "CEP_CRASH_FOLDER";
const DURABILITY: &str = "CEP_CRASH_DURABILITY";
const G0: GroupId = GroupId(0);

/// Commits between a slot's values.
const SLOTS: u64 = 17;
/// Commits for which a key of its own stays.
const STAY: u64 = 10;

fn open(folder: &Path, durability: Durability) -> DiskStore {
    let options = Options::default().durability(durability);
    DiskStore::open(folder, "crash".parse().expect("a name"), options).expect("the folder opens")
}

/// What commit number `seq`, from 1, writes.
fn changes(seq: u64, next_outbox: u64) -> Changes {
    let put = |key: String, deadline: Option<u64>, length: usize| Put {
        key: key.into(),
        deadline: deadline.map(|time| Timestamp(time.cast_signed())),
        value: seq.to_string().repeat(length).into(),
    };
    let gone = seq.checked_sub(STAY).map(|old| Bytes::from(format!("only-{old:06}")));
    Changes {
        puts: vec![
            put(format!("slot-{:02}", seq % SLOTS), Some(seq), 200),
            put(format!("only-{seq:06}"), None, 1),
        ],
        deletes: gone.into_iter().collect(),
        outbox: vec![seq.to_string().into()],
        first_outbox: next_outbox,
        state: seq.to_string().into(),
    }
}

/// Not a test: the process that is killed.
#[test]
#[ignore = "the child of the test below"]
fn the_child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let is_full = std::env::var(DURABILITY).is_ok_and(|durability| durability == "full");
    let store = open(Path::new(&folder), if is_full { Durability::Full } else { Durability::Process });
    let opened = block_on(store.open(Fresh { groups: 1, about: "crash".into() })).expect("it opens");
    let Header { mut version, mut next_outbox, .. } = opened.groups[0].clone();
    loop {
        // Four in flight, as the engine has them.
        let mut waiting = Vec::new();
        for _ in 0..4 {
            let changes = changes(version.seq + 1, next_outbox);
            waiting.push((version.seq + 1, Box::pin(store.commit(G0, version, changes))));
            (version, next_outbox) = (version.next(), next_outbox + 1);
        }
        let below = next_outbox.saturating_sub(30);
        block_on(async {
            let trim = store.trim(G0, version.epoch, below);
            for (seq, commit) in waiting {
                commit.await.expect("it commits");
                writeln!(stdout(), "done {seq}").expect("the parent reads");
            }
            trim.await.expect("it trims");
        });
    }
}

fn spawn(folder: &Path, durability: &str) -> Child {
    Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "the_child", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(DURABILITY, durability)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Kills the child after so many commits that it tells of, or before it tells of any; the last one that it told of.
fn run_and_kill(folder: &Path, durability: &str, commits: usize, micros: u64) -> u64 {
    let mut child = spawn(folder, durability);
    let mut told = BufReader::new(child.stdout.take().expect("it is piped"));
    let (mut line, mut count, mut last) = (String::new(), 0, 0);
    let mut is_killed = false;
    loop {
        if count >= commits && !is_killed {
            // Any moment within a commit will do.
            std::thread::sleep(Duration::from_micros(micros));
            child.kill().expect("it is killed");
            is_killed = true;
        }
        line.clear();
        let length = told.read_line(&mut line).expect("it is read");
        // A line that is cut off was not told.
        if length == 0 || !line.ends_with('\n') {
            break;
        }
        if let Some(seq) = line.split("done ").nth(1) {
            last = seq.trim().parse().expect("a number");
            count += 1;
        }
    }
    let status = child.wait().expect("it ends");
    assert!(is_killed && !status.success(), "it ended by itself: {status}");
    last
}

/// Everything is as the commits up to the last one have made it.
fn check(folder: &Path, told: u64) {
    let store = open(folder, Durability::Full);
    let Some(opened) = block_on(store.look()).expect("it is readable") else {
        assert_eq!(told, 0, "the namespace is lost");
        return;
    };
    let header = &opened.groups[0];
    let seq = header.version.seq;
    assert!(seq >= told, "{told} was done, and {seq} is there");
    let state = if seq == 0 { Bytes::new() } else { seq.to_string().into() };
    assert_eq!((&header.state, header.next_outbox), (&state, seq));
    let mut expected: Vec<_> = (seq.saturating_sub(SLOTS.max(STAY)) + 1..=seq)
        .flat_map(|at| changes(at, 0).puts.into_iter().map(move |put| (at, put)))
        .filter(|(at, put)| put.deadline.is_some() || at + STAY > seq)
        .map(|(_, put)| (put.key, put.deadline, put.value))
        .collect();
    expected.sort();
    let page = block_on(store.scan(G0, None, b"", None, 1_000)).expect("it is readable");
    let found: Vec<_> =
        page.items.into_iter().map(|entry| (entry.key, entry.deadline, entry.value)).collect();
    assert_eq!(found, expected, "after {seq} commits");
    let due = block_on(store.due(G0, None, Timestamp(i64::MAX), None, 1_000)).expect("it is readable");
    let times: Vec<_> = due.items.iter().map(|due| due.deadline.0.cast_unsigned()).collect();
    assert_eq!(times, (seq.saturating_sub(SLOTS) + 1..=seq).collect::<Vec<_>>());
    let outbox = block_on(store.outbox(G0, 0, 100_000)).expect("it is readable");
    let expected: Vec<_> =
        (header.first_outbox..seq).map(|number| (number, Bytes::from((number + 1).to_string()))).collect();
    assert_eq!(outbox, expected);
    // And the next one can be written.
    block_on(store.commit(G0, header.version, changes(seq + 1, seq))).expect("it commits");
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let mut random: u64 = 0x5eed;
    let mut below = |end: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % end
    };
    for place in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        for _ in 0..10 {
            let durability = if place == 0 { "full" } else { "process" };
            let commits = if below(5) == 0 { 0 } else { below(60) };
            let commits = usize::try_from(commits).expect("a small number");
            let told = run_and_kill(folder.path(), durability, commits, below(15_000));
            check(folder.path(), told);
        }
    }
}

//! Records that something has changed behind the store's back, through the real command: the run stops and names the key, or
//! sets the record aside and goes on with all other keys.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;
mod on_redis;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use cep_engine::store::{Changes, Fresh, GroupId, Put, StateStore as _};
use cep_redis_testkit::Server;
use cep_store_disk::DiskStore;
use command::{cep, folder};
use on_redis::{bad, good};

const PATTERNS: &str = "\
stream pay { id: int  card: string  word: string  ts: timestamp } key card time ts

pattern pair on pay by card {
  begin first where word != \"go\"
  followed by second where word == \"go\"
  within 1h
  emit pair { first: first.id, word: first.word, second: second.id }
}
";

/// What stands in the records of two keys, and nowhere else.
const MARKS: [&str; 2] = ["the-record-of-c7", "the-record-of-c8"];

fn rows(ids: std::ops::Range<usize>, word: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for id in ids {
        writeln!(text, "{id},c{},{},{}", id % 20, word(id), 1_000 + id).unwrap();
    }
    text
}

/// First one event of each key, then for each what completes a match, and the same again.
fn parts() -> [String; 3] {
    let first = rows(0..20, |id| match id {
        7 | 8 => MARKS[id - 7].to_owned(),
        _ => format!("word-{id}"),
    });
    let second = rows(20..40, |_| "go".to_owned());
    let third = rows(40..60, |_| "again".to_owned()) + &rows(60..80, |_| "go".to_owned());
    [first, second, third]
}

/// Goes on over the first so many parts.
fn run(folder: &Path, store: &str, count: usize, more: &[&str]) -> command::Ran {
    let text = "id,card,word,ts\n".to_owned() + &parts()[..count].concat();
    fs::write(folder.join("pay.csv"), text).unwrap();
    let args = ["run", "p.cep", "pay.csv", "--store", store, "--resume", "--pause", "--sink", "out.jsonl"];
    cep(folder, &[&args[..], more].concat())
}

/// What a record that is changed by `spoil` comes to.
fn a_spoiled_record_is_set_aside(name: &str, store: &str, spoil: impl Fn(&Path, &str)) {
    let folder = folder(name);
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    good(&run(&folder, store, 1, &["-q"]));
    spoil(&folder, MARKS[0]);
    let before = fs::read_to_string(folder.join("out.jsonl")).unwrap();

    // It stops, says which key, and what to do; and again.
    for memory in [&[][..], &["--memory", "1kB"]] {
        let stopped = run(&folder, store, 2, &[&["-q"], memory].concat());
        bad(&stopped, 1, &["the state of key `c7` cannot be read", "the checksum is wrong", "--quarantine"]);
        assert_eq!(fs::read_to_string(folder.join("out.jsonl")).unwrap(), before);
    }

    let aside = run(&folder, store, 2, &["--quarantine"]);
    bad(
        &aside,
        0,
        &[
            "warning: the state of key `c7` cannot be read",
            "set aside",
            "1 key in quarantine, 1 event diverted",
        ],
    );
    assert!(!aside.err.contains("c8"), "{}", aside.err);
    let found = fs::read_to_string(folder.join("out.jsonl")).unwrap();
    // The last event waits for the watermark.
    assert_eq!(found.lines().count(), 18, "all keys but one: {found}");
    assert!(found.contains(MARKS[1]) && !found.contains("the-record-of-c7"), "{found}");
    assert_eq!(cep(&folder, &["state", "ls", "--store", store]).out, "p\t1 key in quarantine\n");

    // From then on, whether it is asked for or not; what is found of a key later would be found as if nothing had been.
    let later = run(&folder, store, 3, &[]);
    bad(&later, 0, &["1 key in quarantine, 3 events diverted"]);
    assert!(!later.err.contains("warning"), "{}", later.err);
    let found = fs::read_to_string(folder.join("out.jsonl")).unwrap();
    assert_eq!(found.lines().count(), 19 + 18, "{found}");
    let shown = cep(&folder, &["state", "inspect", "p.cep", "--store", store, "--key", "c7"]).out;
    let lines: Vec<serde_json::Value> =
        shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["keys_in_quarantine"], 1);
    assert_eq!(lines[0]["events_diverted"], 3);
    assert_eq!(lines.len(), 2, "{shown}");
    assert_eq!(lines[1]["key"][0], "c7");
    assert!(lines[1]["quarantined_bytes"].as_u64().unwrap() > MARKS[0].len() as u64);
}

/// Changes a record in a folder, as another program would that knows the store.
fn spoil_on_disk(folder: &Path, mark: &str) {
    let store = DiskStore::open(folder.join("st"), "p".parse().unwrap(), Default::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let opened = store.open(Fresh { groups: 1, about: Bytes::new() }).await.unwrap();
        let header = &opened.groups[0];
        let entries = store.scan(GroupId(0), None, b"k", None, 1_000).await.unwrap().items;
        let place = |value: &[u8]| value.windows(mark.len()).position(|part| part == mark.as_bytes());
        let found = entries.into_iter().find_map(|entry| place(&entry.value).map(|at| (entry, at)));
        let (entry, at) = found.expect("the record is there");
        let mut value = entry.value.to_vec();
        value[at] ^= 1;
        let put = Put { key: entry.key, deadline: entry.deadline, value: value.into() };
        let changes = Changes { puts: vec![put], state: header.state.clone(), ..Changes::default() };
        let changes = Changes { first_outbox: header.next_outbox, ..changes };
        store.commit(GroupId(0), header.version, changes).await.unwrap();
    });
}

#[test]
fn on_disk() {
    a_spoiled_record_is_set_aside("quarantine-disk", "disk:st", spoil_on_disk);
}

#[test]
fn files_that_are_not_as_they_were_written_are_refused_as_a_whole() {
    let folder = folder("quarantine-files");
    fs::write(folder.join("p.cep"), PATTERNS).unwrap();
    good(&run(&folder, "disk:st", 1, &["-q"]));
    let mut spoiled = 0;
    for file in fs::read_dir(folder.join("st")).unwrap() {
        let path = file.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let mark = MARKS[0].as_bytes();
        let places = (0..bytes.len().saturating_sub(mark.len())).filter(|at| bytes[*at..].starts_with(mark));
        let places: Vec<_> = places.collect();
        spoiled += places.len();
        places.into_iter().for_each(|at| bytes[at] ^= 1);
        fs::write(&path, bytes).unwrap();
    }
    assert!(spoiled > 0, "the record is not in the files");
    for more in [&["-q"][..], &["-q", "--quarantine"]] {
        bad(&run(&folder, "disk:st", 2, more), 1, &["folder `st`", "restore the folder from a copy"]);
    }
}

#[test]
fn in_redis() {
    let server = Server::start();
    a_spoiled_record_is_set_aside("quarantine-redis", &server.url(), |_, mark| {
        const SPOIL: &str = "local spoiled = 0 \
            for _, key in ipairs(redis.call('KEYS', 'cep:{p:*}:v')) do \
              local values = redis.call('HGETALL', key) \
              for at = 1, #values, 2 do \
                local place = string.find(values[at + 1], ARGV[1], 1, true) \
                if place then \
                  local value = values[at + 1] \
                  redis.call('HSET', key, values[at], string.sub(value, 1, place - 1) .. 'T' .. string.sub(value, place + 1)) \
                  spoiled = spoiled + 1 \
                end \
              end \
            end \
            return spoiled";
        let spoiled = server.call(&["EVAL", SPOIL, "0", mark]);
        assert_eq!(spoiled, cep_redis_testkit::Value::Int(1));
    });
}

//! Promise 1: a commit is atomic. All of it is there or nothing is: entries, deadlines, outbox, header.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Due, Entry};

use crate::Harness;
use crate::make::{G0, at, bytes, everything, numbered, put, puts};
use crate::world::{Handle, NAME, Owner, World, ok, refused};

pub(crate) fn a_commit_writes_entries_deadlines_outbox_and_header<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("gone", "x"), put("stays", "y")]));
    owner.write(G0, everything(7));
    let dump = world.handle(NAME).dump(G0);
    let entry = |key: &str, deadline: Option<i64>, value: &str| Entry {
        key: bytes(key),
        deadline: deadline.map(Timestamp),
        value: bytes(value),
    };
    let expected =
        [entry("a", None, "7"), entry("b", Some(17), "7"), entry("c", None, "7"), entry("stays", None, "y")];
    assert_eq!(dump.entries, expected);
    assert_eq!(dump.due, [Due { deadline: Timestamp(17), key: bytes("b") }]);
    assert_eq!(dump.outbox, [(dump.header.first_outbox, bytes("7"))]);
    assert_eq!(dump.header.version, at(1, 2));
    assert_eq!(dump.header.state, bytes("7"));
}

pub(crate) fn a_refused_commit_writes_nothing_of_it<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("gone", "x")]));
    owner.write(G0, everything(1));
    owner.write(G0, puts([put("gone", "x")]));
    let before = owner.handle.dump(G0);
    let expected = owner.version(G0);
    for wrong in [at(expected.epoch, 0), expected.next(), at(expected.epoch + 1, expected.seq)] {
        let changes = owner.number(G0, everything(2));
        refused(owner.handle.commit(G0, wrong, changes));
        owner.opened.groups[0].next_outbox = before.header.next_outbox;
        assert_eq!(owner.handle.dump(G0), before);
    }
    owner.write(G0, everything(3));
}

const ROUNDS: u64 = 60;

/// Commits rounds of 50 entries that all tell the same, and reads all the while from two other threads.
pub(crate) fn readers_see_a_commit_whole_or_not_at_all<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, round(0));
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| watch(&world.handle(NAME), &is_done));
        }
        let writer = scope.spawn(|| (1..=ROUNDS).for_each(|number| owner.write(G0, round(number))));
        let written = writer.join();
        is_done.store(true, Ordering::Release);
        written.expect("all rounds are written");
    });
}

fn round(number: u64) -> cep_engine::store::Changes {
    let text = number.to_string();
    let deadline = Some(Timestamp(number.cast_signed()));
    let entry = |key| cep_engine::store::Put { key: numbered(key), deadline, value: bytes(&text) };
    let mut changes = puts((0..50).map(entry));
    changes.state = bytes(&text);
    changes
}

fn watch<H: Harness>(handle: &Handle<'_, H>, is_done: &AtomicBool) {
    let keys: Vec<Bytes> = (0..50).map(numbered).collect();
    let mut latest = 0;
    while !is_done.load(Ordering::Acquire) {
        let values = ok(handle.load(G0, &keys));
        let told = agreed(values.into_iter().map(|value| value.expect("the entry is there")));
        let page = ok(handle.scan(G0, b"", None, 1_000));
        let scanned = agreed(page.items.into_iter().map(|entry| entry.value));
        let due = ok(handle.due(G0, i64::MAX, None, 1_000));
        let deadline = agreed(due.items.into_iter().map(|due| bytes(due.deadline.0.to_string())));
        let header = &handle.look().expect("the namespace is there").groups[0];
        assert_eq!(header.version.seq, number(&header.state) + 1, "a header of another commit");
        for seen in [told, scanned, deadline] {
            assert!(seen >= latest, "{seen} seen after {latest}");
            latest = seen;
        }
        assert!(number(&header.state) >= latest, "the header is behind its entries");
    }
}

fn number(text: &Bytes) -> u64 {
    let text = std::str::from_utf8(text).expect("the test writes numbers");
    text.parse().expect("the test writes numbers")
}

/// The round that all 50 tell.
fn agreed(values: impl Iterator<Item = Bytes>) -> u64 {
    let values: Vec<_> = values.collect();
    assert_eq!(values.len(), 50, "a part is missing");
    assert!(values.iter().all(|value| *value == values[0]), "parts of two commits: {values:?}");
    number(&values[0])
}

/// Deleting and putting in one commit is seen as one step as well.
pub(crate) fn an_entry_moved_to_another_key_is_never_there_twice_or_not_at_all<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("left", "x")]));
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let handle = world.handle(NAME);
            while !is_done.load(Ordering::Acquire) {
                let values = ok(handle.load(G0, &[bytes("left"), bytes("right")]));
                assert_eq!(values.iter().flatten().count(), 1, "{values:?}");
            }
        });
        let moved = scope.spawn(|| (0..ROUNDS).for_each(|round| swap(&mut owner, round)));
        let moved = moved.join();
        is_done.store(true, Ordering::Release);
        moved.expect("all moves are written");
    });
}

fn swap<H: Harness>(owner: &mut Owner<'_, H>, round: u64) {
    let [from, to] = if round.is_multiple_of(2) { ["left", "right"] } else { ["right", "left"] };
    let mut changes = puts([put(to, "x")]);
    changes.deletes.push(bytes(from));
    owner.write(G0, changes);
}

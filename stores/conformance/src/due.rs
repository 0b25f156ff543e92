//! Promise 8, first half: `due` is ordered by deadline, then key; a key is there once, under its latest deadline, and not at
//! all where it has none.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Due, DueCursor, Put};

use crate::Harness;
use crate::make::{FARTHEST, G0, bytes, deletes, numbered, put, put_by, puts};
use crate::random::Random;
use crate::world::{Handle, World, ok};

fn due(deadline: i64, key: impl AsRef<[u8]>) -> Due {
    Due { deadline: Timestamp(deadline), key: bytes(key) }
}

#[track_caller]
fn is_due<H: Harness>(handle: &Handle<'_, H>, until: i64, expected: &[(i64, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(deadline, key)| due(*deadline, key)).collect();
    for limit in [1, 2, 3, 100] {
        assert_eq!(handle.due_all(G0, until, limit), expected, "in pages of {limit}");
    }
}

pub(crate) fn due_keys_are_ordered_by_deadline_then_key<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let keys: [&[u8]; 8] = [b"b", b"a", b"ab", b"", b"a\0", b"\xff", b"\xff\xff", b"a\xff"];
    let all = || keys.iter().flat_map(|key| [(5_i64, *key), (-5, *key), (7, *key)]);
    let named = |deadline: i64, key: &[u8]| [&deadline.to_be_bytes(), key].concat();
    owner.write(G0, puts(all().map(|(deadline, key)| put_by(named(deadline, key), deadline, "x"))));
    owner.write(G0, puts(keys.map(|key| put_by(key, 5, "x"))));
    let mut expected: Vec<_> = all().map(|(deadline, key)| due(deadline, named(deadline, key))).collect();
    expected.extend(keys.map(|key| due(5, key)));
    expected.sort();
    for limit in [1, 2, 5, 1_000] {
        assert_eq!(owner.handle.due_all(G0, i64::MAX, limit), expected, "in pages of {limit}");
    }
}

pub(crate) fn due_is_at_or_before_until<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put_by("a", 10, ""), put_by("b", 20, ""), put_by("c", 20, ""), put("d", "")]));
    let handle = &owner.handle;
    is_due(handle, 9, &[]);
    is_due(handle, 10, &[(10, "a")]);
    is_due(handle, 19, &[(10, "a")]);
    is_due(handle, 20, &[(10, "a"), (20, "b"), (20, "c")]);
    is_due(handle, i64::MAX, &[(10, "a"), (20, "b"), (20, "c")]);
    is_due(handle, i64::MIN, &[]);
}

pub(crate) fn a_key_is_due_once_under_its_latest_deadline<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for deadline in [50, 10, 90, 10, -3, 70] {
        owner.write(G0, puts([put_by("a", deadline, "x"), put_by("b", 60, "x")]));
        let mut expected = [(deadline, "a"), (60, "b")];
        expected.sort_unstable();
        is_due(&owner.handle, 100, &expected);
    }
    is_due(&owner.handle, 69, &[(60, "b")]);
}

pub(crate) fn a_key_without_deadline_is_never_due<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put_by("a", 1, "x"), put_by("b", 1, "x"), put_by("c", 1, "x"), put("d", "x")]));
    owner.write(G0, puts([put("a", "its deadline went")]));
    owner.write(G0, deletes(["b"]));
    is_due(&owner.handle, i64::MAX, &[(1, "c")]);
    owner.write(G0, puts([put("b", "back without one")]));
    is_due(&owner.handle, i64::MAX, &[(1, "c")]);
    owner.write(G0, puts([put_by("a", 2, "x")]));
    is_due(&owner.handle, i64::MAX, &[(1, "c"), (2, "a")]);
    owner.write(G0, deletes(["a", "c"]));
    is_due(&owner.handle, i64::MAX, &[]);
}

pub(crate) fn deadlines_reach_2_to_the_53_either_way<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let deadlines = [
        -FARTHEST,
        1 - FARTHEST,
        -1_000_000_000_000,
        -256,
        -255,
        -1,
        0,
        1,
        255,
        256,
        1_700_000_000_123,
        FARTHEST - 1,
        FARTHEST,
    ];
    owner.write(G0, puts(deadlines.map(|deadline| put_by(deadline.to_string(), deadline, "x"))));
    let expected: Vec<_> = deadlines.iter().map(|deadline| due(*deadline, deadline.to_string())).collect();
    assert_eq!(owner.handle.due_all(G0, FARTHEST, 2), expected);
    for (at, deadline) in deadlines.iter().enumerate() {
        assert_eq!(owner.handle.due_all(G0, *deadline, 100), expected[..=at]);
        assert_eq!(owner.handle.due_all(G0, deadline - 1, 100), expected[..at]);
    }
    let scanned = owner.handle.dump(G0).entries;
    assert!(
        scanned.iter().all(|entry| entry.deadline.is_some_and(|at| bytes(at.0.to_string()) == entry.key))
    );
}

pub(crate) fn a_cursor_need_not_be_there<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put_by("a", 1, ""), put_by("c", 1, ""), put_by("e", 1, ""), put_by("a2", 3, "")]));
    let after = |cursor: DueCursor| ok(owner.handle.due(G0, 100, Some(cursor), 100)).items;
    assert_eq!(after(due(1, "b")), [due(1, "c"), due(1, "e"), due(3, "a2")]);
    assert_eq!(after(due(1, "c")), [due(1, "e"), due(3, "a2")]);
    assert_eq!(after(due(2, "zzz")), [due(3, "a2")]);
    assert_eq!(after(due(0, "zzz")).len(), 4);
    assert_eq!(after(due(3, "a2")), []);
    assert_eq!(after(due(9, "")), []);
    assert_eq!(after(due(i64::MIN, "")).len(), 4);
    assert_eq!(after(due(i64::MAX, b"\xff")), []);
}

/// The usual way: read a page, delete what was on it, go on after it.
pub(crate) fn keys_that_go_between_pages_do_not_shift_the_next<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts((0..30).map(|number| put_by(numbered(number), number.cast_signed() / 4, "x"))));
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = ok(owner.handle.due(G0, 100, after, 7));
        owner.write(G0, deletes(page.items.iter().map(|due| &due.key)));
        // One that comes behind the cursor is seen, one before it is not.
        seen.extend(page.items.into_iter().map(|due| due.key));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, (0..30).map(numbered).collect::<Vec<Bytes>>());
    assert_eq!(owner.handle.dump(G0).entries, []);
}

pub(crate) fn many_changing_deadlines_leave_nothing_behind<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let mut random = Random::new(8);
    for _ in 0..40 {
        let mut change = |number: u64| -> Put {
            let deadline = i64::try_from(random.below(20)).expect("below 20") - 10;
            if random.one_in(5) {
                put(numbered(number), "x")
            } else {
                put_by(numbered(number), deadline, "x")
            }
        };
        let changes = puts((0..50).map(&mut change));
        let mut expected: Vec<_> =
            changes.puts.iter().filter_map(|put| Some((put.deadline?, &put.key))).collect();
        expected.sort();
        let expected: Vec<_> =
            expected.into_iter().map(|(deadline, key)| Due { deadline, key: key.clone() }).collect();
        owner.write(G0, changes);
        assert_eq!(owner.handle.due_all(G0, i64::MAX, 13), expected);
    }
}

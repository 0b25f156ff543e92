//! Promise 11: bad input changes nothing: keys longer than `MOST_KEY`, a group that is not there, an outbox number that is not
//! the next one (see `outbox`), and what the types of the contract say of deadlines and values.

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, Fresh, GroupId, MOST_KEY, Put, StoreErrorKind};

use crate::Harness;
use crate::make::{FARTHEST, G0, MOST_VALUE, bytes, deletes, put, put_by, puts};
use crate::world::{NAME, World, ok, refused};

fn spoilt(bad: Changes) -> Changes {
    let mut changes = bad;
    changes.puts.insert(0, put("before", "x"));
    changes.puts.push(put("behind", "x"));
    changes.outbox.push(bytes("x"));
    changes.state = bytes("x");
    changes
}

/// The changes are refused, nothing of what stands beside them in the commit is written, and the handle goes on.
fn is_refused<H: Harness>(world: &World<H>, bad: impl IntoIterator<Item = Changes>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1"), put_by("b", 5, "2")]));
    let before = owner.handle.dump(G0);
    for changes in bad {
        assert_eq!(refused(owner.try_write(G0, spoilt(changes))), StoreErrorKind::Misuse);
        assert_eq!(owner.handle.dump(G0), before);
    }
    owner.write(G0, puts([put("a", "2")]));
    assert_eq!(owner.handle.get("a"), Some(bytes("2")));
}

pub(crate) fn a_key_that_is_too_long_is_refused<H: Harness>(world: World<H>) {
    let long = vec![b'k'; MOST_KEY + 1];
    is_refused(&world, [puts([put(&long, "x")]), puts([put_by(&long, 1, "x")]), deletes([&long])]);
}

pub(crate) fn a_key_of_the_most_length_is_taken<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let [a, b] = [b'a', b'b'].map(|byte| bytes(vec![byte; MOST_KEY]));
    let beside = bytes([&a[..MOST_KEY - 1], b"b"].concat());
    owner.write(G0, puts([put_by(&a, 3, "1"), put(&b, "2"), put_by(&beside, 3, "3")]));
    let dump = owner.handle.dump(G0);
    assert_eq!(dump.entries.iter().map(|entry| &entry.key).collect::<Vec<_>>(), [&a, &beside, &b]);
    assert_eq!(dump.due.iter().map(|due| &due.key).collect::<Vec<_>>(), [&a, &beside]);
    assert_eq!(owner.handle.scan_all(G0, &a[..MOST_KEY - 1], 1).len(), 2);
    owner.write(G0, deletes([&a, &b, &beside]));
    assert_eq!(owner.handle.dump(G0).entries, []);
}

pub(crate) fn a_deadline_beyond_2_to_the_53_is_refused<H: Harness>(world: World<H>) {
    let beyond = [FARTHEST + 1, -FARTHEST - 1, i64::MAX, i64::MIN];
    is_refused(&world, beyond.map(|deadline| puts([put_by("far", deadline, "x")])));
}

pub(crate) fn a_value_above_64_mib_is_refused<H: Harness>(world: World<H>) {
    let value = Bytes::from(vec![0; MOST_VALUE + 1]);
    is_refused(&world, [puts([Put { key: bytes("large"), deadline: None, value }])]);
}

pub(crate) fn a_group_that_is_not_there_is_refused<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put_by("a", 1, "x")]));
    let handle = &owner.handle;
    for group in [GroupId(2), GroupId(3), GroupId(u16::MAX)] {
        let misuse = StoreErrorKind::Misuse;
        assert_eq!(refused(handle.commit(group, owner.version(G0), Changes::default())), misuse);
        assert_eq!(refused(handle.load(group, &[bytes("a")])), misuse);
        assert_eq!(refused(handle.due(group, 9, None, 9)), misuse);
        assert_eq!(refused(handle.scan(group, b"", None, 9)), misuse);
        assert_eq!(refused(handle.outbox(group, 0, 9)), misuse);
        assert_eq!(refused(handle.trim(group, 1, 0)), misuse);
    }
    assert_eq!(handle.look().expect("it is there").groups, owner.opened.groups);
}

pub(crate) fn a_namespace_without_groups_is_refused_and_not_made<H: Harness>(world: World<H>) {
    let handle = world.handle(NAME);
    let none = Fresh { groups: 0, about: bytes("about") };
    assert_eq!(refused(handle.open(none)), StoreErrorKind::Misuse);
    assert_eq!(handle.look(), None);
    assert!(handle.namespaces().is_empty());
}

pub(crate) fn a_bad_commit_of_a_large_batch_writes_nothing_of_it<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    let mut changes = puts((0..5_000).map(|number| put(number.to_string(), "x")));
    changes.puts.push(Put {
        key: bytes(vec![0; MOST_KEY + 1]),
        deadline: Some(Timestamp(1)),
        value: bytes("x"),
    });
    assert_eq!(refused(owner.try_write(G0, changes)), StoreErrorKind::Misuse);
    assert_eq!(owner.handle.dump(G0).entries, []);
    owner.write(G0, puts([put("a", "1")]));
    ok(owner.handle.load(G0, &[bytes("a")]));
}

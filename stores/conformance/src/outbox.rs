//! Promise 10: the outbox has no holes. A commit appends exactly the next numbers; `trim` removes from the front alone, can be
//! repeated, and is refused from an owner of an older epoch.

use bytes::Bytes;
use cep_engine::store::{Changes, StoreErrorKind};

use crate::Harness;
use crate::make::{G0, G1, appends, at, bytes, fresh, put, puts};
use crate::world::{Owner, World, ok, refused};

/// Numbers and their texts.
fn numbers(from: u64, to: u64) -> Vec<(u64, Bytes)> {
    (from..to).map(|number| (number, bytes(number.to_string()))).collect()
}

/// Appends entries that tell their numbers.
fn append<H: Harness>(owner: &mut Owner<'_, H>, count: u64) {
    let next = owner.opened.groups[0].next_outbox;
    owner.write(G0, appends((next..next + count).map(|number| number.to_string())));
}

pub(crate) fn a_commit_appends_exactly_the_next_numbers<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for count in [1, 3, 0, 2, 10] {
        append(&mut owner, count);
    }
    let dump = owner.handle.dump(G0);
    assert_eq!(dump.outbox, numbers(0, 16));
    assert_eq!((dump.header.first_outbox, dump.header.next_outbox), (0, 16));
    assert_eq!(owner.handle.dump(G1).outbox, []);
}

pub(crate) fn it_is_read_from_any_number_on_and_pages_are_full<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    append(&mut owner, 25);
    for from in [0, 1, 12, 24, 25, 26, 1_000, u64::MAX] {
        for limit in [1, 2, 12, 13, 25, 26, 1_000] {
            let expected = numbers(from, 25.min(from.saturating_add(limit)));
            let limit = usize::try_from(limit).expect("at most 1,000");
            assert_eq!(ok(owner.handle.outbox(G0, from, limit)), expected, "from {from}, limit {limit}");
        }
    }
}

pub(crate) fn trim_removes_from_the_front_alone<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    append(&mut owner, 10);
    for below in [0, 3, 4, 9] {
        ok(owner.handle.trim(G0, 1, below));
        let dump = owner.handle.dump(G0);
        assert_eq!(dump.outbox, numbers(below, 10));
        assert_eq!((dump.header.first_outbox, dump.header.next_outbox), (below, 10));
        assert_eq!(ok(owner.handle.outbox(G0, 0, 2)), numbers(below, 10.min(below + 2)));
    }
}

pub(crate) fn trim_can_be_repeated_and_never_brings_anything_back<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    append(&mut owner, 10);
    for below in [5, 5, 2, 0, 5, 6, 1] {
        ok(owner.handle.trim(G0, 1, below));
    }
    assert_eq!(owner.handle.dump(G0).outbox, numbers(6, 10));
}

pub(crate) fn numbers_go_on_after_everything_was_trimmed<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    append(&mut owner, 4);
    // Beyond the end: what comes next is not affected.
    for below in [4, 900, u64::MAX] {
        ok(owner.handle.trim(G0, 1, below));
        let dump = owner.handle.dump(G0);
        assert_eq!(dump.outbox, []);
        assert_eq!((dump.header.first_outbox, dump.header.next_outbox), (4, 4));
    }
    append(&mut owner, 2);
    assert_eq!(owner.handle.dump(G0).outbox, numbers(4, 6));
    owner.reopen();
    assert_eq!((owner.opened.groups[0].first_outbox, owner.opened.groups[0].next_outbox), (4, 6));
    append(&mut owner, 1);
    assert_eq!(owner.handle.dump(G0).outbox, numbers(4, 7));
}

pub(crate) fn trim_is_refused_from_an_owner_of_an_older_epoch<H: Harness>(world: World<H>) {
    let mut old = world.owner();
    append(&mut old, 5);
    let new = world.owner();
    for below in [0, 3, 5] {
        let kind = refused(old.handle.trim(G0, 1, below));
        assert_eq!(kind, StoreErrorKind::Fenced { found: at(2, 1) });
    }
    assert_eq!(new.handle.dump(G0).outbox, numbers(0, 5));
    ok(new.handle.trim(G0, 2, 3));
    assert_eq!(new.handle.dump(G0).outbox, numbers(3, 5));
}

pub(crate) fn trim_changes_no_version_and_nothing_else<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1")]));
    append(&mut owner, 3);
    owner.write(G1, appends(["other group"]));
    let before = owner.handle.dump(G0);
    ok(owner.handle.trim(G0, 1, 2));
    let after = owner.handle.dump(G0);
    assert_eq!(after.header.version, before.header.version);
    assert_eq!((after.header.state, after.entries), (before.header.state, before.entries));
    assert_eq!(owner.handle.dump(G1).outbox.len(), 1);
    owner.write(G0, Changes::default());
}

pub(crate) fn a_wrong_number_is_refused_and_appends_nothing<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    append(&mut owner, 3);
    ok(owner.handle.trim(G0, 1, 1));
    let before = owner.handle.dump(G0);
    for first_outbox in [0, 1, 2, 4, u64::MAX] {
        let mut changes = appends(["wrong"]);
        changes.puts = vec![put("a", "wrong")];
        changes.first_outbox = first_outbox;
        let kind = refused(owner.handle.commit(G0, owner.version(G0), changes));
        assert_eq!(kind, StoreErrorKind::Misuse);
        assert_eq!(owner.handle.dump(G0), before);
    }
    append(&mut owner, 1);
    assert_eq!(owner.handle.dump(G0).outbox, numbers(1, 4));
}

pub(crate) fn a_new_owner_finds_what_was_not_taken<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    append(&mut owner, 6);
    ok(owner.handle.trim(G0, 1, 2));
    let opened = ok(world.handle(crate::world::NAME).open(fresh()));
    let header = &opened.groups[0];
    let left = usize::try_from(header.next_outbox - header.first_outbox).expect("a few");
    assert_eq!(ok(owner.handle.outbox(G0, header.first_outbox, left)), numbers(2, 6));
}

pub(crate) fn ten_thousand_entries_in_one_commit<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    append(&mut owner, 10_000);
    append(&mut owner, 10_000);
    assert_eq!(ok(owner.handle.outbox(G0, 0, 50_000)), numbers(0, 20_000));
    ok(owner.handle.trim(G0, 1, 19_999));
    assert_eq!(owner.handle.dump(G0).outbox, numbers(19_999, 20_000));
}

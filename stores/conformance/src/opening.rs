//! Promise 4: opening raises the epoch of every group before it reads it, also in the same process: whoever wrote with the old
//! epoch is refused from then on, and what is read then does not change any more.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use cep_engine::store::{Changes, Fresh, GroupId, StoreErrorKind};

use crate::Harness;
use crate::make::{G0, G1, at, bytes, everything, fresh, put, puts};
use crate::world::{NAME, Owner, World, ok, refused};

pub(crate) fn the_first_epoch_is_1_and_its_groups_are_empty<H: Harness>(world: World<H>) {
    let owner = world.owner();
    assert!(owner.opened.is_new);
    assert_eq!(owner.opened.about, bytes("about"));
    assert_eq!(owner.opened.groups.len(), 2);
    for header in &owner.opened.groups {
        assert_eq!(header.version, at(1, 0));
        assert_eq!((header.first_outbox, header.next_outbox), (0, 0));
        assert!(header.state.is_empty());
    }
    for group in [G0, G1] {
        let dump = owner.handle.dump(group);
        assert!(dump.entries.is_empty() && dump.due.is_empty() && dump.outbox.is_empty(), "{dump:?}");
    }
}

pub(crate) fn opening_raises_the_epoch_of_every_group_and_keeps_seq<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for _ in 0..3 {
        owner.write(G0, everything(1));
    }
    owner.write(G1, everything(1));
    let mut epochs = [1, 1];
    for _ in 0..4 {
        let opened = ok(world.handle(NAME).open(fresh()));
        let versions = [opened.groups[0].version, opened.groups[1].version];
        assert_eq!([versions[0].seq, versions[1].seq], [3, 1]);
        assert!(versions[0].epoch > epochs[0] && versions[1].epoch > epochs[1], "{versions:?} {epochs:?}");
        epochs = versions.map(|version| version.epoch);
    }
}

pub(crate) fn opening_reads_what_was_committed_last<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, everything(1));
    owner.write(G0, everything(2));
    ok(owner.handle.trim(G0, 1, 1));
    let opened = ok(world.handle(NAME).open(fresh()));
    assert!(!opened.is_new);
    assert_eq!(opened.groups[0].version, at(2, 2));
    assert_eq!(opened.groups[0].state, bytes("2"));
    assert_eq!((opened.groups[0].first_outbox, opened.groups[0].next_outbox), (1, 2));
    assert_eq!(opened.groups[1].version, at(2, 0));
    assert_eq!(world.handle(NAME).look(), Some(opened));
}

pub(crate) fn opening_twice_with_one_handle_refuses_what_the_first_opening_gave<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1")]));
    let old = owner.version(G0);
    owner.reopen();
    for group in [G0, G1] {
        let stale = if group == G0 { old } else { at(1, 0) };
        let kind = refused(owner.handle.commit(group, stale, puts([put("a", "zombie")])));
        assert_eq!(kind, StoreErrorKind::Fenced { found: owner.version(group) });
    }
    owner.write(G0, puts([put("a", "2")]));
    assert_eq!(owner.handle.get("a"), Some(bytes("2")));
}

pub(crate) fn opening_again_does_not_change_what_the_namespace_was_made_with<H: Harness>(world: World<H>) {
    world.owner();
    let other = Fresh { groups: 5, about: bytes("another") };
    let opened = ok(world.handle(NAME).open(other));
    assert!(!opened.is_new);
    assert_eq!(opened.groups.len(), 2);
    assert_eq!((opened.about, opened.about_version), (bytes("about"), 0));
}

pub(crate) fn looking_raises_nothing<H: Harness>(world: World<H>) {
    assert_eq!(world.handle(NAME).look(), None);
    assert_eq!(world.handle(NAME).look(), None, "looking makes nothing");
    let mut owner = world.owner();
    owner.write(G0, everything(1));
    let looks: Vec<_> = (0..3).map(|_| world.handle(NAME).look().expect("it is there")).collect();
    assert!(looks.iter().all(|look| *look == looks[0]));
    assert!(!looks[0].is_new);
    assert_eq!(looks[0].groups[0].version, at(1, 1));
    owner.write(G0, everything(2));
}

/// An owner commits all the while; somebody else opens, reads, and reads the same later.
pub(crate) fn what_is_read_after_opening_does_not_change_any_more<H: Harness>(world: World<H>) {
    for _ in 0..10 {
        let mut old = world.owner();
        let (begun, is_opened) = (AtomicU64::new(0), AtomicBool::new(false));
        thread::scope(|scope| {
            let writer = scope.spawn(|| write_until_refused(&mut old, &begun, &is_opened));
            while begun.load(Ordering::Acquire) < 5 && !writer.is_finished() {
                thread::yield_now();
            }
            let new = world.owner();
            is_opened.store(true, Ordering::Release);
            let first = new.handle.dump(G0);
            assert_eq!(first.header, new.opened.groups[0]);
            let kind = writer.join().expect("the old owner is refused, and does not panic");
            assert_eq!(kind, StoreErrorKind::Fenced { found: new.version(G0) });
            assert_eq!(new.handle.dump(G0), first);
        });
    }
}

/// Rounds without an end, were it not for the opening.
const MOST_ROUNDS: u64 = 100_000;

fn write_until_refused<H: Harness>(
    owner: &mut Owner<'_, H>,
    begun: &AtomicU64,
    is_opened: &AtomicBool,
) -> StoreErrorKind {
    for round in 0..MOST_ROUNDS {
        let changes = owner.number(G0, everything(round));
        begun.fetch_add(1, Ordering::Release);
        let version = owner.version(G0);
        let is_late = is_opened.load(Ordering::Acquire);
        if let Err(error) = owner.handle.commit(G0, version, changes) {
            return error.kind();
        }
        assert!(!is_late, "a commit of the old epoch was done after the opening");
        owner.opened.groups[0].version = version.next();
    }
    panic!("nobody has opened");
}

pub(crate) fn of_many_that_open_at_once_one_owns_each_group<H: Harness>(world: World<H>) {
    world.owner();
    let opened: Vec<_> = thread::scope(|scope| {
        let open = || scope.spawn(|| ok(world.handle(NAME).open(fresh())));
        let threads: Vec<_> = (0..6).map(|_| open()).collect();
        threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
    });
    for group in [G0, G1] {
        let version = |at: usize| opened[at].groups[usize::from(group.0)].version;
        let mut epochs: Vec<_> = (0..opened.len()).map(|at| version(at).epoch).collect();
        epochs.sort_unstable();
        assert!(epochs.is_sorted_by(|a, b| a < b), "an epoch was given to two: {epochs:?}");
        let handle = world.handle(NAME);
        let commit = |at: usize| handle.commit(group, version(at), Changes::default());
        let winners: Vec<_> = (0..opened.len()).filter(|at| commit(*at).is_ok()).collect();
        assert_eq!(winners.len(), 1, "group {group:?}");
        assert_eq!(Some(&version(winners[0]).epoch), epochs.last(), "the newest epoch owns the group");
    }
}

pub(crate) fn a_namespace_may_have_many_groups<H: Harness>(world: World<H>) {
    let handle = world.handle(NAME);
    let opened = ok(handle.open(Fresh { groups: 1_000, about: bytes("") }));
    assert_eq!(opened.groups.len(), 1_000);
    ok(handle.commit(GroupId(999), at(1, 0), puts([put("a", "last")])));
    let opened = ok(handle.open(fresh()));
    assert!(opened.groups.iter().all(|header| header.version.epoch == 2));
    assert_eq!(opened.groups[999].version, at(2, 1));
    assert_eq!(ok(handle.load(GroupId(998), &[bytes("a")])), [None]);
}

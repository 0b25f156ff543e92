//! Promise 5: durable means durable. Once a commit's future says so, the commit stays. Run where the store survives that its
//! process ends.

use crate::Harness;
use crate::make::{G0, G1, appends, at, bytes, everything, fresh, put, put_by, puts};
use crate::world::{NAME, World, ok};

pub(crate) fn what_was_committed_is_there_after_a_restart<H: Harness>(mut world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("gone", "x"), put_by("later", 99, "y")]));
    owner.write(G0, everything(1));
    owner.write(G1, appends(["one", "two"]));
    let before = [owner.handle.dump(G0), owner.handle.dump(G1)];
    drop(owner);
    world.reopen();
    let handle = world.handle(NAME);
    assert_eq!([handle.dump(G0), handle.dump(G1)], before);
}

pub(crate) fn epochs_go_on_rising_after_a_restart<H: Harness>(mut world: World<H>) {
    for epoch in 1..5 {
        let mut owner = world.owner();
        assert_eq!(owner.version(G0), at(epoch, epoch - 1));
        owner.write(G0, everything(epoch));
        drop(owner);
        world.reopen();
    }
}

pub(crate) fn an_opening_alone_is_there_after_a_restart<H: Harness>(mut world: World<H>) {
    drop(world.owner());
    world.reopen();
    drop(world.owner());
    world.reopen();
    let look = world.handle(NAME).look().expect("it is there");
    assert_eq!([look.groups[0].version, look.groups[1].version], [at(2, 0), at(2, 0)]);
    assert_eq!(look.about, bytes("about"));
}

pub(crate) fn what_was_trimmed_amended_or_dropped_stays_so_after_a_restart<H: Harness>(mut world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, appends(["one", "two", "three"]));
    ok(owner.handle.trim(G0, 1, 2));
    ok(owner.handle.amend(0, bytes("amended")));
    let mut other = world.owner_of("other");
    other.write(G0, everything(1));
    ok(other.handle.drop_namespace());
    drop((owner, other));
    world.reopen();
    let handle = world.handle(NAME);
    let look = handle.look().expect("it is there");
    assert_eq!((look.about, look.about_version), (bytes("amended"), 1));
    assert_eq!(handle.dump(G0).outbox, [(2, bytes("three"))]);
    assert_eq!(handle.namespaces(), [NAME]);
    let other = world.handle("other");
    assert_eq!(other.look(), None);
    assert!(ok(other.open(fresh())).is_new);
    assert!(other.dump(G0).entries.is_empty());
}

pub(crate) fn many_commits_in_flight_are_there_after_a_restart<H: Harness>(mut world: World<H>) {
    let owner = world.owner();
    let commit = |seq: u64| (G0, at(1, seq), puts([put(seq.to_string(), "x")]));
    owner.handle.commit_all((0..200).map(commit).collect()).into_iter().for_each(ok);
    drop(owner);
    world.reopen();
    let dump = world.handle(NAME).dump(G0);
    assert_eq!((dump.header.version, dump.entries.len()), (at(1, 200), 200));
}

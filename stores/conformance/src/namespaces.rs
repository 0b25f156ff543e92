//! Namespaces side by side, what they say of themselves, and their removal: what the methods of the trait say.

use std::thread;

use cep_engine::store::{Changes, Fresh, GroupId, StoreErrorKind};

use crate::Harness;
use crate::make::{G0, G1, appends, at, bytes, everything, numbered, put, put_by, puts};
use crate::world::{NAME, World, is_refusal, ok, refused};

/// Names that a careless prefix, separator or fold of letters would confuse; sorted.
const NAMES: [&str; 11] = ["0", "A", "a", "a-", "a-b", "a.", "a.0", "a.b", "a0", "a_", "aa"];

pub(crate) fn namespaces_do_not_see_one_another<H: Harness>(world: World<H>) {
    let mut owners: Vec<_> = NAMES.iter().map(|name| world.owner_of(name)).collect();
    for (number, owner) in (1..).zip(&mut owners) {
        assert!(owner.opened.is_new);
        owner.write(G0, everything(number));
        owner.write(G1, appends([number.to_string()]));
    }
    for (number, name) in (1_u64..).zip(NAMES) {
        let handle = world.handle(name);
        let text = bytes(number.to_string());
        let [zero, one] = [handle.dump(G0), handle.dump(G1)];
        assert!(zero.entries.len() == 3 && zero.entries.iter().all(|entry| entry.value == text), "{name}");
        assert_eq!((zero.header.version, zero.header.state), (at(1, 1), text.clone()));
        assert_eq!((one.entries.len(), one.outbox), (0, vec![(0, text)]));
    }
}

pub(crate) fn dropping_one_leaves_the_others<H: Harness>(world: World<H>) {
    for name in NAMES {
        world.owner_of(name).write(G0, everything(1));
    }
    let mut left = NAMES.to_vec();
    for name in ["a", "a.", "aa"] {
        ok(world.handle(name).drop_namespace());
        left.retain(|other| *other != name);
        assert_eq!(world.handle(name).look(), None);
        assert_eq!(world.handle(name).namespaces(), left);
    }
    for name in left {
        let dump = world.handle(name).dump(G0);
        assert_eq!((dump.entries.len(), dump.outbox.len()), (3, 1), "{name}");
    }
}

pub(crate) fn all_namespaces_are_listed_sorted<H: Harness>(world: World<H>) {
    assert!(world.handle("never-opened").namespaces().is_empty());
    let mut made = Vec::new();
    for name in [4, 0, 9, 2, 10, 1, 3, 8, 7, 6, 5].map(|at| NAMES[at]) {
        world.owner_of(name);
        made.push(name);
        made.sort_unstable();
        assert_eq!(world.handle("never-opened").namespaces(), made);
    }
    assert_eq!(made, NAMES);
}

pub(crate) fn a_dropped_namespace_leaves_nothing_behind<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, everything(1));
    owner.write(G1, puts([put_by("a", 1, "x")]));
    ok(owner.handle.amend(0, bytes("amended")));
    ok(owner.handle.drop_namespace());
    ok(owner.handle.drop_namespace());
    assert_eq!(owner.handle.look(), None);
    let opened = ok(owner.handle.open(Fresh { groups: 3, about: bytes("second life") }));
    assert!(opened.is_new);
    assert_eq!((opened.about, opened.about_version), (bytes("second life"), 0));
    assert_eq!(opened.groups.len(), 3);
    for group in [0, 1, 2].map(GroupId) {
        let dump = owner.handle.dump(group);
        assert_eq!((dump.header.version, dump.header.next_outbox), (at(1, 0), 0));
        assert_eq!((dump.entries.len(), dump.due.len(), dump.outbox.len()), (0, 0, 0));
    }
}

pub(crate) fn dropping_one_that_is_not_there_does_nothing<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, everything(1));
    ok(world.handle("nobody").drop_namespace());
    assert_eq!(world.handle("nobody").look(), None);
    owner.write(G0, everything(2));
}

pub(crate) fn whoever_owned_a_dropped_namespace_is_refused<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, everything(1));
    ok(world.handle(NAME).drop_namespace());
    let kind = refused(owner.try_write(G0, everything(2)));
    assert!(is_refusal(kind), "{kind:?}");
    let kind = refused(owner.handle.amend(0, bytes("amended")));
    assert!(is_refusal(kind), "{kind:?}");
    assert_eq!(owner.handle.look(), None, "a refused commit makes nothing");
    let mut new = world.owner();
    let kind = refused(owner.try_write(G0, everything(2)));
    assert_eq!(kind, StoreErrorKind::RolledBack { found: at(1, 0) });
    new.write(G0, everything(3));
    assert_eq!(new.handle.dump(G0).header.state, bytes("3"));
}

pub(crate) fn a_large_namespace_is_dropped_whole<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for part in 0..3_u64 {
        let number = |number| part * 10_000 + number;
        let entry = |at| put_by(numbered(number(at)), number(at).cast_signed(), "x");
        owner.write(G0, puts((0..10_000).map(entry)));
        owner.write(G1, appends((0..5_000).map(|at| at.to_string())));
    }
    ok(world.handle(NAME).drop_namespace());
    let owner = world.owner();
    assert!(owner.opened.is_new);
    for group in [G0, G1] {
        let dump = owner.handle.dump(group);
        assert_eq!((dump.entries.len(), dump.due.len(), dump.outbox.len()), (0, 0, 0));
    }
}

pub(crate) fn amending_replaces_what_it_says_of_itself<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1")]));
    let groups = owner.handle.look().expect("it is there").groups;
    for version in 0..4 {
        let about = bytes(format!("about {version}"));
        ok(owner.handle.amend(version, about.clone()));
        let look = world.handle(NAME).look().expect("it is there");
        assert_eq!((look.about, look.about_version), (about, version + 1));
        assert_eq!(look.groups, groups, "amending touches no group");
    }
    owner.write(G0, Changes::default());
    owner.reopen();
    assert_eq!((&owner.opened.about, owner.opened.about_version), (&bytes("about 3"), 4));
}

pub(crate) fn amending_another_version_is_refused<H: Harness>(world: World<H>) {
    let owner = world.owner();
    ok(owner.handle.amend(0, bytes("first")));
    let found = owner.version(G0);
    let (fenced, rolled_back) = (StoreErrorKind::Fenced { found }, StoreErrorKind::RolledBack { found });
    for (wrong, expected) in [(0, fenced), (2, rolled_back), (u64::MAX, rolled_back)] {
        assert_eq!(refused(owner.handle.amend(wrong, bytes("wrong"))), expected);
    }
    let look = owner.handle.look().expect("it is there");
    assert_eq!((look.about, look.about_version), (bytes("first"), 1));
    let kind = refused(world.handle("nobody").amend(0, bytes("wrong")));
    assert!(is_refusal(kind), "{kind:?}");
    assert_eq!(world.handle("nobody").look(), None);
}

pub(crate) fn of_many_that_amend_at_once_one_succeeds<H: Harness>(world: World<H>) {
    let owner = world.owner();
    for version in 0..10 {
        let amended: Vec<_> = thread::scope(|scope| {
            let amend = |about: u64| {
                let handle = world.handle(NAME);
                move || handle.amend(version, bytes(about.to_string())).map(|()| about).ok()
            };
            let threads: Vec<_> = (0..4).map(|about| scope.spawn(amend(about))).collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("it does not panic")).collect()
        });
        assert_eq!(amended.len(), 1, "round {version}");
        let look = owner.handle.look().expect("it is there");
        assert_eq!((look.about, look.about_version), (bytes(amended[0].to_string()), version + 1));
    }
}

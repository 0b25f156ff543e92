//! Promise 6: creating is one step. A namespace is there with all its groups or not at all. One that is known and lacks the
//! header of a group is corrupt, never new.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use cep_engine::store::{Fresh, StateStore, StoreErrorKind};

use crate::futures::poll_and_drop;
use crate::make::{G0, G1, bytes, everything, fresh};
use crate::world::{NAME, World, namespace, ok, refused};
use crate::{Harness, Ran};

pub(crate) fn a_namespace_is_there_with_all_its_groups_or_not_at_all<H: Harness>(world: World<H>) {
    for round in 0..10 {
        let name = format!("round-{round}");
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                let handle = world.handle(&name);
                while !is_done.load(Ordering::Acquire) {
                    if let Some(look) = handle.look() {
                        assert_eq!((look.groups.len(), look.about), (64, bytes("about")));
                    }
                }
            });
            let opened = world.handle(&name).open(Fresh { groups: 64, about: bytes("about") });
            is_done.store(true, Ordering::Release);
            assert!(ok(opened).is_new);
        });
    }
}

pub(crate) fn of_many_that_open_at_once_one_makes_it<H: Harness>(world: World<H>) {
    for round in 0..5 {
        let name = format!("round-{round}");
        let opened: Vec<_> = thread::scope(|scope| {
            let open = || scope.spawn(|| ok(world.handle(&name).open(fresh())));
            let threads: Vec<_> = (0..4).map(|_| open()).collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
        });
        assert_eq!(opened.iter().filter(|opened| opened.is_new).count(), 1, "{opened:?}");
    }
}

pub(crate) fn a_dropped_creation_is_whole_or_not_there<H: Harness>(world: World<H>) {
    for round in 0..20 {
        let handle = world.handle(&format!("round-{round}"));
        let fresh = Fresh { groups: 16, about: bytes("about") };
        let done = handle.harness.block_on(poll_and_drop(handle.store.open(fresh.clone())));
        let look = handle.look();
        assert!(look.is_some() || done.is_none(), "it was done, and is not there");
        if let Some(look) = look {
            assert_eq!((look.groups.len(), look.about), (16, bytes("about")));
        }
        assert_eq!(ok(handle.open(fresh)).groups.len(), 16);
    }
}

pub(crate) fn a_lost_header_is_corruption_and_never_a_new_group<H: Harness>(world: World<H>) -> Ran {
    let mut owner = world.owner();
    owner.write(G0, everything(1));
    owner.write(G1, everything(1));
    if !world.harness().lose_header(&namespace(NAME), G1) {
        return Ran::Skipped("the harness cannot take a header away");
    }
    assert_eq!(refused(world.handle(NAME).open(fresh())), StoreErrorKind::Corrupt);
    assert_eq!(refused(world.handle(NAME).try_look()), StoreErrorKind::Corrupt);
    let kind = refused(owner.try_write(G1, everything(2)));
    assert!(matches!(kind, StoreErrorKind::Corrupt | StoreErrorKind::RolledBack { .. }), "{kind:?}");
    // And it stays so: the attempt has made nothing.
    assert_eq!(refused(world.handle(NAME).open(fresh())), StoreErrorKind::Corrupt);
    Ran::Passed
}

//! Promise 12: an owner reads only its own. Reading with the version that an owner knows is refused where the group has
//! another owner by now or less than that.

use std::fmt;

use cep_core::time::Timestamp;
use cep_engine::store::{StateStore as _, StoreErrorKind, Version};

use crate::Harness;
use crate::make::{G0, at, bytes, put, puts};
use crate::world::{Handle, World, ok, refused};

/// What each way to read comes to: nothing where it is allowed.
fn answers<H: Harness>(handle: &Handle<'_, H>, owner: Version) -> [Option<StoreErrorKind>; 3] {
    fn kind<T: fmt::Debug>(answer: Result<T, cep_engine::store::StoreError>) -> Option<StoreErrorKind> {
        if answer.is_ok() { None } else { Some(refused(answer)) }
    }
    let (store, owner) = (&handle.store, Some(owner));
    let keys = [bytes("a")];
    [
        kind(handle.harness.block_on(store.load(G0, owner, &keys))),
        kind(handle.harness.block_on(store.due(G0, owner, Timestamp(9), None, 9))),
        kind(handle.harness.block_on(store.scan(G0, owner, b"", None, 9))),
    ]
}

pub(crate) fn an_owner_reads_at_its_version_and_behind_it<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    assert_eq!(answers(&owner.handle, at(1, 0)), [None; 3]);
    owner.write(G0, puts([put("a", "1")]));
    owner.write(G0, puts([put("a", "2")]));
    // Commits on their way may have arrived without the owner's knowing.
    for seq in 0..=2 {
        assert_eq!(answers(&owner.handle, at(1, seq)), [None; 3]);
    }
    let answer = owner.handle.harness.block_on(owner.handle.store.load(G0, Some(at(1, 1)), &[bytes("a")]));
    assert_eq!(ok(answer), [Some(bytes("2"))]);
}

pub(crate) fn an_old_owner_reads_nothing<H: Harness>(world: World<H>) {
    let mut old = world.owner();
    old.write(G0, puts([put("a", "1")]));
    let new = world.owner();
    for seq in [0, 1, 7] {
        let fenced = StoreErrorKind::Fenced { found: at(2, 1) };
        assert_eq!(answers(&old.handle, at(1, seq)), [Some(fenced); 3]);
    }
    assert_eq!(answers(&new.handle, at(2, 1)), [None; 3]);
}

pub(crate) fn an_owner_that_knows_more_is_told_that_the_store_rolled_back<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1")]));
    let rolled_back = StoreErrorKind::RolledBack { found: at(1, 1) };
    for beyond in [at(1, 2), at(2, 0)] {
        assert_eq!(answers(&owner.handle, beyond), [Some(rolled_back); 3]);
    }
}

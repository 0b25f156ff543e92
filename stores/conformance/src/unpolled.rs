//! Promise 13: a future that nobody polls holds up no other.

use std::pin::pin;

use cep_engine::store::{Changes, StateStore as _};

use crate::Harness;
use crate::futures::poll_once;
use crate::make::{G0, G1, bytes, fresh, put, puts};
use crate::world::{World, ok};

/// Were anything held up, this would not come to its end.
pub(crate) fn what_nobody_polls_holds_up_nobody<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G1, puts([put("a", "1")]));
    let (handle, version) = (&owner.handle, owner.version(G0));
    let changes = Changes { outbox: vec!["x".into()], ..puts([put("b", "2")]) };
    let mut commit = pin!(handle.store.commit(G0, version, changes));
    let mut load = pin!(handle.store.load(G0, None, &[]));
    handle.harness.block_on(poll_once(commit.as_mut()));
    handle.harness.block_on(poll_once(load.as_mut()));

    assert_eq!(ok(handle.load(G1, &[bytes("a")])), [Some(bytes("1"))]);
    assert_eq!(handle.scan_all(G1, b"", 9).len(), 1);
    assert!(handle.due_all(G1, i64::MAX, 9).is_empty());
    assert!(ok(handle.outbox(G1, 0, 9)).is_empty());
    assert!(handle.look().is_some());
    ok(handle.trim(G1, owner.version(G1).epoch, 0));
    let expected = owner.version(G1);
    ok(handle.commit(G1, expected, puts([put("a", "3")])));
    ok(handle.load(G0, &[bytes("b")]));
    ok(handle.open(fresh()));
}

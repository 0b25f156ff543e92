//! Promise 2: a commit is fenced. It succeeds only if the group's version is the expected one; then the group's `seq` is one
//! more. Else nothing changes, and the error says which version is there.

use std::thread;

use cep_engine::store::{Changes, StoreErrorKind};

use crate::Harness;
use crate::make::{G0, G1, at, bytes, put, puts};
use crate::world::{NAME, World, ok, refused};

pub(crate) fn a_commit_at_the_expected_version_raises_seq_by_one<H: Harness>(world: World<H>) {
    let owner = world.owner();
    for seq in 0..5 {
        ok(owner.handle.commit(G0, at(1, seq), puts([put("a", seq.to_string())])));
        assert_eq!(owner.handle.dump(G0).header.version, at(1, seq + 1));
    }
}

pub(crate) fn a_commit_that_writes_nothing_raises_seq_as_well<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1")]));
    owner.write(G0, Changes { state: bytes("later"), ..Changes::default() });
    let dump = owner.handle.dump(G0);
    assert_eq!(dump.header.version, at(1, 2));
    assert_eq!(dump.header.state, bytes("later"));
    assert_eq!(owner.handle.get("a"), Some(bytes("1")));
    owner.write(G0, Changes::default());
    let dump = owner.handle.dump(G0);
    assert_eq!((dump.header.version, dump.header.state), (at(1, 3), bytes("")));
}

pub(crate) fn a_commit_of_an_older_epoch_is_fenced<H: Harness>(world: World<H>) {
    let mut old = world.owner();
    old.write(G0, puts([put("a", "old")]));
    let mut new = world.owner();
    assert_eq!(
        refused(old.try_write(G0, puts([put("a", "zombie")]))),
        StoreErrorKind::Fenced { found: at(2, 1) }
    );
    new.write(G0, puts([put("a", "new")]));
    assert_eq!(
        refused(old.try_write(G0, puts([put("a", "zombie")]))),
        StoreErrorKind::Fenced { found: at(2, 2) }
    );
    // A zombie that guesses the right `seq` is one all the same.
    let guess = at(1, 2);
    assert_eq!(
        refused(old.handle.commit(G0, guess, Changes::default())),
        StoreErrorKind::Fenced { found: at(2, 2) }
    );
    assert_eq!(new.handle.get("a"), Some(bytes("new")));
}

pub(crate) fn a_commit_behind_its_own_epoch_is_told_that_the_store_is_ahead<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1")]));
    owner.write(G0, puts([put("a", "2")]));
    for seq in [0, 1] {
        let kind = refused(owner.handle.commit(G0, at(1, seq), puts([put("a", "again")])));
        assert_eq!(kind, StoreErrorKind::Ahead { found: at(1, 2) });
    }
    assert_eq!(owner.handle.get("a"), Some(bytes("2")));
}

pub(crate) fn a_commit_beyond_what_is_there_is_told_that_the_store_rolled_back<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "1")]));
    for beyond in [at(1, 2), at(1, 900), at(2, 0), at(2, 1), at(u64::from(u32::MAX), 1)] {
        let kind = refused(owner.handle.commit(G0, beyond, puts([put("a", "lost")])));
        assert_eq!(kind, StoreErrorKind::RolledBack { found: at(1, 1) });
    }
    assert_eq!(owner.handle.get("a"), Some(bytes("1")));
    owner.write(G0, puts([put("a", "2")]));
}

pub(crate) fn each_group_has_a_version_of_its_own<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    owner.write(G0, puts([put("a", "zero")]));
    owner.write(G0, puts([put("a", "zero")]));
    let kind = refused(owner.handle.commit(G1, at(1, 2), Changes::default()));
    assert_eq!(kind, StoreErrorKind::RolledBack { found: at(1, 0) });
    owner.write(G1, puts([put("a", "one")]));
    let versions: Vec<_> =
        owner.handle.look().expect("it is there").groups.iter().map(|header| header.version).collect();
    assert_eq!(versions, [at(1, 2), at(1, 1)]);
    assert_eq!(ok(owner.handle.load(G0, &[bytes("a")])), [Some(bytes("zero"))]);
    assert_eq!(ok(owner.handle.load(G1, &[bytes("a")])), [Some(bytes("one"))]);
}

pub(crate) fn of_commits_at_one_version_exactly_one_succeeds<H: Harness>(world: World<H>) {
    let owner = world.owner();
    for round in 0..10_u64 {
        let commit = |writer: u64| {
            let handle = world.handle(NAME);
            let changes = puts([put("winner", writer.to_string())]);
            let answer = handle.commit(G0, at(1, round), changes);
            answer.map(|()| writer).map_err(|error| error.kind())
        };
        let answers: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|writer| scope.spawn(move || commit(writer))).collect();
            threads.into_iter().map(|thread| thread.join().expect("it does not panic")).collect()
        });
        let winners: Vec<_> = answers.iter().flatten().collect();
        assert_eq!(winners.len(), 1, "round {round}: {answers:?}");
        let ahead = Err(StoreErrorKind::Ahead { found: at(1, round + 1) });
        assert_eq!(answers.iter().filter(|answer| **answer == ahead).count(), 3, "{answers:?}");
        assert_eq!(owner.handle.get("winner"), Some(bytes(winners[0].to_string())));
    }
}

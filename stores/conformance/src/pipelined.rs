//! Promise 3: commits of a group may be pipelined. They take effect in the order in which their futures are first polled;
//! once one failed, those behind it fail, as each expects the version that the one before it makes.

use bytes::Bytes;
use cep_engine::store::{Changes, GroupId, StateStore, StoreErrorKind, Version};

use crate::Harness;
use crate::futures::{all, all_by, poll_once};
use crate::make::{G0, G1, appends, at, bytes, put};
use crate::world::{NAME, Owner, World, is_refusal, ok, refused};

/// Commit number `seq` of epoch 1 in a chain.
fn link(group: GroupId, seq: u64) -> (GroupId, Version, Changes) {
    let text = seq.to_string();
    let mut changes = appends([&text]);
    changes.puts = vec![put("latest", &text), put(format!("only-{text}"), &text)];
    changes.first_outbox = seq;
    (group, at(1, seq), changes)
}

/// An owner of a new namespace, whose outboxes count from 0.
fn first_owner<H: Harness>(world: &World<H>) -> Owner<'_, H> {
    let owner = world.owner();
    assert_eq!(owner.opened.groups[0].next_outbox, 0, "outboxes count from 0");
    owner
}

/// Group 0 has exactly the first `done` links of the chain.
#[track_caller]
fn has_links<H: Harness>(world: &World<H>, done: u64) {
    let dump = world.handle(NAME).dump(G0);
    assert_eq!(dump.header.version.seq, done);
    let expected: Vec<_> = (0..done).map(|seq| (seq, bytes(seq.to_string()))).collect();
    assert_eq!(dump.outbox, expected);
    assert_eq!(dump.entries.len() as u64, if done == 0 { 0 } else { done + 1 });
    let latest = done.checked_sub(1).map(|seq| bytes(seq.to_string()));
    assert_eq!(world.handle(NAME).get("latest"), latest);
}

pub(crate) fn commits_in_flight_together_all_succeed_in_order<H: Harness>(world: World<H>) {
    let owner = first_owner(&world);
    let answers = owner.handle.commit_all((0..100).map(|seq| link(G0, seq)).collect());
    answers.into_iter().for_each(ok);
    has_links(&world, 100);
}

pub(crate) fn the_order_of_the_first_polls_counts_and_not_that_of_the_calls<H: Harness>(world: World<H>) {
    let owner = first_owner(&world);
    let commit = |(group, expected, changes)| owner.handle.store.commit(group, expected, changes);
    let futures = [2, 0, 3, 1].map(|seq| commit(link(G0, seq))).into();
    let answers = owner.handle.harness.block_on(all_by(&[1, 3, 0, 2], futures));
    answers.into_iter().for_each(ok);
    has_links(&world, 4);
}

pub(crate) fn commits_polled_out_of_order_are_refused<H: Harness>(world: World<H>) {
    let owner = first_owner(&world);
    let answers = owner.handle.commit_all(vec![link(G0, 1), link(G0, 0), link(G0, 1)]);
    let kinds: Vec<_> = answers.into_iter().map(|answer| answer.err().map(|error| error.kind())).collect();
    assert_eq!(kinds, [Some(StoreErrorKind::RolledBack { found: at(1, 0) }), None, None]);
    has_links(&world, 2);
}

/// Four links of which the third is spoilt: two are done.
fn with_a_bad_third<H: Harness>(world: World<H>, spoil: impl Fn(&mut Version, &mut Changes)) {
    let owner = first_owner(&world);
    let mut links: Vec<_> = (0..6).map(|seq| link(G0, seq)).collect();
    let (_, expected, changes) = &mut links[2];
    spoil(expected, changes);
    let mut answers = owner.handle.commit_all(links).into_iter();
    ok(answers.next().expect("six answers"));
    ok(answers.next().expect("six answers"));
    for answer in answers {
        let kind = refused(answer);
        assert!(is_refusal(kind), "{kind:?}");
    }
    has_links(&world, 2);
    ok(owner.handle.commit(G0, at(1, 2), link(G0, 2).2));
    has_links(&world, 3);
}

pub(crate) fn those_behind_a_fenced_one_fail<H: Harness>(world: World<H>) {
    with_a_bad_third(world, |expected, _| expected.epoch = 0);
}

pub(crate) fn those_behind_one_with_a_wrong_seq_fail<H: Harness>(world: World<H>) {
    with_a_bad_third(world, |expected, _| expected.seq = 7);
}

pub(crate) fn those_behind_one_with_a_wrong_outbox_number_fail<H: Harness>(world: World<H>) {
    with_a_bad_third(world, |_, changes| changes.first_outbox = 1);
}

pub(crate) fn those_behind_one_with_too_long_a_key_fail<H: Harness>(world: World<H>) {
    let too_long = || bytes(vec![b'k'; cep_engine::store::MOST_KEY + 1]);
    with_a_bad_third(world, |_, changes| changes.deletes.push(too_long()));
}

pub(crate) fn groups_are_pipelined_side_by_side<H: Harness>(world: World<H>) {
    let owner = first_owner(&world);
    let links = (0..20).flat_map(|seq| [link(G0, seq), link(G1, seq)]);
    let mut links: Vec<_> = links.collect();
    // One chain breaks; the other does not know.
    links[21].1.epoch = 0;
    let answers = owner.handle.commit_all(links);
    let failed: Vec<_> =
        answers.iter().enumerate().filter(|(_, answer)| answer.is_err()).map(|(at, _)| at).collect();
    assert_eq!(failed, (10..20).map(|seq| 2 * seq + 1).collect::<Vec<_>>());
    has_links(&world, 20);
    assert_eq!(owner.handle.dump(G1).header.version, at(1, 10));
}

/// A chain of two owners: whoever opened later gets all of its commits in, the other none after that.
pub(crate) fn a_chain_that_meets_an_opening_is_cut_at_one_place<H: Harness>(world: World<H>) {
    let owner = first_owner(&world);
    let other = world.handle(NAME);
    let (answers, opened) = owner.handle.harness.block_on(async {
        let commit = |(group, expected, changes)| owner.handle.store.commit(group, expected, changes);
        let mut chain = Box::pin(all((0..40).map(|seq| commit(link(G0, seq))).collect()));
        let early = poll_once(chain.as_mut()).await;
        let opened = other.store.open(crate::make::fresh()).await;
        let answers = match early {
            Some(answers) => answers,
            None => chain.await,
        };
        (answers, ok(opened))
    });
    let done = answers.iter().take_while(|answer| answer.is_ok()).count() as u64;
    assert!(answers.iter().skip_while(|answer| answer.is_ok()).all(Result::is_err), "{answers:?}");
    assert_eq!(opened.groups[0].version, at(2, done));
    has_links(&world, done);
}

pub(crate) fn loads_may_be_in_flight_with_commits<H: Harness>(world: World<H>) {
    let owner = first_owner(&world);
    ok(owner.handle.commit(G0, at(1, 0), link(G0, 0).2));
    let keys: Vec<Bytes> = vec![bytes("latest"), bytes("only-0")];
    let store = &owner.handle.store;
    let (answers, loads) = owner.handle.harness.block_on(async {
        let commit = |(group, expected, changes)| store.commit(group, expected, changes);
        let commits = all((1..30).map(|seq| commit(link(G0, seq))).collect());
        let loads = all((0..30).map(|_| store.load(G0, None, &keys)).collect());
        beside(commits, loads).await
    });
    answers.into_iter().for_each(ok);
    for values in loads.into_iter().map(ok) {
        assert_eq!(values.len(), 2);
        assert_eq!(values[1], Some(bytes("0")));
    }
    has_links(&world, 30);
}

/// Both to their ends, side by side.
async fn beside<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    enum Either<A, B> {
        A(A),
        B(B),
    }
    type Boxed<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + 'a>>;
    let a: Boxed<'_, _> = Box::pin(async { Either::A(a.await) });
    let b: Boxed<'_, _> = Box::pin(async { Either::B(b.await) });
    let mut both = all(vec![a, b]).await;
    match (both.pop(), both.pop()) {
        (Some(Either::B(b)), Some(Either::A(a))) => (a, b),
        _ => unreachable!("outputs stand as their futures do"),
    }
}

//! Promise 9: a dropped future has an unknown end. What it was to do is done whole, or not at all, now or later; it never
//! comes behind an `open` that was polled after the drop completed.

use cep_engine::store::{StateStore, Version};

use crate::Harness;
use crate::futures::{poll_and_drop, poll_once};
use crate::make::{G0, appends, bytes, everything, fresh, put, puts};
use crate::world::{NAME, Owner, World, ok};

/// How often each is tried; even rounds drop at once, odd ones after a load in between.
const ROUNDS: u64 = 30;

/// Polls a future once, drops it, and says whether it had ended well.
fn drop_it<H: Harness, T>(
    owner: &Owner<'_, H>,
    round: u64,
    future: impl Future<Output = Result<T, cep_engine::store::StoreError>>,
) -> bool {
    owner.handle.harness.block_on(async {
        if round.is_multiple_of(2) {
            return poll_and_drop(future).await.map(ok).is_some();
        }
        let mut future = Box::pin(future);
        let output = poll_once(future.as_mut()).await;
        // Whatever it answers: the namespace may be gone by now.
        let _answer = owner.handle.store.load(G0, None, &[bytes("a")]).await;
        drop(future);
        output.map(ok).is_some()
    })
}

/// A commit of `everything(round)` that is dropped: after opening it is there whole or not at all, and stays so.
pub(crate) fn a_dropped_commit_is_whole_or_not_there<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for round in 0..ROUNDS {
        let before = owner.handle.dump(G0);
        let changes = owner.number(G0, everything(1_000 + round));
        let version = owner.version(G0);
        let is_done = drop_it(&owner, round, owner.handle.store.commit(G0, version, changes));
        owner.reopen();
        let after = owner.handle.dump(G0);
        assert_eq!(after.header, owner.opened.groups[0]);
        let landed = owner.version(G0).seq == version.seq + 1;
        assert!(landed || !is_done, "it was done, and is not there");
        if landed {
            assert_eq!(after.header.state, bytes((1_000 + round).to_string()));
            assert_eq!(after.outbox.len(), before.outbox.len() + 1);
            assert_eq!(owner.handle.get("c"), Some(after.header.state.clone()));
        } else {
            assert_eq!(owner.version(G0).seq, version.seq);
            assert_eq!((&after.entries, &after.outbox), (&before.entries, &before.outbox));
        }
        owner.write(G0, puts([put("between", round.to_string())]));
        assert_eq!(owner.handle.dump(G0).outbox, after.outbox, "the dropped commit came later");
    }
}

/// The same, opened through another handle.
pub(crate) fn a_dropped_commit_never_comes_behind_the_opening_of_another<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for round in 0..ROUNDS {
        let changes = owner.number(G0, everything(round));
        let version = owner.version(G0);
        drop_it(&owner, round, owner.handle.store.commit(G0, version, changes));
        let mut next = world.owner();
        let opened = next.handle.dump(G0);
        assert_eq!(opened.header, next.opened.groups[0]);
        for _ in 0..3 {
            assert_eq!(next.handle.dump(G0), opened, "the dropped commit came later");
        }
        next.write(G0, puts([put("between", "x")]));
        owner = next;
    }
}

/// Five in flight, the third dropped: the first ones are there, in order, and nothing comes later.
pub(crate) fn a_commit_dropped_in_a_pipeline_leaves_a_beginning_of_it<H: Harness>(world: World<H>) {
    for round in 0..ROUNDS {
        let owner = world.owner();
        let begin = owner.opened.groups[0].clone();
        let link = |number: u64| {
            let mut changes = appends([number.to_string()]);
            changes.first_outbox = begin.next_outbox + number;
            let expected = Version { seq: begin.version.seq + number, ..begin.version };
            owner.handle.store.commit(G0, expected, changes)
        };
        let drop_at = usize::try_from(round % 5).expect("below 5");
        let answers = owner.handle.harness.block_on(async {
            let mut futures: Vec<_> = (0..5).map(|number| Some(Box::pin(link(number)))).collect();
            let mut outputs = Vec::new();
            for future in futures.iter_mut().flatten() {
                outputs.push(poll_once(future.as_mut()).await);
            }
            futures[drop_at] = None;
            for (future, output) in futures.into_iter().zip(&mut outputs) {
                if let (Some(future), None) = (future, &output) {
                    *output = Some(future.await);
                }
            }
            outputs
        });
        let opened = ok(owner.handle.open(fresh()));
        let done = opened.groups[0].version.seq - begin.version.seq;
        for (number, answer) in (0..).zip(&answers) {
            match answer {
                Some(answer) => assert_eq!(answer.is_ok(), number < done, "{number} of {done}: {answer:?}"),
                None => assert_eq!(usize::try_from(number).ok(), Some(drop_at)),
            }
        }
        let outbox = owner.handle.dump(G0).outbox;
        assert_eq!(opened.groups[0].next_outbox, begin.next_outbox + done);
        let expected: Vec<_> =
            (0..done).map(|number| (begin.next_outbox + number, bytes(number.to_string()))).collect();
        assert_eq!(ok(owner.handle.outbox(G0, begin.next_outbox, 10)), expected);
        assert_eq!(owner.handle.dump(G0).outbox, outbox);
    }
}

pub(crate) fn a_dropped_opening_never_fences_a_later_one<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for round in 0..ROUNDS {
        drop_it(&owner, round, owner.handle.store.open(fresh()));
        owner.reopen();
        for number in 0..3 {
            owner.write(G0, puts([put("a", number.to_string())]));
            assert_eq!(owner.handle.look().expect("it is there").groups[0].version, owner.version(G0));
        }
    }
}

pub(crate) fn a_dropped_trim_never_comes_behind_a_later_opening<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for round in 0..ROUNDS {
        owner.write(G0, appends(["one", "two", "three"]));
        let below = owner.opened.groups[0].next_outbox - 1;
        let epoch = owner.version(G0).epoch;
        let is_done = drop_it(&owner, round, owner.handle.store.trim(G0, epoch, below));
        owner.reopen();
        let first = owner.opened.groups[0].first_outbox;
        assert!(first == below || !is_done, "it was done, and is not there");
        for _ in 0..2 {
            assert_eq!(owner.handle.dump(G0).header.first_outbox, first, "the dropped trim came later");
        }
    }
}

pub(crate) fn a_dropped_amendment_never_comes_behind_a_later_opening<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for round in 0..ROUNDS {
        let (version, text) = (owner.opened.about_version, bytes(format!("about-{round}")));
        let is_done = drop_it(&owner, round, owner.handle.store.amend(version, text.clone()));
        let before = owner.opened.about.clone();
        owner.reopen();
        let landed = owner.opened.about_version == version + 1;
        assert!(landed || !is_done, "it was done, and is not there");
        assert_eq!(owner.opened.about, if landed { text } else { before });
        for _ in 0..2 {
            let look = owner.handle.look().expect("it is there");
            assert_eq!(look.about_version, owner.opened.about_version, "the dropped amendment came later");
        }
    }
}

pub(crate) fn a_dropped_removal_never_comes_behind_a_later_opening<H: Harness>(world: World<H>) {
    let mut owner = world.owner();
    for round in 0..ROUNDS {
        owner.write(G0, puts([put("a", "x")]));
        let version = owner.version(G0);
        let is_done = drop_it(&owner, round, owner.handle.store.drop_namespace());
        owner.reopen();
        assert!(owner.opened.is_new || !is_done, "it was done, and the namespace is there");
        let expected = if owner.opened.is_new { 0 } else { version.seq };
        assert_eq!(owner.version(G0).seq, expected);
        for number in 0..3 {
            owner.write(G0, puts([put("b", number.to_string())]));
        }
        let has_a = owner.handle.get("a").is_some();
        assert_eq!(has_a, !owner.opened.is_new);
        assert!(world.handle(NAME).look().is_some());
    }
}

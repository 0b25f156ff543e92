//! Kills, roll-backs, owners that do not know that they are none any more, and connections that break, stall and come late.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use cep_engine::store::{GroupId, Header, StateStore, StoreError, StoreErrorKind, Version};
use cep_redis_testkit::{Gate, Proxy, Rule, Server};
use cep_store_redis::{RedisOptions, RedisStore};
use futures_util::future::join_all;

use crate::support::random::Random;
use crate::support::{fresh, model, namespace, run, store};

const G0: GroupId = GroupId(0);

fn at(epoch: u64, seq: u64) -> Version {
    Version { epoch, seq }
}

/// Opens a namespace of one group.
async fn open(store: &RedisStore) -> Header {
    store.open(fresh(1)).await.unwrap().groups.remove(0)
}

/// Commits the next `count` of the model, all in flight together.
async fn commit_on(store: &RedisStore, from: Version, count: u64) -> Vec<Result<(), StoreError>> {
    let commit = |ahead: u64| {
        let seq = from.seq + ahead;
        store.commit(G0, at(from.epoch, seq), model::changes(seq))
    };
    join_all((0..count).map(commit)).await
}

/// How many of a chain of commits were acknowledged; those behind the first failed one have failed as well.
fn acknowledged(answers: &[Result<(), StoreError>]) -> u64 {
    let done = answers.iter().take_while(|answer| answer.is_ok()).count();
    assert!(answers[done..].iter().all(Result::is_err), "{answers:?}");
    done as u64
}

#[test]
fn who_polls_nothing_while_the_connection_is_made_again_holds_up_nobody() {
    let server = Server::start();
    let proxy = Proxy::before(server.port);
    run(async {
        let store = store(&proxy.url()).await;
        let version = open(&store).await.version;
        // Slow, so that there is time to stop polling in the middle of it.
        proxy.set(Rule { delay: Some(Duration::from_millis(30)), ..Rule::default() });
        server.call(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        while store.look().await.is_err() {}
        server.call(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut commits: Vec<_> = (0..3)
            .map(|ahead| Box::pin(store.commit(G0, at(version.epoch, ahead), model::changes(ahead))))
            .collect();
        for commit in &mut commits {
            assert!(poll_fn(|context| Poll::Ready(commit.as_mut().poll(context))).await.is_pending());
        }
        let load = tokio::time::timeout(Duration::from_secs(20), store.load(G0, None, &["a".into()])).await;
        assert!(load.is_ok(), "it waits for what nobody polls");
        // And they have gone out in their order.
        for commit in commits {
            commit.await.unwrap();
        }
    });
}

#[test]
fn a_killed_server_loses_nothing_that_was_acknowledged_and_halves_no_commit() {
    let mut server = Server::with(&["appendfsync", "always"]);
    let mut random = Random::new(1);
    let mut known = 0;
    for round in 0..20 {
        let killed_after = Duration::from_micros(random.below(60_000));
        run(async {
            let store = store(&server.url()).await;
            let header = open(&store).await;
            assert!(header.version.seq >= known, "round {round}: {known} were acknowledged, {header:?}");
            model::is_whole(&store, G0, &header).await;
            known = header.version.seq;
            let commits = async {
                let mut acknowledged_in_all = 0;
                loop {
                    let from = at(header.version.epoch, known + acknowledged_in_all);
                    let answers = commit_on(&store, from, 8).await;
                    let done = acknowledged(&answers);
                    acknowledged_in_all += done;
                    if done < 8 {
                        return acknowledged_in_all;
                    }
                }
            };
            let kill = async {
                tokio::time::sleep(killed_after).await;
                server.kill();
            };
            let (done, ()) = futures_util::future::join(commits, kill).await;
            known += done;
        });
        server.start_again();
    }
    assert!(known > 100, "hardly anything was committed: {known}");
}

#[test]
fn a_server_that_comes_back_with_older_data_has_rolled_back() {
    let mut server = Server::start();
    run(async {
        let store = store(&server.url()).await;
        let epoch = open(&store).await.version.epoch;
        assert_eq!(acknowledged(&commit_on(&store, at(epoch, 0), 5).await), 5);
        server.stop();
        let copy = server.folder.copy();
        server.start_again();
        assert_eq!(acknowledged(&commit_on(&store, at(epoch, 5), 5).await), 5);
        server.stop();
        server.folder.replace_by(&copy);
        server.start_again();
        let error = commit_on(&store, at(epoch, 10), 1).await.remove(0).expect_err("it rolled back");
        assert_eq!(error.kind(), StoreErrorKind::RolledBack { found: at(epoch, 5) });
        let header = open(&store).await;
        assert_eq!(header.version, at(epoch + 1, 5));
        model::is_whole(&store, G0, &header).await;
        assert_eq!(acknowledged(&commit_on(&store, header.version, 5).await), 5);
    });
}

#[test]
fn of_two_owners_the_older_is_fenced() {
    let server = Server::start();
    run(async {
        let (old, new) = (store(&server.url()).await, store(&server.url()).await);
        open(&old).await;
        assert_eq!(acknowledged(&commit_on(&old, at(1, 0), 3).await), 3);
        assert_eq!(open(&new).await.version, at(2, 3));
        let kind = |answer: Result<(), StoreError>| answer.expect_err("it is fenced").kind();
        for answer in commit_on(&old, at(1, 3), 3).await {
            assert_eq!(kind(answer), StoreErrorKind::Fenced { found: at(2, 3) });
        }
        assert_eq!(kind(old.trim(G0, 1, 1).await), StoreErrorKind::Fenced { found: at(2, 3) });
        assert_eq!(acknowledged(&commit_on(&new, at(2, 3), 3).await), 3);
        let header = new.look().await.unwrap().unwrap().groups.remove(0);
        model::is_whole(&new, G0, &header).await;
    });
}

/// What happens on the next connection.
fn rule(random: &mut Random) -> Rule {
    let mut bytes = |of: u64| Some(usize::try_from(random.below(of)).unwrap());
    // A commit has some 3 KiB, its answer some bytes.
    let mut rule = match bytes(3).unwrap() {
        0 => Rule { cut_up: bytes(60_000), ..Rule::default() },
        1 => Rule { cut_down: bytes(6_000), ..Rule::default() },
        _ => Rule { swallow_down: bytes(6_000), ..Rule::default() },
    };
    rule.delay = (random.below(4) == 0).then_some(Duration::from_millis(1));
    rule
}

#[test]
fn whatever_a_connection_does_each_commit_is_whole_or_not_there() {
    let server = Server::start();
    let proxy = Proxy::before(server.port);
    let options = RedisOptions {
        connect_timeout: Duration::from_millis(100),
        answer_timeout: Duration::from_millis(100),
        ..RedisOptions::default()
    };
    let (mut errors, mut random) = (0, Random::new(2));
    run(async {
        let behind = store(&server.url()).await;
        let mut known = 0;
        for round in 0..60 {
            proxy.set(rule(&mut random));
            let url = proxy.url();
            if let Ok(store) = RedisStore::connect(&url, namespace("fraud"), &options).await
                && let Ok(opened) = store.open(fresh(1)).await
            {
                let version = opened.groups[0].version;
                let answers = commit_on(&store, version, 6).await;
                known = version.seq + acknowledged(&answers);
                let kinds = answers.into_iter().filter_map(Result::err).map(|error| error.kind());
                for kind in kinds {
                    errors += 1;
                    // Those behind one that did not arrive may arrive over a new connection, and are refused there.
                    let is_expected = matches!(
                        kind,
                        StoreErrorKind::Unknown
                            | StoreErrorKind::Unavailable
                            | StoreErrorKind::RolledBack { .. }
                    );
                    assert!(is_expected, "round {round}: {kind:?}");
                }
            }
            let header = open(&behind).await;
            assert!(header.version.seq >= known, "round {round}: {known} acknowledged, {header:?}");
            model::is_whole(&behind, G0, &header).await;
            // And nothing comes later.
            thread::sleep(Duration::from_millis(3));
            let later = behind.look().await.unwrap().unwrap().groups.remove(0);
            assert_eq!(later, header, "round {round}");
            known = header.version.seq;
        }
        assert!(known > 20 && errors > 20, "{known} commits and {errors} errors: hardly a test");
    });
}

/// A script that is on its way while its sender has given up, and arrives after the next opening.
#[test]
fn what_arrives_late_over_an_old_connection_changes_nothing() {
    let server = Server::start();
    let proxy = Proxy::before(server.port);
    let options = RedisOptions { answer_timeout: Duration::from_millis(100), ..RedisOptions::default() };
    run(async {
        let gate = Gate::open();
        proxy.set(Rule { gate_up: Some(Arc::clone(&gate)), ..Rule::default() });
        let store = RedisStore::connect(&proxy.url(), namespace("fraud"), &options).await.unwrap();
        let version = open(&store).await.version;
        assert_eq!(acknowledged(&commit_on(&store, version, 2).await), 2);
        // The connections to come are not held back.
        proxy.set(Rule::default());
        gate.close_after(0);
        let late = commit_on(&store, at(1, 2), 3).await;
        assert_eq!(acknowledged(&late), 0);
        let unknown =
            late.into_iter().all(|answer| answer.is_err_and(|e| e.kind() == StoreErrorKind::Unknown));
        assert!(unknown);
        let header = open(&store).await;
        assert_eq!(header.version, at(2, 2));
        gate.reopen();
        for _ in 0..20 {
            thread::sleep(Duration::from_millis(5));
            let now = store.look().await.unwrap().unwrap().groups.remove(0);
            assert_eq!(now, header, "a commit came behind an opening");
        }
        model::is_whole(&store, G0, &header).await;
        assert_eq!(acknowledged(&commit_on(&store, header.version, 3).await), 3);
    });
}

/// The same where the namespace has been dropped and made again, so that the version is the same as before.
#[test]
fn what_arrives_late_from_an_earlier_life_changes_nothing() {
    let server = Server::start();
    let proxy = Proxy::before(server.port);
    let options = RedisOptions { answer_timeout: Duration::from_millis(100), ..RedisOptions::default() };
    run(async {
        let gate = Gate::open();
        proxy.set(Rule { gate_up: Some(Arc::clone(&gate)), ..Rule::default() });
        let slow = RedisStore::connect(&proxy.url(), namespace("fraud"), &options).await.unwrap();
        open(&slow).await;
        gate.close_after(0);
        let late = slow.commit(G0, at(1, 0), model::changes(0)).await.unwrap_err();
        assert_eq!(late.kind(), StoreErrorKind::Unknown);
        let owner = store(&server.url()).await;
        owner.drop_namespace().await.unwrap();
        assert_eq!(open(&owner).await.version, at(1, 0));
        gate.reopen();
        thread::sleep(Duration::from_millis(50));
        assert_eq!(owner.look().await.unwrap().unwrap().groups[0].version, at(1, 0));
        assert_eq!(acknowledged(&commit_on(&owner, at(1, 0), 3).await), 3);
    });
}

/// The same of an opening (0), a removal (1) and an amendment (2), stopped after so many bytes and so in each of their steps.
/// Whether it was stopped.
async fn comes_late(server: &Server, what: u32, after: usize) -> bool {
    let proxy = Proxy::before(server.port);
    let options = RedisOptions { answer_timeout: Duration::from_millis(60), ..RedisOptions::default() };
    let gate = Gate::open();
    proxy.set(Rule { gate_up: Some(Arc::clone(&gate)), ..Rule::default() });
    let slow = RedisStore::connect(&proxy.url(), namespace("fraud"), &options).await.unwrap();
    let opened = slow.open(fresh(2)).await.unwrap();
    gate.close_after(after);
    let gave_up = match what {
        0 => slow.open(fresh(2)).await.map(drop),
        1 => slow.drop_namespace().await,
        _ => slow.amend(opened.about_version, "late".into()).await,
    };
    let owner = store(&server.url()).await;
    let header = owner.open(fresh(2)).await.unwrap().groups.remove(0);
    assert_eq!(acknowledged(&commit_on(&owner, header.version, 2).await), 2);
    let before = owner.look().await.unwrap();
    gate.reopen();
    for _ in 0..6 {
        thread::sleep(Duration::from_millis(5));
        assert_eq!(owner.look().await.unwrap(), before, "{what} stopped after {after} bytes came late");
    }
    let version = before.unwrap().groups[0].version;
    assert_eq!(acknowledged(&commit_on(&owner, version, 2).await), 2);
    gave_up.is_err()
}

#[test]
fn late_openings_removals_and_amendments_change_nothing() {
    let server = Server::start();
    for (what, most) in [(0, 3_000), (1, 4_000), (2, 800)] {
        let stopped = (0..most).step_by(100).filter(|after| run(comes_late(&server, what, *after))).count();
        assert!(stopped > most / 250, "{what} was stopped {stopped} times: hardly a test");
    }
}

#[test]
fn a_dropped_commit_that_waits_for_a_connection_is_not_sent_later() {
    let mut server = Server::start();
    run(async {
        let store = store(&server.url()).await;
        open(&store).await;
        server.kill();
        drop(tokio::time::timeout(Duration::from_micros(1), commit_on(&store, at(1, 0), 3)).await);
        server.start_again();
        let header = open(&store).await;
        assert_eq!(header.version.seq, 0);
        assert_eq!(acknowledged(&commit_on(&store, header.version, 3).await), 3);
    });
}

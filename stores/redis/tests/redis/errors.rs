//! Errors while a store is in use, each from a real server: of the right kind, nothing done, and well again afterwards.

use std::thread;
use std::time::Duration;

use bytes::Bytes;
use cep_core::time::Timestamp;
use cep_engine::store::{Changes, GroupId, Opened, Put, StateStore, StoreError, StoreErrorKind, Version};
use cep_redis_testkit::Server;
use cep_store_redis::{RedisOptions, RedisStore};

use crate::support::{fresh, model, namespace, run, store};

const G0: GroupId = GroupId(0);

fn at(epoch: u64, seq: u64) -> Version {
    Version { epoch, seq }
}

async fn opened(server: &Server) -> RedisStore {
    let store = store(&server.url()).await;
    store.open(fresh(1)).await.unwrap();
    store
}

async fn look(store: &RedisStore) -> Opened {
    store.look().await.unwrap().unwrap()
}

#[track_caller]
fn is<T: std::fmt::Debug>(answer: Result<T, StoreError>, kind: StoreErrorKind) {
    let error = answer.expect_err("it fails");
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(error.help().is_some(), "no help with: {error}");
}

#[test]
fn a_full_server_refuses_and_goes_on_once_there_is_room() {
    let server = Server::start();
    run(async {
        let store = opened(&server).await;
        store.commit(G0, at(1, 0), model::changes(0)).await.unwrap();
        server.call(&["CONFIG", "SET", "maxmemory", "1mb"]);
        for _ in 0..2 {
            is(store.commit(G0, at(1, 1), model::changes(1)).await, StoreErrorKind::Full);
        }
        model::is_whole(&store, G0, &look(&store).await.groups[0]).await;
        // What makes room works.
        store.trim(G0, 1, 1).await.unwrap();
        store.open(fresh(1)).await.unwrap();
        server.call(&["CONFIG", "SET", "maxmemory", "0"]);
        store.commit(G0, at(2, 1), model::changes(1)).await.unwrap();
        server.call(&["CONFIG", "SET", "maxmemory", "1mb"]);
        store.drop_namespace().await.unwrap();
    });
}

#[test]
fn scripts_that_the_server_forgot_are_sent_again() {
    let server = Server::start();
    run(async {
        let store = opened(&server).await;
        for seq in 0..10 {
            server.call(&["SCRIPT", "FLUSH"]);
            store.commit(G0, at(1, seq), model::changes(seq)).await.unwrap();
            server.call(&["SCRIPT", "FLUSH"]);
            model::is_whole(&store, G0, &look(&store).await.groups[0]).await;
        }
    });
}

#[test]
fn something_else_under_our_keys_is_corruption_and_changes_nothing() {
    for key in ["h", "v", "d", "o", "s"] {
        let server = Server::start();
        run(async {
            let store = opened(&server).await;
            store.commit(G0, at(1, 0), model::changes(0)).await.unwrap();
            let key = format!("cep:{{fraud:0}}:{key}");
            let before = server.try_call(&["DUMP", "cep:{fraud:0}:v"]).unwrap();
            server.call(&["SET", &key, "foreign"]);
            is(store.commit(G0, at(1, 1), model::changes(1)).await, StoreErrorKind::Corrupt);
            if !key.ends_with('v') {
                assert_eq!(server.try_call(&["DUMP", "cep:{fraud:0}:v"]).unwrap(), before);
            }
        });
    }
}

#[test]
fn reading_what_somebody_else_wrote_is_corruption() {
    let server = Server::start();
    run(async {
        let store = opened(&server).await;
        store.commit(G0, at(1, 0), model::changes(0)).await.unwrap();
        for key in ["h", "v", "d", "o"] {
            server.call(&["SET", &format!("cep:{{fraud:0}}:{key}"), "foreign"]);
        }
        is(store.load(G0, None, &["a".into()]).await, StoreErrorKind::Corrupt);
        is(store.scan(G0, None, b"", None, 10).await, StoreErrorKind::Corrupt);
        is(store.due(G0, None, Timestamp(9), None, 10).await, StoreErrorKind::Corrupt);
        is(store.outbox(G0, 0, 10).await, StoreErrorKind::Corrupt);
        is(store.trim(G0, 1, 1).await, StoreErrorKind::Corrupt);
        is(store.look().await, StoreErrorKind::Corrupt);
        is(store.open(fresh(1)).await, StoreErrorKind::Corrupt);
        server.call(&["SET", "cep:{fraud}", "foreign"]);
        is(store.look().await, StoreErrorKind::Corrupt);
        server.call(&["DEL", "cep:{fraud}"]);
        server.call(&["HSET", "cep:{fraud}", "foreign", "field"]);
        is(store.open(fresh(1)).await, StoreErrorKind::Corrupt);
    });
}

#[test]
fn a_newer_format_is_incompatible() {
    let server = Server::start();
    run(async {
        let store = opened(&server).await;
        server.call(&["HSET", "cep:{fraud:0}:h", "f", "2"]);
        is(store.open(fresh(1)).await, StoreErrorKind::Incompatible);
        is(store.look().await, StoreErrorKind::Incompatible);
        server.call(&["HSET", "cep:{fraud:0}:h", "f", "1"]);
        server.call(&["HSET", "cep:{fraud}", "f", "2"]);
        is(store.open(fresh(1)).await, StoreErrorKind::Incompatible);
        is(store.look().await, StoreErrorKind::Incompatible);
        is(store.drop_namespace().await, StoreErrorKind::Incompatible);
    });
}

#[test]
fn a_missing_header_is_corruption_and_is_not_made_again() {
    let server = Server::start();
    run(async {
        let store = opened(&server).await;
        server.call(&["DEL", "cep:{fraud:0}:h"]);
        is(store.open(fresh(1)).await, StoreErrorKind::Corrupt);
        is(store.look().await, StoreErrorKind::Corrupt);
        is(store.commit(G0, at(1, 0), model::changes(0)).await, StoreErrorKind::Corrupt);
        is(store.outbox(G0, 0, 1).await, StoreErrorKind::Corrupt);
        is(store.open(fresh(1)).await, StoreErrorKind::Corrupt);
        // What can be done about it.
        store.drop_namespace().await.unwrap();
        assert!(store.open(fresh(1)).await.unwrap().is_new);
    });
}

#[test]
fn a_server_that_lost_everything_has_rolled_back() {
    let server = Server::start();
    run(async {
        let store = opened(&server).await;
        store.commit(G0, at(1, 0), model::changes(0)).await.unwrap();
        server.call(&["FLUSHALL"]);
        for _ in 0..2 {
            let error = store.commit(G0, at(1, 1), model::changes(1)).await.expect_err("it is gone");
            assert_eq!(error.kind(), StoreErrorKind::RolledBack { found: at(0, 0) });
        }
        assert!(store.open(fresh(1)).await.unwrap().is_new);
    });
}

#[test]
fn a_user_who_loses_a_permission_commits_nothing_by_halves() {
    let server = Server::start();
    server.call(&["ACL", "SETUSER", "cep", "on", "nopass", "~*", "+@all"]);
    run(async {
        let url = format!("redis://cep:x@127.0.0.1:{}", server.port);
        let store = store(&url).await;
        store.open(fresh(1)).await.unwrap();
        store.commit(G0, at(1, 0), model::changes(0)).await.unwrap();
        for command in ["hset", "hdel", "zadd", "zrem", "rpush"] {
            server.call(&["ACL", "SETUSER", "cep", &format!("-{command}")]);
            is(store.commit(G0, at(1, 1), model::changes(1)).await, StoreErrorKind::Setup);
            server.call(&["ACL", "SETUSER", "cep", &format!("+{command}")]);
            model::is_whole(&store, G0, &look(&store).await.groups[0]).await;
        }
        server.call(&["ACL", "SETUSER", "cep", "-ltrim"]);
        is(store.trim(G0, 1, 1).await, StoreErrorKind::Setup);
        store.commit(G0, at(1, 1), model::changes(1)).await.unwrap();
    });
}

#[test]
fn a_server_that_became_a_replica_is_a_matter_of_setup() {
    let (server, other) = (Server::start(), Server::start());
    run(async {
        let store = opened(&server).await;
        server.call(&["REPLICAOF", "127.0.0.1", &other.port.to_string()]);
        let error = store.commit(G0, at(1, 0), model::changes(0)).await.expect_err("it is read-only");
        assert!([StoreErrorKind::Setup, StoreErrorKind::Unavailable].contains(&error.kind()), "{error:?}");
        server.call(&["REPLICAOF", "NO", "ONE"]);
    });
}

#[test]
fn a_busy_server_is_unavailable() {
    let server = Server::with(&["busy-reply-threshold", "20"]);
    run(async {
        let store = opened(&server).await;
        let socket = server.socket();
        let busy = thread::spawn(move || {
            let client = redis::Client::open(format!("redis+unix://{socket}")).unwrap();
            let mut connection = client.get_connection().unwrap();
            let _killed: Result<(), _> =
                redis::cmd("EVAL").arg("while true do end").arg(0).query(&mut connection);
        });
        thread::sleep(Duration::from_millis(200));
        is(store.commit(G0, at(1, 0), model::changes(0)).await, StoreErrorKind::Unavailable);
        is(store.load(G0, None, &["a".into()]).await, StoreErrorKind::Unavailable);
        server.call(&["SCRIPT", "KILL"]);
        busy.join().unwrap();
        store.commit(G0, at(1, 0), model::changes(0)).await.unwrap();
    });
}

#[test]
fn too_few_replicas_are_unavailable() {
    let server = Server::start();
    run(async {
        let store = opened(&server).await;
        server.call(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
        is(store.commit(G0, at(1, 0), model::changes(0)).await, StoreErrorKind::Unavailable);
        server.call(&["CONFIG", "SET", "min-replicas-to-write", "0"]);
        store.commit(G0, at(1, 0), model::changes(0)).await.unwrap();
    });
}

#[test]
fn an_answer_that_takes_too_long_is_unknown_for_a_commit_and_unavailable_for_a_read() {
    let server = Server::start();
    let options = RedisOptions { answer_timeout: Duration::from_millis(150), ..RedisOptions::default() };
    run(async {
        let store = RedisStore::connect(&server.url(), namespace("fraud"), &options).await.unwrap();
        store.open(fresh(1)).await.unwrap();
        server.hang(true);
        let commit = store.commit(G0, at(1, 0), model::changes(0)).await.expect_err("no answer");
        assert_eq!(commit.kind(), StoreErrorKind::Unknown, "{commit}");
        server.hang(false);
        let header = store.open(fresh(1)).await.unwrap().groups.remove(0);
        model::is_whole(&store, G0, &header).await;
        server.hang(true);
        let read = store.load(G0, None, &["a".into()]).await.expect_err("no answer");
        assert_eq!(read.kind(), StoreErrorKind::Unavailable, "{read}");
        server.hang(false);
        store.load(G0, None, &["a".into()]).await.unwrap();
    });
}

#[test]
fn a_server_that_is_down_is_unavailable_and_found_again() {
    let mut server = Server::with(&["appendfsync", "always"]);
    run(async {
        let store = opened(&server).await;
        store.commit(G0, at(1, 0), model::changes(0)).await.unwrap();
        server.kill();
        thread::sleep(Duration::from_millis(50));
        is(store.commit(G0, at(1, 1), model::changes(1)).await, StoreErrorKind::Unavailable);
        is(store.load(G0, None, &["a".into()]).await, StoreErrorKind::Unavailable);
        server.start_again();
        // The first call after that makes a connection; nothing was unknown in between.
        store.commit(G0, at(1, 1), model::changes(1)).await.unwrap();
        model::is_whole(&store, G0, &look(&store).await.groups[0]).await;
    });
}

#[test]
fn a_commit_in_parts_is_as_whole_as_any() {
    let server = Server::start();
    run(async {
        let store = opened(&server).await;
        // Above the limit of what is sent at once.
        let value = Bytes::from(vec![7; 500_000]);
        let put = |number: u32| Put {
            key: format!("{number:04}").into(),
            deadline: number.is_multiple_of(2).then(|| Timestamp(number.into())),
            value: value.clone(),
        };
        let large = || Changes {
            puts: (0..100).map(put).collect(),
            outbox: vec!["a match".into()],
            state: "state".into(),
            ..Changes::default()
        };
        let stale = store.commit(G0, at(1, 5), large()).await.expect_err("a wrong seq");
        assert_eq!(stale.kind(), StoreErrorKind::RolledBack { found: at(1, 0) });
        assert!(store.scan(G0, None, b"", None, 9).await.unwrap().items.is_empty());
        store.commit(G0, at(1, 0), large()).await.unwrap();
        let keys: Vec<Bytes> = (0..100).map(|number| format!("{number:04}").into()).collect();
        let values = store.load(G0, None, &keys).await.unwrap();
        assert!(values.iter().all(|found| found.as_ref() == Some(&value)));
        assert_eq!(store.due(G0, None, Timestamp(1_000), None, 100).await.unwrap().items.len(), 50);
        assert_eq!(store.outbox(G0, 0, 9).await.unwrap(), [(0, Bytes::from("a match"))]);
        let header = &look(&store).await.groups[0];
        assert_eq!((header.version, &*header.state), (at(1, 1), &b"state"[..]));
        assert_eq!(server.call(&["EXISTS", "cep:{fraud:0}:s"]), redis::Value::Int(0));
    });
}

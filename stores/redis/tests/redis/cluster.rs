//! A cluster of three real servers: groups in different slots, slots that move, servers that go.

use std::thread;
use std::time::Duration;

use cep_engine::store::{GroupId, Opened, StateStore, StoreErrorKind, Version};
use cep_redis_testkit::{Cluster, Server};
use cep_store_redis::{RedisOptions, RedisStore};
use redis::Value;

use crate::support::{fresh, model, namespace, run};

const GROUPS: u16 = 16;

async fn connect(cluster: &Cluster, name: &str) -> RedisStore {
    let urls = cluster.urls();
    let urls: Vec<_> = urls.iter().map(String::as_str).collect();
    RedisStore::connect_cluster(&urls, namespace(name), &RedisOptions::default()).await.unwrap()
}

fn text(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        other => panic!("no text: {other:?}"),
    }
}

/// The number of the server that has a key's slot.
fn home(cluster: &Cluster, key: &str) -> usize {
    let has = |server: &Server| matches!(server.call(&["EXISTS", key]), Value::Int(1));
    // A server that has not got the slot says where it is, which is an error.
    cluster.0.iter().position(|server| server.try_call(&["EXISTS", key]).is_ok() && has(server)).unwrap()
}

/// One commit more to each group.
async fn commit_all(store: &RedisStore, opened: &mut Opened) {
    for (group, header) in (0..).zip(&mut opened.groups) {
        let seq = header.version.seq;
        store.commit(GroupId(group), header.version, model::changes(seq)).await.unwrap();
        header.version = header.version.next();
    }
}

async fn all_are_whole(store: &RedisStore) {
    let look = store.look().await.unwrap().unwrap();
    for (group, header) in (0..).zip(&look.groups) {
        model::is_whole(store, GroupId(group), header).await;
    }
}

/// As `redis-cli --cluster reshard` does: the slot of a key, with all keys in it.
fn move_slot(cluster: &Cluster, key: &str, from: usize, to: usize, between: impl FnOnce()) {
    let Value::Int(slot) = cluster.0[0].call(&["CLUSTER", "KEYSLOT", key]) else { panic!("no slot") };
    let slot = slot.to_string();
    let id = |server: &Server| text(&server.call(&["CLUSTER", "MYID"]));
    let (source, target) = (&cluster.0[from], &cluster.0[to]);
    target.call(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &id(source)]);
    source.call(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &id(target)]);
    let keys = source.call(&["CLUSTER", "GETKEYSINSLOT", &slot, "100"]);
    let keys: Vec<_> = keys.as_sequence().unwrap().iter().map(text).collect();
    let migrate = |key: &String| {
        source.call(&["MIGRATE", "127.0.0.1", &target.port.to_string(), key, "0", "5000"]);
    };
    migrate(&keys[0]);
    between();
    keys[1..].iter().for_each(migrate);
    for server in [target, source, &cluster.0[3 - from - to]] {
        server.call(&["CLUSTER", "SETSLOT", &slot, "NODE", &id(target)]);
    }
}

#[test]
fn groups_lie_on_all_servers_and_live_and_go_together() {
    let cluster = Cluster::start();
    run(async {
        let store = connect(&cluster, "fraud").await;
        let mut opened = store.open(fresh(GROUPS)).await.unwrap();
        assert!(opened.is_new);
        for _ in 0..3 {
            commit_all(&store, &mut opened).await;
        }
        all_are_whole(&store).await;
        let homes: std::collections::BTreeSet<_> =
            (0..GROUPS).map(|group| home(&cluster, &format!("cep:{{fraud:{group}}}:h"))).collect();
        assert_eq!(homes.len(), 3, "all groups on the same server");
        let other = connect(&cluster, "other").await;
        other.open(fresh(1)).await.unwrap();
        assert_eq!(store.namespaces().await.unwrap(), [namespace("fraud"), namespace("other")]);
        // One url is enough.
        let url = &cluster.urls()[2];
        let single = RedisStore::connect(url, namespace("fraud"), &RedisOptions::default()).await.unwrap();
        let again = single.open(fresh(GROUPS)).await.unwrap();
        assert!(again.groups.iter().all(|header| header.version == Version { epoch: 2, seq: 3 }));
        let fenced = store.commit(GroupId(5), opened.groups[5].version, model::changes(3)).await;
        assert!(matches!(fenced.unwrap_err().kind(), StoreErrorKind::Fenced { .. }));
        single.drop_namespace().await.unwrap();
        assert_eq!(store.namespaces().await.unwrap(), [namespace("other")]);
        other.drop_namespace().await.unwrap();
        let left = |server: &Server| server.call(&["DBSIZE"]);
        assert!(cluster.0.iter().map(left).all(|size| size == Value::Int(0)));
    });
}

#[test]
fn a_slot_that_moves_is_followed() {
    let cluster = Cluster::start();
    run(async {
        let store = connect(&cluster, "fraud").await;
        let mut opened = store.open(fresh(GROUPS)).await.unwrap();
        commit_all(&store, &mut opened).await;
        let key = "cep:{fraud:7}:h";
        let from = home(&cluster, key);
        let to = (from + 1) % 3;
        let group = GroupId(7);
        let version = opened.groups[7].version;
        move_slot(&cluster, key, from, to, || {
            // Half of its keys are here, half there: nothing is done.
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(async {
                    let refused = store.commit(group, version, model::changes(version.seq)).await;
                    assert_eq!(refused.unwrap_err().kind(), StoreErrorKind::Unavailable);
                });
            });
        });
        // Reading asks again where it has to; a commit is refused once and then knows.
        all_are_whole(&store).await;
        commit_all(&store, &mut opened).await;
        move_slot(&cluster, key, to, from, || {});
        let version = opened.groups[7].version;
        let refused = store.commit(group, version, model::changes(version.seq)).await;
        assert_eq!(refused.unwrap_err().kind(), StoreErrorKind::Unavailable);
        commit_all(&store, &mut opened).await;
        all_are_whole(&store).await;
        assert_eq!(store.open(fresh(GROUPS)).await.unwrap().groups[7].version, Version { epoch: 2, seq: 3 });
    });
}

#[test]
fn a_server_that_is_killed_takes_its_groups_away_until_it_is_back() {
    let mut cluster = Cluster::start();
    cluster.0.iter().for_each(|server| {
        server.call(&["CONFIG", "SET", "cluster-require-full-coverage", "no"]);
    });
    run(async {
        let store = connect(&cluster, "fraud").await;
        let mut opened = store.open(fresh(GROUPS)).await.unwrap();
        commit_all(&store, &mut opened).await;
        let away = home(&cluster, "cep:{fraud:3}:h");
        cluster.0[away].stop();
        thread::sleep(Duration::from_millis(20));
        let version = opened.groups[3].version;
        let refused = store.commit(GroupId(3), version, model::changes(version.seq)).await;
        assert_eq!(refused.unwrap_err().kind(), StoreErrorKind::Unavailable);
        let elsewhere = (0..GROUPS).filter(|group| {
            let key = format!("cep:{{fraud:{group}}}:h");
            let servers = (0..3).filter(|number| *number != away);
            servers.into_iter().any(|number| cluster.0[number].try_call(&["EXISTS", &key]).is_ok())
        });
        for group in elsewhere {
            let version = opened.groups[usize::from(group)].version;
            store.commit(GroupId(group), version, model::changes(version.seq)).await.unwrap();
            opened.groups[usize::from(group)].version = version.next();
        }
        cluster.0[away].start_again();
        cluster.wait();
        let opened = store.open(fresh(GROUPS)).await.unwrap();
        assert!(opened.groups.iter().all(|header| header.version.epoch == 2));
        all_are_whole(&store).await;
    });
}

#[test]
fn several_urls_of_servers_that_are_no_cluster_are_refused() {
    let (one, two) = (Server::start(), Server::start());
    let urls = [one.url(), two.url()];
    let urls: Vec<_> = urls.iter().map(String::as_str).collect();
    let options = RedisOptions::default();
    let refused = run(RedisStore::connect_cluster(&urls, namespace("fraud"), &options));
    assert_eq!(refused.unwrap_err().kind(), StoreErrorKind::Setup);
}

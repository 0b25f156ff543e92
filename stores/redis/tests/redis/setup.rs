//! How a server is set up: what is refused, with what help, and what is told to the user.

use std::time::Duration;

use cep_engine::store::{StateStore, StoreError, StoreErrorKind};
use cep_redis_testkit::{Server, free_port};
use cep_store_redis::{Log, RedisOptions, RedisStore};

use crate::support::{fresh, namespace, run, store};

/// Connects and opens.
async fn try_open(url: &str) -> Result<RedisStore, StoreError> {
    let options = RedisOptions::default();
    let store = RedisStore::connect(url, namespace("fraud"), &options).await?;
    store.open(fresh(2)).await?;
    Ok(store)
}

/// The error of connecting and opening: of this kind, with these words in message and help, and without the password.
#[track_caller]
fn is_refused(url: &str, kind: StoreErrorKind, words: &str, help: &str) {
    let error = run(try_open(url)).expect_err("it is refused");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert!(error.help().is_some_and(|text| text.contains(help)), "{:?}", error.help());
    assert!(!format!("{error:?} {error}").contains("hunter"), "{error:?}");
}

#[test]
fn a_wrong_url_is_a_matter_of_setup() {
    is_refused("http://host", StoreErrorKind::Setup, "no url", "redis://");
    is_refused("redis://user:hunter2@host:port", StoreErrorKind::Setup, "cannot be read", "redis://");
    is_refused("redis://127.0.0.1/x", StoreErrorKind::Setup, "cannot be read", "redis://");
}

#[test]
fn nobody_there_is_unavailable() {
    let url = format!("redis://user:hunter2@127.0.0.1:{}", free_port());
    is_refused(&url, StoreErrorKind::Unavailable, "nothing listens", "start the server");
    is_refused("redis+unix:///nowhere/redis.sock", StoreErrorKind::Unavailable, "nothing listens", "start");
}

#[test]
fn a_server_that_does_not_answer_is_unavailable() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://127.0.0.1:{}", silent.local_addr().unwrap().port());
    let options = RedisOptions { connect_timeout: Duration::from_millis(100), ..RedisOptions::default() };
    let error = run(RedisStore::connect(&url, namespace("fraud"), &options)).expect_err("no answer");
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains("in time") && error.help().is_some(), "{error}");
}

#[test]
fn a_password_is_asked_for_and_checked() {
    let server = Server::with_password("hunter1");
    let at = format!("127.0.0.1:{}", server.port);
    is_refused(&format!("redis://{at}"), StoreErrorKind::Setup, "password", "redis://:PASSWORD");
    is_refused(&format!("redis://:hunter2@{at}"), StoreErrorKind::Setup, "password", "correct");
    is_refused(&format!("redis://nobody:hunter2@{at}"), StoreErrorKind::Setup, "user", "correct");
    let store = run(try_open(&format!("redis://:hunter1@{at}"))).unwrap();
    assert!(!format!("{store:?}").contains("hunter"), "{store:?}");
    run(try_open(&format!("redis+unix://{}?pass=hunter1", server.socket()))).unwrap();
}

/// As the README and the help text of errors say.
const NEEDED: &str =
    "~cep:* +@hash +@list +@sortedset +eval +hello +info +scan +type +exists +expire +unlink";

#[test]
fn a_user_needs_what_the_help_says_and_no_more() {
    let server = Server::start();
    let allow = |name: &str, rules: &str| {
        let words: Vec<_> =
            ["ACL", "SETUSER", name, "on", ">hunter1"].into_iter().chain(rules.split(' ')).collect();
        server.call(&words);
        format!("redis://{name}:hunter1@127.0.0.1:{}", server.port)
    };
    let enough = allow("enough", NEEDED);
    run(async {
        let store = try_open(&enough).await.unwrap();
        let changes = crate::support::model::changes(0);
        let at = cep_engine::store::Version { epoch: 1, seq: 0 };
        let group = cep_engine::store::GroupId(0);
        store.commit(group, at, changes).await.unwrap();
        store.trim(group, 1, 1).await.unwrap();
        store.amend(0, "amended".into()).await.unwrap();
        crate::support::model::keys_are_there(&store, group).await;
        assert_eq!(store.namespaces().await.unwrap().len(), 1);
        let durability = store.durability().await.unwrap();
        assert_eq!(durability.log, Log::SomeTime, "it must not ask for the configuration");
        store.drop_namespace().await.unwrap();
    });
    let kind = StoreErrorKind::Setup;
    let help = "ACL SETUSER";
    is_refused(&allow("no-keys", &NEEDED.replace("~cep:*", "~other:*")), kind, "does not allow", help);
    is_refused(&allow("no-scripts", &NEEDED.replace("+eval", "+get")), kind, "does not allow", help);
    is_refused(&allow("nothing", "~*"), kind, "does not allow", help);
}

#[test]
fn a_replica_is_refused() {
    let (master, replica) = (Server::start(), Server::start());
    let port = master.port.to_string();
    replica.call(&["REPLICAOF", "127.0.0.1", &port]);
    let is_loading = || replica.try_call(&["PING"]).is_err();
    while is_loading() {
        std::thread::sleep(Duration::from_millis(5));
    }
    is_refused(&replica.url(), StoreErrorKind::Setup, "replica", &format!("127.0.0.1:{port}"));
    run(async {
        let store = try_open(&master.url()).await.unwrap();
        assert!(store.durability().await.unwrap().to_string().contains("everysec"));
    });
}

#[test]
fn a_server_that_evicts_is_refused() {
    let server = Server::with(&["maxmemory", "100mb", "maxmemory-policy", "allkeys-lru"]);
    is_refused(&server.url(), StoreErrorKind::Setup, "allkeys-lru", "maxmemory-policy noeviction");
    server.call(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    run(try_open(&server.url())).unwrap();
    server.call(&["CONFIG", "SET", "maxmemory-policy", "volatile-ttl"]);
    is_refused(&server.url(), StoreErrorKind::Setup, "volatile-ttl", "maxmemory-policy noeviction");
    server.call(&["CONFIG", "SET", "maxmemory", "0"]);
    run(try_open(&server.url())).unwrap();
}

#[test]
fn what_the_server_keeps_is_told_in_words() {
    let server = Server::start();
    let told = || {
        run(async {
            let durability = store(&server.url()).await.durability().await.unwrap();
            (durability.log, durability.to_string())
        })
    };
    let set = |name: &str, value: &str| server.call(&["CONFIG", "SET", name, value]);
    assert_eq!(told().0, Log::EverySecond);
    assert!(told().1.contains("may lose the last second"));
    set("appendfsync", "always");
    assert_eq!(told().0, Log::Always);
    set("appendfsync", "no");
    assert_eq!(told().0, Log::AsTheSystemLikes);
    set("appendonly", "no");
    assert_eq!(told().0, Log::Nothing);
    set("save", "3600 1");
    assert_eq!(told().0, Log::Snapshots);
}

#[test]
fn a_url_may_name_a_socket_and_a_database() {
    let server = Server::start();
    let socket = format!("redis+unix://{}", server.socket());
    run(async {
        try_open(&format!("{}/3", server.url())).await.unwrap();
        let beside = store(&socket).await;
        assert!(beside.namespaces().await.unwrap().is_empty());
        let same = store(&format!("{socket}?db=3")).await;
        assert_eq!(same.namespaces().await.unwrap(), [namespace("fraud")]);
    });
}

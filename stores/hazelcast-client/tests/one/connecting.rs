//! Connecting, being turned away, and the end.

use std::time::Duration;

use hazelcast_client::{Backoff, Client, Config, Credentials, ErrorKind, Routing, State};

use crate::shared::{cluster, config, connect};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_tells_who_it_is() {
    let cluster = cluster();
    let client = Client::connect(config().client_name("teller").label("test")).await.unwrap();
    assert_eq!((client.name(), client.state()), ("teller", State::Connected));
    assert_eq!(client.partition_count(), 271);
    crate::support::eventually("the member is known", || async {
        (client.members().len() == 1).then_some(())
    })
    .await;
    assert_eq!(client.members()[0].address(), cluster.addresses()[0]);
    assert!(!client.members()[0].is_lite());
    client.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_serves_all() {
    let client = Client::connect(config().routing(Routing::SingleMember)).await.unwrap();
    let map = client.map::<i32, i32>("unisocket");
    for key in 0..20 {
        map.set(&key, &key).await.unwrap();
        assert_eq!(map.get(&key).await.unwrap(), Some(key));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_cluster_turns_the_client_away() {
    let error = Client::connect(config().cluster_name("other")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Setup);
    assert!(error.to_string().contains("cluster `other`"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_without_security_take_no_user_and_no_token() {
    for credentials in [Credentials::password("ann", "hush"), Credentials::token(b"hush")] {
        let error = Client::connect(config().credentials(credentials)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Setup);
        assert!(error.to_string().contains("members without security take none"), "{error}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_is_it_gives_up_in_time() {
    let backoff = Backoff { initial: Duration::from_millis(10), ..Backoff::default() };
    let config =
        Config::new(["127.0.0.1:1"]).cluster_connect_timeout(Duration::from_millis(100)).backoff(backoff);
    let error = Client::connect(config).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let none: [&str; 0] = [];
    assert_eq!(Client::connect(Config::new(none)).await.unwrap_err().kind(), ErrorKind::Setup);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_client_says_so() {
    let client = connect().await;
    let map = client.map::<i32, i32>("closed");
    let mut states = client.states();
    client.shutdown().await;
    assert_eq!(*states.wait_for(|state| *state == State::Closed).await.unwrap(), State::Closed);
    assert_eq!(map.get(&1).await.unwrap_err().kind(), ErrorKind::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn few_in_flight_are_enough_for_all() {
    let client = Client::connect(config().most_in_flight(2)).await.unwrap();
    let map = client.map::<i32, i32>("narrow");
    let entries: Vec<_> = (0..500).map(|key| (key, key)).collect();
    map.put_all(entries.iter().map(|(key, value)| (key, value))).await.unwrap();
    assert_eq!(map.size().await.unwrap(), 500);
}

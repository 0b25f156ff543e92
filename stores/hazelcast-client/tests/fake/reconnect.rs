//! A lost connection, and what becomes of requests until there is another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hazelcast_client::{Client, ClusterConfig, ErrorKind, LifecycleEvent, Reconnect, State};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::member::{AUTHENTICATE, Answer, MAP_SET, config, let_in, start};

/// Longer than anything takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A member that hangs up at a write, and lets nobody in while it is shut.
async fn member() -> (String, Arc<AtomicBool>) {
    let shut = Arc::<AtomicBool>::default();
    let is_shut = Arc::clone(&shut);
    let address = start(move |asked| match asked.kind {
        MAP_SET if asked.connection == 0 => {
            is_shut.store(true, Ordering::SeqCst);
            Answer::Close(vec![])
        }
        AUTHENTICATE if is_shut.load(Ordering::SeqCst) => Answer::Close(vec![]),
        _ => Answer::Usual,
    })
    .await;
    (address, shut)
}

async fn disconnected(address: &str, reconnect: Reconnect) -> Client {
    let config = config(address).reconnect(reconnect).cluster_connect_timeout(PATIENCE);
    let client = Client::connect(config).await.unwrap();
    let error = client.map::<i32, i32>("map").set(&1, &1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    let mut states = client.states();
    let wait = states.wait_for(|state| *state != State::Connected);
    tokio::time::timeout(PATIENCE, wait).await.unwrap().unwrap();
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_waiting_for_a_client_leaves_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = config(&listener.local_addr().unwrap().to_string()).connect_timeout(10 * PATIENCE);
    let connecting = tokio::spawn(Client::connect(config));
    let (mut stream, _) = listener.accept().await.unwrap();
    stream.read_exact(&mut [0; 3]).await.unwrap();
    connecting.abort();
    // It has hung up when there is an end.
    let mut rest = Vec::new();
    let end = stream.read_to_end(&mut rest);
    tokio::time::timeout(PATIENCE, end).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_wait_where_they_may() {
    let (address, shut) = member().await;
    let client = disconnected(&address, Reconnect::Wait).await;
    let map = client.map::<i32, i32>("map");
    let waiting = tokio::spawn(async move { map.get(&1).await });
    // It has asked in vain.
    while client.metrics().retries == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    shut.store(false, Ordering::SeqCst);
    assert_eq!(tokio::time::timeout(PATIENCE, waiting).await.unwrap().unwrap().unwrap(), None);
    let metrics = client.metrics();
    assert_eq!((metrics.connections, metrics.connections_opened, metrics.connections_closed), (1, 2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_fail_at_once_where_they_shall_while_the_client_connects() {
    let (address, shut) = member().await;
    let client = disconnected(&address, Reconnect::FailFast).await;
    let map = client.map::<i32, i32>("map");
    assert_eq!(map.get(&1).await.unwrap_err().kind(), ErrorKind::Unavailable);
    let mut life = client.lifecycle();
    shut.store(false, Ordering::SeqCst);
    let event = tokio::time::timeout(PATIENCE, life.next()).await.unwrap();
    assert_eq!(event, Some(LifecycleEvent::Connected));
    assert_eq!(map.get(&1).await.unwrap(), None);
    client.shutdown().await;
    assert_eq!(life.next().await, Some(LifecycleEvent::Closed));
    assert_eq!(life.next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_shall_not_come_back_is_closed() {
    let (address, _) = member().await;
    let client = disconnected(&address, Reconnect::Never).await;
    let mut states = client.states();
    let wait = states.wait_for(|state| *state == State::Closed);
    tokio::time::timeout(PATIENCE, wait).await.unwrap().unwrap();
    let error = client.map::<i32, i32>("map").get(&1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_cluster_that_lets_the_client_in_is_taken() {
    let refusing = start(|asked| {
        let mut answer = let_in(asked, b"5.7.0");
        answer[6 + 13] = 3;
        Answer::Bytes(answer)
    })
    .await;
    let willing = start(|_| Answer::Usual).await;
    let gone = ClusterConfig::new(["127.0.0.1:1"]);
    let config = config(&refusing).cluster_connect_timeout(Duration::from_millis(50));
    let all = config.clone().fall_back_to(gone.clone()).fall_back_to(ClusterConfig::new([&willing]));
    let client = Client::connect(all).await.unwrap();
    assert_eq!(client.map::<i32, i32>("map").get(&1).await.unwrap(), None);
    let error = Client::connect(config.fall_back_to(gone).cluster_rounds(3)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "what the last one said: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_counts_partitions_otherwise_takes_no_place() {
    let (address, _) = member().await;
    let other = start(|asked| {
        if asked.kind != AUTHENTICATE {
            return Answer::Usual;
        }
        let mut answer = let_in(asked, b"5.7.0");
        answer[6 + 32..6 + 36].copy_from_slice(&13_i32.to_le_bytes());
        Answer::Bytes(answer)
    })
    .await;
    let config = config(&address).cluster_connect_timeout(Duration::from_millis(50));
    let client = Client::connect(config.fall_back_to(ClusterConfig::new([other]))).await.unwrap();
    assert_eq!(client.partition_count(), 271);
    drop(client.map::<i32, i32>("map").set(&1, &1).await);
    let mut states = client.states();
    let wait = states.wait_for(|state| *state == State::Closed);
    tokio::time::timeout(PATIENCE, wait).await.unwrap().unwrap();
}

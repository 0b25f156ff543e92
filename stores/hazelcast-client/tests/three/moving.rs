//! Partitions that move to those who are left: how soon calls find them.
#![allow(clippy::print_stderr, reason = "a time is told, not tested")]

use std::time::Instant;

use crate::support::{connect, eventually, options};

/// Attempts with the pauses between them, from 5 milliseconds on and twice as long each time, that fit into 2 seconds.
const MOST_ATTEMPTS: u64 = 9;

#[tokio::test(flavor = "multi_thread")]
async fn calls_go_on_as_soon_as_it_is_known_who_is_left() {
    let mut cluster = options("moving").members(3).start();
    let client = connect(&cluster).await;
    let map = client.map::<i64, i64>("moving");
    // Of all partitions, as good as surely.
    for key in 0..2_000 {
        map.set(&key, &key).await.unwrap();
    }
    cluster.kill(0);
    eventually("the member is gone", || async { (client.members().len() == 2).then_some(()) }).await;
    let (known, before) = (Instant::now(), client.metrics());
    let mut most = 0;
    for key in 0..2_000 {
        let retries = client.metrics().retries;
        assert_eq!(map.get(&key).await.unwrap(), Some(key));
        most = most.max(client.metrics().retries - retries);
    }
    let retries = client.metrics().retries - before.retries;
    eprintln!(
        "2000 calls in {:?} after the view, {retries} repeated, one of them {most} times",
        known.elapsed()
    );
    assert!(most < MOST_ATTEMPTS, "a call needed {most} attempts more");
    assert_eq!(client.metrics().connections, 2);
}

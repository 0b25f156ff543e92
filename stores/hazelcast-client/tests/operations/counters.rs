//! PN counters and generators of ids.

use std::collections::HashSet;
use std::time::Duration;

use hazelcast_client::FlakeIdSettings;

use crate::MEMBERS;
use crate::shared::connect;
use crate::support::{eventually, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_counts_up_and_down() {
    let client = connect().await;
    let counter = client.pn_counter("counter");
    assert_eq!(counter.get().await.unwrap(), 0);
    assert_eq!(counter.get_and_add(7).await.unwrap(), 0);
    assert_eq!(counter.add_and_get(-10).await.unwrap(), -3);
    // Replicas tell each other.
    eventually("it is counted", || async {
        (client.pn_counter("counter").get().await.unwrap() == -3).then_some(())
    })
    .await;
    // It may see what a replica has not been told yet.
    counter.reset();
    eventually("it is counted", || async { (counter.get().await.unwrap() == -3).then_some(()) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_count_at_once_lose_nothing() {
    let client = connect().await;
    let counter = client.pn_counter("counted-at-once");
    let add = || {
        let counter = counter.clone();
        tokio::spawn(async move {
            for _ in 0..100 {
                counter.add_and_get(1).await.unwrap();
            }
        })
    };
    for task in [add(), add(), add(), add()] {
        soon(task).await.unwrap();
    }
    assert_eq!(counter.get().await.unwrap(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_id_comes_twice() {
    let client = connect().await;
    let ids = client.flake_ids_with("ids", FlakeIdSettings { batch: 30, ..FlakeIdSettings::default() });
    // Each is good only for whoever fetched it.
    let hasty = FlakeIdSettings { validity: Duration::ZERO, ..FlakeIdSettings::default() };
    let hasty = client.flake_ids_with("ids", hasty);
    let take = |ids: hazelcast_client::FlakeIds, count| {
        tokio::spawn(async move {
            let mut taken = Vec::new();
            for _ in 0..count {
                taken.push(ids.next().await.unwrap());
            }
            taken
        })
    };
    let mut all = HashSet::new();
    for task in [take(ids.clone(), 200), take(ids.clone(), 200), take(ids, 200), take(hasty, 20)] {
        let taken = soon(task).await.unwrap();
        // Several members give theirs in turn.
        assert!(MEMBERS > 1 || taken.is_sorted(), "one who asks gets ids in their order");
        all.extend(taken);
    }
    assert_eq!(all.len(), 620);
}

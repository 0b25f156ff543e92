//! Near caches: what is near is not asked for again, and goes when it changes.

use std::time::Duration;

use hazelcast_client::{Client, Data, Map, NearCacheConfig};

use crate::shared::{config, connect};
use crate::support::{Payment, eventually};

async fn cached(cache: NearCacheConfig) -> Client {
    Client::connect(config().near_cache("near-*", cache)).await.unwrap()
}

/// Hits and misses.
fn counts(map: &Map<i32, String>) -> (u64, u64) {
    let stats = map.near_cache_stats().unwrap();
    (stats.hits, stats.misses)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_near_is_not_asked_for_again() {
    let client = cached(NearCacheConfig::default()).await;
    let map = client.map::<i32, String>("near-hits");
    assert!(client.map::<i32, i32>("far").near_cache_stats().is_none());
    map.set(&1, "a").await.unwrap();
    for _ in 0..10 {
        assert_eq!(map.get(&1).await.unwrap().as_deref(), Some("a"));
    }
    // Perhaps after the first value has been kept, members tell this client also of its own write, and how they number
    // what they tell.
    let (hits, misses) = counts(&map);
    assert_eq!(hits + misses, 10);
    assert!(hits >= 6, "{hits} hits");
    map.put_all([(2, "b".to_owned()), (3, "c".to_owned())].iter().map(|(key, value)| (key, value)))
        .await
        .unwrap();
    eventually("all are near", || async {
        let (before, _) = counts(&map);
        assert_eq!(map.get_all(&[1, 2, 3, 4]).await.unwrap().len(), 3);
        (counts(&map).0 - before == 3).then_some(())
    })
    .await;
    assert_eq!(map.near_cache_stats().unwrap().entries, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_writes_are_seen_at_once() {
    let client = cached(NearCacheConfig::default()).await;
    let map = client.map::<i32, String>("near-own");
    let see = async |expected: Option<&str>| {
        assert_eq!(map.get(&1).await.unwrap().as_deref(), expected);
        assert_eq!(map.get(&1).await.unwrap().as_deref(), expected);
    };
    for round in 0..50 {
        let text = format!("{round}");
        map.set(&1, &text).await.unwrap();
        see(Some(&text)).await;
        map.put(&1, "a").await.unwrap();
        see(Some("a")).await;
        assert!(map.replace_if_same(&1, "a", "b").await.unwrap());
        see(Some("b")).await;
        map.replace(&1, "c").await.unwrap();
        see(Some("c")).await;
        map.remove(&1).await.unwrap();
        see(None).await;
        map.put_if_absent(&1, "d").await.unwrap();
        see(Some("d")).await;
        map.delete(&1).await.unwrap();
        see(None).await;
        map.put_all(
            [(&1, "e")].map(|(key, value)| (key, value.to_owned())).iter().map(|(key, value)| (*key, value)),
        )
        .await
        .unwrap();
        see(Some("e")).await;
        map.clear().await.unwrap();
        see(None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_goes() {
    let client = cached(NearCacheConfig::default()).await;
    let map = client.map::<i32, String>("near-others");
    let other = connect().await.map::<i32, String>("near-others");
    for round in 0..20 {
        let text = format!("{round}");
        other.set(&1, &text).await.unwrap();
        eventually("the new value is seen", || async {
            (map.get(&1).await.unwrap().as_deref() == Some(&*text)).then_some(())
        })
        .await;
    }
    other.clear().await.unwrap();
    eventually("the map is empty", || async { map.get(&1).await.unwrap().is_none().then_some(()) }).await;
    assert!(map.near_cache_stats().unwrap().invalidations >= 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_any_length_are_near() {
    let client = cached(NearCacheConfig::default()).await;
    let map = client.map::<i32, String>("near-lengths");
    for (key, length) in [0, 1, 4_000, 5_000, 100_000, 1_000_000].into_iter().enumerate() {
        let (key, value) = (key as i32, "a".repeat(length));
        map.set(&key, &value).await.unwrap();
        let hit = eventually("a value is near", || async {
            let (before, _) = counts(&map);
            let found = map.get(&key).await.unwrap();
            (counts(&map).0 > before).then_some(found)
        });
        assert_eq!(hit.await.map(|found| found.len()), Some(length));
        // What is shared, and the buffers of keys, are as they were.
        assert_eq!(map.get(&key).await.unwrap(), Some(value));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_bounded_by_number_and_time() {
    let cache =
        NearCacheConfig { max_entries: 10, ttl: Some(Duration::from_millis(200)), ..Default::default() };
    let client = cached(cache).await;
    let map = client.map::<i32, String>("near-bounded");
    // Written by another, so that nothing is told when it is read.
    let other = connect().await.map::<i32, String>("near-bounded");
    for key in 0..100 {
        other.set(&key, "x").await.unwrap();
    }
    for key in 0..100 {
        map.get(&key).await.unwrap();
    }
    let stats = map.near_cache_stats().unwrap();
    assert!(stats.entries <= 10, "{stats:?}");
    assert!(stats.evictions >= 80, "{stats:?}");
    eventually("the value is asked for again", || async {
        let (_, before) = counts(&map);
        map.get(&99).await.unwrap();
        (counts(&map).1 > before).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_whose_type_is_not_known_yet_is_one_hit() {
    let payment = Payment::new("x", 3);
    connect().await.map::<i32, Payment>("near-typed").set(&1, &payment).await.unwrap();
    let client = cached(NearCacheConfig::default()).await;
    // Bytes are near, and nobody has asked what type they have.
    let bytes = client.map::<i32, Data>("near-typed");
    eventually("the value is near", || async {
        bytes.get(&1).await.unwrap();
        (bytes.near_cache_stats().unwrap().hits > 0).then_some(())
    })
    .await;
    let map = client.map::<i32, Payment>("near-typed");
    let before = map.near_cache_stats().unwrap();
    assert_eq!(map.get(&1).await.unwrap(), Some(payment));
    let after = map.near_cache_stats().unwrap();
    assert_eq!((after.hits - before.hits, after.misses - before.misses), (1, 0));
}

//! Near caches whose members tell of changes in batches.

use hazelcast_client::{Client, NearCacheConfig};
use hazelcast_kit::Options;

use crate::shared::cluster;
use crate::support::{config, connect, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn what_members_tell_in_batches_goes_all_at_once() {
    let options = Options::new("batched")
        .property("hazelcast.map.invalidation.batch.size", "5")
        .property("hazelcast.map.invalidation.batchfrequency.seconds", "600");
    let cluster = cluster().beside(options);
    let client =
        Client::connect(config(&cluster).near_cache("batched", NearCacheConfig::default())).await.unwrap();
    let (map, keys) = (client.map::<i32, String>("batched"), [0, 1, 2, 3, 4]);
    let other = connect(&cluster).await.map::<i32, String>("batched");
    // Registers it with the member, where nothing has changed yet.
    assert_eq!(map.get(&0).await.unwrap(), None);
    let invalidated = || map.near_cache_stats().unwrap().invalidations;
    for round in 1..=4 {
        for key in &keys[..4] {
            other.set(key, &format!("{round}")).await.unwrap();
            assert_eq!(invalidated() % 5, 0, "none comes before the batch is full");
        }
        other.set(&4, &format!("{round}")).await.unwrap();
        eventually("the batch has come", || async {
            let seen = invalidated();
            assert_eq!(seen % 5, 0, "all come together");
            (seen == 5 * round).then_some(())
        })
        .await;
        for key in &keys {
            // Once from the member, and then from near.
            assert_eq!(map.get(key).await.unwrap(), Some(format!("{round}")));
            assert_eq!(map.get(key).await.unwrap(), Some(format!("{round}")));
        }
    }
    let stats = map.near_cache_stats().unwrap();
    assert!(stats.hits > 0 && stats.entries == 5, "{stats:?}");
}

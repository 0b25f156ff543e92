//! A cluster that is lost, and another one that takes its place.

use std::time::Duration;

use hazelcast_client::{
    Backoff, Client, ClusterConfig, EntryFilter, ErrorKind, Event, LifecycleEvent, NearCacheConfig,
};

use crate::support::{Payment, config, connect, eventually, options, soon};

#[tokio::test(flavor = "multi_thread")]
async fn the_client_goes_to_another_cluster_with_all_that_it_knows() {
    let mut blue = options("blue").room_for(2).start();
    let mut green = blue.beside(options("green"));
    let backoff = Backoff { longest: Duration::from_millis(200), ..Backoff::default() };
    let config = config(&blue)
        .near_cache("moving", NearCacheConfig::default())
        .cluster_connect_timeout(Duration::from_secs(2))
        .backoff(backoff)
        .cluster_rounds(4)
        .fall_back_to(ClusterConfig::new(green.addresses()).cluster_name(green.name()));
    let client = Client::connect(config).await.unwrap();
    let (mut life, before) = (client.lifecycle(), client.cluster_id());
    let map = client.map::<i64, Payment>("moving");
    let mut events = map.listen(EntryFilter::new().with_values()).await.unwrap();
    map.set(&1, &Payment::new("a", 1)).await.unwrap();
    assert!(
        matches!(soon(events.next()).await.unwrap().unwrap(), Event::Item(event) if event.key == Some(1))
    );
    eventually("the value is near", || async {
        assert_eq!(map.get(&1).await.unwrap(), Some(Payment::new("a", 1)));
        map.near_cache_stats().filter(|stats| stats.hits > 0)
    })
    .await;

    blue.kill(0);
    assert_eq!(soon(life.next()).await, Some(LifecycleEvent::Disconnected));
    // It waits until the client is elsewhere, where there is nothing, and does not find what was near.
    assert_eq!(soon(map.get(&1)).await.unwrap(), None);
    let id = client.cluster_id().unwrap();
    assert_ne!(Some(id), before);
    let name = green.name().to_owned();
    assert_eq!(soon(life.next()).await, Some(LifecycleEvent::ClusterChanged { name, id }));
    assert_eq!(soon(life.next()).await, Some(LifecycleEvent::Connected));
    eventually("its members are known", || async {
        (client.members().len() == 1 && client.members()[0].address() == green.addresses()[0]).then_some(())
    })
    .await;

    // Schemas are known there, listeners registered, and caches told.
    map.set(&2, &Payment::new("b", 20)).await.unwrap();
    let event = loop {
        if let Event::Item(event) = soon(events.next()).await.unwrap().unwrap() {
            break event;
        }
    };
    assert_eq!((event.key, event.value), (Some(2), Some(Payment::new("b", 20))));
    eventually("the value is near", || async {
        assert_eq!(map.get(&2).await.unwrap(), Some(Payment::new("b", 20)));
        map.near_cache_stats().filter(|stats| stats.entries == 1)
    })
    .await;
    let other = connect(&green).await.map::<i64, Payment>("moving");
    assert_eq!(other.get(&2).await.unwrap(), Some(Payment::new("b", 20)));
    other.set(&2, &Payment::new("b", 21)).await.unwrap();
    eventually("the change is seen", || async {
        map.get(&2).await.unwrap().filter(|payment| payment.amount == 21)
    })
    .await;

    // With both gone the client gives up.
    green.kill(0);
    assert_eq!(soon(life.next()).await, Some(LifecycleEvent::Disconnected));
    assert_eq!(soon(life.next()).await, Some(LifecycleEvent::Closed));
    assert_eq!(map.get(&1).await.unwrap_err().kind(), ErrorKind::Closed);
}

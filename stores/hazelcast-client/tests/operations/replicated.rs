//! Replicated maps.

use std::collections::HashMap;
use std::time::Duration;

use hazelcast_client::{EntryEventKind, EntryEvents, ReplicatedMap};

use super::events::next;
use crate::MEMBERS;
use crate::shared::connect;
use crate::support::{eventually, sorted};

/// Waits until every member has been told: they are asked in turn.
async fn all_have(map: &ReplicatedMap<String, i32>, size: usize) {
    eventually("all members have it", || async {
        for _ in 0..2 * MEMBERS {
            if map.size().await.unwrap() != size {
                return None;
            }
        }
        Some(())
    })
    .await;
}

async fn kinds(events: &mut EntryEvents<String, i32>, count: usize) -> Vec<EntryEventKind> {
    let mut kinds = Vec::new();
    while kinds.len() < count {
        kinds.push(next(events).await.kind);
    }
    kinds
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_has_all_of_it() {
    use EntryEventKind::{Added, Removed, Updated};

    let client = connect().await;
    let map = client.replicated_map::<String, i32>("replicated");
    let mut events = map.listen().await.unwrap();
    assert!(map.is_empty().await.unwrap());
    assert_eq!(map.put("a", &1).await.unwrap(), None);
    assert_eq!(map.put("a", &2).await.unwrap(), Some(1));
    assert_eq!(kinds(&mut events, 2).await, [Added, Updated]);
    map.put_all(&HashMap::from([("b".to_owned(), 3), ("c".to_owned(), 4)])).await.unwrap();
    assert_eq!(kinds(&mut events, 2).await, [Added, Added]);
    all_have(&map, 3).await;
    assert_eq!(map.get("a").await.unwrap(), Some(2));
    assert!(map.contains_key("b").await.unwrap() && !map.contains_key("z").await.unwrap());
    assert!(map.contains_value(&4).await.unwrap() && !map.contains_value(&9).await.unwrap());
    assert_eq!(sorted(map.keys().await.unwrap()), ["a", "b", "c"]);
    assert_eq!(sorted(map.values().await.unwrap()), [2, 3, 4]);
    let expected = [("a".to_owned(), 2), ("b".to_owned(), 3), ("c".to_owned(), 4)];
    assert_eq!(sorted(map.entries().await.unwrap()), expected);
    assert_eq!(map.remove("b").await.unwrap(), Some(3));
    assert_eq!(kinds(&mut events, 1).await, [Removed]);
    assert_eq!(map.put_for("d", &5, Some(Duration::from_secs(1))).await.unwrap(), None);
    eventually("the entry goes", || async { map.get("d").await.unwrap().is_none().then_some(()) }).await;
    map.clear().await.unwrap();
    all_have(&map, 0).await;
}

//! Replicated maps.

use std::collections::HashMap;
use std::time::Duration;

use hazelcast_client::{EntryEventKind, Event};

use crate::shared::connect;
use crate::support::{eventually, soon, sorted};

#[tokio::test(flavor = "multi_thread")]
async fn every_member_has_all_of_it() {
    let client = connect().await;
    let map = client.replicated_map::<String, i32>("replicated");
    let mut events = map.listen().await.unwrap();
    assert!(map.is_empty().await.unwrap());
    assert_eq!(map.put("a", &1).await.unwrap(), None);
    assert_eq!(map.put("a", &2).await.unwrap(), Some(1));
    map.put_all(&HashMap::from([("b".to_owned(), 3), ("c".to_owned(), 4)])).await.unwrap();
    assert_eq!(map.get("a").await.unwrap(), Some(2));
    assert!(map.contains_key("b").await.unwrap() && !map.contains_key("z").await.unwrap());
    assert!(map.contains_value(&4).await.unwrap() && !map.contains_value(&9).await.unwrap());
    assert_eq!(map.size().await.unwrap(), 3);
    assert_eq!(sorted(map.keys().await.unwrap()), ["a", "b", "c"]);
    assert_eq!(sorted(map.values().await.unwrap()), [2, 3, 4]);
    let expected = [("a".to_owned(), 2), ("b".to_owned(), 3), ("c".to_owned(), 4)];
    assert_eq!(sorted(map.entries().await.unwrap()), expected);
    assert_eq!(map.remove("b").await.unwrap(), Some(3));
    assert_eq!(map.put_for("d", &5, Some(Duration::from_secs(1))).await.unwrap(), None);
    eventually("the entry goes", || async { map.get("d").await.unwrap().is_none().then_some(()) }).await;
    map.clear().await.unwrap();
    assert_eq!(map.size().await.unwrap(), 0);
    let mut kinds = Vec::new();
    for _ in 0..5 {
        let Event::Item(event) = soon(events.next()).await.unwrap().unwrap() else { panic!("a gap") };
        kinds.push(event.kind);
    }
    use EntryEventKind::{Added, Removed, Updated};
    assert_eq!(kinds, [Added, Updated, Added, Added, Removed]);
}

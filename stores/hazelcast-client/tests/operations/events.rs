//! Listening to what happens in maps. What happens to one key is told in its order; what happens to several, on several members, is
//! not.

use std::time::Duration;

use hazelcast_client::{
    Client, EntryEvent, EntryEventKind, EntryEvents, EntryFilter, Event, Expiry, FromData, Gap, Paging,
    Predicate,
};

use crate::shared::{config, connect};
use crate::support::{Payment, eventually, item, soon, sorted};

/// The next event of entries.
pub(super) async fn next<K: FromData, V: FromData>(events: &mut EntryEvents<K, V>) -> EntryEvent<K, V> {
    item(soon(events.next()).await.unwrap().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_what_happens() {
    let client = connect().await;
    let map = client.map::<String, i32>("events");
    let mut events = map.listen(EntryFilter::new().with_values()).await.unwrap();
    let mut bare = map.listen(EntryFilter::new()).await.unwrap();
    map.set("a", &1).await.unwrap();
    map.set("a", &2).await.unwrap();
    map.remove("a").await.unwrap();
    let told =
        |event: EntryEvent<String, i32>| (event.kind, event.key, event.value, event.old_value, event.count);
    let key = |key: &str| Some(key.to_owned());
    assert_eq!(told(next(&mut events).await), (EntryEventKind::Added, key("a"), Some(1), None, 1));
    assert_eq!(told(next(&mut events).await), (EntryEventKind::Updated, key("a"), Some(2), Some(1), 1));
    assert_eq!(told(next(&mut events).await), (EntryEventKind::Removed, key("a"), None, Some(2), 1));
    map.set("b", &3).await.unwrap();
    assert_eq!(told(next(&mut events).await), (EntryEventKind::Added, key("b"), Some(3), None, 1));
    map.clear().await.unwrap();
    assert_eq!(told(next(&mut events).await), (EntryEventKind::Cleared, None, None, None, 1));
    assert_eq!(told(next(&mut bare).await), (EntryEventKind::Added, key("a"), None, None, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_filtered() {
    let client = connect().await;
    let map = client.map::<i32, Payment>("filtered");
    let large = Predicate::sql("amount > 10");
    let filter = EntryFilter::new().matching(large.clone()).with_values();
    let mut matching = map.listen(filter.clone()).await.unwrap();
    let mut one = map.listen_to_key(&2, EntryFilter::new()).await.unwrap();
    let mut both = map.listen_to_key(&3, filter).await.unwrap();
    let removed = EntryFilter::new().kinds([EntryEventKind::Removed, EntryEventKind::Expired]);
    let mut removed = map.listen(removed).await.unwrap();
    for (key, amount) in [(1, 5), (2, 20)] {
        map.set(&key, &Payment::new("c", amount)).await.unwrap();
    }
    let event = next(&mut matching).await;
    assert_eq!((event.key, event.value), (Some(2), Some(Payment::new("c", 20))));
    map.set(&3, &Payment::new("c", 30)).await.unwrap();
    assert_eq!(next(&mut matching).await.key, Some(3));
    map.delete(&1).await.unwrap();
    map.set_with(&4, &Payment::new("d", 1), Expiry::after(Duration::from_secs(1))).await.unwrap();
    assert_eq!(next(&mut one).await.key, Some(2));
    assert_eq!(next(&mut both).await.key, Some(3));
    let event = next(&mut removed).await;
    assert_eq!((event.kind, event.key), (EntryEventKind::Removed, Some(1)));
    // Members notice when they look.
    eventually("the entry expires", || async { map.get(&4).await.unwrap().is_none().then_some(()) }).await;
    let event = next(&mut removed).await;
    assert_eq!((event.kind, event.key), (EntryEventKind::Expired, Some(4)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_take_events_learns_how_many_were_missed() {
    let client = Client::connect(config().event_queue(3)).await.unwrap();
    let map = client.map::<i32, i32>("overflow");
    let mut events = map.listen(EntryFilter::new().with_values()).await.unwrap();
    let mut witness = connect().await.map::<i32, i32>("overflow").listen(EntryFilter::new()).await.unwrap();
    for value in 0..10 {
        map.set(&1, &value).await.unwrap();
        next(&mut witness).await;
    }
    // The last event has come for this client too once another request's answer has.
    let mut values = Vec::new();
    let mut missed = 0;
    while values.len() as u64 + missed < 10 {
        match soon(events.next()).await.unwrap().unwrap() {
            Event::Item(event) => values.extend(event.value),
            Event::Gap(Gap::Overflow(count)) => missed += count,
            Event::Gap(gap) => panic!("{gap:?}"),
        }
    }
    assert_eq!(values[..3], [0, 1, 2]);
    assert!(missed > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn listening_ends_with_the_listener_and_with_the_client() {
    let client = connect().await;
    let map = client.map::<i32, i32>("ends");
    let events = map.listen(EntryFilter::new()).await.unwrap();
    drop(events);
    let mut events = map.listen(EntryFilter::new()).await.unwrap();
    map.set(&1, &1).await.unwrap();
    assert_eq!(next(&mut events).await.key, Some(1));
    client.shutdown().await;
    // That the connection is lost is told before.
    while let Some(event) = soon(events.next()).await {
        assert_eq!(event.unwrap(), Event::Gap(Gap::ConnectionLost));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_pages_are_streams_too() {
    use futures_util::{StreamExt as _, TryStreamExt as _};

    let map = connect().await.map::<i32, i32>("as-streams");
    let events = map.listen(EntryFilter::new().with_values()).await.unwrap();
    for key in 0..3 {
        map.set(&key, &(key * 10)).await.unwrap();
    }
    let told: Vec<_> = soon(events.into_stream().take(3).collect()).await;
    let values = told.into_iter().map(|event| item(event.unwrap()).value.unwrap());
    assert_eq!(sorted(values.collect()), [0, 10, 20]);
    let pages = map.pages_of_keys(Paging::new(2)).await.unwrap();
    let pages: Vec<Vec<i32>> = pages.into_stream().try_collect().await.unwrap();
    assert_eq!(pages, [vec![0, 1], vec![2]]);
}

//! Event journals.

use hazelcast_client::{EntryEventKind, ErrorKind, Event, Gap, JournalEvent, JournalEvents, JournalStart};

use crate::shared::connect;
use crate::support::classes::KeyIsMultiple;
use crate::support::{item, soon};

async fn next(events: &mut JournalEvents<i32, i32>) -> JournalEvent<i32, i32> {
    item(soon(events.next()).await.unwrap().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_tells_what_happened() {
    let client = connect().await;
    let map = client.map::<i32, i32>("journal-told");
    map.set(&7, &1).await.unwrap();
    map.set(&7, &2).await.unwrap();
    map.delete(&7).await.unwrap();
    let partition = client.serializer().to_data(&7).unwrap().partition(client.partition_count());
    let journal = map.journal();
    let ends = journal.ends(partition).await.unwrap();
    assert_eq!((ends.oldest, ends.newest), (0, 2));
    let batch = journal.read(partition, 0, 3, 10).await.unwrap();
    assert_eq!((batch.next, batch.missed), (3, 0));
    let told: Vec<_> = batch
        .events
        .iter()
        .map(|event| (event.sequence, event.kind, event.key, event.value, event.old_value))
        .collect();
    let expected = [
        (0, EntryEventKind::Added, 7, Some(1), None),
        (1, EntryEventKind::Updated, 7, Some(2), Some(1)),
        (2, EntryEventKind::Removed, 7, None, Some(2)),
    ];
    assert_eq!(told, expected);
    // One that has not happened yet is waited for.
    let waiting = tokio::spawn({
        let journal = journal.clone();
        async move { journal.read(partition, 3, 1, 10).await }
    });
    map.set(&7, &3).await.unwrap();
    assert_eq!(soon(waiting).await.unwrap().unwrap().events[0].value, Some(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_partitions_are_followed_and_reading_goes_on_where_it_was() {
    let client = connect().await;
    let map = client.map::<i32, i32>("journal-followed");
    for key in 0..500 {
        map.set(&key, &key).await.unwrap();
    }
    let mut newest = map.journal().follow(JournalStart::Newest).await.unwrap();
    let mut events = map.journal().follow(JournalStart::Oldest).await.unwrap();
    let mut keys = Vec::new();
    for _ in 0..400 {
        keys.push(next(&mut events).await.key);
    }
    let mut again = map.journal().follow(JournalStart::At(events.positions())).await.unwrap();
    for _ in 0..100 {
        keys.push(next(&mut again).await.key);
    }
    keys.sort_unstable();
    assert_eq!(keys, (0..500).collect::<Vec<_>>(), "each is told once");
    map.set(&3, &33).await.unwrap();
    assert_eq!(next(&mut newest).await.value, Some(33));
    assert_eq!(next(&mut again).await.value, Some(33));
    client.shutdown().await;
    assert!(soon(again.next()).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn members_choose_events() {
    let client = connect().await;
    let map = client.map::<i32, i32>("journal-filtered");
    let journal = map.journal().filtered(KeyIsMultiple { divisor: 2 });
    let mut events = journal.follow(JournalStart::Newest).await.unwrap();
    for key in 0..20 {
        map.set(&key, &key).await.unwrap();
    }
    let mut keys = Vec::new();
    for _ in 0..10 {
        keys.push(next(&mut events).await.key);
    }
    keys.sort_unstable();
    assert_eq!(keys, (0..20).filter(|key| key % 2 == 0).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_have_given_way_are_told_as_a_gap() {
    let client = connect().await;
    // 271 partitions with room for ten events each.
    let map = client.map::<i32, i32>("brief-journal");
    for value in 0..25 {
        map.set(&1, &value).await.unwrap();
    }
    let mut events = map.journal().follow(JournalStart::At(vec![0; 271])).await.unwrap();
    assert_eq!(soon(events.next()).await.unwrap().unwrap(), Event::Gap(Gap::Overflow(15)));
    assert_eq!(next(&mut events).await.value, Some(15));
    assert_eq!(next(&mut events).await.value, Some(16));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_without_a_journal_says_so() {
    let client = connect().await;
    let error = client.map::<i32, i32>("unjournaled").journal().ends(0).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(61)), "{error}");
}

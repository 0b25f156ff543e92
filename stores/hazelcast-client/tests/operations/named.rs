//! Queues, topics, ringbuffers, reliable topics.

use std::time::Duration;

use hazelcast_client::{ErrorKind, Event, Gap, ItemEventKind, Overflow};

use crate::shared::connect;
use crate::support::classes::{IsMultiple, KeyIsMultiple};
use crate::support::soon;

#[tokio::test(flavor = "multi_thread")]
async fn queues_give_items_in_order() {
    let client = connect().await;
    let queue = client.queue::<String>("queue");
    let mut events = queue.listen().await.unwrap();
    assert_eq!(queue.poll(Duration::ZERO).await.unwrap(), None);
    assert_eq!(queue.peek().await.unwrap(), None);
    assert!(queue.offer("a", Duration::ZERO).await.unwrap());
    queue.put("b").await.unwrap();
    let more = ["c".to_owned(), "d".to_owned(), "e".to_owned(), "f".to_owned()];
    assert!(queue.add_all(&more).await.unwrap());
    assert_eq!(queue.size().await.unwrap(), 6);
    assert_eq!(queue.items().await.unwrap(), ["a", "b", "c", "d", "e", "f"]);
    assert!(queue.contains("c").await.unwrap());
    assert!(queue.remove("c").await.unwrap());
    assert!(!queue.remove("c").await.unwrap());
    assert!(!queue.contains("c").await.unwrap());
    assert_eq!(queue.peek().await.unwrap().as_deref(), Some("a"));
    assert_eq!(queue.take().await.unwrap(), "a");
    assert_eq!(queue.poll(Duration::ZERO).await.unwrap().as_deref(), Some("b"));
    assert_eq!(queue.drain(Some(1)).await.unwrap(), ["d"]);
    assert_eq!(queue.drain(None).await.unwrap(), ["e", "f"]);
    assert!(queue.remaining_capacity().await.unwrap() > 1_000);
    queue.put("g").await.unwrap();
    queue.clear().await.unwrap();
    assert_eq!(queue.size().await.unwrap(), 0);
    let Event::Item(event) = soon(events.next()).await.unwrap().unwrap() else { panic!("no event") };
    assert_eq!((event.kind, event.item.as_deref()), (ItemEventKind::Added, Some("a")));
    loop {
        let Event::Item(event) = soon(events.next()).await.unwrap().unwrap() else { panic!("no event") };
        if event.kind == ItemEventKind::Removed {
            assert_eq!(event.item.as_deref(), Some("c"));
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_an_item_gets_it() {
    let client = connect().await;
    let queue = client.queue::<i64>("waiting");
    let taker = tokio::spawn({
        let queue = queue.clone();
        async move { queue.take().await }
    });
    let poller = tokio::spawn({
        let queue = queue.clone();
        async move { queue.poll(Duration::from_secs(60)).await }
    });
    queue.put(&1).await.unwrap();
    queue.put(&2).await.unwrap();
    let taken = soon(taker).await.unwrap().unwrap();
    let polled = soon(poller).await.unwrap().unwrap();
    assert_eq!(taken + polled.unwrap(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_reach_all_who_listen() {
    let (one, two) = (connect().await, connect().await);
    let topic = one.topic::<String>("topic");
    let mut mine = topic.listen().await.unwrap();
    let mut theirs = two.topic::<String>("topic").listen().await.unwrap();
    topic.publish("a").await.unwrap();
    let more = ["b".to_owned(), "c".to_owned()];
    topic.publish_all(&more).await.unwrap();
    for messages in [&mut mine, &mut theirs] {
        for expected in ["a", "b", "c"] {
            let Event::Item(message) = soon(messages.next()).await.unwrap().unwrap() else { panic!("a gap") };
            assert_eq!(message.message, expected);
            assert!(one.members().iter().any(|member| member.uuid() == message.member));
            assert!(message.published_millis > 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ringbuffers_keep_what_is_new() {
    const STALE: i32 = 51;
    let client = connect().await;
    let ring = client.ringbuffer::<i64>("small-ring");
    assert_eq!((ring.capacity().await.unwrap(), ring.size().await.unwrap()), (10, 0));
    assert_eq!((ring.head_sequence().await.unwrap(), ring.tail_sequence().await.unwrap()), (0, -1));
    assert_eq!(ring.add(&0, Overflow::Overwrite).await.unwrap(), Some(0));
    let items: Vec<_> = (1..=14).collect();
    assert_eq!(ring.add_all(&items, Overflow::Overwrite).await.unwrap(), Some(14));
    assert_eq!((ring.head_sequence().await.unwrap(), ring.tail_sequence().await.unwrap()), (5, 14));
    assert_eq!(ring.read_one(7).await.unwrap(), 7);
    let batch = ring.read_many(12, 1, 100).await.unwrap();
    assert_eq!((batch.items, batch.next), (vec![(12, 12), (13, 13), (14, 14)], 15));
    assert_eq!(ring.read_many(5, 0, 2).await.unwrap().items, [(5, 5), (6, 6)]);
    let error = ring.read_one(1).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(STALE)));
    let reader = tokio::spawn({
        let ring = ring.clone();
        async move { ring.read_many(15, 2, 10).await }
    });
    ring.add(&15, Overflow::Fail).await.unwrap();
    ring.add(&16, Overflow::Fail).await.unwrap();
    assert_eq!(soon(reader).await.unwrap().unwrap().items, [(15, 15), (16, 16)]);
    assert_eq!(ring.remaining_capacity().await.unwrap(), 10, "items without a time to live give way");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_choose_items_of_ringbuffers() {
    let client = connect().await;
    let ring = client.ringbuffer::<i64>("chosen-ring");
    let items: Vec<_> = (0..30).collect();
    ring.add_all(&items, Overflow::Overwrite).await.unwrap();
    let (third, none) = (IsMultiple { divisor: 3 }, IsMultiple { divisor: 1_000 });
    let batch = ring.read_many_with(1, 1, 4, &third).await.unwrap();
    assert_eq!((batch.items, batch.next), (vec![(3, 3), (6, 6), (9, 9), (12, 12)], 13));
    let batch = ring.read_many_with(batch.next, 0, 100, &third).await.unwrap();
    assert_eq!((batch.items.len(), batch.next), (5, 30), "it goes on behind those that were passed over");
    let batch = ring.read_many_with(1, 0, 100, &none).await.unwrap();
    assert_eq!((batch.items, batch.next), (vec![], 30));
    let waiting = tokio::spawn({
        let ring = ring.clone();
        async move { ring.read_many_with(28, 2, 10, &IsMultiple { divisor: 5 }).await }
    });
    let more: Vec<_> = (30..36).collect();
    ring.add_all(&more, Overflow::Overwrite).await.unwrap();
    let batch = soon(waiting).await.unwrap().unwrap();
    assert_eq!((batch.items, batch.next), (vec![(30, 30), (35, 35)], 36));
    let error = ring.read_many_with(0, 1, 1, &KeyIsMultiple { divisor: 1 }).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "it is no condition on items: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliable_topics_are_read_at_ones_own_pace() {
    let client = connect().await;
    let topic = client.reliable_topic::<String>("reliable");
    let mut messages = topic.listen().await.unwrap();
    let first = messages.sequence();
    for number in 0..300 {
        topic.publish(&format!("message {number}")).await.unwrap();
    }
    for number in 0..300 {
        let Event::Item(message) = soon(messages.next()).await.unwrap().unwrap() else { panic!("a gap") };
        assert_eq!(message.message, format!("message {number}"));
    }
    let mut again = topic.listen_from(first + 299);
    let Event::Item(message) = soon(again.next()).await.unwrap().unwrap() else { panic!("a gap") };
    assert_eq!(message.message, "message 299");
    assert_eq!(again.sequence(), first + 300);
    // The ringbuffer behind the topic has room for a thousand.
    for number in 300..1_310 {
        topic.publish(&format!("message {number}")).await.unwrap();
    }
    let event = soon(messages.next()).await.unwrap().unwrap();
    assert!(matches!(event, Event::Gap(Gap::Overflow(10))), "{event:?}");
    let Event::Item(message) = soon(messages.next()).await.unwrap().unwrap() else { panic!("a gap") };
    assert_eq!(message.message, "message 310");
    client.shutdown().await;
    while soon(messages.next()).await.is_some() {}
}

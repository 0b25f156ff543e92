//! Multimaps.

use std::time::Duration;

use hazelcast_client::{EntryEvent, EntryEventKind, ErrorKind};

use super::events::next;
use crate::shared::connect;
use crate::support::{Payment, soon, sorted};

const NOT_THE_OWNER: i32 = 26;

/// What happened, the key, the value and the old value.
type Told = (EntryEventKind, Option<String>, Option<Payment>, Option<Payment>);

#[tokio::test(flavor = "multi_thread")]
async fn keys_have_several_values() {
    let client = connect().await;
    let map = client.multi_map::<String, i64>("multi");
    assert_eq!(map.name(), "multi");
    assert!(map.get("a").await.unwrap().is_empty());
    assert!(map.put("a", &1).await.unwrap());
    assert!(map.put("a", &2).await.unwrap());
    assert!(!map.put("a", &1).await.unwrap(), "it is there already");
    map.put_all([("b", &3), ("a", &4), ("a", &2), ("c", &1), ("b", &5)]).await.unwrap();
    assert_eq!(sorted(map.get("a").await.unwrap()), [1, 2, 4]);
    assert_eq!((map.value_count("a").await.unwrap(), map.value_count("z").await.unwrap()), (3, 0));
    assert_eq!(map.size().await.unwrap(), 6);
    assert_eq!(sorted(map.keys().await.unwrap()), ["a", "b", "c"]);
    assert_eq!(sorted(map.values().await.unwrap()), [1, 1, 2, 3, 4, 5]);
    let entries = [("a", 1), ("a", 2), ("a", 4), ("b", 3), ("b", 5), ("c", 1)];
    assert_eq!(sorted(map.entries().await.unwrap()), entries.map(|(key, value)| (key.to_owned(), value)));
    assert!(map.contains_key("a").await.unwrap() && !map.contains_key("z").await.unwrap());
    assert!(map.contains_value(&5).await.unwrap() && !map.contains_value(&9).await.unwrap());
    assert!(map.contains_entry("b", &5).await.unwrap() && !map.contains_entry("a", &5).await.unwrap());
    assert!(map.remove_entry("a", &2).await.unwrap());
    assert!(!map.remove_entry("a", &2).await.unwrap());
    assert_eq!(sorted(map.remove("a").await.unwrap()), [1, 4]);
    assert!(map.remove("a").await.unwrap().is_empty());
    map.delete("b").await.unwrap();
    assert_eq!(map.entries().await.unwrap(), [("c".to_owned(), 1)]);
    map.clear().await.unwrap();
    assert_eq!(map.size().await.unwrap(), 0);
    map.put("a", &1).await.unwrap();
    map.destroy().await.unwrap();
    assert_eq!(client.multi_map::<String, i64>("multi").size().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn values_may_be_lists_of_whatever_there_is() {
    let client = connect().await;
    let map = client.multi_map::<i32, Payment>("listed-payments");
    let (one, two) = (Payment::new("a", 1), Payment::new("b", 2));
    map.put_all([(&7, &two), (&8, &one), (&7, &one)]).await.unwrap();
    assert!(map.put(&7, &one).await.unwrap(), "it is there twice");
    assert_eq!(map.get(&7).await.unwrap(), [two.clone(), one.clone(), one.clone()]);
    assert_eq!((map.value_count(&7).await.unwrap(), map.size().await.unwrap()), (3, 4));
    assert_eq!(map.values().await.unwrap().len(), 4);
    assert_eq!(map.entries().await.unwrap().len(), 3, "equal ones are told once");
    assert!(map.contains_entry(&7, &one).await.unwrap() && !map.contains_entry(&8, &two).await.unwrap());
    assert!(map.remove_entry(&7, &one).await.unwrap());
    assert_eq!(map.remove(&7).await.unwrap(), [two, one]);
    // By many keys in all partitions.
    let many: Vec<_> = (0..600).map(|index| (index % 300, Payment::new("m", i64::from(index)))).collect();
    map.put_all(many.iter().map(|(key, value)| (key, value))).await.unwrap();
    for key in 10..300 {
        let amounts: Vec<_> = map.get(&key).await.unwrap().iter().map(|payment| payment.amount).collect();
        assert_eq!(amounts, [i64::from(key), i64::from(key) + 300]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_at_a_time_holds_a_lock_of_a_key() {
    let client = connect().await;
    let mine = client.multi_map::<String, i64>("multi-locks");
    let other = client.multi_map::<String, i64>("multi-locks");
    mine.lock("a", None).await.unwrap();
    assert!(other.is_locked("a").await.unwrap() && !other.is_locked("b").await.unwrap());
    assert!(!other.try_lock("a", Duration::ZERO, None).await.unwrap());
    assert!(mine.clone().try_lock("a", Duration::ZERO, None).await.unwrap(), "the same owner locks it again");
    assert!(mine.put("a", &1).await.unwrap());
    let writing = tokio::spawn({
        let other = other.clone();
        async move { other.put("a", &2).await }
    });
    other.clear().await.unwrap();
    assert_eq!(other.get("a").await.unwrap(), [1], "reading does not wait, and what is locked stays");
    let error = other.unlock("a").await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(NOT_THE_OWNER)));
    mine.unlock("a").await.unwrap();
    assert!(!writing.is_finished(), "it was locked twice");
    mine.unlock("a").await.unwrap();
    assert!(soon(writing).await.unwrap().unwrap());
    mine.lock("a", None).await.unwrap();
    other.force_unlock("a").await.unwrap();
    assert!(!mine.is_locked("a").await.unwrap());
    mine.lock("a", Some(Duration::from_millis(200))).await.unwrap();
    assert!(other.try_lock("a", Duration::from_secs(60), None).await.unwrap(), "a lease ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_which_values_come_and_go() {
    use EntryEventKind::{Added, Cleared, Removed};

    let client = connect().await;
    let map = client.multi_map::<String, Payment>("multi-told");
    let mut all = map.listen_with_values().await.unwrap();
    let mut bare = map.listen().await.unwrap();
    let mut of_b = map.listen_to_key_with_values("b").await.unwrap();
    let mut bare_of_b = map.listen_to_key("b").await.unwrap();
    let (one, two) = (Payment::new("a", 1), Payment::new("b", 2));
    map.put("a", &one).await.unwrap();
    map.put("a", &two).await.unwrap();
    map.remove_entry("a", &one).await.unwrap();
    map.put("b", &one).await.unwrap();
    // Members do not tell of it.
    map.delete("a").await.unwrap();
    map.remove("b").await.unwrap();
    map.put("b", &two).await.unwrap();
    let told = |event: EntryEvent<String, Payment>| (event.kind, event.key, event.value, event.old_value);
    let (a, b) = (Some("a".to_owned()), Some("b".to_owned()));
    let (one, two) = (Some(one), Some(two));
    let of_a = [
        (Added, a.clone(), one.clone(), None),
        (Added, a.clone(), two.clone(), None),
        (Removed, a.clone(), None, one.clone()),
    ];
    let of_others = [
        (Added, b.clone(), one.clone(), None),
        (Removed, b.clone(), None, one.clone()),
        (Added, b.clone(), two.clone(), None),
    ];
    let bared = |(kind, key, _, _): Told| -> Told { (kind, key, None, None) };
    let mut told_of_all = Vec::new();
    for events in [&mut all, &mut bare] {
        let mut found = Vec::new();
        for _ in 0..6 {
            found.push(told(next(events).await));
        }
        // What happens to one key is told in order.
        found.sort_by_key(|(_, key, _, _)| *key != a);
        told_of_all.push(found);
    }
    let expected: Vec<_> = of_a.into_iter().chain(of_others.clone()).collect();
    assert_eq!(told_of_all[0], expected);
    assert_eq!(told_of_all[1], expected.into_iter().map(bared).collect::<Vec<_>>());
    for expected in of_others {
        assert_eq!(told(next(&mut bare_of_b).await), bared(expected.clone()));
        assert_eq!(told(next(&mut of_b).await), expected);
    }
    map.clear().await.unwrap();
    for events in [&mut all, &mut bare, &mut of_b, &mut bare_of_b] {
        assert_eq!(told(next(events).await), (Cleared, None, None, None));
    }
}

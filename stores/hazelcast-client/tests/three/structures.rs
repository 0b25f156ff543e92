//! Multimaps, lists and sets of several members: found by every client, however it asks, and still there when a member is gone.

use hazelcast_client::{
    Client, EntryEventKind, Event, ItemEventKind, ItemEvents, ObjectKind, Routing, TransactionOptions,
};

use crate::support::{Payment, config, connect, eventually, options, soon, sorted};

const KEYS: i64 = 300;

/// Some names, so that what lies where its name says lies at every member.
fn names(name: &str) -> impl Iterator<Item = String> {
    (0..12).map(move |index| format!("{name}-{index}"))
}

async fn added(events: &mut ItemEvents<i64>, count: usize) -> Vec<i64> {
    let mut items = Vec::new();
    for _ in 0..count {
        let Event::Item(event) = soon(events.next()).await.unwrap().unwrap() else { panic!("a gap") };
        assert_eq!(event.kind, ItemEventKind::Added);
        items.extend(event.item);
    }
    items
}

async fn write(client: &Client, name: &str) {
    let map = client.multi_map::<i64, Payment>(name);
    let mut events = map.listen_with_values().await.unwrap();
    for key in 0..KEYS {
        assert!(map.put(&key, &Payment::new("first", key)).await.unwrap());
    }
    let mut told = Vec::new();
    for _ in 0..KEYS {
        let Event::Item(event) = soon(events.next()).await.unwrap().unwrap() else { panic!("a gap") };
        assert_eq!((event.kind, event.value.map(|value| value.amount)), (EntryEventKind::Added, event.key));
        told.extend(event.key);
    }
    assert_eq!(sorted(told), (0..KEYS).collect::<Vec<_>>(), "each is told once");
    let second: Vec<_> = (0..KEYS).map(|key| (key, Payment::new("second", key))).collect();
    map.put_all(second.iter().map(|(key, value)| (key, value))).await.unwrap();
    for name in names(name) {
        let (list, set) = (client.list::<i64>(&name), client.set::<i64>(&name));
        let (mut of_list, mut of_set) = (list.listen().await.unwrap(), set.listen().await.unwrap());
        list.add_all(&[1, 2, 1]).await.unwrap();
        set.add_all(&[1, 2, 1]).await.unwrap();
        assert_eq!(added(&mut of_list, 3).await, [1, 2, 1]);
        assert_eq!(sorted(added(&mut of_set, 2).await), [1, 2]);
    }
}

async fn read(client: &Client, name: &str, set: &str) {
    let map = client.multi_map::<i64, Payment>(name);
    for key in 0..KEYS {
        let mut cards: Vec<_> = map.get(&key).await.unwrap().into_iter().map(|value| value.card).collect();
        cards.sort();
        assert_eq!((cards, map.value_count(&key).await.unwrap()), (vec!["first".into(), "second".into()], 2));
    }
    assert_eq!(sorted(map.keys().await.unwrap()), (0..KEYS).collect::<Vec<_>>());
    let twice = usize::try_from(KEYS * 2).unwrap();
    assert_eq!((map.size().await.unwrap(), map.entries().await.unwrap().len()), (twice, twice));
    assert!(map.contains_value(&Payment::new("second", 7)).await.unwrap());
    for name in names(name) {
        assert_eq!(client.list::<i64>(&name).items().await.unwrap(), [1, 2, 1], "{name}");
        let set = client.set::<i64>(&format!("{name}{set}"));
        assert_eq!(sorted(set.items().await.unwrap()), [1, 2], "{name}");
    }
}

/// Moves multimaps and lists to other names in one transaction, and makes sets beside them.
async fn move_all(client: &Client, from: &str, to: &str) {
    let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
    let old = transaction.multi_map::<i64, Payment>(from);
    let new = transaction.multi_map::<i64, Payment>(to);
    for key in 0..KEYS {
        for value in old.remove(&key).await.unwrap() {
            assert!(new.put(&key, &value).await.unwrap());
        }
    }
    for (from, to) in names(from).zip(names(to)) {
        let (old, new) = (transaction.list::<i64>(&from), transaction.list::<i64>(&to));
        for item in [1, 2, 1] {
            assert!(old.remove(&item).await.unwrap() && new.add(&item).await.unwrap());
        }
        let set = transaction.set::<i64>(&format!("{to}-set"));
        assert!(set.add(&1).await.unwrap() && set.add(&2).await.unwrap());
    }
    transaction.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn structures_are_found_by_every_client_and_outlive_a_member() {
    let mut cluster = options("structures").members(3).start();
    let all = connect(&cluster).await;
    assert_eq!(all.members().len(), 3, "when it is connected, it is so with all");
    let single = Client::connect(config(&cluster).routing(Routing::SingleMember)).await.unwrap();
    write(&all, "by-all").await;
    write(&single, "by-one").await;
    for name in ["by-all", "by-one"] {
        read(&all, name, "").await;
        read(&single, name, "").await;
    }
    move_all(&single, "by-all", "moved").await;
    for client in [&all, &single] {
        assert_eq!(client.multi_map::<i64, Payment>("by-all").size().await.unwrap(), 0);
        for name in names("by-all") {
            assert!(client.list::<i64>(&name).is_empty().await.unwrap());
        }
        read(client, "moved", "-set").await;
    }
    cluster.kill(0);
    for client in [&all, &single] {
        eventually("the member is gone", || async { (client.members().len() == 2).then_some(()) }).await;
        read(client, "moved", "-set").await;
        read(client, "by-one", "").await;
    }
    let objects = single.objects().await.unwrap();
    for kind in [ObjectKind::MultiMap, ObjectKind::List, ObjectKind::Set] {
        assert!(objects.iter().any(|object| object.kind == kind), "{kind:?}: {objects:?}");
    }
}

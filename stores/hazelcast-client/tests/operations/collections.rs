//! Lists and sets, and what queues have in common with them.

use hazelcast_client::{ErrorKind, FromData, ItemEventKind, ItemEvents};

use crate::shared::connect;
use crate::support::{Payment, item, soon, sorted};

const OUT_OF_BOUNDS: i32 = 29;

async fn told<T: FromData>(events: &mut ItemEvents<T>) -> (ItemEventKind, Option<T>) {
    let event = item(soon(events.next()).await.unwrap().unwrap());
    (event.kind, event.item)
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_are_collections() {
    let client = connect().await;
    let queue = client.queue::<String>("collected");
    assert!(queue.is_empty().await.unwrap());
    assert!(queue.add_all(["a", "b", "a", "c", "d"]).await.unwrap());
    assert!(!queue.is_empty().await.unwrap());
    assert!(queue.contains_all(["d", "a"]).await.unwrap());
    assert!(!queue.contains_all(["d", "z"]).await.unwrap());
    assert!(queue.remove_all(["a", "z"]).await.unwrap());
    assert!(!queue.remove_all(["a", "z"]).await.unwrap());
    assert_eq!(queue.items().await.unwrap(), ["b", "c", "d"]);
    assert!(queue.retain_all(["d", "b"]).await.unwrap());
    assert!(!queue.retain_all(["d", "b"]).await.unwrap());
    assert_eq!(queue.items().await.unwrap(), ["b", "d"]);
    queue.clone().destroy().await.unwrap();
    assert_eq!(queue.size().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_keep_items_in_their_order() {
    let client = connect().await;
    let list = client.list::<String>("list");
    assert_eq!(list.name(), "list");
    assert!(list.is_empty().await.unwrap());
    assert!(list.add("a").await.unwrap());
    assert!(list.add_all(["c", "a"]).await.unwrap());
    assert!(list.insert(1, "b").await.unwrap());
    assert!(list.insert_all(4, ["d", "e", "c"]).await.unwrap());
    assert_eq!(list.items().await.unwrap(), ["a", "b", "c", "a", "d", "e", "c"]);
    assert_eq!((list.size().await.unwrap(), list.is_empty().await.unwrap()), (7, false));
    assert_eq!(list.get(4).await.unwrap().as_deref(), Some("d"));
    assert_eq!(list.index_of("c").await.unwrap(), Some(2));
    assert_eq!(list.last_index_of("c").await.unwrap(), Some(6));
    assert_eq!(list.index_of("z").await.unwrap(), None);
    assert_eq!(list.last_index_of("z").await.unwrap(), None);
    assert_eq!(list.sub_list(1..3).await.unwrap(), ["b", "c"]);
    assert!(list.sub_list(7..7).await.unwrap().is_empty());
    assert!(list.contains("e").await.unwrap() && !list.contains("z").await.unwrap());
    assert!(list.contains_all(["e", "a"]).await.unwrap());
    assert!(!list.contains_all(["e", "z"]).await.unwrap());
    assert_eq!(list.set(5, "f").await.unwrap(), "e");
    assert!(list.remove("a").await.unwrap(), "the first of both");
    assert!(!list.remove("z").await.unwrap());
    assert_eq!(list.remove_at(3).await.unwrap().as_deref(), Some("d"));
    assert_eq!(list.items().await.unwrap(), ["b", "c", "a", "f", "c"]);
    assert!(list.remove_all(["c", "z"]).await.unwrap(), "each of them");
    assert!(!list.remove_all(["c", "z"]).await.unwrap());
    assert!(list.retain_all(["f", "b"]).await.unwrap());
    assert!(!list.retain_all(["f", "b"]).await.unwrap());
    assert_eq!(list.items().await.unwrap(), ["b", "f"]);
    list.clear().await.unwrap();
    assert_eq!(list.size().await.unwrap(), 0);
    list.add("g").await.unwrap();
    list.destroy().await.unwrap();
    assert!(client.list::<String>("list").is_empty().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_end_where_they_do() {
    let client = connect().await;
    let list = client.list::<i64>("short");
    list.add_all(&[1, 2]).await.unwrap();
    assert_eq!((list.get(2).await.unwrap(), list.remove_at(2).await.unwrap()), (None, None));
    assert_eq!(list.get(usize::MAX).await.unwrap(), None);
    let refused = [
        list.set(2, &3).await.map(drop),
        list.insert(3, &3).await.map(drop),
        list.insert_all(3, &[3]).await.map(drop),
        list.sub_list(1..3).await.map(drop),
    ];
    for error in refused.map(Result::unwrap_err) {
        assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(OUT_OF_BOUNDS)), "{error}");
    }
    assert_eq!(list.items().await.unwrap(), [1, 2]);
    let small = client.list::<i64>("small-list");
    assert!(!small.add_all(&[1, 2, 3, 4]).await.unwrap(), "all or none");
    assert!(small.add_all(&[1, 2]).await.unwrap());
    assert!(!small.insert_all(0, &[3, 4]).await.unwrap());
    assert!(small.insert(0, &3).await.unwrap());
    assert!(!small.add(&4).await.unwrap() && !small.insert(0, &4).await.unwrap());
    assert_eq!(small.items().await.unwrap(), [3, 1, 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sets_have_each_item_once() {
    let client = connect().await;
    let set = client.set::<String>("set");
    assert_eq!(set.name(), "set");
    assert!(set.is_empty().await.unwrap());
    assert!(set.add("a").await.unwrap());
    assert!(!set.add("a").await.unwrap());
    assert!(set.add_all(["a", "b", "c", "d"]).await.unwrap());
    assert!(!set.add_all(["a", "b"]).await.unwrap());
    assert_eq!(sorted(set.items().await.unwrap()), ["a", "b", "c", "d"]);
    assert_eq!((set.size().await.unwrap(), set.is_empty().await.unwrap()), (4, false));
    assert!(set.contains("b").await.unwrap() && !set.contains("z").await.unwrap());
    assert!(set.contains_all(["d", "a"]).await.unwrap());
    assert!(!set.contains_all(["d", "z"]).await.unwrap());
    assert!(set.remove("a").await.unwrap());
    assert!(!set.remove("a").await.unwrap());
    assert!(set.remove_all(["b", "z"]).await.unwrap());
    assert!(!set.remove_all(["b", "z"]).await.unwrap());
    assert!(set.retain_all(["c", "z"]).await.unwrap());
    assert!(!set.retain_all(["c", "z"]).await.unwrap());
    assert_eq!(set.items().await.unwrap(), ["c"]);
    set.clear().await.unwrap();
    assert_eq!(set.size().await.unwrap(), 0);
    set.add("e").await.unwrap();
    set.destroy().await.unwrap();
    assert!(client.set::<String>("set").is_empty().await.unwrap());
    let small = client.set::<i64>("small-set");
    assert!(!small.add_all(&[1, 2, 3, 4]).await.unwrap(), "all or none");
    assert!(small.add_all(&[1, 2]).await.unwrap());
    assert!(!small.add_all(&[1, 2, 3]).await.unwrap(), "those that are there count");
    assert!(small.add(&3).await.unwrap());
    assert!(!small.add(&4).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_sets_tell_what_comes_and_goes() {
    let client = connect().await;
    let (list, set) = (client.list::<Payment>("told"), client.set::<Payment>("told"));
    let mut in_list = list.listen().await.unwrap();
    let mut in_set = set.listen().await.unwrap();
    let (one, two) = (Payment::new("a", 1), Payment::new("b", 2));
    list.add_all(&[one.clone(), two.clone()]).await.unwrap();
    assert_eq!(list.set(1, &one).await.unwrap(), two);
    assert_eq!(list.remove_at(0).await.unwrap(), Some(one.clone()));
    set.add(&one).await.unwrap();
    assert!(!set.add(&one).await.unwrap(), "values of one's own are equal where their bytes are");
    set.add(&two).await.unwrap();
    assert!(set.remove(&one).await.unwrap());
    set.clear().await.unwrap();
    use ItemEventKind::{Added, Removed};
    let (one, two) = (Some(one), Some(two));
    // Members do not tell what was taken by its index.
    let events = [(Added, &one), (Added, &two), (Removed, &two), (Added, &one), (Removed, &None)];
    for (kind, item) in events {
        assert_eq!(told(&mut in_list).await, (kind, item.clone()));
    }
    for (kind, item) in [(Added, &one), (Added, &two), (Removed, &one), (Removed, &two)] {
        assert_eq!(told(&mut in_set).await, (kind, item.clone()));
    }
}

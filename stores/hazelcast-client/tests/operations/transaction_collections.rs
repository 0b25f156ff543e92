//! Multimaps, lists and sets within transactions.

use std::time::Duration;

use hazelcast_client::{Client, ErrorKind, Routing, TransactionOptions};

use crate::shared::{config, connect};
use crate::support::{Payment, sorted};

async fn all_or_nothing(client: &Client, options: TransactionOptions, name: &str) {
    let map = client.multi_map::<String, Payment>(name);
    let (list, set) =
        (client.list::<Payment>(&format!("{name}-list")), client.set::<Payment>(&format!("{name}-set")));
    let [one, two, three] = [1, 2, 3].map(|amount| Payment::new("c", amount));
    map.put_all([("a", &one), ("a", &two), ("b", &three)]).await.unwrap();
    list.add_all(&[one.clone(), two.clone()]).await.unwrap();
    set.add_all(&[one.clone(), two.clone()]).await.unwrap();

    let transaction = client.transaction(options).await.unwrap();
    let own = transaction.multi_map::<String, Payment>(name);
    let (own_list, own_set) =
        (transaction.list::<Payment>(list.name()), transaction.set::<Payment>(set.name()));
    assert!(own.put("a", &three).await.unwrap());
    assert!(!own.put("a", &one).await.unwrap(), "it is there already");
    assert!(own.remove_entry("a", &one).await.unwrap());
    assert!(!own.remove_entry("a", &one).await.unwrap());
    assert_eq!(own.remove("b").await.unwrap(), std::slice::from_ref(&three));
    assert_eq!(own.get("a").await.unwrap().len(), 2);
    assert_eq!((own.value_count("a").await.unwrap(), own.size().await.unwrap()), (2, 2));
    assert!(own_list.remove(&one).await.unwrap() && !own_list.remove(&three).await.unwrap());
    assert!(own_list.add(&three).await.unwrap() && own_list.add(&three).await.unwrap());
    assert!(own_list.remove(&three).await.unwrap(), "one of those that were just added");
    assert!(own_set.remove(&one).await.unwrap() && !own_set.remove(&one).await.unwrap());
    assert!(own_set.add(&three).await.unwrap() && !own_set.add(&three).await.unwrap());
    assert_eq!((own_list.size().await.unwrap(), own_set.size().await.unwrap()), (2, 2));
    // What was put is not seen from elsewhere; what was taken is not there.
    assert!(!list.contains(&three).await.unwrap() && !set.contains(&three).await.unwrap());
    assert_eq!((list.size().await.unwrap(), set.size().await.unwrap()), (1, 1));
    assert!(map.is_locked("a").await.unwrap() && !map.is_locked("z").await.unwrap());
    transaction.commit().await.unwrap();
    assert_eq!(list.items().await.unwrap(), [two.clone(), three.clone()]);
    let amounts = |items: Vec<Payment>| sorted(items.iter().map(|item| item.amount).collect());
    assert_eq!(amounts(set.items().await.unwrap()), [2, 3]);
    assert_eq!(amounts(map.get("a").await.unwrap()), [2, 3]);
    assert_eq!((map.size().await.unwrap(), map.is_locked("a").await.unwrap()), (2, false));

    let transaction = client.transaction(options).await.unwrap();
    let own = transaction.multi_map::<String, Payment>(name);
    assert!(own.put("a", &one).await.unwrap());
    assert_eq!(own.remove("a").await.unwrap().len(), 3);
    assert!(transaction.list::<Payment>(list.name()).remove(&two).await.unwrap());
    assert!(transaction.set::<Payment>(set.name()).add(&one).await.unwrap());
    transaction.roll_back().await.unwrap();
    assert_eq!(amounts(map.get("a").await.unwrap()), [2, 3]);
    assert_eq!(sorted(list.items().await.unwrap().iter().map(|item| item.amount).collect()), [2, 3]);
    assert_eq!(amounts(set.items().await.unwrap()), [2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn multimaps_lists_and_sets_are_written_together_or_not_at_all() {
    let client = connect().await;
    all_or_nothing(&client, TransactionOptions::default(), "collected-two").await;
    all_or_nothing(&client, TransactionOptions::one_phase(), "collected-one").await;
    let single = Client::connect(config().routing(Routing::SingleMember)).await.unwrap();
    all_or_nothing(&single, TransactionOptions::two_phases(0), "collected-single").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_of_one_name_are_not_taken_for_one_another() {
    let client = connect().await;
    let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
    assert!(transaction.list::<i64>("one-name").add(&1).await.unwrap());
    let set = transaction.set::<i64>("one-name").add(&2).await;
    let queue = transaction.queue::<i64>("one-name").offer(&3).await;
    let polled = transaction.queue::<i64>("one-name").poll(Duration::ZERO).await.map(|_| true);
    for error in [set, queue, polled].map(Result::unwrap_err) {
        assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, None), "{error}");
    }
    // They have nothing to do with maps, and other names are others.
    assert!(transaction.multi_map::<i64, i64>("one-name").put(&1, &4).await.unwrap());
    assert_eq!(transaction.map::<i64, i64>("one-name").put(&1, &5).await.unwrap(), None);
    assert!(transaction.list::<i64>("one-name").add(&6).await.unwrap());
    assert!(transaction.set::<i64>("another-name").add(&7).await.unwrap());
    transaction.commit().await.unwrap();
    assert_eq!(client.list::<i64>("one-name").items().await.unwrap(), [1, 6]);
    assert!(client.set::<i64>("one-name").is_empty().await.unwrap());
    assert_eq!(client.multi_map::<i64, i64>("one-name").get(&1).await.unwrap(), [4]);
    assert_eq!(client.map::<i64, i64>("one-name").get(&1).await.unwrap(), Some(5));
    assert_eq!(client.set::<i64>("another-name").items().await.unwrap(), [7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sets_do_not_take_back_what_was_just_added() {
    let client = connect().await;
    client.set::<i64>("taken-back").add(&1).await.unwrap();
    let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
    let own = transaction.set::<i64>("taken-back");
    assert!(!own.add(&1).await.unwrap());
    assert_eq!(own.size().await.unwrap(), 2, "members count what they did not add");
    assert!(own.add(&2).await.unwrap());
    assert!(!own.remove(&2).await.unwrap(), "members do not find it");
    transaction.commit().await.unwrap();
    assert_eq!(sorted(client.set::<i64>("taken-back").items().await.unwrap()), [1, 2]);
}

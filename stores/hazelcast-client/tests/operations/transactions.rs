//! Transactions.

use std::time::{Duration, Instant};

use hazelcast_client::{Client, ErrorKind, Predicate, TransactionOptions};

use crate::shared::connect;
use crate::support::{Payment, eventually, is_pending_at_first, soon, sorted};

const TIMED_OUT: i32 = 58;

async fn all_or_nothing(client: &Client, options: TransactionOptions, name: &str) {
    let (map, queue) = (client.map::<String, i64>(name), client.queue::<String>(name));
    map.set("a", &100).await.unwrap();
    map.set("gone", &1).await.unwrap();
    queue.put("job").await.unwrap();
    let transaction = client.transaction(options).await.unwrap();
    let (own, jobs) = (transaction.map::<String, i64>(name), transaction.queue::<String>(name));
    assert_eq!(own.get_for_update("a").await.unwrap(), Some(100));
    assert_eq!(own.put("a", &90).await.unwrap(), Some(100));
    own.set("b", &10).await.unwrap();
    own.delete("gone").await.unwrap();
    assert_eq!(jobs.size().await.unwrap(), 1);
    assert_eq!(jobs.poll(Duration::ZERO).await.unwrap().as_deref(), Some("job"));
    assert!(jobs.offer("done").await.unwrap());
    // Seen within, and not from elsewhere.
    assert_eq!((own.get("a").await.unwrap(), own.size().await.unwrap()), (Some(90), 2));
    assert_eq!(map.size().await.unwrap(), 2);
    assert!(map.is_locked("a").await.unwrap());
    transaction.commit().await.unwrap();
    assert_eq!(map.get("a").await.unwrap(), Some(90));
    assert_eq!(map.get("b").await.unwrap(), Some(10));
    assert_eq!((map.get("gone").await.unwrap(), map.is_locked("a").await.unwrap()), (None, false));
    assert_eq!(queue.items().await.unwrap(), ["done"]);

    let transaction = client.transaction(options).await.unwrap();
    transaction.map::<String, i64>(name).set("a", &0).await.unwrap();
    assert_eq!(transaction.queue::<String>(name).take().await.unwrap(), "done");
    transaction.roll_back().await.unwrap();
    assert_eq!((map.get("a").await.unwrap(), map.is_locked("a").await.unwrap()), (Some(90), false));
    assert_eq!(queue.items().await.unwrap(), ["done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_together_is_seen_together_or_not_at_all() {
    let client = connect().await;
    all_or_nothing(&client, TransactionOptions::default(), "two-phases").await;
    all_or_nothing(&client, TransactionOptions::one_phase(), "one-phase").await;
    all_or_nothing(&client, TransactionOptions::two_phases(0), "no-backup").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn maps_do_in_a_transaction_what_they_do_outside() {
    let client = connect().await;
    let map = client.map::<i32, Payment>("in-transaction");
    map.set(&1, &Payment::new("a", 1)).await.unwrap();
    map.set(&2, &Payment::new("b", 20)).await.unwrap();
    let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
    let own = transaction.map::<i32, Payment>("in-transaction");
    let (one, three) = (Payment::new("a", 1), Payment::new("c", 30));
    assert!(own.contains_key(&1).await.unwrap());
    assert!(!own.is_empty().await.unwrap());
    assert_eq!(own.put_if_absent(&1, &three).await.unwrap(), Some(one.clone()));
    assert_eq!(own.put_if_absent(&3, &three).await.unwrap(), None);
    assert_eq!(own.replace(&9, &three).await.unwrap(), None);
    assert_eq!(own.replace(&3, &three).await.unwrap(), Some(three.clone()));
    assert!(!own.replace_if_same(&1, &three, &one).await.unwrap());
    assert!(own.replace_if_same(&1, &one, &three).await.unwrap());
    assert!(!own.remove_if_same(&1, &one).await.unwrap());
    assert!(own.remove_if_same(&1, &three).await.unwrap());
    assert_eq!(own.remove(&2).await.unwrap(), Some(Payment::new("b", 20)));
    assert_eq!(own.put_for(&4, &one, Some(Duration::from_secs(3_600))).await.unwrap(), None);
    assert_eq!(sorted(own.keys(None).await.unwrap()), [3, 4]);
    let large = Predicate::sql("amount > 10");
    assert_eq!(own.keys(Some(&large)).await.unwrap(), [3]);
    assert_eq!(own.values(Some(&large)).await.unwrap(), [three]);
    assert_eq!(own.values(None).await.unwrap().len(), 2);
    transaction.commit().await.unwrap();
    assert_eq!(sorted(map.keys().await.unwrap()), [3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_is_rolled_back() {
    let client = connect().await;
    let map = client.map::<i32, i32>("dropped");
    let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
    transaction.map::<i32, i32>("dropped").set(&1, &1).await.unwrap();
    assert!(map.is_locked(&1).await.unwrap());
    drop(transaction);
    eventually("the lock goes", || async { (!map.is_locked(&1).await.unwrap()).then_some(()) }).await;
    assert_eq!(map.get(&1).await.unwrap(), None);
    // So is what a client leaves that goes.
    let other = connect().await;
    let transaction = other.transaction(TransactionOptions::default()).await.unwrap();
    transaction.map::<i32, i32>("dropped").set(&1, &1).await.unwrap();
    other.shutdown().await;
    assert_eq!(transaction.commit().await.unwrap_err().kind(), ErrorKind::Closed);
    eventually("the lock goes", || async { (!map.is_locked(&1).await.unwrap()).then_some(()) }).await;
    assert_eq!(map.get(&1).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_nobody_waits_for_is_made() {
    let client = connect().await;
    let map = client.map::<i32, i32>("unwatched");
    let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
    transaction.map::<i32, i32>("unwatched").set(&1, &1).await.unwrap();
    // Asked once, and not again.
    let mut commit = Box::pin(transaction.commit());
    assert!(is_pending_at_first(commit.as_mut()));
    drop(commit);
    eventually("it is committed", || async { map.get(&1).await.unwrap() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_nobody_waits_for_is_not_committed() {
    let client = connect().await;
    let map = client.map::<i32, i32>("unwaited");
    let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
    let own = transaction.map::<i32, i32>("unwaited");
    own.set(&1, &1).await.unwrap();
    let mut second = Box::pin(own.set(&2, &2));
    assert!(is_pending_at_first(second.as_mut()));
    drop(second);
    let error = transaction.commit().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, None), "{error}");
    eventually("the lock goes", || async { (!map.is_locked(&1).await.unwrap()).then_some(()) }).await;
    assert_eq!(map.size().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_whose_time_is_over_is_not_committed() {
    let client = connect().await;
    let map = client.map::<i32, i32>("late");
    let short = TransactionOptions::default().timeout(Duration::from_secs(1));
    let started = Instant::now();
    let transaction = client.transaction(short).await.unwrap();
    let own = transaction.map::<i32, i32>("late");
    // On a slow machine its time may be over already.
    if let Err(error) = own.set(&1, &1).await {
        assert_eq!(error.code(), Some(TIMED_OUT), "{error}");
    }
    while started.elapsed() < Duration::from_millis(1_500) {
        own.size().await.unwrap();
    }
    let error = transaction.commit().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(TIMED_OUT)), "{error}");
    eventually("the lock goes", || async { (!map.is_locked(&1).await.unwrap()).then_some(()) }).await;
    assert_eq!(map.get(&1).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_waits_for_the_other() {
    let client = connect().await;
    let map = client.map::<i32, i32>("contended");
    map.set(&1, &0).await.unwrap();
    let add = |client: Client| {
        tokio::spawn(async move {
            for _ in 0..20 {
                let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
                let own = transaction.map::<i32, i32>("contended");
                let count = own.get_for_update(&1).await.unwrap().unwrap();
                own.set(&1, &(count + 1)).await.unwrap();
                transaction.commit().await.unwrap();
            }
        })
    };
    for task in [add(client.clone()), add(client.clone()), add(client.clone())] {
        soon(task).await.unwrap();
    }
    assert_eq!(map.get(&1).await.unwrap(), Some(60));
}

//! Transactions whose members are lost.

use std::time::Duration;

use hazelcast_client::{ErrorKind, TransactionOptions};

use crate::support::{connect, options, soon};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_member_had_is_rolled_back_or_committed_whole() {
    let mut cluster = options("transactions").members(2).start();
    let client = connect(&cluster).await;
    let map = client.map::<i32, i32>("moved");
    let keys: Vec<_> = (0..40).collect();
    // Locks of a transaction whose member is lost go when its time is over.
    let options = TransactionOptions::default().timeout(Duration::from_secs(20));
    let mut open = Vec::new();
    // Each begins at another member than the one before.
    for number in 0..4 {
        let transaction = client.transaction(options).await.unwrap();
        let own = transaction.map::<i32, i32>("moved");
        for key in &keys {
            own.set(&(number * 100 + key), &number).await.unwrap();
        }
        open.push(transaction);
    }
    assert_eq!(map.size().await.unwrap(), 0);
    cluster.kill(0);
    let mut ended = Vec::new();
    for transaction in open {
        let committed = soon(transaction.commit()).await;
        ended.push(committed.map_err(|error| error.kind()));
    }
    let mut lost = 0;
    for (number, committed) in (0..).zip(&ended) {
        let own = keys.iter().map(|key| number * 100 + key).collect::<Vec<_>>();
        // Reading waits for locks.
        let found = soon(map.get_all(&own)).await.unwrap().len();
        match committed {
            Ok(()) => assert_eq!(found, keys.len(), "{number}: {ended:?}"),
            Err(ErrorKind::Unavailable) => assert_eq!(found, 0, "{number}: {ended:?}"),
            // Whole, or not at all.
            Err(ErrorKind::Indeterminate) => assert!(found == 0 || found == keys.len(), "{number}: {found}"),
            Err(kind) => panic!("{number}: {kind:?}"),
        }
        lost += usize::from(committed.is_err());
    }
    assert!(lost >= 2, "two were at the killed member: {ended:?}");
    let transaction = client.transaction(TransactionOptions::default()).await.unwrap();
    transaction.map::<i32, i32>("moved").set(&9_999, &1).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(map.get(&9_999).await.unwrap(), Some(1));
}

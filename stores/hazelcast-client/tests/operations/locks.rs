//! Locks of keys.

use std::time::Duration;

use hazelcast_client::ErrorKind;

use crate::shared::connect;
use crate::support::soon;

const NOT_THE_OWNER: i32 = 26;

#[tokio::test(flavor = "multi_thread")]
async fn one_at_a_time_holds_a_lock() {
    let client = connect().await;
    let mine = client.map::<String, i32>("locks");
    let other = client.map::<String, i32>("locks");
    mine.lock("a", None).await.unwrap();
    assert!(other.is_locked("a").await.unwrap());
    assert!(!other.try_lock("a", Duration::ZERO, None).await.unwrap());
    assert!(mine.clone().try_lock("a", Duration::ZERO, None).await.unwrap(), "the same owner locks it again");
    mine.set("a", &1).await.unwrap();
    assert!(!other.try_put("a", &2, Duration::from_millis(10)).await.unwrap());
    let error = other.unlock("a").await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(NOT_THE_OWNER)));
    mine.unlock("a").await.unwrap();
    assert!(other.is_locked("a").await.unwrap(), "it was locked twice");
    let waiting = tokio::spawn({
        let other = other.clone();
        async move { other.lock("a", None).await }
    });
    mine.unlock("a").await.unwrap();
    soon(waiting).await.unwrap().unwrap();
    assert_eq!(mine.get("a").await.unwrap(), Some(1));
    assert!(!mine.try_lock("a", Duration::ZERO, None).await.unwrap());
    mine.force_unlock("a").await.unwrap();
    assert!(!mine.is_locked("a").await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_ends() {
    let client = connect().await;
    let mine = client.map::<i32, i32>("leases");
    let other = client.map::<i32, i32>("leases");
    mine.lock(&1, Some(Duration::from_millis(200))).await.unwrap();
    soon(other.lock(&1, None)).await.unwrap();
}

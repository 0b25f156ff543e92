//! Lists and sets, and what queues have in common with them.

use crate::shared::connect;

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

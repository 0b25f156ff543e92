//! Structures, each with one thing of the other side in it.

use hazelcast_client::{Client, Overflow};

pub(crate) async fn read(client: &Client) {
    assert_eq!(client.queue::<String>("q1").take().await.unwrap(), "from python");
    assert_eq!(client.ringbuffer::<String>("b1").read_one(0).await.unwrap(), "from python");
    let replicated = client.replicated_map::<String, String>("p1").get("k").await.unwrap();
    assert_eq!(replicated.as_deref(), Some("from python"));
    assert_eq!(client.list::<String>("l1").items().await.unwrap(), ["from", "python"]);
    assert!(client.set::<String>("s1").contains("from python").await.unwrap());
    let mut found = client.multi_map::<String, String>("m1").get("k").await.unwrap();
    found.sort();
    assert_eq!(found, ["from", "python"]);
}

pub(crate) async fn write(client: &Client) {
    client.queue::<String>("q2").put("from rust").await.unwrap();
    client.ringbuffer::<String>("b2").add("from rust", Overflow::Fail).await.unwrap();
    client.reliable_topic::<String>("r2").publish("from rust").await.unwrap();
    client.replicated_map::<String, String>("p2").put("k", "from rust").await.unwrap();
    client.list::<String>("l2").add_all(["from", "rust"]).await.unwrap();
    client.set::<String>("s2").add("from rust").await.unwrap();
    client.multi_map::<String, String>("m2").put_all([("k", "from"), ("k", "rust")]).await.unwrap();
}

//! Distributed objects as such, and indexes.

use hazelcast_client::{DistributedObject, ErrorKind, Event, Index, Json, ObjectKind, Predicate, UniqueKey};

use crate::shared::connect;
use crate::support::{eventually, soon, sorted};

#[tokio::test(flavor = "multi_thread")]
async fn objects_come_and_go() {
    let client = connect().await;
    let mut events = client.listen_to_objects().await.unwrap();
    let map = DistributedObject::new(ObjectKind::Map, "made-map");
    let queue = DistributedObject::new(ObjectKind::Queue, "made-queue");
    client.create_objects(&[map.clone(), queue.clone()]).await.unwrap();
    client.create_objects(std::slice::from_ref(&map)).await.unwrap();
    // Another member than the one that made them may be told a little later.
    eventually("both are there", || async {
        let all = client.objects().await.unwrap();
        (all.contains(&map) && all.contains(&queue)).then_some(())
    })
    .await;
    client.destroy_object(&queue).await.unwrap();
    eventually("one is left", || async {
        let all = client.objects().await.unwrap();
        (all.contains(&map) && !all.contains(&queue)).then_some(())
    })
    .await;
    // Other tests make objects, too.
    let mut told = Vec::new();
    while told.len() < 3 {
        let Event::Item(event) = soon(events.next()).await.unwrap() else { panic!("a gap") };
        if event.object.name.starts_with("made-") {
            assert_eq!(event.source, client.id(), "{event:?}");
            told.push((event.object, event.is_created));
        }
    }
    let all = [(map, true), (queue.clone(), true), (queue, false)];
    assert!(all.iter().all(|event| told.contains(event)), "{told:?}");
    client.shutdown().await;
    while soon(events.next()).await.is_some() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_change_no_answer() {
    let client = connect().await;
    let map = client.map::<i64, Json>("indexed");
    let order = |key: i64| Json::new(format!(r#"{{"amount": {key}, "state": "s{}"}}"#, key % 3));
    for key in 0..30 {
        map.set(&key, &order(key)).await.unwrap();
    }
    map.add_index(&Index::sorted(["amount"])).await.unwrap();
    map.add_index(&Index::sorted(["amount"])).await.unwrap();
    map.add_index(&Index::hash(["state", "this.amount"]).named("both")).await.unwrap();
    map.add_index(&Index::bitmap("state").unique_key("__key", UniqueKey::Long)).await.unwrap();
    map.set(&30, &order(30)).await.unwrap();
    let keys = map.keys_with(&Predicate::sql("amount >= 27")).await.unwrap();
    assert_eq!(sorted(keys), [27, 28, 29, 30]);
    let keys = map.keys_with(&Predicate::sql("state = 's1' AND amount = 4")).await.unwrap();
    assert_eq!(keys, [4]);
    let keys = map.keys_with(&Predicate::sql("state = 's0' OR state = 's1'")).await.unwrap();
    assert_eq!(keys.len(), 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_that_cannot_be_are_refused() {
    let client = connect().await;
    let map = client.map::<i64, Json>("indexed-badly");
    let none: [&str; 0] = [];
    for index in
        [Index::hash(none), Index::sorted(["a", "this.a"]), Index::bitmap("__key"), Index::hash([""])]
    {
        let error = map.add_index(&index).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, None), "{index:?}: {error}");
    }
    // Members look at what is there: each of them at both kinds.
    for key in 0..100 {
        let amount = if key % 2 == 0 { r#"{"amount": "many"}"# } else { r#"{"amount": 2}"# };
        map.set(&key, &Json::new(amount)).await.unwrap();
    }
    let error = map.add_index(&Index::sorted(["amount"])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
}

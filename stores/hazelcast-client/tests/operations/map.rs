//! Reading and writing entries.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use hazelcast_client::{ErrorKind, Expiry, Json, Placed};

use crate::shared::connect;
use crate::support::classes::AddProcessor;
use crate::support::{eventually, sorted};

#[tokio::test(flavor = "multi_thread")]
async fn single_entries() {
    let client = connect().await;
    let map = client.map::<String, i32>("single");
    assert_eq!(map.get("a").await.unwrap(), None);
    assert_eq!(map.put("a", &1).await.unwrap(), None);
    assert_eq!(map.put("a", &2).await.unwrap(), Some(1));
    map.set("a", &3).await.unwrap();
    assert_eq!(map.get("a").await.unwrap(), Some(3));
    assert_eq!(map.put_if_absent("a", &4).await.unwrap(), Some(3));
    assert_eq!(map.put_if_absent("b", &4).await.unwrap(), None);
    assert_eq!(map.replace("a", &5).await.unwrap(), Some(3));
    assert_eq!(map.replace("c", &5).await.unwrap(), None);
    assert!(!map.contains_key("c").await.unwrap());
    assert!(map.contains_key("b").await.unwrap());
    assert!(map.contains_value(&5).await.unwrap());
    assert!(!map.contains_value(&6).await.unwrap());
    assert_eq!(map.size().await.unwrap(), 2);
    assert_eq!(map.remove("a").await.unwrap(), Some(5));
    assert_eq!(map.remove("a").await.unwrap(), None);
    map.delete("b").await.unwrap();
    map.delete("b").await.unwrap();
    assert!(map.is_empty().await.unwrap());
    map.set("d", &1).await.unwrap();
    assert!(map.evict("d").await.unwrap());
    map.set("d", &1).await.unwrap();
    map.clear().await.unwrap();
    assert_eq!(map.size().await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn compare_and_set() {
    let client = connect().await;
    let map = client.map::<i64, Bytes>("same");
    let (one, two) = (Bytes::from_static(b"1"), Bytes::from_static(b"22"));
    assert!(!map.replace_if_same(&1, &one, &two).await.unwrap());
    map.set(&1, &one).await.unwrap();
    assert!(!map.replace_if_same(&1, &two, &one).await.unwrap());
    assert!(map.replace_if_same(&1, &one, &two).await.unwrap());
    assert!(!map.remove_if_same(&1, &one).await.unwrap());
    assert!(map.remove_if_same(&1, &two).await.unwrap());
    assert!(!map.contains_key(&1).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_count_none_is_lost() {
    let client = connect().await;
    let map = client.map::<i64, i64>("count");
    map.set(&1, &0).await.unwrap();
    let count = || {
        let map = map.clone();
        tokio::spawn(async move {
            for _ in 0..50 {
                loop {
                    let old = map.get(&1).await.unwrap().unwrap();
                    if map.replace_if_same(&1, &old, &(old + 1)).await.unwrap() {
                        break;
                    }
                }
            }
        })
    };
    for task in [count(), count(), count()] {
        task.await.unwrap();
    }
    assert_eq!(map.get(&1).await.unwrap(), Some(150));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_entries_at_once() {
    let client = connect().await;
    let map = client.map::<i64, String>("many");
    let entries: HashMap<i64, String> = (0..1_000).map(|key| (key, format!("value {key}"))).collect();
    map.put_all(&entries).await.unwrap();
    assert_eq!(map.size().await.unwrap(), 1_000);
    let keys: Vec<i64> = (500..1_500).collect();
    let found = sorted(map.get_all(&keys).await.unwrap());
    let expected: Vec<_> = (500..1_000).map(|key| (key, format!("value {key}"))).collect();
    assert_eq!(found, expected);
    assert_eq!(map.get_all::<i64>(&[]).await.unwrap(), []);
    map.put_all::<i64, String>([]).await.unwrap();
    // Each lies where it is looked for one by one.
    for key in 0..1_000 {
        assert_eq!(map.get(&key).await.unwrap(), Some(format!("value {key}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_go_by_themselves() {
    let client = connect().await;
    let map = client.map::<i64, i32>("expiry");
    let second = Duration::from_secs(1);
    map.set_with(&1, &1, Expiry::after(second)).await.unwrap();
    assert_eq!(map.put_with(&2, &1, Expiry::never().or_idle_for(second)).await.unwrap(), None);
    map.set_with(&3, &1, Expiry::never().or_idle_for(second)).await.unwrap();
    assert_eq!(map.put_if_absent_with(&4, &1, Expiry::after(second)).await.unwrap(), None);
    assert_eq!(
        map.put_if_absent_with(&5, &1, Expiry::after(second).or_idle_for(second)).await.unwrap(),
        None
    );
    map.set(&6, &1).await.unwrap();
    assert!(map.set_ttl(&6, Some(second)).await.unwrap());
    assert!(!map.set_ttl(&99, None).await.unwrap());
    map.set_with(&7, &1, Expiry::after(second)).await.unwrap();
    assert!(map.set_ttl(&7, None).await.unwrap());
    map.set_with(&8, &1, Expiry::never()).await.unwrap();
    // Whether a key is there is asked without touching it where that would keep it: by the keys.
    eventually("keys go", || async { (sorted(map.keys().await.unwrap()) == [7, 8]).then_some(()) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_runs_on_entries() {
    let client = connect().await;
    let map = client.map::<String, i64>("processed");
    let add = |amount| AddProcessor { amount };
    assert_eq!(map.execute_on_key::<_, _, i64>("a", &add(5)).await.unwrap(), None);
    assert_eq!(map.execute_on_key("a", &add(2)).await.unwrap(), Some(5_i64));
    map.set("b", &1).await.unwrap();
    let keys = ["a".to_owned(), "b".to_owned()];
    let results = map.execute_on_keys::<_, _, i64>(&keys, &add(10)).await.unwrap();
    assert_eq!(sorted(results), [("a".to_owned(), 7), ("b".to_owned(), 1)]);
    let results = map.execute_on_entries::<_, i64>(&add(0)).await.unwrap();
    assert_eq!(sorted(results), [("a".to_owned(), 17), ("b".to_owned(), 11)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_lie_beside_what_they_belong_to() {
    let client = connect().await;
    let map = client.map::<Placed<String>, i32>("placed");
    let key = |name: &str| Placed::beside(name.to_owned(), "customer-7").unwrap();
    map.set(&key("order-1"), &1).await.unwrap();
    map.set(&key("order-2"), &2).await.unwrap();
    assert_eq!(map.get(&key("order-1")).await.unwrap(), Some(1));
    assert_eq!(map.get_all(&[key("order-1"), key("order-2")]).await.unwrap().len(), 2);
    let keys = map.keys().await.unwrap();
    assert!(keys.contains(&key("order-1")), "{keys:?}");
    let elsewhere = Placed::beside("order-1".to_owned(), "customer-8").unwrap();
    assert_eq!(map.get(&elsewhere).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_values_pass() {
    let client = connect().await;
    let map = client.map::<i32, Vec<u8>>("large");
    let value: Vec<u8> = (0..3_000_000).map(|at: usize| (at % 251) as u8).collect();
    map.set(&1, &value).await.unwrap();
    assert!(map.get(&1).await.unwrap().unwrap() == value);
    map.destroy().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_value_of_the_type_is_told() {
    let client = connect().await;
    client.map::<i32, i32>("typed").set(&1, &7).await.unwrap();
    let error = client.map::<i32, String>("typed").get(&1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data);
    assert!(error.to_string().contains("a string"), "{error}");
    let json = client.map::<i32, Json>("typed");
    json.set(&2, &Json::new("[1]")).await.unwrap();
    assert_eq!(json.get(&2).await.unwrap(), Some(Json::new("[1]")));
}

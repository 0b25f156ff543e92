//! Predicates.

use hazelcast_client::{Aggregation, ErrorKind, Json, Predicate};

use crate::shared::connect;
use crate::support::{Payment, sorted};

#[tokio::test(flavor = "multi_thread")]
async fn predicates_choose_entries() {
    let client = connect().await;
    let map = client.map::<i32, Payment>("queried");
    for key in 0..10 {
        map.set(&key, &Payment::new(&format!("card-{}", key % 2), i64::from(key))).await.unwrap();
    }
    let amount = "amount";
    let cases = [
        (Predicate::sql("amount >= 3 AND card = 'card-1'"), vec![3, 5, 7, 9]),
        (Predicate::equal(amount, 4_i64).unwrap(), vec![4]),
        (
            Predicate::not_equal("card", "card-0").unwrap().and(Predicate::less(amount, 4_i64).unwrap()),
            vec![1, 3],
        ),
        (Predicate::between(amount, 2_i64, 4_i64).unwrap(), vec![2, 3, 4]),
        (Predicate::one_of(amount, [1_i64, 8, 77]).unwrap(), vec![1, 8]),
        (
            Predicate::at_most(amount, 1_i64).unwrap().or(Predicate::at_least(amount, 9_i64).unwrap()),
            vec![0, 1, 9],
        ),
        (Predicate::greater(amount, 2_i64).unwrap().negated(), vec![0, 1, 2]),
        (Predicate::like("card", "%-1").and(Predicate::greater("__key", 6).unwrap()), vec![7, 9]),
        (Predicate::all(), (0..10).collect()),
        (Predicate::none(), vec![]),
    ];
    for (predicate, expected) in cases {
        assert_eq!(sorted(map.keys_with(&predicate).await.unwrap()), expected, "{predicate:?}");
        assert_eq!(map.values_with(&predicate).await.unwrap().len(), expected.len());
        let entries = map.entries_with(&predicate).await.unwrap();
        assert!(entries.iter().all(|(key, value)| i64::from(*key) == value.amount), "{entries:?}");
        assert_eq!(entries.len(), expected.len());
    }
    assert_eq!(map.entries().await.unwrap().len(), 10);
    assert_eq!(map.values().await.unwrap().len(), 10);
    map.remove_all(&Predicate::sql("amount > 4")).await.unwrap();
    assert_eq!(sorted(map.keys().await.unwrap()), [0, 1, 2, 3, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_look_into_json() {
    let client = connect().await;
    let map = client.map::<String, Json>("json");
    map.set("cheap", &Json::new(r#"{"price": {"net": 3}}"#)).await.unwrap();
    map.set("dear", &Json::new(r#"{"price": {"net": 300}}"#)).await.unwrap();
    assert_eq!(map.keys_with(&Predicate::sql("price.net < 10")).await.unwrap(), ["cheap"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_make_something_of_many_entries() {
    let client = connect().await;
    let map = client.map::<i32, Json>("aggregated");
    let average = Aggregation::average("amount");
    let greatest = Aggregation::<Option<i64>>::max("amount");
    assert_eq!(map.aggregate(&Aggregation::count(), None).await.unwrap(), 0);
    assert_eq!(map.aggregate(&average, None).await.unwrap(), None);
    assert_eq!(map.aggregate(&greatest, None).await.unwrap(), None);
    for key in 1..=20 {
        map.set(&key, &Json::new(format!(r#"{{"amount": {key}, "weight": {key}.5}}"#))).await.unwrap();
    }
    let few = Predicate::sql("amount <= 4");
    assert_eq!(map.aggregate(&Aggregation::count(), None).await.unwrap(), 20);
    assert_eq!(map.aggregate(&Aggregation::count(), Some(&few)).await.unwrap(), 4);
    assert_eq!(map.aggregate(&Aggregation::sum("amount"), None).await.unwrap(), 210);
    assert_eq!(map.aggregate(&Aggregation::floating_sum("weight"), Some(&few)).await.unwrap(), 12.0);
    assert_eq!(map.aggregate(&average, Some(&few)).await.unwrap(), Some(2.5));
    assert_eq!(map.aggregate(&greatest, None).await.unwrap(), Some(20));
    assert_eq!(map.aggregate(&Aggregation::<Option<i32>>::min("__key"), None).await.unwrap(), Some(1));
    assert_eq!(sorted(map.project::<i64>("amount", Some(&few)).await.unwrap()), [1, 2, 3, 4]);
    assert_eq!(map.project::<i32>("__key", None).await.unwrap().len(), 20);
    assert_eq!(map.project::<Option<i64>>("other", Some(&few)).await.unwrap(), [None; 4]);
    let error = map.project::<String>("amount", None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data, "{error}");
}

//! Maps page by page.

use hazelcast_client::{ErrorKind, Map, Paging, Predicate};

use crate::shared::connect;
use crate::support::Payment;
use crate::support::classes::ByLastDigit;

async fn filled(map: &Map<i32, i32>) {
    let entries: Vec<_> = (0..95).map(|key| (key, 1_000 - key)).collect();
    map.put_all(entries.iter().map(|(key, value)| (key, value))).await.unwrap();
}

pub(crate) async fn pages_come_in_order(map: &Map<i32, i32>) {
    filled(map).await;
    let mut keys = map.pages_of_keys(Paging::new(10)).await.unwrap();
    let mut all = Vec::new();
    while let Some(page) = keys.next().await {
        let page = page.unwrap();
        assert!(page.len() <= 10);
        all.extend(page);
    }
    assert_eq!(all, (0..95).collect::<Vec<_>>());
    // By number, forward and back, and on from there.
    assert_eq!(keys.page(7).await.unwrap(), (70..80).collect::<Vec<_>>());
    assert_eq!(keys.page(2).await.unwrap(), (20..30).collect::<Vec<_>>());
    assert_eq!(keys.next().await.unwrap().unwrap(), (30..40).collect::<Vec<_>>());
    assert_eq!(keys.page(99).await.unwrap(), []);
    assert!(keys.next().await.is_none());
    // Jumping without having been anywhere.
    let mut values = map.pages_of_values(Paging::new(10)).await.unwrap();
    assert_eq!(values.page(9).await.unwrap(), (996..=1_000).collect::<Vec<_>>());
    let few = Paging::new(4).matching(Predicate::at_least("__key", 90).unwrap());
    let mut entries = map.pages_of_entries(few).await.unwrap();
    let first = entries.next().await.unwrap().unwrap();
    assert_eq!(first, [(90, 910), (91, 909), (92, 908), (93, 907)]);
    assert_eq!(entries.next().await.unwrap().unwrap(), [(94, 906)]);
    assert!(entries.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_an_order_and_numbers() {
    let client = connect().await;
    pages_come_in_order(&client.map("paged")).await;
    let mut none = client.map::<i32, i32>("paged-none").pages_of_keys(Paging::new(0)).await.unwrap();
    assert_eq!(none.next().await.unwrap().unwrap(), []);
    assert!(none.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_an_order_of_ones_own() {
    let client = connect().await;
    let map = client.map::<i32, i32>("paged-compared");
    filled(&map).await;
    let mut expected: Vec<_> = (0..95).map(|key| (key, 1_000 - key)).collect();
    expected.sort_by_key(|(_, value)| (value % 10, -value));
    let mut pages =
        map.pages_of_entries(Paging::new(30).ordered_by(ByLastDigit { digits: 1 })).await.unwrap();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        all.extend(page.unwrap());
    }
    assert_eq!(all, expected);
    let keys: Vec<_> = expected.iter().map(|(key, _)| *key).collect();
    let mut pages = map.pages_of_keys(Paging::new(30).ordered_by(ByLastDigit { digits: 1 })).await.unwrap();
    assert_eq!(pages.page(1).await.unwrap(), keys[30..60]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_order_is_refused() {
    let client = connect().await;
    let map = client.map::<i32, Payment>("paged-unordered");
    for key in 0..3 {
        map.set(&key, &Payment::new("a", 1)).await.unwrap();
    }
    let mut pages = map.pages_of_values(Paging::new(2)).await.unwrap();
    let error = pages.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Refused, Some(23)), "{error}");
}

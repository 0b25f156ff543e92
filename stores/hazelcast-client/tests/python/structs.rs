//! A struct that serde knows, with a field of every kind that it has.

use hazelcast_client::{Client, Serde};
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename = "Inner")]
pub(crate) struct Inner {
    n: i32,
}

#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
enum Color {
    Red,
    DarkBlue,
}

/// `Payment` of `interop.py`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename = "com.example.Payment")]
pub(crate) struct Payment {
    card: String,
    amount: f64,
    shop: Option<i32>,
    nobody: Option<u32>,
    count: u32,
    small: u8,
    is_good: bool,
    color: Color,
    raw: Vec<u8>,
    tags: Vec<Option<String>>,
    numbers: Vec<Option<i32>>,
    point: [f64; 2],
    empty: Vec<u16>,
    inner: Box<Inner>,
    inners: Vec<Inner>,
    no_inner: Option<Inner>,
}

pub(crate) fn payment() -> Payment {
    Payment {
        card: "4111".to_owned(),
        amount: 9.5,
        shop: Some(7),
        nobody: None,
        count: 4_000_000_000,
        small: 200,
        is_good: true,
        color: Color::DarkBlue,
        raw: vec![1, 2, 255],
        tags: vec![Some("a".to_owned()), None],
        numbers: vec![Some(1), None, Some(3)],
        point: [1.0, 2.0],
        empty: vec![],
        inner: Box::new(Inner { n: 5 }),
        inners: vec![Inner { n: 6 }, Inner { n: 7 }],
        no_inner: None,
    }
}

/// Reads what Python wrote.
pub(crate) async fn read(client: &Client, map: &str) {
    let map = client.map::<String, Serde<Payment>>(map);
    assert_eq!(map.get("serde").await.unwrap(), Some(Serde(payment())));
}

/// Writes what Python reads.
pub(crate) async fn write(client: &Client, map: &str) {
    let map = client.map::<String, Serde<Payment>>(map);
    map.set("serde", &Serde(Payment { color: Color::Red, ..payment() })).await.unwrap();
    let old = Serde(Payment { color: Color::Red, ..payment() });
    assert!(map.replace_if_same("serde", &old, &Serde(payment())).await.unwrap());
}

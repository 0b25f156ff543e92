//! Schemas of Compact types, told and fetched.

use hazelcast_client::{Record, RecordValue};

use crate::shared::connect;
use crate::support::Payment;

#[tokio::test(flavor = "multi_thread")]
async fn another_client_reads_a_type_it_has_not_written() {
    let (one, two) = (connect().await, connect().await);
    let payment = Payment::new("x", 3);
    one.map::<i32, Payment>("schemas").set(&1, &payment).await.unwrap();
    assert_eq!(two.map::<i32, Payment>("schemas").get(&1).await.unwrap(), Some(payment));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_have_types_that_nobody_declared() {
    let (one, two) = (connect().await, connect().await);
    let inner = Record::new("Inner", [("n", RecordValue::from(Some(1_i32)))]);
    let fields =
        [("inner", inner.clone().into()), ("name", "x".into()), ("list", vec![Some(inner)].into_some())];
    let record = Record::new("Outer", fields);
    one.map::<i32, Record>("records").set(&1, &record).await.unwrap();
    let read = two.map::<i32, Record>("records").get(&1).await.unwrap().unwrap();
    assert_eq!(read, record);
    assert_eq!(read.get("name"), Some(&"x".into()));
}

trait IntoSome {
    fn into_some(self) -> RecordValue;
}

impl IntoSome for Vec<Option<Record>> {
    fn into_some(self) -> RecordValue {
        RecordValue::ArrayOfCompact(Some(self))
    }
}

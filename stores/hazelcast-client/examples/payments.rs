//! Payments as Compact values: members look into them, and need no class for that.
//!
//! `cargo run -p hazelcast-client --example payments -- 127.0.0.1:5701 [CLUSTER]`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use hazelcast_client::{
    Client, Compact, CompactReader, CompactWriter, Config, DataError, Error, Predicate, Record,
};

#[derive(Clone, PartialEq, Debug)]
struct Payment {
    card: String,
    amount: f64,
    shop: Option<String>,
}

impl Compact for Payment {
    const TYPE_NAME: &'static str = "com.example.Payment";

    fn write(&self, writer: &mut CompactWriter<'_, '_>) {
        writer.field("card", &self.card).field("amount", &self.amount).field("shop", &self.shop);
    }

    fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
        Ok(Self { card: reader.field("card")?, amount: reader.field("amount")?, shop: reader.field("shop")? })
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or_else(|| "127.0.0.1:5701".to_owned());
    let cluster = args.next().unwrap_or_else(|| "dev".to_owned());
    let client = Client::connect(Config::new([address]).cluster_name(cluster)).await?;

    let payments = client.map::<i64, Payment>("payments");
    let all: Vec<_> = (0..100_i32)
        .map(|id| {
            (i64::from(id), Payment { card: format!("card-{}", id % 7), amount: f64::from(id), shop: None })
        })
        .collect();
    payments.put_all(all.iter().map(|(id, payment)| (id, payment))).await?;
    let large = payments.entries_with(&Predicate::sql("amount > 90 AND card = 'card-1'")).await?;
    println!("large ones of card-1: {large:?}");
    // The same, by a program that does not have the type.
    let records = client.map::<i64, Record>("payments");
    let amount = records.get(&7).await?.and_then(|record| record.get("amount").cloned());
    println!("the amount of payment 7: {amount:?}");
    client.shutdown().await;
    Ok(())
}

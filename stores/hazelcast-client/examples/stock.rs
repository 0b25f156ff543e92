//! A stock that several programs take from at once, and a listener that sees it shrink.
//!
//! `cargo run -p hazelcast-client --example stock -- 127.0.0.1:5701 [CLUSTER]`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use hazelcast_client::{Client, Config, EntryFilter, Error, Event, Map};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    let address = args.next().unwrap_or_else(|| "127.0.0.1:5701".to_owned());
    let cluster = args.next().unwrap_or_else(|| "dev".to_owned());
    let client = Client::connect(Config::new([address]).cluster_name(cluster)).await?;

    let stock = client.map::<String, i32>("stock");
    stock.set("apples", &10).await?;
    let mut events = stock.listen(EntryFilter::new().with_values()).await?;
    let buyers = [take(stock.clone(), 3), take(stock.clone(), 4)].map(tokio::spawn);
    for _ in buyers {
        if let Some(Event::Item(event)) = events.next().await.transpose()? {
            println!("{:?} instead of {:?}", event.value, event.old_value);
        }
    }
    println!("left: {:?}", stock.get("apples").await?);
    client.shutdown().await;
    Ok(())
}

/// Takes some; whoever is quicker makes the other try again.
async fn take(stock: Map<String, i32>, count: i32) -> Result<(), Error> {
    loop {
        let left = stock.get("apples").await?.unwrap_or_default();
        if stock.replace_if_same("apples", &left, &(left - count)).await? {
            return Ok(());
        }
    }
}

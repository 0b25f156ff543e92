//! Three members that stay.

use hazelcast_client::{Client, EntryFilter, State};

use crate::support::classes::AddProcessor;
use crate::support::{Payment, config, connect, item, options, soon, sorted};

async fn everything(client: &Client, name: &str) {
    let map = client.map::<i64, i64>(name);
    let mut events = map.listen(EntryFilter::new()).await.unwrap();
    for key in 0..300 {
        map.set(&key, &key).await.unwrap();
    }
    let mut told = Vec::new();
    while told.len() < 300 {
        told.extend(item(soon(events.next()).await.unwrap().unwrap()).key);
    }
    assert_eq!(sorted(told), (0..300).collect::<Vec<_>>(), "each is told once");
    assert_eq!(map.size().await.unwrap(), 300);
    for key in 0..300 {
        assert_eq!(map.get(&key).await.unwrap(), Some(key));
    }
    let keys: Vec<_> = (0..300).collect();
    assert_eq!(map.get_all(&keys).await.unwrap().len(), 300);
    let results = map.execute_on_entries::<_, i64>(&AddProcessor { amount: 1 }).await.unwrap();
    assert_eq!(results.len(), 300);
    assert_eq!(map.get(&7).await.unwrap(), Some(8));
    let payments = client.map::<i64, Payment>(&format!("{name}-payments"));
    payments.set(&1, &Payment::new("x", 1)).await.unwrap();
    assert_eq!(payments.get(&1).await.unwrap(), Some(Payment::new("x", 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_wait_for_backups_where_the_client_does_not() {
    let cluster = options("whole").members(3).start();
    let client = connect(&cluster).await;
    assert_eq!(client.members().len(), 3, "when it is connected, it is so with all");
    let waiting = Client::connect(config(&cluster).backup_acks(false)).await.unwrap();
    everything(&waiting, "owner-waits").await;
    client.shutdown().await;
    assert_eq!((client.state(), waiting.state()), (State::Closed, State::Connected));
}

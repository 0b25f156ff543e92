//! Members that are reached at other addresses than those that they tell.

use std::sync::{Arc, Mutex};

use hazelcast_client::{Balance, Client, Config, State};

use crate::support::{eventually, options};

#[tokio::test(flavor = "multi_thread")]
async fn members_are_found_where_the_translation_says() {
    let cluster = options("reach").members(2).start();
    let all = cluster.addresses();
    let first = || Config::new([&all[0]]).cluster_name(cluster.name());

    let asked = Arc::<Mutex<Vec<String>>>::default();
    let seen = Arc::clone(&asked);
    let translated = first().balance(Balance::Random).translate(move |address| {
        seen.lock().unwrap().push(address.to_owned());
        Some(address.replace("127.0.0.1", "localhost"))
    });
    let client = Client::connect(translated).await.unwrap();
    eventually("both are connected", || async { (client.metrics().connections == 2).then_some(()) }).await;
    assert!(asked.lock().unwrap().contains(&all[1]), "{asked:?}");
    let map = client.map::<i32, i32>("reach");
    for key in 0..50 {
        map.set(&key, &key).await.unwrap();
        // Any member tells that.
        assert_eq!(map.size().await.unwrap(), usize::try_from(key).unwrap() + 1);
    }

    // Where nobody is nobody is found, and the others pass on what is for those.
    let lost = first().translate_table([(all[1].as_str(), "127.0.0.1:1")]);
    let client = Client::connect(lost).await.unwrap();
    eventually("both are known", || async { (client.members().len() == 2).then_some(()) }).await;
    let map = client.map::<i32, i32>("reach");
    for key in 0..50 {
        assert_eq!(map.get(&key).await.unwrap(), Some(key));
    }
    assert_eq!((client.metrics().connections, client.state()), (1, State::Connected));
}

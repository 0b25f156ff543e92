//! Members that tell two addresses: one for their network, and one for those outside of it.

use std::time::{Duration, Instant};

use hazelcast_client::Client;

use crate::member::{
    AUTHENTICATE, Answer, FINAL, LISTEN_TO_CLUSTER, Listed, WHOLE, config, initial, let_in_by, list, start,
};

/// Two members, of which the second is told at an address where nobody is.
async fn two() -> String {
    let second = start(|asked| match asked.kind {
        AUTHENTICATE => Answer::Bytes(let_in_by(2, asked, b"5.7.0")),
        _ => Answer::Usual,
    })
    .await;
    let port = second.rsplit_once(':').unwrap().1.parse().unwrap();
    start(move |asked| {
        if asked.kind != LISTEN_TO_CLUSTER {
            return Answer::Usual;
        }
        let first = Listed { number: 1, address: ("127.0.0.1", 1), public: None };
        let second = Listed { number: 2, address: ("127.0.0.1", 2), public: Some(("127.0.0.1", port)) };
        Answer::Bytes([initial(asked, WHOLE | FINAL, &[]), list(asked, &[first, second])].concat())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_found_at_public_addresses_where_that_is_asked_for() {
    let address = two().await;
    let client = Client::connect(config(&address).public_addresses(true)).await.unwrap();
    let started = Instant::now();
    while client.metrics().connections < 2 {
        assert!(started.elapsed() < Duration::from_secs(60), "the second is not found");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let told: Vec<_> = client.members().iter().map(|member| member.public_address().is_some()).collect();
    assert_eq!(told, [false, true]);

    // Connecting waits until each member was tried.
    let client = Client::connect(config(&address)).await.unwrap();
    assert_eq!((client.members().len(), client.metrics().connections), (2, 1));
}

//! Members that are killed, frozen, added and started again.

use std::time::Duration;

use hazelcast_client::{
    Client, DistributedObject, EntryFilter, ErrorKind, Event, Gap, NearCacheConfig, ObjectKind, State,
};

use crate::support::load::Load;
use crate::support::{Payment, config, connect, eventually, options, soon};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_with_a_killed_member_and_nothing_fails_with_an_added_one() {
    let mut cluster = options("killed").members(3).start();
    let client = connect(&cluster).await;
    let map = client.map::<i64, i64>("load");
    eventually("all members are known", || async { (client.members().len() == 3).then_some(()) }).await;
    let load = Load::start(&client, "load");
    load.more(500).await;
    cluster.kill(0);
    load.more(500).await;
    eventually("the member is gone", || async { (client.members().len() == 2).then_some(()) }).await;
    let errors = load.check(&map).await;
    // Only what was on its way to the killed member is uncertain.
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::Indeterminate), "{errors:?}");
    let load = Load::start(&client, "load");
    load.more(500).await;
    cluster.add();
    eventually("the member is known", || async { (client.members().len() == 3).then_some(()) }).await;
    load.more(500).await;
    let errors = load.check(&map).await;
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(client.state(), State::Connected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_member_is_cut_off_and_calls_move() {
    let mut cluster = options("frozen").members(2).start();
    let config = config(&cluster)
        .heartbeat_interval(Duration::from_millis(500))
        .heartbeat_timeout(Duration::from_secs(3))
        .connect_timeout(Duration::from_secs(2));
    let client = Client::connect(config).await.unwrap();
    let map = client.map::<i64, i64>("load");
    eventually("all members are known", || async { (client.members().len() == 2).then_some(()) }).await;
    let load = Load::start(&client, "load");
    load.more(500).await;
    cluster.freeze(1);
    eventually("the members part", || async { (client.members().len() == 1).then_some(()) }).await;
    load.more(500).await;
    let errors = load.check(&map).await;
    assert!(errors.iter().all(|error| error.kind() == ErrorKind::Indeterminate), "{errors:?}");
    // It would come back with what it had before.
    cluster.kill(1);
    assert_eq!(client.state(), State::Connected);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_all_members_were_started_again_listeners_and_schemas_are_back() {
    let mut cluster = options("again").members(2).start();
    let near = NearCacheConfig::default();
    let client = Client::connect(config(&cluster).near_cache("again", near)).await.unwrap();
    let map = client.map::<i64, Payment>("again");
    let mut events = map.listen(EntryFilter::new().with_values()).await.unwrap();
    map.set(&1, &Payment::new("a", 1)).await.unwrap();
    let event = soon(events.next()).await.unwrap().unwrap();
    assert!(matches!(event, Event::Item(event) if event.key == Some(1)));
    eventually("the value is near", || async {
        assert_eq!(map.get(&1).await.unwrap(), Some(Payment::new("a", 1)));
        map.near_cache_stats().filter(|stats| stats.hits > 0)
    })
    .await;
    let made = DistributedObject::new(ObjectKind::Queue, "again-made");
    let gone = DistributedObject::new(ObjectKind::Map, "again-gone");
    client.create_objects(&[made.clone(), gone.clone()]).await.unwrap();
    client.map::<i64, i64>("again-gone").destroy().await.unwrap();
    let mut states = client.states();
    cluster.kill(0);
    cluster.kill(0);
    soon(states.wait_for(|state| *state == State::Disconnected)).await.unwrap();
    // Its call waits meanwhile.
    let waiting = tokio::spawn({
        let map = map.clone();
        async move { map.get(&1).await }
    });
    cluster.add();
    assert_eq!(soon(waiting).await.unwrap().unwrap(), None, "the cluster has begun anew");
    map.set(&2, &Payment::new("b", 20)).await.unwrap();
    let mut gaps = 0;
    let event = loop {
        match soon(events.next()).await.unwrap().unwrap() {
            Event::Item(event) => break event,
            Event::Gap(Gap::ConnectionLost) => gaps += 1,
            Event::Gap(gap) => panic!("{gap:?}"),
        }
    };
    assert_eq!((event.key, event.value), (Some(2), Some(Payment::new("b", 20))));
    assert!(gaps > 0, "that events may have been missed is told");
    // The near cache is told again.
    eventually("the value is near", || async {
        assert_eq!(map.get(&2).await.unwrap(), Some(Payment::new("b", 20)));
        map.near_cache_stats().filter(|stats| stats.entries == 1)
    })
    .await;
    let changed = connect(&cluster).await.map::<i64, Payment>("again");
    changed.set(&2, &Payment::new("b", 21)).await.unwrap();
    eventually("the change is seen", || async {
        map.get(&2).await.unwrap().filter(|payment| payment.amount == 21)
    })
    .await;
    eventually("what was made is there again", || async {
        client.objects().await.unwrap().contains(&made).then_some(())
    })
    .await;
    assert!(!client.objects().await.unwrap().contains(&gone), "what was destroyed is not");
    // The new cluster knows the schema, so that others read what has it.
    let other = connect(&cluster).await;
    assert_eq!(other.map::<i64, Payment>("again").get(&2).await.unwrap(), Some(Payment::new("b", 21)));
}

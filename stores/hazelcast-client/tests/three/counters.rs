//! PN counters and generators of ids of several members.

use std::collections::HashSet;

use hazelcast_client::{Client, DistributedObject, ErrorKind, Event, FlakeIdSettings, ObjectKind, Routing};

use crate::support::{config, connect, eventually, options, soon};

/// The number of the second member that joins is too large for ids.
const NARROW: &str = "  flake-id-generator:
    \"narrow-*\": { node-id-offset: 65534 }
    \"none-*\": { node-id-offset: 70000 }
";

#[tokio::test(flavor = "multi_thread")]
async fn counters_and_ids_turn_to_another_member() {
    let mut cluster = options("counters").yaml(NARROW).members(2).start();
    let client = connect(&cluster).await;
    eventually("all members are known", || async { (client.members().len() == 2).then_some(()) }).await;
    objects_are_told_once(&client).await;
    ids_come_from_members_that_can(&client).await;
    let single = Client::connect(config(&cluster).routing(Routing::SingleMember)).await.unwrap();
    eventually("all members are known", || async { (single.members().len() == 2).then_some(()) }).await;
    // Sessions turn to any replica, of which only one is connected to the second client.
    let counters: Vec<_> = (0..8).map(|index| if index % 2 == 0 { &client } else { &single }).collect();
    let counters: Vec<_> = counters.into_iter().map(|client| client.pn_counter("likes")).collect();
    for (index, counter) in counters.iter().enumerate() {
        for _ in 0..20 {
            counter.add_and_get(1).await.unwrap_or_else(|error| panic!("{index}: {error}"));
        }
    }
    // Those that are new ask one replica after the other.
    let fresh: Vec<_> = (0..6).map(|_| client.pn_counter("likes")).collect();
    for counter in counters.iter().chain(&fresh) {
        // Replicas tell each other.
        eventually("all is counted", || async { (counter.get().await.unwrap() == 160).then_some(()) }).await;
    }
    cluster.kill(0);
    for (index, counter) in counters.iter().enumerate() {
        let read = soon(counter.get()).await;
        assert!(read.as_ref().is_ok_and(|count| *count == 160), "{index}: {read:?}");
    }
    // What was on its way to the killed member may be uncertain; what comes later is not.
    let counter = client.pn_counter("later");
    eventually("the member is gone", || async { (client.members().len() == 1).then_some(()) }).await;
    assert_eq!(soon(counter.add_and_get(3)).await.unwrap(), 3);
    assert!(soon(client.flake_ids("after").next()).await.unwrap() > 0);
}

async fn ids_come_from_members_that_can(client: &Client) {
    let few = FlakeIdSettings { batch: 1, ..FlakeIdSettings::default() };
    let mut all = HashSet::new();
    for name in ["wide", "narrow-ids"] {
        let ids = client.flake_ids_with(name, few);
        for _ in 0..10 {
            assert!(all.insert((name, ids.next().await.unwrap())));
        }
    }
    // Each member has ids of its own: the lowest bits tell whose they are.
    let members =
        |name| all.iter().filter(|(own, _)| *own == name).map(|(_, id)| id & 0xffff).collect::<HashSet<_>>();
    assert_eq!((members("wide").len(), members("narrow-ids").len()), (2, 1));
    let error = client.flake_ids("none-ids").next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
}

async fn objects_are_told_once(client: &Client) {
    let mut events = client.listen_to_objects().await.unwrap();
    let objects: Vec<_> =
        (0..4).map(|index| DistributedObject::new(ObjectKind::Map, format!("told-{index}"))).collect();
    client.create_objects(&objects).await.unwrap();
    for object in &objects {
        client.destroy_object(object).await.unwrap();
    }
    let mut told = Vec::new();
    while told.len() < 8 {
        match soon(events.next()).await.unwrap() {
            Event::Item(event) if event.object.name.starts_with("told-") => {
                told.push((event.object, event.is_created))
            }
            Event::Item(_) => {}
            Event::Gap(gap) => panic!("{gap:?}"),
        }
    }
    let different: HashSet<_> = told.iter().collect();
    assert_eq!(different.len(), 8, "{told:?}");
}

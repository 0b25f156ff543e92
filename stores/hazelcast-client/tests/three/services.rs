//! Journals, queries and jobs whose members are lost.

use std::collections::HashSet;

use hazelcast_client::{Client, ErrorKind, JournalStart, Paging, Routing, Statement};

use crate::support::{config, connect, eventually, item, options, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_is_read_on_at_another_member() {
    let mut cluster = options("journals").members(3).start();
    let client = connect(&cluster).await;
    let single = Client::connect(config(&cluster).routing(Routing::SingleMember)).await.unwrap();
    let map = client.map::<i32, i32>("journal-lost");
    let mut events = map.journal().follow(JournalStart::Oldest).await.unwrap();
    let theirs = single.map::<i32, i32>("journal-lost").journal();
    let mut theirs = theirs.follow(JournalStart::Oldest).await.unwrap();
    for key in 0..300 {
        map.set(&key, &key).await.unwrap();
    }
    let mut pages = map.pages_of_keys(Paging::new(40)).await.unwrap();
    assert_eq!(pages.page(5).await.unwrap(), (200..240).collect::<Vec<_>>());
    let (mut keys, mut others) = (HashSet::new(), HashSet::new());
    for _ in 0..150 {
        keys.insert(item(soon(events.next()).await.unwrap().unwrap()).key);
    }
    cluster.kill(0);
    eventually("the member is gone", || async { (client.members().len() == 2).then_some(()) }).await;
    for key in 300..400 {
        map.set(&key, &key).await.unwrap();
    }
    // What was on its way may come again; nothing is missing.
    while keys.len() < 400 {
        keys.insert(item(soon(events.next()).await.unwrap().unwrap()).key);
    }
    while others.len() < 400 {
        others.insert(item(soon(theirs.next()).await.unwrap().unwrap()).key);
    }
    let mut pages = map.pages_of_keys(Paging::new(300)).await.unwrap();
    assert_eq!(pages.page(1).await.unwrap(), (300..400).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_end_with_their_member() {
    let mut cluster = options("rows").jet().members(2).start();
    let client = connect(&cluster).await;
    let sql = client.sql();
    let endless = Statement::new("SELECT v FROM TABLE(generate_stream(1000))").page_rows(2);
    // One at each member.
    let mut first = sql.query(endless.clone()).await.unwrap();
    let mut second = sql.query(endless).await.unwrap();
    for rows in [&mut first, &mut second] {
        assert!(soon(rows.next()).await.unwrap().is_ok());
    }
    cluster.kill(0);
    let mut kinds = Vec::new();
    for rows in [&mut first, &mut second] {
        let error = loop {
            match soon(rows.next()).await {
                Some(Ok(_)) => {}
                Some(Err(error)) => break error,
                None => panic!("an endless query has come to its end"),
            }
        };
        kinds.push(error.kind());
        assert!(soon(rows.next()).await.is_none());
    }
    let passes = |kind: &ErrorKind| matches!(kind, ErrorKind::Indeterminate | ErrorKind::Unavailable);
    assert!(kinds.iter().all(passes), "{kinds:?}");
    // Those who ask again get an answer.
    let count = eventually("it is answered", || async {
        let mut rows =
            sql.query(Statement::new("SELECT COUNT(*) FROM TABLE(generate_series(1, 9))")).await.ok()?;
        rows.next().await?.ok()?.get::<i64>(0).ok()
    })
    .await;
    assert_eq!(count, 9);
}

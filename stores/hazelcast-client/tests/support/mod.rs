//! What tests have in common: members with the classes of the tests, and waiting for what is to become true.
#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod classes;
pub(crate) mod load;

use std::fmt::Debug;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use hazelcast_client::{Client, Compact, CompactReader, CompactWriter, Config, DataError, Event};
use hazelcast_kit::{Cluster, Options};

/// Longer than anything takes on a slow machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A cluster with the classes of the tests, and invalidations of caches that are sent at once.
pub(crate) fn options(name: &str) -> Options {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/java");
    let classes = ["AddProcessor.java", "ByLastDigit.java", "IsMultiple.java", "KeyIsMultiple.java"];
    let options = Options::new(name).property("hazelcast.map.invalidation.batch.enabled", "false");
    classes.iter().fold(options, |options, class| options.class(&folder.join(class)))
}

pub(crate) fn config(cluster: &Cluster) -> Config {
    Config::new(cluster.addresses()).cluster_name(cluster.name())
}

pub(crate) async fn connect(cluster: &Cluster) -> Client {
    Client::connect(config(cluster)).await.unwrap()
}

/// Waits until there is something.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{what}: not after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for a future, but not for ever.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it takes too long")
}

/// What an event tells of; nothing was missed.
pub(crate) fn item<T>(event: Event<T>) -> T {
    match event {
        Event::Item(item) => item,
        Event::Gap(gap) => panic!("{gap:?}"),
    }
}

/// Begins a future that nobody waits for; tells whether there is something left of it.
pub(crate) fn is_pending_at_first(future: Pin<&mut impl Future>) -> bool {
    future.poll(&mut Context::from_waker(Waker::noop())).is_pending()
}

pub(crate) fn sorted<T: Ord + Debug>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

/// A value that members look into.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Payment {
    pub(crate) card: String,
    pub(crate) amount: i64,
}

impl Payment {
    pub(crate) fn new(card: &str, amount: i64) -> Self {
        Self { card: card.to_owned(), amount }
    }
}

impl Compact for Payment {
    const TYPE_NAME: &'static str = "Payment";

    fn write(&self, writer: &mut CompactWriter<'_, '_>) {
        writer.field("card", &self.card).field("amount", &self.amount);
    }

    fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
        Ok(Self { card: reader.field("card")?, amount: reader.field("amount")? })
    }
}

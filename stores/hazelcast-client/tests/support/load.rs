//! Writers that go on whatever happens, and remember what was acknowledged.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use hazelcast_client::{Client, Error, ErrorKind, Map};
use tokio::task::JoinHandle;

const WRITERS: i64 = 8;
const KEYS: i64 = 200;

/// Some writers, each with keys of its own, that write ever greater numbers.
#[derive(Debug)]
pub(crate) struct Load {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    writers: Vec<JoinHandle<Written>>,
}

/// What a writer knows.
#[derive(Debug, Default)]
struct Written {
    /// By key, the last number that was acknowledged, and the greatest that may be there.
    keys: HashMap<i64, (i64, i64)>,
    errors: Vec<Error>,
}

impl Load {
    pub(crate) fn start(client: &Client, map: &str) -> Self {
        let (stop, written) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let writer = |index| {
            let map = client.map::<i64, i64>(map);
            let (stop, written) = (Arc::clone(&stop), Arc::clone(&written));
            tokio::spawn(async move { write(map, index, &stop, &written).await })
        };
        let writers = (0..WRITERS).map(writer).collect();
        Self { stop, written, writers }
    }

    /// Waits until so many more writes were acknowledged.
    pub(crate) async fn more(&self, count: u64) {
        let target = self.written.load(Ordering::Relaxed) + count;
        super::eventually("writes go on", || async {
            (self.written.load(Ordering::Relaxed) >= target).then_some(())
        })
        .await;
    }

    /// Stops, checks that nothing that was acknowledged is lost, and gives the errors that writers saw.
    pub(crate) async fn check(self, map: &Map<i64, i64>) -> Vec<Error> {
        self.stop.store(true, Ordering::Relaxed);
        let mut errors = Vec::new();
        for writer in self.writers {
            let written = super::soon(writer).await.unwrap();
            for (key, (acknowledged, greatest)) in written.keys {
                let found = map.get(&key).await.unwrap();
                let found =
                    found.unwrap_or_else(|| panic!("key {key} is lost; {acknowledged} was acknowledged"));
                assert!(
                    (acknowledged..=greatest).contains(&found),
                    "key {key} is {found}; {acknowledged} was acknowledged, {greatest} the greatest written"
                );
            }
            errors.extend(written.errors);
        }
        errors
    }
}

async fn write(map: Map<i64, i64>, index: i64, stop: &AtomicBool, count: &AtomicU64) -> Written {
    let mut written = Written::default();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let key = index * KEYS + number % KEYS;
        let entry = written.keys.entry(key).or_insert((number, number));
        entry.1 = number;
        match map.set(&key, &number).await {
            Ok(()) => {
                entry.0 = number;
                count.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                // A first write that was not acknowledged may be nowhere.
                if entry.0 == number {
                    written.keys.remove(&key);
                }
                assert!(
                    matches!(error.kind(), ErrorKind::Indeterminate | ErrorKind::Unavailable),
                    "{error:?}"
                );
                written.errors.push(error);
            }
        }
    }
    written
}

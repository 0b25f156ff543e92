//! What members are told of how a client does: a text of names and values, and the same as compressed metrics.

mod blob;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tracing::debug;

use super::Core;
use super::connect::CLIENT_TYPE;
use crate::codec::{Opaque, TellStatistics};
use blob::{Blob, Metric, Unit};

impl Core {
    /// Tells one member, without waiting for its answer.
    pub(super) fn tell_statistics(self: &Arc<Self>) {
        let Some(connection) = self.routes().any() else { return };
        let core = Arc::clone(self);
        tokio::spawn(async move {
            let (address, since) = (connection.local.clone(), connection.since);
            let attributes = core.attributes(&address, since);
            let blob = core.blob();
            let request = TellStatistics {
                timestamp: millis(SystemTime::now()),
                attributes: &attributes,
                metrics: Opaque(&blob),
            };
            if let Err(error) = core.call_on(&request, &connection).await {
                debug!(client = %core.name, %error, "a member does not take statistics");
            }
        });
    }

    fn attributes(&self, address: &str, since: SystemTime) -> String {
        let mut all = vec![
            ("lastStatisticsCollectionTime".to_owned(), millis(SystemTime::now()).to_string()),
            ("enterprise".to_owned(), "false".to_owned()),
            ("clientType".to_owned(), CLIENT_TYPE.to_owned()),
            ("clientVersion".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("clusterConnectionTimestamp".to_owned(), millis(since).to_string()),
            ("clientAddress".to_owned(), address.to_owned()),
            ("clientName".to_owned(), escaped(&self.name)),
        ];
        for metric in self.measured() {
            let name = metric.about.as_deref().map(|map| format!("{}.", escaped(map))).unwrap_or_default();
            let prefix = if metric.about.is_some() { "nc" } else { metric.prefix };
            all.push((format!("{prefix}.{name}{}", metric.name), metric.value.to_string()));
        }
        let all: Vec<_> = all.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        all.join(",")
    }

    fn blob(&self) -> Vec<u8> {
        let mut blob = Blob::default();
        self.measured().iter().for_each(|metric| blob.add(metric));
        blob.finish()
    }

    /// All that is told as numbers.
    fn measured(&self) -> Vec<Metric> {
        let metrics = self.metrics();
        let number = |prefix, name, unit, value: u64| Metric {
            prefix,
            name,
            about: None,
            unit,
            value: i64::try_from(value).unwrap_or(i64::MAX),
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let mut all = vec![
            number("tcp", "bytesSend", Some(Unit::Bytes), metrics.bytes_sent),
            number("tcp", "bytesReceived", Some(Unit::Bytes), metrics.bytes_received),
            number("runtime", "availableProcessors", None, processors as u64),
        ];
        for (map, stats) in metrics.near_caches {
            let counts = [
                ("hits", stats.hits),
                ("misses", stats.misses),
                ("evictions", stats.evictions),
                ("invalidations", stats.invalidations),
                ("ownedEntryCount", stats.entries as u64),
            ];
            all.extend(counts.map(|(name, value)| Metric {
                about: Some(map.clone()),
                ..number("nearcache", name, Some(Unit::Count), value)
            }));
        }
        all
    }
}

fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// What has a meaning in the text is marked.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for letter in name.chars() {
        if ['\\', ',', '.', '='].contains(&letter) {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

//! What a real member takes of a client's statistics: it is asked what it has understood.

use std::path::PathBuf;
use std::time::Duration;

use hazelcast_client::{Client, Compact, CompactReader, CompactWriter, DataError, NearCacheConfig};
use hazelcast_kit::Options;

use crate::shared::cluster;
use crate::support::{config, eventually};

/// `StatisticsProcessor.java`: what the member was told of a client.
struct Told {
    client: String,
}

impl Compact for Told {
    const TYPE_NAME: &'static str = "StatisticsProcessor";

    fn write(&self, writer: &mut CompactWriter<'_, '_>) {
        writer.field("client", &self.client);
    }

    fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
        Ok(Self { client: reader.field("client")? })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_understands_the_statistics_of_a_client() {
    let class = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/java/StatisticsProcessor.java");
    let cluster = cluster().beside(Options::new("statistics").class(&class));
    let config = config(&cluster)
        .client_name("teller, of 1=1")
        .statistics(Duration::from_millis(100))
        .near_cache("told.*", NearCacheConfig::default());
    let client = Client::connect(config).await.unwrap();
    let map = client.map::<i32, i32>("told.map");
    for _ in 0..3 {
        assert_eq!(map.get(&1).await.unwrap(), None);
    }
    let ask = Told { client: client.id().to_string() };
    let asked = client.map::<i32, i32>("asked");
    let told = eventually("the member has been told", || async {
        let told = asked.execute_on_key::<_, _, String>(&1, &ask).await.unwrap();
        told.filter(|told| told.contains("nearcache.misses]=3"))
    })
    .await;
    let mut lines = told.lines();
    let attributes = lines.next().unwrap();
    let expected = format!(",enterprise=false,clientType=RST,clientVersion={},", env!("CARGO_PKG_VERSION"));
    assert!(attributes.starts_with("lastStatisticsCollectionTime="), "{attributes}");
    assert!(attributes.contains(&expected), "{attributes}");
    assert!(attributes.contains(r",clientName=teller\, of 1\=1,tcp.bytesSend="), "{attributes}");
    assert!(attributes.contains(r",nc.told\.map.misses=3,"), "{attributes}");
    let metrics: Vec<_> = lines.filter_map(|line| line.rsplit_once('=')).collect();
    let value = |name: &str| metrics.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    assert_eq!(value("[name=told.map,unit=count,metric=nearcache.misses]"), Some("3"), "{metrics:?}");
    assert_eq!(value("[name=told.map,unit=count,metric=nearcache.hits]"), Some("0"), "{metrics:?}");
    assert!(value("[metric=runtime.availableProcessors]").is_some(), "{metrics:?}");
    let sent: u64 = value("[unit=bytes,metric=tcp.bytesSend]").unwrap().parse().unwrap();
    assert!(sent > 0 && sent <= client.metrics().bytes_sent, "{metrics:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_counts_what_it_does() {
    let config = config(cluster()).near_cache("counted", NearCacheConfig::default());
    let client = Client::connect(config).await.unwrap();
    let before = client.metrics();
    let map = client.map::<i32, Vec<u8>>("counted");
    for key in 0..10 {
        map.set(&key, &vec![0; 1_000]).await.unwrap();
        map.get(&key).await.unwrap();
    }
    let after = client.metrics();
    assert!(after.invocations >= before.invocations + 20, "{after:?}");
    assert!(after.bytes_sent >= before.bytes_sent + 10_000, "{after:?}");
    assert!(after.bytes_received >= before.bytes_received + 10_000, "{after:?}");
    assert_eq!((after.connections, after.connections_opened, after.connections_closed), (1, 1, 0));
    let (name, stats) = &after.near_caches[0];
    assert_eq!((name.as_str(), stats.hits + stats.misses), ("counted", 10));
    client.shutdown().await;
    assert_eq!((client.metrics().connections, client.metrics().connections_closed), (0, 1));
}

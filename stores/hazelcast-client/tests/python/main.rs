//! Together with the official Python client: each reads what the other writes, and both write the same bytes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod compact;
mod portable;
mod structs;
mod structures;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hazelcast_client::{
    BigDecimal, BigInteger, Client, Config, Data, EntryFilter, Event, Json, List, LocalDate, LocalDateTime,
    LocalTime, Map, OffsetDateTime, Serde, Serializer, ToData,
};
use hazelcast_kit::{Cluster, Options, Python};
use uuid::Uuid;

const DATE: LocalDate = LocalDate { year: 2024, month: 2, day: 29 };
const TIME: LocalTime = LocalTime { hour: 1, minute: 2, second: 3, nanosecond: 4_000_000 };
const STAMP: LocalDateTime = LocalDateTime { date: DATE, time: TIME };
const STAMP_TZ: OffsetDateTime = OffsetDateTime { local: STAMP, offset_seconds: 7_200 };

fn decimal() -> BigDecimal {
    BigDecimal { unscaled: BigInteger::from(-1_234), scale: 2 }
}

fn run(cluster: &Cluster, task: &str) {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/python/interop.py");
    let told = Python::new().run(&script, &[task, &cluster.addresses()[0], cluster.name()]);
    assert_eq!(told.trim(), "done");
}

/// What `interop.py` has, by the same names.
struct Values<'c> {
    client: &'c Client,
    all: Vec<(String, Data)>,
}

impl Values<'_> {
    fn add<T: ToData + ?Sized>(&mut self, name: &str, value: &T) {
        let data = self.client.serializer().to_data(value).unwrap();
        self.all.push((name.to_owned(), data));
    }

    fn plain(&mut self) {
        self.add("boolean", &true);
        self.add("byte", &7_i8);
        self.add("short", &300_i16);
        self.add("int", &70_000);
        self.add("long", &(1_i64 << 40));
        self.add("big", &BigInteger::from(1 << 77));
        self.add("double", &2.25);
        self.add("string", "héllo");
        self.add("bytes", &[1, 2, 255_u8][..]);
        let seven = self.client.serializer().to_data(&7_i8).unwrap();
        let text = self.client.serializer().to_data("a").unwrap();
        self.add("list", &List(vec![Some(text), Some(seven), None]));
        self.add("uuid", &Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
        self.add("decimal", &decimal());
        self.add("date", &DATE);
        self.add("time", &TIME);
        self.add("timestamp_with_timezone", &STAMP_TZ);
        self.add("json", &Json::new(r#"{"a": 1}"#));
    }
}

/// What the Python client reads, but never writes.
async fn only_read(map: &Map<String, Data>) {
    let serializer = Serializer::new();
    let all = [
        ("char", serializer.to_data(&'é')),
        ("float", serializer.to_data(&1.5_f32)),
        ("timestamp", serializer.to_data(&STAMP)),
        ("booleans", serializer.to_data(&vec![true, false])),
        ("chars", serializer.to_data(&vec![u16::from(b'a'), 0xe9])),
        ("shorts", serializer.to_data(&vec![300_i16, -300])),
        ("ints", serializer.to_data(&vec![70_000, -1])),
        ("longs", serializer.to_data(&vec![1_i64 << 40, -1])),
        ("floats", serializer.to_data(&vec![1.5_f32, -0.25])),
        ("doubles", serializer.to_data(&vec![2.25, -0.125])),
        ("strings", serializer.to_data(&vec![Some("héllo".to_owned()), None, Some(String::new())])),
    ];
    for (name, data) in all {
        map.set(name, &data.unwrap()).await.unwrap();
    }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it takes too long")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_reads_what_the_other_writes_and_both_write_the_same_bytes() {
    let cluster = Options::new("python").start();
    let client =
        Client::connect(Config::new(cluster.addresses()).cluster_name(cluster.name())).await.unwrap();
    let theirs = client.map::<String, Data>("from-python");
    let mut events = theirs.listen(EntryFilter::new()).await.unwrap();
    let mut topic = client.topic::<String>("t1").listen().await.unwrap();
    let mut reliable = client.reliable_topic::<String>("r1").listen().await.unwrap();
    tokio::task::block_in_place(|| run(&cluster, "write"));
    let Event::Item(message) = soon(topic.next()).await.unwrap().unwrap() else { panic!("a gap") };
    assert_eq!(message.message, "from python");
    let Event::Item(message) = soon(reliable.next()).await.unwrap().unwrap() else { panic!("a gap") };
    assert_eq!(message.message, "from python");
    structures::read(&client).await;
    let Event::Item(event) = soon(events.next()).await.unwrap().unwrap() else { panic!("no event") };
    assert_eq!(event.key.as_deref(), Some("boolean"));

    let mut values = Values { client: &client, all: Vec::new() };
    values.plain();
    values.add("compact-full", &compact::everything(true));
    values.add("compact-empty", &compact::everything(false));
    values.add("portable", &portable::everything());
    values.add("serde", &Serde(structs::payment()));
    for (name, data) in &values.all {
        let found = theirs.get(name).await.unwrap().unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(found, *data, "{name}");
    }
    compact::read(&client, "from-python").await;
    portable::read(&client, "from-python").await;
    structs::read(&client, "from-python").await;

    let ours = client.map::<String, Data>("from-rust");
    ours.put_all(values.all.iter().map(|(name, data)| (name, data))).await.unwrap();
    // Data is passed on as it is: the schemas are told with the values that have them.
    let records = client.map::<String, hazelcast_client::Record>("from-rust");
    records.set("compact-full", &compact::everything(true)).await.unwrap();
    records.set("compact-empty", &compact::everything(false)).await.unwrap();
    structs::write(&client, "from-rust").await;
    only_read(&ours).await;
    structures::write(&client).await;
    tokio::task::block_in_place(|| run(&cluster, "read"));
}

#[tokio::test(flavor = "multi_thread")]
async fn python_hears_what_this_client_does() {
    let cluster = Arc::new(Options::new("python-hears").start());
    let client =
        Client::connect(Config::new(cluster.addresses()).cluster_name(cluster.name())).await.unwrap();
    let map = client.map::<String, Data>("heard");
    let mut events = map.listen(EntryFilter::new()).await.unwrap();
    let python = tokio::task::spawn_blocking({
        let cluster = Arc::clone(&cluster);
        move || run(&cluster, "listen")
    });
    // It has put something when it listens.
    let Event::Item(event) = soon(events.next()).await.unwrap().unwrap() else { panic!("no event") };
    assert_eq!(event.key.as_deref(), Some("ready"));
    let map = client.map::<String, i32>("heard");
    map.set("a", &1).await.unwrap();
    map.put("a", &2).await.unwrap();
    map.remove("a").await.unwrap();
    client.queue::<String>("heard").put("job").await.unwrap();
    client.topic::<String>("heard").publish("news").await.unwrap();
    client.reliable_topic::<String>("heard").publish("news").await.unwrap();
    client.replicated_map::<String, String>("heard").put("k", "v").await.unwrap();
    soon(python).await.unwrap();
}

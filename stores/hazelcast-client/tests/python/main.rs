//! Together with the official Python client: each reads what the other writes, and both write the same bytes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod compact;
mod portable;
mod structs;

use std::path::PathBuf;
use std::time::Duration;

use hazelcast_client::{
    BigDecimal, BigInteger, Client, Config, Data, EntryFilter, Event, Json, List, LocalDate, LocalDateTime,
    LocalTime, OffsetDateTime, Overflow, Serde, ToData,
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
    assert_eq!(client.queue::<String>("q1").take().await.unwrap(), "from python");
    assert_eq!(client.ringbuffer::<String>("b1").read_one(0).await.unwrap(), "from python");
    let replicated = client.replicated_map::<String, String>("p1").get("k").await.unwrap();
    assert_eq!(replicated.as_deref(), Some("from python"));
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
    client.queue::<String>("q2").put("from rust").await.unwrap();
    client.ringbuffer::<String>("b2").add("from rust", Overflow::Fail).await.unwrap();
    client.reliable_topic::<String>("r2").publish("from rust").await.unwrap();
    client.replicated_map::<String, String>("p2").put("k", "from rust").await.unwrap();
    tokio::task::block_in_place(|| run(&cluster, "read"));
}

//! What Hazelcast members send, whatever it is: messages and values are read, or they are errors.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::LazyLock;

use cep_fuzz::{Target, run};
use hazelcast_client::{
    AsPortable, BigDecimal, BigInteger, Compact, CompactReader, CompactWriter, Data, DataError, Json, List,
    LocalDate, LocalDateTime, LocalTime, OffsetDateTime, Portable, PortableReader, PortableRecord,
    PortableWriter, Record, RecordValue, Serde, Serializer, fuzz,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const WORDS: &[&str] = &["\0", "\u{1}", "\u{2}", "\u{7}", "\u{8}", "\0\0\0\u{1}", "\u{7f}", "k"];

fn frame(flags: u16, payload: &[u8]) -> Vec<u8> {
    let length = i32::try_from(payload.len() + 6).unwrap();
    [&length.to_le_bytes()[..], &flags.to_le_bytes(), payload].concat()
}

/// Messages with frames of all kinds.
fn messages() -> Vec<Vec<u8>> {
    let (begin, end, null) = (frame(0x1000, &[]), frame(0x0800, &[]), frame(0x0400, &[]));
    let head = |kind: i32, flags: u16| frame(0xc000 | flags, &[&kind.to_le_bytes()[..], &[0; 90]].concat());
    let data = frame(0, b"\0\0\0\0\xff\xff\xff\xf5\0\0\0\x03abc");
    let address = [begin.clone(), frame(0, &[1, 0, 0, 0]), frame(0, b"host"), end.clone()].concat();
    let empty = [begin.clone(), end.clone()].concat();
    let member =
        [begin.clone(), frame(0, &[0; 18]), address, empty.clone(), empty.clone(), empty, end.clone()]
            .concat();
    let list = |items: &[u8]| [begin.clone(), items.to_vec(), end.clone()].concat();
    let last = frame(0x2000, &[0; 17]);
    let fragment = |flags: u16| frame(flags, &7_i64.to_le_bytes());
    let all = [
        vec![head(0x302, 0x200), list(&member), last.clone()],
        vec![head(0x303, 0x200), list(&frame(0, &[1, 0, 0, 0, 2, 0, 0, 0])), last.clone()],
        vec![head(0x01_1902, 0x200), data.clone(), null.clone(), data.clone(), null.clone(), last.clone()],
        vec![head(0x01_3f03, 0x200), list(&data), last.clone(), last.clone(), frame(0x2000, &[0; 8])],
        vec![head(0x01_0201, 0), data.clone(), last.clone()],
        vec![head(0x01_2301, 0), list(&[data.clone(), data.clone()].concat()), last.clone()],
        vec![head(0x17_0901, 0), list(&data), frame(0x2000, &[0; 8])],
        vec![
            head(0, 0),
            list(&list(&[frame(0, &[9, 0, 0, 0]), frame(0, b"class"), null].concat())),
            last.clone(),
        ],
        vec![fragment(0x8000), head(1, 0), last.clone(), fragment(0x4000), data, last],
    ];
    all.iter().map(|frames| frames.concat()).collect()
}

#[test]
fn any_bytes_are_messages_or_an_error() {
    let corpus = messages();
    // Of each message in it something is read, so that what comes of it is near to something.
    assert!(corpus.iter().all(|bytes| fuzz::wire(bytes) > 0));
    let check = |bytes: &[u8]| {
        fuzz::wire(bytes);
    };
    run(Target { name: "hazelcast-wire", corpus, words: WORDS, cases: 6_000, check });
}

#[derive(Debug)]
struct Tree {
    name: Option<String>,
    amount: i64,
    is_leaf: bool,
    flags: Vec<bool>,
    numbers: Vec<Option<i32>>,
    children: Vec<Tree>,
}

impl Compact for Tree {
    const TYPE_NAME: &'static str = "Tree";

    fn write(&self, writer: &mut CompactWriter<'_, '_>) {
        writer.field("name", &self.name).field("amount", &self.amount).field("is_leaf", &self.is_leaf);
        writer.field("flags", &self.flags).field("numbers", &self.numbers).field("children", &self.children);
    }

    fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
        Ok(Self {
            name: reader.field("name")?,
            amount: reader.field("amount")?,
            is_leaf: reader.field("is_leaf")?,
            flags: reader.field("flags")?,
            numbers: reader.field("numbers")?,
            children: reader.field("children")?,
        })
    }
}

impl Tree {
    fn leaf() -> Self {
        let (flags, numbers, children) = (vec![true, false], vec![Some(1), None], vec![]);
        Self { name: Some("leaf".to_owned()), amount: 7, is_leaf: true, flags, numbers, children }
    }

    fn tall() -> Self {
        Self { name: None, is_leaf: false, children: vec![Self::leaf(), Self::leaf()], ..Self::leaf() }
    }
}

impl Portable for Tree {
    const FACTORY_ID: i32 = 1;
    const CLASS_ID: i32 = 1;

    fn write(&self, writer: &mut PortableWriter<'_, '_>) {
        writer.field("name", &self.name).field("amount", &self.amount).field("flags", &self.flags);
        writer.field("children", &self.children);
    }

    fn read(reader: &PortableReader<'_>) -> Result<Self, DataError> {
        let (name, amount, flags) = (reader.field("name")?, reader.field("amount")?, reader.field("flags")?);
        Ok(Self { name, amount, flags, children: reader.field("children")?, ..Self::leaf() })
    }
}

/// By serde alone, with all that its bridge knows.
#[derive(Serialize, Deserialize)]
struct Order {
    name: String,
    state: State,
    weight: Option<f32>,
    count: u16,
    tags: Vec<Option<String>>,
    raw: Vec<u8>,
    place: (f64, f64),
    lines: Vec<Line>,
    first: Option<Box<Line>>,
}

#[derive(Serialize, Deserialize)]
enum State {
    Open,
    Paid,
}

#[derive(Serialize, Deserialize)]
struct Line {
    amount: i64,
    is_gift: bool,
}

fn order() -> Order {
    let line = || Line { amount: 7, is_gift: true };
    Order {
        name: "order".to_owned(),
        state: State::Paid,
        weight: Some(0.5),
        count: 3,
        tags: vec![Some("a".to_owned()), None],
        raw: vec![1, 2, 3],
        place: (1.5, 2.5),
        lines: vec![line(), Line { is_gift: false, ..line() }],
        first: Some(Box::new(Line { is_gift: false, ..line() })),
    }
}

static SERIALIZER: LazyLock<Serializer> = LazyLock::new(Serializer::new);

fn values() -> Vec<Vec<u8>> {
    let date = LocalDate { year: 2024, month: 2, day: 29 };
    let time = LocalTime { hour: 1, minute: 2, second: 3, nanosecond: 4 };
    let local = LocalDateTime { date, time };
    let stamp = OffsetDateTime { local, offset_seconds: 60 };
    let decimal = BigDecimal { unscaled: BigInteger::from(-7), scale: 1 };
    let inner = Record::new("Inner", [("n", RecordValue::from(Some(decimal)))]);
    let list = RecordValue::from(Some(vec![Some(inner.clone()), None]));
    let record = Record::new("Outer", [("list", list), ("stamp", Some(stamp).into()), ("text", "t".into())]);
    let data = |data: Result<Data, DataError>| data.unwrap().as_bytes().to_vec();
    vec![
        data(SERIALIZER.to_data(&Tree::tall())),
        data(SERIALIZER.to_data(&AsPortable(Tree::tall()))),
        data(SERIALIZER.to_data(&record)),
        data(SERIALIZER.to_data(&Serde(order()))),
        data(SERIALIZER.to_data(&List(vec![Some("a".to_owned()), None]))),
        data(SERIALIZER.to_data(&vec![1_i64, 2])),
        data(SERIALIZER.to_data(&Json::new("{}"))),
        data(SERIALIZER.to_data(&stamp)),
    ]
}

fn check(bytes: &[u8]) {
    let Some(data) = Data::from_bytes(bytes.to_vec().into()) else { return };
    macro_rules! read {
        ($($type:ty),* $(,)?) => {$(
            if let Ok(value) = SERIALIZER.to_value::<$type>(&data) {
                SERIALIZER.to_data(&value).expect("what is read is written");
            }
        )*};
    }
    read!(
        Tree,
        AsPortable<Tree>,
        Serde<Order>,
        Record,
        List<Option<String>>,
        List<List<i32>>,
        Vec<i8>,
        Vec<i16>,
        Vec<u16>,
        Vec<i32>,
        Vec<i64>,
        Vec<f32>,
        Vec<f64>,
        Vec<u8>,
        Vec<String>,
        Vec<Option<String>>,
        Vec<bool>,
        Json,
        LocalDate,
        LocalTime,
        LocalDateTime,
        OffsetDateTime,
        BigInteger,
        BigDecimal,
        Uuid,
        Data,
        String,
        bool,
        i8,
        i16,
        i32,
        i64,
        f32,
        f64,
        char,
    );
    // Not written again: a class that was met with other fields is refused.
    drop(SERIALIZER.to_value::<PortableRecord>(&data));
    assert!((0..271).contains(&data.partition(271)));
}

#[test]
fn any_bytes_are_values_or_an_error() {
    run(Target { name: "hazelcast-values", corpus: values(), words: WORDS, cases: 6_000, check });
}

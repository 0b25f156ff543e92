//! Records taken many at a time read as records taken one by one: the same rows bit for bit, batches, errors and places,
//! whatever the bytes, however they arrive, however many are taken in one go.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::io::Read;

use cep_cli::input::{EventReader, Format, OnBadRow, Origin, Pace};
use cep_core::event::{DataType, EventBatch, Schema, Value};
use cep_core::ids::{ColumnId, StreamId};
use cep_core::pattern::StreamDef;
use cep_core::time::{Duration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A stream of one field and no time.
fn narrow() -> StreamDef {
    let schema = Schema::new().with_nullable("text", DataType::String);
    StreamDef { time: None, ..StreamDef::new("narrow", schema, "") }
}

fn stream() -> StreamDef {
    let schema = Schema::new()
        .with("card", DataType::String)
        .with("amount", DataType::Float)
        .with_nullable("note", DataType::String)
        .with_nullable("count", DataType::Int)
        .with_nullable("ok", DataType::Bool)
        .with_nullable("wait", DataType::Duration)
        .with_nullable("tags", DataType::List(Box::new(DataType::String)))
        .with("ts", DataType::Timestamp);
    let mut stream = StreamDef::new("txn", schema, "ts");
    stream.time.as_mut().unwrap().lateness = Duration(5);
    stream
}

/// Gives bytes in pieces of one size.
struct Pieces {
    bytes: Vec<u8>,
    at: usize,
    size: usize,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let taken = rest.len().min(into.len()).min(self.size);
        into[..taken].copy_from_slice(&rest[..taken]);
        self.at += taken;
        Ok(taken)
    }
}

/// How to read.
#[derive(Clone, Debug)]
struct Way {
    format: Format,
    on_bad_row: OnBadRow,
    /// The columns read; without, all.
    only: Option<&'static [usize]>,
}

/// All that reading comes to, as text; floats by their bits.
fn outcome(stream: &StreamDef, bytes: &[u8], size: usize, records: usize, way: Way) -> Vec<String> {
    let Way { format, on_bad_row, only } = way;
    let origin = Origin { file: "in".into(), format: Some(format), pace: Pace::Full, on_bad_row };
    let input = Pieces { bytes: bytes.to_vec(), at: 0, size };
    let reader = EventReader::open(input, origin, StreamId::new(0), stream, Box::new(|| Timestamp(0)));
    let mut reader = match reader {
        Ok(reader) => reader.taking_at_most(records),
        Err(error) => return vec![error.to_string()],
    };
    if let Some(only) = only {
        let only: Vec<_> = only.iter().copied().map(ColumnId::new).collect();
        reader = reader.only(&only);
    }
    let mut lines = Vec::new();
    while let Some(next) = reader.next() {
        match next {
            Ok(batch) => lines.extend((0..batch.len()).map(|row| line(&batch, row))),
            Err(error) => lines.push(error.to_string()),
        }
        lines.push(format!("{} rows in {} bytes", reader.rows_read(), reader.bytes_read()));
    }
    lines.push(format!("{:?} {:?}", reader.watermark(), reader.bad_rows()));
    lines
}

fn line(batch: &EventBatch, row: usize) -> String {
    let value = |value: Value| match value {
        Value::Float(value) => format!("{value}={:x}", value.to_bits()),
        value => format!("{value:?}"),
    };
    let values: Vec<_> = batch.columns().iter().map(|column| value(column.get(row).into_value())).collect();
    format!("{} {:?} {:?} {values:?}", batch.position(row), batch.time(row), batch.watermark_before(row))
}

const ONLY: [Option<&[usize]>; 3] = [None, Some(&[0, 7]), Some(&[2, 5, 7])];

fn check(bytes: &[u8], size: usize, records: usize, format: Format) {
    for on_bad_row in [OnBadRow::Skip, OnBadRow::Fail] {
        for only in ONLY {
            let way = Way { format, on_bad_row: on_bad_row.clone(), only };
            let expected = outcome(&stream(), bytes, usize::MAX, 0, way.clone());
            let found = outcome(&stream(), bytes, size, records, way.clone());
            assert_eq!(
                found,
                expected,
                "{way:?}, pieces of {size}, {records} in one go, {:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }
}

const CSV_HEADER: &str = "card,amount,other,note,count,ok,wait,tags,ts\n";

/// Fields as they should be, and as they should not.
const CSV_FIELDS: [&str; 45] = [
    "a\"b,c\"",
    "c1",
    "c22",
    "1.5",
    "77.30",
    "0",
    "-3",
    "12345678",
    "1517363399650",
    "2018-01-31T01:49:59Z",
    "2018-01-31T01:49:59.650Z",
    "true",
    "1h30m",
    "[\"a\"]",
    "",
    "\"\"",
    "\"c1\"",
    "\"a,b\"",
    "\"a\"\"b\"",
    "\"a\nb\"",
    "\"\"\"\"",
    "\"7\"",
    "\"7",
    "7\"",
    "a\"b",
    "\"a\"b",
    "\r",
    "\"a\"\r",
    "\r\n",
    "é",
    "\u{ff}x",
    "x\u{0}",
    " 5 ",
    "1e3",
    "0.1234567890123456789",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "NaN",
    ".5",
    "5.",
    "+5",
    "-0",
    "a much longer text, of more than 16 bytes",
    "-",
];

fn csv_row() -> impl Strategy<Value = Vec<u8>> {
    let good = || {
        let (count, wait) =
            (prop_oneof![Just(String::new()), any::<i32>().prop_map(|it| it.to_string())], 0_u64..100_000);
        let note = select(vec![
            "",
            "x",
            "\"q\"",
            "\"a,b\"",
            "\"a\"\"b\"",
            "\"two\nlines\"",
            "größer",
            "a text of quite some length",
        ]);
        let ts = prop_oneof![
            (0_i64..99_999).prop_map(|it| it.to_string()),
            Just("2018-01-31T01:49:59Z".to_owned())
        ];
        (0_u32..9_999, any::<i32>(), note, count, wait, ts, select(vec!["\n", "\n", "\r\n"])).prop_map(
            |(card, cents, note, count, wait, ts, end)| {
                format!("c{card},{},o,{note},{count},true,{wait},,{ts}{end}", f64::from(cents) / 100.0)
                    .into_bytes()
            },
        )
    };
    let wild = vec(select(CSV_FIELDS.as_slice()), 0..12)
        .prop_map(|fields| format!("{}\n", fields.join(",")).into_bytes());
    let odd =
        (good(), any::<prop::sample::Index>(), select(CSV_FIELDS.as_slice())).prop_map(|(row, at, field)| {
            let text = String::from_utf8(row).unwrap();
            let mut fields: Vec<_> = text.trim_end().split(',').collect();
            let at = at.index(fields.len());
            fields[at] = field;
            format!("{}\n", fields.join(",")).into_bytes()
        });
    let bytes =
        select(vec![b"\n".as_slice(), b"\r\n", b"\xff", b"\"", b",", b"c\xc3,1,o,,,,,,1\n\xa9,1,o,,,,,,2\n"])
            .prop_map(<[u8]>::to_vec);
    prop_oneof![12 => good(), 2 => odd, 1 => wild, 1 => bytes]
}

const JSON_VALUES: [&str; 40] = [
    "1",
    "-1.5",
    "77.30",
    "0",
    "-0",
    "007",
    "1e3",
    "1E400",
    "0.1234567890123456789",
    "9007199254740993",
    "9223372036854775808",
    "-",
    "1.",
    ".5",
    "+5",
    "null",
    "true",
    "false",
    "nul",
    "\"\"",
    "\"x\"",
    "\"1517363399650\"",
    "\"2018-01-31T01:49:59Z\"",
    "\"1h30m\"",
    "\"a\\\"b\"",
    "\"\\u00e9\"",
    "\"\\ud800\"",
    "\"é\"",
    "\"a\tb\"",
    "\"a much longer text, of more than 16 bytes\"",
    "[]",
    "[\"a\"]",
    "[1, 2",
    "{}",
    "{\"card\": 1}",
    "{\"a\": [1, {\"b\": \"}\\\"\"}]}",
    "[[[[1]]]]",
    "\"unclosed",
    " 5 ",
    "",
];

const JSON_KEYS: [&str; 12] = [
    "card",
    "amount",
    "note",
    "count",
    "ok",
    "wait",
    "tags",
    "ts",
    "other",
    "o\\u0074her",
    "c\\u0061rd",
    "ca",
];

fn json_row() -> impl Strategy<Value = Vec<u8>> {
    let gap = || select(vec!["", "", "", " ", "  ", "\t"]);
    let good = || {
        (
            0_u32..9_999,
            any::<i32>(),
            proptest::option::of(any::<i32>()),
            0_i64..99_999,
            select(vec!["\n", "\r\n"]),
            any::<bool>(),
            gap(),
        )
            .prop_map(|(card, cents, count, ts, end, swap, gap)| {
                let count = count.map_or(String::new(), |count| format!(",{gap}\"count\":{gap}{count}"));
                let amount = format!("\"amount\":{gap}{}", f64::from(cents) / 100.0);
                let card = format!("\"card\":{gap}\"c{card}\"");
                let (first, second) = if swap { (amount, card) } else { (card, amount) };
                format!("{{{first},{gap}{second},{gap}\"other\":{gap}7{count},{gap}\"ts\":{gap}{ts}}}{end}")
                    .into_bytes()
            })
    };
    let pair = || (select(JSON_KEYS.as_slice()), select(JSON_VALUES.as_slice()));
    let odd = (good(), pair(), any::<bool>()).prop_map(|(row, (key, value), front)| {
        let text = String::from_utf8(row).unwrap();
        let text = text.trim_end();
        match front {
            true => format!("{{\"{key}\":{value},{}\n", &text[1..]).into_bytes(),
            false => format!("{},\"{key}\":{value}}}\n", &text[..text.len() - 1]).into_bytes(),
        }
    });
    let wild = (vec(pair(), 0..6), select(vec!["}\n", "} \n", "}x\n", "\n", ",}\n", "}}\n"])).prop_map(
        |(pairs, end)| {
            let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
            format!("{{{}{end}", pairs.join(", ")).into_bytes()
        },
    );
    let bytes = select(vec![
        b"\n".as_slice(),
        b" \r\n",
        b"\xff",
        b"\"",
        b"{",
        b"}\n",
        b"[]\n",
        b"{\"card\":\"\xff\"}\n",
        b"{\"\xff\":1}\n",
    ]);
    prop_oneof![12 => good(), 3 => odd, 1 => wild, 1 => bytes.prop_map(<[u8]>::to_vec)]
}

fn steps() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1), Just(5), Just(64), Just(512)]
}

fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(usize::MAX), 1 => 1_usize..200]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn csv(rows in vec(csv_row(), 0..40), size in sizes(), records in steps(), cut in any::<prop::sample::Index>(), cuts in any::<bool>()) {
        let bytes = [CSV_HEADER.as_bytes(), &rows.concat()].concat();
        let end = if cuts { cut.index(bytes.len() + 1) } else { bytes.len() };
        check(&bytes[..end], size, records, Format::Csv);
    }

    #[test]
    fn csv_of_one_column(
        rows in vec(select(vec!["1\n", "\"2\"\n", "\n", "\r\n", "x\n", "3\r\n", "\"\"\n", "\r\r\n", "4,4\n", "\"", "5"]), 0..40),
        records in steps(),
    ) {
        let bytes = [b"text\n".as_slice(), rows.concat().as_bytes()].concat();
        let way = Way { format: Format::Csv, on_bad_row: OnBadRow::Skip, only: None };
        let expected = outcome(&narrow(), &bytes, usize::MAX, 0, way.clone());
        prop_assert_eq!(outcome(&narrow(), &bytes, usize::MAX, records, way), expected);
    }

    #[test]
    fn json_lines(rows in vec(json_row(), 0..40), size in sizes(), records in steps(), cut in any::<prop::sample::Index>(), cuts in any::<bool>()) {
        let bytes = rows.concat();
        let end = if cuts { cut.index(bytes.len() + 1) } else { bytes.len() };
        check(&bytes[..end], size, records, Format::Jsonl);
    }
}

/// Some records of each kind, one after the other.
fn sample(format: Format) -> Vec<u8> {
    match format {
        Format::Csv => format!(
            "{CSV_HEADER}c1,1.5,o,x,1,true,5,,10\nc2,-2.25,o,\"a,\"\"b\"\"\",,,1h,\"[\"\"t\"\"]\",2018-01-31T01:49:59Z\r\n\
             \"c3\",7,o,\"two\nlines\",,,,,12\n\nc4,x,o,,,,,,13\nc5,1,o,é,,,,,14\nc6,123456.789,o,\"\",,,,,15"
        )
        .into_bytes(),
        Format::Jsonl => "{\"card\":\"c1\",\"amount\":1.5,\"note\":\"x\",\"ts\":10}\n{\"card\":\"c2\",\"amount\":-2.25,\"ts\":11}\r\n\
             {\"ts\":12,\"note\":null,\"card\":\"c3\",\"amount\":7,\"other\":[1,\"\\\"\"]}\n\n{\"card\":\"c4\",\"amount\":\"x\",\"ts\":13}\n\
             {\"card\":\"c5\",\"amount\":1,\"note\":\"é\",\"ts\":\"2018-01-31T01:49:59Z\"}\n{\"card\":\"c6\",\"amount\":1e2,\"ts\":15}"
            .into(),
    }
}

#[test]
fn cut_off_anywhere_and_in_pieces_of_any_size() {
    for format in [Format::Csv, Format::Jsonl] {
        let bytes = sample(format);
        for at in 0..=bytes.len() {
            check(&bytes[..at], usize::MAX, 512, format);
            check(&bytes, at.max(1), 512, format);
        }
    }
}

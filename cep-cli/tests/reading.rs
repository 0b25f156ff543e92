//! How inputs are read whatever they hold: batches, time, records of any size, pipes, failing reads, random bytes.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};

use cep_cli::input::{
    BATCH_ROWS, EventReader, Format, InputError, MAX_RECORD, OnBadRow, Origin, Pace, Position, Problem,
    read_table,
};
use cep_core::event::{DataType, EventBatch, Schema, Value};
use cep_core::ids::{ColumnId, StreamId};
use cep_core::pattern::{StreamDef, TableDef};
use cep_core::time::{Duration, Timestamp, Watermark};
use proptest::prelude::*;

fn origin(on_bad_row: OnBadRow) -> Origin {
    Origin { file: "in".into(), format: None, pace: Pace::Full, on_bad_row }
}

fn stream() -> StreamDef {
    StreamDef::new("s", Schema::new().with("text", DataType::String).with("ts", DataType::Timestamp), "ts")
}

fn open(input: impl Read + 'static, origin: Origin) -> Result<EventReader, InputError> {
    EventReader::open(input, origin, StreamId::new(0), &stream(), Box::new(|| Timestamp(0)))
}

fn texts(batch: &EventBatch) -> Vec<String> {
    let text = batch.column(ColumnId::new(0)).strs().unwrap();
    (0..batch.len()).map(|row| text.get(row).to_owned()).collect()
}

/// Gives prepared pieces one by one, then an error or the end.
struct Pieces(VecDeque<io::Result<Vec<u8>>>);

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.0.pop_front() else { return Ok(0) };
        let mut piece = piece?;
        let taken = piece.len().min(into.len());
        into[..taken].copy_from_slice(&piece[..taken]);
        if taken < piece.len() {
            self.0.push_front(Ok(piece.split_off(taken)));
        }
        Ok(taken)
    }
}

fn pieces(text: &[u8], size: usize) -> Pieces {
    Pieces(text.chunks(size).map(|piece| Ok(piece.to_vec())).collect())
}

fn numbered(rows: usize) -> String {
    (0..rows).fold("text,ts\n".to_owned(), |text, row| text + &format!("r{row},{row}\n"))
}

#[test]
fn batches_are_bounded_and_number_their_rows_through() {
    let rows = 2 * BATCH_ROWS + 7;
    let batches: Vec<_> = open(Cursor::new(numbered(rows)), origin(OnBadRow::Fail)).unwrap().collect();
    let batches: Vec<_> = batches.into_iter().map(Result::unwrap).collect();
    assert_eq!(batches.iter().map(EventBatch::len).collect::<Vec<_>>(), [BATCH_ROWS, BATCH_ROWS, 7]);
    assert_eq!(batches[2].position(6), rows as u64 - 1);
    assert_eq!(batches[1].watermark_before(0), Watermark(BATCH_ROWS as i64 - 2));
}

#[test]
fn long_rows_make_small_batches() {
    let long = "x".repeat(1 << 20);
    let text = format!("text,ts\n{long},1\n{long},2\n\"{long}\n{long}\",3\n");
    let batches: Vec<_> = open(pieces(text.as_bytes(), 60_000), origin(OnBadRow::Fail)).unwrap().collect();
    let lengths: Vec<_> = batches.into_iter().map(|batch| texts(&batch.unwrap())[0].len()).collect();
    assert_eq!(lengths, [1 << 20, 1 << 20, (2 << 20) + 1]);
}

#[test]
fn a_record_beyond_the_limit_is_one_bad_row() {
    let long = "x".repeat(MAX_RECORD);
    for format in [Format::Csv, Format::Jsonl] {
        let text = match format {
            Format::Csv => format!("text,ts\na,1\n{long},2\nb,3\n\"{long}\n{long}\",4\n"),
            Format::Jsonl => format!("{{\"text\":\"a\",\"ts\":1}}\n{long}\n{{\"text\":\"b\",\"ts\":3}}\n"),
        };
        let mut reader = open(Cursor::new(text), origin(OnBadRow::Skip)).unwrap();
        let read: Vec<_> = reader.by_ref().flat_map(|batch| texts(&batch.unwrap())).collect();
        assert_eq!(read, ["a", "b"]);
        let bad = &reader.bad_rows().first()[0];
        let Position::Line { line, .. } = bad.at else { panic!("a file has lines") };
        assert_eq!((line, &bad.problem), (if format == Format::Csv { 3 } else { 2 }, &Problem::TooLong));
    }
}

#[test]
fn rows_before_a_failing_read_come_first_and_the_failure_once() {
    let mut broken = pieces(b"text,ts\na,1\nb,2\nc", 5);
    broken.0.push_back(Err(io::Error::other("the disk is on fire")));
    let mut reader = open(broken, origin(OnBadRow::Skip)).unwrap();
    assert_eq!(texts(&reader.next().unwrap().unwrap()), ["a", "b"]);
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!(error.to_string(), "cannot read `in`: the disk is on fire");
    assert!(reader.next().is_none() && !reader.is_ended());
    assert_eq!(reader.settled(), Watermark(2));
}

#[test]
fn a_pipe_hands_on_what_has_arrived() {
    for first in ["text,ts\na,1\n\"b\",2\n", "{\"text\":\"a\",\"ts\":1}\n{\"text\":\"b\",\"ts\":2}\n"] {
        let mut input = pieces(first.as_bytes(), 1_000);
        // Would fail the test if it were read before the first rows are handed on.
        input.0.push_back(Err(io::Error::other("not yet")));
        let mut reader = open(input, Origin { pace: Pace::Live, ..origin(OnBadRow::Fail) }).unwrap();
        assert_eq!(texts(&reader.next().unwrap().unwrap()), ["a", "b"]);
        assert!(!reader.is_ended());
        assert!(reader.next().unwrap().is_err());
    }
}

#[test]
fn a_stream_without_time_takes_the_time_of_arrival() {
    let definition = StreamDef { time: None, ..stream() };
    let mut now = 100;
    let clock = Box::new(move || {
        now += 1;
        Timestamp(now)
    });
    let input = Cursor::new(numbered(2));
    let mut reader =
        EventReader::open(input, origin(OnBadRow::Fail), StreamId::new(0), &definition, clock).unwrap();
    assert_eq!(reader.next().unwrap().unwrap().times(), [Timestamp(101), Timestamp(102)]);
}

#[test]
fn another_input_of_the_stream_holds_its_watermark_back() {
    let mut definition = stream();
    definition.time.as_mut().unwrap().lateness = Duration(2);
    let input = Cursor::new("text,ts\na,10\nb,20\nc,30\n");
    let mut reader = EventReader::open(
        input,
        origin(OnBadRow::Fail),
        StreamId::new(0),
        &definition,
        Box::new(|| Timestamp(0)),
    )
    .unwrap();
    let batch = reader.next_batch(5, Watermark(9)).unwrap().unwrap();
    let before: Vec<_> = (0..3).map(|row| batch.watermark_before(row)).collect();
    assert_eq!(before, [Watermark::MIN, Watermark(7), Watermark(9)]);
    assert_eq!(batch.position(0), 5);
    assert!(reader.is_ended());
    assert_eq!(reader.watermark(), Watermark::MAX);
}

#[test]
fn a_table_is_read_whole() {
    let table = TableDef {
        name: "cards".into(),
        schema: Schema::new().with("card", DataType::String).with_nullable("limit", DataType::Float),
        key: vec!["card".into()],
        source: "file:cards.csv".into(),
    };
    let text = "limit,card\n5,c1\n,c2\nx,c3\n";
    let read = read_table(Cursor::new(text), &origin(OnBadRow::Skip), &table).unwrap();
    assert_eq!(read.rows, [vec!["c1".into(), 5.0.into()], vec!["c2".into(), Value::Null]]);
    assert_eq!(read.bad_rows.count(), 1);
    assert!(read_table(Cursor::new(text), &origin(OnBadRow::Fail), &table).is_err());
}

/// Everything that reading some bytes comes to.
fn outcome(input: impl Read + 'static, format: Option<Format>) -> (Vec<String>, Vec<String>) {
    let mut reader = match open(input, Origin { format, ..origin(OnBadRow::Skip) }) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), vec![error.to_string()]),
    };
    let rows = reader.by_ref().flat_map(|batch| texts(&batch.unwrap())).collect();
    let mut errors = vec![reader.bad_rows().count().to_string()];
    errors.extend(reader.bad_rows().first().iter().map(ToString::to_string));
    (rows, errors)
}

/// Bytes near enough to CSV and JSON to get past the first check.
fn near_text() -> impl Strategy<Value = Vec<u8>> {
    let parts: &[&[u8]] = &[
        b"text,ts\n",
        b"a,1\n",
        b"\"",
        b"\"\"",
        b",",
        b"\n",
        b"\r\n",
        b"\r",
        b"1",
        b"{\"text\":\"a\",\"ts\":1}\n",
        b"{",
        b"}",
        b"[",
        b":",
        b"\"text\"",
        b"\"ts\"",
        b"null",
        b"\\u",
        b"\\",
        b"\xff",
        b"\xc3\xa9",
        b"\0",
        b"-",
        b"e",
        b" ",
        b"\xef\xbb\xbf",
    ];
    let part = prop_oneof![8 => proptest::sample::select(parts).prop_map(<[u8]>::to_vec), 1 => any::<[u8; 2]>().prop_map(|b| b.to_vec())];
    proptest::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_read_the_same_in_any_pieces(bytes in near_text(), size in 1_usize..9) {
        let with_header = [b"text,ts\n".as_slice(), &bytes].concat();
        for (bytes, format) in [(&bytes, None), (&bytes, Some(Format::Jsonl)), (&with_header, Some(Format::Csv))] {
            let whole = outcome(Cursor::new(bytes.clone()), format);
            prop_assert_eq!(whole, outcome(pieces(bytes, size), format));
        }
    }

    #[test]
    fn csv_splits_as_the_csv_crate_does(rows in proptest::collection::vec("[ab,\"\n\r' é]{0,6}", 1..9)) {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        writer.write_record(["text", "ts"]).unwrap();
        for (time, text) in rows.iter().enumerate() {
            writer.write_record([text, &time.to_string()]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let (read, errors) = outcome(Cursor::new(bytes), Some(Format::Csv));
        prop_assert_eq!(errors, ["0"]);
        prop_assert_eq!(read, rows);
    }
}

//! Several inputs as one sequence, and which file feeds which stream.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::io::Cursor;
use std::path::{Path, PathBuf};

use cep_cli::input::{
    BATCH_ROWS, BindError, Binding, EventReader, Merge, OnBadRow, Origin, Pace, Place, Pulled, UnusedFile,
    bind, table_place,
};
use cep_core::event::{DataType, Schema};
use cep_core::ids::StreamId;
use cep_core::pattern::{Definitions, DerivedStream, Pattern, StreamDef, TableDef};
use cep_core::time::{Timestamp, Watermark};

fn stream(name: &str) -> StreamDef {
    StreamDef::new(name, Schema::new().with("ts", DataType::Timestamp), "ts")
}

fn reader(stream_id: usize, times: impl IntoIterator<Item = i64>) -> EventReader {
    let text = times.into_iter().fold("ts\n".to_owned(), |text, time| text + &format!("{time}\n"));
    let origin = Origin { file: "in".into(), format: None, pace: Pace::Full, on_bad_row: OnBadRow::Fail };
    let id = StreamId::new(stream_id);
    EventReader::open(Cursor::new(text), origin, id, &stream("s"), Box::new(|| Timestamp(0))).unwrap()
}

/// What a merge gives, short: stream, first position, first and last time, watermark after; or the end of a stream.
fn sequence(merge: Merge) -> Vec<String> {
    merge
        .map(|pulled| match pulled {
            Ok(Pulled::Rows { batch, watermark, .. }) => {
                let (first, last) = (batch.time(0).0, batch.time(batch.len() - 1).0);
                let (stream, position) = (batch.stream().0, batch.position(0));
                let watermark =
                    if watermark == Watermark::MAX { "end".into() } else { watermark.0.to_string() };
                format!("{stream}#{position} {first}..{last} w{watermark}")
            }
            Ok(Pulled::Ended(stream)) => format!("{} ended", stream.0),
            Ok(Pulled::Silent(stream)) => format!("{} silent", stream.0),
            Ok(Pulled::Reached(stream, watermark)) => format!("{} reached {watermark:?}", stream.0),
            Err(error) => error.to_string(),
        })
        .collect()
}

#[test]
fn the_input_that_is_furthest_behind_is_read_next() {
    let rows = BATCH_ROWS as i64;
    let fast = reader(0, (0..2 * rows).map(|time| 10 * time));
    let slow = reader(1, 0..2 * rows);
    let expected = [
        "0#0 0..40950 w40949",
        "1#0 0..4095 w4094",
        "1#4096 4096..8191 w8190",
        "1 ended",
        "0#4096 40960..81910 w81909",
        "0 ended",
    ];
    assert_eq!(sequence(Merge::new(vec![fast, slow])), expected);
}

#[test]
fn inputs_of_one_stream_share_positions_and_the_least_watermark() {
    let inputs = vec![reader(0, [10, 20]), reader(0, [1, 2, 3]), reader(1, [])];
    // The first batch sees nothing of the second input yet, so the stream's time stands still.
    let first = format!("0#0 10..20 w{}", i64::MIN);
    assert_eq!(sequence(Merge::new(inputs)), [first.as_str(), "0#2 1..3 wend", "0 ended", "1 ended"]);
}

#[test]
fn no_inputs_and_an_error_end_the_sequence() {
    assert!(sequence(Merge::new(Vec::new())).is_empty());
    let origin = Origin { file: "in".into(), format: None, pace: Pace::Full, on_bad_row: OnBadRow::Fail };
    let input = Cursor::new("ts\n1\nx\n3\n");
    let bad =
        EventReader::open(input, origin, StreamId::new(0), &stream("s"), Box::new(|| Timestamp(0))).unwrap();
    let found = sequence(Merge::new(vec![bad, reader(1, [5])]));
    assert_eq!(found.last().unwrap(), "in:3:1: field `ts`: `x` is not a timestamp");
    assert!(found.iter().any(|line| line.starts_with("0#0 1..1")), "{found:?}");
}

/// Streams `a` (read), `b` (read through a derived stream), `c` (not read).
fn definitions() -> Definitions {
    let pattern = Pattern::begin("x").on("a").on("slow").build("p").unwrap();
    let slow = DerivedStream {
        name: "slow".into(),
        source: "b".into(),
        condition: None,
        with: Vec::new(),
        doc: None,
    };
    Definitions {
        streams: vec![stream("a"), stream("b"), stream("c")],
        derived: vec![slow],
        patterns: vec![pattern],
        ..Definitions::default()
    }
}

fn bound(files: &[&str], definitions: &Definitions) -> Result<Vec<(usize, Place)>, BindError> {
    let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
    let bindings = bind(&files, definitions, Path::new("patterns"))?;
    Ok(bindings.inputs.into_iter().map(|Binding { stream, place }| (stream, place)).collect())
}

fn file(path: &str) -> Place {
    Place::File(PathBuf::from(path))
}

#[test]
fn files_go_to_the_stream_they_are_given_for_or_named_like() {
    let found = bound(&["data/b.csv", "a=x.csv", "a=y=z.csv"], &definitions()).unwrap();
    assert_eq!(found, [(0, file("x.csv")), (0, file("y=z.csv")), (1, file("data/b.csv"))]);
    assert_eq!(
        bound(&["a=-", "b.jsonl"], &definitions()).unwrap(),
        [(0, Place::Stdin), (1, file("b.jsonl"))]
    );
}

#[test]
fn a_file_of_another_name_goes_to_the_only_stream_that_is_read() {
    let mut definitions = definitions();
    definitions.patterns = vec![Pattern::begin("x").on("slow").build("p").unwrap()];
    assert_eq!(
        bound(&["today.csv", "-"], &definitions).unwrap(),
        [(1, file("today.csv")), (1, Place::Stdin)]
    );
    let unused = bind(&["a.csv".into(), "b.csv".into()], &definitions, Path::new("")).unwrap().unused;
    assert_eq!(unused, [UnusedFile { file: "a.csv".into(), stream: "a".into() }]);
}

#[test]
fn a_stream_with_a_source_needs_no_file_but_takes_one() {
    let mut definitions = definitions();
    definitions.streams[0].source = Some("file:data/a.csv".into());
    definitions.streams[1].source = Some("stdin:".into());
    assert_eq!(bound(&[], &definitions).unwrap(), [(0, file("patterns/data/a.csv")), (1, Place::Stdin)]);
    assert_eq!(bound(&["b.csv"], &definitions).unwrap()[1], (1, file("b.csv")));
}

#[test]
fn what_cannot_be_bound_says_what_to_write() {
    let mut outside = definitions();
    outside.streams[0].source = Some("kafka:a".into());
    let cases = [
        (
            bound(&["x.csv"], &definitions()),
            "cannot tell which stream `x.csv` belongs to",
            "write `a=x.csv` or `b=x.csv`",
        ),
        (
            bound(&["aa=x.csv"], &definitions()),
            "there is no stream `aa` to read `x.csv`",
            "did you mean `a=x.csv`?",
        ),
        (
            bound(&["orders=x.csv"], &definitions()),
            "there is no stream `orders` to read `x.csv`",
            "the streams are `a`, `b`, `c`",
        ),
        (
            bound(&["a.csv"], &definitions()),
            "stream `b` has no input",
            "give a file, `b=FILE`, or `b=-` for standard input",
        ),
        (
            bound(&["b.csv"], &outside),
            "stream `a` comes from `kafka:a`, and this build has no connector for that",
            "give its events from a file, `a=FILE`, or write `from \"file:…\"`",
        ),
        (
            bound(&["a=-", "b=-"], &definitions()),
            "standard input cannot feed both `a` and `b`",
            "give `b=FILE`",
        ),
        (
            bound(&["x.csv"], &Definitions::default()),
            "cannot tell which stream `x.csv` belongs to",
            "the patterns read no declared stream",
        ),
    ];
    for (found, error, help) in cases {
        let found = found.unwrap_err();
        assert_eq!((found.to_string().as_str(), found.help().as_str()), (error, help));
    }
}

#[test]
fn tables_come_from_files() {
    let table = |source: &str| TableDef {
        name: "cards".into(),
        schema: Schema::new().with("card", DataType::String),
        key: vec!["card".into()],
        source: source.into(),
    };
    assert_eq!(table_place(&table("file:cards.csv"), Path::new("p")), Ok(file("p/cards.csv")));
    let error = table_place(&table("store:cards"), Path::new("p")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "table `cards` comes from `store:cards`, and this build has no connector for that"
    );
}

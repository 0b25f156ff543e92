//! What a run writes, in every format, and what is left where it fails.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::cell::RefCell;
use std::io::{self, Cursor, Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use cep_cli::input::{EventReader, Merge, OnBadRow, Origin, Pace};
use cep_cli::output::{OutputFormat, ShapeError, Shapes, writer};
use cep_cli::run::{Run, RunFailure};
use cep_core::event::{DataType, Schema};
use cep_core::expr::{count, field, stage};
use cep_core::matcher::Matcher;
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp};

fn txn() -> StreamDef {
    let schema = Schema::new()
        .with("card", DataType::String)
        .with("amount", DataType::Float)
        .with_nullable("note", DataType::String)
        .with("ts", DataType::Timestamp);
    StreamDef { late_to: Some("too_late".into()), ..StreamDef::new("txn", schema, "ts") }
}

/// Matches that stand for themselves, with a loop.
fn probing() -> Pattern {
    Pattern::begin("probe")
        .filter(field("amount").lt(1.0))
        .one_or_more()
        .greedy()
        .followed_by("hit")
        .filter(field("amount").gt(500.0))
        .on_keyed("txn", ["card"])
        .within(Duration::from_secs(60))
        .build("probing")
        .unwrap()
}

/// Matches and timeouts that become records.
fn fraud() -> Pattern {
    Pattern::begin("small")
        .filter(field("amount").lt(1.0))
        .followed_by("large")
        .filter(field("amount").gt(500.0))
        .on_keyed("txn", ["card"])
        .within(Duration::from_secs(60))
        .emit("fraud", [("stream", stage("small").last("card")), ("amount", stage("large").last("amount"))])
        .on_timeout_emit("harmless", [("note", stage("small").last("note"))])
        .build("small_then_large")
        .unwrap()
}

/// Reads what another pattern emits.
fn again() -> Pattern {
    Pattern::begin("one")
        .next("two")
        .on("fraud")
        .emit("repeated", [("n", count("two"))])
        .build("again")
        .unwrap()
}

fn program(patterns: Vec<Pattern>) -> Arc<Program> {
    let definitions = Definitions { streams: vec![txn()], patterns, ..Definitions::default() };
    Arc::new(Program::compile(definitions, &Default::default()).unwrap())
}

const EVENTS: &str = "\
card,amount,note,ts
c1,0.5,\"a, b\",1000
c1,0.25,,2000
c2,7,,2500
c1,900,,3000
c1,800,,2000
c2,0.75,x,4000
c2,501,,70000
";

fn inputs(program: &Program, input: impl Read + 'static, pace: Pace) -> Merge {
    let origin = Origin { file: "txn.csv".into(), format: None, pace, on_bad_row: OnBadRow::Fail };
    let id = program.streams().id("txn").unwrap();
    Merge::new(vec![EventReader::open(input, origin, id, &txn(), Box::new(|| Timestamp(0))).unwrap()])
}

/// An output that can be looked at while it is written to.
#[derive(Clone, Default)]
struct Page(Rc<RefCell<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn written(patterns: Vec<Pattern>, only: &[&str], format: OutputFormat) -> Result<String, ShapeError> {
    let program = program(patterns);
    let only: Vec<String> = only.iter().map(|name| (*name).to_owned()).collect();
    let shapes = Arc::new(Shapes::of_program(&program).only(&only)?);
    let page = Page::default();
    let writer = writer(format, Arc::clone(&program), Arc::clone(&shapes), page.clone())?;
    let mut inputs = inputs(&program, Cursor::new(EVENTS), Pace::Full);
    Run::new(Matcher::new(program), shapes, writer).all(&mut inputs, |_| ()).unwrap();
    Ok(page.text())
}

#[test]
fn json_lines_hold_matches_records_and_late_events() {
    let expected = r#"{"stream":"too_late","pattern":"probing","card":"c1","amount":800.0,"note":null,"ts":2000}
{"stream":"too_late","pattern":"small_then_large","card":"c1","amount":800.0,"note":null,"ts":2000}
{"pattern":"probing","kind":"match","ts":3000,"key":{"card":"c1"},"stages":{"probe":[{"card":"c1","amount":0.25,"note":null,"ts":2000}],"hit":[{"card":"c1","amount":900.0,"note":null,"ts":3000}]}}
{"pattern":"probing","kind":"match","ts":3000,"key":{"card":"c1"},"stages":{"probe":[{"card":"c1","amount":0.5,"note":"a, b","ts":1000},{"card":"c1","amount":0.25,"note":null,"ts":2000}],"hit":[{"card":"c1","amount":900.0,"note":null,"ts":3000}]}}
{"pattern":"small_then_large","stream":"c1","amount":900.0,"ts":3000}
{"pattern":"small_then_large","stream":"c1","amount":900.0,"ts":3000}
{"stream":"harmless","pattern":"small_then_large","note":"x","ts":64000}
"#;
    assert_eq!(written(vec![probing(), fraud()], &[], OutputFormat::Jsonl).unwrap(), expected);
}

#[test]
fn matches_of_matches_are_written_after_those() {
    let expected = r#"{"pattern":"small_then_large","stream":"c1","amount":900.0,"ts":3000}
{"pattern":"small_then_large","stream":"c1","amount":900.0,"ts":3000}
{"stream":"repeated","pattern":"again","n":1,"ts":3000}
"#;
    let only = ["fraud", "repeated"];
    assert_eq!(written(vec![fraud(), again()], &only, OutputFormat::Jsonl).unwrap(), expected);
}

#[test]
fn csv_holds_one_shape() {
    let expected = "\
ts,card,probe.amount,probe.note,probe.ts,hit.amount,hit.note,hit.ts
3000,c1,[0.25],[null],[2000],900.0,,3000
3000,c1,\"[0.5,0.25]\",\"[\"\"a, b\"\",null]\",\"[1000,2000]\",900.0,,3000
";
    assert_eq!(written(vec![probing()], &["probing"], OutputFormat::Csv).unwrap(), expected);
    assert_eq!(written(vec![fraud()], &["harmless"], OutputFormat::Csv).unwrap(), "note,ts\nx,64000\n");
    let several = written(vec![fraud()], &[], OutputFormat::Csv).unwrap_err();
    assert_eq!(
        several,
        ShapeError::Several { names: ["fraud", "harmless", "too_late"].map(Into::into).into() }
    );
}

#[test]
fn csv_without_matches_still_has_its_header() {
    let never = Pattern::begin("a").filter(field("amount").gt(9_999.0)).on("txn").build("never").unwrap();
    let header = "ts,a.card,a.amount,a.note,a.ts\n";
    assert_eq!(written(vec![never], &["never"], OutputFormat::Csv).unwrap(), header);
}

#[test]
fn a_table_is_aligned() {
    let expected = "\
probing
ts                        card  probe.amount  probe.note      probe.ts                                  hit.amount  hit.note  hit.ts
────────────────────────  ────  ────────────  ──────────────  ────────────────────────────────────────  ──────────  ────────  ────────────────────────
1970-01-01T00:00:03.000Z  c1    [0.25]        [null]          [1970-01-01T00:00:02.000Z]                       900            1970-01-01T00:00:03.000Z
1970-01-01T00:00:03.000Z  c1    [0.5, 0.25]   [\"a, b\", null]  [1970-01-01T00:00:01.000Z, 1970-01-01T0…         900            1970-01-01T00:00:03.000Z

fraud
stream  amount  ts
──────  ──────  ────────────────────────
c1         900  1970-01-01T00:00:03.000Z
c1         900  1970-01-01T00:00:03.000Z
";
    let found = written(vec![probing(), fraud()], &["probing", "fraud"], OutputFormat::Table).unwrap();
    assert_eq!(found, expected, "\n{found}");
}

#[test]
fn counts_name_every_shape() {
    let expected = "probing   2\nfraud     2\nharmless  1\ntoo_late  2\n";
    assert_eq!(written(vec![probing(), fraud()], &[], OutputFormat::Counts).unwrap(), expected);
    let unknown = written(vec![fraud()], &["frauds"], OutputFormat::Counts).unwrap_err();
    assert_eq!(unknown.help(), "did you mean `fraud`?");
}

#[test]
fn matches_found_before_a_bad_row_are_written() {
    let program = program(vec![fraud()]);
    let shapes = Arc::new(Shapes::of_program(&program).only(&["fraud".into()]).unwrap());
    for format in [OutputFormat::Jsonl, OutputFormat::Csv, OutputFormat::Table, OutputFormat::Counts] {
        let page = Page::default();
        let out = io::BufWriter::new(page.clone());
        let writer = writer(format, Arc::clone(&program), Arc::clone(&shapes), out).unwrap();
        let events = "card,amount,note,ts\nc1,0.5,,1000\nc1,900,,2000\nc9,x,,3000\n";
        let mut inputs = inputs(&program, Cursor::new(events), Pace::Full);
        let failure = Run::new(Matcher::new(Arc::clone(&program)), Arc::clone(&shapes), writer)
            .all(&mut inputs, |_| ())
            .unwrap_err();
        assert_eq!(failure.to_string(), "txn.csv:4:4: field `amount`: `x` is not a float");
        assert!(page.text().contains(if format == OutputFormat::Counts { "fraud  1" } else { "900" }));
    }
}

/// A pipe that is looked at whenever more is wanted of it.
struct Pipe<F>(Vec<&'static str>, F);

impl<F: FnMut(usize)> Read for Pipe<F> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        (self.1)(self.0.len());
        if self.0.is_empty() {
            return Ok(0);
        }
        let piece = self.0.remove(0).as_bytes();
        into[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    }
}

#[test]
fn a_pipe_shows_a_match_before_it_reads_on() {
    let program = program(vec![fraud()]);
    let shapes = Arc::new(Shapes::of_program(&program));
    let page = Page::default();
    let seen = page.clone();
    let pieces = vec!["card,amount,note,ts\n", "c1,0.5,,1000\nc1,900,,2000\nc2,5,,3000\n", "c2,5,,4000\n"];
    let pipe = Pipe(pieces, move |left| assert_eq!(seen.text().contains("900"), left < 2, "{left} left"));
    let out = io::BufWriter::new(page);
    let writer = writer(OutputFormat::Jsonl, Arc::clone(&program), Arc::clone(&shapes), out).unwrap();
    let mut inputs = inputs(&program, pipe, Pace::Live);
    Run::new(Matcher::new(program), shapes, writer).all(&mut inputs, |_| ()).unwrap();
}

/// An output whose reader has gone.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_output_is_told_from_other_failures() {
    let program = program(vec![fraud()]);
    let shapes = Arc::new(Shapes::of_program(&program));
    let writer = writer(OutputFormat::Jsonl, Arc::clone(&program), Arc::clone(&shapes), Closed).unwrap();
    let mut inputs = inputs(&program, Cursor::new(EVENTS), Pace::Full);
    let failure = Run::new(Matcher::new(program), shapes, writer).all(&mut inputs, |_| ()).unwrap_err();
    assert!(failure.is_closed_output(), "{failure}");
    assert!(!RunFailure::Output(io::ErrorKind::StorageFull.into()).is_closed_output());
}

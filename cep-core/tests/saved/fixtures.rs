//! Kept files: state of every version must load for good, and broken bytes are told as what they are.
//!
//! `CEP_WRITE_STATE=1 cargo test -p cep-core --test saved` writes those of this version anew. Programs and events here are
//! those of the files: whoever changes one makes the other void.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Schema, Value};
use cep_core::expr::{count, field, stage};
use cep_core::ids::FamilyId;
use cep_core::matcher::{Config, Hold, Matcher};
use cep_core::pattern::{Definitions, Pattern, PatternBuilder, Skip, StreamDef};
use cep_core::program::{Layout, Program};
use cep_core::runtime::{Adopt, RecordCodec};
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/state")
}

fn is_writing() -> bool {
    std::env::var_os("CEP_WRITE_STATE").is_some()
}

/// A matcher in the middle of a run.
struct Case {
    name: &'static str,
    program: Arc<Program>,
    config: Config,
    /// Letters of events, a second apart; `|` is where the watermark stands.
    events: &'static str,
}

fn is(letter: &str) -> cep_core::expr::Expr {
    field("letter").eq(letter)
}

fn case(
    name: &'static str,
    hold: Hold,
    events: &'static str,
    patterns: Vec<(&'static str, PatternBuilder)>,
) -> Case {
    let schema = Schema::new()
        .with("ts", DataType::Timestamp)
        .with("letter", DataType::String)
        .with("key", DataType::String)
        .with("price", DataType::Float)
        .with_nullable("n", DataType::Int)
        .with_nullable("list", DataType::List(Box::new(DataType::String)));
    let on = |(name, pattern): (&str, PatternBuilder)| pattern.on_keyed("s", ["key"]).build(name).unwrap();
    let definitions = Definitions {
        streams: vec![StreamDef::new("s", schema, "ts")],
        patterns: patterns.into_iter().map(on).collect(),
        ..Definitions::default()
    };
    let program = Arc::new(Program::compile(definitions, &Default::default()).unwrap());
    Case { name, program, config: Config { hold, ..Config::default() }, events }
}

fn cases() -> Vec<Case> {
    let pair = || Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b"));
    let minute = Duration::from_mins(1);
    let above =
        |price: f64| Pattern::begin("a").filter(field("price").gt(price)).followed_by("b").filter(is("b"));
    let groups = vec![
        ("above_1", above(1.0).within(minute)),
        ("above_2", above(2.0).within(minute)),
        ("above_4", above(4.0).within(minute)),
    ];
    let loops = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).one_or_more();
    let held_back = loops.followed_by("c").filter(is("c")).within(minute).after_match(Skip::ToNext);
    let all = Pattern::begin("a").filter(is("a")).followed_by_any("b").filter(is("b")).one_or_more();
    let all = all.allow_combinations().followed_by_any("c").filter(is("c")).within(minute);
    let falling = field("price").lt(stage("a").avg("price")).or(count("a").lt(2));
    let running = Pattern::begin("a").filter(falling).one_or_more().next("b").filter(is("c")).within(minute);
    let gap = Pattern::begin("a").filter(is("a")).followed_by("b").gap(Duration(2_500)).filter(is("b"));
    let gap = gap.one_or_more().followed_by("c").filter(is("c")).within(minute);
    vec![
        case("usual", Hold::Chosen, "xa|xa", vec![("p", pair().within(minute))]),
        case("groups", Hold::Chosen, "abcabcaca|ab", groups),
        case("skip", Hold::Chosen, "aabababbcab|b", vec![("p", held_back)]),
        case("sets", Hold::Sets, "aababbb|ca", vec![("p", all)]),
        case("running", Hold::Chosen, "aaabab|ca", vec![("p", running)]),
        case("gap", Hold::Chosen, "ababb|ca", vec![("p", gap), ("q", pair().within(minute))]),
    ]
}

impl Case {
    fn batch(&self) -> (EventBatch, Watermark) {
        let id = self.program.streams().id("s").unwrap();
        let mut batch = BatchBuilder::new(id, self.program.streams().get(id).schema.clone(), 1_000);
        let mut until = Watermark::MIN;
        let mut time = 1_700_000_000_000;
        for (place, letter) in (0_u32..).zip(self.events.chars()) {
            if letter == '|' {
                until = Watermark(time);
                continue;
            }
            time += 1_000;
            let at = Timestamp(time);
            let list = Value::List([letter.to_string().as_str().into(), Value::Null].into());
            let row = [
                Datum::Timestamp(at),
                Datum::Str(letter.to_string().into()),
                Datum::Str("k".into()),
                Datum::Float(f64::from(place % 7) - 0.5),
                if place % 3 == 0 { Datum::Null } else { Datum::Int(place.into()) },
                if place % 2 == 0 { list.as_datum() } else { Datum::Null },
            ];
            batch.push_row(at, Watermark::MIN, &row).unwrap();
            if place % 4 == 1 {
                batch.tag_last(u64::from(place) << 20);
            }
        }
        (batch.finish(), until)
    }

    fn matcher(&self) -> Matcher {
        Matcher::with_config(Arc::clone(&self.program), self.config)
    }

    /// The matcher once the watermark has come to where it stands.
    fn run(&self) -> Matcher {
        let mut matcher = self.matcher();
        let (batch, until) = self.batch();
        matcher.push(batch, by_reference(&mut |_| {})).unwrap();
        matcher.advance(until, by_reference(&mut |_| {})).unwrap();
        matcher
    }

    fn file(&self, what: &str) -> PathBuf {
        folder().join("v1").join(format!("{}.{what}.bin", self.name))
    }

    fn read(&self, what: &str) -> Vec<u8> {
        std::fs::read(self.file(what)).unwrap()
    }

    /// The bytes that a file should have, by what it says.
    fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let matcher = self.run();
        let codec = RecordCodec::of(Arc::clone(&self.program), self.config.hold);
        let (mut records, mut clocks, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
        matcher.save_records(&codec, |_, _, record| records.push(record.to_vec()));
        assert_eq!(records.len(), 1);
        matcher.save_clocks(&mut clocks);
        matcher.save_waiting(0, &mut waiting).unwrap();
        let layout = matcher.layout().encode();
        vec![("layout", layout), ("record", records.remove(0)), ("clocks", clocks), ("waiting", waiting)]
    }
}

#[test]
fn state_of_every_version_is_read() {
    let family = FamilyId::new(0);
    for case in cases() {
        if is_writing() {
            std::fs::create_dir_all(folder().join("v1")).unwrap();
            case.files().iter().for_each(|(what, bytes)| std::fs::write(case.file(what), bytes).unwrap());
        }
        let layout = Layout::decode(&case.read("layout")).unwrap();
        assert_eq!(layout.encode(), case.read("layout"));
        let own = case.matcher().layout();
        let is_own = layout == own;
        let codec = RecordCodec::new(
            Arc::clone(&case.program),
            vec![layout, own],
            (!is_own).into(),
            &Adopt::Unchanged,
        );
        let record = case.read("record");
        let decoded = codec.decode(family, &record).unwrap();
        assert_eq!(decoded.left_out, [], "{}", case.name);
        assert!(decoded.state.partial_matches() > 0);
        let mut again = Vec::new();
        codec.encode(family, &decoded.state, &mut again);
        assert!(!is_own || again == record, "{}", case.name);

        let mut matcher = case.matcher();
        matcher.restore_clocks(&case.read("clocks")).unwrap();
        matcher.restore_waiting(&case.read("waiting"), (0, 1)).unwrap();
        let (mut clocks, mut waiting) = (Vec::new(), Vec::new());
        matcher.save_clocks(&mut clocks);
        matcher.save_waiting(0, &mut waiting).unwrap();
        assert_eq!(clocks, case.read("clocks"), "{}", case.name);
        assert_eq!(waiting, case.read("waiting"), "{}", case.name);
    }
}

/// This version still writes what it wrote: else there is another version.
#[test]
fn state_is_written_as_it_was() {
    for case in cases() {
        for (what, bytes) in case.files() {
            assert_eq!(bytes, case.read(what), "{}.{what}", case.name);
        }
    }
}

/// Bytes with the right sum behind them.
fn sealed(program: &Program, body: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(&program.families()[0].id);
    sum.update(body);
    [body, &sum.sum().to_le_bytes()].concat()
}

/// The usual record with a byte changed, counted from the end of what stands before the sum.
fn changed(case: &Case, record: &[u8], changes: &[(usize, u8)]) -> Vec<u8> {
    let mut body = record[..record.len() - 4].to_vec();
    let end = body.len();
    changes.iter().for_each(|(back, byte)| body[end - back] = *byte);
    sealed(&case.program, &body)
}

fn broken(case: &Case) -> Vec<(&'static str, Vec<u8>)> {
    let (_, record) = case.files().remove(1);
    let body = &record[..record.len() - 4];
    let front = |place: usize, byte: u8| {
        let mut body = body.to_vec();
        body[place] = byte;
        sealed(&case.program, &body)
    };
    let mut flipped = record.clone();
    flipped[9] ^= 4;
    let back = |changes: &[(usize, u8)]| changed(case, &record, changes);
    vec![
        ("empty", Vec::new()),
        ("cut-off", record[..record.len() - 7].to_vec()),
        ("only-a-version", vec![1]),
        ("newer", [&[9], &record[1..]].concat()),
        ("format-0", [&[0], &record[1..]].concat()),
        ("flipped-bit", flipped),
        ("other-layout", front(1, 7)),
        ("long-number", sealed(&case.program, &[&body[..1], &[0x80, 0], &body[2..]].concat())),
        ("more-events-than-bytes", front(2, 0x7e)),
        ("no-input", front(3, 4)),
        ("beyond-the-end", sealed(&case.program, &[body, &[0]].concat())),
        ("no-state", back(&[(1, 0x7f)])),
        ("final-state", back(&[(1, 0)])),
        ("no-node", back(&[(2, 4)])),
        ("start-state", back(&[(2, 0), (7, 0)])),
        ("unreached-node", back(&[(2, 0)])),
        ("no-parent", back(&[(4, 1)])),
        ("no-event", back(&[(5, 2)])),
        ("event-before-all", back(&[(5, 1)])),
        ("no-stage", back(&[(6, 9)])),
        ("no-flag", back(&[(8, 0x10)])),
        ("held-back-nothing", back(&[(8, 4)])),
        ("no-group", back(&[(9, 5)])),
        ("two-sections", back(&[(10, 2)])),
        ("no-section", sealed(&case.program, &[&body[..body.len() - 10], &[0]].concat())),
    ]
}

#[test]
fn broken_records_are_told_as_what_they_are() {
    let case = cases().remove(0);
    let codec = RecordCodec::of(Arc::clone(&case.program), case.config.hold);
    let folder = folder().join("broken");
    if is_writing() {
        std::fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in broken(&case) {
            let error = codec.decode(FamilyId::new(0), &bytes).unwrap_err();
            std::fs::write(folder.join(format!("{name}.bin")), bytes).unwrap();
            std::fs::write(folder.join(format!("{name}.expected")), format!("{error}\n")).unwrap();
        }
    }
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "bin") {
            continue;
        }
        let error = codec.decode(FamilyId::new(0), &std::fs::read(&path).unwrap()).unwrap_err();
        let expected = std::fs::read_to_string(path.with_extension("expected")).unwrap();
        assert_eq!(format!("{error}\n"), expected, "{}", path.display());
        count += 1;
    }
    assert_eq!(count, broken(&case).len());
}

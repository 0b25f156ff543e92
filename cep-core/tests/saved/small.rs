//! How large records are, and that what a key holds decides them, not how it lies in memory.

use std::sync::Arc;

use cep_core::bytes::RecordErrorKind;
use cep_core::event::{BatchBuilder, DataType, Datum, Schema};
use cep_core::expr::field;
use cep_core::ids::FamilyId;
use cep_core::matcher::{Changed, Config, Matcher, RecordKey, Residency};
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::{Hold, Program};
use cep_core::runtime::{KeyState, RecordCodec};
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;
use crate::input::Call;
use crate::random::Random;
use crate::special::{self, is};

fn payments() -> Arc<Program> {
    let schema = Schema::new()
        .with("ts", DataType::Timestamp)
        .with("card", DataType::String)
        .with("amount", DataType::Float)
        .with("kind", DataType::String);
    let pattern = Pattern::begin("small").filter(field("amount").lt(1.0)).followed_by("large");
    let pattern = pattern.filter(field("amount").gt(500.0)).within(Duration::from_secs(600));
    let pattern = pattern.on_keyed("txn", ["card"]).build("fraud").unwrap();
    let streams = vec![StreamDef::new("txn", schema, "ts")];
    let definitions = Definitions { streams, patterns: vec![pattern], ..Definitions::default() };
    Arc::new(Program::compile(definitions, &Default::default()).unwrap())
}

fn batch(program: &Program, position: u64) -> cep_core::event::EventBatch {
    let id = program.streams().id("txn").unwrap();
    let mut batch = BatchBuilder::new(id, program.streams().get(id).schema.clone(), position);
    let time = Timestamp(1_700_000_000_123);
    let row = [
        Datum::Timestamp(time),
        Datum::Str("card-0001".into()),
        Datum::Float(0.37),
        Datum::Str("online".into()),
    ];
    batch.push_row(time, Watermark(time.0 - 1), &row).unwrap();
    batch.finish()
}

fn record(config: Config, then: impl Fn(&mut Matcher)) -> Vec<u8> {
    let program = payments();
    let codec = RecordCodec::of(Arc::clone(&program), Hold::Chosen);
    let mut matcher = Matcher::with_config(Arc::clone(&program), config);
    let prepared = matcher.prepare(batch(&program, 123_456));
    for key in matcher.missing(&prepared) {
        matcher.provide(&key, None);
    }
    matcher.apply(prepared, by_reference(&mut |_| {})).unwrap();
    let prepared = matcher.prepare_advance(Watermark(1_700_000_000_200));
    matcher.apply(prepared, by_reference(&mut |_| {})).unwrap();
    then(&mut matcher);
    let mut records = Vec::new();
    matcher.save_records(&codec, |_, _, record| records.push(record.to_vec()));
    assert_eq!(records.len(), 1);
    records.remove(0)
}

#[test]
fn the_usual_record_is_small_however_it_is_kept() {
    let small = record(Config::default(), |_| {});
    assert!(small.len() <= 48, "{} bytes", small.len());
    // With a store behind it, a key is kept whole.
    let whole = record(Config { residency: Residency::Store, ..Config::default() }, |_| {});
    assert_eq!(small, whole);
}

#[test]
fn every_byte_counts() {
    let program = payments();
    let codec = RecordCodec::of(Arc::clone(&program), Hold::Chosen);
    let record = record(Config::default(), |_| {});
    let family = FamilyId::new(0);
    for at in 0..record.len() {
        for bit in 0..8 {
            let mut broken = record.clone();
            broken[at] ^= 1 << bit;
            assert!(codec.decode(family, &broken).is_err(), "bit {bit} of byte {at}");
        }
        assert!(codec.decode(family, &record[..at]).is_err());
    }
    assert_eq!(codec.decode(family, &[]).unwrap_err().kind, RecordErrorKind::Truncated);
    assert_eq!(codec.decode(family, &[2]).unwrap_err().kind, RecordErrorKind::Newer { version: 2 });
    let state = codec.decode(family, &record).unwrap().state;
    let mut again = Vec::new();
    codec.encode(family, &state, &mut again);
    assert_eq!(again, record);
}

#[test]
fn nothing_is_a_record_as_well() {
    let codec = RecordCodec::of(payments(), Hold::Chosen);
    let mut record = Vec::new();
    codec.encode(FamilyId::new(0), &KeyState::default(), &mut record);
    assert!(codec.decode(FamilyId::new(0), &record).unwrap().state.is_empty());
}

#[test]
fn keys_are_read_back_as_what_they_were_and_nothing_else() {
    let program = payments();
    let key = RecordKey { family: FamilyId::new(0), values: vec!["größe".into()] };
    let bytes = key.to_bytes(&program);
    assert_eq!(RecordKey::from_bytes(&program, &bytes), Ok(Some(key)));
    let mut other = bytes.clone();
    other[0] ^= 1;
    assert_eq!(RecordKey::from_bytes(&program, &other), Ok(None));
    for wrong in [&bytes[..8], &bytes[..bytes.len() - 2], &bytes[..3]] {
        assert!(RecordKey::from_bytes(&program, wrong).is_err(), "{wrong:?}");
    }
}

/// What is read back holds nothing that is not reached, and says the same.
#[test]
fn garbage_is_not_written() {
    for hold in [Hold::Runs, Hold::Sets] {
        let looser = |name: &str, letter: &str| {
            let open = Pattern::begin("a").filter(is("a")).followed_by_any("b").filter(is(letter));
            (name.to_owned(), open.followed_by("c").filter(is("c")).within(Duration(20)))
        };
        let program = special::compile([looser("one", "b"), looser("two", "a")], &["key"]);
        let config = Config { hold, residency: Residency::Store, ..Config::default() };
        let codec = RecordCodec::of(Arc::clone(&program), hold);
        let mut matcher = Matcher::with_config(Arc::clone(&program), config);
        let mut random = Random(5);
        let (mut held, mut read) = (0, 0);
        for call in special::input(&mut random, &program) {
            let Call::Push(batch) = call else { continue };
            let prepared = matcher.prepare(batch);
            for key in matcher.missing(&prepared) {
                matcher.provide(&key, None);
            }
            matcher.apply(prepared, by_reference(&mut |_| {})).unwrap();
            matcher.take_changes(|changed: Changed<'_>| {
                let (mut record, mut again) = (Vec::new(), Vec::new());
                changed.encode(&codec, &mut record);
                let decoded = codec.decode(changed.family, &record).unwrap().state;
                codec.encode(changed.family, &decoded, &mut again);
                assert_eq!(record, again);
                held += changed.events();
                read += decoded.buffer().held().0;
            });
        }
        assert!(2 * read < held, "{hold:?}: of {held} events {read} were reached");
    }
}

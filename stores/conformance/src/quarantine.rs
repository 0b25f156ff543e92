//! What an engine promises of records that cannot be read (`cep_engine`, promise 6), over the store: with all that goes through
//! it, from the commit that sets a record aside to the openings that find it there.

use std::sync::Arc;

use bytes::Bytes;
use cep_core::event::{BatchBuilder, DataType, Datum, Schema};
use cep_core::expr::field;
use cep_core::matcher::Output;
use cep_core::pattern::{Definitions, Pattern, StreamDef};
use cep_core::program::Program;
use cep_core::time::{Duration, Timestamp, Watermark};
use cep_engine::store::{Changes, GroupId, Put};
use cep_engine::{Engine, EngineError, Options, Position};

use crate::Harness;
use crate::world::{NAME, World, namespace, ok};

/// The keys of the events are texts from `k0` on.
const KEYS: i64 = 10;

/// The one whose record is spoiled.
const SPOILED: &[u8] = b"k3";

/// What it is spoiled with.
const GARBAGE: &[u8] = b"\x01garbage";

fn program() -> Arc<Program> {
    let schema =
        Schema::new().with("k", DataType::String).with("x", DataType::Int).with("ts", DataType::Timestamp);
    let pattern = Pattern::begin("a").filter(field("x").eq(1)).followed_by("b").filter(field("x").eq(2));
    let pattern =
        pattern.within(Duration::from_mins(60)).on_keyed("s", ["k"]).build("p").expect("a sound pattern");
    let definitions = Definitions {
        streams: vec![StreamDef::new("s", schema, "ts")],
        patterns: vec![pattern],
        ..Definitions::default()
    };
    Arc::new(Program::compile(definitions, &Default::default()).expect("sound definitions"))
}

/// An engine, opened over a handle of its own.
fn open<H: Harness>(world: &World<H>, quarantine: bool) -> Result<Engine<H::Store>, EngineError> {
    let store = Arc::new(world.harness().handle(&namespace(NAME)));
    let options = Options { groups: 2, quarantine, ..Options::default() };
    let render = |output: Output<'_>, put: &mut dyn FnMut(Bytes)| {
        if matches!(output, Output::Match(_)) {
            put("match".into());
        }
    };
    let opening = Engine::open(store, program(), options, Box::new(render));
    world.harness().block_on(opening).map(|(engine, _)| engine)
}

/// One event of each key; gives how many matches are committed with them.
fn events<H: Harness>(world: &World<H>, engine: &mut Engine<H::Store>, round: i64, x: i64) -> usize {
    let program = program();
    let stream = program.streams().id("s").expect("it is declared");
    let schema = program.streams().get(stream).schema.clone();
    let first = u64::try_from(round * KEYS).expect("rounds are counted from 0");
    let mut batch = BatchBuilder::new(stream, schema, first);
    for key in 0..KEYS {
        let time = Timestamp(1_000 + round * KEYS + key);
        let key = format!("k{key}");
        let row = [Datum::Str(key.as_str().into()), Datum::Int(x), Datum::Timestamp(time)];
        batch.push_row(time, Watermark::MIN, &row).expect("a row of that schema");
    }
    let after = Position { rows: first + KEYS.unsigned_abs(), state: Vec::new() };
    let to = Watermark(999 + (round + 1) * KEYS);
    world.harness().block_on(async {
        engine.push(batch.finish(), "s", after).await.expect("it is pushed");
        engine.advance_stream(stream, to).await.expect("time goes on");
        engine.commit().await.expect("it commits");
        engine.settle().await.expect("it has committed");
    });
    engine.take_released().len()
}

/// The entries whose keys begin with a byte and end with the spoiled key, with their groups.
fn entries<H: Harness>(world: &World<H>, prefix: u8) -> Vec<(GroupId, Bytes, Bytes)> {
    let handle = world.handle(NAME);
    let groups = [GroupId(0), GroupId(1)];
    let of = |group| {
        ok(handle.scan(group, &[prefix], None, 1_000)).items.into_iter().map(move |entry| (group, entry))
    };
    let found = groups.into_iter().flat_map(of).filter(|(_, entry)| entry.key.ends_with(SPOILED));
    found.map(|(group, entry)| (group, entry.key, entry.value)).collect()
}

/// Replaces the record of the key behind the engine's back.
fn spoil<H: Harness>(world: &World<H>) {
    let found = entries(world, b'k');
    let [(group, key, _)] = found.as_slice() else { panic!("one record: {found:?}") };
    let mut owner = world.owner();
    let state = owner.opened.groups[usize::from(group.0)].state.clone();
    let put = Put { key: key.clone(), deadline: Some(Timestamp(1)), value: Bytes::from_static(GARBAGE) };
    owner.write(*group, Changes { puts: vec![put], state, ..Changes::default() });
}

pub(crate) fn a_record_that_cannot_be_read_stops_the_engine_and_is_as_it_was<H: Harness>(world: World<H>) {
    assert_eq!(events(&world, &mut open(&world, false).expect("it opens"), 0, 1), 0);
    spoil(&world);
    for _ in 0..2 {
        match open(&world, false) {
            Err(EngineError::CorruptRecord { key, .. }) => assert_eq!(key, "`k3`"),
            other => panic!("it does not stop: {:?}", other.err()),
        }
    }
    assert_eq!(entries(&world, b'k')[0].2, GARBAGE);
    assert!(entries(&world, b'q').is_empty());
}

pub(crate) fn a_record_that_cannot_be_read_is_set_aside_and_its_key_diverted<H: Harness>(world: World<H>) {
    assert_eq!(events(&world, &mut open(&world, true).expect("it opens"), 0, 1), 0);
    spoil(&world);
    let mut engine = open(&world, true).expect("it opens");
    let told = engine.take_set_aside();
    assert_eq!(told.iter().map(|aside| aside.key.as_str()).collect::<Vec<_>>(), ["`k3`"]);
    // Until the commit it is where it was.
    assert_eq!((entries(&world, b'k').len(), entries(&world, b'q').len()), (1, 0));
    assert_eq!(events(&world, &mut engine, 1, 2), 9, "all keys but one");
    assert_eq!(engine.quarantine(), (1, 1));
    drop(engine);
    // It is kept as it is, and nothing else is there of the key; over any number of openings.
    for (opening, quarantine) in [false, true].into_iter().enumerate() {
        let mut engine = open(&world, quarantine).expect("it opens");
        assert!(engine.take_set_aside().is_empty());
        let round = 2 + 2 * i64::try_from(opening).expect("a small number");
        assert_eq!(events(&world, &mut engine, round, 1), 0);
        assert_eq!(events(&world, &mut engine, round + 1, 2), 9);
        assert_eq!(engine.quarantine(), (1, u64::try_from(round).expect("a small number") + 1));
        assert!(entries(&world, b'k').is_empty());
        let aside = entries(&world, b'q');
        assert_eq!((aside.len(), &*aside[0].2), (1, GARBAGE));
    }
}

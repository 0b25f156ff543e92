//! State that moves to another store in the middle of a run: what comes out is what comes out of an undisturbed process.

use std::sync::Arc;

use cep_engine::store::{GroupId, StateStore as _};
use cep_engine::{Engine, Import, Options, Piece, copy, export};
use cep_store_memory::MemoryStore;

use crate::faults::now;
use crate::random::Random;
use crate::reference::{Reference, apply, records, render};
use crate::sink::Sink;
use crate::world::World;

fn store() -> Arc<MemoryStore> {
    Arc::new(MemoryStore::new("moved".parse().unwrap()))
}

fn options(world: &World) -> Options {
    Options { groups: world.groups, ..Options::default() }
}

/// Goes on to a step; the sink gets some of what comes out, and the store forgets some of that.
fn run_to(world: &World, store: &Arc<MemoryStore>, sink: &Sink, random: &mut Random, to: usize) {
    let program = Arc::clone(&world.program);
    let (mut engine, resume) =
        now(Engine::open(Arc::clone(store), program, options(world), render())).unwrap();
    for (group, (first, _)) in &resume.outbox {
        let from = sink.next(*group).max(*first);
        sink.put(&now(engine.outbox(*group, from, usize::MAX)).unwrap()).unwrap();
    }
    let read = |source: &str| resume.vector.get(source).map_or(0, |position| position.rows);
    let first = world.steps.iter().position(|step| step.after.rows > read(step.source));
    let first = first.unwrap_or(world.steps.len());
    for step in &world.steps[first.min(to)..to] {
        now(apply(&mut engine, step)).unwrap();
    }
    now(engine.commit()).unwrap();
    now(engine.settle()).unwrap();
    let released = engine.take_released();
    if random.percent(50) {
        sink.put(&released).unwrap();
        for group in 0..resume.outbox.len() {
            let group = GroupId(u16::try_from(group).unwrap());
            now(engine.trim(group, sink.next(group).saturating_sub(random.below(3)))).unwrap();
        }
    }
    if to == world.steps.len() {
        now(engine.finish()).unwrap();
        let all: Vec<_> = resume.outbox.keys().copied().collect();
        for group in all {
            sink.put(&now(engine.outbox(group, sink.next(group), usize::MAX)).unwrap()).unwrap();
        }
    }
}

/// The same by way of bytes.
fn by_bytes(from: &MemoryStore, to: &MemoryStore) {
    let mut pieces = Vec::new();
    let exported = now(export(from, async |piece: Piece| -> Result<(), cep_engine::EngineError> {
        pieces.push(piece.encode());
        Ok(())
    }));
    let mut import = Import::new(to, false);
    for (at, piece) in pieces.iter().enumerate() {
        let opened = now(Engine::open(
            Arc::new(to.clone()),
            crate::world::World::new(0).program,
            Options::default(),
            render(),
        ));
        assert!(at == 0 || opened.is_err(), "what has not arrived is not opened");
        if at == 0 {
            now(to.drop_namespace()).unwrap();
        }
        now(import.put(Piece::decode(piece).unwrap())).unwrap();
    }
    assert!(exported.unwrap().is_some());
}

#[test]
fn a_run_goes_on_from_copies_as_if_nothing_had_happened() {
    for seed in 0..40 {
        let (world, mut random) = (World { changes_at: usize::MAX, ..World::new(seed) }, Random::new(seed));
        let reference = Reference::of(&world);
        let (sink, mut at) = (Sink::default(), store());
        let mut to = 0;
        while to < world.steps.len() {
            to = (to + usize::try_from(random.below(20)).unwrap() + 1).min(world.steps.len());
            run_to(&world, &at, &sink, &mut random, to);
            let (next, groups) = (store(), reference.outputs.len());
            if random.percent(50) {
                now(copy(&*at, &*next, false)).unwrap();
            } else {
                by_bytes(&at, &next);
            }
            assert!(records(&at, &world.program, groups) == records(&next, &world.program, groups));
            let epoch = |store: &MemoryStore| now(store.look()).unwrap().unwrap().groups[0].version.epoch;
            assert!(epoch(&next) > epoch(&at), "no owner of the original is taken for one of the copy");
            at = next;
        }
        for (number, history) in reference.outputs.iter().enumerate() {
            assert!(sink.taken(crate::reference::group(number)) == *history, "seed {seed}, group {number}");
        }
    }
}

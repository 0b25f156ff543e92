//! What an undisturbed process makes of a world: after each step the records and outputs of each group.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use cep::engine::matcher::Output;
use cep::engine::program::Program;
use cep_engine::store::{GroupId, Namespace, StateStore};
use cep_engine::{Engine, Look, Options, Render, Vector};
use cep_store_memory::MemoryStore;

use crate::faults::now;
use crate::world::{Step, World};

/// The records of a group, by key.
pub(crate) type Records = BTreeMap<Vec<u8>, Vec<u8>>;

/// What is there after a step.
pub(crate) struct State {
    pub(crate) vector: Vector,
    /// By group.
    pub(crate) records: Vec<Records>,
    /// By group: the number of outputs so far.
    pub(crate) outputs: Vec<usize>,
}

/// All of them, and all outputs.
pub(crate) struct Reference {
    /// Before the first step, then after each.
    pub(crate) states: Vec<State>,
    /// By group.
    pub(crate) outputs: Vec<Vec<Bytes>>,
    /// By group, after the end: the number of all outputs.
    pub(crate) last: Vec<usize>,
}

impl Reference {
    pub(crate) fn of(world: &World) -> Self {
        let name: Namespace = "reference".parse().expect("it is a name");
        let store = Arc::new(MemoryStore::new(name));
        let options = Options { groups: world.groups, ..Options::default() };
        let program = Arc::clone(&world.program);
        let opened = now(Engine::open(Arc::clone(&store), program, options, render()));
        let (mut engine, resume) = opened.expect("nothing is in the way");
        let groups = resume.outbox.len();
        let mut reference = Self { states: Vec::new(), outputs: vec![Vec::new(); groups], last: Vec::new() };
        reference.note(&store, &mut engine);
        for (at, step) in world.steps.iter().enumerate() {
            if at == world.changes_at {
                let options = Options { on_change: world.on_change(), ..options };
                let opened = now(Engine::open(Arc::clone(&store), world.given(true), options, render()));
                engine = opened.expect("nothing is in the way").0;
                reference.note(&store, &mut engine);
            }
            now(apply(&mut engine, step)).expect("nothing is in the way");
            reference.note(&store, &mut engine);
        }
        now(engine.finish()).expect("nothing is in the way");
        reference.take(&mut engine);
        reference.last = reference.outputs.iter().map(Vec::len).collect();
        reference
    }

    fn note(&mut self, store: &Arc<MemoryStore>, engine: &mut Engine<MemoryStore>) {
        now(engine.commit()).expect("nothing is in the way");
        now(engine.settle()).expect("nothing is in the way");
        self.take(engine);
        self.states.push(State {
            vector: engine.vector().clone(),
            records: records(store, engine.program(), self.outputs.len()),
            outputs: self.outputs.iter().map(Vec::len).collect(),
        });
    }

    fn take(&mut self, engine: &mut Engine<MemoryStore>) {
        for output in engine.take_released() {
            self.outputs[usize::from(output.group.0)].push(output.bytes);
        }
    }

    /// What may be there once so much has been applied; nothing where no process ever is.
    pub(crate) fn at(&self, vector: &Vector) -> impl Iterator<Item = &State> {
        self.states.iter().filter(move |state| state.vector == *vector)
    }
}

/// A step of the input.
pub(crate) async fn apply<S: StateStore>(
    engine: &mut Engine<S>,
    step: &Step,
) -> Result<(), cep_engine::EngineError> {
    let stream = step.batch.stream();
    engine.push(step.batch.clone(), step.source, step.after.clone()).await?;
    engine.advance_stream(stream, step.watermark).await?;
    match step.idle {
        Some(stream) => engine.set_idle(stream, true).await,
        None => Ok(()),
    }
}

/// The records in a store, by group.
pub(crate) fn records(store: &Arc<MemoryStore>, program: &Arc<Program>, groups: usize) -> Vec<Records> {
    let mut records = vec![Records::new(); groups];
    let look = now(Look::at(Arc::clone(store), Arc::clone(program))).expect("it can be read");
    let Some(look) = look else { return records };
    let count = u16::try_from(groups).expect("few groups");
    let mut all = Vec::new();
    now(look.keys(|seen| all.push(seen))).expect("every record can be read");
    for seen in all {
        let group = usize::from(seen.key.group(count));
        records[group].insert(seen.key.to_bytes(program), look.record(&seen));
    }
    records
}

/// What stands for an output.
pub(crate) fn render() -> Render {
    Box::new(|output: Output<'_>, put: &mut dyn FnMut(Bytes)| {
        let text = match (&output, output.as_match()) {
            (_, Some(found)) => {
                let found = found.to_owned();
                format!("{:02x?} {:?} {:?} {:?}", found.id, found.kind, found.time, found.records)
            }
            (Output::Late(late), _) => {
                format!("late {:?} {:?} {}", late.pattern_id(), late.stream(), late.position())
            }
            _ => unreachable!("there are no other outputs"),
        };
        put(text.into());
    })
}

/// The group of a number.
pub(crate) fn group(number: usize) -> GroupId {
    GroupId(u16::try_from(number).expect("few groups"))
}

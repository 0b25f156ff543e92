//! The engine over a store: everything is committed after every call, or every few of a long case, and now and then the
//! engine, and with it all that is in memory, is thrown away and opened again.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use cep_core::matcher::{Config, Output};
use cep_core::program::Program;
use cep_core::runtime::RunError;
use cep_engine::store::{Namespace, StateStore};
use cep_engine::{Engine, EngineError, Options, Position, Released, Render};
use cep_redis_testkit::{Folder, Server};
use cep_store_disk::{DiskStore, Durability};
use cep_store_memory::MemoryStore;
use cep_store_redis::RedisStore;
use tokio::runtime::Runtime;

use super::engine::{Call, Note, note};
use crate::random::Random;

/// The only source.
const SOURCE: &str = "case";

/// Once a case is longer than this, not every call is committed.
const LONG: u64 = 256;
const CALLS_A_COMMIT: u64 = 64;

/// One in so many commits is followed by opening again.
const COMMITS_AN_OPENING: u64 = 8;

/// A kind of store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Memory,
    Disk,
    Redis,
}

/// The stores of a run; servers and folders are there from their first use on.
pub(crate) struct Shelf {
    runtime: Rc<Runtime>,
    memory: MemoryStore,
    disk: std::cell::OnceCell<(DiskStore, Folder)>,
    redis: std::cell::OnceCell<Server>,
    /// How many cases there were: each has a namespace and a seed of its own.
    cases: Cell<u64>,
}

/// An engine over a store.
pub(super) trait Stored {
    /// As the matcher's calls; outputs come once they are committed.
    fn call(&mut self, call: Call, add: &mut dyn FnMut(Note)) -> Result<(), RunError>;
}

impl Shelf {
    pub(crate) fn new() -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            runtime: Rc::new(runtime.map_err(|error| format!("no runtime: {error}"))?),
            memory: MemoryStore::new(namespace(0)),
            disk: Default::default(),
            redis: Default::default(),
            cases: Cell::new(0),
        })
    }

    /// A fresh namespace, with an engine.
    pub(super) fn open(
        &self,
        kind: Kind,
        program: &Arc<Program>,
        config: Config,
        most_groups: u16,
    ) -> Box<dyn Stored> {
        self.cases.set(self.cases.get() + 1);
        let seed = self.cases.get();
        let name = namespace(seed);
        let mut random = Random::new(seed);
        // In half of the cases nothing stays in memory beyond what happens.
        let memory = (random.below(2) == 0).then_some(0);
        let groups = if random.below(2) == 0 { most_groups } else { 1 };
        let Config { timers, report_timeouts, .. } = config;
        let options =
            Options { timers, report_timeouts, memory, rows_a_look: 1, groups, ..Options::default() };
        let make = Make { runtime: Rc::clone(&self.runtime), program: Arc::clone(program), options, random };
        match kind {
            Kind::Memory => Over::start(Arc::new(self.memory.beside(name)), make),
            Kind::Disk => Over::start(Arc::new(self.disk().beside(name)), make),
            Kind::Redis => {
                let server = self.redis.get_or_init(Server::start);
                let store =
                    self.runtime.block_on(RedisStore::connect(&server.url(), name, &Default::default()));
                Over::start(Arc::new(store.expect("the server is there")), make)
            }
        }
    }

    fn disk(&self) -> &DiskStore {
        let (store, _) = self.disk.get_or_init(|| {
            let folder = Folder::new();
            let options = cep_store_disk::Options::default().durability(Durability::Process);
            let store = DiskStore::open(folder.path().join("state"), namespace(0), options);
            (store.expect("a folder of our own can be had"), folder)
        });
        store
    }
}

fn namespace(number: u64) -> Namespace {
    format!("case-{number}").parse().expect("it is a name")
}

/// What an engine is made of.
struct Make {
    runtime: Rc<Runtime>,
    program: Arc<Program>,
    options: Options,
    random: Random,
}

/// What was found, by number; the outbox has the numbers.
type Notes = Arc<Mutex<Vec<Option<Note>>>>;

struct Over<S: StateStore> {
    runtime: Rc<Runtime>,
    store: Arc<S>,
    program: Arc<Program>,
    options: Options,
    random: Random,
    notes: Notes,
    engine: Option<Engine<S>>,
    rows: u64,
    calls: u64,
}

impl<S: StateStore> Over<S> {
    fn start(store: Arc<S>, Make { runtime, program, options, random }: Make) -> Box<dyn Stored> {
        let notes = Notes::default();
        let mut over =
            Self { runtime, store, program, options, random, notes, engine: None, rows: 0, calls: 0 };
        over.open();
        Box::new(over)
    }

    fn open(&mut self) {
        self.engine = None;
        let notes = Arc::clone(&self.notes);
        let render: Render = Box::new(move |output: Output<'_>, put: &mut dyn FnMut(Bytes)| {
            let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
            put((notes.len() as u64).to_le_bytes().to_vec().into());
            notes.push(Some(note(&output)));
        });
        let (store, program) = (Arc::clone(&self.store), Arc::clone(&self.program));
        let opened = Engine::open(store, program, self.options, render);
        let (engine, resume) = self.runtime.block_on(opened).expect("what was committed can be opened");
        let read = resume.vector.get(SOURCE).map_or(0, |position| position.rows);
        assert_eq!(read, self.rows, "what was committed is there");
        self.engine = Some(engine);
    }

    /// Waits for a call of the engine.
    fn wait<T>(&mut self, call: impl AsyncFnOnce(&mut Engine<S>) -> T) -> T {
        let engine = self.engine.as_mut().expect("it is open between calls");
        self.runtime.block_on(call(engine))
    }

    fn happen(&mut self, call: Call) -> Result<(), EngineError> {
        match call {
            Call::Push(batch) => {
                self.rows += batch.len() as u64;
                let after = Position { rows: self.rows, state: Vec::new() };
                self.wait(async |engine| engine.push(batch, SOURCE, after).await)
            }
            Call::Advance(stream, to) => self.wait(async |engine| engine.advance_stream(stream, to).await),
            Call::Flush => Ok(()),
        }
    }

    /// Commits, and takes what is out then.
    fn commit(&mut self, add: &mut dyn FnMut(Note)) {
        let released = self.wait(async |engine| {
            engine.commit().await.expect("the store works");
            engine.settle().await.expect("the store works");
            engine.tick(Default::default()).await.expect("the store works");
            engine.settle().await.expect("the store works");
            engine.take_released()
        });
        self.tell(&released, add);
        let below: BTreeMap<_, _> = released.iter().map(|output| (output.group, output.number + 1)).collect();
        for (group, below) in below {
            self.wait(async |engine| engine.trim(group, below).await).expect("the store works");
        }
    }

    fn tell(&self, released: &[Released], add: &mut dyn FnMut(Note)) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        for output in released {
            let number = u64::from_le_bytes(output.bytes[..].try_into().expect("an output is a number"));
            add(notes[number as usize].take().expect("an output is released once"));
        }
    }
}

impl<S: StateStore> Stored for Over<S> {
    fn call(&mut self, call: Call, add: &mut dyn FnMut(Note)) -> Result<(), RunError> {
        let is_last = matches!(call, Call::Flush);
        match self.happen(call) {
            Ok(()) => {}
            Err(EngineError::Pattern(error)) => {
                let released = self.engine.as_mut().expect("it is open between calls").take_released();
                self.tell(&released, add);
                return Err(error);
            }
            Err(error) => panic!("the store works, but: {error}"),
        }
        self.calls += 1;
        if self.calls < LONG || self.calls.is_multiple_of(CALLS_A_COMMIT) || is_last {
            self.commit(add);
            if self.random.below(COMMITS_AN_OPENING) == 0 {
                self.open();
            }
        }
        Ok(())
    }
}

impl<S: StateStore> Drop for Over<S> {
    fn drop(&mut self) {
        self.engine = None;
        let dropped = self.runtime.block_on(self.store.drop_namespace());
        dropped.expect("the store works");
    }
}

//! One simulation: processes over a store with faults, each step followed by a look at everything that must always be true.

mod check;

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cep_engine::store::{GroupId, Version};
use cep_engine::{Engine, EngineError, Options, Released, Sabotage};

use crate::faults::{Broken, Fate, FaultyStore};
use crate::random::Random;
use crate::reference::{Reference, apply, render};
use crate::rule::Rule;
use crate::sink::Sink;
use crate::world::World;

/// Actions after which troubles end, so that every simulation does.
const TROUBLED: u64 = 400;

/// A process.
struct Process {
    engine: Engine<FaultyStore>,
    /// The step to come.
    next: usize,
    /// Whether it runs the program that has changed.
    has_changed: bool,
}

/// A simulation.
pub(crate) struct Simulation {
    world: Arc<World>,
    reference: Arc<Reference>,
    store: FaultyStore,
    sink: Sink,
    random: Random,
    rule: Option<Rule>,
    process: Option<Process>,
    zombies: Vec<Process>,
    /// Whether the program has changed: what a process is started with from then on.
    has_changed: bool,
    /// The versions of the groups when last seen.
    versions: Vec<Version>,
    /// By group: the most outputs that were ever committed.
    committed: Vec<u64>,
    copy: PathBuf,
    pub(crate) events: BTreeMap<&'static str, u64>,
}

impl Simulation {
    pub(crate) fn new(seed: u64, rule: Option<Rule>) -> Self {
        let world = Arc::new(World::new(seed));
        let reference = Arc::new(Reference::of(&world));
        Self::within((world, reference), seed, rule)
    }

    /// Within a world, of which it is known what comes of it.
    pub(crate) fn within(
        (world, reference): (Arc<World>, Arc<Reference>),
        seed: u64,
        rule: Option<Rule>,
    ) -> Self {
        let broken = match rule {
            Some(Rule::Fence) => Some(Broken::NoFence),
            Some(Rule::Epoch) => Some(Broken::NoEpoch),
            Some(Rule::Atomic) => Some(Broken::NotAtomic),
            _ => None,
        };
        // Simulations of one seed may run side by side.
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let copy = std::env::temp_dir().join(format!("cep-simulation-{}-{number}", std::process::id()));
        Self {
            reference,
            world,
            store: FaultyStore::new(seed, broken),
            sink: Sink::default(),
            random: Random::new(seed),
            rule,
            process: None,
            zombies: Vec::new(),
            has_changed: false,
            versions: Vec::new(),
            committed: Vec::new(),
            copy,
            events: BTreeMap::new(),
        }
    }

    /// Runs to the end of the input with trouble at one operation, by its number; false where there are not so many.
    pub(crate) fn run_with_one(&mut self, number: u64, fate: Fate) -> Result<bool, String> {
        self.store.set_only(number, fate);
        loop {
            let is_over = self.act(false)?;
            self.check()?;
            if is_over {
                return self.check_end().map(|()| self.store.count() >= number);
            }
        }
    }

    /// Runs to the end of the input; what is wrong, if anything is.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        let result = self.live();
        // There may never have been one.
        drop(fs::remove_file(&self.copy));
        result
    }

    fn live(&mut self) -> Result<(), String> {
        let trouble = *self.random.pick(&[0, 2, 8, 20]);
        for action in 0.. {
            self.store.set_trouble(if action < TROUBLED { trouble } else { 0 });
            if action == TROUBLED {
                // What is on its way from one that never acts again would hold up all that comes behind it.
                self.zombies.clear();
            }
            let is_over = self.act(action < TROUBLED)?;
            self.store.drift();
            self.check()?;
            if is_over {
                return self.check_end();
            }
            if action > 100 * TROUBLED {
                return Err("it does not come to an end".to_owned());
            }
        }
        Ok(())
    }

    fn count(&mut self, event: &'static str) {
        *self.events.entry(event).or_default() += 1;
    }

    /// Something happens; true once the input is over and done.
    fn act(&mut self, troubled: bool) -> Result<bool, String> {
        let chance = if troubled { self.random.below(1000) } else { 999 };
        match chance {
            0..30 => {
                self.count("crash");
                self.process = None;
            }
            30..50 => {
                if let Some(process) = self.process.take() {
                    self.count("zombie");
                    self.zombies.push(process);
                }
            }
            50..150 => self.zombie(),
            150..170 => self.store.remember(self.copy.clone()),
            170..175 => {
                if self.store.roll_back() {
                    self.count("roll-back");
                    // An old owner and an old store at once are more than epochs can tell apart.
                    self.zombies.clear();
                    self.versions.clear();
                }
            }
            _ => return self.go_on(),
        }
        Ok(false)
    }

    /// The process does its next step, or is started.
    fn go_on(&mut self) -> Result<bool, String> {
        let Some(mut process) = self.process.take() else { return self.start().map(|()| false) };
        if process.next == self.world.changes_at && !process.has_changed {
            return self.change(process).map(|()| false);
        }
        let Some(step) = self.world.steps.get(process.next) else {
            let finished = self.drive(process.engine.finish());
            return match finished {
                Some(Ok(())) => self.hand_out(&mut process),
                _ => Ok(false),
            };
        };
        let step = step.clone();
        let mut result = self.drive(apply(&mut process.engine, &step));
        process.next += 1;
        if matches!(result, Some(Ok(()))) {
            result = self.drive(process.engine.tick(Duration::ZERO));
        }
        if matches!(result, Some(Ok(()))) && self.random.percent(60) {
            result = self.drive(process.engine.commit());
        }
        if matches!(result, Some(Ok(()))) && self.random.percent(30) {
            result = self.drive(process.engine.settle());
        }
        match result {
            Some(Ok(())) => {
                if self.hand_out(&mut process)? {
                    self.process = Some(process);
                }
            }
            Some(Err(error)) => {
                self.count("failure");
                self.allowed(&error)?;
                if self.rule == Some(Rule::Engine(Sabotage::KeepMemory)) {
                    self.process = Some(process);
                }
            }
            None => self.count("crash in a call"),
        }
        Ok(false)
    }

    /// All that was read is committed, then the program changes: the next process is started with the other one.
    fn change(&mut self, mut process: Process) -> Result<(), String> {
        let committed = self.drive(process.engine.commit());
        let settled = self.drive(process.engine.settle());
        match (committed, settled) {
            (Some(Ok(())), Some(Ok(()))) => {}
            (Some(Err(error)), _) | (_, Some(Err(error))) => {
                self.count("failure");
                self.allowed(&error)?;
                if self.rule == Some(Rule::Engine(Sabotage::KeepMemory)) {
                    self.process = Some(process);
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
        self.count("change");
        self.has_changed = true;
        // A store that comes back from before the change would have the old program's input read by the new one.
        self.store.forget_copy();
        self.hand_out(&mut process).map(drop)
    }

    /// Outputs that are released go to the sink, then out of the outbox. False where the process has ended over that.
    fn hand_out(&mut self, process: &mut Process) -> Result<bool, String> {
        let released = process.engine.take_released();
        if self.rule == Some(Rule::TrimAfterSink) {
            let trimmed = self.trim(process, &released);
            if !trimmed || self.random.percent(20) {
                return Ok(false);
            }
            return self.sink.put(&released).map(|()| true);
        }
        if self.random.percent(3) {
            self.count("crash before the sink");
            return Ok(false);
        }
        self.sink.put(&released)?;
        Ok(self.trim(process, &released))
    }

    fn trim(&mut self, process: &mut Process, released: &[Released]) -> bool {
        let mut below: BTreeMap<GroupId, u64> = BTreeMap::new();
        for output in released {
            below.insert(output.group, output.number + 1);
        }
        below
            .into_iter()
            .all(|(group, below)| matches!(self.drive(process.engine.trim(group, below)), Some(Ok(()))))
    }

    fn start(&mut self) -> Result<(), String> {
        let memory =
            self.random.percent(50).then(|| usize::try_from(self.random.below(4000)).expect("small"));
        let options = Options {
            groups: self.world.groups,
            memory,
            on_change: self.world.on_change(),
            rows_a_look: 20,
            rounds_in_flight: usize::try_from(self.random.below(4)).expect("small") + 1,
            sabotage: match self.rule {
                Some(Rule::Engine(sabotage)) => Some(sabotage),
                _ => None,
            },
            ..Options::default()
        };
        let has_changed = self.has_changed;
        let (store, given) = (Arc::new(self.store.clone()), self.world.given(has_changed));
        let opened = self.drive(Engine::open(store, given, options, render()));
        let (engine, resume) = match opened {
            Some(Ok(opened)) => opened,
            Some(Err(error)) => return self.allowed(&error),
            None => return Ok(()),
        };
        self.count("opening");
        let next = self.world.steps.iter().position(|step| {
            let read = resume.vector.get(step.source).map_or(0, |position| position.rows);
            step.after.rows > read
        });
        let next = next.unwrap_or(self.world.steps.len());
        let mut process = Process { engine, next, has_changed };
        if self.rule != Some(Rule::Drain) {
            for (group, (first, _)) in &resume.outbox {
                let from = self.sink.next(*group).max(*first);
                let Some(Ok(released)) = self.drive(process.engine.outbox(*group, from, usize::MAX)) else {
                    return Ok(());
                };
                self.sink.put(&released)?;
                if !self.trim(&mut process, &released) {
                    return Ok(());
                }
            }
        }
        self.process = Some(process);
        Ok(())
    }

    /// A process that others think dead does something.
    fn zombie(&mut self) {
        let Some(mut zombie) = self.zombies.pop() else { return };
        self.count("zombie acts");
        // What comes behind the change is for the other program.
        let is_over = zombie.next == self.world.changes_at && !zombie.has_changed;
        if let Some(step) = self.world.steps.get(zombie.next).filter(|_| !is_over).cloned()
            && matches!(self.drive(apply(&mut zombie.engine, &step)), Some(Ok(())))
        {
            zombie.next += 1;
        }
        let committed = self.drive(zombie.engine.commit());
        let settled = self.drive(zombie.engine.settle());
        if matches!((committed, settled), (Some(Ok(())), Some(Ok(())))) {
            self.zombies.push(zombie);
        }
    }

    /// Polls a future to its end; none where the process crashes meanwhile.
    fn drive<F: Future>(&mut self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            self.store.drift();
            if self.random.below(200) == 0 {
                return None;
            }
        }
    }

    /// Whether an error is one that troubles may bring.
    fn allowed(&self, error: &EngineError) -> Result<(), String> {
        match error {
            EngineError::Store(_) | EngineError::Stopped => Ok(()),
            error => Err(format!("an error that no trouble explains: {error}")),
        }
    }
}

//! A run over a store, from opening it to the end of the input, over whatever troubles the store has in between.

use std::sync::Arc;
use std::time::Duration;

use cep_core::matcher::PatternStats;
use cep_core::program::Program;
use cep_engine::store::StateStore;
use cep_engine::{EngineError, Given, Options};

use super::once::{Ended, Once, Pass};
use super::switch::{Made, Next, Ready};
use crate::input::{Bindings, InputError, ReadOptions, Tally};
use crate::output::Renderer;
use crate::sink::{OpenSink, SinkError};
use crate::stop::Stop;

/// Openings in a row without any progress, after which a run gives up.
const MOST_OPENINGS: u32 = 10;

/// The first and the longest wait between them.
const WAITS: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// What a run over a store needs.
pub struct Job<S> {
    /// Where the state is.
    pub store: Arc<S>,
    /// What is looked for.
    pub given: Given,
    /// How the engine runs.
    pub options: Options,
    /// Where the events are.
    pub bindings: Bindings,
    /// How they are read.
    pub reading: ReadOptions,
    /// Makes the lines of outputs.
    pub renderer: Renderer,
    /// Whether state that is there already is gone on from.
    pub resume: bool,
    /// Whether windows stay open when the input ends, for a later run to go on.
    pub pause: bool,
    /// Whether it has been asked to stop.
    pub stop: Stop,
    /// Opens where outputs go.
    pub open_sink: OpenSink,
    /// Told of troubles that the run gets over.
    pub warn: Box<dyn FnMut(&str)>,
    /// What output begins with.
    pub header: Vec<u8>,
    /// Asked for another program to go on with.
    pub changed: Box<dyn FnMut() -> Option<Next>>,
    /// Told what became of it.
    pub tell: Box<dyn FnMut(&str)>,
}

/// Why a run over a store ended before its input did.
#[derive(Debug, thiserror::Error)]
pub enum StoredFailure {
    /// The engine or the store.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// An input could not be read further.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Outputs cannot be taken.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// There is state, and nobody said that it is to be gone on from.
    #[error("there is state of an earlier run")]
    StateIsThere,
    /// The state has read an input that is not given.
    #[error("the state has read {rows} rows of `{input}`, which is not among the inputs")]
    InputIsGone {
        /// The input.
        input: String,
        /// How many rows of it.
        rows: u64,
    },
    /// The store failed, and the input cannot be read again.
    #[error("{error}; standard input cannot be read again from where the state is")]
    CannotReplay {
        /// What happened.
        error: EngineError,
    },
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// How far the inputs are.
    pub tally: Tally,
    /// What happened, by pattern id of the program.
    pub stats: Vec<PatternStats>,
    /// The program that ran last.
    pub program: Option<Arc<Program>>,
    /// The records that have ever been set aside, and the rows of their keys that were diverted.
    pub quarantine: (u64, u64),
}

impl<S: StateStore> Job<S> {
    /// Runs to the end of the input. `tell` is called after each batch.
    ///
    /// # Errors
    /// Where something fails that waiting and opening again do not mend.
    pub async fn run(mut self, mut tell: impl FnMut(&Tally)) -> (Ran, Result<(), StoredFailure>) {
        let mut ran = Ran::default();
        let (mut openings, mut begun) = (0, false);
        let (mut next, mut ready, mut news) = (None, None, None);
        loop {
            let (job, ran_now, tell) = (&mut self, &mut ran, &mut tell);
            let (next, ready, news) = (&mut next, &mut ready, &mut news);
            let mut pass = Pass { job, ran: ran_now, tell, begun, progressed: false, next, ready, news };
            let result = Once::run(&mut pass).await;
            begun = pass.begun;
            if pass.progressed {
                openings = 0;
            }
            openings += 1;
            match result {
                Ok(Ended::Changed) => {
                    openings = 0;
                    self.go_on_with(ready.take());
                }
                Ok(Ended::Input) => return (ran, Ok(())),
                Err(StoredFailure::Engine(error)) if error.is_passing() && self.may_go_on(openings) => {
                    if self.bindings.reads_stdin() {
                        return (ran, Err(StoredFailure::CannotReplay { error }));
                    }
                    (self.warn)(&format!("{error}; opening the store again"));
                    // What is there is this run's own.
                    self.resume = true;
                    std::thread::sleep(wait(openings));
                }
                Err(failure) if begun && failure.is_a_server_away() && self.may_open_again(openings) => {
                    (self.warn)(&format!("{failure}; trying again"));
                    self.resume = true;
                    std::thread::sleep(wait(openings));
                }
                Err(failure) => return (ran, Err(failure)),
            }
        }
    }

    fn go_on_with(&mut self, ready: Option<Box<Ready>>) {
        if let Some(ready) = ready {
            let Ready { given, made: Made { bindings, renderer, header } } = *ready;
            (self.given, self.bindings, self.renderer, self.header) = (given, bindings, renderer, header);
            self.resume = true;
        }
    }
}

impl<S> Job<S> {
    fn may_go_on(&self, openings: u32) -> bool {
        openings <= MOST_OPENINGS && !self.stop.is_asked()
    }

    /// The same, where all inputs have to be read again from where the state is.
    fn may_open_again(&self, openings: u32) -> bool {
        self.may_go_on(openings) && !self.bindings.reads_stdin()
    }
}

impl StoredFailure {
    /// Whether the server of a source or sink is away, and may come back.
    fn is_a_server_away(&self) -> bool {
        match self {
            Self::Input(InputError::Log(error)) => error.is_passing(),
            Self::Sink(SinkError::Stream(error)) => EngineError::is_passing_store(error),
            _ => false,
        }
    }
}

fn wait(openings: u32) -> Duration {
    let (first, longest) = WAITS;
    first.saturating_mul(1 << openings.min(16)).min(longest)
}

impl<S> std::fmt::Debug for Job<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job")
            .field("options", &self.options)
            .field("bindings", &self.bindings)
            .finish_non_exhaustive()
    }
}

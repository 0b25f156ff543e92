//! Another program in the place of the one that runs: whether it may take over is decided before anything is ended, by
//! what decides it at opening; then the state is opened again with it, as after a crash.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use cep_core::pattern::plain_name;
use cep_core::program::Program;
use cep_engine::store::StateStore;
use cep_engine::{EngineError, Fate, Given, OnChange, Plan, Planned, ProgramText, Vector};

use super::job::StoredFailure;
use crate::input::Bindings;
use crate::output::Renderer;

/// What a run does next.
pub struct Next {
    /// The program.
    pub given: Given,
    /// What else a run needs for a program: none where that cannot be made, which has been told then.
    pub make: Box<Make>,
    /// Makes a program from its text.
    pub compile: fn(&ProgramText) -> Result<Program, String>,
}

/// Makes what a run needs beside its program.
pub type Make = dyn Fn(&Given) -> Option<Made>;

/// What a run needs beside its program.
#[derive(Debug)]
pub struct Made {
    /// Where its events are.
    pub bindings: Bindings,
    /// Makes the lines of outputs.
    pub renderer: Renderer,
    /// What output begins with.
    pub header: Vec<u8>,
}

/// A program that is ready to take over.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) given: Given,
    pub(super) made: Made,
}

/// What became of a program that was to take over.
pub(super) enum Asked {
    /// It does; that is what there is to be said.
    TakesOver(Box<Ready>, String),
    /// It does not: why.
    Refused(String),
}

impl Next {
    /// Whether the program may take over from state that is committed.
    pub(super) async fn ask<S: StateStore>(
        &self,
        store: &Arc<S>,
        vector: &Vector,
        header: &[u8],
        on_change: OnChange,
    ) -> Result<Asked, StoredFailure> {
        let refused = |why: &dyn fmt::Display| Ok(Asked::Refused(why.to_string()));
        let given = match cep_engine::with_draining(store, self.given.clone(), on_change, &self.compile).await
        {
            Ok(given) => given,
            Err(error @ (EngineError::CannotDrain(_) | EngineError::Text(_) | EngineError::NoText)) => {
                return refused(&error);
            }
            Err(error) => return Err(error.into()),
        };
        let Some(made) = (self.make)(&given) else { return refused(&"the new patterns cannot be run") };
        let sources = made.bindings.sources(given.program.definitions());
        if let Some(gone) = vector.keys().find(|source| !sources.contains(source)) {
            return refused(&format_args!("`{gone}` would not be read any more"));
        }
        if made.header != header {
            return refused(&"the columns of the output would be others");
        }
        let plan = cep_engine::plan(&**store, &given, on_change).await?.unwrap_or_default();
        if plan.is_refused() {
            return refused(&plan);
        }
        Ok(Asked::TakesOver(Box::new(Ready { given, made }), words(&plan)))
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("given", &self.given).finish_non_exhaustive()
    }
}

/// What became of each pattern.
fn words(plan: &Plan) -> String {
    let mut words = String::new();
    for planned in &plan.patterns {
        let between = if words.is_empty() { "" } else { ", " };
        // Writing to a text never fails.
        let _ = write!(words, "{between}{}", fate(planned));
    }
    words
}

/// What becomes of the partial matches of a pattern, in words.
#[must_use]
pub fn fate(planned: &Planned) -> String {
    let name = &planned.pattern;
    match planned.fate {
        Fate::New => format!("{name} is new"),
        Fate::Unchanged => format!("{name} is unchanged"),
        Fate::Kept => format!("{name} keeps its partial matches"),
        Fate::Drains => {
            format!("what is in flight of {} runs out by its old rules, as {name}", plain_name(name))
        }
        Fate::RanOut => format!("nothing is in flight any more of {name}"),
        Fate::Dropped => format!("{name} loses its partial matches"),
        Fate::Refused => format!("{name} would lose its partial matches, and is refused"),
    }
}

//! Another program in the place of the one that runs: whether it may take over is decided before anything is ended, by
//! what decides it at opening; then the state is opened again with it, as after a crash.

use std::fmt::Write as _;

use cep_engine::store::StateStore;
use cep_engine::{Fate, Given, OnChange, Plan, Planned, Vector};

use super::job::StoredFailure;
use crate::input::Bindings;
use crate::output::Renderer;

/// What a run does next.
#[derive(Debug)]
pub struct Next {
    /// The program.
    pub given: Given,
    /// Where its events are.
    pub bindings: Bindings,
    /// Makes the lines of outputs.
    pub renderer: Renderer,
    /// What output begins with.
    pub header: Vec<u8>,
}

/// What became of a program that was to take over.
pub(super) enum Asked {
    /// It does; that is what there is to be said.
    TakesOver(String),
    /// It does not: why.
    Refused(String),
}

impl Next {
    /// Whether the program may take over from state that is committed.
    pub(super) async fn ask<S: StateStore>(
        &self,
        store: &S,
        vector: &Vector,
        header: &[u8],
        on_change: OnChange,
    ) -> Result<Asked, StoredFailure> {
        let sources = self.bindings.sources(self.given.program.definitions());
        if let Some(gone) = vector.keys().find(|source| !sources.contains(source)) {
            return Ok(Asked::Refused(format!("`{gone}` would not be read any more")));
        }
        if self.header != header {
            return Ok(Asked::Refused("the columns of the output would be others".to_owned()));
        }
        let plan = cep_engine::plan(store, &self.given.program, on_change).await?.unwrap_or_default();
        if plan.is_refused() {
            return Ok(Asked::Refused(plan.to_string()));
        }
        Ok(Asked::TakesOver(words(&plan)))
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
        Fate::Dropped => format!("{name} loses its partial matches"),
        Fate::Refused => format!("{name} would lose its partial matches, and is refused"),
    }
}

//! The frozen program: many patterns over many streams, compiled once and shared by every matcher.

mod ambiguity;
mod assemble;
mod automaton;
mod compile;
mod conditions;
mod constants;
mod draining;
mod dump;
mod error;
mod family;
mod functions;
mod group;
mod guard;
mod holding;
mod index;
mod layout;
mod link;
mod moves;
mod predicate;
mod probe;
mod reads;
mod resolve;
mod running;
mod satisfiable;
mod scope;
mod streams;
mod tables;
mod thresholds;
mod verify;

pub use ambiguity::{Ambiguity, Repeats};
pub use automaton::{Action, Automaton, Edge, Effect, Misses, Move, State, StateKind};
pub(crate) use conditions::{Conditions, Step, StepId};
pub use constants::Equals;
pub(crate) use constants::{Among, ValueId};
pub use draining::{CannotDrain, Drained};
pub use dump::{dot, dump};
pub use error::{CompileError, CompileErrorKind};
pub use family::{Family, FamilyInput};
pub use group::{Group, GroupAtom, Members};
pub use guard::{Atom, Guard};
pub use holding::{Held, Hold, WhyRuns};
pub use index::Index;
pub use layout::{
    ColumnLayout, FamilyKey, FamilyLayout, Form, GroupLayout, InputLayout, Layout, Likeness, MemberLayout,
};
pub(crate) use moves::{OpenMove, Opened, Standing, open_moves};
pub use predicate::{Predicate, Test};
pub(crate) use probe::Probe;
pub(crate) use running::RunningPlan;
pub use streams::{Derivation, Origin, Stream, Streams};
pub use tables::{Table, Tables};
pub use thresholds::Thresholds;
pub use verify::verify;

use std::collections::HashMap;

use crate::event::Value;
use crate::expr::Node;
use crate::ids::{FamilyId, PatternId, StageId, StreamId};
use crate::pattern::{Definitions, Limit, Pattern};

/// A frozen program. Share it by [`std::sync::Arc`].
#[derive(Debug)]
pub struct Program {
    pub(crate) streams: Streams,
    pub(crate) tables: Tables,
    pub(crate) families: Vec<Family>,
    pub(crate) patterns: Vec<CompiledPattern>,
    /// By stream: the conditions on its events.
    pub(crate) conditions: Vec<Conditions>,
    /// For each emitted stream, the patterns that feed it.
    pub(crate) producers: HashMap<StreamId, Vec<PatternId>>,
    definitions: Definitions,
    params: ParamValues,
}

/// A pattern, compiled.
#[derive(Debug)]
pub struct CompiledPattern {
    /// Its name.
    pub name: String,
    /// Its automaton.
    pub automaton: Automaton,
    /// How its partial matches are held.
    pub held: Held,
    /// Whether equal matches can come about.
    pub ambiguity: Ambiguity,
    /// The names of its stages by id.
    pub stages: Vec<String>,
    /// What a match does to partial matches that overlap it.
    pub skip: CompiledSkip,
    /// The bound on partial matches of one key.
    pub limit: Option<Limit>,
    /// Records made of each match.
    pub emits: Vec<CompiledEmit>,
    /// Records made of each partial match dropped by a window.
    pub timeout_emits: Vec<CompiledEmit>,
    /// What its conditions read of whole paths, kept by their nodes.
    pub(crate) running: Option<RunningPlan>,
    /// The family it belongs to.
    pub family: FamilyId,
}

/// A skip strategy with its stage resolved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompiledSkip {
    /// Every match is found.
    NoSkip,
    /// Drops those that start with the same event.
    ToNext,
    /// Drops those that start before the match ends.
    PastLastEvent,
    /// Drops those that start before an event of a stage.
    ToStage {
        /// The stage; none for a name that stands for groups, which never occurs in a match.
        stage: Option<StageId>,
        /// Whether its last event counts, not its first.
        last: bool,
        /// Whether a match without that stage, or starting with it, fails the run.
        or_fail: bool,
    },
}

/// A record made of a match.
#[derive(Debug)]
pub struct CompiledEmit {
    /// The stream it goes to.
    pub stream: StreamId,
    /// Its columns, the time stamp that follows them left out.
    pub columns: Vec<Node>,
    /// Where else it goes, for the host.
    pub to: Option<String>,
}

/// Values of parameters by name.
pub type ParamValues = HashMap<String, Value>;

impl Program {
    /// Compiles definitions; parameters that are not given take their defaults.
    ///
    /// # Errors
    /// All mistakes that can be told apart.
    pub fn compile(definitions: Definitions, params: &ParamValues) -> Result<Self, Vec<CompileError>> {
        link::link(definitions, params)
    }

    /// The streams.
    #[must_use]
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The conditions on the events of a stream.
    pub(crate) fn conditions(&self, stream: StreamId) -> &Conditions {
        &self.conditions[stream.index()]
    }

    /// The look-up tables.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The key families.
    #[must_use]
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The patterns with their ids, in text order.
    pub fn patterns(&self) -> impl Iterator<Item = (PatternId, &CompiledPattern)> {
        self.patterns.iter().enumerate().map(|(index, pattern)| (PatternId::new(index), pattern))
    }

    /// A pattern by id.
    #[must_use]
    pub fn pattern(&self, id: PatternId) -> &CompiledPattern {
        &self.patterns[id.index()]
    }

    /// What the program was made from.
    #[must_use]
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// The values of all parameters.
    #[must_use]
    pub fn params(&self) -> &ParamValues {
        &self.params
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn source(&self, id: PatternId) -> &Pattern {
        &self.definitions.patterns[id.index()]
    }
}

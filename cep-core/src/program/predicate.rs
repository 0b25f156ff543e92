//! The conditions of a key family, interned: a condition that ten patterns share is evaluated once.

use std::collections::HashMap;

use super::conditions::{Draft, StepId};
use super::error::CompileErrorKind as Kind;
use super::resolve::Resolver;
use super::running::RunningPlan;
use super::scope::{EventScope, StageScope};
use super::streams::Streams;
use super::tables::Tables;
use crate::event::{Type, Value};
use crate::expr::{Expr, FloatTest, Node};
use crate::ids::{PredicateId, StreamId};

/// A condition, resolved for each input of the family.
#[derive(Debug)]
pub struct Predicate {
    /// The condition as the language writes it.
    pub text: String,
    /// What it is for events of each input, by position in the family.
    pub inputs: Box<[Test]>,
    /// By input: where it is among the conditions of the stream; of an iterative one, what depends on the event alone.
    pub(crate) steps: Box<[Option<StepId>]>,
    /// By input: of an iterative one with a part that depends on the event alone, the rest.
    pub(crate) asked: Box<[Option<Node>]>,
    /// An iterative one over numbers, once more.
    pub(crate) floats: Option<FloatTest>,
}

/// A condition for the events of one input.
#[derive(Debug)]
pub enum Test {
    /// Never true: the stage takes no events of this input.
    Never,
    /// Always true.
    Always,
    /// Depends on the event alone.
    Event(Node),
    /// Depends on what the partial match has captured (Flink's iterative condition).
    Iterative(Node),
}

/// Interns the conditions of a family, pattern by pattern.
pub(super) struct Interner<'a> {
    pub(super) streams: &'a Streams,
    pub(super) tables: &'a Tables,
    pub(super) params: &'a HashMap<String, (Type, Value)>,
    /// The family's inputs.
    pub(super) inputs: &'a [StreamId],
    /// The stages of the pattern at hand.
    pub(super) stages: StageScope,
    /// What its nodes keep.
    pub(super) running: Option<&'a RunningPlan>,
    /// The number of the pattern at hand: iterative conditions of two patterns are never one.
    pub(super) pattern: usize,
    /// By stream.
    pub(super) conditions: &'a mut [Draft],
    pub(super) predicates: &'a mut Vec<Predicate>,
    pub(super) known: &'a mut HashMap<String, PredicateId>,
}

impl Interner<'_> {
    /// The predicate of a condition; none where it holds for every event of the family.
    pub(super) fn intern(
        &mut self,
        stream: Option<&str>,
        condition: Option<&Expr>,
    ) -> Result<Option<PredicateId>, Kind> {
        let only = stream.map(|name| self.input(name)).transpose()?;
        if condition.is_none() && (only.is_none() || self.inputs.len() == 1) {
            return Ok(None);
        }
        let iterative = condition.is_some_and(reads_stages);
        let owner = if iterative { self.pattern } else { usize::MAX };
        let key = format!("{owner} {only:?} {condition:?}");
        if let Some(known) = self.known.get(&key) {
            return Ok(Some(*known));
        }
        let predicate = self.predicate(only, condition)?;
        let id = PredicateId::new(self.predicates.len());
        self.predicates.push(predicate);
        self.known.insert(key, id);
        Ok(Some(id))
    }

    /// Whether a predicate depends on what the partial match has captured, for events of any input.
    pub(super) fn is_iterative(&self, id: PredicateId) -> bool {
        self.predicates[id.index()].inputs.iter().any(|test| matches!(test, Test::Iterative(_)))
    }

    fn input(&self, name: &str) -> Result<usize, Kind> {
        let unknown = || Kind::Unknown { what: "input", name: name.to_owned() };
        let id = self.streams.id(name).ok_or_else(unknown)?;
        self.inputs.iter().position(|input| *input == id).ok_or_else(unknown)
    }

    fn predicate(&mut self, only: Option<usize>, condition: Option<&Expr>) -> Result<Predicate, Kind> {
        let (mut inputs, mut steps, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        for (index, stream) in self.inputs.iter().enumerate() {
            let test = match condition {
                _ if only.is_some_and(|only| only != index) => Test::Never,
                None => Test::Always,
                Some(condition) => self.test(*stream, condition)?,
            };
            let (schema, draft) = (&self.streams.get(*stream).schema, &mut self.conditions[stream.index()]);
            let (step, rest) = match (condition, &test) {
                (Some(expr), Test::Event(node)) => (Some(draft.add(expr, node, schema)), None),
                (Some(expr), Test::Iterative(node)) => draft.split(expr, node, schema).unzip(),
                _ => (None, None),
            };
            inputs.push(test);
            steps.push(step);
            asked.push(rest);
        }
        let floats = match (&inputs[..], &asked[..]) {
            ([Test::Iterative(_)], [Some(node)]) | ([Test::Iterative(node)], [None]) => FloatTest::of(node),
            _ => None,
        };
        let only = only.map(|only| format!("of {}", self.streams.get(self.inputs[only]).name));
        let condition = condition.map(ToString::to_string);
        let text = only.into_iter().chain(condition).collect::<Vec<_>>().join(" where ");
        Ok(Predicate { text, inputs: inputs.into(), steps: steps.into(), asked: asked.into(), floats })
    }

    fn test(&self, stream: StreamId, condition: &Expr) -> Result<Test, Kind> {
        let resolver = Resolver {
            event: Some(EventScope { schema: &self.streams.get(stream).schema }),
            stages: Some(&self.stages),
            params: self.params,
            tables: self.tables,
            running: self.running,
        };
        let node = resolver.condition(condition)?;
        Ok(if node.is_iterative() { Test::Iterative(node) } else { Test::Event(node) })
    }
}

fn reads_stages(condition: &Expr) -> bool {
    let mut reads = false;
    condition.walk(&mut |expr| {
        reads |= matches!(
            expr,
            Expr::Captured { .. } | Expr::Count(_) | Expr::StageExists(_) | Expr::Aggregate { .. }
        );
    });
    reads
}

//! Parts of a pattern's conditions by themselves: what an operand of one was, where people ask why it did not hold.

use std::collections::HashMap;

use super::family;
use super::resolve::Resolver;
use super::scope::{EventScope, StageScope};
use super::{Family, Program};
use crate::event::{Type, Value};
use crate::expr::{Expr, Node};
use crate::ids::PatternId;

/// Resolves expressions where the conditions of a pattern stand.
pub(crate) struct Probe<'p> {
    program: &'p Program,
    family: &'p Family,
    stages: StageScope,
    params: HashMap<String, (Type, Value)>,
}

impl<'p> Probe<'p> {
    /// For the conditions of a pattern.
    pub(crate) fn new(program: &'p Program, id: PatternId) -> Self {
        let family = &program.families[program.pattern(id).family.index()];
        let inputs: Vec<_> = family.inputs.iter().map(|input| input.stream).collect();
        let fields = family::fields(&family.inputs, &program.streams);
        let stages = StageScope::new(program.source(id), &inputs, fields, &program.streams);
        let typed = |param: &crate::pattern::Param| {
            let value = program.params.get(&param.name)?;
            Some((param.name.clone(), (param.ty.clone(), value.clone())))
        };
        let params = program.definitions.params.iter().filter_map(typed).collect();
        Self { program, family, stages, params }
    }

    /// An expression for events of an input; none where it says nothing of them.
    pub(crate) fn node(&self, input: usize, expr: &Expr) -> Option<Node> {
        let schema = &self.program.streams.get(self.family.inputs[input].stream).schema;
        let resolver = Resolver {
            event: Some(EventScope { schema }),
            stages: Some(&self.stages),
            params: &self.params,
            tables: &self.program.tables,
            running: None,
        };
        resolver.resolve(expr).ok().map(|(node, _)| node)
    }
}

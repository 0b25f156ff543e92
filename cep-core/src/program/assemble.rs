//! Assembling: once all streams are known, patterns are grouped into key families, and each is compiled.

use std::collections::HashMap;

use super::ambiguity::ambiguity;
use super::automaton::Misses;
use super::conditions::Draft;
use super::error::{CompileError, CompileErrorKind as Kind, at};
use super::family::{self, Family, FamilyInput};
use super::holding::holding;
use super::layout::family_id;
use super::link::Linker;
use super::predicate::Interner;
use super::running::{self, RunningPlan};
use super::scope::StageScope;
use super::{CompiledEmit, CompiledPattern, CompiledSkip, Program, compile};
use crate::ids::{FamilyId, PatternId, StageId, StreamId};
use crate::pattern::{Definitions, Emit, Pattern, Skip};

impl Linker<'_> {
    pub(super) fn compile(mut self, definitions: &Definitions) -> Result<Program, Vec<CompileError>> {
        let families = self.families(definitions);
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let (families, members) = families;
        let mut compiled: Vec<Option<CompiledPattern>> = definitions.patterns.iter().map(|_| None).collect();
        let mut conditions: Vec<Draft> = self.streams.iter().map(|_| Draft::default()).collect();
        let mut done = Vec::new();
        for (index, family) in families.into_iter().enumerate() {
            let id = FamilyId::new(index);
            done.push(self.family(id, family, &members[index], &mut compiled, &mut conditions));
        }
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let streams = self.streams.iter().map(|(_, stream)| &*stream.schema);
        let conditions: Vec<_> =
            conditions.into_iter().zip(streams).map(|(draft, schema)| draft.finish(schema)).collect();
        done.iter_mut().for_each(|family| family.group(&compiled, &conditions));
        let patterns: Vec<_> = compiled.into_iter().flatten().collect();
        let mut producers: HashMap<StreamId, Vec<PatternId>> = HashMap::new();
        for (index, pattern) in patterns.iter().enumerate() {
            for emit in pattern.emits.iter().chain(&pattern.timeout_emits) {
                let of_stream = producers.entry(emit.stream).or_default();
                if !of_stream.contains(&PatternId::new(index)) {
                    of_stream.push(PatternId::new(index));
                }
            }
        }
        let params = self.params.iter().map(|(name, (_, value))| (name.clone(), value.clone()));
        let program = Program {
            params: params.collect(),
            streams: self.streams,
            tables: self.tables,
            families: done,
            patterns,
            conditions,
            producers,
            definitions: definitions.clone(),
        };
        debug_assert_eq!(super::verify(&program), Ok(()));
        Ok(program)
    }

    /// Groups the patterns by what they read and by which key.
    fn families(&mut self, definitions: &Definitions) -> (Vec<Vec<FamilyInput>>, Vec<Vec<PatternId>>) {
        let mut families: Vec<Vec<FamilyInput>> = Vec::new();
        let mut members: Vec<Vec<PatternId>> = Vec::new();
        let same = |left: &[FamilyInput], right: &[FamilyInput]| {
            left.len() == right.len()
                && left.iter().zip(right).all(|(l, r)| l.stream == r.stream && l.key == r.key)
        };
        for (index, pattern) in definitions.patterns.iter().enumerate() {
            let inputs = family::inputs(pattern, &self.streams);
            let inputs = inputs.map_err(|kind| at(format!("pattern `{}`", pattern.name), kind));
            let Some(inputs) = self.keep(inputs) else { continue };
            let known = families.iter().position(|family| same(family, &inputs));
            let family = known.unwrap_or_else(|| {
                families.push(inputs);
                members.push(Vec::new());
                families.len() - 1
            });
            members[family].push(PatternId::new(index));
            family::keep(pattern, &mut families[family], &self.streams);
        }
        (families, members)
    }

    fn family(
        &mut self,
        id: FamilyId,
        inputs: Vec<FamilyInput>,
        members: &[PatternId],
        compiled: &mut [Option<CompiledPattern>],
        conditions: &mut [Draft],
    ) -> Family {
        let streams: Vec<_> = inputs.iter().map(|input| input.stream).collect();
        let (mut predicates, mut known) = (Vec::new(), HashMap::new());
        let mut misses = Misses::Nothing;
        for pattern in members {
            let source = &self.definitions.patterns[pattern.index()];
            let stages = self.stage_scope(source, &inputs);
            let running = RunningPlan::of(source, &self.outputs(&stages));
            let mut interner = Interner {
                streams: &self.streams,
                tables: &self.tables,
                params: &self.params,
                inputs: &streams,
                stages: self.stage_scope(source, &inputs),
                running: running.as_ref(),
                pattern: pattern.index(),
                conditions: &mut *conditions,
                predicates: &mut predicates,
                known: &mut known,
            };
            let automaton = compile::compile(source, &mut interner);
            let whole = automaton.and_then(|automaton| {
                misses = misses.max(automaton.misses());
                let emits = self.emits(&source.emits, &stages)?;
                let timeout_emits = self.emits(&source.timeout_emits, &stages)?;
                Ok(CompiledPattern {
                    name: source.name.clone(),
                    held: holding(source, &automaton),
                    ambiguity: ambiguity(&automaton, source.skip != Skip::NoSkip),
                    automaton,
                    stages: stage_names(source),
                    skip: skip(source, &stages),
                    limit: source.limit,
                    emits,
                    timeout_emits,
                    running,
                    family: id,
                })
            });
            let whole = whole.map_err(|kind| at(format!("pattern `{}`", source.name), kind));
            compiled[pattern.index()] = self.keep(whole);
        }
        let node_words = running::widen(members, compiled);
        let stratum = streams.iter().map(|stream| self.streams.get(*stream).stratum).max().unwrap_or(0);
        let has_gaps = |id: &PatternId| compiled[id.index()].as_ref().is_none_or(|p| p.automaton.has_gaps);
        let has_gaps = members.iter().any(has_gaps);
        Family {
            id: family_id(&inputs, &self.streams),
            inputs,
            predicates,
            patterns: members.to_vec(),
            groups: Vec::new(),
            asked_alone: Vec::new(),
            stratum,
            misses,
            has_gaps,
            node_words,
            may_time_out_quietly: false,
            deadlines_rise: false,
        }
    }

    fn emits(&self, emits: &[Emit], stages: &StageScope) -> Result<Vec<CompiledEmit>, Kind> {
        let resolver = self.outputs(stages);
        let compiled = emits.iter().map(|emit| {
            let columns = emit.columns.iter().map(|(_, expr)| resolver.resolve(expr).map(|(node, _)| node));
            let unknown = || Kind::Unknown { what: "stream", name: emit.stream.clone() };
            let stream = self.streams.id(&emit.stream).ok_or_else(unknown)?;
            Ok(CompiledEmit { stream, columns: columns.collect::<Result<_, _>>()?, to: emit.to.clone() })
        });
        compiled.collect()
    }
}

fn stage_names(pattern: &Pattern) -> Vec<String> {
    pattern.stages().iter().filter_map(|stage| stage.name()).map(str::to_owned).collect()
}

fn skip(pattern: &Pattern, stages: &StageScope) -> CompiledSkip {
    let id = |name: &String| -> Option<StageId> { stages.id(name).ok() };
    match &pattern.skip {
        Skip::NoSkip => CompiledSkip::NoSkip,
        Skip::ToNext => CompiledSkip::ToNext,
        Skip::PastLastEvent => CompiledSkip::PastLastEvent,
        Skip::ToFirst { stage, or_fail } => {
            CompiledSkip::ToStage { stage: id(stage), last: false, or_fail: *or_fail }
        }
        Skip::ToLast { stage, or_fail } => {
            CompiledSkip::ToStage { stage: id(stage), last: true, or_fail: *or_fail }
        }
    }
}

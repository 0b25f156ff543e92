//! A pattern as a whole: its stages, then conditions, clauses and records.

use super::model;
use super::scope::{Group, Sight, StageEntry, Stages, View, Viewpoint};
use super::{Checker, inputs::Inputs};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::syntax::{Body, Item, Pattern, RepeatKind, Sequence, Stage, Step, Target};
use crate::text::{list, written};

impl Checker<'_> {
    /// The checked pattern; none where it cannot run.
    pub(super) fn pattern(&mut self, item: &Item, pattern: &Pattern) -> Option<model::Pattern> {
        let before = self.diagnostics.len();
        let inputs = self.inputs(pattern);
        let stages = self.stages(pattern, &inputs);
        let sight = Sight { all: &stages, from: Viewpoint::Match };
        let mut next = Cursor { stage: 0, group: 0 };
        let sequence = self.sequence(&pattern.sequence, &stages, &mut next);
        let within = pattern.clauses.within.as_ref().and_then(|it| self.window(&it.length, Some(sight)));
        let skip = self.skip(pattern, &stages);
        let limit = self.limit(pattern, sight);
        let (emits, timeout_emits) = self.emits(pattern, &stages);
        let checked = model::Pattern {
            name: pattern.name.text.clone(),
            inputs: inputs.keys.clone(),
            sequence,
            within,
            skip,
            limit,
            emits,
            timeout_emits,
            metadata: super::metadata(item),
            doc: super::doc(item),
        };
        self.ending(pattern, &checked);
        self.windows(pattern, &checked, &inputs);
        let clean = self.diagnostics.iter().skip(before).all(|it| it.severity() != Severity::Error);
        if clean {
            self.sanity(pattern, &checked, &stages);
        }
        clean.then_some(checked)
    }

    /// All stages and groups, with what their expressions need to know of one another.
    fn stages(&mut self, pattern: &Pattern, inputs: &Inputs) -> Stages {
        let mut stages = Stages { inputs: inputs.view.clone(), ..Stages::default() };
        self.enter_sequence(&pattern.sequence, None, &mut stages);
        stages
    }

    fn enter_sequence(&mut self, sequence: &Sequence, group: Option<usize>, stages: &mut Stages) {
        for step in &sequence.steps {
            match &step.target.body {
                Body::Stage(stage) => self.enter_stage(step, stage, group, stages),
                Body::Group { sequence, .. } => {
                    let index = stages.groups.len();
                    stages.groups.push(Group {
                        parent: group,
                        quantified: step.target.modifiers.repeat.is_some(),
                        optional: self.may_be_absent(&step.target),
                    });
                    self.enter_sequence(sequence, Some(index), stages);
                }
            }
        }
    }

    fn enter_stage(&mut self, step: &Step, stage: &Stage, group: Option<usize>, stages: &mut Stages) {
        let name = &stage.name;
        if let Some(first) = stages.index(&name.text) {
            let first = stages.stages[first].span;
            self.report(
                Diagnostic::new(
                    Code::DuplicateStage,
                    name.span,
                    format!("there is a stage `{}` already", name.text),
                )
                .and_at(first, "the first")
                .help("give it another name")
                .edit(name.span, written(&format!("{}2", name.text)))
                .guess(),
            );
        }
        if stages.inputs.has(&name.text) {
            let message = format!("the stage `{}` has the name of a field of an input", name.text);
            self.report(
                Diagnostic::new(Code::ShadowedField, name.span, message).help("give the stage another name"),
            );
        }
        let view = self.stage_view(stage, stages);
        stages.stages.push(StageEntry {
            name: name.text.clone(),
            span: name.span,
            negated: step.connector.kind.is_negated(),
            repeats: step.target.modifiers.repeat.is_some(),
            optional: self.may_be_absent(&step.target),
            group,
            view,
        });
    }

    /// Whether a stage or group may be left out.
    fn may_be_absent(&self, target: &Target) -> bool {
        let from_zero = match &target.modifiers.repeat {
            Some(repeat) => match &repeat.kind {
                RepeatKind::Range(from, _) => self.known_number(from) == Some(0),
                _ => false,
            },
            None => false,
        };
        target.modifiers.optional.is_some() || from_zero
    }

    /// The events a stage takes: those of the stream it names, else of every input.
    fn stage_view(&mut self, stage: &Stage, stages: &Stages) -> View {
        let Some(stream) = &stage.stream else { return stages.inputs.clone() };
        if let Some((name, schema)) = stages.inputs.streams.iter().find(|(name, _)| *name == stream.text) {
            return View::of(name, schema.clone());
        }
        let names = || stages.inputs.streams.iter().map(|(name, _)| name.as_str());
        let message = format!("`{}` is not an input of this pattern", stream.text);
        let diagnostic = Diagnostic::new(Code::UnknownStream, stream.span, message);
        self.report(match crate::text::closest(&stream.text, names()) {
            Some(meant) => diagnostic
                .help(format!("perhaps `{meant}` is meant"))
                .edit(stream.span, written(meant))
                .guess(),
            None => diagnostic.help(format!("the inputs are {}", list(names()))),
        });
        View::of(&stream.text, None)
    }
}

/// Which stage and group of a pattern comes next.
pub(super) struct Cursor {
    pub(super) stage: usize,
    pub(super) group: usize,
}

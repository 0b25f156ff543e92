//! The steps of a pattern: conditions, and which step may follow which.

use super::Checker;
use super::model::{self, Body as Checked, Expr};
use super::pattern::Cursor;
use super::scope::{Place, Scope, Sight, Stages, View, Viewpoint};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{Body, ConnectorKind, Pattern, Sequence, Stage, Step};

impl Checker<'_> {
    pub(super) fn sequence(
        &mut self,
        sequence: &Sequence,
        stages: &Stages,
        next: &mut Cursor,
    ) -> Vec<model::Step> {
        let mut steps: Vec<model::Step> = Vec::new();
        for (index, step) in sequence.steps.iter().enumerate() {
            let checked = self.step(step, stages, next);
            if let (Some(before), Some(known)) =
                (index.checked_sub(1).map(|it| &sequence.steps[it]), steps.last())
            {
                self.neighbours((before, known), (step, &checked));
            }
            steps.push(checked);
        }
        steps
    }

    fn step(&mut self, step: &Step, stages: &Stages, next: &mut Cursor) -> model::Step {
        let sight = Sight { all: stages, from: Viewpoint::Match };
        let quantifier = self.quantifier(step, sight);
        let gap = step.connector.gap.as_ref().and_then(|gap| self.window(&gap.length, Some(sight)));
        let (body, until) = match &step.target.body {
            Body::Stage(stage) => self.stage_body(step, stage, stages, next),
            Body::Group { sequence, .. } => self.group_body(step, sequence, stages, next),
        };
        model::Step { connector: step.connector.kind, body, quantifier, until, gap }
    }

    fn stage_body(
        &mut self,
        step: &Step,
        stage: &Stage,
        stages: &Stages,
        next: &mut Cursor,
    ) -> (Checked, Option<Expr>) {
        let index = next.stage;
        next.stage += 1;
        let scope = in_condition(stages, &stages.stages[index].view, Viewpoint::Stage(index));
        let condition = stage.condition.as_ref().and_then(|it| self.condition(scope, it, "where"));
        let until = step.target.until.as_ref().and_then(|it| self.condition(scope, it, "until"));
        let stream = stage.stream.as_ref().map(|stream| stream.text.clone());
        (Checked::Stage { name: stage.name.text.clone(), stream, condition }, until)
    }

    fn group_body(
        &mut self,
        step: &Step,
        sequence: &Sequence,
        stages: &Stages,
        next: &mut Cursor,
    ) -> (Checked, Option<Expr>) {
        let group = next.group;
        next.group += 1;
        let inner = self.sequence(sequence, stages, next);
        let viewpoint = Viewpoint::Group { group, end: next.stage };
        let scope = in_condition(stages, &stages.inputs, viewpoint);
        let until = step.target.until.as_ref().and_then(|it| self.condition(scope, it, "until"));
        (Checked::Group(inner), until)
    }

    fn neighbours(&mut self, (before, known): (&Step, &model::Step), (step, checked): (&Step, &model::Step)) {
        if checked.connector.is_negated() && known.quantifier.may_be_absent() {
            self.report(
                Diagnostic::new(
                    Code::NegationAfterOptional,
                    step.connector.span,
                    format!("`{}` cannot follow a stage that may be absent", step.connector.kind.words()),
                )
                .and_at(before.target.span, "this may be absent")
                .help("write two patterns, one with the optional stage and one without"),
            );
        }
        if let (Some(optional), Some(greedy)) =
            (step.target.modifiers.optional, before.target.modifiers.greedy)
        {
            self.report(
                Diagnostic::new(Code::OptionalAfterGreedy, optional, "an optional stage cannot follow a greedy one")
                    .and_at(greedy, "greedy")
                    .note("the greedy loop withholds events from the stage after it, which must be there to have effect"),
            );
        }
    }

    /// What may not stand at the end: a negation that nothing ends.
    pub(super) fn ending(&mut self, pattern: &Pattern, checked: &model::Pattern) {
        let (Some(step), Some(last)) = (pattern.sequence.steps.last(), checked.sequence.last()) else {
            return;
        };
        let waits = pattern.clauses.within.is_some() || step.connector.gap.is_some();
        if last.connector == ConnectorKind::NotFollowedBy && !waits {
            self.report(
                Diagnostic::new(
                    Code::EndlessWait,
                    step.connector.span,
                    "`not followed by` at the end needs a window to wait for",
                )
                .label("nothing says how long")
                .help("bound the pattern, for example")
                .edit(step.span.after(), "\n  within 10m")
                .guess(),
            );
        }
    }
}

fn in_condition<'s>(stages: &'s Stages, event: &'s View, from: Viewpoint) -> Scope<'s> {
    Scope { place: Place::Condition, event: Some(event), stages: Some(Sight { all: stages, from }) }
}

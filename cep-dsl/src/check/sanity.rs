//! Patterns that run, but hardly as meant: conditions that never hold, loops that never end, strictness across streams.

use super::Checker;
use super::bounds::{conjuncts, contradicts, implies};
use super::eval::with_empty;
use super::model::{self, Body, Expr, ExprKind, Repeat};
use super::scope::Stages;
use crate::catalog::Value;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{self, ConnectorKind, Pattern, Sequence, Step};
use crate::text::written;

impl Checker<'_> {
    pub(super) fn sanity(&mut self, pattern: &Pattern, checked: &model::Pattern, stages: &Stages) {
        let said = self.diagnostics.len();
        let mut next = 0;
        let bounded = checked.within.is_some() || pattern.clauses.within.is_some();
        self.steps(&pattern.sequence, &checked.sequence, stages, &mut next, bounded);
        self.greedy_last(&pattern.sequence, &checked.sequence);
        // What is plainly wrong is told first: a pattern that is mended may surprise no more.
        if self.diagnostics.len() == said {
            self.lints(pattern, checked, stages);
        }
    }

    fn steps(
        &mut self,
        sequence: &Sequence,
        checked: &[model::Step],
        stages: &Stages,
        next: &mut usize,
        bounded: bool,
    ) {
        for (index, (step, known)) in sequence.steps.iter().zip(checked).enumerate() {
            let bounded = bounded || known.until.is_some() || step.target.until.is_some();
            self.open_loop(step, known, bounded);
            match (&step.target.body, &known.body) {
                (syntax::Body::Group { sequence, .. }, Body::Group(inner)) => {
                    self.steps(sequence, inner, stages, next, bounded);
                }
                (_, Body::Stage { condition, .. }) => {
                    let time = self.time_field(stages, *next);
                    self.weak_window(step, known, &time);
                    self.own_events(condition.as_ref(), stages, *next);
                    *next += 1;
                }
                _ => {}
            }
            self.never_true(known.until.as_ref(), "until");
            if let Some((before, earlier)) =
                index.checked_sub(1).map(|it| (&sequence.steps[it], &checked[it]))
            {
                self.across_streams(step, before, known);
                self.greedy_implied(before, earlier, known);
            }
        }
    }

    /// A condition that is false whatever the event.
    pub(super) fn never_true(&mut self, condition: Option<&Expr>, word: &str) -> bool {
        let Some(condition) = condition else { return false };
        let known = with_empty(condition, &|_| false);
        let never = known.is_some_and(|value| value != Value::Bool(true)) || contradicts(condition);
        if never {
            self.report(
                Diagnostic::new(Code::NeverTrue, condition.span, format!("this `{word}` is never true"))
                    .label("always false"),
            );
        }
        never
    }

    /// A condition that can only hold after it has held.
    fn own_events(&mut self, condition: Option<&Expr>, stages: &Stages, stage: usize) {
        if self.never_true(condition, "where") {
            return;
        }
        self.always_true(condition);
        let Some(condition) = condition.filter(|_| stages.loops(stage)) else { return };
        let empty = |name: &str| stages.empty_at_first(name, stage);
        if with_empty(condition, &empty).is_none_or(|value| value == Value::Bool(true)) {
            return;
        }
        let unmet = |part: &&Expr| with_empty(part, &empty).is_some_and(|value| value != Value::Bool(true));
        let part = conjuncts(condition).into_iter().find(unmet).unwrap_or(condition);
        let Some((name, read)) = first_empty(part, &empty) else { return };
        let own = name == stages.stages[stage].name;
        let what = if own { "its own stage" } else { "a later stage" };
        let name = written(name);
        self.report(
            Diagnostic::new(Code::LoopReadsItself, condition.span, "the first event of this loop never fits")
                .and_at(read.span, format!("reads {what}, which has no event then"))
                .help("let the first event pass, or say with `??` what counts for it")
                .edit(part.span.before(), format!("(count({name}) == 0 or "))
                .edit(part.span.after(), ")")
                .guess(),
        );
    }

    /// The time field of the events a stage takes.
    fn time_field(&self, stages: &Stages, stage: usize) -> String {
        let streams = &stages.stages[stage].view.streams;
        let mut times = streams.iter().filter_map(|(stream, _)| self.streams.get(stream)?.time.as_ref());
        times.next().map_or("ts", |time| &time.field).to_owned()
    }

    fn open_loop(&mut self, step: &Step, known: &model::Step, bounded: bool) {
        let (Some(repeat), Repeat::AtLeast(_)) = (&step.target.modifiers.repeat, known.quantifier.repeat)
        else {
            return;
        };
        if bounded {
            return;
        }
        self.report(
            Diagnostic::new(
                Code::OpenLoop,
                repeat.span,
                "nothing ends this loop, so its partial matches are kept for ever",
            )
            .help("add `until …` to the stage or `within …` to the pattern"),
        );
    }

    fn across_streams(&mut self, step: &Step, before: &Step, known: &model::Step) {
        let stream = |step: &Step| match &step.target.body {
            syntax::Body::Stage(stage) => stage.stream.as_ref().map(|it| it.text.clone()),
            syntax::Body::Group { .. } => None,
        };
        let (Some(left), Some(right)) = (stream(before), stream(step)) else { return };
        if known.connector == ConnectorKind::Next && left != right {
            let message =
                format!("`next` across `{left}` and `{right}` depends on how the two streams interleave");
            self.report(
                Diagnostic::new(Code::NextAcrossStreams, step.connector.span, message)
                    .note("any event of either stream in between prevents the match")
                    .help("write `followed by`"),
            );
        }
    }

    fn greedy_last(&mut self, sequence: &Sequence, checked: &[model::Step]) {
        let (Some(step), Some(known)) = (sequence.steps.last(), checked.last()) else { return };
        if let Some(greedy) = step.target.modifiers.greedy.filter(|_| known.quantifier.repeat != Repeat::Once)
        {
            let diagnostic =
                Diagnostic::new(Code::GreedyAtEnd, greedy, "`greedy` has no effect on the last stage");
            let edit = self.with_blank(greedy);
            self.report(diagnostic.help("leave it out").edit(edit, ""));
        }
    }

    /// A stage after a greedy loop whose condition implies the loop's never gets an event.
    fn greedy_implied(&mut self, before: &Step, earlier: &model::Step, known: &model::Step) {
        let Some(greedy) = before.target.modifiers.greedy.filter(|_| earlier.until.is_none()) else { return };
        let (Body::Stage { condition: held, stream: of, .. }, Body::Stage { condition, stream, name }) =
            (&earlier.body, &known.body)
        else {
            return;
        };
        let takes = of.is_none() || of == stream;
        let implied = match held {
            None => true,
            Some(held) => condition.as_ref().is_some_and(|condition| implies(condition, held)),
        };
        if takes && implied && !known.connector.is_negated() {
            let message =
                format!("`{name}` never gets an event, since the greedy loop before it takes them all");
            let at = condition.as_ref().map_or(before.span, |it| it.span);
            self.report(Diagnostic::new(Code::GreedyTakesAll, at, message).and_at(greedy, "the greedy loop"));
        }
    }
}

/// The first expression that reads a stage without events, and the stage.
fn first_empty<'e>(expr: &'e Expr, empty: &dyn Fn(&str) -> bool) -> Option<(&'e str, &'e Expr)> {
    match &expr.kind {
        ExprKind::Captured { stage, .. }
        | ExprKind::Count(stage)
        | ExprKind::StageExists(stage)
        | ExprKind::Aggregate { stage, .. }
            if empty(stage) =>
        {
            Some((stage, expr))
        }
        _ => expr.children().into_iter().find_map(|child| first_empty(child, empty)),
    }
}

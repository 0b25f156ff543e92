//! Windows against one another: gaps within the whole, gaps that do nothing, lateness.

use super::Checker;
use super::inputs::Inputs;
use super::model::{self, Body, Repeat};
use crate::catalog::Duration;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, Pattern, Sequence, Step};
use crate::text::written;

impl Checker<'_> {
    pub(super) fn windows(&mut self, pattern: &Pattern, checked: &model::Pattern, inputs: &Inputs) {
        self.gaps(&pattern.sequence, &checked.sequence, checked.within);
        let (Some(clause), Some(within)) = (&pattern.clauses.within, checked.within) else { return };
        let lateness = inputs.times.iter().flatten().map(|time| time.lateness).max();
        if let Some(lateness) = lateness.filter(|lateness| within < *lateness) {
            let message =
                format!("the window of {within} is shorter than the lateness of {lateness} of its input");
            self.report(
                Diagnostic::new(Code::WithinBelowLateness, clause.span, message)
                    .note("events are held back for the lateness, so each match is reported later than its window lasts"),
            );
        }
    }

    fn gaps(&mut self, sequence: &Sequence, checked: &[model::Step], within: Option<Duration>) {
        for (step, known) in sequence.steps.iter().zip(checked) {
            if let (syntax::Body::Group { sequence, .. }, Body::Group(inner)) =
                (&step.target.body, &known.body)
            {
                self.gaps(sequence, inner, within);
            }
            self.gap(step, known, within);
            self.apart_window(step, known, within);
        }
    }

    fn gap(&mut self, step: &Step, known: &model::Step, within: Option<Duration>) {
        let (Some(gap), Some(length)) = (&step.connector.gap, known.gap) else { return };
        let group = matches!(known.body, Body::Group(_));
        if group || step.target.modifiers.repeat.is_some() {
            let what = if group { "a group" } else { "a stage with a quantifier" };
            let message = format!("a gap has no effect on {what}");
            let diagnostic = Diagnostic::new(Code::GapWithoutEffect, gap.span, message);
            let diagnostic = diagnostic.note("so it is in Flink CEP, whose answers are given here");
            self.report(diagnostic.help("leave it out").edit(self.with_blank(gap.span), ""));
        } else if !known.connector.is_negated() {
            self.within_the_whole(gap.span, length, within);
        }
    }

    /// The loop window: not longer than the whole where it counts.
    fn apart_window(&mut self, step: &Step, known: &model::Step, within: Option<Duration>) {
        let (Some(apart), Some(length)) = (&step.target.modifiers.apart, known.quantifier.apart) else {
            return;
        };
        let once = known.quantifier.repeat == Repeat::Times { from: 1, to: 1 };
        if !once && matches!(known.body, Body::Stage { .. }) {
            self.within_the_whole(apart.span, length, within);
        }
    }

    /// The loop window, which is weaker than its name.
    pub(super) fn weak_window(&mut self, step: &Step, known: &model::Step, time: &str) {
        let (Some(apart), Some(length)) = (&step.target.modifiers.apart, known.quantifier.apart) else {
            return;
        };
        let unbounded = match known.quantifier.repeat {
            Repeat::AtLeast(1) => "`one or more` bounds only the wait for the first",
            Repeat::AtLeast(_) => "`times n or more` bounds only the wait for the first n",
            _ => "`times n` does not bound the wait for the last of the n",
        };
        let Body::Stage { name, .. } = &known.body else { return };
        let (name, time) = (written(name), written(time));
        let condition = format!("where {time} - ({name}.last.{time} ?? {time}) < {length}");
        self.report(
            Diagnostic::new(Code::WeakApart, apart.span, "`at most … apart` is weaker than its name")
                .note(format!("as in Flink CEP, {unbounded}"))
                .help(format!("to bound every gap of the loop, write `{condition}`")),
        );
    }

    fn within_the_whole(&mut self, span: Span, length: Duration, within: Option<Duration>) {
        if let Some(within) = within.filter(|within| length > *within) {
            let message = format!("a gap of {length} is longer than the whole window of {within}");
            self.report(Diagnostic::new(Code::GapExceedsWindow, span, message));
        }
    }
}

//! The clauses `after match` and `limit`.

use super::Checker;
use super::model::Skip;
use super::scope::{Sight, Stages};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, Name, Overflow, Pattern};
use crate::text::{closest, list, written};

/// The name all groups have in Flink; `skip to` it is accepted there and prunes nothing.
const FLINK_GROUP_NAME: &str = "GroupPattern";

impl Checker<'_> {
    pub(super) fn skip(&mut self, pattern: &Pattern, stages: &Stages) -> Skip {
        let Some(clause) = &pattern.clauses.skip else { return Skip::Nothing };
        let without_window = pattern.clauses.within.is_none() && clause.kind != syntax::Skip::NoSkip;
        if without_window {
            self.report(
                Diagnostic::new(
                    Code::SkipWithoutWindow,
                    clause.span,
                    "without a `within`, a match may wait for ever for an older partial match",
                )
                .help("bound the pattern, for example")
                .edit(Span { end: clause.span.start, ..clause.span }, "within 10m\n  ")
                .guess(),
            );
        }
        let text = |stage: &Name| stage.text.clone();
        match &clause.kind {
            syntax::Skip::NoSkip => Skip::Nothing,
            syntax::Skip::ToNext => Skip::ToNext,
            syntax::Skip::PastLastEvent => Skip::PastLastEvent,
            syntax::Skip::ToFirst { stage, or_fail } => {
                self.skip_target(stage, stages);
                Skip::ToFirst { stage: text(stage), or_fail: or_fail.is_some() }
            }
            syntax::Skip::ToLast { stage, or_fail } => {
                self.skip_target(stage, stages);
                Skip::ToLast { stage: text(stage), or_fail: or_fail.is_some() }
            }
        }
    }

    fn skip_target(&mut self, name: &Name, stages: &Stages) {
        let Some(index) = stages.index(&name.text) else {
            if name.text != FLINK_GROUP_NAME || stages.groups.is_empty() {
                self.unknown_skip_target(name, stages);
            }
            return;
        };
        let stage = &stages.stages[index];
        let text = &name.text;
        let diagnostic = if stage.group.is_some() {
            Diagnostic::new(
                Code::SkipIntoGroup,
                name.span,
                format!("`skip to` cannot name `{text}`, which is in a group"),
            )
            .and_at(stage.span, "the stage")
            .help("name a stage outside groups")
        } else if stage.negated {
            let message =
                format!("`{text}` is negated, so it has no event to skip to, and nothing is skipped");
            Diagnostic::new(Code::SkipToNegated, name.span, message).and_at(stage.span, "the stage")
        } else if stage.optional {
            let message = format!("`{text}` may be absent, and then nothing is skipped");
            Diagnostic::new(Code::SkipToOptional, name.span, message).and_at(stage.span, "the stage")
        } else {
            return;
        };
        self.report(diagnostic);
    }

    fn unknown_skip_target(&mut self, name: &Name, stages: &Stages) {
        let message = format!("there is no stage `{}`", name.text);
        let diagnostic = Diagnostic::new(Code::UnknownStage, name.span, message);
        let names = || stages.stages.iter().map(|stage| stage.name.as_str());
        self.report(match closest(&name.text, names()) {
            Some(meant) => {
                diagnostic.help(format!("perhaps `{meant}` is meant")).edit(name.span, written(meant)).guess()
            }
            None => diagnostic.help(format!("the stages are {}", list(names()))),
        });
    }

    pub(super) fn limit(&mut self, pattern: &Pattern, sight: Sight<'_>) -> Option<(u32, Overflow)> {
        let limit = pattern.clauses.limit.as_ref()?;
        let number = self.number(&limit.count, Some(sight))?;
        let count = u32::try_from(number).ok().filter(|count| *count > 0);
        if count.is_none() {
            let message = format!("a limit of {number} partial matches is out of range");
            self.report(
                Diagnostic::new(Code::BadLimit, limit.count.span(), message)
                    .note(format!("it is from 1 to {}", u32::MAX)),
            );
        }
        count.map(|count| (count, limit.overflow))
    }
}

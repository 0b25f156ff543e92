//! Modifiers and conditions of a stage, in whatever order newcomers write them: each habit with one diagnostic and the
//! edit that mends it.

use super::{Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{Body, Expr, ExprKind, Modifiers, Sequence, Step, Target};

/// Where the conditions of a stage stand, to see what comes in the wrong order.
#[derive(Default)]
pub(super) struct Order {
    /// The `where`.
    condition: Option<Span>,
    /// The `until`, keyword to end.
    until: Option<Span>,
}

impl Order {
    fn first(&self) -> Option<Span> {
        self.condition.into_iter().chain(self.until).min_by_key(|span| span.start)
    }
}

impl Parser<'_> {
    /// Modifiers one after the other; after a condition they are reported as a whole.
    pub(super) fn modifier_run(&mut self, modifiers: &mut Modifiers, order: &Order) -> Parsed<()> {
        let start = self.span();
        while self.at_modifier() {
            self.modifier(modifiers)?;
        }
        if let Some(condition) = order.first() {
            let run = self.since(start);
            let text = self.source(run);
            self.report(
                Diagnostic::new(
                    Code::ModifierAfterCondition,
                    run,
                    "modifiers stand before `where` and `until`",
                )
                .and_at(condition, "the condition")
                .help(format!("write `{text}` before it"))
                .edit(condition.before(), format!("{text} "))
                .edit(self.with_space_before(run), ""),
            );
        }
        Ok(())
    }

    /// Takes `where …`.
    pub(super) fn where_condition(&mut self, target: &mut Target, order: &mut Order) -> Parsed<()> {
        let keyword = self.span();
        self.bump();
        let condition = self.expr()?;
        self.comma_for_and()?;
        let span = self.since(keyword);
        let stage = match &mut target.body {
            Body::Stage(stage) => stage,
            Body::Group { sequence, .. } => {
                self.where_on_group(sequence, &condition, span);
                return Ok(());
            }
        };
        if let Some(first) = &stage.condition {
            self.second_condition("where", "and", first, keyword, &condition);
            return Ok(());
        }
        if let Some(until) = order.until {
            self.until_before_where(until, span);
        }
        order.condition = Some(span);
        stage.condition = Some(condition);
        Ok(())
    }

    /// Takes `until …`.
    pub(super) fn until_condition(&mut self, target: &mut Target, order: &mut Order) -> Parsed<()> {
        let keyword = self.span();
        self.bump();
        let condition = self.expr()?;
        if let Some(first) = &target.until {
            self.second_condition("until", "or", first, keyword, &condition);
            return Ok(());
        }
        order.until = Some(self.since(keyword));
        target.until = Some(condition);
        Ok(())
    }

    fn second_condition(&mut self, what: &str, join: &str, first: &Expr, keyword: Span, second: &Expr) {
        let mut diagnostic =
            Diagnostic::new(Code::SecondCondition, keyword, format!("a stage has one `{what}`"))
                .and_at(first.span, "the first condition")
                .help(format!("join them with `{join}`"))
                .edit(keyword, join);
        for side in [first, second] {
            let looser = matches!(side.kind, ExprKind::Or(_)) && join == "and";
            if looser {
                diagnostic = diagnostic.edit(side.span.before(), "(").edit(side.span.after(), ")");
            }
        }
        self.report(diagnostic);
    }

    fn until_before_where(&mut self, until: Span, condition: Span) {
        let text = self.source(condition);
        self.report(
            Diagnostic::new(Code::UntilBeforeWhere, until, "`until` stands after `where`")
                .and_at(condition, "the `where`")
                .help("exchange them")
                .edit(until.before(), format!("{text} "))
                .edit(self.with_space_before(condition), ""),
        );
    }

    /// The condition of a group belongs to each of its stages.
    fn where_on_group(&mut self, sequence: &Sequence, condition: &Expr, span: Span) {
        let text = self.source(condition.span);
        let mut diagnostic = Diagnostic::new(Code::WhereOnGroup, span, "a group has no condition of its own")
            .help("give it to each stage of the group")
            .edit(self.with_space_before(span), "");
        for edit in stage_conditions(sequence, condition, &text) {
            diagnostic = diagnostic.edit(edit.0, edit.1);
        }
        self.report(diagnostic);
    }
}

/// The edits that add a condition to each positive stage of a sequence.
fn stage_conditions(sequence: &Sequence, condition: &Expr, text: &str) -> Vec<(Span, String)> {
    let loose = matches!(condition.kind, ExprKind::Or(_));
    let text = if loose { format!("({text})") } else { text.to_owned() };
    let mut edits = Vec::new();
    let positive = |step: &&Step| !step.connector.kind.is_negated();
    for step in sequence.steps.iter().filter(positive) {
        match &step.target.body {
            Body::Group { sequence, .. } => edits.extend(stage_conditions(sequence, condition, &text)),
            Body::Stage(stage) => match &stage.condition {
                Some(own) if matches!(own.kind, ExprKind::Or(_)) => {
                    edits.push((own.span.before(), "(".to_owned()));
                    edits.push((own.span.after(), format!(") and {text}")));
                }
                Some(own) => edits.push((own.span.after(), format!(" and {text}"))),
                None => edits.push((before_until(&step.target), format!(" where {text}"))),
            },
        }
    }
    edits
}

/// Where a `where` may be put into a stage that has none.
fn before_until(target: &Target) -> Span {
    let Body::Stage(stage) = &target.body else { return target.span.after() };
    let modifiers = &target.modifiers;
    let ends = [
        Some(stage.name.span),
        stage.stream.as_ref().map(|name| name.span),
        modifiers.repeat.as_ref().map(|it| it.span),
        modifiers.apart.as_ref().map(|it| it.span),
        modifiers.optional,
        modifiers.greedy,
        modifiers.inner.map(|it| it.span),
    ];
    ends.into_iter().flatten().max_by_key(|span| span.end).unwrap_or(target.span).after()
}

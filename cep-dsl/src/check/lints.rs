//! Combinations that run as they are written and still surprise: matches that multiply, partial matches that nothing ends,
//! conditions that say nothing, stages that cannot come after those before them.

use super::Checker;
use super::bounds::{Bound, bound, conjuncts, covers, exclude, mirrored};
use super::eval::with_empty;
use super::model::{self, Body, Expr, ExprKind, Pick, Repeat};
use super::scope::Stages;
use crate::catalog::Value;
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{self, BinaryOp, ConnectorKind, Inner, Pattern, Sequence, Step};

impl Checker<'_> {
    pub(super) fn lints(&mut self, pattern: &Pattern, checked: &model::Pattern, stages: &Stages) {
        self.multiplies(pattern, checked);
        self.endless(pattern, checked);
        self.after_gaps(&pattern.sequence, &checked.sequence);
        let mut earlier = Vec::new();
        self.excluded(&checked.sequence, checked, stages, &mut earlier);
    }

    /// An open loop of which every part is a match too.
    fn multiplies(&mut self, pattern: &Pattern, checked: &model::Pattern) {
        if pattern.clauses.skip.is_some() {
            return;
        }
        let last = checked.sequence.len().saturating_sub(1);
        let open = |(index, known): &(usize, &model::Step)| {
            let many = matches!(known.quantifier.repeat, Repeat::AtLeast(_));
            many && (*index == 0 || *index == last || !known.quantifier.greedy)
        };
        let Some((index, _)) = checked.sequence.iter().enumerate().find(open) else { return };
        let Some(repeat) = &pattern.sequence.steps[index].target.modifiers.repeat else { return };
        self.report(
            Diagnostic::new(Code::MatchesMultiply, repeat.span, "each part of this loop gives a match of its own")
                .note("without `after match` all of them are found, as in Flink CEP")
                .help("say which are wanted: `after match skip past last event`, or `after match no skip` if all are"),
        );
    }

    /// Partial matches that wait for ever.
    fn endless(&mut self, pattern: &Pattern, checked: &model::Pattern) {
        let bounded = checked.within.is_some() || pattern.clauses.limit.is_some();
        // What is said of loops and skip strategies without a window says it already.
        let said = pattern.clauses.skip.is_some() || any_open(&checked.sequence);
        let waits = checked.sequence.iter().enumerate().find(|(index, known)| {
            let relaxed = matches!(known.connector, ConnectorKind::FollowedBy | ConnectorKind::FollowedByAny);
            *index > 0 && relaxed && known.gap.is_none()
        });
        let Some((index, _)) = waits.filter(|_| !bounded && !said) else { return };
        let step = &pattern.sequence.steps[index];
        self.report(
            Diagnostic::new(
                Code::EndlessPartialMatch,
                step.connector.span,
                "nothing ends the wait for this stage",
            )
            .note("a key keeps its partial matches until it comes, so that state grows with the input")
            .help("bound the pattern with `within …` or `limit …`, or the step with `followed within … by`"),
        );
    }

    fn after_gaps(&mut self, sequence: &Sequence, checked: &[model::Step]) {
        for (index, (step, known)) in sequence.steps.iter().zip(checked).enumerate() {
            if let (syntax::Body::Group { sequence, .. }, Body::Group(inner)) =
                (&step.target.body, &known.body)
            {
                self.after_gaps(sequence, inner);
            }
            self.next_after_gaps(step, known, index.checked_sub(1).map(|before| &checked[before]));
        }
    }

    /// A `next` behind a loop between whose events others may lie.
    fn next_after_gaps(&mut self, step: &Step, known: &model::Step, before: Option<&model::Step>) {
        let Some(before) = before.filter(|_| known.connector == ConnectorKind::Next) else { return };
        let many = match before.quantifier.repeat {
            Repeat::Once => false,
            Repeat::Times { to, .. } => to > 1,
            Repeat::AtLeast(_) => true,
        };
        if !many || before.quantifier.inner.is_some() || matches!(before.body, Body::Group(_)) {
            return;
        }
        self.report(
            Diagnostic::new(
                Code::NextAfterGaps,
                step.connector.span,
                "`next` holds behind the last event of the loop only, between whose events others may lie",
            )
            .help("write `consecutive` behind the loop, if it is to be strict too, or `followed by` here"),
        );
    }

    /// A condition that is true whatever the event.
    pub(super) fn always_true(&mut self, condition: Option<&Expr>) {
        let Some(condition) = condition else { return };
        let Some(part) = conjuncts(condition).into_iter().find(|part| holds_always(part)) else { return };
        self.report(
            Diagnostic::new(Code::AlwaysTrue, part.span, "this is true of every event")
                .label("always true")
                .help("leave it out, or say what is meant"),
        );
    }

    /// Stages whose condition cannot hold together with that of a stage before them.
    fn excluded<'m>(
        &mut self,
        sequence: &'m [model::Step],
        pattern: &model::Pattern,
        stages: &Stages,
        earlier: &mut Vec<(&'m str, Vec<Bound<'m>>)>,
    ) {
        for step in sequence {
            match &step.body {
                Body::Group(inner) => self.excluded(inner, pattern, stages, earlier),
                Body::Stage { name, condition: Some(condition), .. } => {
                    self.excluded_stage(name, condition, pattern, earlier);
                    let once = stages.index(name).is_some_and(|index| !stages.loops(index));
                    if once && !step.connector.is_negated() && !step.quantifier.may_be_absent() {
                        earlier.push((name, conjuncts(condition).into_iter().filter_map(bound).collect()));
                    }
                }
                Body::Stage { .. } => {}
            }
        }
    }

    fn excluded_stage(
        &mut self,
        name: &str,
        condition: &Expr,
        pattern: &model::Pattern,
        earlier: &[(&str, Vec<Bound<'_>>)],
    ) {
        let parts = conjuncts(condition);
        let key = parts.iter().find(|part| other_key(part, pattern));
        let by_bounds = || parts.iter().find_map(|part| excluded_by(part, &parts, earlier));
        let found = key
            .map(|part| (part.span, None))
            .or_else(|| by_bounds().map(|(span, stage)| (span, Some(stage))));
        let Some((span, stage)) = found else { return };
        let why = match stage {
            Some(stage) => format!("what `{stage}` asks of its event excludes it"),
            None => "all events of a match have one key".to_owned(),
        };
        let message = format!("`{name}` never gets an event");
        self.report(Diagnostic::new(Code::ExcludedByEarlier, span, message).label("never true").note(why));
    }
}

fn any_open(sequence: &[model::Step]) -> bool {
    sequence.iter().any(|step| {
        let inner = matches!(&step.body, Body::Group(inner) if any_open(inner));
        inner
            || matches!(step.quantifier.repeat, Repeat::AtLeast(_))
                && step.quantifier.inner != Some(Inner::Consecutive)
    })
}

fn holds_always(part: &Expr) -> bool {
    if with_empty(part, &|_| false) == Some(Value::Bool(true)) {
        return true;
    }
    let ExprKind::Or(parts) = &part.kind else { return false };
    parts.iter().enumerate().any(|(index, one)| {
        parts.iter().enumerate().any(|(other_index, other)| index != other_index && covers(one, other))
    })
}

/// `card != a.card`, where `card` is the key.
fn other_key(part: &Expr, pattern: &model::Pattern) -> bool {
    let [(_, key)] = pattern.inputs.as_slice() else { return false };
    let ExprKind::Binary(BinaryOp::Ne, left, right) = &part.kind else { return false };
    let own = |expr: &Expr| match &expr.kind {
        ExprKind::Field(name) => Some(name.clone()),
        _ => None,
    };
    let earlier = |expr: &Expr| match &expr.kind {
        ExprKind::Captured { field, .. } => Some(field.clone()),
        _ => None,
    };
    let pair = own(left).zip(earlier(right)).or_else(|| own(right).zip(earlier(left)));
    pair.is_some_and(|(own, earlier)| own == earlier && key.contains(&own))
}

/// The stage whose bounds exclude a part: `a.x > 5` where `a` has `x < 3`; `x < a.x` where `a` has `x < 3` and this stage
/// `x > 5`.
fn excluded_by<'e>(
    part: &Expr,
    parts: &[&Expr],
    earlier: &[(&'e str, Vec<Bound<'_>>)],
) -> Option<(crate::source::Span, &'e str)> {
    let stage_of = |expr: &Expr| match &expr.kind {
        ExprKind::Captured { stage, pick: Pick::Last | Pick::First, field } => earlier
            .iter()
            .find(|(name, _)| name == stage)
            .map(|(name, bounds)| (*name, bounds, field.clone())),
        _ => None,
    };
    let of_field =
        |bound: &Bound<'_>, field: &str| matches!(&bound.0.kind, ExprKind::Field(name) if name == field);
    if let Some(own) = bound(part) {
        let (name, bounds, field) = stage_of(own.0)?;
        let excludes = |known: &&Bound<'_>| of_field(known, &field) && exclude(own, **known);
        return bounds.iter().find(excludes).map(|_| (part.span, name));
    }
    let ExprKind::Binary(op, left, right) = &part.kind else { return None };
    let (field, captured, op) = match (&left.kind, &right.kind) {
        (ExprKind::Field(field), ExprKind::Captured { .. }) => (field, right, *op),
        (ExprKind::Captured { .. }, ExprKind::Field(field)) => (field, left, mirrored(*op)?),
        _ => return None,
    };
    let (name, bounds, theirs) = stage_of(captured)?;
    let own = || parts.iter().filter_map(|part| bound(part)).filter(|bound| of_field(bound, field));
    let carried = |known: &&Bound<'_>| {
        let Some(op) = carried(op, known.1).filter(|_| of_field(known, &theirs)) else { return false };
        own().any(|own| exclude((own.0, op, known.2), own))
    };
    bounds.iter().find(carried).map(|_| (part.span, name))
}

/// What `x op y` says of `x` where `y` has a bound: `x < y` and `y <= 3` give `x < 3`.
fn carried(op: BinaryOp, known: BinaryOp) -> Option<BinaryOp> {
    match (op, known) {
        (BinaryOp::Eq, known) => Some(known),
        (BinaryOp::Lt | BinaryOp::Le, BinaryOp::Lt) | (BinaryOp::Lt, BinaryOp::Le | BinaryOp::Eq) => {
            Some(BinaryOp::Lt)
        }
        (BinaryOp::Le, BinaryOp::Le | BinaryOp::Eq) => Some(BinaryOp::Le),
        (BinaryOp::Gt | BinaryOp::Ge, BinaryOp::Gt) | (BinaryOp::Gt, BinaryOp::Ge | BinaryOp::Eq) => {
            Some(BinaryOp::Gt)
        }
        (BinaryOp::Ge, BinaryOp::Ge | BinaryOp::Eq) => Some(BinaryOp::Ge),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    /// The codes that are given for a pattern over a stream with a nullable field, `note`.
    fn codes(pattern: &str) -> Vec<&'static str> {
        let stream = "stream s { k: string  x: int  note: int?  ts: timestamp } key k time ts\n";
        let compiled = crate::check("p.cep", &format!("{stream}pattern p on s by k {{ {pattern} }}"));
        compiled.diagnostics.iter().map(|it| it.code.as_str()).collect()
    }

    #[track_caller]
    fn clean(pattern: &str) {
        assert_eq!(codes(pattern), [""; 0], "{pattern}");
    }

    #[test]
    fn loops_that_give_one_match_or_say_what_is_wanted_are_not_told() {
        clean("begin a next b one or more greedy consecutive where x > 1 next c where x < 1 within 1m");
        clean("begin a one or more within 1m after match no skip");
        clean("begin a times 3 within 1m");
        assert_eq!(codes("begin a next b one or more consecutive next c within 1m"), ["W0412"]);
    }

    #[test]
    fn waits_that_something_ends_are_not_told() {
        clean("begin a followed by b within 1m");
        clean("begin a followed within 1m by b");
        clean("begin a followed by b limit 5 partial matches per key drop oldest");
        clean("begin a next b next c");
        assert_eq!(codes("begin a followed within 1m by b followed by c"), ["W0413"]);
    }

    #[test]
    fn strictness_within_the_loop_or_none_behind_it_is_not_told() {
        clean("begin a times 2 consecutive next b within 1m");
        clean("begin a times 2 followed by b within 1m");
        clean("begin a times 1 next b within 1m");
        assert_eq!(codes("begin g next ( begin a times 2 next b ) within 1m"), ["W0414"]);
    }

    #[test]
    fn conditions_that_a_null_or_another_value_fails_are_not_told() {
        clean("begin a where note > 5 or note <= 5");
        clean("begin a where x > 5 or x < 5");
        clean("begin a where x > 5 or x <= 4");
        assert_eq!(codes("begin a where x > 5 or x <= 5"), ["W0415"]);
        assert_eq!(codes("begin a where x <= 9 or x != 9"), ["W0415"]);
    }

    #[test]
    fn stages_that_may_come_after_those_before_them_are_not_told() {
        // Of a loop and of what may be absent another event may be meant, or none.
        clean("begin a times 2 where x < 3 followed by b where a.first.x > 5 within 1m");
        clean("begin a followed by o optional where x < 3 followed by b where o.x > 5 within 1m");
        clean("begin a where x < 3 next b where x > 5 and x > a.x");
        clean("begin a where x <= 5 next b where x >= 5 and x <= a.x");
        clean("begin a next b where note != a.note");
        assert_eq!(codes("begin a where x < 3 next b where a.x > 5"), ["W0416"]);
        assert_eq!(codes("begin a where x <= 5 next b where x >= 5 and x < a.x"), ["W0416"]);
        assert_eq!(codes("begin a where x == 5 next b where x == a.x and x != 5"), ["W0416"]);
        assert_eq!(codes("begin a next b where a.k != k"), ["W0416"]);
    }
}

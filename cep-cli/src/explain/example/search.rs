//! The search for events that match a pattern: stage by stage, each event made so that the stage's condition holds for it and
//! those before. An event that another pattern emits is made by the events of a match of that pattern.

use cep_core::event::Value;
use cep_core::expr::{BinaryOp, Expr, Pick};
use cep_core::pattern::{Body, Definitions, DerivedStream, Element, Emit, Pattern, StreamDef};
use cep_core::program::ParamValues;
use cep_core::time::{Duration, Timestamp};

use super::choice::Choice;
use super::expr::{rewritten, with_fields};
use super::pace::pace;
use super::plan::{MOST_EVENTS, Plan, Step};
use super::solve::{Solver, Wish, plain};
use super::values::{Known, Row, Tables, Taken};

/// Patterns over patterns over patterns, so deep.
const DEPTH: usize = 5;

/// An event that was made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// The stage it was made for.
    pub(super) stage: String,
    /// The declared stream.
    pub(super) stream: String,
    pub(super) row: Row,
    pub(super) time: Timestamp,
}

/// How far a pattern is to come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Match,
    Timeout,
}

/// What a pattern's events come to: the events that the stages have, and when it is decided.
struct Filled {
    taken: Taken,
    time: Timestamp,
}

/// One attempt.
pub(super) struct Search<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) params: &'a ParamValues,
    pub(super) tables: &'a Tables,
    pub(super) choice: Choice,
    pub(super) events: Vec<Made>,
    /// How many records have been made, each of whose events may have texts of their own.
    pub(super) records: usize,
}

/// A pattern that is being filled.
struct Filling<'p> {
    pattern: &'p Pattern,
    /// What is wished of the events of its stages.
    goals: Vec<Expr>,
    key: Option<Vec<Value>>,
    taken: Taken,
    first: Option<Timestamp>,
    now: Timestamp,
    /// The greedy loop before, which must not take the event.
    greedy: Option<&'p Element>,
}

impl<'a> Search<'a> {
    /// Events for a match of a pattern; whether they are there.
    pub(super) fn pattern(&mut self, pattern: &'a Pattern) -> bool {
        self.fill(pattern, Vec::new(), Timestamp(0), End::Match, 0).is_some()
    }

    fn fill(
        &mut self,
        pattern: &'a Pattern,
        goals: Vec<Expr>,
        from: Timestamp,
        end: End,
        depth: usize,
    ) -> Option<Filled> {
        let mut plan = Plan::of(&pattern.sequence, &mut self.choice)?;
        if end == End::Timeout {
            let last = plan.steps.pop()?.stage;
            while plan.steps.last().is_some_and(|step| std::ptr::eq(step.stage, last)) {
                plan.steps.pop();
            }
        }
        if depth > DEPTH || plan.steps.is_empty() {
            return None;
        }
        let step = pace(pattern, plan.steps.len());
        let taken = Taken::new();
        let mut filling = Filling { pattern, goals, key: None, taken, first: None, now: from, greedy: None };
        for (at, one) in plan.steps.iter().enumerate() {
            filling.now = filling.now.saturating_add(step);
            let is_last = !plan.steps[at + 1..].iter().any(|later| later.stage.name() == one.stage.name());
            self.step(&mut filling, one, is_last, depth)?;
            if self.events.len() > MOST_EVENTS {
                return None;
            }
        }
        let waits = end == End::Timeout || !plan.at_end.is_empty();
        let time = if waits { deadline(pattern, &filling)? } else { filling.now };
        Some(Filled { taken: filling.taken, time })
    }

    fn step(
        &mut self,
        filling: &mut Filling<'a>,
        step: &Step<'a>,
        is_last: bool,
        depth: usize,
    ) -> Option<()> {
        let Body::Stage { name, stream, .. } = &step.stage.body else { return None };
        let pattern = filling.pattern;
        let inputs: Vec<_> = pattern
            .inputs
            .iter()
            .filter(|input| stream.as_ref().is_none_or(|of| *of == input.stream))
            .collect();
        let input = *inputs.get(self.choice.of(inputs.len()))?;
        let mut wishes = wishes(filling, step, &input.stream);
        if let Some(key) = &filling.key {
            let parts = input.by.iter().zip(key);
            let equal = parts.map(|(field, value)| {
                Expr::Binary(
                    BinaryOp::Eq,
                    Box::new(Expr::Field(field.clone())),
                    Box::new(Expr::Literal(value.clone())),
                )
            });
            wishes.extend(equal.map(|condition| Wish { condition, truth: true, must: true }));
        }
        let ready = filling.goals.iter().filter_map(|goal| goal_of(goal, name, is_last, &filling.taken));
        wishes.extend(ready.map(|condition| Wish { condition, truth: true, must: true }));
        let row = self.event(filling, name, &input.stream, wishes, depth)?;
        filling.first.get_or_insert(filling.now);
        filling.key.get_or_insert_with(|| {
            input.by.iter().map(|field| row.get(field).cloned().unwrap_or(Value::Null)).collect()
        });
        filling.taken.entry(name.clone()).or_default().push(row);
        filling.greedy = step.stage.quantifier.greedy.then_some(step.stage);
        Some(())
    }

    /// An event of a stream as it is wished, as the stream's fields; it is put among the events.
    fn event(
        &mut self,
        filling: &mut Filling<'a>,
        stage: &str,
        stream: &str,
        mut wishes: Vec<Wish>,
        depth: usize,
    ) -> Option<Row> {
        let (chain, base) = self.down(stream);
        for derived in &chain {
            for wish in &mut wishes {
                wish.condition = through(derived, &wish.condition);
            }
            let must = |condition: &Expr| Wish { condition: condition.clone(), truth: true, must: true };
            wishes.extend(derived.condition.iter().map(must));
        }
        let mut row = match self.definitions.streams.iter().find(|declared| declared.name == base) {
            Some(declared) => self.declared(filling, stage, declared, &wishes)?,
            None => self.emitted(filling, &base, &wishes, depth)?,
        };
        let known = Known { params: self.params, tables: self.tables, taken: &filling.taken };
        for derived in chain.iter().rev() {
            let with: Vec<_> =
                derived.with.iter().map(|(name, value)| (name.clone(), known.eval(value, &row))).collect();
            row.extend(with);
        }
        Some(row)
    }

    /// The derived streams on the way from a stream to what it is made from, and that.
    fn down(&self, stream: &str) -> (Vec<&'a DerivedStream>, String) {
        let (mut chain, mut name) = (Vec::new(), stream.to_owned());
        while let Some(derived) = self.definitions.derived.iter().find(|derived| derived.name == name) {
            chain.push(derived);
            name.clone_from(&derived.source);
        }
        (chain, name)
    }

    fn declared(
        &mut self,
        filling: &mut Filling<'a>,
        stage: &str,
        declared: &StreamDef,
        wishes: &[Wish],
    ) -> Option<Row> {
        let time = &declared.time.as_ref()?.field;
        let known = Known { params: self.params, tables: self.tables, taken: &filling.taken };
        let number = if self.choice.is_odd() { self.records.max(1) } else { 1 };
        let row = plain(&declared.schema, Some((time, filling.now)), number);
        // Not before the time that has come.
        let bound = Expr::Binary(
            BinaryOp::Ge,
            Box::new(Expr::Field(time.clone())),
            Box::new(Expr::Literal(Value::Timestamp(filling.now))),
        );
        let wishes = [wishes, &[Wish { condition: bound, truth: true, must: true }]].concat();
        let solver = Solver { known, schema: &declared.schema, row, choice: &mut self.choice };
        let row = solver.solve(&wishes)?;
        let Some(Value::Timestamp(now)) = row.get(time) else { return None };
        filling.now = *now;
        let made =
            Made { stage: stage.to_owned(), stream: declared.name.clone(), row: row.clone(), time: *now };
        self.events.push(made);
        Some(row)
    }

    /// A record, made by a match of a pattern that emits it.
    fn emitted(
        &mut self,
        filling: &mut Filling<'a>,
        stream: &str,
        wishes: &[Wish],
        depth: usize,
    ) -> Option<Row> {
        let patterns = &self.definitions.patterns;
        let all = patterns.iter().flat_map(|pattern| {
            let matches = pattern.emits.iter().map(move |emit| (pattern, emit, End::Match));
            matches.chain(pattern.timeout_emits.iter().map(move |emit| (pattern, emit, End::Timeout)))
        });
        let producers: Vec<(&'a Pattern, &'a Emit, End)> =
            all.filter(|(_, emit, _)| emit.stream == stream).collect();
        let (pattern, emit, end) = *producers.get(self.choice.of(producers.len()))?;
        self.records += 1;
        let goals = wishes.iter().filter_map(|wish| goal(emit, wish, filling, self));
        let goals = goals.map(|goal| with_key_of_first(pattern, &goal)).collect();
        let filled = self.fill(pattern, goals, filling.now, end, depth + 1)?;
        let known = Known { params: self.params, tables: self.tables, taken: &filled.taken };
        let columns = emit.columns.iter();
        let mut row: Row =
            columns.map(|(name, value)| (name.clone(), known.eval(value, &Row::new()))).collect();
        row.insert("ts".to_owned(), Value::Timestamp(filled.time));
        let outer = Known { params: self.params, tables: self.tables, taken: &filling.taken };
        let good = wishes.iter().all(|wish| !wish.must || outer.holds(&wish.condition, &row) == wish.truth);
        filling.now = filled.time;
        good.then_some(row)
    }
}

/// What is wished of an event of a stage by the stage itself and by those around it.
fn wishes(filling: &Filling<'_>, step: &Step<'_>, stream: &str) -> Vec<Wish> {
    let condition_of = |element: &Element| match &element.body {
        Body::Stage { condition, stream: of, .. } if of.as_ref().is_none_or(|of| of == stream) => {
            Some(condition.clone().unwrap_or(Expr::Literal(Value::Bool(true))))
        }
        _ => None,
    };
    let own = condition_of(step.stage).map(|condition| Wish { condition, truth: true, must: true });
    let before = filling.greedy.filter(|greedy| !std::ptr::eq(*greedy, step.stage));
    let not = step.without.iter().copied().chain(before).filter_map(condition_of);
    let not = not.chain(step.stage.until.clone());
    own.into_iter().chain(not.map(|condition| Wish { condition, truth: false, must: false })).collect()
}

/// A condition on a derived stream's event as one on the event it is made of.
fn through(derived: &DerivedStream, condition: &Expr) -> Expr {
    with_fields(condition, &|field| {
        derived.with.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())
    })
}

/// A wish about a record, as one about the events of the match it is made of; none where it asks what is not known of them.
fn goal(emit: &Emit, wish: &Wish, filling: &Filling<'_>, search: &Search<'_>) -> Option<Expr> {
    let known = Known { params: search.params, tables: search.tables, taken: &filling.taken };
    let mut hidden = false;
    let literal = rewritten(&wish.condition, &mut |part| match part {
        Expr::Captured { .. } | Expr::Count(_) | Expr::StageExists(_) | Expr::Aggregate { .. } => {
            Some(Expr::Literal(known.eval(part, &Row::new())))
        }
        Expr::Field(name) => match emit.columns.iter().find(|(column, _)| column == name) {
            Some((_, value)) => Some(value.clone()),
            None => {
                hidden = true;
                None
            }
        },
        _ => None,
    });
    (!hidden && wish.truth).then_some(literal)
}

/// A goal in which the key is asked of the first event: all events of a match have the same.
fn with_key_of_first(pattern: &Pattern, goal: &Expr) -> Expr {
    let stages = pattern.stages();
    let Some(Body::Stage { name, stream, .. }) = stages.first().map(|stage| &stage.body) else {
        return goal.clone();
    };
    let own =
        pattern.inputs.iter().find(|input| stream.as_ref().is_none_or(|stream| *stream == input.stream));
    rewritten(goal, &mut |part| {
        let Expr::Captured { pick: Pick::First | Pick::Last, field, .. } = part else { return None };
        let place = pattern.inputs.iter().find_map(|input| input.by.iter().position(|key| key == field))?;
        let field = own?.by.get(place)?.clone();
        Some(Expr::Captured { stage: name.clone(), pick: Pick::First, field })
    })
}

/// A goal as a wish about the event of a stage, where it is the last that the goal waits for.
fn goal_of(goal: &Expr, stage: &str, is_last: bool, taken: &Taken) -> Option<Expr> {
    let is_now = |pick: &Pick| match pick {
        Pick::First => !taken.contains_key(stage),
        Pick::Last => is_last,
        Pick::At(_) => false,
    };
    let (mut mentions, mut known) = (false, true);
    goal.walk(&mut |part| match part {
        Expr::Captured { stage: of, pick, .. } if of == stage => {
            mentions |= is_now(pick);
            known &= is_now(pick) || *pick == Pick::First;
        }
        Expr::Captured { stage: of, .. } => known &= taken.contains_key(of),
        Expr::Count(_) | Expr::StageExists(_) | Expr::Aggregate { .. } => known = false,
        _ => {}
    });
    let own = |part: &Expr| match part {
        Expr::Captured { stage: of, pick, field } if of == stage && is_now(pick) => {
            Some(Expr::Field(field.clone()))
        }
        _ => None,
    };
    (mentions && known).then(|| rewritten(goal, &mut |part| own(part)))
}

/// When a window decides.
fn deadline(pattern: &Pattern, filling: &Filling<'_>) -> Option<Timestamp> {
    let whole = pattern.window().zip(filling.first).map(|(window, first)| first.saturating_add(window));
    let mut gaps = pattern.stages().into_iter().filter_map(|stage| stage.gap);
    let gap = gaps.next_back().map(|gap: Duration| filling.now.saturating_add(gap));
    whole.into_iter().chain(gap).min()
}

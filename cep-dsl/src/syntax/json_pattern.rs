//! Patterns and the options of streams as JSON.

use serde_json::{Map, Value, json};

use super::json::{assign, at, expr, keys, name, optional, text};
use super::{
    Body, Clauses, Emit, Inner, Input, Modifiers, Overflow, Pattern, RepeatKind, Sequence, Skip, Step,
    StreamOptions, Target, TimeOption, Valued,
};

pub(super) fn stream_options(options: &StreamOptions) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("key".to_owned(), optional(options.key.as_ref(), keys));
    object.insert("time".to_owned(), optional(options.time.as_ref(), time));
    object.insert("idle_after".to_owned(), optional(options.idle.as_ref(), valued));
    object.insert("from".to_owned(), optional(options.from.as_ref(), text));
    object.insert("late_to".to_owned(), optional(options.late.as_ref(), name));
    object
}

fn time(time: &TimeOption) -> Value {
    let tie = |tie: &super::Tie| json!({"field": name(&tie.field), "descending": tie.desc.is_some()});
    json!({
        "field": name(&time.field),
        "ties": time.ties.iter().map(tie).collect::<Value>(),
        "lateness": optional(time.lateness.as_ref(), valued),
    })
}

/// A number, durations in milliseconds, or the name of a const.
fn valued(it: &Valued<i64>) -> Value {
    match it {
        Valued::Literal(value, span) => json!({"value": value, "at": at(*span)}),
        Valued::Const(constant) => json!({"const": name(constant)}),
    }
}

pub(super) fn pattern(pattern: &Pattern) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("name".to_owned(), name(&pattern.name));
    object.insert("on".to_owned(), pattern.inputs.iter().map(input).collect());
    object.insert("sequence".to_owned(), sequence(&pattern.sequence));
    object.extend(clauses(&pattern.clauses));
    object
}

fn input(input: &Input) -> Value {
    json!({"stream": name(&input.stream), "by": optional(input.by.as_ref(), keys), "at": at(input.span)})
}

fn sequence(sequence: &Sequence) -> Value {
    sequence.steps.iter().map(step).collect()
}

fn step(step: &Step) -> Value {
    let gap = step.connector.gap.as_ref().map(|gap| &gap.length);
    json!({
        "connector": step.connector.kind.words(),
        "gap": optional(gap, valued),
        "target": target(&step.target),
        "at": at(step.span),
    })
}

fn target(target: &Target) -> Value {
    let mut value = match &target.body {
        Body::Stage(stage) => json!({
            "stage": name(&stage.name),
            "stream": optional(stage.stream.as_ref(), name),
            "where": optional(stage.condition.as_ref(), expr),
        }),
        Body::Group { sequence: inner, .. } => json!({"group": sequence(inner)}),
    };
    value["quantifier"] = quantifier(&target.modifiers);
    value["until"] = optional(target.until.as_ref(), expr);
    value
}

fn quantifier(modifiers: &Modifiers) -> Value {
    let (from, to) = match modifiers.repeat.as_ref().map(|repeat| &repeat.kind) {
        None => (Value::Null, Value::Null),
        Some(RepeatKind::OneOrMore) => (json!({"value": 1}), Value::Null),
        Some(RepeatKind::Times(count)) => (valued(count), valued(count)),
        Some(RepeatKind::Range(from, to)) => (valued(from), valued(to)),
        Some(RepeatKind::OrMore(from)) => (valued(from), Value::Null),
    };
    let contiguity = match modifiers.inner.map(|inner| inner.kind) {
        None => "relaxed",
        Some(Inner::Consecutive) => "consecutive",
        Some(Inner::Combinations) => "combinations",
    };
    json!({
        "from": from,
        "to": to,
        "optional": modifiers.optional.is_some(),
        "greedy": modifiers.greedy.is_some(),
        "contiguity": contiguity,
        "at_most_apart": optional(modifiers.apart.as_ref().map(|apart| &apart.length), valued),
    })
}

fn clauses(clauses: &Clauses) -> Map<String, Value> {
    let mut object = Map::new();
    let within = clauses.within.as_ref().map(|within| &within.length);
    object.insert("within".to_owned(), optional(within, valued));
    let skip = clauses.skip.as_ref().map_or(Value::Null, |clause| skip(&clause.kind));
    object.insert("after_match".to_owned(), skip);
    let limit = clauses.limit.as_ref().map_or(Value::Null, |limit| {
        let overflow = match limit.overflow {
            Overflow::DropOldest => "drop oldest",
            Overflow::DropNewest => "drop newest",
            Overflow::Fail => "fail",
        };
        json!({"count": valued(&limit.count), "overflow": overflow})
    });
    object.insert("limit".to_owned(), limit);
    object.insert("emits".to_owned(), clauses.emits.iter().map(emit).collect());
    object.insert("timeout_emits".to_owned(), clauses.timeout_emits.iter().map(emit).collect());
    object
}

fn skip(skip: &Skip) -> Value {
    let to = |how: &str, stage: &super::Name, or_fail: bool| json!({"skip": how, "stage": name(stage), "or_fail": or_fail});
    match skip {
        Skip::NoSkip => json!({"skip": "none"}),
        Skip::ToNext => json!({"skip": "to next"}),
        Skip::PastLastEvent => json!({"skip": "past last event"}),
        Skip::ToFirst { stage, or_fail } => to("to first", stage, or_fail.is_some()),
        Skip::ToLast { stage, or_fail } => to("to last", stage, or_fail.is_some()),
    }
}

fn emit(emit: &Emit) -> Value {
    json!({
        "name": name(&emit.name),
        "columns": emit.object.assigns.iter().map(assign).collect::<Value>(),
        "to": optional(emit.to.as_ref(), text),
        "at": at(emit.span),
    })
}

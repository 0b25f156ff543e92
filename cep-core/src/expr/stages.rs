//! What expressions read from the captured events of a stage: counts, positions, aggregates.

use std::borrow::Cow;

use super::Aggregate;
use super::eval::{CapturedEvent, Captures, compare};
use crate::event::{Datum, Value};
use crate::ids::StageId;
use crate::time::Duration;

pub(super) fn read<'a, E: CapturedEvent<'a>>(event: E, slots: &[Option<u16>]) -> Option<Datum<'a>> {
    slots.get(event.input()).copied().flatten().map(|slot| event.slot(slot))
}

pub(super) fn count<C: Captures>(captures: &C, stage: StageId) -> i64 {
    i64::try_from(captures.latest_first(stage).count()).expect("fewer events than i64 counts")
}

pub(super) fn at<C: Captures>(captures: &C, stage: StageId, index: i64) -> Option<C::Event<'_>> {
    let from_end = count(captures, stage).checked_sub(index)?.checked_sub(1)?;
    if index < 0 {
        return None;
    }
    captures.latest_first(stage).nth(usize::try_from(from_end).ok()?)
}

/// The field's values that are not null, earliest first: the order in which Flink adds them up.
fn values<'a, C: Captures>(captures: &'a C, stage: StageId, slots: &[Option<u16>]) -> Vec<Datum<'a>> {
    let mut values: Vec<_> = captures
        .latest_first(stage)
        .filter_map(|event| read(event, slots))
        .filter(|value| !value.is_null())
        .collect();
    values.reverse();
    values
}

pub(super) fn aggregate<'a, C: Captures>(
    captures: &'a C,
    function: Aggregate,
    stage: StageId,
    slots: &[Option<u16>],
    zero: &'a Value,
) -> Datum<'a> {
    let values = values(captures, stage, slots);
    match function {
        Aggregate::Sum => sum(&values, zero),
        Aggregate::Avg => mean(&values),
        Aggregate::Min => extreme(values, std::cmp::Ordering::Less),
        Aggregate::Max => extreme(values, std::cmp::Ordering::Greater),
        Aggregate::Stddev => deviation(&values),
        Aggregate::Collect => Datum::List(Cow::Owned(values.into_iter().map(Datum::into_value).collect())),
        Aggregate::Distinct => distinct(values),
    }
}

pub(super) fn number(value: &Datum<'_>) -> f64 {
    match value {
        Datum::Duration(length) => length.0 as f64,
        other => other.as_f64().unwrap_or(0.0),
    }
}

/// A float, or the duration of so many milliseconds.
pub(super) fn like<'a>(is_duration: bool, result: f64) -> Datum<'a> {
    if !is_duration {
        return Datum::finite(result);
    }
    super::calls::whole(result.round()).map_or(Datum::Null, |millis| Datum::Duration(Duration(millis)))
}

/// The number of a value that is summed up exactly.
pub(super) fn whole(value: &Datum<'_>) -> Option<i64> {
    match value {
        Datum::Int(value) => Some(*value),
        Datum::Duration(length) => Some(length.0),
        _ => None,
    }
}

fn are_durations(values: &[Datum<'_>]) -> bool {
    matches!(values.first(), Some(Datum::Duration(_)))
}

fn sum<'a>(values: &[Datum<'_>], zero: &'a Value) -> Datum<'a> {
    match zero {
        Value::Float(_) => Datum::finite(values.iter().map(number).sum::<f64>() + 0.0),
        _ => {
            let total = values.iter().try_fold(0_i64, |total, value| total.checked_add(whole(value)?));
            match (total, zero) {
                (None, _) => Datum::Null,
                (Some(total), Value::Duration(_)) => Datum::Duration(Duration(total)),
                (Some(total), _) => Datum::Int(total),
            }
        }
    }
}

fn mean<'a>(values: &[Datum<'_>]) -> Datum<'a> {
    if values.is_empty() {
        return Datum::Null;
    }
    like(are_durations(values), values.iter().map(number).sum::<f64>() / values.len() as f64)
}

fn deviation<'a>(values: &[Datum<'_>]) -> Datum<'a> {
    if values.is_empty() {
        return Datum::Null;
    }
    let n = values.len() as f64;
    let mean = values.iter().map(number).sum::<f64>() / n;
    let variance = values.iter().map(|value| (number(value) - mean).powi(2)).sum::<f64>() / n;
    like(are_durations(values), variance.sqrt())
}

/// The first of the values that no other comes before in the wanted direction.
fn extreme<'a>(values: Vec<Datum<'a>>, wanted: std::cmp::Ordering) -> Datum<'a> {
    let mut best: Option<Datum<'a>> = None;
    for value in values {
        if best.as_ref().is_none_or(|best| compare(&value, best) == Some(wanted)) {
            best = Some(value);
        }
    }
    best.unwrap_or(Datum::Null)
}

fn distinct<'a>(values: Vec<Datum<'a>>) -> Datum<'a> {
    let mut seen: Vec<Value> = Vec::new();
    for value in values.into_iter().map(Datum::into_value) {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    Datum::List(Cow::Owned(seen))
}

//! Running values: what a condition reads of a whole path, kept in a few words at each node of it. Those of a node are
//! those of the node before and this node's event, earliest first as in a walk, so that both give the same, bit for bit.

use std::cmp::Ordering;

use super::Aggregate;
use super::eval::{CapturedEvent, Captures, compare};
use super::node::{Node, NodePick, Slots};
use super::stages::{like, number, read, whole};
use crate::event::{Datum, Value, exact};
use crate::ids::StageId;
use crate::time::Duration;

/// What is kept of the events of a stage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Kept {
    pub(crate) stage: StageId,
    what: What,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum What {
    /// How many there are.
    Count,
    /// The earliest.
    First,
    /// The latest.
    Last,
    /// How many there are, and that of a position.
    At(u64),
    /// The sum of floats.
    Sum(Slots),
    /// The sum of whole numbers, and whether it has become too large.
    WholeSum(Slots),
    /// The sum as a float, and of how many values.
    Mean(Slots),
    /// The event with the first of the values that no other comes before in a direction.
    Extreme(Slots, Ordering),
}

/// What stands for a captured event in a running value; 0 for none.
#[derive(Clone, Copy, Debug)]
pub struct EventWord(pub(crate) u64);

impl Kept {
    /// What has to be kept for an expression that reads a path; none where that grows with the path, or is nothing.
    pub(crate) fn of(node: &Node) -> Option<Self> {
        let (stage, what) = match node {
            Node::Count(stage) => (stage, What::Count),
            Node::Captured { stage, pick, .. } => match pick {
                NodePick::Last => (stage, What::Last),
                NodePick::First => (stage, What::First),
                NodePick::At(index) => match **index {
                    Node::Literal(Value::Int(position)) => (stage, What::At(u64::try_from(position).ok()?)),
                    _ => return None,
                },
            },
            Node::Aggregate { function, stage, slots, zero } => {
                let what: fn(Slots) -> What = match function {
                    Aggregate::Sum if matches!(zero, Value::Float(_)) => What::Sum,
                    Aggregate::Sum => What::WholeSum,
                    Aggregate::Avg => What::Mean,
                    Aggregate::Min => |slots| What::Extreme(slots, Ordering::Less),
                    Aggregate::Max => |slots| What::Extreme(slots, Ordering::Greater),
                    // The deviation is that from the mean, which is known only at the end.
                    Aggregate::Stddev | Aggregate::Collect | Aggregate::Distinct => return None,
                };
                (stage, what(slots.clone()))
            }
            _ => return None,
        };
        Some(Self { stage: *stage, what })
    }

    /// How many words it takes. All are 0 of no events.
    pub(crate) fn width(&self) -> usize {
        match self.what {
            What::At(_) | What::WholeSum(_) | What::Mean(_) => 2,
            _ => 1,
        }
    }

    /// Adds an event of the stage.
    pub(crate) fn add<'e, E: CapturedEvent<'e>>(
        &self,
        words: &mut [u64],
        (word, event): (EventWord, E),
        find: impl Fn(EventWord) -> Option<E>,
    ) {
        let value = |slots| read(event, slots).filter(|value| !value.is_null());
        match &self.what {
            What::Count => words[0] += 1,
            What::First if words[0] != 0 => {}
            What::First | What::Last => words[0] = word.0,
            What::At(position) => {
                if words[0] == *position {
                    words[1] = word.0;
                }
                words[0] += 1;
            }
            What::Sum(slots) => {
                if let Some(value) = value(slots) {
                    words[0] = (f64::from_bits(words[0]) + number(&value)).to_bits();
                }
            }
            What::WholeSum(slots) => {
                if let Some(value) = value(slots) {
                    add_whole(words, whole(&value));
                }
            }
            What::Mean(slots) => {
                if let Some(value) = value(slots) {
                    // A sum starts with its first value: 0 and -0 would be 0.
                    let before = if words[1] == 0 { -0.0 } else { f64::from_bits(words[0]) };
                    words[0] = (before + number(&value)).to_bits();
                    words[1] += 1;
                }
            }
            What::Extreme(slots, wanted) => {
                if let Some(value) = value(slots) {
                    let best = find(EventWord(words[0])).and_then(|event| read(event, slots));
                    if best.is_none_or(|best| compare(&value, &best) == Some(*wanted)) {
                        words[0] = word.0;
                    }
                }
            }
        }
    }
}

fn add_whole(words: &mut [u64], value: Option<i64>) {
    match value.and_then(|value| words[0].cast_signed().checked_add(value)) {
        Some(total) => words[0] = total.cast_unsigned(),
        None => words[1] = 1,
    }
}

/// An expression whose value nodes keep.
#[derive(Clone, Debug)]
pub struct Running {
    /// The expression: a count, a captured field or an aggregate.
    pub of: Node,
    /// The place of its first word among those of a node.
    pub(crate) place: u16,
}

impl Running {
    /// Its value; none where no words are kept, and the path has to be walked.
    #[inline]
    pub(super) fn value<'a, C: Captures>(&'a self, captures: &'a C) -> Option<Datum<'a>> {
        let words = &captures.running()?[usize::from(self.place)..];
        let field = |word: u64, slots| {
            let event = captures.event_of(EventWord(word));
            event.and_then(|event| read(event, slots)).unwrap_or(Datum::Null)
        };
        Some(match &self.of {
            Node::Count(_) => Datum::Int(words[0].cast_signed()),
            Node::Captured { slots, pick: NodePick::At(_), .. } => field(words[1], slots),
            Node::Captured { slots, .. } => field(words[0], slots),
            Node::Aggregate { function: Aggregate::Sum, zero, .. } => sum(words, zero),
            Node::Aggregate { function: Aggregate::Avg, zero, .. } => mean(words, zero),
            Node::Aggregate { slots, .. } => field(words[0], slots),
            _ => return None,
        })
    }

    /// The same as a float, NaN for null; none where the general evaluation has to say.
    #[inline(never)]
    pub(super) fn float<C: Captures>(&self, captures: &C) -> Option<f64> {
        match self.value(captures)? {
            Datum::Null => Some(f64::NAN),
            Datum::Float(value) => Some(value),
            Datum::Int(value) => exact(value),
            _ => None,
        }
    }
}

fn sum<'a>(words: &[u64], zero: &Value) -> Datum<'a> {
    match zero {
        Value::Float(_) => Datum::finite(f64::from_bits(words[0])),
        _ if words[1] != 0 => Datum::Null,
        Value::Duration(_) => Datum::Duration(Duration(words[0].cast_signed())),
        _ => Datum::Int(words[0].cast_signed()),
    }
}

fn mean<'a>(words: &[u64], zero: &Value) -> Datum<'a> {
    match words[1] {
        0 => Datum::Null,
        count => like(matches!(zero, Value::Duration(_)), f64::from_bits(words[0]) / count as f64),
    }
}

//! Forms of a pattern that differ from it in one thing.

use super::parts::parts;
use super::report::Change;
use crate::event::Value;
use crate::expr::{BinaryOp, Expr};
use crate::pattern::{Body, Contiguity, Element, Inner, Pattern, Skip};
use crate::time::Duration;

/// A change, and the pattern with it.
pub(super) struct Changed {
    pub(super) change: Change,
    pub(super) pattern: Pattern,
}

/// All forms that differ in one thing. Windows are as long as `longest`.
pub(super) fn changes(pattern: &Pattern, longest: Duration) -> Vec<Changed> {
    let mut all = Vec::new();
    if let Some(from) = pattern.window().filter(|from| *from < longest) {
        all.push(Changed { change: Change::Within { from, to: longest }, pattern: within(pattern, longest) });
    }
    for place in 0..count(&pattern.sequence) {
        let Some(element) = nth(&pattern.sequence, &mut { place }) else { continue };
        of_element(pattern, place, element, longest, &mut all);
    }
    if pattern.skip != Skip::NoSkip {
        let changed = Pattern { skip: Skip::NoSkip, ..pattern.clone() };
        all.push(Changed { change: Change::NoSkip, pattern: changed });
    }
    if pattern.limit.is_some() {
        let changed = Pattern { limit: None, ..pattern.clone() };
        all.push(Changed { change: Change::NoLimit, pattern: changed });
    }
    all
}

/// The pattern with another whole window.
pub(super) fn within(pattern: &Pattern, to: Duration) -> Pattern {
    let mut changed = pattern.clone();
    changed.within = Some(to);
    for place in 0..count(&pattern.sequence) {
        if let Some(element) = nth_mut(&mut changed.sequence, &mut { place }) {
            element.window = None;
        }
    }
    changed
}

/// The pattern with another wait for a stage.
pub(super) fn with_gap(pattern: &Pattern, stage: &str, to: Duration) -> Pattern {
    with_stage(pattern, stage, |element| element.gap = Some(to))
}

/// The pattern with another `at most … apart` of a stage.
pub(super) fn with_apart(pattern: &Pattern, stage: &str, to: Duration) -> Pattern {
    with_stage(pattern, stage, |element| element.quantifier.apart = Some(to))
}

fn with_stage(pattern: &Pattern, stage: &str, change: impl FnOnce(&mut Element)) -> Pattern {
    let mut changed = pattern.clone();
    let place = (0..count(&pattern.sequence)).find(|place| {
        nth(&pattern.sequence, &mut { *place }).is_some_and(|found| first_stage(found) == stage)
    });
    if let Some(element) = place.and_then(|place| nth_mut(&mut changed.sequence, &mut { place })) {
        change(element);
    }
    changed
}

fn of_element(pattern: &Pattern, place: usize, element: &Element, longest: Duration, all: &mut Vec<Changed>) {
    let stage = first_stage(element).to_owned();
    let mut add = |change: Change, apply: &dyn Fn(&mut Element)| {
        let mut changed = pattern.clone();
        if let Some(element) = nth_mut(&mut changed.sequence, &mut { place }) {
            apply(element);
        }
        all.push(Changed { change, pattern: changed });
    };
    if element.contiguity.is_negated() {
        let never = |element: &mut Element| set_condition(element, Some(Expr::Literal(Value::Bool(false))));
        return add(Change::WithoutAbsence { stage }, &never);
    }
    // A gap may not be longer than the whole window.
    let longest = pattern.window().map_or(longest, |window| window.min(longest));
    if let Some(from) = element.gap.filter(|from| *from < longest) {
        let change = Change::Gap { stage: stage.clone(), from, to: longest };
        add(change, &|element| element.gap = Some(longest));
    }
    if let Some(from) = element.quantifier.apart.filter(|from| *from < longest) {
        let change = Change::Apart { stage: stage.clone(), from, to: longest };
        add(change, &|element| element.quantifier.apart = Some(longest));
    }
    if element.contiguity == Contiguity::Next {
        let change = Change::FollowedBy { stage: stage.clone() };
        add(change, &|element| element.contiguity = Contiguity::FollowedBy);
    }
    if element.quantifier.inner == Inner::Consecutive {
        let change = Change::NotConsecutive { stage: stage.clone() };
        add(change, &|element| element.quantifier.inner = Inner::Relaxed);
    }
    if element.until.is_some() {
        add(Change::WithoutUntil { stage: stage.clone() }, &|element| element.until = None);
    }
    if element.quantifier.greedy {
        add(Change::NotGreedy { stage: stage.clone() }, &|element| element.quantifier.greedy = false);
    }
    let Body::Stage { condition: Some(condition), .. } = &element.body else { return };
    for (left_out, part) in parts(condition).into_iter().enumerate() {
        let change = Change::WithoutCondition { stage: stage.clone(), text: part.to_string() };
        add(change, &|element| set_condition(element, without(condition, left_out)));
    }
}

/// A condition without one of its parts.
fn without(condition: &Expr, left_out: usize) -> Option<Expr> {
    let kept = parts(condition).into_iter().enumerate().filter(|(place, _)| *place != left_out);
    let kept = kept.map(|(_, part)| part.clone());
    kept.reduce(|left, right| Expr::Binary(BinaryOp::And, Box::new(left), Box::new(right)))
}

fn set_condition(element: &mut Element, to: Option<Expr>) {
    if let Body::Stage { condition, .. } = &mut element.body {
        *condition = to;
    }
}

/// The name of a stage, or of the first in a group.
pub(super) fn first_stage(element: &Element) -> &str {
    match &element.body {
        Body::Stage { name, .. } => name,
        Body::Group(inner) => inner.first().map_or("", first_stage),
    }
}

/// How many elements there are, groups and those in them.
fn count(sequence: &[Element]) -> usize {
    sequence.iter().map(|element| 1 + element.group().map_or(0, count)).sum()
}

fn nth<'e>(sequence: &'e [Element], place: &mut usize) -> Option<&'e Element> {
    for element in sequence {
        if *place == 0 {
            return Some(element);
        }
        *place -= 1;
        if let Some(inner) = element.group() {
            let within = count(inner);
            if *place < within {
                return nth(inner, place);
            }
            *place -= within;
        }
    }
    None
}

fn nth_mut<'e>(sequence: &'e mut [Element], place: &mut usize) -> Option<&'e mut Element> {
    for element in sequence {
        if *place == 0 {
            return Some(element);
        }
        *place -= 1;
        if let Body::Group(inner) = &mut element.body {
            let within = count(inner);
            if *place < within {
                return nth_mut(inner, place);
            }
            *place -= within;
        }
    }
    None
}

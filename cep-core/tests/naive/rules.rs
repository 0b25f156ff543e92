//! What bounds a place from outside: the greedy loop before it (7), absences around it (9), and gap windows (11).

use crate::expr::{Expr, Seen};
use crate::pattern::{Body, Connector, Count, Element};
use crate::place::{Level, Spot};

/// Whether the group's until forbids everything inside (6.4).
pub(crate) fn ended(group: Option<&Element>, seen: Seen<'_>) -> bool {
    group.and_then(|group| group.until.as_ref()).is_some_and(|until| until.holds(seen))
}

/// Whether an event satisfies a stage's condition inside a group.
pub(crate) fn fits(stage: &Element, group: Option<&Element>, seen: Seen<'_>) -> bool {
    !ended(group, seen) && condition(stage).holds(seen)
}

pub(crate) fn condition(stage: &Element) -> &Expr {
    match &stage.body {
        Body::Stage { condition, .. } => condition,
        Body::Group(_) => unreachable!("a group has no condition"),
    }
}

fn name(stage: &Element) -> &str {
    match &stage.body {
        Body::Stage { name, .. } => name,
        Body::Group(_) => unreachable!("an absence is a stage"),
    }
}

/// The absences that guard the first place of an element (9.4 a).
fn absences_before<'p>(level: &Level<'p>) -> impl Iterator<Item = &'p Element> {
    let before = level.sequence[..level.index].iter().rev();
    before
        .take_while(|element| element.optional || element.is_absence())
        .filter(|element| element.is_absence())
}

/// An absence and the group it is in, if that group's until counts for it (6.4): not where it guards no place after it.
type Guard<'p> = (&'p Element, Option<&'p Element>);

/// The absence directly after the element at this depth (9.4 b); after a body's last element, that after the group.
fn absence_after<'p>(spot: &Spot<'p>, depth: usize) -> Option<Guard<'p>> {
    let level = spot.levels[depth];
    match level.sequence.get(level.index + 1) {
        Some(next) => {
            let mut beyond =
                level.sequence[level.index + 2..].iter().skip_while(|element| element.is_absence());
            let group = spot.group_at(depth);
            let own =
                group.filter(|_| beyond.next().is_some_and(|next| next.connector != Connector::NotNext));
            next.is_absence().then_some((next, own))
        }
        None => absence_after(spot, depth.checked_sub(1)?),
    }
}

/// The guards that capturing an event for this element lifts (9.5).
pub(crate) fn lifts<'p>(level: &Level<'p>) -> Vec<&'p str> {
    let optional = level.element().optional;
    absences_before(level).filter(|_| optional).map(name).collect()
}

/// Whether the event stops a partial match here (9.4 to 9.6).
pub(crate) fn stops(spot: &Spot<'_>, seen: Seen<'_>) -> bool {
    spot.beginning().any(|depth| {
        let ended = ended(spot.group_at(depth), seen);
        guards(spot, depth)
            .into_iter()
            .filter(|(absence, _)| !ended && !spot.marks.lifted.contains(&name(absence)))
            .any(|(absence, group)| fits(absence, group, seen))
    })
}

fn guards<'p>(spot: &Spot<'p>, depth: usize) -> Vec<Guard<'p>> {
    let level = spot.levels[depth];
    let element = level.element();
    let innermost = depth + 1 == spot.levels.len();
    let waited = spot.marks.waited;
    let past_least = level.done >= element.count.least();
    let before = if level.done == 0 {
        innermost && element.optional || !waited
    } else {
        innermost && waited && past_least && !element.count.is_open()
    };
    let after = level.done > 0
        && match element.count {
            Count::OrMore(_) if innermost => !waited || past_least,
            Count::OrMore(_) => !waited && !past_least,
            _ => !waited,
        };
    let after = absence_after(spot, depth).filter(|_| after);
    let group = spot.group_at(depth);
    let before = absences_before(&level).filter(|_| before).map(|absence| (absence, group));
    before.chain(after).collect()
}

/// Whether a greedy loop directly before this place withholds the event (7.1).
pub(crate) fn withheld(spot: &Spot<'_>, seen: Seen<'_>) -> bool {
    if spot.marks.waited || spot.marks.free {
        return false;
    }
    loop_before(spot).is_some_and(|(spot_of_loop, group)| {
        let level = spot_of_loop;
        let exempt = level.element().count.is_open() && !lifts(&level).is_empty() && !spot.marks.from_loop;
        !exempt && fits(level.element(), group, seen)
    })
}

/// The greedy loop that ends directly before this place, and the group it is in.
fn loop_before<'p>(spot: &Spot<'p>) -> Option<(Level<'p>, Option<&'p Element>)> {
    let innermost = spot.levels.len() - 1;
    for depth in spot.beginning() {
        let level = spot.levels[depth];
        if level.done > 0 {
            let sequence = level.element().group().filter(|_| depth < innermost)?;
            return loop_at_end(sequence, sequence.len(), Some(level.element()));
        }
        if level.index > 0 {
            return loop_at_end(level.sequence, level.index, spot.group_at(depth));
        }
    }
    None
}

/// The greedy loop that is last of a sequence's first `length` elements.
fn loop_at_end<'p>(
    sequence: &'p [Element],
    length: usize,
    group: Option<&'p Element>,
) -> Option<(Level<'p>, Option<&'p Element>)> {
    let index = sequence[..length].iter().rposition(|element| !element.is_absence())?;
    let element = &sequence[index];
    match element.group() {
        Some(_) if element.count.is_open() => None,
        Some(body) => loop_at_end(body, body.len(), Some(element)),
        None => element.withholds().then_some((Level { sequence, index, done: 0 }, group)),
    }
}

/// The longest time since the last captured event that a partial match may be here (11.4, 11.5).
pub(crate) fn gap(spot: &Spot<'_>) -> Option<i64> {
    let marks = &spot.marks;
    if marks.waited || marks.free || !marks.lifted.is_empty() {
        return None;
    }
    if marks.round {
        return round_gap(spot);
    }
    let element = spot.element();
    if element.count == Count::Once {
        return element.gap;
    }
    element.apart.filter(|_| !spot.levels.iter().all(|level| level.element().count.is_last(level.done)))
}

/// The loop window of an open group that has just ended a repetition.
fn round_gap(spot: &Spot<'_>) -> Option<i64> {
    let depth = spot.beginning().last()?;
    let around = &spot.levels[..depth];
    let last_of_all = around
        .iter()
        .all(|level| level.element().count.is_last(level.done) && !level.element().count.is_open())
        && spot.levels[..=depth]
            .iter()
            .all(|level| !level.sequence[level.index + 1..].iter().any(Element::holds_open_group));
    spot.levels[depth].element().apart.filter(|_| !last_of_all)
}

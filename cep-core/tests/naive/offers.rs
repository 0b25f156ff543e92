//! What a place allows an event to do (2.3), and one step made of that (2.4).

use crate::expr::Seen;
use crate::pattern::{Connector, Element, Pattern};
use crate::place::{Marks, Place, Spot, contiguity};
use crate::rules::{condition, ended, fits, lifts, stops, withheld};

/// What becomes of a partial match at one event.
#[derive(Debug)]
pub(crate) struct Step<'p> {
    pub(crate) moves: Vec<Move<'p>>,
    /// Nothing but what completes now remains.
    pub(crate) stopped: bool,
}

/// A new partial match.
#[derive(Debug)]
pub(crate) enum Move<'p> {
    Take { stage: &'p str, to: Place<'p> },
    Wait { to: Place<'p> },
}

/// One step of the partial match at `place`.
pub(crate) fn step<'p>(pattern: &'p Pattern, place: &Place<'p>, seen: Seen<'_>) -> Step<'p> {
    let mut reached = Vec::new();
    reach(pattern, place, seen, &mut Vec::new(), &mut reached);
    let stopped = reached.iter().any(|spot| stopped(spot, seen));
    Step { moves: reached.iter().flat_map(|spot| moves(pattern, spot, seen)).collect(), stopped }
}

/// Whether the end can be reached from here by leaving alone (2.6).
pub(crate) fn completes<'p>(pattern: &'p Pattern, place: &Place<'p>, seen: Seen<'_>) -> bool {
    let mut reached = Vec::new();
    reach(pattern, place, seen, &mut Vec::new(), &mut reached)
}

/// Collects the place and all reached by leaving, one entry for each way; true if the end is among them.
fn reach<'p>(
    pattern: &'p Pattern,
    place: &Place<'p>,
    seen: Seen<'_>,
    way: &mut Vec<Spot<'p>>,
    reached: &mut Vec<Spot<'p>>,
) -> bool {
    let Place::Before(spot) = place else { return *place == Place::End };
    if way.iter().any(|passed| passed.is_same(spot)) || closed(spot, seen) {
        return false;
    }
    reached.push(spot.clone());
    way.push(spot.clone());
    let mut ends = false;
    for next in leaves(pattern, spot, seen) {
        ends |= reach(pattern, &next, seen, way, reached);
    }
    way.pop();
    ends
}

/// Whether the event finds nothing at all here.
fn closed(spot: &Spot<'_>, seen: Seen<'_>) -> bool {
    let group = spot.marks.round.then(|| spot.beginning().last()).flatten();
    withheld(spot, seen) || group.is_some_and(|depth| ended(spot.group_at(depth), seen))
}

fn stopped(spot: &Spot<'_>, seen: Seen<'_>) -> bool {
    match spot.element().connector {
        Connector::NotNext | Connector::NotFollowedBy => fits(spot.element(), spot.group(), seen),
        _ => stops(spot, seen),
    }
}

/// The places this one can be left for; the outermost group is left first (14.3).
fn leaves<'p>(pattern: &'p Pattern, spot: &Spot<'p>, seen: Seen<'_>) -> Vec<Place<'p>> {
    match spot.element().connector {
        Connector::NotFollowedBy => Vec::new(),
        Connector::NotNext => {
            let next = spot.after(spot.levels.len() - 1, pattern);
            let passes = next != Place::End && !fits(spot.element(), spot.group(), seen);
            passes.then(|| carried(spot, next)).into_iter().collect()
        }
        _ if spot.marks.waited => Vec::new(),
        _ => spot.beginning().rev().filter_map(|depth| leave(pattern, spot, depth, seen)).collect(),
    }
}

/// The place after the element at this depth, if it may be left out, or may end, here (5.1).
fn leave<'p>(pattern: &'p Pattern, spot: &Spot<'p>, depth: usize, seen: Seen<'_>) -> Option<Place<'p>> {
    let level = spot.levels[depth];
    let element = level.element();
    let may = if level.done == 0 { element.optional } else { level.done >= element.count.least() };
    if !may || ended(spot.group_at(depth), seen) {
        return None;
    }
    let lifts = if element.count.is_open() { lifts(&level) } else { Vec::new() };
    let (left_out, exempt) = (level.done == 0, !lifts.is_empty());
    let until = element.greedy && element.until.as_ref().is_some_and(|until| until.holds(seen));
    let free = until && !(left_out && exempt);
    let from_loop = exempt && !left_out;
    let lifted = [spot.marks.lifted.clone(), if left_out { Vec::new() } else { lifts }].concat();
    let marks = Marks { lifted, free, from_loop, ..Marks::default() };
    Some(marked(spot.after(depth, pattern), marks))
}

/// The place, reached from a `not next`.
fn carried<'p>(spot: &Spot<'p>, next: Place<'p>) -> Place<'p> {
    marked(next, Marks { lifted: spot.marks.lifted.clone(), ..Marks::default() })
}

/// A place reached with marks; past a body's end of an open group that repeats, freedom leads nowhere (7.6, 9.6).
fn marked<'p>(place: Place<'p>, marks: Marks<'p>) -> Place<'p> {
    match place {
        Place::Before(spot) if spot.marks.round => {
            let copied = marks.free || !marks.lifted.is_empty();
            if copied { Place::Nowhere } else { Place::Before(spot) }
        }
        Place::Before(spot) => Place::Before(Spot { levels: spot.levels, marks }),
        other => other,
    }
}

fn moves<'p>(pattern: &'p Pattern, spot: &Spot<'p>, seen: Seen<'_>) -> Vec<Move<'p>> {
    let taken = take(pattern, spot, seen).map(|to| Move::Take { stage: spot.stage(), to });
    let waited = wait(pattern, spot, seen).map(|to| Move::Wait { to });
    taken.into_iter().chain(waited).collect()
}

/// The place after taking the event.
fn take<'p>(pattern: &'p Pattern, spot: &Spot<'p>, seen: Seen<'_>) -> Option<Place<'p>> {
    let (level, element) = (spot.level(), spot.element());
    let negated = matches!(element.connector, Connector::NotNext | Connector::NotFollowedBy);
    let until = element.until.as_ref().is_some_and(|until| until.holds(seen));
    if negated || until || !fits(element, spot.group(), seen) {
        return None;
    }
    let in_loop = element.count.is_open() && level.done == element.count.least();
    let next = spot.clone().repetition_done(pattern);
    let lifted = match (in_loop, spot.marks.waited) {
        (false, _) => lifts(&level),
        (true, false) => spot.marks.lifted.clone(),
        (true, true) => Vec::new(),
    };
    Some(marked(next, Marks { lifted, ..Marks::default() }))
}

/// The place after waiting over the event.
fn wait<'p>(pattern: &'p Pattern, spot: &Spot<'p>, seen: Seen<'_>) -> Option<Place<'p>> {
    let element = spot.element();
    match element.connector {
        Connector::NotFollowedBy => return Some(Place::Before(spot.clone())),
        Connector::NotNext => {
            let next = spot.after(spot.levels.len() - 1, pattern);
            let passes = next == Place::End && !fits(element, spot.group(), seen);
            return passes.then_some(next);
        }
        _ => {}
    }
    let until = spot.level().done > 0 && element.until.as_ref().is_some_and(|until| until.holds(seen));
    let over = match contiguity(spot) {
        Connector::FollowedBy => !condition(element).holds(seen),
        Connector::FollowedByAny => true,
        _ => false,
    };
    if !over || until || ended(spot.group(), seen) {
        return None;
    }
    let mut marks = spot.marks.clone();
    marks.round = false;
    if marks_waiting(spot, element) {
        marks = Marks { waited: true, ..Marks::default() };
    }
    Some(Place::Before(Spot { levels: spot.levels.clone(), marks }))
}

/// Whether waiting here is marked: the stage could be left, or its optional group could (4.2, 8.3).
fn marks_waiting(spot: &Spot<'_>, element: &Element) -> bool {
    let level = spot.level();
    let by_itself = if level.done == 0 { element.optional } else { level.done >= element.count.least() };
    let by_group = spot.group().is_some_and(|group| {
        let done = spot.levels[spot.levels.len() - 2].done;
        level.index == 0 && done == 0 && group.optional
    });
    by_itself || by_group
}

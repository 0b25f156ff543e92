//! The order in which the stages of a pattern take events in an example: loops and groups written out, what may be left out
//! in or out.

use cep_core::pattern::{Body, Element, Quantifier, Repeat};

use super::choice::Choice;

/// More events are no small example.
pub(super) const MOST_EVENTS: usize = 60;

/// An event that a stage is to take.
#[derive(Clone, Debug)]
pub(super) struct Step<'p> {
    pub(super) stage: &'p Element,
    /// What must not fit between the event before and this one.
    pub(super) without: Vec<&'p Element>,
}

/// The events in order, and what must not fit behind the last.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan<'p> {
    pub(super) steps: Vec<Step<'p>>,
    pub(super) at_end: Vec<&'p Element>,
}

impl<'p> Plan<'p> {
    /// A plan for a sequence; none where it would take too many events.
    pub(super) fn of(sequence: &'p [Element], choice: &mut Choice) -> Option<Self> {
        let mut plan = Self::default();
        plan.sequence(sequence, choice).then_some(plan)
    }

    fn sequence(&mut self, sequence: &'p [Element], choice: &mut Choice) -> bool {
        sequence.iter().all(|element| self.element(element, choice))
    }

    fn element(&mut self, element: &'p Element, choice: &mut Choice) -> bool {
        if element.contiguity.is_negated() {
            self.at_end.push(element);
            return true;
        }
        (0..often(&element.quantifier, choice)).all(|_| match &element.body {
            Body::Stage { .. } => {
                self.steps.push(Step { stage: element, without: std::mem::take(&mut self.at_end) });
                self.steps.len() <= MOST_EVENTS
            }
            Body::Group(inner) => self.sequence(inner, choice),
        })
    }
}

fn often(quantifier: &Quantifier, choice: &mut Choice) -> usize {
    // What may be left out is told best by an example that has it.
    if quantifier.may_be_absent() && choice.of(3) == 1 {
        return 0;
    }
    let (least, more) = match quantifier.repeat {
        Repeat::Once => return 1,
        Repeat::Times { from, to } => (from.max(1), to > from.max(1)),
        Repeat::AtLeast(from) => (from.max(1), true),
    };
    let extra = if more && least == 1 { [1, 0, 2][choice.of(3)] } else { 0 };
    usize::try_from(least).map_or(usize::MAX, |least| least.saturating_add(extra))
}

//! From a pattern to its automaton, fragment by fragment from the last stage to the first, as Flink's NFACompiler does:
//! the order of states and transitions decides which matches there are (docs/semantics.md).

mod close;
mod fragment;
mod group;
mod looping;
mod negation;
mod parts;

use super::automaton::{Automaton, Effect, State};
use super::error::CompileErrorKind as Kind;
use super::guard::{Atom, Formula, Guard};
use super::predicate::Interner;
use crate::ids::{PredicateId, StageId, StateId};
use crate::pattern::{Body, Element, Pattern, PatternError, PatternErrorKind};
use crate::time::Duration;

/// The automaton of a pattern whose conditions are interned with its family's.
pub(super) fn compile(pattern: &Pattern, interner: &mut Interner<'_>) -> Result<Automaton, Kind> {
    let mut naming = Naming { interner, atoms: Vec::new(), next_stage: 0 };
    let parts = naming.parts(pattern)?;
    let draft = fragment::build(parts);
    if draft.states.len() > fragment::MOST_STATES {
        return Err(Kind::TooLarge(draft.states.len()));
    }
    let window = draft.window;
    if let Some((gap, window)) = too_long_gap(&draft, window) {
        let kind = PatternErrorKind::GapExceedsWindow { gap: gap.to_string(), window: window.to_string() };
        return Err(Kind::Malformed(PatternError { pattern: pattern.name.clone(), stage: None, kind }));
    }
    let mut states = close::close(draft.states)?;
    mark_iterative(&mut states, &naming);
    for (index, state) in states.iter_mut().enumerate() {
        let id = StateId::new(index);
        state.moves_on_miss = state.find_moves_on_miss(id, id == draft.start);
    }
    let has_gaps = states.iter().any(|state| state.gap.is_some());
    Ok(Automaton {
        start: draft.start,
        window,
        atoms: naming.atoms.into(),
        has_gaps,
        states: states.into(),
        draining: pattern.draining,
    })
}

/// Marks the states whose moves depend on more than the event.
fn mark_iterative(states: &mut [State], naming: &Naming<'_, '_>) {
    let asks = |guard: &Guard| {
        let mut asks = Vec::new();
        guard.atoms(&mut |atom| {
            if naming.interner.is_iterative(naming.atoms[atom.index()]) {
                asks.push(atom);
            }
        });
        asks
    };
    let completing: Vec<Vec<Atom>> = states.iter().map(|state| asks(&state.completes)).collect();
    for state in states {
        let mut asked: Vec<Atom> = Vec::new();
        for found in &state.moves {
            asked.extend(asks(&found.guard));
            if let Effect::Take { target, .. } = found.effect {
                asked.extend(&completing[target.index()]);
            }
        }
        asked.sort_unstable();
        asked.dedup();
        state.asks_partial_match = !asked.is_empty();
        state.asked = asked.into();
    }
}

fn too_long_gap(draft: &fragment::Draft, window: Option<Duration>) -> Option<(Duration, Duration)> {
    let window = window?;
    draft.states.iter().filter_map(|state| state.gap).find(|gap| *gap > window).map(|gap| (gap, window))
}

/// Gives stages their ids and conditions their atoms.
struct Naming<'a, 'b> {
    interner: &'a mut Interner<'b>,
    atoms: Vec<PredicateId>,
    next_stage: usize,
}

impl Naming<'_, '_> {
    fn parts(&mut self, pattern: &Pattern) -> Result<parts::Parts, Kind> {
        let mut parts = parts::Parts::default();
        let last = self.chain(&pattern.sequence, &mut parts)?;
        if let Some(within) = pattern.within {
            parts.get_mut(last).window = Some(within);
        }
        parts.last = Some(last);
        Ok(parts)
    }

    fn chain(&mut self, sequence: &[Element], parts: &mut parts::Parts) -> Result<parts::PartId, Kind> {
        let mut previous = None;
        for element in sequence {
            let part = self.part(element, previous, parts)?;
            previous = Some(parts.add(part));
        }
        previous.ok_or(Kind::NoInput)
    }

    fn part(
        &mut self,
        element: &Element,
        previous: Option<parts::PartId>,
        parts: &mut parts::Parts,
    ) -> Result<parts::Part, Kind> {
        let (stage, body, condition, stream) = match &element.body {
            Body::Group(inner) => (None, Some(self.chain(inner, parts)?), Formula::True, None),
            Body::Stage { stream, condition, .. } => {
                let stage = StageId::new(self.next_stage);
                self.next_stage += 1;
                let formula = self.formula(stream.as_deref(), condition.as_ref())?;
                (Some(stage), None, formula, stream.as_deref())
            }
        };
        let until = match &element.until {
            Some(until) => Some(self.formula(stream, Some(until))?),
            None => None,
        };
        Ok(parts::Part::new(element, parts::Place { stage, body, previous }, condition, until))
    }

    fn formula(
        &mut self,
        stream: Option<&str>,
        condition: Option<&crate::expr::Expr>,
    ) -> Result<Formula, Kind> {
        let Some(predicate) = self.interner.intern(stream, condition)? else { return Ok(Formula::True) };
        let known = self.atoms.iter().position(|atom| *atom == predicate);
        let index = known.unwrap_or_else(|| {
            self.atoms.push(predicate);
            self.atoms.len() - 1
        });
        let atom = u16::try_from(index).map_err(|_| Kind::TooLarge(index))?;
        Ok(Formula::Atom(Atom(atom)))
    }
}

//! The invariants of a compiled program, checked where it is made (in debug builds) and by tests.

use super::{Action, Automaton, Effect, Guard, Program, StateKind};

/// Checks every automaton of a program.
///
/// # Errors
/// The first invariant that does not hold, in words.
pub fn verify(program: &Program) -> Result<(), String> {
    for (_, pattern) in program.patterns() {
        let automaton = &pattern.automaton;
        automaton_holds(automaton).map_err(|broken| format!("pattern `{}`: {broken}", pattern.name))?;
        let family = &program.families()[pattern.family.index()];
        if automaton.atoms.iter().any(|predicate| predicate.index() >= family.predicates.len()) {
            return Err(format!("pattern `{}`: an atom names no predicate", pattern.name));
        }
    }
    Ok(())
}

fn automaton_holds(automaton: &Automaton) -> Result<(), String> {
    let known = |target: crate::ids::StateId| target.index() < automaton.states.len();
    if !known(automaton.start) {
        return Err("the start state is unknown".to_owned());
    }
    for (id, state) in automaton.iter() {
        if state.edges.iter().any(|edge| !known(edge.target)) {
            return Err(format!("a transition of `{}` leads nowhere", state.name));
        }
        if state.kind == StateKind::Final && !state.edges.is_empty() {
            return Err(format!("the final state `{}` has transitions", state.name));
        }
        if state.kind == StateKind::Pending && id == automaton.start {
            return Err(format!("the pattern starts in the pending state `{}`", state.name));
        }
        let takes = |edge: &super::Edge| edge.action == Action::Take;
        if state.edges.iter().any(takes) && state.stage.is_none() {
            return Err(format!("`{}` takes events for no stage", state.name));
        }
        for found in &state.moves {
            if let Effect::Take { target, .. } | Effect::Wait { target } = found.effect
                && automaton.state(target).kind == StateKind::Stop
            {
                return Err(format!("a move of `{}` ends in a stop state", state.name));
            }
            atoms_known(automaton, &found.guard)?;
        }
    }
    Ok(())
}

fn atoms_known(automaton: &Automaton, guard: &Guard) -> Result<(), String> {
    let mut fine = true;
    guard.atoms(&mut |atom| fine &= atom.index() < automaton.atoms.len());
    if fine { Ok(()) } else { Err("a guard names an unknown atom".to_owned()) }
}

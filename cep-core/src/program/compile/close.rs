//! Closing transitions under PROCEED: what one event can do in a state, as one flat list in Flink's order.
//!
//! Flink explores PROCEED transitions with a stack at run time and without remembering where it has been, so a loop
//! whose body can match nothing never ends. Here a state is not followed twice on one way.

use super::fragment::{DraftEdge, DraftState};
use crate::ids::StateId;
use crate::program::automaton::{Action, Edge, Effect, Move, State, StateKind};
use crate::program::error::CompileErrorKind as Kind;
use crate::program::guard::Guard;

/// More than any pattern that a person writes; ends the growth of pathological ones.
const MOST_MOVES: usize = 100_000;

pub(super) fn close(drafts: Vec<DraftState>) -> Result<Vec<State>, Kind> {
    let edges: Vec<Box<[Edge]>> =
        drafts.iter().map(|draft| draft.edges.iter().map(frozen).collect()).collect();
    let mut closing = Closing { drafts: &drafts, edges: &edges, left: MOST_MOVES };
    let mut closed = Vec::new();
    for index in 0..drafts.len() {
        let id = StateId::new(index);
        let mut moves = Vec::new();
        closing.moves(id, &Guard::Always, &mut vec![id], &mut moves)?;
        let completes = closing.completes(id, &mut vec![id]);
        closed.push((moves, completes));
    }
    Ok(drafts
        .into_iter()
        .zip(edges)
        .zip(closed)
        .map(|((draft, edges), (moves, completes))| State {
            name: draft.name,
            kind: draft.kind,
            stage: draft.stage,
            gap: draft.gap,
            edges,
            moves: moves.into(),
            asks_partial_match: false,
            asked: Box::default(),
            moves_on_miss: false,
            completes,
        })
        .collect())
}

fn frozen(edge: &DraftEdge) -> Edge {
    Edge { action: edge.action, target: edge.target, guard: edge.formula.guard() }
}

struct Closing<'a> {
    drafts: &'a [DraftState],
    edges: &'a [Box<[Edge]>],
    left: usize,
}

impl Closing<'_> {
    /// A state's own transitions come first, then those of its PROCEED targets, the last one first: Flink's stack.
    fn moves(
        &mut self,
        at: StateId,
        so_far: &Guard,
        way: &mut Vec<StateId>,
        moves: &mut Vec<Move>,
    ) -> Result<(), Kind> {
        let edges = &self.edges[at.index()];
        for edge in edges.iter().filter(|edge| edge.action != Action::Proceed) {
            let guard = Guard::all([so_far.clone(), edge.guard.clone()]);
            if guard != Guard::Never {
                self.left = self.left.checked_sub(1).ok_or(Kind::TooLarge(MOST_MOVES))?;
                moves.push(Move { guard, effect: self.effect(at, edge) });
            }
        }
        for edge in edges.iter().rev().filter(|edge| edge.action == Action::Proceed) {
            let guard = Guard::all([so_far.clone(), edge.guard.clone()]);
            if guard == Guard::Never || way.contains(&edge.target) {
                continue;
            }
            way.push(edge.target);
            self.moves(edge.target, &guard, way, moves)?;
            way.pop();
        }
        Ok(())
    }

    fn effect(&self, at: StateId, edge: &Edge) -> Effect {
        let state = &self.drafts[at.index()];
        match (edge.action, state.kind, state.stage) {
            (_, StateKind::Stop, _) => Effect::Stop,
            (Action::Take, _, Some(stage)) => Effect::Take { stage, target: edge.target },
            _ => Effect::Wait { target: edge.target },
        }
    }

    /// When the final state is reached from here without another event.
    fn completes(&mut self, at: StateId, way: &mut Vec<StateId>) -> Guard {
        let mut ways = Vec::new();
        for edge in self.edges[at.index()].iter().filter(|edge| edge.action == Action::Proceed) {
            if self.drafts[edge.target.index()].kind == StateKind::Final {
                ways.push(edge.guard.clone());
            } else if !way.contains(&edge.target) {
                way.push(edge.target);
                let rest = self.completes(edge.target, way);
                way.pop();
                ways.push(Guard::all([edge.guard.clone(), rest]));
            }
        }
        Guard::any(ways)
    }
}

//! What makes families, shapes and patterns the same in two programs: hashes over what they are, not over how this
//! version of the engine writes them down.

use super::{FamilyKey, short};
use crate::bytes::{int, text, uint};
use crate::event::{write_type, write_value};
use crate::expr::{Node, NodePick};
use crate::program::predicate::Test;
use crate::program::streams::Streams;
use crate::program::{CompiledPattern, CompiledSkip, Effect, Family, FamilyInput, Guard, State, StateKind};
use crate::time::Duration;

/// The name of a family with such inputs.
pub(in crate::program) fn family_id(inputs: &[FamilyInput], streams: &Streams) -> FamilyKey {
    let mut sorted: Vec<_> = inputs.iter().map(|input| (streams.get(input.stream), input)).collect();
    sorted.sort_by(|(left, _), (right, _)| left.name.cmp(&right.name));
    let mut out = Vec::new();
    uint(&mut out, sorted.len() as u64);
    for (stream, input) in sorted {
        text(&mut out, &stream.name);
        uint(&mut out, input.key.len() as u64);
        for column in &input.key {
            let field = &stream.schema.fields()[column.index()];
            text(&mut out, &field.name);
            write_type(&mut out, &field.ty.data);
        }
    }
    short(&out)
}

/// Everything by which the states and stages of a pattern mean what they mean.
pub(super) fn shape(pattern: &CompiledPattern) -> [u8; 16] {
    let automaton = &pattern.automaton;
    let mut out = Vec::new();
    uint(&mut out, pattern.stages.len() as u64);
    skip(&mut out, pattern.skip);
    uint(&mut out, automaton.start.index() as u64);
    length(&mut out, automaton.window);
    uint(&mut out, automaton.atoms.len() as u64);
    uint(&mut out, automaton.states.len() as u64);
    automaton.states.iter().for_each(|found| state(&mut out, found));
    short(&out)
}

fn skip(out: &mut Vec<u8>, skip: CompiledSkip) {
    match skip {
        CompiledSkip::NoSkip => out.push(0),
        CompiledSkip::ToNext => out.push(1),
        CompiledSkip::PastLastEvent => out.push(2),
        CompiledSkip::ToStage { stage, last, or_fail } => {
            out.extend_from_slice(&[3, last.into(), or_fail.into()]);
            uint(out, stage.map_or(0, |stage| stage.index() as u64 + 1));
        }
    }
}

fn length(out: &mut Vec<u8>, length: Option<Duration>) {
    out.push(length.is_some().into());
    int(out, length.map_or(0, |length| length.0));
}

fn state(out: &mut Vec<u8>, state: &State) {
    out.push(match state.kind {
        StateKind::Normal => 0,
        StateKind::Pending => 1,
        StateKind::Stop => 2,
        StateKind::Final => 3,
    });
    uint(out, state.stage.map_or(0, |stage| stage.index() as u64 + 1));
    length(out, state.gap);
    uint(out, state.moves.len() as u64);
    for found in &state.moves {
        guard(out, &found.guard);
        let target = match found.effect {
            Effect::Take { stage, target } => {
                out.push(0);
                uint(out, stage.index() as u64);
                target.index()
            }
            Effect::Wait { target } => {
                out.push(1);
                target.index()
            }
            Effect::Stop => {
                out.push(2);
                0
            }
        };
        uint(out, target as u64);
    }
    guard(out, &state.completes);
}

fn guard(out: &mut Vec<u8>, of: &Guard) {
    let mut parts = |tag: u8, parts: &[Guard]| {
        out.push(tag);
        uint(out, parts.len() as u64);
        parts.iter().for_each(|part| guard(out, part));
    };
    match of {
        Guard::Always => out.push(0),
        Guard::Never => out.push(1),
        Guard::Is(atom) => {
            out.push(2);
            uint(out, atom.index() as u64);
        }
        Guard::Not(atom) => {
            out.push(3);
            uint(out, atom.index() as u64);
        }
        Guard::All(inner) => parts(4, inner),
        Guard::Any(inner) => parts(5, inner),
    }
}

/// What a pattern's stages are called and ask, parameters having their values.
pub(super) fn body(pattern: &CompiledPattern, family: &Family, streams: &Streams) -> [u8; 16] {
    let mut out = Vec::new();
    uint(&mut out, pattern.stages.len() as u64);
    pattern.stages.iter().for_each(|stage| text(&mut out, stage));
    let mut by_name: Vec<_> = (0..family.inputs.len()).collect();
    by_name.sort_by_key(|input| &*streams.get(family.inputs[*input].stream).name);
    uint(&mut out, pattern.automaton.atoms.len() as u64);
    for atom in &pattern.automaton.atoms {
        let predicate = &family.predicates[atom.index()];
        text(&mut out, &predicate.text);
        for input in &by_name {
            match &predicate.inputs[*input] {
                Test::Never => out.push(0),
                Test::Always => out.push(1),
                Test::Event(node) | Test::Iterative(node) => {
                    out.push(2);
                    constants(&mut out, node);
                }
            }
        }
    }
    short(&out)
}

/// The constants of a condition, in order, as a parameter stands in its text by name; and which functions of the host it
/// calls, as those stand there by name as well.
fn constants(out: &mut Vec<u8>, node: &Node) {
    match node {
        Node::Literal(value) => write_value(out, &value.as_datum()),
        Node::Column(_) | Node::Time | Node::Count(_) | Node::Aggregate { .. } => {}
        Node::Captured { pick: NodePick::First | NodePick::Last, .. } => {}
        Node::Captured { pick: NodePick::At(index), .. } => constants(out, index),
        Node::Running(running) => constants(out, &running.of),
        Node::List(items) | Node::Call(_, items) | Node::Lookup { keys: items, .. } => {
            items.iter().for_each(|item| constants(out, item));
        }
        Node::Host(call) => {
            text(out, &call.0.identity());
            call.1.iter().for_each(|item| constants(out, item));
        }
        Node::Exists(inner) | Node::Not(inner) | Node::Neg(inner) | Node::Matches(inner, _) => {
            constants(out, inner);
        }
        Node::Binary(_, left, right) | Node::Index(left, right) => {
            constants(out, left);
            constants(out, right);
        }
    }
}

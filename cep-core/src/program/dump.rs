//! The automaton of a pattern for people: as text and as a Graphviz graph.

use std::fmt::Write as _;

use super::{Action, CompiledPattern, Guard, Program, StateKind};
use crate::ids::PatternId;

/// The automaton as text: a state a paragraph, a transition a line, and the conditions that guards name by number.
#[must_use]
pub fn dump(program: &Program, id: PatternId) -> String {
    let pattern = program.pattern(id);
    let mut text = String::new();
    for (id, state) in pattern.automaton.iter() {
        let mark = if id == pattern.automaton.start { "start " } else { "" };
        let gap = state.gap.map(|gap| format!(", at most {gap} after the last event")).unwrap_or_default();
        let _ = writeln!(text, "{mark}state {}{}{gap}", state.name, kind(state.kind));
        for edge in &state.edges {
            let target = &pattern.automaton.state(edge.target).name;
            let _ = writeln!(text, "  {:7} -> {target}  if {}", action(edge.action), guard(&edge.guard));
        }
    }
    let predicates = &program.families()[pattern.family.index()].predicates;
    if !pattern.automaton.atoms.is_empty() {
        text.push_str("conditions\n");
    }
    for (atom, predicate) in pattern.automaton.atoms.iter().enumerate() {
        let _ = writeln!(text, "  c{atom} = {}", predicates[predicate.index()].text);
    }
    text
}

/// The automaton as a Graphviz graph.
#[must_use]
pub fn dot(program: &Program, id: PatternId) -> String {
    let pattern = program.pattern(id);
    let mut text = format!("digraph {:?} {{\n  rankdir=LR;\n  node [shape=circle];\n", pattern.name);
    for (id, state) in pattern.automaton.iter() {
        let shape = match state.kind {
            StateKind::Final => "doublecircle",
            StateKind::Stop => "octagon",
            StateKind::Pending => "diamond",
            StateKind::Normal => "circle",
        };
        let bold = if id == pattern.automaton.start { ", style=bold" } else { "" };
        let _ = writeln!(text, "  {:?} [shape={shape}{bold}];", state.name);
    }
    edges(pattern, &mut text);
    text.push_str("}\n");
    text
}

fn edges(pattern: &CompiledPattern, text: &mut String) {
    for (_, state) in pattern.automaton.iter() {
        for edge in &state.edges {
            let label = format!("{} {}", action(edge.action), guard(&edge.guard));
            let target = &pattern.automaton.state(edge.target).name;
            let style = if edge.action == Action::Proceed { ", style=dashed" } else { "" };
            let _ = writeln!(text, "  {:?} -> {target:?} [label={label:?}{style}];", state.name);
        }
    }
}

fn kind(kind: StateKind) -> &'static str {
    match kind {
        StateKind::Normal => "",
        StateKind::Pending => " (a match once its window is over)",
        StateKind::Stop => " (ends the partial match)",
        StateKind::Final => " (match)",
    }
}

fn action(action: Action) -> &'static str {
    match action {
        Action::Take => "take",
        Action::Ignore => "ignore",
        Action::Proceed => "proceed",
    }
}

fn guard(of: &Guard) -> String {
    let joined = |parts: &[Guard], word: &str| {
        let parts: Vec<_> = parts.iter().map(nested).collect();
        parts.join(word)
    };
    match of {
        Guard::Always => "any event".to_owned(),
        Guard::Never => "never".to_owned(),
        Guard::Is(atom) => format!("c{}", atom.0),
        Guard::Not(atom) => format!("not c{}", atom.0),
        Guard::All(parts) => joined(parts, " and "),
        Guard::Any(parts) => joined(parts, " or "),
    }
}

fn nested(part: &Guard) -> String {
    match part {
        Guard::All(_) | Guard::Any(_) => format!("({})", guard(part)),
        _ => guard(part),
    }
}

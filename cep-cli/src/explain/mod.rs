//! `cep explain`: what a pattern means, told in prose, and its automaton as text or as a Graphviz graph.

mod element;
mod prose;

use cep_core::ids::PatternId;
use cep_core::program::{Program, dot, dump};

pub use prose::prose;

/// How a pattern is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum View {
    /// In prose, then the automaton as text.
    Prose,
    /// The automaton as text.
    Automaton,
    /// The automaton as a Graphviz graph.
    Dot,
}

/// A pattern in one of its views.
#[must_use]
pub fn explain(program: &Program, pattern: PatternId, view: View) -> String {
    match view {
        View::Prose => {
            let held = program.pattern(pattern).held;
            format!("{}  {held}\n\n{}", prose(program.source(pattern)), indented(&dump(program, pattern)))
        }
        View::Automaton => dump(program, pattern),
        View::Dot => dot(program, pattern),
    }
}

fn indented(automaton: &str) -> String {
    let lines: String = automaton.lines().map(|line| format!("    {line}\n")).collect();
    format!("  automaton\n{lines}")
}

//! `cep explain`: what a pattern means, told in prose and as a picture, and its automaton as text or as a Graphviz graph.

mod cost;
mod drawing;
mod element;
mod example;
mod prose;

use cep_core::ids::PatternId;
use cep_core::program::{Program, dot, dump};

pub use cost::{Cost, LOOK};
pub use drawing::picture;
pub use example::{Example, Table, Tables, example};
pub use prose::prose;

/// How a pattern is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum View {
    /// In prose, with an example, then the automaton as text.
    Prose,
    /// The automaton as text.
    Automaton,
    /// The automaton as a Graphviz graph.
    Dot,
}

/// A pattern in one of its views. The rows of tables are for its example.
#[must_use]
pub fn explain(program: &Program, pattern: PatternId, view: View, tables: &Tables) -> String {
    match view {
        View::Prose => {
            let held = program.pattern(pattern).held;
            let told = example::told(example(program, pattern, tables).as_ref());
            let automaton = indented(&dump(program, pattern));
            format!("{}  {held}\n\n{told}\n{automaton}", prose(program.source(pattern)))
        }
        View::Automaton => dump(program, pattern),
        View::Dot => dot(program, pattern),
    }
}

fn indented(automaton: &str) -> String {
    let lines: String = automaton.lines().map(|line| format!("    {line}\n")).collect();
    format!("  automaton\n{lines}")
}

//! The conditions of stages, asked of rows: what the event decides by itself, and what is asked of the partial matches that
//! wait for it.

use cep_core::expr::{BinaryOp, Expr};
use cep_core::pattern::{Body, Pattern, Repeat};
use cep_core::program::Program;

use super::Share;
use super::held::Waiting;
use crate::explain::example::{Known, Row, Tables, Taken};

/// A part of a condition, by itself.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) condition: &'a Expr,
    /// Whether it asks what a partial match holds.
    pub(super) iterative: bool,
    pub(super) share: Share,
}

/// A stage.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) pattern: &'a Pattern,
    pub(super) name: &'a str,
    /// The streams whose events it may take.
    streams: Vec<&'a str>,
    /// The stages before it that may be left, each with the least number of its events.
    before: Vec<(&'a str, usize)>,
    pub(super) parts: Vec<Part<'a>>,
    /// Of the rows, how many fit by themselves.
    pub(super) rows: Share,
    /// Of those asked of partial matches, how many were taken.
    pub(super) asked: Share,
}

/// All stages of all patterns.
pub(super) struct Conditions<'a> {
    program: &'a Program,
    tables: &'a Tables,
    pub(super) stages: Vec<Stage<'a>>,
}

impl<'a> Conditions<'a> {
    pub(super) fn new(program: &'a Program, tables: &'a Tables) -> Self {
        let patterns = program.definitions().patterns.iter();
        let stages = patterns.flat_map(|pattern| {
            pattern.stages().into_iter().filter_map(move |element| {
                let Body::Stage { name, stream, condition } = &element.body else { return None };
                let all = pattern.inputs.iter().map(|input| input.stream.as_str());
                let streams =
                    all.filter(|input| stream.as_ref().is_none_or(|stream| stream == input)).collect();
                let mut parts = Vec::new();
                condition.iter().for_each(|condition| split(condition, &mut parts));
                let (rows, asked) = (Share::default(), Share::default());
                Some(Stage { pattern, name, streams, before: before(pattern, name), parts, rows, asked })
            })
        });
        Self { program, tables, stages: stages.collect() }
    }

    /// Asks all stages that read a stream, or one derived from it, of a row.
    pub(super) fn ask(&mut self, stream: &str, row: &Row, waiting: &Waiting) {
        self.ask_stages(stream, row, waiting);
        let program = self.program;
        let nothing = Taken::new();
        for derived in program.definitions().derived.iter().filter(|derived| derived.source == stream) {
            let known = Known { params: program.params(), tables: self.tables, taken: &nothing };
            if derived.condition.as_ref().is_some_and(|condition| !known.holds(condition, row)) {
                continue;
            }
            let mut made = row.clone();
            made.extend(derived.with.iter().map(|(name, value)| (name.clone(), known.eval(value, row))));
            self.ask(&derived.name, &made, waiting);
        }
    }

    fn ask_stages(&mut self, stream: &str, row: &Row, waiting: &Waiting) {
        let nothing = Taken::new();
        for stage in self.stages.iter_mut().filter(|stage| stage.streams.contains(&stream)) {
            let known = Known { params: self.program.params(), tables: self.tables, taken: &nothing };
            let mut fits = true;
            for part in stage.parts.iter_mut().filter(|part| !part.iterative) {
                let holds = known.holds(part.condition, row);
                part.share.add(holds);
                fits &= holds;
            }
            stage.rows.add(fits);
            if !fits || !stage.parts.iter().any(|part| part.iterative) {
                continue;
            }
            let input = stage.pattern.inputs.iter().find(|input| input.stream == stream);
            let by = input.map_or(&[][..], |input| input.by.as_slice());
            let key: Vec<_> = by.iter().filter_map(|field| row.get(field)).cloned().collect();
            let (pattern, name) = (&stage.pattern.name, stage.name);
            // What waits for more of a loop may as well go on.
            let going_on = stage.before.iter().flat_map(|(loops, least)| {
                let enough = move |taken: &&Taken| taken.get(*loops).map_or(0, Vec::len) >= *least;
                waiting.of(pattern, loops, &key).filter(enough)
            });
            for taken in waiting.of(pattern, name, &key).chain(going_on) {
                let known = Known { taken, ..known };
                let mut holds = true;
                for part in stage.parts.iter_mut().filter(|part| part.iterative) {
                    let held = known.holds(part.condition, row);
                    part.share.add(held);
                    holds &= held;
                }
                stage.asked.add(holds);
            }
        }
    }
}

/// The stages before one that a partial match may leave for it: a loop that has enough, and what may be absent.
fn before<'a>(pattern: &'a Pattern, name: &str) -> Vec<(&'a str, usize)> {
    let all = pattern.stages();
    let place = all.iter().position(|stage| stage.name() == Some(name)).unwrap_or(0);
    let mut before = Vec::new();
    for stage in all[..place].iter().rev().filter(|stage| !stage.contiguity.is_negated()) {
        let absent = stage.quantifier.may_be_absent();
        let least = match stage.quantifier.repeat {
            _ if absent => 0,
            Repeat::AtLeast(least) => least.max(1),
            Repeat::Times { from, to } if from < to => from,
            Repeat::Once | Repeat::Times { .. } => break,
        };
        before.extend(stage.name().map(|name| (name, usize::try_from(least).unwrap_or(usize::MAX))));
        if !absent {
            break;
        }
    }
    before
}

/// The parts of a condition that must all hold.
fn split<'a>(condition: &'a Expr, parts: &mut Vec<Part<'a>>) {
    if let Expr::Binary(BinaryOp::And, left, right) = condition {
        split(left, parts);
        split(right, parts);
        return;
    }
    let mut iterative = false;
    condition.walk(&mut |part| {
        iterative |= matches!(
            part,
            Expr::Captured { .. } | Expr::Count(_) | Expr::StageExists(_) | Expr::Aggregate { .. }
        );
    });
    parts.push(Part { condition, iterative, share: Share::default() });
}

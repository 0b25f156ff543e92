//! A small stream made for a pattern, and what the engine finds in it. The events are searched for; what they come to is
//! what the engine said, never what the search meant.

mod choice;
mod expr;
mod near;
mod needed;
mod pace;
mod plan;
mod search;
mod sheet;
mod solve;
mod values;

use std::fmt::Write as _;
use std::sync::Arc;

use cep_core::ids::PatternId;
use cep_core::matcher::{Matcher, TableRows};
use cep_core::program::Program;
use cep_core::runtime::{Match, MatchKind};
use cep_core::time::Duration;

use crate::testing::{Labelled, Mini, Sheet};
use choice::Choice;
use search::Search;
pub(super) use values::{Known, Row, Taken};
pub use values::{Table, Tables};

/// So often it is tried, each time with other choices.
const ATTEMPTS: u64 = 48;
/// An example with more matches tells less.
const FEW_MATCHES: usize = 3;
/// One with more tells nothing.
const MOST_MATCHES: usize = 8;

/// A small stream as a sheet of `cep test`, what it matches, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// Lines of a file `NAME.test`, the last of which is the stream and its matches.
    pub sheet: String,
    /// A line a match.
    pub why: Vec<String>,
}

/// An example of a pattern; none where the search finds none.
#[must_use]
pub fn example(program: &Program, pattern: PatternId, tables: &Tables) -> Option<Example> {
    let alone = Arc::new(needed::alone(program, pattern)?);
    let name = &program.pattern(pattern).name;
    let (id, _) = alone.patterns().find(|(_, known)| known.name == *name)?;
    let rows = needed::rows(&alone, tables)?;
    let named = program.patterns().count() > 1;
    let mut best: Option<(usize, Example)> = None;
    for seed in 0..ATTEMPTS {
        let Some((matches, found)) = (Attempt { program: &alone, id, tables, rows: &rows, named }).made(seed)
        else {
            continue;
        };
        if best.as_ref().is_none_or(|(least, _)| matches < *least) {
            best = Some((matches, found));
        }
        if matches <= FEW_MATCHES {
            break;
        }
    }
    best.map(|(_, found)| found)
}

/// What `cep explain` says of it.
pub(super) fn told(example: Option<&Example>) -> String {
    let Some(Example { sheet, why }) = example else {
        return "  example\n    no small stream was found that this pattern matches\n".to_owned();
    };
    let mut text = "  example, as a file of `cep test` has it\n".to_owned();
    sheet.lines().for_each(|line| text.push_str(&format!("    {line}\n")));
    why.iter().for_each(|line| {
        let _ = writeln!(text, "    // {line}");
    });
    text
}

/// What an example is made from.
struct Attempt<'a> {
    program: &'a Arc<Program>,
    id: PatternId,
    tables: &'a Tables,
    rows: &'a TableRows,
    /// Whether the pattern has to be named, as one of several.
    named: bool,
}

impl Attempt<'_> {
    /// An example with so many matches, if the choices of this attempt lead to one.
    fn made(&self, seed: u64) -> Option<(usize, Example)> {
        let Self { program, id, tables, .. } = self;
        let definitions = program.definitions();
        let choice = Choice::new(seed);
        let mut search =
            Search { definitions, params: program.params(), tables, choice, events: Vec::new(), records: 0 };
        if !search.pattern(program.source(*id)) {
            return None;
        }
        let sheet = sheet::Written { program, pattern: self.named.then_some(*id), events: &search.events };
        let (found, labels) = self.found(&sheet.text(None))?;
        let complete = found.iter().any(|one| one.kind == MatchKind::Complete);
        if !complete || found.len() > MOST_MATCHES {
            return None;
        }
        let shown: Vec<_> = found.iter().map(|one| labels.shown(program, one)).collect();
        let why = found.iter().map(|one| reason(program, one, &labels)).collect();
        Some((found.len(), Example { sheet: sheet.text(Some(&shown)), why }))
    }

    /// What the engine finds in the stream of a sheet.
    fn found(&self, text: &str) -> Option<(Vec<Match>, Labelled)> {
        let sheet = Sheet::parse(text).ok()?;
        let mini = Mini { sheet: &sheet, case: sheet.cases.first()? };
        let mut matcher = Matcher::new(Arc::clone(self.program));
        matcher.set_tables(self.rows.clone());
        let mut found = Vec::new();
        let labels = mini.each(self.program, matcher, |one| {
            if one.pattern == self.id {
                found.push(one.clone());
            }
        });
        Some((found, labels.ok()?))
    }
}

/// Which stage took which events, and how long it took.
fn reason(program: &Program, found: &Match, labels: &Labelled) -> String {
    let pattern = program.pattern(found.pattern);
    let stages = found.captures.iter().map(|(stage, events)| {
        let events: Vec<_> = events.iter().map(|event| labels.of(program, event)).collect();
        format!("{} takes {}", pattern.stages[stage.index()], events.join(" "))
    });
    let stages: Vec<_> = stages.collect();
    let times: Vec<_> =
        found.captures.iter().flat_map(|(_, events)| events).map(|event| event.time.0).collect();
    let (first, last) = (times.iter().min().copied().unwrap_or(0), times.iter().max().copied().unwrap_or(0));
    let took = Duration(last - first);
    let source = program.source(found.pattern);
    let window = source.window().map(|window| format!(" of less than {window}")).unwrap_or_default();
    let absent = source.sequence.last().filter(|last| last.contiguity.is_negated());
    let absent = absent.and_then(|last| last.name()).map(|name| format!(", and no {name} comes"));
    let end = match found.kind {
        MatchKind::Complete => format!("; {took}{window}{}", absent.unwrap_or_default()),
        MatchKind::TimedOut => "; then time is over".to_owned(),
    };
    format!("{}{end}", stages.join(", "))
}

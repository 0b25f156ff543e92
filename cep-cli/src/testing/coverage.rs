//! What of patterns a match or a timeout has ever taken: stages, the ways from one to the next, repetitions, absences,
//! timeouts, emits. Read from what is found, so a way that only an unfinished partial match went does not count.

use std::collections::BTreeMap;

use cep_core::pattern::{Body, Element, Pattern, Repeat};
use cep_core::program::Program;
use cep_core::runtime::{Match, MatchKind};

/// Something that a test can take.
#[derive(Clone, PartialEq, Debug)]
enum Part {
    /// A stage has an event.
    Stage(String),
    /// From one place to another, with nothing in between: the stages of each, and of what lies between.
    Way { from: Vec<String>, to: Vec<String>, between: Vec<String> },
    /// A loop went round: its first stage has two events.
    Again(Vec<String>),
    /// An optional stage or group was left out of a match.
    Without(Vec<String>),
    /// A partial match timed out.
    Timeout,
    /// A record was emitted, by a match or by a timeout.
    Emit(MatchKind),
}

#[derive(Clone, Debug)]
struct Known {
    part: Part,
    words: String,
    taken: bool,
}

/// The parts of a program's patterns, and which have been taken.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    patterns: Vec<(String, Vec<Known>)>,
    /// By pattern: the names of its stages by number.
    stages: Vec<Vec<String>>,
}

impl Coverage {
    /// Nothing of a program taken yet.
    #[must_use]
    pub fn of(program: &Program) -> Self {
        let mut coverage = Self::default();
        for (id, compiled) in program.patterns() {
            let source = program.source(id);
            coverage.patterns.push((source.name.clone(), parts(source)));
            coverage.stages.push(compiled.stages.iter().map(|name| name.to_string()).collect());
        }
        coverage
    }

    /// Takes what a match or a timeout took.
    pub fn see(&mut self, found: &Match) {
        let pattern = found.pattern.index();
        let names = &self.stages[pattern];
        let events: BTreeMap<&str, usize> = found
            .captures
            .iter()
            .map(|(stage, events)| (names[stage.index()].as_str(), events.len()))
            .collect();
        for known in self.patterns[pattern].1.iter_mut().filter(|known| !known.taken) {
            known.taken = taken(&known.part, &events, found.kind);
        }
    }

    /// Takes what another run of the same program took.
    pub fn join(&mut self, other: &Self) {
        for ((_, own), (_, others)) in self.patterns.iter_mut().zip(&other.patterns) {
            own.iter_mut().zip(others).for_each(|(own, other)| own.taken |= other.taken);
        }
    }

    /// How many parts were taken, and how many there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let all = || self.patterns.iter().flat_map(|(_, parts)| parts);
        (all().filter(|known| known.taken).count(), all().count())
    }

    /// What was never taken: the pattern, and the part in words.
    pub fn never_taken(&self) -> impl Iterator<Item = (&str, &str)> {
        self.patterns.iter().flat_map(|(name, parts)| {
            let missing = parts.iter().filter(|known| !known.taken);
            missing.map(move |known| (name.as_str(), known.words.as_str()))
        })
    }
}

fn taken(part: &Part, events: &BTreeMap<&str, usize>, kind: MatchKind) -> bool {
    let any = |stages: &[String]| stages.iter().any(|stage| events.contains_key(stage.as_str()));
    match part {
        Part::Stage(stage) => events.contains_key(stage.as_str()),
        Part::Way { from, to, between } => any(from) && any(to) && !any(between),
        Part::Again(stages) => {
            stages.iter().any(|stage| events.get(stage.as_str()).is_some_and(|many| *many > 1))
        }
        Part::Without(stages) => kind == MatchKind::Complete && !any(stages),
        Part::Timeout => kind == MatchKind::TimedOut,
        Part::Emit(of) => *of == kind,
    }
}

fn parts(pattern: &Pattern) -> Vec<Known> {
    let mut parts = Vec::new();
    sequence(&pattern.sequence, &mut parts);
    if !pattern.timeout_emits.is_empty() {
        parts.push(Known { part: Part::Timeout, words: "a timeout".to_owned(), taken: false });
    }
    for (emits, kind) in
        [(&pattern.emits, MatchKind::Complete), (&pattern.timeout_emits, MatchKind::TimedOut)]
    {
        for emit in emits {
            let words = match kind {
                MatchKind::Complete => format!("`emit {}`", emit.stream),
                MatchKind::TimedOut => format!("`on timeout emit {}`", emit.stream),
            };
            parts.push(Known { part: Part::Emit(kind), words, taken: false });
        }
    }
    parts
}

fn sequence(elements: &[Element], parts: &mut Vec<Known>) {
    let mut add = |part, words| parts.push(Known { part, words, taken: false });
    let positive: Vec<&Element> =
        elements.iter().filter(|element| !element.contiguity.is_negated()).collect();
    let names: Vec<Vec<String>> = positive.iter().map(|element| stages(element)).collect();
    for (at, element) in positive.iter().enumerate() {
        let name = shown(element, &names[at]);
        if let Body::Stage { name: stage, .. } = &element.body {
            add(Part::Stage(stage.clone()), format!("stage {name}"));
        }
        for from in (0..at).rev() {
            let between = names[from + 1..at].concat();
            let before = shown(positive[from], &names[from]);
            let words = format!("{name} after {before}");
            add(Part::Way { from: names[from].clone(), to: names[at].clone(), between }, words);
            if !may_be_absent(positive[from]) {
                break;
            }
        }
        if element.quantifier.repeat != Repeat::Once {
            add(Part::Again(names[at].clone()), format!("{name} again"));
        }
        if may_be_absent(element) {
            add(Part::Without(names[at].clone()), format!("a match without {name}"));
        }
    }
    for element in positive {
        if let Body::Group(inner) = &element.body {
            sequence(inner, parts);
        }
    }
}

fn may_be_absent(element: &Element) -> bool {
    element.quantifier.optional || matches!(element.quantifier.repeat, Repeat::Times { from: 0, .. })
}

/// The stages of an element that may have events, in order.
fn stages(element: &Element) -> Vec<String> {
    match &element.body {
        Body::Stage { name, .. } => vec![name.clone()],
        Body::Group(inner) => {
            inner.iter().filter(|element| !element.contiguity.is_negated()).flat_map(stages).collect()
        }
    }
}

fn shown(element: &Element, stages: &[String]) -> String {
    match &element.body {
        Body::Stage { name, .. } => format!("`{name}`"),
        Body::Group(_) => format!("the group of `{}`", stages.join("`, `")),
    }
}

//! The part of a program that one pattern needs: what it reads, and the patterns that emit that.

use cep_core::pattern::{Definitions, Pattern};

/// The definitions without patterns and derived streams that a pattern has nothing to do with.
#[must_use]
pub fn needed_for(definitions: &Definitions, pattern: &str) -> Definitions {
    let mut streams: Vec<&str> = Vec::new();
    let mut patterns = vec![pattern];
    let mut before = (0, 0);
    while before != (streams.len(), patterns.len()) {
        before = (streams.len(), patterns.len());
        let read = definitions.patterns.iter().filter(|known| patterns.contains(&known.name.as_str()));
        let read = read.flat_map(|known| &known.inputs).map(|input| input.stream.as_str());
        let sources = definitions.derived.iter().filter(|derived| streams.contains(&derived.name.as_str()));
        let sources = sources.map(|derived| derived.source.as_str());
        let found: Vec<_> = read.chain(sources).collect();
        add(&mut streams, found);
        let emitting = definitions.patterns.iter().filter(|known| emits_any(known, &streams));
        let emitting = emitting.map(|known| known.name.as_str()).collect();
        add(&mut patterns, emitting);
    }
    let mut needed = definitions.clone();
    needed.patterns.retain(|known| patterns.contains(&known.name.as_str()));
    needed.derived.retain(|derived| streams.contains(&derived.name.as_str()));
    needed
}

fn add<'a>(known: &mut Vec<&'a str>, found: Vec<&'a str>) {
    for name in found {
        if !known.contains(&name) {
            known.push(name);
        }
    }
}

fn emits_any(pattern: &Pattern, streams: &[&str]) -> bool {
    let mut emits = pattern.emits.iter().chain(&pattern.timeout_emits);
    emits.any(|emit| streams.contains(&emit.stream.as_str()))
}

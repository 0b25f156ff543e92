//! What the engine holds between batches: keys, partial matches by the stage they wait for, bytes.

use std::collections::BTreeMap;
use std::sync::Arc;

use cep_core::event::Value;
use cep_core::matcher::{Matcher, PatternStats};
use cep_core::program::{Hold, Program};
use cep_core::runtime::{Awaits, InspectedPartialMatch, RecordCodec};

use crate::explain::example::Taken;

/// More partial matches of a key are counted and not looked at.
const MOST: usize = 1_000;

/// What is seen over time.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Level {
    sum: u64,
    pub(super) peak: u64,
}

impl Level {
    fn see(&mut self, now: u64) {
        self.sum += now;
        self.peak = self.peak.max(now);
    }

    pub(super) fn mean(&self, looks: u64) -> f64 {
        self.sum as f64 / looks.max(1) as f64
    }
}

/// A pattern, and what its partial matches wait for.
type Place = (String, String);

/// Partial matches by what they wait for, each with its key and its events.
#[derive(Debug, Default)]
pub(super) struct Waiting(BTreeMap<Place, Vec<(Vec<Value>, Taken)>>);

impl Waiting {
    /// The events that the partial matches of a key hold which wait for a stage.
    pub(super) fn of<'w>(
        &'w self,
        pattern: &str,
        stage: &str,
        key: &'w [Value],
    ) -> impl Iterator<Item = &'w Taken> {
        let all = self.0.get(&(pattern.to_owned(), stage.to_owned()));
        all.into_iter().flatten().filter(move |(own, _)| own == key).map(|(_, taken)| taken)
    }

    fn add(&mut self, key: &[Value], held: &InspectedPartialMatch, stage: &str) {
        let mut taken = Taken::new();
        for event in &held.events {
            taken.entry(event.stage.clone()).or_default().push(event.columns.iter().cloned().collect());
        }
        for pattern in &held.patterns {
            let place = (pattern.clone(), stage.to_owned());
            self.0.entry(place).or_default().push((key.to_vec(), taken.clone()));
        }
    }
}

/// All of it.
pub(super) struct Held<'a> {
    program: &'a Program,
    codec: RecordCodec,
    pub(super) waiting: Waiting,
    pub(super) looks: u64,
    pub(super) keys: Level,
    pub(super) bytes: Level,
    /// By pattern and what is waited for.
    pub(super) levels: BTreeMap<Place, Level>,
    pub(super) stats: Vec<PatternStats>,
}

impl<'a> Held<'a> {
    pub(super) fn new(program: &'a Arc<Program>) -> Self {
        Self {
            program,
            codec: RecordCodec::of(Arc::clone(program), Hold::Chosen),
            waiting: Waiting::default(),
            looks: 0,
            keys: Level::default(),
            bytes: Level::default(),
            levels: BTreeMap::new(),
            stats: Vec::new(),
        }
    }

    /// The stages that must not come while a partial match waits for its window to end.
    fn forbidden(&self, held: &InspectedPartialMatch) -> Vec<&'a str> {
        let patterns = self.program.definitions().patterns.iter();
        let own = patterns.filter(|pattern| held.patterns.contains(&pattern.name));
        let last = own.filter_map(|pattern| pattern.sequence.last());
        last.filter(|element| element.contiguity.is_negated()).filter_map(|element| element.name()).collect()
    }

    pub(super) fn look(&mut self, matcher: &Matcher) {
        self.looks += 1;
        self.keys.see(matcher.held().0 as u64);
        self.bytes.see(matcher.memory() as u64);
        let mut counts: BTreeMap<Place, u64> = BTreeMap::new();
        let mut waiting = Waiting::default();
        matcher.each_key(|key| {
            let mut record = Vec::new();
            key.encode(&self.codec, &mut record);
            // What was written just now can be read.
            let Ok(decoded) = self.codec.decode(key.family, &record) else { return };
            let values = key.values();
            for held in decoded.state.inspect(self.program, key.family, MOST).partial_matches {
                let what = match &held.awaits {
                    Awaits::Stage(stage) => {
                        waiting.add(&values, &held, stage);
                        stage.clone()
                    }
                    Awaits::Absence => {
                        self.forbidden(&held)
                            .into_iter()
                            .for_each(|stage| waiting.add(&values, &held, stage));
                        "(the end of its window)".to_owned()
                    }
                    Awaits::Older => "(an older partial match)".to_owned(),
                };
                for pattern in &held.patterns {
                    *counts.entry((pattern.clone(), what.clone())).or_default() += 1;
                }
            }
        });
        for (place, count) in counts {
            self.levels.entry(place).or_default().see(count);
        }
        self.waiting = waiting;
    }
}

//! One point of a curve.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cep_benches::run::Found;
use cep_core::event::EventBatch;
use cep_core::matcher::Matcher;
use cep_core::pattern::Pattern;

use crate::stream::{self, Draw};

/// A point that takes longer is measured over fewer events.
const LONGEST: Duration = Duration::from_secs(3);
/// A point that takes longer to warm up is left out.
const LONGEST_WARM_UP: Duration = Duration::from_secs(10);
/// A point is the median of so many runs.
const RUNS: usize = 3;

/// What to measure at a place of a curve.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) draw: Draw,
    /// Events before the clock starts.
    pub(crate) warm_up: usize,
}

/// A measured point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    /// What grows.
    pub(crate) x: f64,
    pub(crate) ns_per_event: f64,
    pub(crate) matches_per_event: f64,
    /// At the end.
    partial_matches: usize,
    events: usize,
}

impl Point {
    /// The same, with its matches an event as what grows.
    pub(crate) fn over_matches(self) -> Self {
        Self { x: self.matches_per_event, ..self }
    }

    pub(crate) fn json(&self, curve: &str, series: &str) -> String {
        let Self { x, ns_per_event, matches_per_event, partial_matches, events } = self;
        format!(
            r#"{{"curve":"{curve}","series":"{series}","x":{x},"ns_per_event":{ns_per_event:.1},"matches_per_event":{matches_per_event:.4},"partial_matches":{partial_matches},"events":{events}}}"#
        )
    }
}

/// The median of some runs; none where the warm-up takes too long.
pub(crate) fn point(x: f64, setup: Setup, events: usize) -> Option<Point> {
    let program = stream::program(setup.patterns);
    // The warm-up ends with a batch.
    let batches = stream::batches(&program, setup.draw, setup.warm_up + stream::BATCH + events);
    let mut points = Vec::new();
    for _ in 0..RUNS {
        let matcher = Matcher::new(Arc::clone(&program));
        points.push(run(matcher, batches.clone(), setup.warm_up, x)?);
    }
    points.sort_by(|a, b| a.ns_per_event.total_cmp(&b.ns_per_event));
    points.get(RUNS / 2).copied()
}

fn run(mut matcher: Matcher, batches: Vec<EventBatch>, warm_up: usize, x: f64) -> Option<Point> {
    let mut batches = batches.into_iter();
    let mut warm = Found::default();
    let begin = Instant::now();
    let mut before = 0;
    while before < warm_up {
        let batch = batches.next()?;
        before += batch.len();
        matcher.push(batch, |output| warm.add(output)).expect("no curve stops a run");
        if begin.elapsed() > LONGEST_WARM_UP {
            return None;
        }
    }
    let mut found = Found::default();
    let mut events = 0;
    let start = Instant::now();
    for batch in batches {
        events += batch.len();
        matcher.push(batch, |output| found.add(output)).expect("no curve stops a run");
        if start.elapsed() > LONGEST {
            break;
        }
    }
    let nanos = start.elapsed().as_nanos() as f64;
    Some(Point {
        x,
        ns_per_event: nanos / events as f64,
        matches_per_event: found.matches as f64 / events as f64,
        partial_matches: matcher.held().1,
        events,
    })
}

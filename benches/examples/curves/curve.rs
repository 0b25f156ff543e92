//! The curves there are: what grows, and which series each shows.

use cep_core::expr::field;
use cep_core::pattern::{PatternBuilder, Skip};

use crate::live::Waiting;
use crate::looping::Asked;
use crate::measure::{Point, Setup, point};
use crate::patterns::{absence, any, fraud, keyed, kind, long, shape, then_high};
use crate::stream::{Draw, Kinds};

/// A curve by name.
#[derive(Debug)]
pub(crate) struct Curve {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What grows.
    pub(crate) axis: &'static str,
    pub(crate) series: Vec<Series>,
}

/// One line of a curve.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    places: &'static [f64],
    setup: fn(f64) -> Setup,
    across: Across,
}

/// What is drawn across.
#[derive(Clone, Copy, Debug)]
enum Across {
    /// What was set up.
    Place,
    /// The matches an event that there were.
    MatchesPerEvent,
}

impl Series {
    fn new(name: &'static str, places: &'static [f64], setup: fn(f64) -> Setup) -> Self {
        Self { name, places, setup, across: Across::Place }
    }

    /// The points up to the first that takes too long.
    pub(crate) fn measure(&self, events: usize) -> Vec<Point> {
        let points = self.places.iter().map_while(|&place| self.point(place, events));
        let across = |point: Point| match self.across {
            Across::Place => point,
            Across::MatchesPerEvent => point.over_matches(),
        };
        points.map(across).collect()
    }

    fn point(&self, place: f64, events: usize) -> Option<Point> {
        let point = point(place, (self.setup)(place), events);
        if point.is_none() {
            eprintln!("{}: from {place} on it takes too long to get there", self.name);
        }
        point
    }
}

const PATTERNS: &[f64] = &[1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3];

/// Many patterns over 1,000 keys and as many kinds.
fn many(patterns: f64, pattern: impl Fn(i64) -> PatternBuilder) -> Setup {
    let patterns = (0..patterns as i64).map(|number| keyed(pattern(number), &format!("p{number}")));
    Setup { patterns: patterns.collect(), draw: Draw { keys: 1_000, kinds: Kinds::Even(1_000) }, warm_up: 0 }
}

/// One pattern over keys.
fn one(pattern: PatternBuilder, keys: u64) -> Setup {
    Setup { patterns: vec![keyed(pattern, "p")], draw: Draw { keys, kinds: Kinds::Even(10) }, warm_up: 0 }
}

impl Curve {
    pub(crate) fn all() -> Vec<Self> {
        vec![
            Self::keys(),
            Self::window(),
            Self::length(),
            Self::patterns(),
            Self::constants(),
            Self::matches(),
            Self::partial_matches(),
            Self::looping(),
        ]
    }

    fn keys() -> Self {
        const KEYS: &[f64] = &[1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
        Self {
            name: "keys",
            title: "Cost of an event by number of keys",
            axis: "keys",
            series: vec![
                Series::new("low, then high, 600 s", KEYS, |keys| one(fraud(600_000), keys as u64)),
                Series::new("open without close, 30 s", KEYS, |keys| one(absence(30_000), keys as u64)),
            ],
        }
    }

    fn window() -> Self {
        const MILLIS: &[f64] = &[10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
        Self {
            name: "window",
            title: "Cost of an event by length of the window, 1,000 keys",
            axis: "window in ms",
            series: vec![
                Series::new("low, then high", MILLIS, |window| one(fraud(window as i64), 1_000)),
                Series::new("open without close", MILLIS, |window| one(absence(window as i64), 1_000)),
            ],
        }
    }

    fn length() -> Self {
        const STAGES: &[f64] = &[2.0, 4.0, 8.0, 16.0, 32.0];
        Self {
            name: "length",
            title: "Cost of an event by length of the pattern, 1,000 keys",
            axis: "stages",
            series: vec![
                Series::new("next", STAGES, |stages| one(long(stages as usize, true), 1_000)),
                Series::new("followed by", STAGES, |stages| one(long(stages as usize, false), 1_000)),
            ],
        }
    }

    fn patterns() -> Self {
        Self {
            name: "patterns",
            title: "Cost of an event by number of patterns, 1,000 keys",
            axis: "patterns",
            series: vec![Series::new("ten shapes in turn, starting on a kind each", PATTERNS, |patterns| {
                many(patterns, shape)
            })],
        }
    }

    fn constants() -> Self {
        let number = |constants| many(constants, |number| then_high(kind(number)));
        let text = |constants| many(constants, |number| then_high(field("key").eq(format!("k{number}"))));
        let conjunction = |constants| {
            many(constants, |number| {
                then_high(kind(number).and(field("x").lt(50.0))).after_match(Skip::ToNext)
            })
        };
        Self {
            name: "constants",
            title: "Cost of an event by constants that a field is compared with",
            axis: "patterns, a constant each",
            series: vec![
                Series::new("numbers", PATTERNS, number),
                Series::new("texts", PATTERNS, text),
                Series::new("numbers and more, not run as one", PATTERNS, conjunction),
            ],
        }
    }

    fn matches() -> Self {
        const MILLIS: &[f64] = &[10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4];
        let series = Series::new("a, any b", MILLIS, |window| one(any(window as i64), 1));
        Self {
            name: "matches",
            title: "Cost of an event by matches an event, one key",
            axis: "matches an event",
            series: vec![Series { across: Across::MatchesPerEvent, ..series }],
        }
    }

    fn partial_matches() -> Self {
        const LIVE: &[f64] = &[10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
        Self {
            name: "partial-matches",
            title: "Cost of an event by live partial matches of one key",
            axis: "live partial matches",
            series: vec![
                Series::new("rare end, no skip", LIVE, |live| Waiting::NoSkip.setup(live)),
                Series::new("rare end, skip past last event", LIVE, |live| Waiting::SkipPastLast.setup(live)),
                Series::new("rare end, on timeout", LIVE, |live| Waiting::OnTimeout.setup(live)),
                Series::new("any rare end", LIVE, |live| Waiting::AnyEnd.setup(live)),
                Series::new("compared with each", LIVE, |live| Waiting::Iterative.setup(live)),
            ],
        }
    }

    fn looping() -> Self {
        const EVENTS: &[f64] = &[10.0, 100.0, 1e3, 1e4, 1e5];
        Self {
            name: "loop",
            title: "Cost of an event by length of the loop it joins, one key",
            axis: "events in the loop",
            series: vec![
                Series::new("of the event alone", EVENTS, |length| Asked::Nothing.setup(length)),
                Series::new("avg, sum and count of the loop", EVENTS, |length| {
                    Asked::Aggregates.setup(length)
                }),
                Series::new("before the loop, and its first", EVENTS, |length| Asked::Captures.setup(length)),
            ],
        }
    }
}

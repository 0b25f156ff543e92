//! Metrics.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod pairs;

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};

use cep::{Duration, Metrics, Timestamp};
use pairs::{matcher, push};
use serde_json::json;

fn of<'m>(metrics: &'m Metrics, pattern: &str) -> &'m cep::PatternMetrics {
    metrics.patterns.iter().find(|found| found.pattern == pattern).unwrap()
}

#[test]
fn they_say_what_was_done_and_what_is_held() {
    let mut matcher = matcher();
    let before = matcher.metrics();
    assert_eq!((before.events, before.keys, before.partial_matches, before.waiting), (0, 0, 0, 0));
    assert_eq!((of(&before, "pair").watermark, of(&before, "pair").lag), (None, None));
    push(&mut matcher, "x", 1, 0);
    push(&mut matcher, "y", 1, 1);
    push(&mut matcher, "x", 2, 5);
    push(&mut matcher, "z", 1, 50);
    push(&mut matcher, "z", 1, 3);
    let metrics = matcher.metrics();
    assert_eq!((metrics.events, metrics.matches(), metrics.timeouts()), (5, 1, 1));
    let pair = of(&metrics, "pair");
    // Greatest time, less lateness and one millisecond.
    assert_eq!((pair.watermark, pair.lag), (Some(Timestamp(47)), Some(Duration(3))));
    assert_eq!((pair.matches, pair.timeouts, pair.late), (1, 1, 1));
    // `other` is silent, so the pattern over both has no time yet and is late for nothing.
    assert_eq!((of(&metrics, "both").watermark, of(&metrics, "both").late), (None, 0));
    assert_eq!(
        metrics.streams.iter().map(|it| (&*it.stream, it.events, it.newest)).collect::<Vec<_>>(),
        [("other", 0, None), ("s", 5, Some(Timestamp(50)))]
    );
    assert!(metrics.waiting > 0);
    matcher.set_idle("other", true).unwrap();
    let metrics = matcher.metrics();
    assert_eq!((of(&metrics, "both").watermark, metrics.partial_matches), (Some(Timestamp(47)), 3));
    matcher.finish().unwrap();
    let after = matcher.metrics();
    assert_eq!((after.keys, after.partial_matches, after.most_partial_matches, after.waiting), (0, 0, 3, 0));
    assert_eq!(after.late(), 1);
}

#[test]
fn they_are_told_when_so_many_events_are_through() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut matcher = matcher();
    push(&mut matcher, "x", 1, 0);
    let into = Arc::clone(&told);
    matcher
        .on_metrics(NonZeroU64::new(100).unwrap(), move |metrics| into.lock().unwrap().push(metrics.clone()));
    let events: Vec<_> = (0..250).map(|ts| json!({ "k": "x", "n": 1, "ts": ts })).collect();
    for events in events.chunks(60) {
        matcher.push_all("s", events).unwrap().for_each(drop);
    }
    // Between two batches: the first time at which a hundred more are through, counted from there.
    let told: Vec<_> = told.lock().unwrap().iter().map(|metrics| metrics.events).collect();
    assert_eq!(told, [121, 241]);
}

#[test]
fn counts_are_those_of_the_statistics() {
    let mut matcher = matcher();
    for ts in 0..3_000 {
        push(&mut matcher, ["x", "y", "z"][ts as usize % 3], 1 + ts % 2, ts);
    }
    matcher.finish().unwrap();
    let metrics = matcher.metrics();
    let stats: Vec<_> =
        matcher.stats().map(|(name, stats)| (name.to_owned(), stats.matches, stats.timeouts)).collect();
    let same: Vec<_> =
        metrics.patterns.iter().map(|it| (it.pattern.clone(), it.matches, it.timeouts)).collect();
    assert_eq!(same, stats);
    assert!(metrics.matches() > 500);
}

//! When Flink's operator lets time pass for a key, by `fixtures/conformance/README.md`: what is not about matching, but
//! needed to compare with what Flink answered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::corpus::event;
use crate::expr::Event;
use crate::matcher::{Deadlines, Matcher, Output};
use crate::pattern::Pattern;

/// What came out under a key, and the late events.
#[derive(Debug, Default)]
pub(crate) struct Answer<'p> {
    pub(crate) outputs: Vec<(String, Output<'p>)>,
    pub(crate) late: Vec<i64>,
}

struct Key<'p> {
    name: String,
    matcher: Matcher<'p>,
    waiting: BTreeMap<i64, Vec<usize>>,
    timers: BTreeSet<i64>,
}

struct Operator<'p, 'e> {
    pattern: &'p Pattern,
    events: &'e [Event],
    order: Option<(&'e str, bool)>,
    keys: Vec<Key<'p>>,
    watermark: i64,
    answer: Answer<'p>,
}

/// The events of a case, by their id; watermarks between them have none.
pub(crate) fn events(case: &Json) -> Vec<Event> {
    items(case).iter().filter(|item| item["id"].is_i64()).map(event).collect()
}

fn items(case: &Json) -> &[Json] {
    case["events"].as_array().unwrap()
}

/// Runs a case as the operator would.
pub(crate) fn run<'p>(pattern: &'p Pattern, case: &Json, events: &[Event]) -> Answer<'p> {
    let order = case["comparator"]["field"].as_str().map(|field| (field, case["comparator"]["desc"] == true));
    let answer = Answer::default();
    let mut operator = Operator { pattern, events, order, keys: Vec::new(), watermark: i64::MIN, answer };
    let rule = &case["watermarks"];
    let bound = rule["bound_ms"].as_i64().unwrap_or(0);
    let mut greatest = i64::MIN;
    let mut arrived = 0;
    for item in items(case) {
        if let Some(watermark) = item["wm"].as_i64() {
            operator.advance(watermark);
            continue;
        }
        operator.arrive(item, arrived);
        arrived += 1;
        greatest = greatest.max(item["ts"].as_i64().unwrap());
        if rule["policy"] != "none" {
            operator.advance(greatest.saturating_sub(bound + 1));
        }
    }
    if !rule.get("final").is_some_and(Json::is_null) {
        operator.advance(rule["final"].as_i64().unwrap_or(i64::MAX));
    }
    operator.answer
}

/// Runs a case in the call order of Flink's own tests: no watermark, one matcher.
pub(crate) fn run_directly<'p>(pattern: &'p Pattern, case: &Json, events: &[Event]) -> Answer<'p> {
    let explicit = items(case).iter().any(|item| item["advance"].is_i64());
    let mut matcher = Matcher::new(pattern, Deadlines::Flink);
    let mut arrived = 0;
    for item in items(case) {
        if let Some(time) = item["advance"].as_i64() {
            matcher.advance(time);
            continue;
        }
        if !explicit {
            matcher.advance(events[arrived].time);
        }
        matcher.process(arrived, events);
        arrived += 1;
    }
    let outputs = matcher.take_outputs().into_iter().map(|output| (String::new(), output)).collect();
    Answer { outputs, late: Vec::new() }
}

impl<'p> Operator<'p, '_> {
    fn arrive(&mut self, item: &Json, index: usize) {
        let time = self.events[index].time;
        if time <= self.watermark {
            self.answer.late.push(item["id"].as_i64().unwrap());
            return;
        }
        let key = self.key(item["key"].as_str().unwrap());
        key.timers.insert(time);
        key.waiting.entry(time).or_default().push(index);
    }

    fn key(&mut self, name: &str) -> &mut Key<'p> {
        let at = self.keys.iter().position(|key| key.name == name).unwrap_or_else(|| {
            let matcher = Matcher::new(self.pattern, Deadlines::Flink);
            let (waiting, timers) = (BTreeMap::new(), BTreeSet::new());
            self.keys.push(Key { name: name.to_owned(), matcher, waiting, timers });
            self.keys.len() - 1
        });
        &mut self.keys[at]
    }

    fn advance(&mut self, watermark: i64) {
        if watermark <= self.watermark {
            return;
        }
        self.watermark = watermark;
        for key in &mut self.keys {
            while key.timers.first().is_some_and(|timer| *timer <= watermark) {
                key.timers.pop_first();
                key.callback(watermark, self.events, self.order, self.pattern.within);
            }
            let outputs = key.matcher.take_outputs();
            self.answer.outputs.extend(outputs.into_iter().map(|output| (key.name.clone(), output)));
        }
    }
}

impl Key<'_> {
    fn callback(
        &mut self,
        watermark: i64,
        events: &[Event],
        order: Option<(&str, bool)>,
        within: Option<i64>,
    ) {
        while let Some(entry) = self.waiting.first_entry().filter(|entry| *entry.key() <= watermark) {
            let (time, mut batch) = entry.remove_entry();
            sort(&mut batch, events, order);
            self.matcher.advance(time);
            for index in batch {
                self.matcher.process(index, events);
                if let Some(within) = within.filter(|_| self.matcher.started) {
                    self.timers.insert(time + within);
                }
            }
        }
        self.matcher.advance(watermark);
        if std::mem::take(&mut self.matcher.changed) {
            self.matcher.started = false;
        }
        if self.matcher.is_idle() {
            self.matcher.started = false;
        }
    }
}

fn sort(batch: &mut [usize], events: &[Event], order: Option<(&str, bool)>) {
    let Some((field, descending)) = order else { return };
    let value = |index: &usize| events[*index].number(field);
    batch.sort_by(|left, right| {
        let order = value(left).total_cmp(&value(right));
        if descending { order.reverse() } else { order }
    });
}

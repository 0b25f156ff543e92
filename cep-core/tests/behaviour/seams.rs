use std::collections::HashMap;
use std::sync::Arc;

use cep_core::matcher::{Config, Hold, Matcher, Output, Prepared, RecordKey, Residency};
use cep_core::pattern::Pattern;
use cep_core::program::Program;
use cep_core::runtime::{Adopt, RecordCodec};
use cep_core::time::{Duration, Timestamp, Watermark};

use crate::emit::by_reference;
use crate::support::{World, is, line, program, stream};

/// The smallest engine: a map of records, every key forgotten after every step.
#[derive(Default)]
pub(crate) struct Store {
    records: HashMap<String, (RecordKey, Vec<u8>, Option<Timestamp>)>,
    loads: usize,
    /// The ids of all outputs.
    pub(crate) ids: Vec<[u8; 16]>,
}

fn name(key: &RecordKey) -> String {
    format!("{key:?}")
}

fn codec(matcher: &Matcher) -> RecordCodec {
    RecordCodec::new(Arc::clone(matcher.program()), vec![matcher.layout()], 0, &Adopt::Unchanged)
}

impl Store {
    pub(crate) fn step(
        &mut self,
        matcher: &mut Matcher,
        until: Watermark,
        prepared: Prepared,
        lines: &mut Vec<String>,
    ) {
        let (program, codec) = (matcher.program().clone(), codec(matcher));
        let mut next = Some(prepared);
        while let Some(prepared) = next.take() {
            assert!(prepared.until() <= until);
            let mut wanted = matcher.missing(&prepared);
            if matcher.may_be_due(until) {
                wanted.extend(self.due(until));
                matcher.none_due_before(None);
            }
            for key in wanted {
                let known = self.records.get(&name(&key)).map(|(_, record, _)| record);
                let known = known.map(|record| codec.decode(key.family, record).unwrap().state);
                self.loads += 1;
                matcher.provide(&key, known);
            }
            let mut note = |output: Output<'_>| {
                self.ids.extend(output.as_match().map(|found| found.to_owned().id));
                lines.push(line(&program, &output));
            };
            next = matcher.apply(prepared, by_reference(&mut note)).unwrap();
        }
        self.save(matcher);
        for (key, ..) in self.records.values() {
            matcher.evict(key);
        }
        assert_eq!(matcher.elsewhere(), self.records.len());
    }

    fn due(&self, until: Watermark) -> Vec<RecordKey> {
        let due = self.records.values().filter(|(.., deadline)| deadline.is_some_and(|at| until.reached(at)));
        due.map(|(key, ..)| key.clone()).collect()
    }

    fn save(&mut self, matcher: &mut Matcher) {
        let codec = codec(matcher);
        matcher.take_changes(|changed| {
            let key = RecordKey { family: changed.family, values: changed.values() };
            if changed.is_gone() {
                assert!(
                    self.records.remove(&name(&key)).is_some(),
                    "a key that came and went is not told of"
                );
            } else {
                let mut record = Vec::new();
                changed.encode(&codec, &mut record);
                self.records.insert(name(&key), (key, record, changed.deadline));
            }
        });
    }
}

#[test]
fn state_can_be_forgotten_and_loaded_between_any_two_steps() {
    let pattern = Pattern::begin("a").filter(is("a")).followed_by("b").filter(is("b")).one_or_more();
    let pattern = pattern
        .followed_by("c")
        .filter(is("c"))
        .within(Duration(15))
        .on_keyed("s", ["key"])
        .build("p")
        .unwrap();
    let program = program(vec![stream("s")], vec![pattern]);
    let input: String =
        (0..300).map(|i| format!("{}@{}/{} ", ["a", "b", "c", "x"][(i * 3 + i / 5) % 4], i, i % 4)).collect();

    // With timeouts reported partial matches are runs, without they are sets.
    for report_timeouts in [true, false] {
        let config = Config { report_timeouts, hold: Hold::Sets, ..Config::default() };
        let mut whole = World::with_config(&program, config);
        whole.feed(&input, 16, 3).end();
        assert!(whole.lines.len() > 100, "{report_timeouts}");
        assert_eq!(forgetting(&program, &input, config), whole.lines, "{report_timeouts}");
    }
}

/// What comes of an input when every key is forgotten after every step.
fn forgetting(program: &Arc<Program>, input: &str, config: Config) -> Vec<String> {
    let config = Config { residency: Residency::Store, ..config };
    let mut forgetful = World::with_config(program, config);
    let mut store = Store::default();
    let mut lines = Vec::new();
    for batch in forgetful.batches(input, 16, 3) {
        let until = batch.watermark_before(batch.len() - 1);
        let prepared = forgetful.matcher.prepare(batch);
        store.step(&mut forgetful.matcher, until, prepared, &mut lines);
    }
    let prepared = forgetful.matcher.prepare_advance(Watermark::MAX);
    store.step(&mut forgetful.matcher, Watermark::MAX, prepared, &mut lines);

    assert!(store.loads > 100);
    assert!(store.records.is_empty());
    lines
}

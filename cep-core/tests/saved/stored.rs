//! The seams with bytes behind them: every key is forgotten after every step, and read back where the next one needs it.

use std::collections::HashMap;
use std::sync::Arc;

use cep_core::matcher::{Config, Matcher, Prepared, RecordKey, Residency, TableRows};
use cep_core::program::Program;
use cep_core::runtime::{RecordCodec, RunError};

use crate::emit::by_reference;
use crate::input::{Call, input};
use crate::programs::program;
use crate::random::Random;
use crate::runs::note;

/// Records by the bytes of their keys; what nobody forgets needs none.
struct Driver {
    matcher: Matcher,
    codec: RecordCodec,
    records: Option<HashMap<Vec<u8>, Vec<u8>>>,
    outputs: Vec<String>,
    loads: usize,
}

impl Driver {
    fn new(program: &Arc<Program>, tables: &TableRows, residency: Residency) -> Self {
        let config = Config { residency, ..Config::default() };
        let mut matcher = Matcher::with_config(Arc::clone(program), config);
        matcher.set_tables(tables.clone());
        let codec = RecordCodec::of(Arc::clone(program), config.hold);
        let records = (residency == Residency::Store).then(HashMap::new);
        Self { matcher, codec, records, outputs: Vec::new(), loads: 0 }
    }

    fn call(&mut self, call: Call) -> Result<(), RunError> {
        let mut next = match call {
            Call::Push(batch) => Some(self.matcher.prepare(batch)),
            Call::AdvanceStream(stream, to) => Some(self.matcher.prepare_advance_stream(stream, to)),
            Call::Idle(stream, idle) => Some(self.matcher.prepare_idle(stream, idle)),
            Call::Advance(to) => Some(self.matcher.prepare_advance(to)),
            Call::Flush => None,
        };
        while let Some(prepared) = next {
            self.load(&prepared);
            next =
                self.matcher.apply(prepared, by_reference(&mut |output| self.outputs.push(note(&output))))?;
            self.save();
        }
        Ok(())
    }

    fn load(&mut self, prepared: &Prepared) {
        let Some(records) = &self.records else { return };
        let mut wanted = self.matcher.missing(prepared);
        if self.matcher.may_be_due(prepared.until()) {
            // More than is due does no harm.
            let program = self.matcher.program();
            let all = records.keys().map(|key| RecordKey::from_bytes(program, key).unwrap().unwrap());
            wanted.extend(all);
            self.matcher.none_due_before(None);
        }
        for key in wanted {
            let record = records.get(&key.to_bytes(self.matcher.program()));
            let state = record.map(|record| self.codec.decode(key.family, record).unwrap().state);
            self.loads += usize::from(state.is_some());
            self.matcher.provide(&key, state);
        }
    }

    fn save(&mut self) {
        let Self { matcher, codec, records: Some(records), .. } = self else { return };
        let program = Arc::clone(matcher.program());
        let mut gone = Vec::new();
        matcher.take_changes(|changed| {
            let (mut key, mut record) = (Vec::new(), Vec::new());
            changed.write_key(&program, &mut key);
            if changed.is_gone() {
                records.remove(&key);
                gone.push(RecordKey::from_bytes(&program, &key).unwrap().unwrap());
            } else {
                changed.encode(codec, &mut record);
                records.insert(key, record);
            }
        });
        for key in gone {
            assert!(!matcher.is_elsewhere(&key), "a store may still have it, and it must not come back");
        }
        for key in records.keys() {
            let key = RecordKey::from_bytes(&program, key).unwrap().unwrap();
            assert_eq!(!matcher.is_elsewhere(&key), matcher.evict(&key), "everything is saved");
            assert!(matcher.is_elsewhere(&key));
        }
    }
}

#[test]
fn every_key_can_be_in_a_store_between_any_two_steps() {
    let (mut outputs, mut loads) = (0, 0);
    for seed in 1_000..1_020 {
        let mut random = Random(seed);
        let (program, tables) = program(&mut random, true);
        let calls = input(&mut random, &program);
        let [mut here, mut stored] =
            [Residency::All, Residency::Store].map(|residency| Driver::new(&program, &tables, residency));
        for call in calls {
            let results = [&mut here, &mut stored].map(|driver| driver.call(call.clone()));
            assert_eq!(results[0], results[1], "world {seed}");
            assert_eq!(here.outputs, stored.outputs, "world {seed}");
            if results[0].is_err() {
                break;
            }
        }
        assert_eq!(here.matcher.stats(), stored.matcher.stats(), "world {seed}");
        outputs += here.outputs.len();
        loads += stored.loads;
    }
    assert!(outputs > 1_000 && loads > 1_000, "{outputs} outputs, {loads} loads");
}

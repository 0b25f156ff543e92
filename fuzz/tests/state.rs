//! State as bytes, whatever the bytes: an error or a value; a value is written again as what reads as the same, can be
//! shown, and a matcher goes on with it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::{Arc, LazyLock};

use cep_core::event::{BatchBuilder, DataType, Datum, EventBatch, Value};
use cep_core::ids::FamilyId;
use cep_core::matcher::{Config, Hold, Matcher, RecordKey};
use cep_core::program::{Layout, Program};
use cep_core::runtime::RecordCodec;
use cep_core::time::{Timestamp, Watermark};
use cep_fuzz::{Target, run};

/// Patterns of every kind of section, by one key: alone and in a group, under a skip strategy, as sets, with words that
/// nodes keep, with gaps.
const TEXT: &str = r#"
stream s { letter: string, n: int?, price: float, on: bool, list: list<int>?, key: string, ts: timestamp } key key time ts

pattern one on s by key { begin a where n == 1  followed by b where letter == "b"  within 1m }
pattern two on s by key { begin a where n == 2  followed by b where letter == "b"  within 1m }
pattern skips on s by key {
  begin a where letter == "a"  followed by b one or more where letter == "b"  followed by c where letter == "c"
  within 1m
  after match skip to next
}
pattern sets on s by key {
  begin a where letter == "a"  followed by any b one or more allow combinations where letter == "b"
  followed by any c where letter == "c"
  within 6s
}
pattern words on s by key {
  begin a one or more where price < avg(a.price) or count(a) < 2  next b where letter == "c"
  within 20s
}
pattern gaps on s by key {
  begin a where letter == "a"  followed by b one or more at most 3s apart where letter != "c"  followed by c where letter == "c"
  within 30s
}
"#;

/// The second at which runs go on.
const NEXT: i64 = 30;

struct World {
    program: Arc<Program>,
    config: Config,
    codec: RecordCodec,
}

impl World {
    fn new(hold: Hold) -> Self {
        let definitions = cep_dsl::check("state.cep", TEXT).definitions.expect("it checks");
        let program = Arc::new(Program::compile(definitions, &Default::default()).unwrap());
        let codec = RecordCodec::of(Arc::clone(&program), hold);
        Self { program, config: Config { hold, ..Config::default() }, codec }
    }

    fn matcher(&self) -> Matcher {
        Matcher::with_config(Arc::clone(&self.program), self.config)
    }

    /// Some events a second apart.
    fn batch(&self, from: i64, letters: &str) -> EventBatch {
        let id = self.program.streams().id("s").unwrap();
        let schema = Arc::clone(&self.program.streams().get(id).schema);
        let mut batch = BatchBuilder::new(id, Arc::clone(&schema), from.cast_unsigned());
        for (place, letter) in (from..).zip(letters.chars()) {
            let time = Timestamp(1_000 * place);
            let list = Value::List([Value::Int(place), Value::Null].into());
            let row = schema.fields().iter().map(|field| match (&field.ty.data, &*field.name) {
                (DataType::String, "key") => Datum::Str("k".into()),
                (DataType::String, _) => Datum::Str(letter.to_string().into()),
                (DataType::Int, _) if place % 5 == 0 => Datum::Null,
                (DataType::Int, _) => Datum::Int(place % 4),
                (DataType::Float, _) => Datum::Float((place % 7) as f64),
                (DataType::Bool, _) => Datum::Bool(place % 2 == 0),
                (DataType::Timestamp, _) => Datum::Timestamp(time),
                _ => list.as_datum(),
            });
            batch.push_row(time, Watermark::MIN, &row.collect::<Vec<_>>()).unwrap();
        }
        batch.finish()
    }

    /// What is written of some runs.
    fn written(&self) -> Vec<Vec<u8>> {
        let mut all = vec![self.matcher().layout().encode()];
        for letters in ["a", "ab", "aabxb", "abbab|ccab", "cabababx|abc", "aaaabbbb|b"] {
            let (before, after) = letters.split_once('|').unwrap_or((letters, ""));
            let mut matcher = self.matcher();
            matcher.push(self.batch(1, before), |_| {}).unwrap();
            matcher.advance(Watermark(1_000 * 20), |_| {}).unwrap();
            matcher.push(self.batch(21, after), |_| {}).unwrap();
            matcher.save_records(&self.codec, |_, _, record| all.push(record.to_vec()));
            let (mut clocks, mut waiting) = (Vec::new(), Vec::new());
            matcher.save_clocks(&mut clocks);
            matcher.save_waiting(0, &mut waiting);
            all.extend([clocks, waiting]);
        }
        all
    }

    fn check(&self, bytes: &[u8]) {
        let family = FamilyId::new(0);
        self.record(bytes);
        self.record(&sealed(&self.program.families()[family.index()].id, bytes));
        for bytes in [bytes, &sealed(&[], bytes)] {
            if let Ok(layout) = Layout::decode(bytes) {
                assert_eq!(Layout::decode(&layout.encode()), Ok(layout));
            }
            let mut matcher = self.matcher();
            if matcher.restore_clocks(bytes).is_ok() {
                self.go_on(matcher);
            }
            let mut matcher = self.matcher();
            if let Ok(chunk) = matcher.restore_waiting(bytes, (0, 1)) {
                assert!(!matcher.waiting_done(&chunk) || matcher.buffered() == 0);
                self.go_on(matcher);
            }
        }
        let key = RecordKey::from_bytes(&self.program, bytes);
        if let Ok(Some(key)) = key {
            assert_eq!(key.to_bytes(&self.program), bytes);
        }
    }

    fn record(&self, bytes: &[u8]) {
        let family = FamilyId::new(0);
        let Ok(decoded) = self.codec.decode(family, bytes) else { return };
        assert!(decoded.left_out.is_empty());
        let mut written = Vec::new();
        self.codec.encode(family, &decoded.state, &mut written);
        let again = self.codec.decode(family, &written).expect("what is written is read").state;
        let mut twice = Vec::new();
        self.codec.encode(family, &again, &mut twice);
        assert_eq!(twice, written, "what is read is written as it was");
        let shown = again.inspect(&self.program, family, 20);
        assert_eq!(shown.partial_matches.len(), shown.total.min(20));
        let all = again.inspect(&self.program, family, 200);
        let events = all.partial_matches.iter().flat_map(|found| &found.events);
        // Time does not go back for a key: who provides a record has clocks that belong to it.
        if all.total > 200 || events.map(|event| event.time.0).max() > Some(1_000 * NEXT) {
            return;
        }
        let mut matcher = self.matcher();
        matcher.provide(&RecordKey { family, values: vec!["k".into()] }, Some(again));
        self.go_on(matcher);
    }

    /// A few events, and the end.
    fn go_on(&self, mut matcher: Matcher) {
        // Limits aside, nothing stops a run.
        matcher.push(self.batch(NEXT, "abcbc"), |_| {}).unwrap();
        matcher.advance(Watermark::MAX, |_| {}).unwrap();
    }
}

/// Bytes whose last four are the right sum.
fn sealed(owner: &[u8], bytes: &[u8]) -> Vec<u8> {
    let body = &bytes[..bytes.len().saturating_sub(4)];
    let mut sum = flate2::Crc::new();
    sum.update(owner);
    sum.update(body);
    [body, &sum.sum().to_le_bytes()].concat()
}

static WORLDS: LazyLock<[World; 2]> = LazyLock::new(|| [Hold::Runs, Hold::Sets].map(World::new));

fn check(bytes: &[u8]) {
    WORLDS.iter().for_each(|world| world.check(bytes));
}

#[test]
fn any_bytes_are_state_or_an_error() {
    let corpus = WORLDS.iter().flat_map(World::written).collect();
    const WORDS: &[&str] =
        &["\0", "\u{1}", "\u{2}", "\u{3}", "\u{4}", "\u{7}", "\u{8}", "\u{10}", "\u{7f}", "k"];
    run(Target { name: "state", corpus, words: WORDS, cases: 6_000, check });
}

//! What a simulation is about: a program, and its input as steps, the same for every process that reads it.

use std::sync::Arc;

use cep::engine::event::{BatchBuilder, Datum, EventBatch, Watermarks};
use cep::engine::ids::StreamId;
use cep::engine::program::{CannotDrain, Drained, Program};
use cep::engine::time::{Duration, Timestamp, Watermark};
use cep_engine::{Draining, Given, OnChange, Position, ProgramText};

use crate::random::Random;

/// A program and its input.
pub(crate) struct World {
    pub(crate) program: Arc<Program>,
    /// The same with other conditions, and the step before which it takes over, if it does.
    pub(crate) changed: Arc<Program>,
    pub(crate) changes_at: usize,
    /// The patterns of the first that run out beside the second, where those do not keep what is in flight.
    pub(crate) draining: Vec<Draining>,
    /// Groups of a namespace.
    pub(crate) groups: u16,
    pub(crate) steps: Vec<Step>,
}

/// Rows of a source, and what comes with them.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) source: &'static str,
    pub(crate) batch: EventBatch,
    pub(crate) after: Position,
    /// The watermark of their stream behind them.
    pub(crate) watermark: Watermark,
    /// A stream that is idle then.
    pub(crate) idle: Option<StreamId>,
}

const STREAMS: &str = "\
stream s { key: string  letter: string  n: int  ts: timestamp } key key time ts lateness 20ms
stream t { key: string  letter: string  n: int  ts: timestamp } key key time ts lateness 5ms
";

/// Each is a program for both streams or the first of them.
const PATTERNS: [(&str, bool); 9] = [
    ("pattern p on s by key { begin a where letter == \"a\" followed by b where letter == \"b\" within 60ms }", false),
    (
        "pattern p on s by key { begin a where letter == \"a\" followed by b one or more where letter == \"b\"
         followed by c where letter == \"c\" within 90ms after match skip past last event }",
        false,
    ),
    (
        "pattern p on s { begin a where letter == \"a\" followed by any b where letter == \"b\"
         followed by any c where letter == \"c\" within 40ms }",
        false,
    ),
    (
        "pattern p on s by key { begin a where letter == \"a\" not followed by b where letter == \"b\" within 50ms }
         pattern q on s by key { begin a where n > 1 next b where n > a.n within 80ms
           emit q { key: a.key, n: b.n } on timeout emit late_q { key: a.key, n: a.n } }",
        false,
    ),
    (
        "pattern p on s by key { begin a where letter == \"a\" followed by b where letter == \"b\" within 60ms
           emit pairs { key: a.key, n: b.n } }
         pattern q on pairs by n { begin x followed by y where y.key != x.key within 200ms }",
        false,
    ),
    (
        "pattern p on s by key, t by key { begin a: s where letter == \"a\" followed by b: t where letter == \"b\" within 70ms }",
        true,
    ),
    (
        "pattern p on s by key { begin a one or more where letter != \"c\" and sum(a.n) < 30
         followed by c where letter == \"c\" and n <= count(a) within 120ms after match skip to next }",
        false,
    ),
    (
        "pattern p on s by key { begin a where letter == \"a\" followed by c where letter == \"c\" within 45ms }
         pattern q on s by letter { begin a where n == 0 next b where n == 0 within 60ms }",
        false,
    ),
    (
        "pattern p on s by key, t by key { begin a where letter == \"a\" next b one or more where n > 0
         until letter == \"c\" followed by d where letter == \"b\" within 100ms }",
        true,
    ),
];

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5eed);
        let (patterns, both) = *random.pick(&PATTERNS);
        let (program, changed) = (compiled(patterns), compiled(&with_other_conditions(patterns)));
        let groups = *random.pick(&[1, 1, 2, 5]);
        let steps = steps(&mut random, &program, both);
        let at = usize::try_from(random.below(60)).expect("small");
        let changes_at = if at < steps.len() { at } else { usize::MAX };
        let world = Self { program, changed, changes_at, draining: Vec::new(), groups, steps };
        if random.percent(50) { world.with_draining() } else { world }
    }

    fn with_draining(self) -> Self {
        let names = self.program.patterns().map(|(_, pattern)| pattern.name.clone());
        let draining = Draining { version: 1, text: ProgramText::default(), patterns: names.collect() };
        let drained = Drained { program: &self.program, version: 1, patterns: &draining.patterns };
        match self.changed.with_drained(&[drained]) {
            Ok(merged) => Self { changed: Arc::new(merged), draining: vec![draining], ..self },
            Err(CannotDrain::EmitsOtherwise { .. }) => self,
            Err(error) => panic!("{error}"),
        }
    }

    /// What a process is given before the program has changed, or after that.
    pub(crate) fn given(&self, has_changed: bool) -> Given {
        if !has_changed {
            return Given::from(Arc::clone(&self.program));
        }
        Given { draining: self.draining.clone(), ..Given::from(Arc::clone(&self.changed)) }
    }

    /// What is to become of what is in flight when the program changes.
    pub(crate) fn on_change(&self) -> OnChange {
        if self.draining.is_empty() { OnChange::Keep } else { OnChange::Drain }
    }
}

fn compiled(patterns: &str) -> Arc<Program> {
    let text = format!("{STREAMS}{patterns}");
    let program = cep::Program::parse("simulated.cep", &text);
    Arc::clone(program.unwrap_or_else(|error| panic!("{patterns}: {error}")).inner())
}

/// Patterns of the same states.
fn with_other_conditions(patterns: &str) -> String {
    if patterns.contains(r#"letter == "b""#) {
        return patterns.replace(r#"letter == "b""#, r#"letter != "a""#);
    }
    patterns.replace(r#"letter == "c""#, r#"letter != "a""#)
}

/// A source as it is read.
struct Source {
    name: &'static str,
    stream: StreamId,
    lateness: i64,
    watermarks: Watermarks,
    rows: u64,
    time: i64,
}

fn steps(random: &mut Random, program: &Program, both: bool) -> Vec<Step> {
    let source = |name, lateness| Source {
        name,
        stream: program.streams().id(name).expect("it is declared"),
        lateness,
        watermarks: Watermarks::bounded(Duration(lateness)),
        rows: 0,
        time: 1000,
    };
    let mut sources = vec![source("s", 20)];
    if both {
        sources.push(source("t", 5));
    }
    let mut steps = Vec::new();
    for _ in 0..random.below(40) + 20 {
        let at = random.below(sources.len() as u64);
        let source = &mut sources[usize::try_from(at).expect("less than a length")];
        let mut step = source.rows(random, program);
        step.idle = random.percent(6).then(|| random.pick(&sources).stream);
        steps.push(step);
    }
    steps
}

impl Source {
    fn rows(&mut self, random: &mut Random, program: &Program) -> Step {
        let schema = program.streams().get(self.stream).schema.clone();
        let mut batch = BatchBuilder::new(self.stream, schema, self.rows);
        for _ in 0..random.below(12) + 1 {
            self.time += i64::try_from(random.below(9)).expect("less than nine");
            // Some come later than is allowed.
            let behind =
                i64::try_from(random.below(30)).expect("less than thirty") * i64::from(random.percent(40));
            let time = Timestamp(self.time - behind.min(self.lateness + 6));
            let (key, letter) =
                (*random.pick(&["k", "l", "m", "n", "o"]), *random.pick(&["a", "b", "c", "x"]));
            let n = i64::try_from(random.below(6)).expect("less than six");
            let row =
                [Datum::Str(key.into()), Datum::Str(letter.into()), Datum::Int(n), Datum::Timestamp(time)];
            batch.push_row(time, self.watermarks.observe(time), &row).expect("a row of that schema");
        }
        let batch = batch.finish();
        self.rows += batch.len() as u64;
        let after = Position { rows: self.rows, state: self.rows.to_le_bytes().to_vec() };
        Step { source: self.name, batch, after, watermark: self.watermarks.current(), idle: None }
    }
}

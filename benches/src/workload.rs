//! The workloads by name: a file, and the patterns that run over it.

use std::sync::Arc;

use cep_core::event::EventBatch;
use cep_core::expr::{Expr, field, stage};
use cep_core::pattern::{Definitions, Pattern, PatternBuilder, Skip, StreamDef};
use cep_core::program::Program;
use cep_core::time::Duration;

use crate::data::File;
use crate::streams;

/// A workload by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is described by its pattern")]
pub enum Workload {
    W1,
    W2,
    W3,
    W3b,
    W4,
    W5,
    W6,
    W6b,
    W7,
    W8,
}

impl Workload {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::W1,
        Self::W2,
        Self::W3,
        Self::W3b,
        Self::W4,
        Self::W5,
        Self::W6,
        Self::W6b,
        Self::W7,
        Self::W8,
    ];

    /// The workload of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|workload| format!("{workload:?}") == name)
    }

    /// The file it runs over.
    #[must_use]
    pub fn file(self) -> File {
        match self {
            Self::W1 | Self::W7 => File::Txn,
            Self::W8 => File::TxnMillionKeys,
            Self::W2 => File::Stock,
            Self::W3 | Self::W3b | Self::W5 => File::Sensor,
            Self::W4 | Self::W6 | Self::W6b => File::Letters,
        }
    }

    /// Its program.
    #[must_use]
    pub fn program(self) -> Arc<Program> {
        let (stream, schema, key) = streams::declared(self.file());
        let on = |pattern: PatternBuilder, name: &str| {
            pattern.on_keyed(stream, key.iter().copied()).build(name).expect("the workloads are sound")
        };
        let patterns = match self {
            Self::W7 => (1..=100)
                .map(|i| on(fraud(0.01 * f64::from(i), 500.0 + 5.0 * f64::from(i)), &format!("w7_{i}")))
                .collect(),
            _ => vec![on(self.pattern(), "w")],
        };
        let streams = vec![StreamDef::new(stream, schema, "ts")];
        let definitions = Definitions { streams, patterns, ..Definitions::default() };
        Arc::new(Program::compile(definitions, &Default::default()).expect("the workloads are sound"))
    }

    /// The first `rows` events as batches with their watermarks.
    #[must_use]
    pub fn batches(self, rows: u64) -> Vec<EventBatch> {
        let text = self.file().csv(rows);
        streams::batches(&self.program(), self.file(), text.lines().skip(1).map(str::to_owned))
    }

    fn pattern(self) -> PatternBuilder {
        let price = || field("price");
        match self {
            Self::W1 | Self::W7 | Self::W8 => fraud(1.0, 500.0),
            Self::W2 => Pattern::begin("a")
                .next("b")
                .filter(price().gt(stage("a").last("price")))
                .next("c")
                .filter(price().gt(stage("b").last("price")))
                .next("d")
                .filter(
                    price().gt(stage("c").last("price")).and(price().sub(stage("a").last("price")).gt(5.0)),
                )
                .within(Duration::from_secs(10)),
            Self::W3 | Self::W3b => {
                let hot =
                    Pattern::begin("start").filter(is("status", "start")).followed_by("hot").one_or_more();
                let hot = if self == Self::W3b { hot.greedy() } else { hot };
                hot.filter(field("temp").gt(95.0))
                    .followed_by("stop")
                    .filter(is("status", "stop"))
                    .within(Duration::from_secs(100))
                    .after_match(Skip::PastLastEvent)
            }
            Self::W4 => abc().within(Duration(100)),
            Self::W5 => Pattern::begin("o")
                .filter(is("status", "open"))
                .not_followed_by("c")
                .filter(is("status", "close"))
                .within(Duration::from_secs(30)),
            Self::W6 => abcz(200),
            Self::W6b => abcz(1_000),
        }
    }
}

fn fraud(small: f64, large: f64) -> PatternBuilder {
    Pattern::begin("small")
        .filter(field("amount").lt(small))
        .followed_by("large")
        .filter(field("amount").gt(large))
        .within(Duration::from_secs(600))
}

fn abc() -> PatternBuilder {
    Pattern::begin("a")
        .filter(is("type", "A"))
        .followed_by_any("b")
        .filter(is("type", "B"))
        .followed_by_any("c")
        .filter(is("type", "C"))
}

fn abcz(millis: i64) -> PatternBuilder {
    abc().followed_by_any("z").filter(is("type", "Z")).within(Duration(millis))
}

fn is(name: &str, value: &str) -> Expr {
    field(name).eq(value)
}

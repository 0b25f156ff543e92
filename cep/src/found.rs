//! What was found: a match with its events and records, to be looked into by names or read into types of the user's.

mod event;
mod record;

pub use event::Event;
pub use record::Record;

use std::fmt;
use std::sync::Arc;

use cep_core::event::Value;
use cep_core::ids::StageId;
use cep_core::pattern::plain_name;
use cep_core::program::Program;
use cep_core::runtime::{self, Captured, MatchKind};
use cep_core::time::Timestamp;
use serde::de::DeserializeOwned;

use crate::serde::{Fields, Items, ReadError};
use event::Shown;

/// A match, or a partial match that timed out.
///
/// ```
/// # use serde_json::json;
/// # let program = cep::Program::parse("p.cep", "
/// #     stream s { k: string  n: int  ts: timestamp } key k time ts
/// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
/// # let mut matcher = program.matcher();
/// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
/// # let found = matcher.finish()?.next().expect("there is a match");
/// println!("{found:#?}");
/// assert_eq!(found.pattern(), "p");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Match {
    program: Arc<Program>,
    found: runtime::Match,
}

impl Match {
    pub(crate) fn new(program: &Arc<Program>, found: runtime::Match) -> Self {
        Self { program: Arc::clone(program), found }
    }

    /// The name of its pattern.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// assert_eq!(found.pattern(), "p");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pattern(&self) -> &str {
        plain_name(&self.program.pattern(self.found.pattern).name)
    }

    /// Whether it is complete or timed out.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// assert_eq!(found.kind(), cep::MatchKind::Complete);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn kind(&self) -> MatchKind {
        self.found.kind
    }

    /// Its time: that of the event that completed it, or the moment that released it or timed it out.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// assert_eq!(found.time(), cep::Timestamp(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.found.time
    }

    /// Of no other match, and the same whenever the same events are read again: 32 digits.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// assert_eq!(found.id().len(), 32);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn id(&self) -> String {
        self.found.id.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The values of its key, in the order of `by`; empty without one.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// assert_eq!(found.key(), [cep::Value::from("x")]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn key(&self) -> &[Value] {
        &self.found.key
    }

    /// The stages that have events, in the order of their first, each with its events.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// let sizes: Vec<_> = found.stages().map(|(name, events)| (name, events.len())).collect();
    /// assert_eq!(sizes, [("a", 1), ("b", 2), ("c", 1)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stages(&self) -> impl Iterator<Item = (&str, Vec<Event<'_>>)> {
        let pattern = self.program.pattern(self.found.pattern);
        self.found.captures.iter().map(|(stage, events)| {
            let events = events.iter().map(|event| self.event(event));
            (pattern.stages[stage.index()].as_str(), events.collect())
        })
    }

    /// The events of a stage, earliest first; none where it has none, or there is no such stage.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// assert_eq!(found.stage("b").map(|event| event.time().0).collect::<Vec<_>>(), [2, 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn stage(&self, name: &str) -> impl Iterator<Item = Event<'_>> {
        let stages = &self.program.pattern(self.found.pattern).stages;
        let is_it = move |stage: &StageId| stages[stage.index()] == name;
        let captured = self.found.captures.iter().find(|(stage, _)| is_it(stage));
        captured.into_iter().flat_map(|(_, events)| events).map(|event| self.event(event))
    }

    /// The records made of it by `emit`, in text order.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// assert_eq!(found.records().map(|record| record.stream()).collect::<Vec<_>>(), ["out"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.found.records.iter().map(|record| Record::new(&self.program, record))
    }

    /// What the match makes of a type of yours. Of a pattern with `emit` the first record; else a field a stage: a list
    /// takes all events of the stage, an option none or one, anything else the last event. Of events those columns are
    /// there that are kept: all of a pattern without `emit`, else those that conditions or the `emit` read.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// #[derive(serde::Deserialize, PartialEq, Debug)]
    /// struct Out { k: String, n: i64 }
    ///
    /// assert_eq!(found.read::<Out>()?, Out { k: "x".into(), n: 5 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where it does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        match self.records().next() {
            Some(record) => record.read().map_err(|error| error.within("pattern", self.pattern())),
            None => self.read_stages(),
        }
    }

    /// The same, of the stages in any case.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// #[derive(serde::Deserialize)]
    /// struct Stages { b: Vec<N>, c: Option<N> }
    /// #[derive(serde::Deserialize)]
    /// struct N { n: i64 }
    ///
    /// let stages: Stages = found.read_stages()?;
    /// assert_eq!((stages.b.len(), stages.c.map(|c| c.n)), (2, Some(0)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where they do not fit the type.
    pub fn read_stages<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        let pattern = self.program.pattern(self.found.pattern);
        let stages = self.found.captures.iter().map(|(stage, events)| {
            let events = events.iter().map(|event| Fields::of_event(self.event(event).fields()));
            (pattern.stages[stage.index()].as_str(), Items(events))
        });
        Fields::of_match(stages).read().map_err(|error: ReadError| error.within("pattern", self.pattern()))
    }

    fn event<'a>(&'a self, captured: &'a Captured) -> Event<'a> {
        let stream = self.program.streams().get(captured.stream);
        Event::new(&stream.name, &stream.schema, captured)
    }
}

/// Pattern, kind, key and records or events by names; the same in every version, so that tests may pin it.
impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Match");
        let time = Value::Timestamp(self.time());
        shown.field("pattern", &self.pattern()).field("kind", &self.kind()).field("time", &Shown(&time));
        if !self.key().is_empty() {
            shown.field("key", &self.key().iter().map(Shown).collect::<Vec<_>>());
        }
        match self.found.records.is_empty() {
            true => shown.field("stages", &Stages(self)),
            false => shown.field("records", &self.records().collect::<Vec<_>>()),
        };
        shown.finish()
    }
}

/// Stages with their events, in the order of their first.
struct Stages<'a>(&'a Match);

impl fmt::Debug for Stages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.stages()).finish()
    }
}

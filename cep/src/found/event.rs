//! An event of a match.

use std::fmt;

use cep_core::event::{Schema, Value};
use cep_core::pattern::plain_name;
use cep_core::runtime::Captured;
use cep_core::time::Timestamp;
use serde::de::DeserializeOwned;

use crate::serde::{Fields, ReadError, ValueReader};

/// A value as it is read best.
pub(super) struct Shown<'a>(pub(super) &'a Value);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Timestamp(time) => write!(f, "{time}"),
            other => write!(f, "{other}"),
        }
    }
}

/// An event of a match.
///
/// ```
/// # use serde_json::json;
/// # let program = cep::Program::parse("p.cep", "
/// #     stream s { k: string  n: int  ts: timestamp } key k time ts
/// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
/// # let mut matcher = program.matcher();
/// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
/// # let found = matcher.finish()?.next().expect("there is a match");
/// # let event = found.stage("b").next().expect("it has two");
/// println!("{event:?}");
/// assert_eq!((event.stream(), event.position()), ("s", 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Event<'a> {
    stream: &'a str,
    schema: &'a Schema,
    captured: &'a Captured,
}

impl<'a> Event<'a> {
    pub(super) fn new(stream: &'a str, schema: &'a Schema, captured: &'a Captured) -> Self {
        Self { stream, schema, captured }
    }

    /// Its stream.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let event = found.stage("b").next().expect("it has two");
    /// assert_eq!(event.stream(), "s");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn stream(&self) -> &'a str {
        plain_name(self.stream)
    }

    /// Its event time.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let event = found.stage("b").next().expect("it has two");
    /// assert_eq!(event.time(), cep::Timestamp(2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.captured.time
    }

    /// How many events of its stream were pushed before it.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let event = found.stage("b").next().expect("it has two");
    /// assert_eq!(event.position(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn position(&self) -> u64 {
        self.captured.position
    }

    /// The number that it was pushed with, by which you find your own; 0 where there was none.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let event = found.stage("b").next().expect("it has two");
    /// assert_eq!(event.tag(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tag(&self) -> u64 {
        self.captured.tag
    }

    /// The value of a field; none where it is not kept, as no condition and no `emit` reads it.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let event = found.stage("b").next().expect("it has two");
    /// assert_eq!(event.get("n"), Some(&cep::Value::Int(2)));
    /// assert_eq!(event.get("nothing"), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields().find(|(known, _)| *known == name).map(|(_, ValueReader(value))| value)
    }

    /// What the event makes of a type of yours.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let event = found.stage("b").next().expect("it has two");
    /// #[derive(serde::Deserialize)]
    /// struct N { n: i64 }
    ///
    /// assert_eq!(event.read::<N>()?.n, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where it does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        let read = Fields::of_event(self.fields()).read();
        read.map_err(|error: ReadError| error.within("event of", self.stream()))
    }

    pub(super) fn fields(self) -> impl Iterator<Item = (&'a str, ValueReader<'a>)> + Clone {
        let fields = self.schema.fields();
        let name = move |(column, value): &'a (cep_core::ids::ColumnId, Value)| {
            (fields[column.index()].name.as_str(), ValueReader(value))
        };
        self.captured.columns.iter().map(name)
    }
}

/// Its stream, and its fields by name.
impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.stream());
        for (name, ValueReader(value)) in self.fields() {
            shown.field(name, &Shown(value));
        }
        shown.finish()
    }
}

//! A record made of a match.

use std::fmt;

use cep_core::event::Value;
use cep_core::pattern::plain_name;
use cep_core::program::Program;
use cep_core::runtime;
use serde::de::DeserializeOwned;

use super::event::Shown;
use crate::serde::{Fields, ReadError, ValueReader};

/// A record made of a match by an `emit`.
///
/// ```
/// # use serde_json::json;
/// # let program = cep::Program::parse("p.cep", "
/// #     stream s { k: string  n: int  ts: timestamp } key k time ts
/// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
/// # let mut matcher = program.matcher();
/// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
/// # let found = matcher.finish()?.next().expect("there is a match");
/// # let record = found.records().next().expect("there is one");
/// println!("{record:?}");
/// assert_eq!(record.stream(), "out");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Record<'a> {
    program: &'a Program,
    record: &'a runtime::Record,
}

impl<'a> Record<'a> {
    pub(super) fn new(program: &'a Program, record: &'a runtime::Record) -> Self {
        Self { program, record }
    }

    /// The stream that it is emitted to.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let record = found.records().next().expect("there is one");
    /// assert_eq!(record.stream(), "out");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn stream(&self) -> &'a str {
        plain_name(&self.program.streams().get(self.record.stream).name)
    }

    /// Where else it goes, as its `emit` says.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let record = found.records().next().expect("there is one");
    /// assert_eq!(record.to(), Some("channel:x"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to(&self) -> Option<&'a str> {
        self.record.to.as_deref()
    }

    /// The value of a field, the time of the match as `ts` among them.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let record = found.records().next().expect("there is one");
    /// assert_eq!((record.get("n"), record.get("ts")), (Some(&cep::Value::Int(5)), Some(&cep::Value::Timestamp(cep::Timestamp(4)))));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields().find(|(known, _)| *known == name).map(|(_, ValueReader(value))| value)
    }

    /// What the record makes of a type of yours.
    ///
    /// ```
    /// # use serde_json::json;
    /// # let program = cep::Program::parse("p.cep", "
    /// #     stream s { k: string  n: int  ts: timestamp } key k time ts
    /// #     pattern p on s by k { begin a where n == 1  followed by b one or more where n > 1  next c where n == 0  within 1m  emit out { k: a.k, n: sum(b.n) } to \"channel:x\" }")?;
    /// # let mut matcher = program.matcher();
    /// # matcher.push_all("s", [(1, 1), (2, 2), (3, 3), (0, 4)].map(|(n, ts)| json!({ "k": "x", "n": n, "ts": ts })))?;
    /// # let found = matcher.finish()?.next().expect("there is a match");
    /// # let record = found.records().next().expect("there is one");
    /// let sums: std::collections::BTreeMap<String, serde_json::Value> = record.read()?;
    /// assert_eq!(sums["n"], 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where it does not fit the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ReadError> {
        let read = Fields::of_event(self.fields()).read();
        read.map_err(|error: ReadError| error.within("record", self.stream()))
    }

    /// Its values, in the order of its stream's fields.
    #[cfg(feature = "arrow")]
    pub(crate) fn values(self) -> &'a [Value] {
        &self.record.values
    }

    fn fields(self) -> impl Iterator<Item = (&'a str, ValueReader<'a>)> + Clone {
        let fields = self.program.streams().get(self.record.stream).schema.fields();
        fields.iter().map(|field| field.name.as_str()).zip(self.record.values.iter().map(ValueReader))
    }
}

/// Its stream, and its fields by name.
impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct(self.stream());
        for (name, ValueReader(value)) in self.fields() {
            shown.field(name, &Shown(value));
        }
        shown.finish()
    }
}

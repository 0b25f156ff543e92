//! The definitions of a program: streams, derived streams, tables, parameters, and what patterns emit.

use super::Pattern;
use crate::event::{Schema, Type, Value};
use crate::expr::Expr;
use crate::time::Duration;

/// Everything a program is made of. The order of the patterns is their text order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Definitions {
    /// Run-time settings.
    pub params: Vec<Param>,
    /// Declared streams.
    pub streams: Vec<StreamDef>,
    /// Derived streams.
    pub derived: Vec<DerivedStream>,
    /// Look-up tables.
    pub tables: Vec<TableDef>,
    /// Patterns.
    pub patterns: Vec<Pattern>,
}

/// A run-time setting.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its value unless one is given; without it, one must be.
    pub default: Option<Value>,
}

/// A stream whose events come from outside.
///
/// ```
/// use cep_core::event::{DataType, Schema};
/// use cep_core::pattern::StreamDef;
/// use cep_core::time::Duration;
///
/// let schema = Schema::new().with("card", DataType::String).with("ts", DataType::Timestamp);
/// let stream = StreamDef { idle_after: Some(Duration::from_secs(30)), ..StreamDef::new("payment", schema, "ts") };
/// assert_eq!(stream.time.expect("it has one").field, "ts");
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct StreamDef {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub schema: Schema,
    /// How its source is partitioned.
    pub key: Vec<String>,
    /// Where event time comes from; without it, from the host's clock at arrival.
    pub time: Option<StreamTime>,
    /// After how long without an event, by the host's clock, the stream no longer holds time back.
    pub idle_after: Option<Duration>,
    /// Where its events come from (`file:…`, `stdin:`, `kafka:…`), for the host.
    pub source: Option<String>,
    /// The name under which late events are handed to the host.
    pub late_to: Option<String>,
    /// Free metadata.
    pub metadata: Vec<(String, Value)>,
    /// The doc comment.
    pub doc: Option<String>,
}

/// Where a stream's event time comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamTime {
    /// The field, of type timestamp.
    pub field: String,
    /// The order of events of equal time; arrival order after that.
    pub tie_break: Vec<TieBreak>,
    /// How far behind the greatest time seen an event may arrive.
    pub lateness: Duration,
}

/// A field that orders events of equal time.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TieBreak {
    /// The field.
    pub field: String,
    /// Whether greater values come first.
    pub descending: bool,
}

/// A stream computed from another, event by event: a filter, then further columns.
#[derive(Clone, PartialEq, Debug)]
pub struct DerivedStream {
    /// Its name.
    pub name: String,
    /// The stream it is made from: declared, derived or emitted.
    pub source: String,
    /// Which events pass.
    pub condition: Option<Expr>,
    /// The columns added; each sees the source's fields, not the others.
    pub with: Vec<(String, Expr)>,
    /// The doc comment.
    pub doc: Option<String>,
}

/// A look-up table.
#[derive(Clone, PartialEq, Debug)]
pub struct TableDef {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub schema: Schema,
    /// The columns a row is found by.
    pub key: Vec<String>,
    /// Where its rows come from (`file:…`, `store:…`), for the host.
    pub source: String,
}

/// A stream a pattern reads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Input {
    /// The stream's name.
    pub stream: String,
    /// The fields whose values make the key; none for one matcher over the whole input.
    pub by: Vec<String>,
}

/// A record made of a match.
#[derive(Clone, PartialEq, Debug)]
pub struct Emit {
    /// The stream it goes to.
    pub stream: String,
    /// Its columns; `ts`, the match's time, is added after them.
    pub columns: Vec<(String, Expr)>,
    /// Where else it goes (`channel:…`, `queue:…`), for the host.
    pub to: Option<String>,
}

impl StreamDef {
    /// A stream without key, lateness or source, its event time in `time`.
    #[must_use]
    pub fn new(name: impl Into<String>, schema: Schema, time: impl Into<String>) -> Self {
        let time = StreamTime { field: time.into(), tie_break: Vec::new(), lateness: Duration(0) };
        Self {
            name: name.into(),
            schema,
            key: Vec::new(),
            time: Some(time),
            idle_after: None,
            source: None,
            late_to: None,
            metadata: Vec::new(),
            doc: None,
        }
    }
}

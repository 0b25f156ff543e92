//! From records to a batch of Arrow's.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, DurationMillisecondArray, Float64Array, Int64Array, ListArray, MapArray,
    NullArray, RecordBatch, RecordBatchOptions, StringArray, StructArray, TimestampMillisecondArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType as Arrow, Field, Fields, Schema, SchemaRef, TimeUnit};
use cep_core::event::{DataType, Value};

use crate::found::Match;
use crate::program::Program;

const UTC: &str = "UTC";

/// Gathers the records that matches make for one stream, and gives them as a batch: a row a record, a column a field, `ts`
/// among them. Times are `Timestamp(Millisecond, UTC)`, the other types `Boolean`, `Int64`, `Float64`, `Utf8`,
/// `Duration(Millisecond)`, `List`, `Map`; all but `ts` may be null.
///
/// ```
/// let program = cep::Program::parse("p.cep", "
///     stream s { n: int  ts: timestamp } time ts
///     pattern p on s { begin a  next b where n > a.n  emit rise { from: a.n, to: b.n } }")?;
/// let mut records = cep::arrow::Records::of(&program, "rise").expect("a pattern emits it");
/// let mut matcher = program.matcher();
/// for n in [1, 3, 2, 5] {
///     matcher.push("s", &serde_json::json!({ "n": n, "ts": n * 10 }))?.for_each(|found| records.add(&found));
/// }
/// matcher.finish()?.for_each(|found| records.add(&found));
/// let batch = records.take();
/// assert_eq!(batch.schema().fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(), ["from", "to", "ts"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Records {
    stream: String,
    types: Vec<DataType>,
    schema: SchemaRef,
    /// By column.
    values: Vec<Vec<Value>>,
    rows: usize,
}

impl Records {
    /// For the records of a stream; none where no pattern of the program emits it.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a  emit out { n: a.n } }")?;
    /// assert!(cep::arrow::Records::of(&program, "out").is_some());
    /// assert!(cep::arrow::Records::of(&program, "s").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(program: &Program, stream: &str) -> Option<Self> {
        let streams = program.inner().streams();
        let found = streams.get(streams.id(stream)?);
        if !matches!(found.origin, cep_core::program::Origin::Emitted) {
            return None;
        }
        let fields = found.schema.fields();
        let arrow = fields
            .iter()
            .map(|field| Field::new(&field.name, arrow_type(&field.ty.data), field.name != "ts"));
        let schema = Arc::new(Schema::new(arrow.collect::<Fields>()));
        let types: Vec<_> = fields.iter().map(|field| field.ty.data.clone()).collect();
        Some(Self {
            stream: stream.to_owned(),
            schema,
            values: vec![Vec::new(); types.len()],
            types,
            rows: 0,
        })
    }

    /// The schema of the batches.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a  emit out { n: a.n } }")?;
    /// # let mut records = cep::arrow::Records::of(&program, "out").expect("a pattern emits it");
    /// assert_eq!(records.schema().field(0).name(), "n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Adds what a match makes for the stream; nothing where it makes nothing for it.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a  emit out { n: a.n } }")?;
    /// # let mut records = cep::arrow::Records::of(&program, "out").expect("a pattern emits it");
    /// let mut matcher = program.matcher();
    /// matcher.push("s", &serde_json::json!({ "n": 7, "ts": 1 }))?;
    /// matcher.finish()?.for_each(|found| records.add(&found));
    /// assert_eq!(records.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add(&mut self, found: &Match) {
        for record in found.records().filter(|record| record.stream() == self.stream) {
            for (column, value) in self.values.iter_mut().zip(record.values()) {
                column.push(value.clone());
            }
            self.rows += 1;
        }
    }

    /// How many there are.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a  emit out { n: a.n } }")?;
    /// # let mut records = cep::arrow::Records::of(&program, "out").expect("a pattern emits it");
    /// assert_eq!(records.len(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are none.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a  emit out { n: a.n } }")?;
    /// # let mut records = cep::arrow::Records::of(&program, "out").expect("a pattern emits it");
    /// assert!(records.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// All of them, as a batch; none are left.
    ///
    /// ```
    /// # let program = cep::Program::parse("p.cep", "stream s { n: int  ts: timestamp } time ts  pattern p on s { begin a  emit out { n: a.n } }")?;
    /// # let mut records = cep::arrow::Records::of(&program, "out").expect("a pattern emits it");
    /// let batch = records.take();
    /// assert_eq!((batch.num_rows(), batch.num_columns()), (0, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn take(&mut self) -> RecordBatch {
        let columns = self.values.iter_mut().zip(&self.types).map(|(column, data)| {
            let values = std::mem::take(column);
            array(data, &values.iter().collect::<Vec<_>>())
        });
        let options = RecordBatchOptions::new().with_row_count(Some(std::mem::take(&mut self.rows)));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns.collect(), &options);
        batch.expect("a column has the type that the schema gives it, and as many rows as the others")
    }
}

fn arrow_type(data: &DataType) -> Arrow {
    match data {
        DataType::Null => Arrow::Null,
        DataType::Bool => Arrow::Boolean,
        DataType::Int => Arrow::Int64,
        DataType::Float => Arrow::Float64,
        DataType::String => Arrow::Utf8,
        DataType::Timestamp => Arrow::Timestamp(TimeUnit::Millisecond, Some(UTC.into())),
        DataType::Duration => Arrow::Duration(TimeUnit::Millisecond),
        DataType::List(of) => Arrow::List(item(of)),
        DataType::Map(of) => Arrow::Map(entries(of), false),
    }
}

fn item(of: &DataType) -> Arc<Field> {
    Arc::new(Field::new("item", arrow_type(of), true))
}

fn entry_fields(of: &DataType) -> Fields {
    [Field::new("keys", Arrow::Utf8, false), Field::new("values", arrow_type(of), true)].into_iter().collect()
}

fn entries(of: &DataType) -> Arc<Field> {
    Arc::new(Field::new("entries", Arrow::Struct(entry_fields(of)), false))
}

/// The array of some values of a type.
fn array(data: &DataType, values: &[&Value]) -> ArrayRef {
    let all = || values.iter().copied();
    match data {
        DataType::Null => Arc::new(NullArray::new(values.len())),
        DataType::Bool => Arc::new(all().map(truth).collect::<BooleanArray>()),
        DataType::Int => Arc::new(all().map(whole).collect::<Int64Array>()),
        DataType::Float => Arc::new(all().map(|value| value.as_datum().as_f64()).collect::<Float64Array>()),
        DataType::String => Arc::new(all().map(text).collect::<StringArray>()),
        DataType::Timestamp => {
            Arc::new(all().map(whole).collect::<TimestampMillisecondArray>().with_timezone(UTC))
        }
        DataType::Duration => Arc::new(all().map(whole).collect::<DurationMillisecondArray>()),
        DataType::List(of) => Arc::new(lists(of, values)),
        DataType::Map(of) => Arc::new(maps(of, values)),
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(value) => Some(*value),
        Value::Timestamp(time) => Some(time.0),
        Value::Duration(length) => Some(length.0),
        _ => None,
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

fn present(values: &[&Value]) -> NullBuffer {
    values.iter().map(|value| **value != Value::Null).collect()
}

fn lists(of: &DataType, values: &[&Value]) -> ListArray {
    let items = |value: &Value| match value {
        Value::List(items) => Arc::clone(items),
        _ => Arc::from([]),
    };
    let lists: Vec<Arc<[Value]>> = values.iter().map(|value| items(value)).collect();
    let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.len()));
    let items: Vec<&Value> = lists.iter().flat_map(|list| list.iter()).collect();
    ListArray::new(item(of), offsets, array(of, &items), Some(present(values)))
}

fn maps(of: &DataType, values: &[&Value]) -> MapArray {
    let (mut keys, mut of_keys, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    for value in values {
        let before = keys.len();
        if let Value::Map(map) = value {
            keys.extend(map.keys().map(|key| key.as_ref()));
            of_keys.extend(map.values());
        }
        lengths.push(keys.len() - before);
    }
    let columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(keys)), array(of, &of_keys)];
    let structs = StructArray::new(entry_fields(of), columns, None);
    MapArray::new(entries(of), OffsetBuffer::from_lengths(lengths), structs, Some(present(values)), false)
}

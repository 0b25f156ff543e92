//! Columns: the values of one field over a batch, typed by the schema, with nulls marked apart.

use std::borrow::Cow;
use std::ops::Range;

use super::packed::{Packing, Tag};
use super::str_column::StrColumn;
use super::value::{DataType, Datum, Value, exact};
use crate::time::{Duration, Timestamp};

#[derive(Clone, Debug)]
enum Data {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Str(StrColumn),
    Timestamp(Vec<i64>),
    Duration(Vec<i64>),
    Nested(Vec<Value>),
    /// Not filled, as nobody reads it: null in every row, whatever the type.
    Absent,
}

/// The values of one field over a batch.
#[derive(Clone, Debug)]
pub struct Column {
    data: Data,
    /// One flag a row, allocated with the first null.
    nulls: Option<Vec<bool>>,
    len: usize,
}

impl Column {
    /// An empty column of a type.
    #[must_use]
    pub fn new(data: &DataType) -> Self {
        let data = match data {
            DataType::Bool => Data::Bool(Vec::new()),
            DataType::Int => Data::Int(Vec::new()),
            DataType::Float => Data::Float(Vec::new()),
            DataType::String => Data::Str(StrColumn::default()),
            DataType::Timestamp => Data::Timestamp(Vec::new()),
            DataType::Duration => Data::Duration(Vec::new()),
            DataType::Null | DataType::List(_) | DataType::Map(_) => Data::Nested(Vec::new()),
        };
        Self { data, nulls: None, len: 0 }
    }

    /// A column that is not filled: it is null in every row, however many there are.
    #[must_use]
    pub fn absent() -> Self {
        Self { data: Data::Absent, nulls: None, len: 0 }
    }

    /// Whether the column is not filled.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.data, Data::Absent)
    }

    /// Gives a column that is not filled its number of rows.
    pub(super) fn stretch(&mut self, rows: usize) {
        if self.is_absent() {
            self.len = rows;
        }
    }

    /// An empty column like this one.
    pub(super) fn emptied(&self) -> Self {
        let data = match &self.data {
            Data::Bool(_) => Data::Bool(Vec::new()),
            Data::Int(_) => Data::Int(Vec::new()),
            Data::Float(_) => Data::Float(Vec::new()),
            Data::Str(_) => Data::Str(StrColumn::default()),
            Data::Timestamp(_) => Data::Timestamp(Vec::new()),
            Data::Duration(_) => Data::Duration(Vec::new()),
            Data::Nested(_) => Data::Nested(Vec::new()),
            Data::Absent => Data::Absent,
        };
        Self { data, nulls: None, len: 0 }
    }

    /// The values from a row on.
    pub(super) fn tail(&self, from: usize) -> Self {
        let mut tail = self.emptied();
        for row in from..self.len {
            let fits = tail.push(&self.get(row));
            debug_assert!(fits || self.is_absent(), "a value is of its own column's type");
        }
        tail.stretch(self.len - from);
        tail
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the value of a row is null.
    #[must_use]
    pub fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls[row]) || self.is_absent()
    }

    /// One flag a row, where any row is null; none of a column that is not filled.
    #[must_use]
    pub fn nulls(&self) -> Option<&[bool]> {
        self.nulls.as_deref()
    }

    /// The value of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Datum<'_> {
        if self.is_null(row) {
            return Datum::Null;
        }
        match &self.data {
            Data::Bool(values) => Datum::Bool(values[row]),
            Data::Int(values) => Datum::Int(values[row]),
            Data::Float(values) => Datum::Float(values[row]),
            Data::Str(values) => Datum::Str(Cow::Borrowed(values.get(row))),
            Data::Timestamp(values) => Datum::Timestamp(Timestamp(values[row])),
            Data::Duration(values) => Datum::Duration(Duration(values[row])),
            Data::Nested(values) => values[row].as_datum(),
            Data::Absent => Datum::Null,
        }
    }

    /// The value of a row as a word, to be kept with others.
    #[inline]
    pub(super) fn pack(&self, row: usize, packing: &mut Packing<'_>) -> (Tag, u64) {
        if self.nulls.as_ref().is_some_and(|nulls| nulls[row]) {
            return (Tag::Null, 0);
        }
        match &self.data {
            Data::Bool(values) => (Tag::Bool, values[row].into()),
            Data::Int(values) => (Tag::Int, values[row].cast_unsigned()),
            Data::Float(values) => (Tag::Float, values[row].to_bits()),
            Data::Str(values) => (Tag::Str, packing.text(values.bytes(row))),
            Data::Timestamp(values) => (Tag::Timestamp, values[row].cast_unsigned()),
            Data::Duration(values) => (Tag::Duration, values[row].cast_unsigned()),
            Data::Nested(values) => (Tag::Nested, packing.nested(&values[row])),
            Data::Absent => (Tag::Null, 0),
        }
    }

    /// The number of a row as a float, NaN where it is null; none where it is no number that a float holds exactly.
    #[inline(always)]
    pub(crate) fn float(&self, row: usize) -> Option<f64> {
        match &self.data {
            _ if self.nulls.as_ref().is_some_and(|nulls| nulls[row]) => Some(f64::NAN),
            Data::Float(values) => Some(values[row]),
            Data::Int(values) => exact(values[row]),
            Data::Absent => Some(f64::NAN),
            _ => None,
        }
    }

    /// Reads a row, so that it is near when it is wanted.
    pub(super) fn fetch(&self, row: usize) -> u64 {
        match &self.data {
            Data::Bool(values) => values[row].into(),
            Data::Int(values) | Data::Timestamp(values) | Data::Duration(values) => {
                values[row].cast_unsigned()
            }
            Data::Float(values) => values[row].to_bits(),
            Data::Str(values) => values.bytes(row).first().copied().unwrap_or(0).into(),
            Data::Nested(_) | Data::Absent => 0,
        }
    }

    /// The numbers of a float column; null rows hold 0.
    #[must_use]
    pub fn floats(&self) -> Option<&[f64]> {
        match &self.data {
            Data::Float(values) => Some(values),
            _ => None,
        }
    }

    /// The numbers of an int column; null rows hold 0.
    #[must_use]
    pub fn ints(&self) -> Option<&[i64]> {
        match &self.data {
            Data::Int(values) => Some(values),
            _ => None,
        }
    }

    /// The texts of a string column; null rows hold "".
    #[must_use]
    pub fn strs(&self) -> Option<&StrColumn> {
        match &self.data {
            Data::Str(values) => Some(values),
            _ => None,
        }
    }

    /// The milliseconds of a timestamp or duration column; null rows hold 0.
    #[must_use]
    pub fn millis(&self) -> Option<&[i64]> {
        match &self.data {
            Data::Timestamp(values) | Data::Duration(values) => Some(values),
            _ => None,
        }
    }

    fn pushed(&mut self, null: bool) {
        self.len += 1;
        match &mut self.nulls {
            Some(nulls) => nulls.push(null),
            None if null => {
                let mut nulls = vec![false; self.len];
                nulls[self.len - 1] = true;
                self.nulls = Some(nulls);
            }
            None => {}
        }
    }

    /// Appends null.
    pub fn push_null(&mut self) {
        match &mut self.data {
            Data::Bool(values) => values.push(false),
            Data::Int(values) | Data::Timestamp(values) | Data::Duration(values) => values.push(0),
            Data::Float(values) => values.push(0.0),
            Data::Str(values) => values.push(""),
            Data::Nested(values) => values.push(Value::Null),
            Data::Absent => return self.len += 1,
        }
        self.pushed(true);
    }

    /// Takes note of rows that were appended, none of them null.
    fn extended(&mut self, rows: usize) {
        self.len = rows;
        if let Some(nulls) = &mut self.nulls {
            nulls.resize(rows, false);
        }
    }

    /// Appends a value for each of some rows, up to the first for which there is none, to an int column, or milliseconds to a
    /// timestamp or duration column.
    ///
    /// # Panics
    /// If the column is of another type: the caller reads the schema first.
    #[inline]
    pub fn extend_ints(&mut self, rows: Range<usize>, value: impl FnMut(usize) -> Option<i64>) {
        let (Data::Int(held) | Data::Timestamp(held) | Data::Duration(held)) = &mut self.data else {
            panic!("integers for a column that is not int, timestamp or duration")
        };
        let rows = extend(held, rows, value);
        self.extended(rows);
    }

    /// Appends a finite float for each of some rows, up to the first for which there is none, to a float column.
    ///
    /// # Panics
    /// If the column is of another type: the caller reads the schema first.
    #[inline]
    pub fn extend_floats(&mut self, rows: Range<usize>, value: impl FnMut(usize) -> Option<f64>) {
        let Data::Float(held) = &mut self.data else { panic!("floats for a column that is not float") };
        let rows = extend(held, rows, value);
        debug_assert!(held.iter().all(|value| value.is_finite()), "a float is finite");
        self.extended(rows);
    }

    /// Appends many texts to a string column: they stand end to end, each ending where `ends` says. False, with nothing
    /// appended, where one of them is not UTF-8.
    ///
    /// # Panics
    /// If the column is of another type, or the ends do not rise to that of the texts.
    pub fn extend_strs(&mut self, texts: &[u8], ends: &[u32]) -> bool {
        let Data::Str(held) = &mut self.data else { panic!("texts for a column that is not string") };
        let taken = held.extend(texts, ends);
        if taken {
            self.extended(self.len + ends.len());
        }
        taken
    }

    /// Appends text to a string column.
    ///
    /// # Panics
    /// If the column is of another type: the caller reads the schema first.
    pub fn push_str(&mut self, value: &str) {
        let Data::Str(values) = &mut self.data else { panic!("text for a column that is not string") };
        values.push(value);
        self.pushed(false);
    }

    /// Appends a bool to a bool column.
    ///
    /// # Panics
    /// If the column is of another type: the caller reads the schema first.
    pub fn push_bool(&mut self, value: bool) {
        let Data::Bool(values) = &mut self.data else { panic!("a bool for a column that is not bool") };
        values.push(value);
        self.pushed(false);
    }

    /// Appends a float to a float column; what is not finite becomes null.
    ///
    /// # Panics
    /// If the column is of another type: the caller reads the schema first.
    pub fn push_float(&mut self, value: f64) {
        let Data::Float(values) = &mut self.data else { panic!("a float for a column that is not float") };
        if value.is_finite() {
            values.push(value);
            self.pushed(false);
        } else {
            self.push_null();
        }
    }

    /// Appends an integer to an int column, or milliseconds to a timestamp or duration column.
    ///
    /// # Panics
    /// If the column is of another type: the caller reads the schema first.
    pub fn push_int(&mut self, value: i64) {
        match &mut self.data {
            Data::Int(values) | Data::Timestamp(values) | Data::Duration(values) => values.push(value),
            _ => panic!("an integer for a column that is not int, timestamp or duration"),
        }
        self.pushed(false);
    }

    /// Appends any value that fits the column; an int widens to float. False, with nothing appended, where it does not fit.
    pub fn push(&mut self, value: &Datum<'_>) -> bool {
        match (&mut self.data, value) {
            (_, Datum::Null) | (Data::Absent, _) => self.push_null(),
            (Data::Bool(_), Datum::Bool(value)) => self.push_bool(*value),
            (Data::Int(_), Datum::Int(value))
            | (Data::Timestamp(_), Datum::Timestamp(Timestamp(value)))
            | (Data::Duration(_), Datum::Duration(Duration(value))) => self.push_int(*value),
            (Data::Float(_), Datum::Int(_) | Datum::Float(_)) => {
                self.push_float(value.as_f64().expect("an int or a float is a number"));
            }
            (Data::Str(_), Datum::Str(value)) => self.push_str(value),
            (Data::Nested(values), Datum::List(_) | Datum::Map(_)) => {
                values.push(value.clone().into_value());
                self.pushed(false);
            }
            _ => return false,
        }
        true
    }

    /// Forgets all rows from `rows` on.
    pub fn truncate(&mut self, rows: usize) {
        match &mut self.data {
            Data::Bool(values) => values.truncate(rows),
            Data::Int(values) | Data::Timestamp(values) | Data::Duration(values) => values.truncate(rows),
            Data::Float(values) => values.truncate(rows),
            Data::Str(values) => values.truncate(rows),
            Data::Nested(values) => values.truncate(rows),
            Data::Absent => {}
        }
        if let Some(nulls) = &mut self.nulls {
            nulls.truncate(rows);
        }
        self.len = self.len.min(rows);
    }
}

/// Appends values while there are any; gives the number of all. Room is made once, not looked for at each.
#[inline]
fn extend<T: Copy + Default>(
    held: &mut Vec<T>,
    rows: Range<usize>,
    mut value: impl FnMut(usize) -> Option<T>,
) -> usize {
    let mut filled = held.len();
    held.resize(filled + rows.len(), T::default());
    for (slot, row) in held[filled..].iter_mut().zip(rows) {
        let Some(value) = value(row) else { break };
        *slot = value;
        filled += 1;
    }
    held.truncate(filled);
    filled
}

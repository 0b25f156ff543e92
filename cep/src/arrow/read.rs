//! From an array of Arrow's to a column of the engine's.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType as Arrow, TimeUnit};
use cep_core::event::{Column, DataType, Datum, Map, Value};
use cep_core::time::Timestamp;

use super::Problem;

/// The value of a row that is not null; none where it does not fit.
type Read<'a, T> = Box<dyn Fn(usize) -> Option<T> + 'a>;

const TOO_LARGE: &str = "the number does not fit 64 bits with sign";
const NO_TIME: &str = "it is no time stamp that milliseconds in 64 bits hold, and no text as RFC 3339";

/// A column that is null in every row.
pub(super) fn nulls(data: &DataType, rows: usize) -> Column {
    let mut column = Column::new(data);
    (0..rows).for_each(|_| column.push_null());
    column
}

/// The column that an array makes.
pub(super) fn column(array: &dyn Array, data: &DataType) -> Result<Column, Problem> {
    if *array.data_type() == Arrow::Null {
        return Ok(nulls(data, array.len()));
    }
    let cells = Cells::of(array)?;
    let mut column = Column::new(data);
    if cells.is_plain() && fill_plain(array, data, &mut column) {
        return Ok(column);
    }
    let of = cells.values;
    match data {
        DataType::Bool => {
            cells.fill(&mut column, bools(of), TOO_LARGE, |column, value| column.push_bool(value))
        }
        DataType::Int => cells.fill(&mut column, ints(of), TOO_LARGE, |column, value| column.push_int(value)),
        DataType::Float => {
            cells.fill(&mut column, floats(of), TOO_LARGE, |column, value| column.push_float(value))
        }
        DataType::String => {
            cells.fill(&mut column, texts(of), TOO_LARGE, |column, value| column.push_str(value))
        }
        DataType::Timestamp => {
            let times = times(of).or_else(|| ints(of));
            cells.fill(&mut column, times, NO_TIME, |column, value| column.push_int(value))
        }
        DataType::Duration => {
            let lengths = lengths(of).or_else(|| ints(of));
            cells.fill(&mut column, lengths, TOO_LARGE, |column, value| column.push_int(value))
        }
        DataType::List(_) | DataType::Map(_) | DataType::Null => nested(&cells, data, &mut column),
    }?;
    Ok(column)
}

/// Whole columns that lie as the engine has them; false, and nothing done, where this is none.
fn fill_plain(array: &dyn Array, data: &DataType, column: &mut Column) -> bool {
    let rows = 0..array.len();
    match (data, array.data_type()) {
        (DataType::Int, Arrow::Int64) => {
            let values = array.as_primitive::<Int64Type>().values();
            column.extend_ints(rows, |row| Some(values[row]));
        }
        (DataType::Timestamp, Arrow::Timestamp(TimeUnit::Millisecond, _)) => {
            let values = array.as_primitive::<TimestampMillisecondType>().values();
            column.extend_ints(rows, |row| Some(values[row]));
        }
        (DataType::Float, Arrow::Float64) => {
            let values = array.as_primitive::<Float64Type>().values();
            if !values.iter().all(|value| value.is_finite()) {
                return false;
            }
            column.extend_floats(rows, |row| Some(values[row]));
        }
        (DataType::String, Arrow::Utf8) => {
            let texts = array.as_string::<i32>();
            let offsets = texts.value_offsets();
            let (first, last) = (offsets[0], offsets[array.len()]);
            // Offsets rise from the first, and none is negative.
            let ends: Vec<u32> = offsets[1..].iter().map(|end| (end - first).cast_unsigned()).collect();
            let bytes = &texts.value_data()[first.cast_unsigned() as usize..last.cast_unsigned() as usize];
            return column.extend_strs(bytes, &ends);
        }
        _ => return false,
    }
    true
}

/// The rows of an array, in a dictionary or not.
struct Cells<'a> {
    values: &'a dyn Array,
    keys: Option<Read<'a, i64>>,
    nulls: Option<NullBuffer>,
    rows: usize,
}

impl<'a> Cells<'a> {
    fn of(array: &'a dyn Array) -> Result<Self, Problem> {
        let (rows, nulls) = (array.len(), array.logical_nulls());
        let Some(dictionary) = array.as_any_dictionary_opt() else {
            return Ok(Self { values: array, keys: None, nulls, rows });
        };
        let keys = ints(dictionary.keys()).ok_or(Problem::Type)?;
        Ok(Self { values: dictionary.values().as_ref(), keys: Some(keys), nulls, rows })
    }

    fn is_plain(&self) -> bool {
        self.keys.is_none() && self.nulls.as_ref().is_none_or(|nulls| nulls.null_count() == 0)
    }

    /// Where the value of a row is; none where that is null.
    fn place(&self, row: usize) -> Option<usize> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return None;
        }
        match &self.keys {
            None => Some(row),
            Some(keys) => keys(row).and_then(|key| usize::try_from(key).ok()),
        }
    }

    fn fill<T>(
        &self,
        column: &mut Column,
        read: Option<Read<'a, T>>,
        problem: &'static str,
        push: impl Fn(&mut Column, T),
    ) -> Result<(), Problem> {
        let read = read.ok_or(Problem::Type)?;
        for row in 0..self.rows {
            match self.place(row) {
                None => column.push_null(),
                Some(place) => push(column, read(place).ok_or(Problem::Value(row, problem))?),
            }
        }
        Ok(())
    }
}

macro_rules! read {
    ($array:expr, $type:ty, $value:ident => $read:expr) => {{
        let values = $array.as_primitive::<$type>().values();
        let read: Read<'_, _> = Box::new(move |row| {
            let $value = values[row];
            $read
        });
        read
    }};
}

fn ints(array: &dyn Array) -> Option<Read<'_, i64>> {
    Some(match array.data_type() {
        Arrow::Int8 => read!(array, Int8Type, value => Some(value.into())),
        Arrow::Int16 => read!(array, Int16Type, value => Some(value.into())),
        Arrow::Int32 => read!(array, Int32Type, value => Some(value.into())),
        Arrow::Int64 => read!(array, Int64Type, value => Some(value)),
        Arrow::UInt8 => read!(array, UInt8Type, value => Some(value.into())),
        Arrow::UInt16 => read!(array, UInt16Type, value => Some(value.into())),
        Arrow::UInt32 => read!(array, UInt32Type, value => Some(value.into())),
        Arrow::UInt64 => read!(array, UInt64Type, value => i64::try_from(value).ok()),
        _ => return None,
    })
}

fn floats(array: &dyn Array) -> Option<Read<'_, f64>> {
    Some(match array.data_type() {
        Arrow::Float16 => read!(array, Float16Type, value => Some(value.to_f64())),
        Arrow::Float32 => read!(array, Float32Type, value => Some(value.into())),
        Arrow::Float64 => read!(array, Float64Type, value => Some(value)),
        _ => {
            let ints = ints(array)?;
            Box::new(move |row| ints(row).map(|value| value as f64))
        }
    })
}

fn bools(array: &dyn Array) -> Option<Read<'_, bool>> {
    let values = array.as_boolean_opt()?;
    Some(Box::new(move |row| Some(values.value(row))))
}

fn texts(array: &dyn Array) -> Option<Read<'_, &str>> {
    if let Some(texts) = array.as_string_opt::<i32>() {
        return Some(Box::new(move |row| Some(texts.value(row))));
    }
    if let Some(texts) = array.as_string_opt::<i64>() {
        return Some(Box::new(move |row| Some(texts.value(row))));
    }
    let texts = array.as_string_view_opt()?;
    Some(Box::new(move |row| Some(texts.value(row))))
}

const DAY: i64 = 86_400_000;

/// In milliseconds, to the one before.
fn times(array: &dyn Array) -> Option<Read<'_, i64>> {
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    Some(match array.data_type() {
        Arrow::Timestamp(Second, _) => read!(array, TimestampSecondType, value => value.checked_mul(1_000)),
        Arrow::Timestamp(Millisecond, _) => read!(array, TimestampMillisecondType, value => Some(value)),
        Arrow::Timestamp(Microsecond, _) => {
            read!(array, TimestampMicrosecondType, value => Some(value.div_euclid(1_000)))
        }
        Arrow::Timestamp(Nanosecond, _) => {
            read!(array, TimestampNanosecondType, value => Some(value.div_euclid(1_000_000)))
        }
        Arrow::Date32 => read!(array, Date32Type, value => Some(i64::from(value) * DAY)),
        Arrow::Date64 => read!(array, Date64Type, value => Some(value)),
        _ => {
            let texts = texts(array)?;
            Box::new(move |row| texts(row).and_then(Timestamp::parse).map(|time| time.0))
        }
    })
}

/// In milliseconds.
fn lengths(array: &dyn Array) -> Option<Read<'_, i64>> {
    Some(match array.data_type() {
        Arrow::Duration(TimeUnit::Second) => {
            read!(array, DurationSecondType, value => value.checked_mul(1_000))
        }
        Arrow::Duration(TimeUnit::Millisecond) => read!(array, DurationMillisecondType, value => Some(value)),
        Arrow::Duration(TimeUnit::Microsecond) => {
            read!(array, DurationMicrosecondType, value => Some(value.div_euclid(1_000)))
        }
        Arrow::Duration(TimeUnit::Nanosecond) => {
            read!(array, DurationNanosecondType, value => Some(value.div_euclid(1_000_000)))
        }
        _ => return None,
    })
}

/// Lists and maps, a value at a time.
fn nested(cells: &Cells<'_>, data: &DataType, column: &mut Column) -> Result<(), Problem> {
    // Types are told even where there are no rows.
    of_row(cells.values, None, data)?;
    for row in 0..cells.rows {
        let value = match cells.place(row) {
            None => Value::Null,
            Some(place) => of_row(cells.values, Some(place), data).map_err(|problem| match problem {
                Problem::Value(_, what) => Problem::Value(row, what),
                other => other,
            })?,
        };
        column.push(&value.as_datum());
    }
    Ok(())
}

/// The list or map of a row; without one, an empty one of the same type.
fn of_row(array: &dyn Array, row: Option<usize>, data: &DataType) -> Result<Value, Problem> {
    let (items, of): (ArrayRef, _) = match (data, array.data_type()) {
        (DataType::List(of), Arrow::List(_)) => {
            let lists = array.as_list::<i32>();
            (row.map_or_else(|| lists.values().slice(0, 0), |row| lists.value(row)), of)
        }
        (DataType::List(of), Arrow::LargeList(_)) => {
            let lists = array.as_list::<i64>();
            (row.map_or_else(|| lists.values().slice(0, 0), |row| lists.value(row)), of)
        }
        (DataType::Map(of), Arrow::Map(..)) => return of_map(array, row, of),
        _ => return Err(Problem::Type),
    };
    Ok(Value::List(values(&items, of)?.into()))
}

fn of_map(array: &dyn Array, row: Option<usize>, of: &DataType) -> Result<Value, Problem> {
    let maps = array.as_map();
    let entries = row.map_or_else(|| maps.entries().slice(0, 0), |row| maps.value(row));
    let keys = column(entries.column(0), &DataType::String)?;
    let mut map = Map::new();
    for (row, value) in values(entries.column(1), of)?.into_iter().enumerate() {
        if let Datum::Str(key) = keys.get(row) {
            map.insert(Arc::from(key.as_ref()), value);
        }
    }
    Ok(Value::Map(Arc::new(map)))
}

fn values(array: &dyn Array, of: &DataType) -> Result<Vec<Value>, Problem> {
    let column = column(array, of)?;
    Ok((0..column.len()).map(|row| column.get(row).into_value()).collect())
}

//! The bytes of a Compact value: a part of fixed size, values of variable size, and a table of where those are.

use super::schema::{Place, SchemaField};
use super::{FieldKind, Schema};
use crate::serialization::{DataError, Input, Output};

/// A body that is being written.
#[derive(Debug)]
pub(super) struct Body<'w> {
    schema: &'w Schema,
    /// Where the data begins: the fixed part, then the variable one.
    start: usize,
    /// From `start` on; -1 is null.
    offsets: Vec<i32>,
}

impl<'w> Body<'w> {
    pub(super) fn begin(output: &mut Output<'_>, schema: &'w Schema) -> Self {
        output.i64(schema.id());
        if schema.variables() > 0 {
            output.i32(0);
        }
        let start = output.position();
        output.zeros(schema.fixed_bytes());
        Self { schema, start, offsets: vec![-1; schema.variables()] }
    }

    /// The field of this name, which has to be of this kind.
    pub(super) fn field(&self, name: &str, kind: FieldKind) -> Result<&'w SchemaField, DataError> {
        let field = self.schema.field(name).ok_or_else(|| no_field(self.schema, name))?;
        if field.kind == kind { Ok(field) } else { Err(wrong_kind(self.schema, field, kind)) }
    }

    /// Puts a value in its place.
    pub(super) fn put(
        &mut self,
        output: &mut Output<'_>,
        place: Place,
        value: impl FnOnce(&mut Output<'_>) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let at = output.position();
        value(output)?;
        match place {
            Place::Fixed(offset) => output.move_back(at, self.start + offset),
            // A truth value is written as a byte.
            Place::Bit(offset, bit) => {
                let byte = output.pop(at);
                *output.at(self.start + offset) |= byte << bit;
            }
            Place::Variable(index) => self.offsets[index] = offset(at - self.start),
        }
        Ok(())
    }

    pub(super) fn finish(self, output: &mut Output<'_>) {
        if self.offsets.is_empty() {
            return;
        }
        let length = output.position() - self.start;
        output.patch(self.start - 4, &offset(length).to_be_bytes());
        put_table(output, length, &self.offsets);
    }
}

/// Whatever does not fit is refused where the value is finished.
fn offset(offset: usize) -> i32 {
    i32::try_from(offset).unwrap_or(i32::MAX)
}

/// How many bytes an offset has, where there are so many bytes of data.
const fn offset_size(length: usize) -> usize {
    match length {
        0..255 => 1,
        255..65_535 => 2,
        _ => 4,
    }
}

fn put_table(output: &mut Output<'_>, length: usize, offsets: &[i32]) {
    for offset in offsets {
        let bytes = offset.to_be_bytes();
        output.bytes(&bytes[4 - offset_size(length)..]);
    }
}

/// Where an entry of a table points; none where it is null.
fn table_entry(
    input: &Input<'_>,
    table: usize,
    length: usize,
    index: usize,
) -> Result<Option<usize>, DataError> {
    let size = offset_size(length);
    let mut input = input.from(table.saturating_add(index.saturating_mul(size)))?;
    let offset = match size {
        1 => usize::from(input.u8()?),
        2 => usize::from(input.u16()?),
        _ => input.i32()?.cast_unsigned() as usize,
    };
    let null = match size {
        1 => 0xff,
        2 => 0xffff,
        _ => 0xffff_ffff,
    };
    Ok((offset != null).then_some(offset))
}

/// Values of variable size one behind the other, some of them perhaps null.
pub(super) fn put_all<T>(
    output: &mut Output<'_>,
    items: &[T],
    mut put: impl FnMut(&mut Output<'_>, &T) -> Result<bool, DataError>,
) -> Result<(), DataError> {
    let length_at = output.position();
    output.i32(0);
    output.length(items.len());
    let start = output.position();
    let mut offsets = Vec::with_capacity(items.len());
    for item in items {
        let at = output.position();
        offsets.push(if put(output, item)? { offset(at - start) } else { -1 });
    }
    let length = output.position() - start;
    output.patch(length_at, &offset(length).to_be_bytes());
    put_table(output, length, &offsets);
    Ok(())
}

/// Reads what `put_all` has written.
pub(super) fn get_all<T>(
    input: &mut Input<'_>,
    mut get: impl FnMut(Option<Input<'_>>) -> Result<T, DataError>,
) -> Result<Vec<T>, DataError> {
    let length = input.length()?.ok_or(DataError::Malformed("a list without a length"))?;
    // Each item has an entry in the table.
    let count = input.count(offset_size(length))?.ok_or(DataError::Malformed("a list without a count"))?;
    let start = input.position();
    let table = start.saturating_add(length);
    let input = input.deeper()?;
    let item = |index| match table_entry(&input, table, length, index)? {
        Some(offset) => get(Some(input.from(start.saturating_add(offset))?)),
        None => get(None),
    };
    (0..count).map(item).collect()
}

/// A body that can be read.
#[derive(Clone, Debug)]
pub(super) struct View<'d> {
    input: Input<'d>,
    start: usize,
    /// The bytes of data, and so where the table is.
    length: usize,
}

impl<'d> View<'d> {
    /// The input stands behind the schema's number.
    pub(super) fn begin(input: &mut Input<'d>, schema: &Schema) -> Result<Self, DataError> {
        let length = if schema.variables() > 0 {
            input.length()?.ok_or(DataError::Malformed("a Compact value without a length"))?
        } else {
            schema.fixed_bytes()
        };
        if length < schema.fixed_bytes() {
            return Err(DataError::Short);
        }
        let start = input.position();
        let table = schema.variables().saturating_mul(offset_size(length));
        if length.saturating_add(table) > input.left() {
            return Err(DataError::Short);
        }
        Ok(Self { input: input.deeper()?, start, length })
    }

    /// Where a value lies; none where it is null.
    pub(super) fn find(&self, place: Place) -> Result<Found<'d>, DataError> {
        Ok(match place {
            Place::Fixed(offset) => Found::Bytes(self.input.from(self.start + offset)?),
            Place::Bit(offset, bit) => {
                Found::Bit(self.input.from(self.start + offset)?.u8()? >> bit & 1 == 1)
            }
            Place::Variable(index) => match self.offset(index)? {
                Some(offset) => Found::Bytes(self.input.from(self.start.saturating_add(offset))?),
                None => Found::Null,
            },
        })
    }

    pub(super) fn other_bytes(&self, bytes: &'d [u8]) -> Input<'d> {
        self.input.over(bytes)
    }

    /// Where a value of variable size lies; none where it is null.
    pub(super) fn offset(&self, index: usize) -> Result<Option<usize>, DataError> {
        table_entry(&self.input, self.start + self.length, self.length, index)
    }

    /// Where the body ends, behind its table.
    pub(super) fn end(&self, schema: &Schema) -> usize {
        self.start + self.length + schema.variables() * offset_size(self.length)
    }
}

/// What was found of a field.
#[derive(Debug)]
pub(super) enum Found<'d> {
    Null,
    Bit(bool),
    Bytes(Input<'d>),
}

pub(super) fn no_field(schema: &Schema, name: &str) -> DataError {
    problem(schema, name, "there is no such field".to_owned())
}

pub(super) fn wrong_kind(schema: &Schema, field: &SchemaField, expected: FieldKind) -> DataError {
    problem(schema, &field.name, format!("it is {:?}, not {expected:?}", field.kind))
}

pub(super) fn problem(schema: &Schema, name: &str, problem: String) -> DataError {
    DataError::Field { type_name: schema.type_name().to_owned(), field: name.to_owned(), problem }
}

//! Record keys as bytes, and back: docs/state-format.md, 4.

use std::borrow::Cow;

use super::super::key::{BOOL, DURATION, FLOAT, INT, Key, MEASURED, NULL, STR, TIMESTAMP};
use super::super::keys::RecordKey;
use crate::bytes::{Reader, RecordError};
use crate::event::{DataType, Datum, Value};
use crate::ids::FamilyId;
use crate::program::{Family, Program};
use crate::time::{Duration, Timestamp};

impl RecordKey {
    /// The key as bytes, which say which family it is of in every program that has it.
    #[must_use]
    pub fn to_bytes(&self, program: &Program) -> Vec<u8> {
        let mut bytes = program.families()[self.family.index()].id.to_vec();
        bytes.extend_from_slice(Key::of_values(&self.values).bytes());
        bytes
    }

    /// The key that bytes say; none where it is of a family that the program does not have.
    ///
    /// # Errors
    /// Where they say none.
    pub fn from_bytes(program: &Program, bytes: &[u8]) -> Result<Option<Self>, RecordError> {
        let mut reader = Reader::new(bytes);
        let id = reader.array()?;
        let place = program.families().iter().position(|family| family.id == id);
        let Some(place) = place else { return Ok(None) };
        let types = key_types(program, &program.families()[place]);
        let last = types.len();
        let mut values = Vec::new();
        for (number, data) in (1..).zip(types) {
            values.push(value(&mut reader, data, number == last)?);
        }
        reader.end()?;
        // Of a value that can be said in two ways, one is the key's.
        let is_only_form = *Key::of_values(&values).bytes() == bytes[id.len()..];
        reader.expect(is_only_form, "a key in a form that it does not have")?;
        Ok(Some(Self { family: FamilyId::new(place), values }))
    }
}

fn key_types<'a>(program: &'a Program, family: &'a Family) -> Vec<&'a DataType> {
    let Some(input) = family.inputs.first() else { return Vec::new() };
    let fields = program.streams().get(input.stream).schema.fields();
    input.key.iter().map(|column| &fields[column.index()].ty.data).collect()
}

fn value(reader: &mut Reader<'_>, data: &DataType, is_last: bool) -> Result<Value, RecordError> {
    let tag = reader.u8()?;
    let value = match (tag, data) {
        (NULL, _) => Datum::Null,
        (BOOL, DataType::Bool) => Datum::Bool(reader.below(2, "a bool that is neither")? == 1),
        (INT, DataType::Int) => Datum::Int(word(reader)?.cast_signed()),
        (FLOAT, DataType::Float) => Datum::Float(f64::from_bits(word(reader)?)),
        (TIMESTAMP, DataType::Timestamp) => Datum::Timestamp(Timestamp(word(reader)?.cast_signed())),
        (DURATION, DataType::Duration) => Datum::Duration(Duration(word(reader)?.cast_signed())),
        (STR, DataType::String) if is_last => text(reader, reader.left())?,
        (_, DataType::String) if tag == STR | MEASURED && !is_last => {
            let length = usize::try_from(word(reader)?).unwrap_or(usize::MAX);
            text(reader, length)?
        }
        _ => return Err(reader.corrupt("a value that is not of the key's type")),
    };
    Ok(value.into_value())
}

fn word(reader: &mut Reader<'_>) -> Result<u64, RecordError> {
    reader.array().map(u64::from_le_bytes)
}

fn text<'a>(reader: &mut Reader<'a>, length: usize) -> Result<Datum<'a>, RecordError> {
    let bytes = reader.take(length)?;
    let text = std::str::from_utf8(bytes).map_err(|_| reader.corrupt("a text that is not UTF-8"))?;
    Ok(Datum::Str(Cow::Borrowed(text)))
}

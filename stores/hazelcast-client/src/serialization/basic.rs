//! Single values: numbers, truth values, characters, texts, ids, null, and bytes that are serialized already.

use uuid::Uuid;

use super::{DataError, FromData, Input, Output, ToData, types};
use crate::data::Data;

/// The error of another type than the one that was asked for.
pub(super) fn other(expected: &'static str, found: i32) -> DataError {
    match found {
        types::NULL => DataError::Null { expected },
        found => DataError::Type { expected, found },
    }
}

macro_rules! numbers {
    ($($type:ty, $number:literal, $name:ident, $told:literal;)*) => {$(
        impl ToData for $type {
            fn type_id(&self) -> i32 {
                $number
            }

            fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                output.$name(*self);
                Ok(())
            }
        }

        impl FromData for $type {
            fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
                match type_id {
                    $number => input.$name(),
                    found => Err(other($told, found)),
                }
            }
        }
    )*};
}

numbers! {
    i8, -3, i8, "a byte";
    i16, -6, i16, "a short";
    i32, -7, i32, "an int";
    i64, -8, i64, "a long";
    f32, -9, f32, "a float";
    f64, -10, f64, "a double";
}

const BOOLEAN: i32 = -4;
const CHAR: i32 = -5;
const STRING: i32 = -11;
const UUID: i32 = -21;

impl ToData for bool {
    fn type_id(&self) -> i32 {
        BOOLEAN
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.u8(u8::from(*self));
        Ok(())
    }
}

impl FromData for bool {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        match type_id {
            BOOLEAN => input.u8().map(|byte| byte != 0),
            found => Err(other("a boolean", found)),
        }
    }
}

/// Java's `char` has 16 bits: characters beyond them cannot be written.
impl ToData for char {
    fn type_id(&self) -> i32 {
        CHAR
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        let code = u16::try_from(u32::from(*self));
        output.u16(code.map_err(|_| DataError::Malformed("a character of more than 16 bits"))?);
        Ok(())
    }
}

impl FromData for char {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        match type_id {
            CHAR => Self::from_u32(input.u16()?.into()).ok_or(DataError::Malformed("half a character")),
            found => Err(other("a char", found)),
        }
    }
}

impl ToData for str {
    fn type_id(&self) -> i32 {
        STRING
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.text(self);
        Ok(())
    }
}

impl ToData for &str {
    fn type_id(&self) -> i32 {
        STRING
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.text(self);
        Ok(())
    }
}

impl ToData for String {
    fn type_id(&self) -> i32 {
        STRING
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.text(self);
        Ok(())
    }
}

impl FromData for String {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        match type_id {
            STRING => match input.text()? {
                Some(text) => Ok(text.to_owned()),
                None => Err(DataError::Null { expected: "a string" }),
            },
            found => Err(other("a string", found)),
        }
    }
}

impl ToData for Uuid {
    fn type_id(&self) -> i32 {
        UUID
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.bytes(self.as_bytes());
        Ok(())
    }
}

impl FromData for Uuid {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        match type_id {
            UUID => {
                let (high, low) = (input.i64()?, input.i64()?);
                Ok(Self::from_u64_pair(high.cast_unsigned(), low.cast_unsigned()))
            }
            found => Err(other("a UUID", found)),
        }
    }
}

/// Nothing is null.
impl<T: ToData> ToData for Option<T> {
    fn type_id(&self) -> i32 {
        self.as_ref().map_or(types::NULL, ToData::type_id)
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        self.as_ref().map_or(Ok(()), |value| value.write(output))
    }

    fn partition_hash(&self) -> i32 {
        self.as_ref().map_or(0, ToData::partition_hash)
    }
}

impl<T: FromData> FromData for Option<T> {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        match type_id {
            types::NULL => Ok(None),
            type_id => T::read(type_id, input).map(Some),
        }
    }
}

/// As it is: for values that are only passed on.
impl ToData for Data {
    fn type_id(&self) -> i32 {
        Self::type_id(self)
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.bytes(self.payload());
        Ok(())
    }

    fn partition_hash(&self) -> i32 {
        // That of the header, which may be none.
        self.as_bytes().first_chunk().map_or(0, |hash| i32::from_be_bytes(*hash))
    }
}

/// All bytes that are left, so only where it is no part of another value.
impl FromData for Data {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        let hash = input.partition_hash().to_be_bytes();
        let bytes = [&hash, &type_id.to_be_bytes()[..], input.rest()].concat();
        Self::from_bytes(bytes.into()).ok_or(DataError::Short)
    }
}

//! Arrays of single values.

use bytes::Bytes;

use super::basic::other;
use super::{DataError, FromData, Input, Output, ToData};

macro_rules! arrays {
    ($($type:ty, $number:literal, $told:literal, $least:literal, $write:expr, $read:expr;)*) => {$(
        impl ToData for [$type] {
            fn type_id(&self) -> i32 {
                $number
            }

            fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                output.length(self.len());
                let write: fn(&mut Output<'_>, &$type) = $write;
                self.iter().for_each(|item| write(output, item));
                Ok(())
            }
        }

        impl ToData for Vec<$type> {
            fn type_id(&self) -> i32 {
                $number
            }

            fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                self.as_slice().write(output)
            }
        }

        impl FromData for Vec<$type> {
            fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
                if type_id != $number {
                    return Err(other($told, type_id));
                }
                let count = input.count($least)?.ok_or(DataError::Null { expected: $told })?;
                let read: fn(&mut Input<'_>) -> Result<$type, DataError> = $read;
                (0..count).map(|_| read(input)).collect()
            }
        }
    )*};
}

arrays! {
    i8, -12, "a byte[]", 1, |output, item| output.i8(*item), |input| input.i8();
    bool, -13, "a boolean[]", 1, |output, item| output.u8(u8::from(*item)), |input| Ok(input.u8()? != 0);
    i16, -15, "a short[]", 2, |output, item| output.i16(*item), |input| input.i16();
    i32, -16, "an int[]", 4, |output, item| output.i32(*item), |input| input.i32();
    i64, -17, "a long[]", 8, |output, item| output.i64(*item), |input| input.i64();
    f32, -18, "a float[]", 4, |output, item| output.f32(*item), |input| input.f32();
    f64, -19, "a double[]", 8, |output, item| output.f64(*item), |input| input.f64();
    u16, -14, "a char[]", 2, |output, item| output.u16(*item), |input| input.u16();
    String, -20, "a String[]", 4, |output, item| output.text(item),
        |input| input.text()?.map(str::to_owned).ok_or(DataError::Null { expected: "a string" });
    Option<String>, -20, "a String[]", 4,
        |output, item| output.text_or_null(item.as_deref()),
        |input| Ok(input.text()?.map(str::to_owned));
}

const BYTES: i32 = -12;

impl ToData for [u8] {
    fn type_id(&self) -> i32 {
        BYTES
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.length(self.len());
        output.bytes(self);
        Ok(())
    }
}

macro_rules! bytes {
    ($($type:ty)*) => {$(
        impl ToData for $type {
            fn type_id(&self) -> i32 {
                BYTES
            }

            fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                self[..].write(output)
            }
        }

        impl FromData for $type {
            fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
                if type_id != BYTES {
                    return Err(other("a byte[]", type_id));
                }
                let count = input.length()?.ok_or(DataError::Null { expected: "a byte[]" })?;
                Ok(input.bytes(count)?.to_vec().into())
            }
        }
    )*};
}

bytes!(Vec<u8> Bytes);

//! Which types of Rust are which kinds of fields.

use bytes::Bytes;

use super::body::{get_all, put_all};
use super::{Compact, FieldKind, record};
use crate::serialization::sealed::Sealed;
use crate::serialization::time::Plain;
use crate::serialization::{
    BigDecimal, DataError, Input, LocalDate, LocalDateTime, LocalTime, OffsetDateTime, Output,
};
use FieldKind as K;

/// A value that can be a field of a Compact type.
///
/// Numbers, truth values, texts, dates, decimals and other Compact types have it, `Option`s of them, which may be null, and
/// `Vec`s of both. All its implementations are here.
///
/// ```
/// use hazelcast_client::CompactField;
///
/// fn is_a_field<T: CompactField>() {}
/// is_a_field::<i64>();
/// is_a_field::<Option<Vec<String>>>();
/// ```
pub trait CompactField: Sized {
    #[doc(hidden)]
    const SEALED: Sealed;
    /// The kind of the field.
    const KIND: FieldKind;
    /// The kind where it may be null.
    const OPTIONAL: FieldKind;
    /// The kind of a list of it.
    const ARRAY: FieldKind;
    /// The kind of a list of it, some of it null.
    const ARRAY_OPTIONAL: FieldKind;

    #[doc(hidden)]
    fn is_null(&self) -> bool {
        false
    }

    #[doc(hidden)]
    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError>;

    /// `None` is null.
    #[doc(hidden)]
    fn get(input: Option<Input<'_>>) -> Result<Self, DataError>;

    #[doc(hidden)]
    fn put_list(items: &[Self], output: &mut Output<'_>) -> Result<(), DataError> {
        put_all(output, items, |output, item| {
            if item.is_null() {
                return Ok(false);
            }
            item.put(output).map(|()| true)
        })
    }

    /// `plain` tells that no item can be null, so that there is no table.
    #[doc(hidden)]
    fn get_list(input: &mut Input<'_>, _plain: bool) -> Result<Vec<Self>, DataError> {
        get_all(input, Self::get)
    }

    /// Reads a field that was found, whose kind may be the nullable one where this is not, or the other way round.
    #[doc(hidden)]
    fn get_as(kind: FieldKind, input: Option<Input<'_>>) -> Result<Self, DataError> {
        let _ = kind;
        Self::get(input)
    }
}

const NULL: DataError = DataError::Null { expected: "a value that is not null" };

macro_rules! fixed {
    ($($type:ty, $kind:ident, $optional:ident, $array:ident, $array_optional:ident, $size:literal, $put:expr, $get:expr;)*) => {$(
        impl CompactField for $type {
            const SEALED: Sealed = Sealed;
            const KIND: FieldKind = K::$kind;
            const OPTIONAL: FieldKind = K::$optional;
            const ARRAY: FieldKind = K::$array;
            const ARRAY_OPTIONAL: FieldKind = K::$array_optional;

            fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                let put: fn(&mut Output<'_>, Self) = $put;
                put(output, *self);
                Ok(())
            }

            fn get(input: Option<Input<'_>>) -> Result<Self, DataError> {
                let get: fn(&mut Input<'_>) -> Result<Self, DataError> = $get;
                get(&mut input.ok_or(NULL)?)
            }

            fn put_list(items: &[Self], output: &mut Output<'_>) -> Result<(), DataError> {
                output.length(items.len());
                items.iter().try_for_each(|item| item.put(output))
            }

            fn get_list(input: &mut Input<'_>, plain: bool) -> Result<Vec<Self>, DataError> {
                if !plain {
                    return get_all(input, Self::get);
                }
                let count = input.count($size)?.ok_or(NULL)?;
                let get: fn(&mut Input<'_>) -> Result<Self, DataError> = $get;
                (0..count).map(|_| get(input)).collect()
            }
        }
    )*};
}

fixed! {
    i8, Int8, NullableInt8, ArrayOfInt8, ArrayOfNullableInt8, 1, |output, item| output.i8(item), |input| input.i8();
    u8, Int8, NullableInt8, ArrayOfInt8, ArrayOfNullableInt8, 1, |output, item| output.u8(item), |input| input.u8();
    i16, Int16, NullableInt16, ArrayOfInt16, ArrayOfNullableInt16, 2, |output, item| output.i16(item), |input| input.i16();
    i32, Int32, NullableInt32, ArrayOfInt32, ArrayOfNullableInt32, 4, |output, item| output.i32(item), |input| input.i32();
    i64, Int64, NullableInt64, ArrayOfInt64, ArrayOfNullableInt64, 8, |output, item| output.i64(item), |input| input.i64();
    f32, Float32, NullableFloat32, ArrayOfFloat32, ArrayOfNullableFloat32, 4, |output, item| output.f32(item), |input| input.f32();
    f64, Float64, NullableFloat64, ArrayOfFloat64, ArrayOfNullableFloat64, 8, |output, item| output.f64(item), |input| input.f64();
}

impl CompactField for bool {
    const SEALED: Sealed = Sealed;
    const KIND: FieldKind = K::Boolean;
    const OPTIONAL: FieldKind = K::NullableBoolean;
    const ARRAY: FieldKind = K::ArrayOfBoolean;
    const ARRAY_OPTIONAL: FieldKind = K::ArrayOfNullableBoolean;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.u8(u8::from(*self));
        Ok(())
    }

    fn get(input: Option<Input<'_>>) -> Result<Self, DataError> {
        input.ok_or(NULL)?.u8().map(|byte| byte != 0)
    }

    /// Eight to a byte.
    fn put_list(items: &[Self], output: &mut Output<'_>) -> Result<(), DataError> {
        output.length(items.len());
        for eight in items.chunks(8) {
            output.u8(eight.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
        }
        Ok(())
    }

    fn get_list(input: &mut Input<'_>, plain: bool) -> Result<Vec<Self>, DataError> {
        if !plain {
            return get_all(input, Self::get);
        }
        let count = input.length()?.ok_or(NULL)?;
        let bytes = input.bytes(count.div_ceil(8))?;
        Ok((0..count).map(|bit| bytes[bit / 8] >> (bit % 8) & 1 == 1).collect())
    }
}

macro_rules! variable {
    ($($type:ty, $kind:ident, $array:ident, $put:expr, $get:expr;)*) => {$(
        impl CompactField for $type {
            const SEALED: Sealed = Sealed;
            const KIND: FieldKind = K::$kind;
            const OPTIONAL: FieldKind = K::$kind;
            const ARRAY: FieldKind = K::$array;
            const ARRAY_OPTIONAL: FieldKind = K::$array;

            fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                let put: fn(&Self, &mut Output<'_>) = $put;
                put(self, output);
                Ok(())
            }

            fn get(input: Option<Input<'_>>) -> Result<Self, DataError> {
                let get: fn(&mut Input<'_>) -> Result<Self, DataError> = $get;
                get(&mut input.ok_or(NULL)?)
            }
        }
    )*};
}

variable! {
    String, String, ArrayOfString, |text, output| output.text(text),
        |input| input.text()?.map(str::to_owned).ok_or(NULL);
    BigDecimal, Decimal, ArrayOfDecimal, Plain::put, Plain::take;
    LocalTime, Time, ArrayOfTime, Plain::put, Plain::take;
    LocalDate, Date, ArrayOfDate, Plain::put, Plain::take;
    LocalDateTime, Timestamp, ArrayOfTimestamp, Plain::put, Plain::take;
    OffsetDateTime, TimestampWithTimezone, ArrayOfTimestampWithTimezone, Plain::put, Plain::take;
}

impl<T: Compact> CompactField for T {
    const SEALED: Sealed = Sealed;
    const KIND: FieldKind = K::Compact;
    const OPTIONAL: FieldKind = K::Compact;
    const ARRAY: FieldKind = K::ArrayOfCompact;
    const ARRAY_OPTIONAL: FieldKind = K::ArrayOfCompact;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        super::put(self, output)
    }

    fn get(input: Option<Input<'_>>) -> Result<Self, DataError> {
        super::get(&mut input.ok_or(NULL)?)
    }
}

impl CompactField for record::Record {
    const SEALED: Sealed = Sealed;
    const KIND: FieldKind = K::Compact;
    const OPTIONAL: FieldKind = K::Compact;
    const ARRAY: FieldKind = K::ArrayOfCompact;
    const ARRAY_OPTIONAL: FieldKind = K::ArrayOfCompact;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        record::put(self, output)
    }

    fn get(input: Option<Input<'_>>) -> Result<Self, DataError> {
        record::get(&mut input.ok_or(NULL)?)
    }
}

impl<T: CompactField> CompactField for Option<T> {
    const SEALED: Sealed = Sealed;
    const KIND: FieldKind = T::OPTIONAL;
    const OPTIONAL: FieldKind = T::OPTIONAL;
    const ARRAY: FieldKind = T::ARRAY_OPTIONAL;
    const ARRAY_OPTIONAL: FieldKind = T::ARRAY_OPTIONAL;

    fn is_null(&self) -> bool {
        self.is_none()
    }

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        self.as_ref().map_or(Ok(()), |value| value.put(output))
    }

    fn get(input: Option<Input<'_>>) -> Result<Self, DataError> {
        input.map(|input| T::get(Some(input))).transpose()
    }

    fn get_list(input: &mut Input<'_>, plain: bool) -> Result<Vec<Self>, DataError> {
        if plain && T::ARRAY != T::ARRAY_OPTIONAL {
            return Ok(T::get_list(input, true)?.into_iter().map(Some).collect());
        }
        get_all(input, Self::get)
    }

    fn get_as(kind: FieldKind, input: Option<Input<'_>>) -> Result<Self, DataError> {
        input.map(|input| T::get_as(kind, Some(input))).transpose()
    }
}

impl<T: CompactField> CompactField for Vec<T> {
    const SEALED: Sealed = Sealed;
    const KIND: FieldKind = T::ARRAY;
    const OPTIONAL: FieldKind = T::ARRAY;
    // There are no lists of lists; as kinds they are lists.
    const ARRAY: FieldKind = T::ARRAY;
    const ARRAY_OPTIONAL: FieldKind = T::ARRAY;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        T::put_list(self, output)
    }

    fn get(input: Option<Input<'_>>) -> Result<Self, DataError> {
        T::get_list(&mut input.ok_or(NULL)?, T::ARRAY == T::ARRAY.plain())
    }

    fn get_as(kind: FieldKind, input: Option<Input<'_>>) -> Result<Self, DataError> {
        T::get_list(&mut input.ok_or(NULL)?, kind == kind.plain())
    }
}

impl CompactField for Bytes {
    const SEALED: Sealed = Sealed;
    const KIND: FieldKind = K::ArrayOfInt8;
    const OPTIONAL: FieldKind = K::ArrayOfInt8;
    const ARRAY: FieldKind = K::ArrayOfInt8;
    const ARRAY_OPTIONAL: FieldKind = K::ArrayOfInt8;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.length(self.len());
        output.bytes(self);
        Ok(())
    }

    fn get(input: Option<Input<'_>>) -> Result<Self, DataError> {
        let mut input = input.ok_or(NULL)?;
        let count = input.length()?.ok_or(NULL)?;
        Ok(Self::copy_from_slice(input.bytes(count)?))
    }
}

//! Which types of Rust are which kinds of Portable fields.

use super::writer::position;
use super::{Portable, check, get, put};
use crate::serialization::sealed::Sealed;
use crate::serialization::time::Plain;
use crate::serialization::{
    BigDecimal, DataError, Input, LocalDate, LocalDateTime, LocalTime, OffsetDateTime, Output,
};

/// A value that can be a field of a Portable type.
///
/// Numbers, truth values, `char`, texts, dates, decimals, other Portable types, and `Vec`s of them have it. Where Java
/// may have null, an `Option` has it too. All its implementations are here.
///
/// ```
/// use hazelcast_client::PortableField;
///
/// fn is_a_field<T: PortableField>() {}
/// is_a_field::<i64>();
/// is_a_field::<Option<Vec<String>>>();
/// ```
pub trait PortableField: Sized {
    #[doc(hidden)]
    const SEALED: Sealed;

    #[doc(hidden)]
    const KIND: u8;

    #[doc(hidden)]
    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError>;

    /// None where a field of this kind cannot be read as this type.
    #[doc(hidden)]
    fn get(kind: u8, input: &mut Input<'_>) -> Result<Option<Self>, DataError>;
}

/// A type that Java may have null of.
trait Nullable: Sized {
    const KIND: u8;

    fn put(value: Option<&Self>, output: &mut Output<'_>) -> Result<(), DataError>;

    fn get(input: &mut Input<'_>) -> Result<Option<Self>, DataError>;
}

const NULL: DataError = DataError::Null { expected: "a value that is not null" };

macro_rules! numbers {
    ($($type:ty, $kind:literal, $name:ident, [$($narrow:literal $narrow_name:ident),*];)*) => {$(
        impl PortableField for $type {
            const SEALED: Sealed = Sealed;
            const KIND: u8 = $kind;

            fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                output.$name(*self);
                Ok(())
            }

            fn get(kind: u8, input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
                Ok(Some(match kind {
                    $kind => input.$name()?,
                    $($narrow => input.$narrow_name()?.into(),)*
                    _ => return Ok(None),
                }))
            }
        }
    )*};
}

numbers! {
    i8, 1, i8, [];
    i16, 4, i16, [1 i8];
    i32, 5, i32, [1 i8, 4 i16, 3 u16];
    i64, 6, i64, [1 i8, 4 i16, 3 u16, 5 i32];
    f32, 7, f32, [1 i8, 4 i16];
    f64, 8, f64, [1 i8, 4 i16, 5 i32, 7 f32];
}

impl PortableField for bool {
    const SEALED: Sealed = Sealed;
    const KIND: u8 = 2;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.u8(u8::from(*self));
        Ok(())
    }

    fn get(kind: u8, input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
        if kind == Self::KIND { Ok(Some(input.u8()? != 0)) } else { Ok(None) }
    }
}

/// 16 bits, as Java's `char` has them.
impl PortableField for u16 {
    const SEALED: Sealed = Sealed;
    const KIND: u8 = 3;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.u16(*self);
        Ok(())
    }

    fn get(kind: u8, input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
        if kind == Self::KIND { input.u16().map(Some) } else { Ok(None) }
    }
}

impl Nullable for String {
    const KIND: u8 = 9;

    fn put(value: Option<&Self>, output: &mut Output<'_>) -> Result<(), DataError> {
        match value {
            Some(text) => output.text(text),
            None => output.i32(-1),
        }
        Ok(())
    }

    fn get(input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
        Ok(input.text()?.map(str::to_owned))
    }
}

macro_rules! arrays {
    ($($type:ty, $kind:literal, $least:literal, $put:expr, $get:expr;)*) => {$(
        impl Nullable for Vec<$type> {
            const KIND: u8 = $kind;

            fn put(value: Option<&Self>, output: &mut Output<'_>) -> Result<(), DataError> {
                let Some(items) = value else {
                    output.i32(-1);
                    return Ok(());
                };
                output.length(items.len());
                let put: fn(&mut Output<'_>, &$type) = $put;
                items.iter().for_each(|item| put(output, item));
                Ok(())
            }

            fn get(input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
                let Some(count) = input.count($least)? else { return Ok(None) };
                let get: fn(&mut Input<'_>) -> Result<$type, DataError> = $get;
                (0..count).map(|_| get(input)).collect::<Result<_, _>>().map(Some)
            }
        }
    )*};
}

arrays! {
    i8, 11, 1, |output, item| output.i8(*item), |input| input.i8();
    u8, 11, 1, |output, item| output.u8(*item), |input| input.u8();
    bool, 12, 1, |output, item| output.u8(u8::from(*item)), |input| Ok(input.u8()? != 0);
    u16, 13, 2, |output, item| output.u16(*item), |input| input.u16();
    i16, 14, 2, |output, item| output.i16(*item), |input| input.i16();
    i32, 15, 4, |output, item| output.i32(*item), |input| input.i32();
    i64, 16, 8, |output, item| output.i64(*item), |input| input.i64();
    f32, 17, 4, |output, item| output.f32(*item), |input| input.f32();
    f64, 18, 8, |output, item| output.f64(*item), |input| input.f64();
    String, 19, 4, |output, item| output.text(item), |input| input.text()?.map(str::to_owned).ok_or(NULL);
    Option<String>, 19, 4,
        |output, item| output.text_or_null(item.as_deref()),
        |input| Ok(input.text()?.map(str::to_owned));
}

/// A day as Portable has it: with a year of two bytes.
struct ShortDate;

impl ShortDate {
    fn put(date: &LocalDate, output: &mut Output<'_>) {
        output.i16(i16::try_from(date.year).unwrap_or(if date.year < 0 { i16::MIN } else { i16::MAX }));
        output.bytes(&[date.month, date.day]);
    }

    fn take(input: &mut Input<'_>) -> Result<LocalDate, DataError> {
        Ok(LocalDate { year: input.i16()?.into(), month: input.u8()?, day: input.u8()? })
    }
}

fn put_timestamp(value: &LocalDateTime, output: &mut Output<'_>) {
    ShortDate::put(&value.date, output);
    Plain::put(&value.time, output);
}

fn take_timestamp(input: &mut Input<'_>) -> Result<LocalDateTime, DataError> {
    Ok(LocalDateTime { date: ShortDate::take(input)?, time: Plain::take(input)? })
}

fn put_offset(value: &OffsetDateTime, output: &mut Output<'_>) {
    put_timestamp(&value.local, output);
    output.i32(value.offset_seconds);
}

fn take_offset(input: &mut Input<'_>) -> Result<OffsetDateTime, DataError> {
    Ok(OffsetDateTime { local: take_timestamp(input)?, offset_seconds: input.i32()? })
}

macro_rules! marked {
    ($($type:ty, $kind:literal, $list_kind:literal, $put:expr, $get:expr;)*) => {$(
        impl Nullable for $type {
            const KIND: u8 = $kind;

            fn put(value: Option<&Self>, output: &mut Output<'_>) -> Result<(), DataError> {
                output.u8(u8::from(value.is_none()));
                let put: fn(&Self, &mut Output<'_>) = $put;
                if let Some(value) = value {
                    put(value, output);
                }
                Ok(())
            }

            fn get(input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
                let get: fn(&mut Input<'_>) -> Result<Self, DataError> = $get;
                if input.u8()? != 0 { Ok(None) } else { get(input).map(Some) }
            }
        }

        impl Nullable for Vec<$type> {
            const KIND: u8 = $list_kind;

            fn put(value: Option<&Self>, output: &mut Output<'_>) -> Result<(), DataError> {
                let put: fn(&$type, &mut Output<'_>) = $put;
                put_placed(value, output, |_| {}, |item, output| {
                    put(item, output);
                    Ok(())
                })
            }

            fn get(input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
                let get: fn(&mut Input<'_>) -> Result<$type, DataError> = $get;
                let Some(count) = input.count(4)? else { return Ok(None) };
                get_placed(input, count, get).map(Some)
            }
        }
    )*};
}

marked! {
    BigDecimal, 20, 21, Plain::put, Plain::take;
    LocalTime, 22, 23, Plain::put, Plain::take;
    LocalDate, 24, 25, ShortDate::put, ShortDate::take;
    LocalDateTime, 26, 27, put_timestamp, take_timestamp;
    OffsetDateTime, 28, 29, put_offset, take_offset;
}

/// Count, whatever stands before the places, the items' places, the items.
pub(super) fn put_placed<T>(
    items: Option<&Vec<T>>,
    output: &mut Output<'_>,
    head: impl FnOnce(&mut Output<'_>),
    mut put: impl FnMut(&T, &mut Output<'_>) -> Result<(), DataError>,
) -> Result<(), DataError> {
    let Some(items) = items else {
        output.i32(-1);
        head(output);
        return Ok(());
    };
    output.length(items.len());
    head(output);
    let places = output.position();
    output.zeros(4 * items.len());
    for (index, item) in items.iter().enumerate() {
        let at = position(output);
        output.patch(places + 4 * index, &at);
        put(item, output)?;
    }
    Ok(())
}

pub(super) fn get_placed<T>(
    input: &mut Input<'_>,
    count: usize,
    mut get: impl FnMut(&mut Input<'_>) -> Result<T, DataError>,
) -> Result<Vec<T>, DataError> {
    let within = input.deeper()?;
    let mut items = Vec::new();
    for _ in 0..count {
        let place = usize::try_from(input.i32()?).map_err(|_| DataError::Malformed("a negative offset"))?;
        items.push(get(&mut within.from(place)?)?);
    }
    Ok(items)
}

impl<T: Portable> Nullable for T {
    const KIND: u8 = 0;

    fn put(value: Option<&Self>, output: &mut Output<'_>) -> Result<(), DataError> {
        output.u8(u8::from(value.is_none()));
        output.i32(T::FACTORY_ID);
        output.i32(T::CLASS_ID);
        value.map_or(Ok(()), |value| put(value, output))
    }

    fn get(input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
        let is_null = input.u8()? != 0;
        check::<T>(input)?;
        if is_null { Ok(None) } else { get(input).map(Some) }
    }
}

impl<T: Portable> Nullable for Vec<T> {
    const KIND: u8 = 10;

    fn put(value: Option<&Self>, output: &mut Output<'_>) -> Result<(), DataError> {
        let head = |output: &mut Output<'_>| {
            output.i32(T::FACTORY_ID);
            output.i32(T::CLASS_ID);
        };
        put_placed(value, output, head, |item, output| put(item, output))
    }

    fn get(input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
        let count = input.count(4)?;
        check::<T>(input)?;
        count.map(|count| get_placed(input, count, get)).transpose()
    }
}

impl<T: Nullable> PortableField for Option<T> {
    const SEALED: Sealed = Sealed;
    const KIND: u8 = T::KIND;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        T::put(self.as_ref(), output)
    }

    fn get(kind: u8, input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
        if kind == T::KIND { T::get(input).map(Some) } else { Ok(None) }
    }
}

macro_rules! not_null {
    ($([$($parameter:ident)?] $type:ty;)*) => {$(
        impl$(<$parameter: Portable>)? PortableField for $type {
            const SEALED: Sealed = Sealed;
            const KIND: u8 = <$type as Nullable>::KIND;

            fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                Nullable::put(Some(self), output)
            }

            fn get(kind: u8, input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
                if kind != <$type as Nullable>::KIND {
                    return Ok(None);
                }
                <$type as Nullable>::get(input)?.ok_or(NULL).map(Some)
            }
        }
    )*};
}

not_null! {
    [T] T;
    [T] Vec<T>;
    [] String;
    [] Vec<i8>;
    [] Vec<u8>;
    [] Vec<bool>;
    [] Vec<u16>;
    [] Vec<i16>;
    [] Vec<i32>;
    [] Vec<i64>;
    [] Vec<f32>;
    [] Vec<f64>;
    [] Vec<String>;
    [] Vec<Option<String>>;
    [] BigDecimal;
    [] LocalTime;
    [] LocalDate;
    [] LocalDateTime;
    [] OffsetDateTime;
    [] Vec<BigDecimal>;
    [] Vec<LocalTime>;
    [] Vec<LocalDate>;
    [] Vec<LocalDateTime>;
    [] Vec<OffsetDateTime>;
}

//! Dates, times and numbers of any size, as Java has them: only carried, not computed with.

use super::basic::other;
use super::{DataError, FromData, Input, Output, ToData};

/// A day.
///
/// ```
/// use hazelcast_client::LocalDate;
///
/// let day = LocalDate { year: 2026, month: 11, day: 25 };
/// assert!(day < LocalDate { day: 26, ..day });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LocalDate {
    /// The year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A time of day.
///
/// ```
/// use hazelcast_client::LocalTime;
///
/// let noon = LocalTime { hour: 12, minute: 0, second: 0, nanosecond: 0 };
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LocalTime {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999,999.
    pub nanosecond: u32,
}

/// A day and a time of it, somewhere.
///
/// ```
/// use hazelcast_client::{LocalDate, LocalDateTime, LocalTime};
///
/// let date = LocalDate { year: 2026, month: 11, day: 25 };
/// let noon = LocalDateTime { date, time: LocalTime { hour: 12, minute: 0, second: 0, nanosecond: 0 } };
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LocalDateTime {
    /// The day.
    pub date: LocalDate,
    /// The time.
    pub time: LocalTime,
}

/// A day and a time of it, with the offset from UTC of the clock that shows it.
///
/// ```
/// use hazelcast_client::{LocalDate, LocalDateTime, LocalTime, OffsetDateTime};
///
/// let date = LocalDate { year: 2026, month: 11, day: 25 };
/// let local = LocalDateTime { date, time: LocalTime { hour: 12, minute: 0, second: 0, nanosecond: 0 } };
/// let in_berlin = OffsetDateTime { local, offset_seconds: 3_600 };
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct OffsetDateTime {
    /// What the clock shows.
    pub local: LocalDateTime,
    /// How far it is ahead of UTC.
    pub offset_seconds: i32,
}

/// An integer of any size: bytes of its two's complement, the most significant first.
///
/// ```
/// use hazelcast_client::BigInteger;
///
/// assert_eq!(BigInteger::from(256).0, [1, 0]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BigInteger(pub Vec<u8>);

/// A decimal number of any size: `unscaled · 10^-scale`.
///
/// ```
/// use hazelcast_client::{BigDecimal, BigInteger};
///
/// // -12.34
/// let price = BigDecimal { unscaled: BigInteger::from(-1_234), scale: 2 };
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BigDecimal {
    /// All digits.
    pub unscaled: BigInteger,
    /// How many of them stand behind the point.
    pub scale: i32,
}

impl From<i128> for BigInteger {
    /// In as few bytes as it needs, as Java has it.
    fn from(number: i128) -> Self {
        let bytes = number.to_be_bytes();
        let sign = if number < 0 { 0xff } else { 0 };
        let is_needed = |at: &usize| bytes[*at] != sign || (bytes[*at + 1] ^ sign) & 0x80 != 0;
        let first = (0..bytes.len() - 1).find(is_needed).unwrap_or(bytes.len() - 1);
        Self(bytes[first..].to_vec())
    }
}

impl BigInteger {
    /// The number, where it has at most 128 bits.
    ///
    /// ```
    /// use hazelcast_client::BigInteger;
    ///
    /// assert_eq!(BigInteger::from(-7).to_i128(), Some(-7));
    /// assert_eq!(BigInteger(vec![1; 17]).to_i128(), None);
    /// ```
    pub fn to_i128(&self) -> Option<i128> {
        let sign = if self.0.first()? & 0x80 == 0 { 0 } else { -1 };
        (self.0.len() <= 16).then(|| self.0.iter().fold(sign, |number, byte| number << 8 | i128::from(*byte)))
    }
}

/// How a value is written without its type.
pub(super) trait Plain: Sized {
    fn put(&self, output: &mut Output<'_>);

    fn take(input: &mut Input<'_>) -> Result<Self, DataError>;
}

impl Plain for LocalDate {
    fn put(&self, output: &mut Output<'_>) {
        output.i32(self.year);
        output.u8(self.month);
        output.u8(self.day);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, DataError> {
        Ok(Self { year: input.i32()?, month: input.u8()?, day: input.u8()? })
    }
}

impl Plain for LocalTime {
    fn put(&self, output: &mut Output<'_>) {
        output.bytes(&[self.hour, self.minute, self.second]);
        output.i32(self.nanosecond.cast_signed());
    }

    fn take(input: &mut Input<'_>) -> Result<Self, DataError> {
        let (hour, minute, second) = (input.u8()?, input.u8()?, input.u8()?);
        Ok(Self { hour, minute, second, nanosecond: input.i32()?.cast_unsigned() })
    }
}

impl Plain for LocalDateTime {
    fn put(&self, output: &mut Output<'_>) {
        self.date.put(output);
        self.time.put(output);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, DataError> {
        Ok(Self { date: Plain::take(input)?, time: Plain::take(input)? })
    }
}

impl Plain for OffsetDateTime {
    fn put(&self, output: &mut Output<'_>) {
        self.local.put(output);
        output.i32(self.offset_seconds);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, DataError> {
        Ok(Self { local: Plain::take(input)?, offset_seconds: input.i32()? })
    }
}

impl Plain for BigInteger {
    fn put(&self, output: &mut Output<'_>) {
        output.length(self.0.len());
        output.bytes(&self.0);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, DataError> {
        let length = input.length()?.ok_or(DataError::Null { expected: "an integer" })?;
        Ok(Self(input.bytes(length)?.to_vec()))
    }
}

impl Plain for BigDecimal {
    fn put(&self, output: &mut Output<'_>) {
        self.unscaled.put(output);
        output.i32(self.scale);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, DataError> {
        Ok(Self { unscaled: Plain::take(input)?, scale: input.i32()? })
    }
}

macro_rules! plain {
    ($($type:ty, $number:literal, $told:literal;)*) => {$(
        impl ToData for $type {
            fn type_id(&self) -> i32 {
                $number
            }

            fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
                self.put(output);
                Ok(())
            }
        }

        impl FromData for $type {
            fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
                match type_id {
                    $number => Self::take(input),
                    found => Err(other($told, found)),
                }
            }
        }
    )*};
}

plain! {
    BigInteger, -26, "a BigInteger";
    BigDecimal, -27, "a BigDecimal";
    LocalDate, -51, "a LocalDate";
    LocalTime, -52, "a LocalTime";
    LocalDateTime, -53, "a LocalDateTime";
    OffsetDateTime, -54, "an OffsetDateTime";
}

#[cfg(test)]
mod tests {
    use super::BigInteger;

    #[test]
    fn integers_have_as_few_bytes_as_they_need() {
        let bytes = |number: i128| BigInteger::from(number).0;
        assert_eq!(bytes(0), [0]);
        assert_eq!(bytes(-1), [0xff]);
        assert_eq!(bytes(127), [0x7f]);
        assert_eq!(bytes(128), [0, 0x80]);
        assert_eq!(bytes(-128), [0x80]);
        assert_eq!(bytes(-129), [0xff, 0x7f]);
        for number in [0, 1, -1, 255, -256, i128::MAX, i128::MIN, 1 << 77] {
            assert_eq!(BigInteger::from(number).to_i128(), Some(number));
        }
    }
}

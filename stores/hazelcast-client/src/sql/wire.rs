//! Messages of SQL, and rows as they come: column by column.

use uuid::Uuid;

use super::SqlValue;
use crate::codec::read::{fixed, payload, structure};
use crate::codec::table::{replies, requests};
use crate::codec::{CodecError, Fixed, Items, Put, Take};
use crate::data::Data;
use crate::frame::{Flags, Frames, Writer};
use crate::serialization::{
    BigDecimal, BigInteger, Json, LocalDate, LocalDateTime, LocalTime, OffsetDateTime,
};

requests! {
    0x210300 SqlClose<'a> Never {} { query: &'a QueryId } -> ();
    0x210400 SqlExecute<'a> Never { timeout: i64, page: i32, expected: u8, skip_statistics: bool }
        { sql: &'a str, parameters: &'a [Option<Data>], schema: Option<&'a str>, query: &'a QueryId } -> Executed;
    0x210500 SqlFetch<'a> Never { page: i32 } { query: &'a QueryId } -> Fetched;
    0x210600 SqlMapping<'a> Safe {} { name: &'a str } -> MappingText;
}

replies! {
    Executed { updated: i64, is_infinite: bool, partition_argument: i32 }
        { columns: Option<Vec<WireColumn>>, page: Option<Page>, error: Option<WireSqlError> };
    Fetched {} { page: Option<Page>, error: Option<WireSqlError> };
    MappingText {} { text: Option<String> };
}

/// The most rows of a page that is asked for: a bit of a message can stand for a null, which takes more memory.
pub(super) const MOST_ROWS: usize = 1 << 20;

/// Names a query at the member that runs it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueryId {
    pub(super) member: Uuid,
    pub(super) local: Uuid,
}

impl Put for QueryId {
    fn put(&self, writer: &mut Writer<'_>) {
        writer.mark(Flags::BEGIN);
        writer.frame(Flags::NONE, |out| {
            for id in [self.member, self.local] {
                let (high, low) = id.as_u64_pair();
                Fixed::put(&high.cast_signed(), out);
                Fixed::put(&low.cast_signed(), out);
            }
        });
        writer.mark(Flags::END);
    }
}

/// What a column is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireColumn {
    pub(super) kind: i32,
    pub(super) is_nullable: bool,
    pub(super) name: String,
}

impl Take for WireColumn {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let bytes = &mut payload(frames)?;
            let (kind, is_nullable) = (fixed(bytes)?, fixed(bytes)?);
            Ok(Self { kind, is_nullable, name: Take::take(frames)? })
        })
    }
}

/// What went wrong with a query.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WireSqlError {
    pub(super) code: i32,
    pub(super) member: Uuid,
    pub(super) message: Option<String>,
    pub(super) suggestion: Option<String>,
}

impl Take for WireSqlError {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let bytes = &mut payload(frames)?;
            let (code, member) = (fixed(bytes)?, fixed(bytes)?);
            Ok(Self { code, member, message: Take::take(frames)?, suggestion: Take::take(frames)? })
        })
    }
}

/// Some rows.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(super) is_last: bool,
    columns: Vec<Column>,
    rows: usize,
    /// The next row.
    at: usize,
}

/// The values of a column.
#[derive(Clone, Debug)]
enum Column {
    /// So many nulls: no memory is needed for them, however many a member says that there are.
    Nulls(usize),
    Values(Vec<SqlValue>),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Nulls(count) => *count,
            Self::Values(values) => values.len(),
        }
    }
}

impl Page {
    /// The next row.
    pub(super) fn next(&mut self) -> Option<Vec<SqlValue>> {
        let at = Some(self.at).filter(|at| *at < self.rows)?;
        self.at += 1;
        let take = |column: &mut Column| match column {
            Column::Nulls(_) => SqlValue::Null,
            Column::Values(values) => {
                values.get_mut(at).map_or(SqlValue::Null, |value| std::mem::replace(value, SqlValue::Null))
            }
        };
        Some(self.columns.iter_mut().map(take).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.rows
    }
}

impl Take for Page {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| {
            let is_last = fixed(&mut payload(frames)?)?;
            let kinds: Items<i32> = Take::take(frames)?;
            let columns: Vec<_> =
                kinds.0.iter().map(|kind| column(*kind, frames)).collect::<Result<_, _>>()?;
            let rows = columns.first().map_or(0, Column::len);
            if rows > MOST_ROWS || columns.iter().any(|column| column.len() != rows) {
                return Err(CodecError::Lengths);
            }
            Ok(Self { is_last, columns, rows, at: 0 })
        })
    }
}

fn column(kind: i32, frames: &mut Frames<'_>) -> Result<Column, CodecError> {
    match kind {
        0 => framed(frames, SqlValue::Varchar),
        1 => packed(frames, SqlValue::Boolean),
        2 => packed(frames, |byte: u8| SqlValue::TinyInt(byte.cast_signed())),
        3 => packed(frames, |Raw(bytes): Raw<2>| SqlValue::SmallInt(i16::from_le_bytes(bytes))),
        4 => packed(frames, SqlValue::Integer),
        5 => packed(frames, SqlValue::BigInt),
        6 => framed(frames, |Decimal(decimal)| SqlValue::Decimal(decimal)),
        7 => packed(frames, |Raw(bytes): Raw<4>| SqlValue::Real(f32::from_le_bytes(bytes))),
        8 => packed(frames, |Raw(bytes): Raw<8>| SqlValue::Double(f64::from_le_bytes(bytes))),
        9 => packed(frames, |Day(date)| SqlValue::Date(date)),
        10 => packed(frames, |Hour(time)| SqlValue::Time(time)),
        11 => packed(frames, |(Day(date), Hour(time))| SqlValue::Timestamp(LocalDateTime { date, time })),
        12 => packed(frames, |((Day(date), Hour(time)), offset_seconds)| {
            let local = LocalDateTime { date, time };
            SqlValue::TimestampWithTimeZone(OffsetDateTime { local, offset_seconds })
        }),
        13 => framed(frames, SqlValue::Object),
        14 => nulls(&mut payload(frames)?),
        15 => framed(frames, |JsonText(json)| SqlValue::Json(json)),
        16 => framed(frames, SqlValue::Row),
        kind => Err(CodecError::Kind(kind)),
    }
}

/// A frame a value.
fn framed<T: Take>(frames: &mut Frames<'_>, make: impl Fn(T) -> SqlValue) -> Result<Column, CodecError> {
    let values: Vec<Option<T>> = Take::take(frames)?;
    Ok(Column::Values(values.into_iter().map(|value| value.map_or(SqlValue::Null, &make)).collect()))
}

fn nulls(bytes: &mut &[u8]) -> Result<Column, CodecError> {
    let count: i32 = fixed(bytes)?;
    Ok(Column::Nulls(usize::try_from(count).map_err(|_| CodecError::Short)?))
}

/// All values in one frame: none of them there, or all, or those for which a bit is set in the byte before each eight.
fn packed<T: Fixed>(frames: &mut Frames<'_>, make: impl Fn(T) -> SqlValue) -> Result<Column, CodecError> {
    const ALL_NULL: u8 = 1;
    const NONE_NULL: u8 = 2;
    let bytes = &mut payload(frames)?;
    let kind: u8 = fixed(bytes)?;
    if kind == ALL_NULL {
        return nulls(bytes);
    }
    let count: i32 = fixed(bytes)?;
    let count = usize::try_from(count).ok().filter(|count| *count <= MOST_ROWS).ok_or(CodecError::Lengths)?;
    // Values that have no bytes end it.
    let mut values = Vec::new();
    let mut present = 0xff_u8;
    for at in 0..count {
        if kind != NONE_NULL && at % 8 == 0 {
            present = fixed(bytes)?;
        }
        let is_there = present & 1 << (at % 8) != 0;
        values.push(if is_there { make(fixed(bytes)?) } else { SqlValue::Null });
    }
    Ok(Column::Values(values))
}

/// Bytes of a number.
struct Raw<const N: usize>([u8; N]);

impl<const N: usize> Fixed for Raw<N> {
    fn put(&self, out: &mut bytes::BytesMut) {
        out.extend_from_slice(&self.0);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (own, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(Self(*own))
    }
}

struct Day(LocalDate);

impl Fixed for Day {
    fn put(&self, out: &mut bytes::BytesMut) {
        self.0.year.put(out);
        self.0.month.put(out);
        self.0.day.put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self(LocalDate { year: i32::take(bytes)?, month: u8::take(bytes)?, day: u8::take(bytes)? }))
    }
}

struct Hour(LocalTime);

impl Fixed for Hour {
    fn put(&self, out: &mut bytes::BytesMut) {
        [self.0.hour, self.0.minute, self.0.second].iter().for_each(|part| part.put(out));
        self.0.nanosecond.cast_signed().put(out);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (hour, minute, second) = (u8::take(bytes)?, u8::take(bytes)?, u8::take(bytes)?);
        Some(Self(LocalTime { hour, minute, second, nanosecond: i32::take(bytes)?.cast_unsigned() }))
    }
}

struct Decimal(BigDecimal);

impl Take for Decimal {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        let bytes = &mut payload(frames)?;
        let length: i32 = fixed(bytes)?;
        let length = usize::try_from(length).map_err(|_| CodecError::Short)?;
        let (unscaled, mut rest) = bytes.split_at_checked(length).ok_or(CodecError::Short)?;
        let unscaled = BigInteger(unscaled.to_vec());
        Ok(Self(BigDecimal { unscaled, scale: fixed(&mut rest)? }))
    }
}

struct JsonText(Json);

impl Take for JsonText {
    fn take(frames: &mut Frames<'_>) -> Result<Self, CodecError> {
        structure(frames, |frames| Ok(Self(Json::new(String::take(frames)?))))
    }
}

//! Values of Rust as values of Hazelcast: which type each has, and its bytes. Nothing is sent from here; what members have
//! to know first (schemas of Compact types) is told to whoever sends.

mod arrays;
mod basic;
pub(crate) mod compact;
mod error;
mod input;
mod json;
mod known;
mod list;
mod output;
mod placed;
mod portable;
mod predicate;
mod sealed;
#[cfg(feature = "serde")]
mod serde;
mod time;

pub use compact::{
    Compact, CompactField, CompactReader, CompactWriter, FieldKind, Record, RecordValue, Schema,
};
pub use error::DataError;
pub use input::Input;
pub use json::Json;
pub use list::List;
pub use output::Output;
pub use placed::Placed;
pub use portable::{
    AsPortable, NestedPortable, NestedPortables, Portable, PortableField, PortableReader, PortableRecord,
    PortableValue, PortableWriter,
};
pub use predicate::Predicate;
#[cfg(feature = "serde")]
pub use serde::Serde;
pub use time::{BigDecimal, BigInteger, LocalDate, LocalDateTime, LocalTime, OffsetDateTime};

use std::cell::Cell;
use std::mem;
use std::sync::Arc;

use bytes::Bytes;

use crate::data::{Data, type_id};

/// Types of Hazelcast's own, by number.
pub(crate) mod types {
    pub(crate) const NULL: i32 = 0;
    pub(crate) const PORTABLE: i32 = -1;
    pub(crate) const IDENTIFIED: i32 = -2;
    pub(crate) const COMPACT: i32 = -55;
}

/// A value that can be sent: its type's number, and its bytes.
///
/// Numbers, texts, `Vec`s of them, `Option`s, [`Uuid`](uuid::Uuid), [`Json`] and everything that is [`Compact`] have it. A
/// type of your own has a number above 0, the same on all members and clients that read it:
///
/// ```
/// use hazelcast_client::{DataError, FromData, Input, Output, Serializer, ToData};
///
/// #[derive(Debug, PartialEq)]
/// struct Temperature(f32);
///
/// impl ToData for Temperature {
///     fn type_id(&self) -> i32 {
///         1_001
///     }
///
///     fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
///         output.f32(self.0);
///         Ok(())
///     }
/// }
///
/// impl FromData for Temperature {
///     fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
///         match type_id {
///             1_001 => input.f32().map(Self),
///             found => Err(DataError::Type { expected: "Temperature", found }),
///         }
///     }
/// }
///
/// let serializer = Serializer::new();
/// let data = serializer.to_data(&Temperature(21.5))?;
/// assert_eq!(serializer.to_value::<Temperature>(&data)?, Temperature(21.5));
/// # Ok::<_, DataError>(())
/// ```
pub trait ToData {
    /// The number of the value's type.
    fn type_id(&self) -> i32;

    /// Writes the value, without its type.
    ///
    /// # Errors
    /// Where it cannot be written.
    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError>;

    /// The hash that decides in which partition the value lies as a key; 0 stands for that of its bytes.
    fn partition_hash(&self) -> i32 {
        0
    }
}

/// A value that can be read.
///
/// ```
/// use hazelcast_client::{DataError, FromData, Input, Serializer};
///
/// /// The length of any text.
/// struct Length(usize);
///
/// impl FromData for Length {
///     fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
///         String::read(type_id, input).map(|text| Self(text.len()))
///     }
/// }
///
/// let serializer = Serializer::new();
/// let data = serializer.to_data("abc")?;
/// assert_eq!(serializer.to_value::<Length>(&data)?.0, 3);
/// # Ok::<_, DataError>(())
/// ```
pub trait FromData: Sized {
    /// Reads the value, whose type has this number.
    ///
    /// # Errors
    /// Where the type or the bytes are those of something else.
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError>;
}

/// Makes bytes of values, and values of bytes; knows the schemas of Compact types, and the classes of Portable records, that
/// it has met.
///
/// ```
/// let serializer = hazelcast_client::Serializer::new();
/// let data = serializer.to_data(&7)?;
/// assert_eq!(serializer.to_value::<i32>(&data)?, 7);
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Serializer {
    known: Arc<known::Known>,
}

/// A value's bytes, and what members have to know before they get them.
#[derive(Debug)]
pub(crate) struct Serialized {
    pub(crate) data: Data,
    pub(crate) unsent: Vec<Arc<Schema>>,
}

/// A value's bytes, in this thread's buffer until they are dropped; more may be put behind them.
#[derive(Debug)]
pub(crate) struct Lent {
    pub(crate) bytes: Vec<u8>,
    /// Schemas that members have to know before they get it.
    pub(crate) unsent: Vec<Arc<Schema>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.bytes.capacity() <= LENT {
            BUFFER.set(mem::take(&mut self.bytes));
        }
    }
}

/// A buffer that has grown beyond this is not kept for the next value.
const LENT: usize = 64 << 10;

thread_local!(static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) });

impl Serializer {
    /// One that has met no schema yet.
    ///
    /// ```
    /// let serializer = hazelcast_client::Serializer::new();
    /// let data = serializer.to_data(&7)?;
    /// assert_eq!(serializer.to_value::<i32>(&data)?, 7);
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// A value's bytes.
    ///
    /// # Errors
    /// Where the value cannot be written.
    ///
    /// ```
    /// let serializer = hazelcast_client::Serializer::new();
    /// let data = serializer.to_data(&7)?;
    /// assert_eq!(serializer.to_value::<i32>(&data)?, 7);
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn to_data<T: ToData + ?Sized>(&self, value: &T) -> Result<Data, DataError> {
        self.serialize(value).map(|serialized| serialized.data)
    }

    /// The value of bytes.
    ///
    /// # Errors
    /// Where they are those of another type, or of none.
    ///
    /// ```
    /// let serializer = hazelcast_client::Serializer::new();
    /// let data = serializer.to_data(&7)?;
    /// assert_eq!(serializer.to_value::<i32>(&data)?, 7);
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn to_value<T: FromData>(&self, data: &Data) -> Result<T, DataError> {
        self.read(data.as_bytes())
    }

    /// The value of bytes with their header.
    pub(crate) fn read<T: FromData>(&self, bytes: &[u8]) -> Result<T, DataError> {
        // Each value within another has some bytes.
        let budget = Cell::new(bytes.len());
        T::read(type_id(bytes), &mut Input::new(bytes, &self.known, &budget))
    }

    pub(crate) fn serialize<T: ToData + ?Sized>(&self, value: &T) -> Result<Serialized, DataError> {
        let mut lent = self.lend(value)?;
        let bytes = if lent.bytes.capacity() <= LENT {
            // One allocation of the right size, where a buffer that grows would take some.
            Bytes::copy_from_slice(&lent.bytes)
        } else {
            mem::take(&mut lent.bytes).into()
        };
        let data = Data::from_bytes(bytes).ok_or(DataError::Short)?;
        Ok(Serialized { data, unsent: mem::take(&mut lent.unsent) })
    }

    /// Lends a value's bytes, for which no memory is asked.
    pub(crate) fn lend<T: ToData + ?Sized>(&self, value: &T) -> Result<Lent, DataError> {
        // Who serializes another one meanwhile gets another buffer.
        let mut output = Output::new(BUFFER.take(), &self.known, value.partition_hash(), value.type_id());
        value.write(&mut output)?;
        output.check()?;
        let (bytes, unsent) = output.finish();
        Ok(Lent { bytes, unsent })
    }

    pub(crate) fn schemas(&self) -> &compact::Schemas {
        &self.known.schemas
    }
}

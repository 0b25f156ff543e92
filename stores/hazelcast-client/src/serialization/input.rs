//! Where values are read from. Lengths are believed only as far as there are bytes.

use std::cell::Cell;

use super::compact::Schemas;
use super::known::Known;
use super::{DataError, FromData};
use crate::data::DATA_HEADER;

/// How deep values may lie within values: deeper ones are refused before the stack is full.
const DEEPEST: u32 = 64;

/// What a value is read from.
///
/// ```
/// # use hazelcast_client::{DataError, Input};
/// fn read(input: &mut Input<'_>) -> Result<bool, DataError> {
///     Ok(input.i32()? == 7)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Input<'d> {
    /// All bytes, header included: some offsets count from there.
    bytes: &'d [u8],
    at: usize,
    depth: u32,
    /// How many values within values may still be read: offsets may lead to the same one again and again.
    budget: &'d Cell<usize>,
    known: &'d Known,
}

impl<'d> Input<'d> {
    pub(crate) fn new(bytes: &'d [u8], known: &'d Known, budget: &'d Cell<usize>) -> Self {
        Self { bytes, at: DATA_HEADER, depth: 0, budget, known }
    }

    /// Other bytes of the same value.
    pub(crate) fn over(&self, bytes: &'d [u8]) -> Self {
        Self { bytes, at: DATA_HEADER, ..self.clone() }
    }

    pub(crate) fn schemas(&self) -> &'d Schemas {
        &self.known.schemas
    }

    /// The partition hash of the header, 0 where it has none.
    pub(crate) fn partition_hash(&self) -> i32 {
        self.bytes.first_chunk().map_or(0, |hash| i32::from_be_bytes(*hash))
    }

    /// Where the next byte is, counted from the header on.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// The same bytes, read from another place on.
    pub(crate) fn from(&self, at: usize) -> Result<Self, DataError> {
        if at > self.bytes.len() {
            return Err(DataError::Malformed("an offset lies outside of the value"));
        }
        Ok(Self { at, ..self.clone() })
    }

    /// The same, one value deeper.
    pub(crate) fn deeper(&self) -> Result<Self, DataError> {
        if self.depth == DEEPEST {
            return Err(DataError::Malformed("values lie too deep within values"));
        }
        let left = self.budget.get().checked_sub(1);
        let left = left.ok_or(DataError::Malformed("more values within values than there is room for"))?;
        self.budget.set(left);
        Ok(Self { depth: self.depth + 1, ..self.clone() })
    }

    /// How many bytes are left.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Input};
    /// fn read(input: &mut Input<'_>) -> Result<bool, DataError> {
    ///     Ok(input.left() == 4)
    /// }
    /// ```
    pub fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// So many bytes.
    ///
    /// # Errors
    /// [`DataError::Short`] where there are fewer.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Input};
    /// fn read(input: &mut Input<'_>) -> Result<bool, DataError> {
    ///     Ok(input.bytes(2)? == [1, 2])
    /// }
    /// ```
    pub fn bytes(&mut self, count: usize) -> Result<&'d [u8], DataError> {
        let bytes = self.bytes.get(self.at..).and_then(|rest| rest.get(..count)).ok_or(DataError::Short)?;
        self.at += count;
        Ok(bytes)
    }

    /// All bytes that are left.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Input};
    /// fn read(input: &mut Input<'_>) -> Result<bool, DataError> {
    ///     Ok(input.rest() == [1, 2])
    /// }
    /// ```
    pub fn rest(&mut self) -> &'d [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at = self.bytes.len();
        rest
    }

    /// A length, none where it stands for null.
    ///
    /// # Errors
    /// Where it is no length.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Input};
    /// fn read(input: &mut Input<'_>) -> Result<bool, DataError> {
    ///     Ok(input.length()? == Some(9))
    /// }
    /// ```
    pub fn length(&mut self) -> Result<Option<usize>, DataError> {
        match self.i32()? {
            -1 => Ok(None),
            length => {
                usize::try_from(length).map(Some).map_err(|_| DataError::Malformed("a negative length"))
            }
        }
    }

    /// The length of a list whose items have at least so many bytes.
    pub(crate) fn count(&mut self, least: usize) -> Result<Option<usize>, DataError> {
        let count = self.length()?;
        if count.is_some_and(|count| count.saturating_mul(least) > self.left()) {
            return Err(DataError::Short);
        }
        Ok(count)
    }

    /// A text, none where it is null.
    ///
    /// # Errors
    /// Where the bytes end too early, or are not UTF-8.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Input};
    /// fn read(input: &mut Input<'_>) -> Result<bool, DataError> {
    ///     Ok(input.text()? == Some("a"))
    /// }
    /// ```
    pub fn text(&mut self) -> Result<Option<&'d str>, DataError> {
        let Some(length) = self.length()? else { return Ok(None) };
        simdutf8::basic::from_utf8(self.bytes(length)?).map(Some).map_err(|_| DataError::Text)
    }

    /// A value within another: its type, and the value.
    ///
    /// # Errors
    /// As the value's type says.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Input};
    /// fn read(input: &mut Input<'_>) -> Result<bool, DataError> {
    ///     input.object()
    /// }
    /// ```
    pub fn object<T: FromData>(&mut self) -> Result<T, DataError> {
        let type_id = self.i32()?;
        let mut inner = self.deeper()?;
        let value = T::read(type_id, &mut inner)?;
        self.at = inner.at;
        Ok(value)
    }
}

macro_rules! numbers {
    ($($name:ident $type:ty, $doc:literal;)*) => {
        impl Input<'_> {
            $(
                #[doc = $doc]
                ///
                /// # Errors
                /// [`DataError::Short`] where there are fewer bytes.
                ///
                /// ```
                /// # use hazelcast_client::{DataError, Input};
                #[doc = concat!("fn read(input: &mut Input<'_>) -> Result<", stringify!($type), ", DataError> {\n    input.", stringify!($name), "()\n}")]
                /// ```
                pub fn $name(&mut self) -> Result<$type, DataError> {
                    let bytes = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk());
                    let value = <$type>::from_be_bytes(*bytes.ok_or(DataError::Short)?);
                    self.at += size_of::<$type>();
                    Ok(value)
                }
            )*
        }
    };
}

numbers! {
    u8 u8, "A byte.";
    i8 i8, "A byte with a sign.";
    u16 u16, "Two bytes without a sign, as Java's `char` has.";
    i16 i16, "Two bytes.";
    i32 i32, "Four bytes.";
    i64 i64, "Eight bytes.";
    f32 f32, "Four bytes, floating.";
    f64 f64, "Eight bytes, floating.";
}

//! Where values are written to: big-endian, behind a header.

use std::sync::Arc;

use super::compact::{Schema, Schemas};
use super::known::Known;
use super::{DataError, ToData};
use crate::data::DATA_HEADER;

/// What a value is written to.
///
/// ```
/// # use hazelcast_client::{DataError, Output};
/// fn write(output: &mut Output<'_>) -> Result<(), DataError> {
///     output.u8(1);
///     output.text("a");
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Output<'s> {
    bytes: Vec<u8>,
    known: &'s Known,
    /// Schemas of Compact values that members may not have.
    unsent: Vec<Arc<Schema>>,
}

impl<'s> Output<'s> {
    /// In the place of what a buffer has.
    pub(crate) fn new(mut bytes: Vec<u8>, known: &'s Known, partition_hash: i32, type_id: i32) -> Self {
        bytes.clear();
        let header = i64::from(partition_hash) << 32 | i64::from(type_id.cast_unsigned());
        bytes.extend_from_slice(&header.to_be_bytes());
        Self { bytes, known, unsent: Vec::new() }
    }

    /// Whether members take so many bytes.
    pub(crate) fn check(&self) -> Result<(), DataError> {
        debug_assert!(self.bytes.len() >= DATA_HEADER);
        if self.bytes.len() > MOST { Err(DataError::Long(self.bytes.len())) } else { Ok(()) }
    }

    pub(crate) fn finish(self) -> (Vec<u8>, Vec<Arc<Schema>>) {
        (self.bytes, self.unsent)
    }

    pub(crate) fn schemas(&self) -> &'s Schemas {
        &self.known.schemas
    }

    pub(crate) fn known(&self) -> &'s Known {
        self.known
    }

    pub(crate) fn uses(&mut self, schema: &Arc<Schema>) {
        if !self.known.schemas.is_sent(schema.id())
            && self.unsent.iter().all(|known| known.id() != schema.id())
        {
            self.unsent.push(Arc::clone(schema));
        }
    }

    /// Where the next byte goes, counted from the header on.
    pub(crate) fn position(&self) -> usize {
        self.bytes.len()
    }

    /// Puts bytes in the place of bytes that are there.
    pub(crate) fn patch(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub(crate) fn at(&mut self, at: usize) -> &mut u8 {
        &mut self.bytes[at]
    }

    /// Moves what was written from a place on to an earlier one.
    pub(crate) fn move_back(&mut self, from: usize, to: usize) {
        let length = self.bytes.len() - from;
        self.bytes.copy_within(from.., to);
        debug_assert!(to + length <= from);
        self.bytes.truncate(from);
    }

    /// Takes back the one byte that was written from a place on.
    pub(crate) fn pop(&mut self, at: usize) -> u8 {
        debug_assert_eq!(self.bytes.len(), at + 1);
        self.bytes.pop().unwrap_or_default()
    }

    /// Bytes as they are.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Output};
    /// fn write(output: &mut Output<'_>) -> Result<(), DataError> {
    ///     output.bytes(&[1, 2]);
    ///     Ok(())
    /// }
    /// ```
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// So many zero bytes.
    pub(crate) fn zeros(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }

    /// A length as four bytes; whatever is too long for them is refused where the value is finished.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Output};
    /// fn write(output: &mut Output<'_>) -> Result<(), DataError> {
    ///     output.length(2);
    ///     output.bytes(&[1, 2]);
    ///     Ok(())
    /// }
    /// ```
    pub fn length(&mut self, length: usize) {
        self.i32(i32::try_from(length).unwrap_or(i32::MAX));
    }

    /// A text: its length in bytes, and its bytes.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Output};
    /// fn write(output: &mut Output<'_>) -> Result<(), DataError> {
    ///     output.text("a");
    ///     Ok(())
    /// }
    /// ```
    pub fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes(text.as_bytes());
    }

    /// A text, or null.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Output};
    /// fn write(output: &mut Output<'_>) -> Result<(), DataError> {
    ///     output.text_or_null(None);
    ///     Ok(())
    /// }
    /// ```
    pub fn text_or_null(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.i32(-1),
        }
    }

    /// A value within another: its type, and the value.
    ///
    /// # Errors
    /// As the value says.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, Output};
    /// fn write(output: &mut Output<'_>) -> Result<(), DataError> {
    ///     output.object(&true)?;
    ///     Ok(())
    /// }
    /// ```
    pub fn object<T: ToData + ?Sized>(&mut self, value: &T) -> Result<(), DataError> {
        self.i32(value.type_id());
        value.write(self)
    }
}

macro_rules! numbers {
    ($($name:ident $type:ty, $doc:literal;)*) => {
        impl Output<'_> {
            $(
                #[doc = $doc]
                ///
                /// ```
                /// # use hazelcast_client::{DataError, Output};
                #[doc = concat!("fn write(output: &mut Output<'_>) {\n    output.", stringify!($name), "(7 as ", stringify!($type), ");\n}")]
                /// ```
                pub fn $name(&mut self, value: $type) {
                    self.bytes.extend_from_slice(&value.to_be_bytes());
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

/// The most bytes of a value: arrays in Java are no longer, and a frame has some bytes around it.
const MOST: usize = i32::MAX as usize - 1_024;

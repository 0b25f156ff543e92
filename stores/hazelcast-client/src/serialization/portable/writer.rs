//! Writing the fields of a Portable type. Offsets count from the beginning of the whole value, header included.

use super::PortableField;
use crate::serialization::{DataError, Output};

/// What the fields of a [`Portable`](super::Portable) type are written to.
///
/// ```
/// # use hazelcast_client::PortableWriter;
/// fn write(writer: &mut PortableWriter<'_, '_>) {
///     writer.field("id", &7_i64).field("note", &None::<String>);
/// }
/// ```
#[derive(Debug)]
pub struct PortableWriter<'w, 's> {
    mode: Mode<'w, 's>,
    count: usize,
    /// The first mistake, told when the value is finished.
    error: Option<DataError>,
}

#[derive(Debug)]
enum Mode<'w, 's> {
    /// Finds out how many fields there are.
    Count,
    Write {
        output: &'w mut Output<'s>,
        start: usize,
        /// How many fields there have to be.
        expected: usize,
    },
}

impl<'w, 's> PortableWriter<'w, 's> {
    pub(super) fn counting() -> Self {
        Self { mode: Mode::Count, count: 0, error: None }
    }

    pub(super) fn writing(output: &'w mut Output<'s>, expected: usize) -> Self {
        let start = output.position();
        // Where it ends, how many fields, an offset a field and one more.
        output.i32(0);
        output.length(expected);
        output.zeros(4 * (expected + 1));
        Self { mode: Mode::Write { output, start, expected }, count: 0, error: None }
    }

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// Writes a field.
    ///
    /// ```
    /// # use hazelcast_client::PortableWriter;
    /// fn write(writer: &mut PortableWriter<'_, '_>) {
    ///     writer.field("id", &7_i64).field("note", &None::<String>);
    /// }
    /// ```
    pub fn field<T: PortableField>(&mut self, name: &str, value: &T) -> &mut Self {
        let index = self.count;
        self.count += 1;
        let Mode::Write { output, start, expected } = &mut self.mode else { return self };
        if index >= *expected {
            self.error
                .get_or_insert(DataError::Malformed("a Portable type with more fields the second time"));
            return self;
        }
        let at = position(output);
        output.patch(*start + 8 + 4 * index, &at);
        output.i16(i16::try_from(name.len()).unwrap_or(i16::MAX));
        output.bytes(name.as_bytes());
        output.u8(T::KIND);
        if let Err(error) = value.put(output) {
            self.error.get_or_insert(error);
        }
        self
    }

    pub(super) fn finish(self) -> Result<(), DataError> {
        if let Mode::Write { output, start, expected } = self.mode {
            if self.count != expected {
                return Err(DataError::Malformed("a Portable type with fewer fields the second time"));
            }
            let end = position(output);
            output.patch(start, &end);
        }
        self.error.map_or(Ok(()), Err)
    }
}

/// Whatever does not fit is refused where the value is finished.
pub(super) fn position(output: &Output<'_>) -> [u8; 4] {
    i32::try_from(output.position()).unwrap_or(i32::MAX).to_be_bytes()
}

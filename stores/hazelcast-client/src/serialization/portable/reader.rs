//! Reading the fields of a Portable type, by name: the bytes tell which there are.

use super::{PortableField, PortableValue};
use crate::serialization::{DataError, Input};

/// What the fields of a [`Portable`](super::Portable) type are read from.
///
/// ```
/// # use hazelcast_client::{DataError, PortableReader};
/// fn read(reader: &PortableReader<'_>) -> Result<i64, DataError> {
///     reader.field("id")
/// }
/// ```
#[derive(Debug)]
pub struct PortableReader<'d> {
    version: i32,
    fields: Vec<Field<'d>>,
    end: usize,
}

#[derive(Debug)]
struct Field<'d> {
    name: &'d str,
    kind: u8,
    value: Input<'d>,
}

impl<'d> PortableReader<'d> {
    /// The input stands at the version.
    pub(super) fn begin(input: &mut Input<'d>) -> Result<Self, DataError> {
        let version = input.i32()?;
        let end = input.length()?.ok_or(DataError::Malformed("a Portable value without an end"))?;
        let count = input.count(4)?.ok_or(DataError::Malformed("a Portable value without fields"))?;
        let input = input.deeper()?;
        let fields = (0..count).map(|index| field(&input, index)).collect::<Result<_, _>>()?;
        // An end that lies before the fields would be read twice.
        if end < input.position() {
            return Err(DataError::Malformed("a Portable value that ends before it begins"));
        }
        Ok(Self { version, fields, end })
    }

    /// The version that was written.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, PortableReader};
    /// fn read(reader: &PortableReader<'_>) -> Result<i64, DataError> {
    ///     if reader.version() == 0 { Ok(1) } else { reader.field("count") }
    /// }
    /// ```
    pub const fn version(&self) -> i32 {
        self.version
    }

    pub(super) const fn end(&self) -> usize {
        self.end
    }

    /// All fields with their values, in the order in which the class has them.
    pub(super) fn values(&self) -> impl Iterator<Item = Result<(&'d str, PortableValue), DataError>> {
        let read =
            |field: &Field<'d>| Ok((field.name, PortableValue::read(field.kind, &mut field.value.clone())?));
        self.fields.iter().map(read)
    }

    /// Whether there is a field of this name.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, PortableReader};
    /// fn read(reader: &PortableReader<'_>) -> Result<i64, DataError> {
    ///     if reader.has("count") { reader.field("count") } else { Ok(1) }
    /// }
    /// ```
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// Reads a field; a number is also read from a narrower one, as other versions may have had it.
    ///
    /// # Errors
    /// Where there is no such field, where it is of another kind, or null.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, PortableReader};
    /// fn read(reader: &PortableReader<'_>) -> Result<i64, DataError> {
    ///     reader.field("id")
    /// }
    /// ```
    pub fn field<T: PortableField>(&self, name: &str) -> Result<T, DataError> {
        let field = self.fields.iter().find(|field| field.name == name);
        let told = |problem: String| DataError::Field {
            type_name: "a Portable value".to_owned(),
            field: name.to_owned(),
            problem,
        };
        let field = field.ok_or_else(|| told("there is no such field".to_owned()))?;
        match T::get(field.kind, &mut field.value.clone())? {
            Some(value) => Ok(value),
            None => Err(told(format!("it is of kind {}, not {}", field.kind, T::KIND))),
        }
    }
}

/// The input stands at the first offset.
fn field<'d>(input: &Input<'d>, index: usize) -> Result<Field<'d>, DataError> {
    let offset = input.from(input.position() + 4 * index)?.i32()?;
    let offset = usize::try_from(offset).map_err(|_| DataError::Malformed("a negative offset"))?;
    let mut value = input.from(offset)?;
    let length = usize::try_from(value.i16()?).map_err(|_| DataError::Malformed("a negative length"))?;
    let name = simdutf8::basic::from_utf8(value.bytes(length)?).map_err(|_| DataError::Text)?;
    Ok(Field { name, kind: value.u8()?, value })
}

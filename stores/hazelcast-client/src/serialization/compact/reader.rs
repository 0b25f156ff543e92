//! Reading the fields of a Compact type, in whatever order.

use std::sync::Arc;

use super::body::{Found, View, no_field, wrong_kind};
use super::{CompactField, FieldKind, Schema, schema_of};
use crate::serialization::{DataError, Input};

/// What the fields of a [`Compact`](super::Compact) type are read from.
///
/// ```
/// # use hazelcast_client::{DataError, CompactReader};
/// fn read(reader: &CompactReader<'_>) -> Result<String, DataError> {
///     reader.field("card")
/// }
/// ```
#[derive(Debug)]
pub struct CompactReader<'d> {
    schema: Arc<Schema>,
    view: View<'d>,
}

/// Truth values as bytes behind a header, as an input has them.
static FALSE: [u8; 9] = [0; 9];
static TRUE: [u8; 9] = [0, 0, 0, 0, 0, 0, 0, 0, 1];

impl<'d> CompactReader<'d> {
    /// The input stands at the schema's number, and behind the value afterwards.
    pub(super) fn begin(input: &mut Input<'d>) -> Result<Self, DataError> {
        let schema = schema_of(input)?;
        let view = View::begin(input, &schema)?;
        *input = input.from(view.end(&schema))?;
        Ok(Self { schema, view })
    }

    pub(super) fn shared_schema(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    /// The fields of variable size that are not null, in the order in which they were written.
    pub(super) fn order(&self) -> Result<Vec<usize>, DataError> {
        let mut order = Vec::new();
        for (field, index) in self.schema.variable_fields() {
            if let Some(offset) = self.view.offset(index)? {
                order.push((offset, field));
            }
        }
        order.sort_unstable();
        Ok(order.into_iter().map(|(_, field)| field).collect())
    }

    /// The schema that the value was written with.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, CompactReader};
    /// fn read(reader: &CompactReader<'_>) -> Result<String, DataError> {
    ///     Ok(reader.schema().type_name().to_owned())
    /// }
    /// ```
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// A field's kind, where there is such a field.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, CompactReader};
    /// fn read(reader: &CompactReader<'_>) -> Result<String, DataError> {
    ///     match reader.kind("card") {
    ///         Some(_) => reader.field("card"),
    ///         None => reader.field("number"),
    ///     }
    /// }
    /// ```
    pub fn kind(&self, name: &str) -> Option<FieldKind> {
        self.schema.kind(name)
    }

    /// Reads a field. A field that may be null is read as one that may not where it is not, and the other way round.
    ///
    /// # Errors
    /// Where there is no such field, where it is of another kind, or null.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, CompactReader};
    /// fn read(reader: &CompactReader<'_>) -> Result<String, DataError> {
    ///     reader.field("card")
    /// }
    /// ```
    pub fn field<T: CompactField>(&self, name: &str) -> Result<T, DataError> {
        let field = self.schema.field(name).ok_or_else(|| no_field(&self.schema, name))?;
        if field.kind.plain() != T::KIND.plain() {
            return Err(wrong_kind(&self.schema, field, T::KIND));
        }
        match self.view.find(field.place)? {
            Found::Null => T::get_as(field.kind, None),
            Found::Bytes(input) => T::get_as(field.kind, Some(input)),
            Found::Bit(bit) => {
                let bytes = if bit { &TRUE } else { &FALSE };
                T::get_as(field.kind, Some(self.view.other_bytes(bytes)))
            }
        }
    }

    /// Reads a field, or takes another value where there is no such field: what an older writer did not know.
    ///
    /// # Errors
    /// Where it is of another kind, or null.
    ///
    /// ```
    /// # use hazelcast_client::{DataError, CompactReader};
    /// fn read(reader: &CompactReader<'_>) -> Result<String, DataError> {
    ///     reader.field_or("card", String::new())
    /// }
    /// ```
    pub fn field_or<T: CompactField>(&self, name: &str, other: T) -> Result<T, DataError> {
        match self.schema.field(name) {
            Some(_) => self.field(name),
            None => Ok(other),
        }
    }
}

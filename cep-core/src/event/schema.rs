//! Schemas: the named, typed columns of a stream.

use super::value::{DataType, Type};
use crate::ids::ColumnId;

/// A named, typed column.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Field {
    /// Its name, unique in its schema.
    pub name: String,
    /// Its type; `nullable` says whether it may be absent.
    pub ty: Type,
}

/// The columns of a stream, in order.
///
/// ```
/// use cep_core::event::{DataType, Schema};
///
/// let schema = Schema::new().with("card", DataType::String).with_nullable("amount", DataType::Float);
/// assert_eq!(schema.fields().len(), 2);
/// assert!(schema.field("amount").is_some_and(|field| field.ty.nullable));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Schema {
    fields: Vec<Field>,
}

impl Schema {
    /// An empty schema, to be filled with [`Schema::with`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column that is never null.
    #[must_use]
    pub fn with(self, name: impl Into<String>, data: DataType) -> Self {
        self.with_field(Field { name: name.into(), ty: data.required() })
    }

    /// Adds a column that may be null.
    #[must_use]
    pub fn with_nullable(self, name: impl Into<String>, data: DataType) -> Self {
        self.with_field(Field { name: name.into(), ty: data.nullable() })
    }

    /// Adds a column.
    #[must_use]
    pub fn with_field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// The columns in order.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<ColumnId> {
        self.fields.iter().position(|field| field.name == name).map(ColumnId::new)
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

//! Compact: values with fields by name, whose schema is told to the cluster once and not with each value.

mod body;
mod field;
mod kind;
mod reader;
mod record;
mod schema;
mod schemas;
mod writer;

pub use field::CompactField;
pub use kind::FieldKind;
pub use reader::CompactReader;
pub use record::{Record, RecordValue};
pub use schema::Schema;
pub(crate) use schemas::Schemas;
pub use writer::CompactWriter;

use std::any::TypeId;
use std::sync::Arc;

use super::basic::other;
use super::{DataError, FromData, Input, Output, ToData, types};

/// A type with fields by name.
///
/// Members understand it without any class of theirs: predicates and indexes name its fields. Fields may be added and
/// taken away; a reader asks [`CompactReader::kind`] whether a field is there.
///
/// ```
/// use hazelcast_client::{Compact, CompactReader, CompactWriter, DataError, Serializer};
///
/// #[derive(Debug, PartialEq)]
/// struct Payment {
///     card: String,
///     amount: f64,
///     shop: Option<i32>,
/// }
///
/// impl Compact for Payment {
///     const TYPE_NAME: &'static str = "com.example.Payment";
///
///     fn write(&self, writer: &mut CompactWriter<'_, '_>) {
///         writer.field("card", &self.card).field("amount", &self.amount).field("shop", &self.shop);
///     }
///
///     fn read(reader: &CompactReader<'_>) -> Result<Self, DataError> {
///         Ok(Self { card: reader.field("card")?, amount: reader.field("amount")?, shop: reader.field("shop")? })
///     }
/// }
///
/// let serializer = Serializer::new();
/// let payment = Payment { card: "4111".to_owned(), amount: 9.5, shop: None };
/// let data = serializer.to_data(&payment)?;
/// assert_eq!(serializer.to_value::<Payment>(&data)?, payment);
/// # Ok::<_, DataError>(())
/// ```
pub trait Compact: Sized + 'static {
    /// The name of the type, the same for all who read it; for members with a class of it, the name of that class.
    const TYPE_NAME: &'static str;

    /// Writes all fields: always the same, whatever the value, as the schema is made from the first.
    fn write(&self, writer: &mut CompactWriter<'_, '_>);

    /// Reads the fields.
    ///
    /// # Errors
    /// Where a field is not there, or of another kind.
    fn read(reader: &CompactReader<'_>) -> Result<Self, DataError>;
}

impl<T: Compact> ToData for T {
    fn type_id(&self) -> i32 {
        types::COMPACT
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        put(self, output)
    }
}

impl<T: Compact> FromData for T {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        match type_id {
            types::COMPACT => get(input),
            found => Err(other(T::TYPE_NAME, found)),
        }
    }
}

/// Schema number and body.
fn put<T: Compact>(value: &T, output: &mut Output<'_>) -> Result<(), DataError> {
    let describe = || {
        let mut writer = CompactWriter::describing();
        value.write(&mut writer);
        writer.into_schema(T::TYPE_NAME)
    };
    let schema = output.schemas().of_type(TypeId::of::<T>(), describe);
    output.uses(&schema);
    let mut writer = CompactWriter::writing(output, &schema);
    value.write(&mut writer);
    writer.finish()
}

fn get<T: Compact>(input: &mut Input<'_>) -> Result<T, DataError> {
    let reader = CompactReader::begin(input)?;
    if reader.schema().type_name() != T::TYPE_NAME {
        let found = reader.schema().type_name();
        return Err(DataError::Custom(format!("a value of type `{found}`, not `{}`", T::TYPE_NAME)));
    }
    T::read(&reader)
}

/// The schema of the number that stands next.
fn schema_of(input: &mut Input<'_>) -> Result<Arc<Schema>, DataError> {
    let id = input.i64()?;
    input.schemas().get(id).ok_or(DataError::UnknownSchema(id))
}

//! Portable: values with fields by name, each with its name and kind in its bytes.

mod classes;
mod field;
mod reader;
mod record;
mod value;
mod writer;

pub(crate) use classes::Classes;
pub use field::PortableField;
pub use reader::PortableReader;
pub use record::{NestedPortable, NestedPortables, PortableRecord};
pub use value::PortableValue;
pub use writer::PortableWriter;

use super::basic::other;
use super::{DataError, FromData, Input, Output, ToData, types};

/// A type with fields by name, known by two numbers. New types are better [`Compact`](super::Compact).
///
/// ```
/// use hazelcast_client::{AsPortable, DataError, Portable, PortableReader, PortableWriter, Serializer};
///
/// #[derive(Debug, PartialEq)]
/// struct Order {
///     id: i64,
///     note: Option<String>,
/// }
///
/// impl Portable for Order {
///     const FACTORY_ID: i32 = 1;
///     const CLASS_ID: i32 = 7;
///
///     fn write(&self, writer: &mut PortableWriter<'_, '_>) {
///         writer.field("id", &self.id).field("note", &self.note);
///     }
///
///     fn read(reader: &PortableReader<'_>) -> Result<Self, DataError> {
///         Ok(Self { id: reader.field("id")?, note: reader.field("note")? })
///     }
/// }
///
/// let serializer = Serializer::new();
/// let data = serializer.to_data(&AsPortable(Order { id: 5, note: None }))?;
/// let AsPortable(order) = serializer.to_value::<AsPortable<Order>>(&data)?;
/// assert_eq!(order, Order { id: 5, note: None });
/// # Ok::<_, DataError>(())
/// ```
pub trait Portable: Sized + 'static {
    /// The number of the factory that makes it on members.
    const FACTORY_ID: i32;
    /// The number of the class among those of the factory.
    const CLASS_ID: i32;
    /// The version that is written; all versions are read.
    const VERSION: i32 = 0;

    /// Writes all fields: always the same, in the same order.
    fn write(&self, writer: &mut PortableWriter<'_, '_>);

    /// Reads the fields, by name.
    ///
    /// # Errors
    /// Where a field is not there, or of another kind.
    fn read(reader: &PortableReader<'_>) -> Result<Self, DataError>;
}

/// A [`Portable`] value as a key, a value or a message: `client.map::<i64, AsPortable<Order>>("orders")`.
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
/// # use hazelcast_client::{AsPortable, DataError, Portable, PortableReader, PortableWriter};
/// # struct Order;
/// # impl Portable for Order {
/// #     const FACTORY_ID: i32 = 1;
/// #     const CLASS_ID: i32 = 7;
/// #     fn write(&self, _: &mut PortableWriter<'_, '_>) {}
/// #     fn read(_: &PortableReader<'_>) -> Result<Self, DataError> {
/// #         Ok(Self)
/// #     }
/// # }
/// let orders = client.map::<i64, AsPortable<Order>>("orders");
/// if let Some(AsPortable(order)) = orders.get(&7).await? {
///     orders.set(&8, &AsPortable(order)).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct AsPortable<T>(pub T);

impl<T: Portable> ToData for AsPortable<T> {
    fn type_id(&self) -> i32 {
        types::PORTABLE
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.i32(T::FACTORY_ID);
        output.i32(T::CLASS_ID);
        put(&self.0, output)
    }
}

impl<T: Portable> FromData for AsPortable<T> {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        if type_id != types::PORTABLE {
            return Err(other("a Portable value", type_id));
        }
        check::<T>(input)?;
        get(input).map(Self)
    }
}

/// Reads two numbers, which have to be those of the type.
fn check<T: Portable>(input: &mut Input<'_>) -> Result<(), DataError> {
    let (factory, class) = (input.i32()?, input.i32()?);
    if (factory, class) == (T::FACTORY_ID, T::CLASS_ID) {
        return Ok(());
    }
    let (expected_factory, expected_class) = (T::FACTORY_ID, T::CLASS_ID);
    Err(DataError::Custom(format!(
        "a Portable value of factory {factory}, class {class}, not of {expected_factory}, {expected_class}"
    )))
}

/// Version and body.
fn put<T: Portable>(value: &T, output: &mut Output<'_>) -> Result<(), DataError> {
    output.i32(T::VERSION);
    let mut counting = PortableWriter::counting();
    value.write(&mut counting);
    let mut writer = PortableWriter::writing(output, counting.count());
    value.write(&mut writer);
    writer.finish()
}

fn get<T: Portable>(input: &mut Input<'_>) -> Result<T, DataError> {
    let reader = PortableReader::begin(input)?;
    let value = T::read(&reader)?;
    *input = input.from(reader.end())?;
    Ok(value)
}

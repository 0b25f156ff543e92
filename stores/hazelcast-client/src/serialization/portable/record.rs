//! Portable values of classes that this program does not have: fields by name.

use std::collections::HashSet;
use std::sync::Arc;

use super::classes::Class;
use super::field::{get_placed, put_placed};
use super::value::PortableValue;
use super::{PortableField, PortableReader, PortableWriter};
use crate::serialization::basic::other;
use crate::serialization::sealed::Sealed;
use crate::serialization::{DataError, FromData, Input, Output, ToData, types};

/// A Portable value of any class, read and written without a type or a factory for it.
///
/// The order of fields is part of it, as it is of the bytes that members compare.
///
/// ```
/// use hazelcast_client::{PortableRecord, PortableValue, Serializer};
///
/// let point = PortableRecord::new(1, 7, 0, [("x", 1_i32.into()), ("name", "home".into())]);
/// let serializer = Serializer::new();
/// let data = serializer.to_data(&point)?;
/// let mut read = serializer.to_value::<PortableRecord>(&data)?;
/// assert_eq!(read, point);
/// assert_eq!(read.get("x"), Some(&PortableValue::Int(1)));
/// read.set("x", 2_i32)?;
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct PortableRecord {
    class: Arc<Class>,
    values: Vec<PortableValue>,
}

impl PortableRecord {
    /// A value of a class: the numbers of its factory and of itself, its version, and its fields in the order in which they
    /// are written. Where a name comes twice, the first counts.
    ///
    /// ```
    /// use hazelcast_client::PortableRecord;
    ///
    /// let point = PortableRecord::new(1, 7, 0, [("x", 1_i32.into()), ("y", 2_i32.into())]);
    /// ```
    pub fn new<N: Into<String>>(
        factory_id: i32,
        class_id: i32,
        version: i32,
        fields: impl IntoIterator<Item = (N, PortableValue)>,
    ) -> Self {
        let (mut named, mut values, mut known) = (Vec::new(), Vec::new(), HashSet::new());
        for (name, value) in fields {
            let name = name.into();
            if known.insert(name.clone()) {
                named.push((name, value.kind()));
                values.push(value);
            }
        }
        Self { class: Arc::new(Class { factory_id, class_id, version, fields: named }), values }
    }

    /// The number of the factory that makes it on members.
    ///
    /// ```
    /// # use hazelcast_client::{PortableRecord, PortableValue};
    /// assert_eq!(PortableRecord::new(1, 7, 2, [("x", PortableValue::Int(1))]).factory_id(), 1);
    /// ```
    pub fn factory_id(&self) -> i32 {
        self.class.factory_id
    }

    /// The number of the class among those of the factory.
    ///
    /// ```
    /// # use hazelcast_client::{PortableRecord, PortableValue};
    /// assert_eq!(PortableRecord::new(1, 7, 2, [("x", PortableValue::Int(1))]).class_id(), 7);
    /// ```
    pub fn class_id(&self) -> i32 {
        self.class.class_id
    }

    /// The version of the class.
    ///
    /// ```
    /// # use hazelcast_client::{PortableRecord, PortableValue};
    /// assert_eq!(PortableRecord::new(1, 7, 2, [("x", PortableValue::Int(1))]).version(), 2);
    /// ```
    pub fn version(&self) -> i32 {
        self.class.version
    }

    /// A field, where there is such a field.
    ///
    /// ```
    /// # use hazelcast_client::{PortableRecord, PortableValue};
    /// let point = PortableRecord::new(1, 7, 0, [("x", 1_i32.into())]);
    /// assert_eq!((point.get("x"), point.get("z")), (Some(&PortableValue::Int(1)), None));
    /// ```
    pub fn get(&self, name: &str) -> Option<&PortableValue> {
        self.values.get(self.index(name)?)
    }

    /// Puts another value into a field.
    ///
    /// # Errors
    /// Where there is no such field, or where the value is of another kind.
    ///
    /// ```
    /// # use hazelcast_client::PortableRecord;
    /// let mut point = PortableRecord::new(1, 7, 0, [("x", 1_i32.into())]);
    /// assert!(point.set("x", 5_i32).is_ok() && point.set("x", "five").is_err() && point.set("z", 5_i32).is_err());
    /// ```
    pub fn set(&mut self, name: &str, value: impl Into<PortableValue>) -> Result<(), DataError> {
        let value = value.into();
        let told = |problem: String| {
            let type_name = format!("Portable class {} of factory {}", self.class_id(), self.factory_id());
            DataError::Field { type_name, field: name.to_owned(), problem }
        };
        let index = self.index(name).ok_or_else(|| told("there is no such field".to_owned()))?;
        let kind = self.values[index].kind();
        if kind != value.kind() {
            return Err(told(format!("it is of kind {kind}, not {}", value.kind())));
        }
        self.values[index] = value;
        Ok(())
    }

    /// All fields, in the order in which they are written.
    ///
    /// ```
    /// # use hazelcast_client::PortableRecord;
    /// let point = PortableRecord::new(1, 7, 0, [("y", 1_i32.into()), ("x", 2_i32.into())]);
    /// assert_eq!(point.fields().map(|(name, _)| name).collect::<Vec<_>>(), ["y", "x"]);
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = (&str, &PortableValue)> {
        self.class.fields.iter().map(|(name, _)| name.as_str()).zip(&self.values)
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.class.fields.iter().position(|(known, _)| known == name)
    }
}

/// Version and body.
fn put(record: &PortableRecord, output: &mut Output<'_>) -> Result<(), DataError> {
    output.known().classes.written(&record.class)?;
    output.i32(record.class.version);
    let mut writer = PortableWriter::writing(output, record.values.len());
    for (name, value) in record.fields() {
        value.write(name, &mut writer);
    }
    writer.finish()
}

fn get(factory_id: i32, class_id: i32, input: &mut Input<'_>) -> Result<PortableRecord, DataError> {
    let reader = PortableReader::begin(input)?;
    let fields: Result<Vec<_>, _> = reader.values().collect();
    let record = PortableRecord::new(factory_id, class_id, reader.version(), fields?);
    *input = input.from(reader.end())?;
    Ok(record)
}

impl ToData for PortableRecord {
    fn type_id(&self) -> i32 {
        types::PORTABLE
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.i32(self.factory_id());
        output.i32(self.class_id());
        put(self, output)
    }
}

impl FromData for PortableRecord {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        if type_id != types::PORTABLE {
            return Err(other("a Portable value", type_id));
        }
        let (factory_id, class_id) = (input.i32()?, input.i32()?);
        get(factory_id, class_id, input)
    }
}

/// A Portable value within another, or null; its class is told either way.
///
/// ```
/// use hazelcast_client::{NestedPortable, PortableRecord};
///
/// let inner = PortableRecord::new(1, 8, 0, [("n", 5_i32.into())]);
/// let outer = PortableRecord::new(1, 7, 0, [
///     ("inner", inner.into()),
///     ("none", NestedPortable { factory_id: 1, class_id: 8, value: None }.into()),
/// ]);
/// # hazelcast_client::Serializer::new().to_data(&outer)?;
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct NestedPortable {
    /// The number of the factory.
    pub factory_id: i32,
    /// The number of the class.
    pub class_id: i32,
    /// The value, where it is not null.
    pub value: Option<PortableRecord>,
}

impl From<PortableRecord> for NestedPortable {
    fn from(record: PortableRecord) -> Self {
        Self { factory_id: record.factory_id(), class_id: record.class_id(), value: Some(record) }
    }
}

impl PortableField for NestedPortable {
    const SEALED: Sealed = Sealed;
    const KIND: u8 = 0;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.u8(u8::from(self.value.is_none()));
        output.i32(self.factory_id);
        output.i32(self.class_id);
        self.value.as_ref().map_or(Ok(()), |record| {
            same_class(record, self.factory_id, self.class_id)?;
            put(record, output)
        })
    }

    fn get(kind: u8, input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
        if kind != Self::KIND {
            return Ok(None);
        }
        let is_null = input.u8()? != 0;
        let (factory_id, class_id) = (input.i32()?, input.i32()?);
        let value = if is_null { None } else { Some(get(factory_id, class_id, input)?) };
        Ok(Some(Self { factory_id, class_id, value }))
    }
}

/// Portable values of one class within another value, or null.
///
/// ```
/// use hazelcast_client::{NestedPortables, PortableRecord};
///
/// let items = (1..=3).map(|n| PortableRecord::new(1, 8, 0, [("n", n.into())])).collect();
/// let items = NestedPortables { factory_id: 1, class_id: 8, values: Some(items) };
/// let order = PortableRecord::new(1, 7, 0, [("items", items.into())]);
/// # hazelcast_client::Serializer::new().to_data(&order)?;
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct NestedPortables {
    /// The number of the factory.
    pub factory_id: i32,
    /// The number of the class.
    pub class_id: i32,
    /// The values, where they are not null.
    pub values: Option<Vec<PortableRecord>>,
}

impl PortableField for NestedPortables {
    const SEALED: Sealed = Sealed;
    const KIND: u8 = 10;

    fn put(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        let head = |output: &mut Output<'_>| {
            output.i32(self.factory_id);
            output.i32(self.class_id);
        };
        put_placed(self.values.as_ref(), output, head, |record, output| {
            same_class(record, self.factory_id, self.class_id)?;
            put(record, output)
        })
    }

    fn get(kind: u8, input: &mut Input<'_>) -> Result<Option<Self>, DataError> {
        if kind != Self::KIND {
            return Ok(None);
        }
        let count = input.count(4)?;
        let (factory_id, class_id) = (input.i32()?, input.i32()?);
        let item = |input: &mut Input<'_>| get(factory_id, class_id, input);
        let values = count.map(|count| get_placed(input, count, item)).transpose()?;
        Ok(Some(Self { factory_id, class_id, values }))
    }
}

fn same_class(record: &PortableRecord, factory_id: i32, class_id: i32) -> Result<(), DataError> {
    if (record.factory_id(), record.class_id()) == (factory_id, class_id) {
        return Ok(());
    }
    Err(DataError::Malformed("a Portable value of another class than the field that has it"))
}

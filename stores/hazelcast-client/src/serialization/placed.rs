//! Keys that lie where another value does.

use super::{DataError, FromData, Input, Output, Serializer, ToData};

/// A key that lies in the partition of another value, so that what belongs together lies together.
///
/// The place is a part of the key: whoever looks it up has to name the same one.
///
/// ```
/// use hazelcast_client::{Placed, Serializer};
///
/// let serializer = Serializer::new();
/// let order = Placed::beside("order-1".to_owned(), "customer-7")?;
/// let (order, customer) = (serializer.to_data(&order)?, serializer.to_data("customer-7")?);
/// assert_eq!(order.partition(271), customer.partition(271));
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Placed<K> {
    key: K,
    hash: i32,
}

impl<K> Placed<K> {
    /// A key beside a value.
    ///
    /// # Errors
    /// Where the value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Placed;
    ///
    /// let order = Placed::beside("order-1", "customer-7")?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn beside<P: ToData + ?Sized>(key: K, place: &P) -> Result<Self, DataError> {
        let hash = Serializer::new().to_data(place)?.partition_hash();
        Ok(Self { key, hash })
    }

    /// The key itself.
    ///
    /// ```
    /// use hazelcast_client::Placed;
    ///
    /// let order = Placed::beside("order-1", "customer-7")?;
    /// assert_eq!(*order.key(), "order-1");
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The key itself.
    ///
    /// ```
    /// use hazelcast_client::Placed;
    ///
    /// let order = Placed::beside("order-1", "customer-7")?;
    /// assert_eq!(order.into_key(), "order-1");
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn into_key(self) -> K {
        self.key
    }
}

impl<K: ToData> ToData for Placed<K> {
    fn type_id(&self) -> i32 {
        self.key.type_id()
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        self.key.write(output)
    }

    fn partition_hash(&self) -> i32 {
        self.hash
    }
}

impl<K: FromData> FromData for Placed<K> {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        let hash = input.partition_hash();
        Ok(Self { key: K::read(type_id, input)?, hash })
    }
}

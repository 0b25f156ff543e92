//! Values as bytes: eight bytes of header, then what the type's number says. What the bytes mean is for `serialization`.

mod hash;

pub(crate) use hash::partition;

use bytes::Bytes;

/// Bytes of a value before its payload: the partition hash and the type.
pub(crate) const DATA_HEADER: usize = 8;

/// A serialized value. Two values are one to a member where type and payload are equal, byte by byte.
///
/// ```
/// use hazelcast_client::Data;
///
/// // The string "abc": no partition hash of its own, type -11, three bytes.
/// let bytes = b"\0\0\0\0\xff\xff\xff\xf5\0\0\0\x03abc";
/// let data = Data::from_bytes(bytes.to_vec().into()).expect("it has a header");
/// assert_eq!(data.type_id(), -11);
/// assert_eq!(data.partition(271), 13);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Data(Bytes);

impl Data {
    /// Takes bytes with their header; none where they are too short to have one.
    ///
    /// ```
    /// use hazelcast_client::Data;
    ///
    /// assert!(Data::from_bytes(vec![0; 8].into()).is_some() && Data::from_bytes(vec![0; 7].into()).is_none());
    /// ```
    pub fn from_bytes(bytes: Bytes) -> Option<Self> {
        (bytes.len() >= DATA_HEADER).then_some(Self(bytes))
    }

    /// The bytes, header included.
    ///
    /// ```
    /// let data = hazelcast_client::Serializer::new().to_data("abc")?;
    /// assert_eq!(data.as_bytes().len(), 8 + 4 + 3);
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// What type of value it is: negative for types of Hazelcast's own.
    ///
    /// ```
    /// let data = hazelcast_client::Serializer::new().to_data("abc")?;
    /// assert_eq!(data.type_id(), -11);
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn type_id(&self) -> i32 {
        type_id(&self.0)
    }

    /// The bytes behind the header.
    ///
    /// ```
    /// let data = hazelcast_client::Serializer::new().to_data("abc")?;
    /// assert_eq!(data.payload(), b"\0\0\0\x03abc");
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn payload(&self) -> &[u8] {
        self.0.get(DATA_HEADER..).unwrap_or_default()
    }

    /// The hash that decides where it lies: that of its header, else that of its payload.
    ///
    /// ```
    /// let data = hazelcast_client::Serializer::new().to_data("abc")?;
    /// assert_eq!(data.partition_hash(), -1_708_417_075);
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn partition_hash(&self) -> i32 {
        hash_of(&self.0)
    }

    /// The partition it lies in, of so many.
    ///
    /// ```
    /// let data = hazelcast_client::Serializer::new().to_data("abc")?;
    /// assert_eq!(data.partition(271), 13);
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn partition(&self, count: i32) -> i32 {
        hash::partition(self.partition_hash(), count)
    }

    /// The same value, to lie where another does.
    ///
    /// ```
    /// let serializer = hazelcast_client::Serializer::new();
    /// let (order, customer) = (serializer.to_data("order-1")?, serializer.to_data("customer-7")?);
    /// assert_eq!(order.beside(&customer).partition(271), customer.partition(271));
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    #[must_use]
    pub fn beside(&self, other: &Self) -> Self {
        let mut bytes = self.0.to_vec();
        bytes[..4].copy_from_slice(&other.partition_hash().to_be_bytes());
        Self(bytes.into())
    }
}

/// The type of a value, by its bytes with their header.
pub(crate) fn type_id(bytes: &[u8]) -> i32 {
    header(bytes, 4)
}

fn header(bytes: &[u8], at: usize) -> i32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| i32::from_be_bytes(*bytes))
}

/// Where the bytes of a value say that it lies, or else where its payload does.
fn hash_of(bytes: &[u8]) -> i32 {
    match header(bytes, 0) {
        0 => hash::murmur3(bytes.get(DATA_HEADER..).unwrap_or_default()),
        own => own,
    }
}

/// The partition in which the bytes of a value lie, of so many.
pub(crate) fn partition_of(bytes: &[u8], count: i32) -> i32 {
    hash::partition(hash_of(bytes), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(type_id: i32, payload: &[u8]) -> Data {
        Data::from_bytes([&[0; 4], &type_id.to_be_bytes()[..], payload].concat().into()).unwrap()
    }

    fn string(text: &str) -> Data {
        data(-11, &[&(text.len() as i32).to_be_bytes()[..], text.as_bytes()].concat())
    }

    #[test]
    fn values_lie_where_members_look_for_them() {
        let place = |data: &Data| (data.partition_hash(), data.partition(271));
        assert_eq!(place(&string("abc")), (-1_708_417_075, 13));
        assert_eq!(place(&string("key-1")), (2_132_451_398, 94));
        assert_eq!(place(&string("k1")), (1_192_665_601, 21));
        assert_eq!(place(&string("héllo")), (-131_653_103, 219));
        assert_eq!(place(&data(-8, &42_i64.to_be_bytes())), (1_624_962_215, 145));
        assert_eq!(place(&data(-12, &[0, 0, 0, 3, 1, 2, 3])), (94_186_855, 263));
    }

    #[test]
    fn a_value_lies_beside_another() {
        let beside = string("abc").beside(&string("grp"));
        let bytes = [0x71, 0xdc, 0xcc, 0x52, 0xff, 0xff, 0xff, 0xf5, 0, 0, 0, 3, b'a', b'b', b'c'];
        assert_eq!(beside.as_bytes(), &bytes[..]);
        assert_eq!(beside.partition(271), string("grp").partition(271));
    }

    #[test]
    fn bytes_without_a_header_are_no_value() {
        assert_eq!(Data::from_bytes(Bytes::from_static(&[0; 7])), None);
        assert_eq!(Data::from_bytes(Bytes::from_static(&[0; 8])).unwrap().payload(), b"");
    }
}

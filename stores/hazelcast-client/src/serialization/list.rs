//! Lists of any values, as Java's `ArrayList`.

use super::basic::other;
use super::{DataError, FromData, Input, Output, ToData};

/// A list whose items each carry their type: Java's `ArrayList`. A `Vec` of numbers or texts is an array, which is shorter.
/// A list of the cluster, with items that come and go, is a [`DistributedList`](crate::DistributedList).
///
/// ```
/// use hazelcast_client::{List, Serializer};
///
/// let serializer = Serializer::new();
/// let list = List(vec![Some(1), None]);
/// let data = serializer.to_data(&list)?;
/// assert_eq!(serializer.to_value::<List<Option<i32>>>(&data)?, list);
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct List<T>(pub Vec<T>);

const OBJECTS: i32 = -28;
const ARRAY_LIST: i32 = -29;
const LINKED_LIST: i32 = -30;

impl<T: ToData> ToData for List<T> {
    fn type_id(&self) -> i32 {
        ARRAY_LIST
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.length(self.0.len());
        self.0.iter().try_for_each(|item| output.object(item))
    }
}

impl<T: FromData> FromData for List<T> {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        if ![OBJECTS, ARRAY_LIST, LINKED_LIST].contains(&type_id) {
            return Err(other("a list", type_id));
        }
        let count = input.count(4)?.ok_or(DataError::Null { expected: "a list" })?;
        (0..count).map(|_| input.object()).collect::<Result<_, _>>().map(Self)
    }
}

//! Any struct that serde knows as a Compact value: its fields as they are named, their kinds as their types have them.

mod met;
mod read;
mod trace;
mod write;

use std::any::TypeId;
use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use ::serde::Serialize;
use ::serde::de::DeserializeOwned;

use super::compact::Record;
use super::{DataError, FromData, Input, Output, ToData, types};
use trace::Trace;

/// A struct that has serde's `Serialize` and `Deserialize`, as a key, a value or a message: a Compact value, which members can
/// look into and other clients read.
///
/// ```
/// use hazelcast_client::{Serde, Serializer};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Debug, PartialEq)]
/// #[serde(rename = "com.example.Payment")]
/// struct Payment {
///     card: String,
///     amount: f64,
///     shop: Option<i32>,
///     #[serde(default)]
///     notes: Vec<String>,
/// }
///
/// let payment = Payment { card: "4111".to_owned(), amount: 9.5, shop: None, notes: vec![] };
/// let serializer = Serializer::new();
/// let data = serializer.to_data(&Serde(payment))?;
/// let Serde(read) = serializer.to_value::<Serde<Payment>>(&data)?;
/// assert_eq!(read.card, "4111");
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
///
/// In a map: `client.map::<String, Serde<Payment>>("payments").set("p1", &Serde(payment))`.
///
/// - **The type's name** is that of the struct, or what `#[serde(rename = "…")]` on it says. Fields are written in the order in
///   which the struct has them.
/// - **Numbers** have the kind of their size; those without a sign the next larger one, so that other languages read the same
///   number: `u8` is an int16, `u32` an int64. A `u64` above the largest int64 is an error. `Vec<u8>` is bytes, an array of
///   int8. A `char` is a text.
/// - **`Option`** is null or not. **`Vec`**s, other sequences and tuples of items of one kind are arrays, of options as well.
///   Structs within structs are Compact values of their own.
/// - **Enums** without data are texts: the names of their variants.
/// - Maps, enums with data, lists of lists and 128-bit numbers have no kind in Compact, and are an error that says so.
/// - **Fields that come and go**: what a value has and the struct has not is passed over. What it lacks is `None`, or what
///   `#[serde(default)]` says, or else an error.
///
/// Kinds are found by trying the type's `Deserialize` once, as neither `None` nor an empty `Vec` tells them. Where that is
/// written by hand, such that it does not say what it wants, the kind is that of the first value, which may not be null.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Serde<T>(pub T);

impl<T> Serde<T> {
    /// The struct itself.
    ///
    /// ```
    /// assert_eq!(hazelcast_client::Serde(7).into_inner(), 7);
    /// ```
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Serde<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Serde<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Serde<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Serialize + DeserializeOwned + 'static> ToData for Serde<T> {
    fn type_id(&self) -> i32 {
        types::COMPACT
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        write::record(&self.0, &trace_of::<T>())?.write(output)
    }
}

impl<T: DeserializeOwned> FromData for Serde<T> {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        read::value(Record::read(type_id, input)?).map(Self)
    }
}

/// What is known of a type, found out once.
fn trace_of<T: DeserializeOwned + 'static>() -> Arc<Trace> {
    static TRACES: LazyLock<RwLock<HashMap<TypeId, Arc<Trace>>>> = LazyLock::new(RwLock::default);
    let id = TypeId::of::<T>();
    if let Some(trace) = TRACES.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Arc::clone(trace);
    }
    let trace = Arc::new(Trace::of::<T>());
    let mut traces = TRACES.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(traces.entry(id).or_insert(trace))
}

/// What serde's errors are here.
impl ::serde::ser::Error for DataError {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Self::Custom(message.to_string())
    }
}

impl ::serde::de::Error for DataError {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Self::Custom(message.to_string())
    }
}

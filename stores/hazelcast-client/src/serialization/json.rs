//! JSON texts, which members can look into.

use super::basic::other;
use super::{DataError, FromData, Input, Output, ToData};

/// A JSON text: predicates may name what is in it. It is not checked here.
///
/// ```
/// use hazelcast_client::{Json, Serializer};
///
/// let serializer = Serializer::new();
/// let data = serializer.to_data(&Json::new(r#"{"price": 7}"#))?;
/// assert_eq!(serializer.to_value::<Json>(&data)?.as_str(), r#"{"price": 7}"#);
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Json(String);

const JSON: i32 = -130;

impl Json {
    /// A text that is JSON.
    ///
    /// ```
    /// let json = hazelcast_client::Json::new(r#"{"price": 7}"#);
    /// ```
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    ///
    /// ```
    /// assert_eq!(hazelcast_client::Json::new("[]").as_str(), "[]");
    /// ```
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ToData for Json {
    fn type_id(&self) -> i32 {
        JSON
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.text(&self.0);
        Ok(())
    }
}

impl FromData for Json {
    fn read(type_id: i32, input: &mut Input<'_>) -> Result<Self, DataError> {
        match type_id {
            JSON => input.text()?.map(Self::new).ok_or(DataError::Null { expected: "JSON" }),
            found => Err(other("JSON", found)),
        }
    }
}

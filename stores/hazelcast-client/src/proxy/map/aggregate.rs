//! What members make of many entries: numbers, the least and the greatest, single attributes.

use std::marker::PhantomData;

use bytes::Bytes;

use super::Map;
use crate::codec::{MapAggregate, MapAggregateWith, MapProjectWith};
use crate::data::{DATA_HEADER, Data};
use crate::error::Error;
use crate::invocation::Target;
use crate::serialization::{DataError, FromData, Output, Predicate, ToData, types};

/// What is made of an attribute of all entries, which is a `T`. Attributes are those of [`Predicate`]: of values, `this`, and
/// `__key`.
///
/// ```
/// use hazelcast_client::Aggregation;
///
/// let (count, total) = (Aggregation::count(), Aggregation::sum("amount"));
/// let greatest = Aggregation::<Option<i64>>::max("amount");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aggregation<T> {
    class: Class,
    attribute: Option<String>,
    result: PhantomData<fn() -> T>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Count = 4,
    FixedSum = 8,
    FloatingSum = 9,
    Max = 14,
    Min = 15,
    Average = 16,
}

impl<T> Aggregation<T> {
    fn of(class: Class, attribute: impl Into<String>) -> Self {
        Self { class, attribute: Some(attribute.into()), result: PhantomData }
    }
}

impl Aggregation<i64> {
    /// How many entries there are.
    ///
    /// ```
    /// let how_many = hazelcast_client::Aggregation::count();
    /// ```
    pub const fn count() -> Self {
        Self { class: Class::Count, attribute: None, result: PhantomData }
    }

    /// The sum of integers.
    ///
    /// ```
    /// let sum = hazelcast_client::Aggregation::sum("amount");
    /// ```
    pub fn sum(attribute: impl Into<String>) -> Self {
        Self::of(Class::FixedSum, attribute)
    }
}

impl Aggregation<f64> {
    /// The sum of floating numbers.
    ///
    /// ```
    /// let sum = hazelcast_client::Aggregation::floating_sum("price");
    /// ```
    pub fn floating_sum(attribute: impl Into<String>) -> Self {
        Self::of(Class::FloatingSum, attribute)
    }
}

impl Aggregation<Option<f64>> {
    /// The mean of numbers; none where there are none.
    ///
    /// ```
    /// let average = hazelcast_client::Aggregation::average("price");
    /// ```
    pub fn average(attribute: impl Into<String>) -> Self {
        Self::of(Class::Average, attribute)
    }
}

impl<T> Aggregation<Option<T>> {
    /// The greatest; none where there are none.
    ///
    /// ```
    /// let highest = hazelcast_client::Aggregation::<Option<i64>>::max("amount");
    /// ```
    pub fn max(attribute: impl Into<String>) -> Self {
        Self::of(Class::Max, attribute)
    }

    /// The least; none where there are none.
    ///
    /// ```
    /// let lowest = hazelcast_client::Aggregation::<Option<i64>>::min("amount");
    /// ```
    pub fn min(attribute: impl Into<String>) -> Self {
        Self::of(Class::Min, attribute)
    }
}

/// What every object has that members know by a factory and a class.
fn identified(output: &mut Output<'_>, factory: i32, class: i32) {
    output.u8(1);
    output.i32(factory);
    output.i32(class);
}

impl<T> ToData for Aggregation<T> {
    fn type_id(&self) -> i32 {
        types::IDENTIFIED
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        const FACTORY: i32 = -29;
        identified(output, FACTORY, self.class as i32);
        output.text_or_null(self.attribute.as_deref());
        // What members begin with: nothing.
        match self.class {
            Class::Count | Class::FixedSum => output.i64(0),
            Class::FloatingSum => output.f64(0.0),
            Class::Max | Class::Min => output.i32(types::NULL),
            Class::Average => {
                output.f64(0.0);
                output.i64(0);
            }
        }
        Ok(())
    }
}

/// An attribute alone.
struct Attribute<'a>(&'a str);

impl ToData for Attribute<'_> {
    fn type_id(&self) -> i32 {
        types::IDENTIFIED
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        const FACTORY: i32 = -30;
        const CLASS: i32 = 0;
        identified(output, FACTORY, CLASS);
        output.text(self.0);
        Ok(())
    }
}

/// Null as a value.
static NULL: [u8; DATA_HEADER] = [0; DATA_HEADER];

fn null() -> Result<Data, DataError> {
    Data::from_bytes(Bytes::from_static(&NULL)).ok_or(DataError::Short)
}

impl<K, V> Map<K, V> {
    /// Lets members make something of all entries, or of those for which a condition holds. A future that is dropped has done
    /// nothing.
    ///
    /// ```no_run
    /// # use hazelcast_client::{Aggregation, Error, Json, Map, Predicate};
    /// # async fn example(orders: Map<i64, Json>) -> Result<(), Error> {
    /// let open = Predicate::sql("state = 'open'");
    /// let total = orders.aggregate(&Aggregation::sum("amount"), Some(&open)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get), and where the attribute is of another type.
    pub async fn aggregate<T>(
        &self,
        aggregation: &Aggregation<T>,
        predicate: Option<&Predicate>,
    ) -> Result<T, Error>
    where
        T: FromData,
    {
        let (name, aggregator) = (&*self.name, &self.client.to_data(aggregation).await?);
        let result = match predicate {
            None => self.client.call(&MapAggregate { name, aggregator }, Target::Any).await?,
            Some(predicate) => {
                let predicate = &self.client.to_data(predicate).await?;
                self.client.call(&MapAggregateWith { name, aggregator, predicate }, Target::Any).await?
            }
        };
        self.client.to_value(&result.map_or_else(null, Ok)?).await
    }

    /// An attribute of all entries, or of those for which a condition holds, in no order; an `Option` where there may be
    /// null. A future that is dropped has done nothing.
    ///
    /// ```no_run
    /// # use hazelcast_client::{Error, Json, Map};
    /// # async fn example(orders: Map<i64, Json>) -> Result<(), Error> {
    /// let cards: Vec<String> = orders.project("card", None).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get), and where the attribute is of another type.
    pub async fn project<T: FromData>(
        &self,
        attribute: &str,
        predicate: Option<&Predicate>,
    ) -> Result<Vec<T>, Error> {
        let (name, projection) = (&*self.name, &self.client.to_data(&Attribute(attribute)).await?);
        // Always with a condition: members of 5.7.0 answer the request without one as if it had one.
        let predicate = predicate.cloned().unwrap_or_else(Predicate::all);
        let predicate = &self.client.to_data(&predicate).await?;
        let request = MapProjectWith { name, projection, predicate };
        let found = self.client.call(&request, Target::Any).await?;
        let found: Vec<_> =
            found.into_iter().map(|data| data.map_or_else(null, Ok)).collect::<Result<_, _>>()?;
        self.client.to_values(&found).await
    }
}

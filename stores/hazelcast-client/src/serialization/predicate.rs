//! Conditions on entries that members test.

use super::{DataError, Output, Serializer, ToData, types};
use crate::data::Data;

/// A condition on entries: an attribute of the value, `this` (the value itself) or `__key`.
///
/// Attributes need values that members can look into: Compact, Portable or JSON.
///
/// ```
/// use hazelcast_client::Predicate;
///
/// let cheap = Predicate::sql("price < 10 AND name LIKE 'a%'");
/// let same = Predicate::between("price", 0, 9)?.and(Predicate::like("name", "a%"));
/// # Ok::<_, hazelcast_client::DataError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Predicate(Kind);

#[derive(Clone, PartialEq, Debug)]
enum Kind {
    Sql(String),
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Not(Box<Predicate>),
    Between(String, Data, Data),
    Equal(String, Data),
    NotEqual(String, Data),
    Compare { attribute: String, value: Data, or_equal: bool, less: bool },
    Like(String, String),
    In(String, Vec<Data>),
    True,
    False,
}

/// The factory of predicates.
const FACTORY: i32 = -20;

fn data<T: ToData>(value: T) -> Result<Data, DataError> {
    Serializer::new().to_data(&value)
}

impl Predicate {
    /// A condition as SQL's `WHERE` has it.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let cheap = Predicate::sql("price < 10 AND name LIKE 'a%'");
    /// ```
    pub fn sql(text: impl Into<String>) -> Self {
        Self(Kind::Sql(text.into()))
    }

    /// The attribute equals a value.
    ///
    /// # Errors
    /// Where the value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let apples = Predicate::equal("name", "apple")?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn equal(attribute: impl Into<String>, value: impl ToData) -> Result<Self, DataError> {
        Ok(Self(Kind::Equal(attribute.into(), data(value)?)))
    }

    /// The attribute is another value.
    ///
    /// # Errors
    /// Where the value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let others = Predicate::not_equal("name", "apple")?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn not_equal(attribute: impl Into<String>, value: impl ToData) -> Result<Self, DataError> {
        Ok(Self(Kind::NotEqual(attribute.into(), data(value)?)))
    }

    /// The attribute is one of these values.
    ///
    /// # Errors
    /// Where a value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let fruit = Predicate::one_of("name", ["apple", "pear"])?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn one_of<T: ToData>(
        attribute: impl Into<String>,
        values: impl IntoIterator<Item = T>,
    ) -> Result<Self, DataError> {
        let values = values.into_iter().map(data).collect::<Result<_, _>>()?;
        Ok(Self(Kind::In(attribute.into(), values)))
    }

    /// The attribute lies between two values, or is one of them.
    ///
    /// # Errors
    /// Where a value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let cheap = Predicate::between("price", 0, 9)?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn between<T: ToData>(attribute: impl Into<String>, from: T, to: T) -> Result<Self, DataError> {
        Ok(Self(Kind::Between(attribute.into(), data(from)?, data(to)?)))
    }

    fn compare(
        attribute: impl Into<String>,
        value: impl ToData,
        or_equal: bool,
        less: bool,
    ) -> Result<Self, DataError> {
        Ok(Self(Kind::Compare { attribute: attribute.into(), value: data(value)?, or_equal, less }))
    }

    /// The attribute is less than a value.
    ///
    /// # Errors
    /// Where the value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let cheap = Predicate::less("price", 10)?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn less(attribute: impl Into<String>, value: impl ToData) -> Result<Self, DataError> {
        Self::compare(attribute, value, false, true)
    }

    /// The attribute is at most a value.
    ///
    /// # Errors
    /// Where the value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let cheap = Predicate::at_most("price", 9)?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn at_most(attribute: impl Into<String>, value: impl ToData) -> Result<Self, DataError> {
        Self::compare(attribute, value, true, true)
    }

    /// The attribute is greater than a value.
    ///
    /// # Errors
    /// Where the value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let dear = Predicate::greater("price", 9)?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn greater(attribute: impl Into<String>, value: impl ToData) -> Result<Self, DataError> {
        Self::compare(attribute, value, false, false)
    }

    /// The attribute is at least a value.
    ///
    /// # Errors
    /// Where the value cannot be written.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let dear = Predicate::at_least("price", 10)?;
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    pub fn at_least(attribute: impl Into<String>, value: impl ToData) -> Result<Self, DataError> {
        Self::compare(attribute, value, true, false)
    }

    /// The attribute is a text of this form: `%` stands for any characters, `_` for one.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let a = Predicate::like("name", "a%");
    /// ```
    pub fn like(attribute: impl Into<String>, form: impl Into<String>) -> Self {
        Self(Kind::Like(attribute.into(), form.into()))
    }

    /// Both hold.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let cheap = Predicate::less("price", 10)?.and(Predicate::like("name", "a%"));
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(Kind::And(vec![self, other]))
    }

    /// One holds, or both.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let either = Predicate::less("price", 10)?.or(Predicate::like("name", "a%"));
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(Kind::Or(vec![self, other]))
    }

    /// It does not hold.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let dear = Predicate::less("price", 10)?.negated();
    /// # Ok::<_, hazelcast_client::DataError>(())
    /// ```
    #[must_use]
    pub fn negated(self) -> Self {
        Self(Kind::Not(Box::new(self)))
    }

    /// Holds always.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let all = Predicate::all();
    /// ```
    pub const fn all() -> Self {
        Self(Kind::True)
    }

    /// Holds never.
    ///
    /// ```
    /// use hazelcast_client::Predicate;
    ///
    /// let none = Predicate::none();
    /// ```
    pub const fn none() -> Self {
        Self(Kind::False)
    }

    const fn class(&self) -> i32 {
        match &self.0 {
            Kind::Sql(_) => 0,
            Kind::And(_) => 1,
            Kind::Between(..) => 2,
            Kind::Equal(..) => 3,
            Kind::Compare { .. } => 4,
            Kind::Like(..) => 5,
            Kind::In(..) => 7,
            Kind::NotEqual(..) => 9,
            Kind::Not(_) => 10,
            Kind::Or(_) => 11,
            Kind::False => 13,
            Kind::True => 14,
        }
    }
}

impl ToData for Predicate {
    fn type_id(&self) -> i32 {
        types::IDENTIFIED
    }

    fn write(&self, output: &mut Output<'_>) -> Result<(), DataError> {
        output.u8(1);
        output.i32(FACTORY);
        output.i32(self.class());
        match &self.0 {
            Kind::Sql(text) => output.text(text),
            Kind::And(all) | Kind::Or(all) => return objects(output, all),
            Kind::Not(inner) => return output.object(&**inner),
            Kind::Between(attribute, from, to) => {
                output.text(attribute);
                // The upper bound first, as Hazelcast has it.
                output.object(to)?;
                output.object(from)?;
            }
            Kind::Equal(attribute, value) | Kind::NotEqual(attribute, value) => {
                output.text(attribute);
                output.object(value)?;
            }
            Kind::Compare { attribute, value, or_equal, less } => {
                output.text(attribute);
                output.object(value)?;
                output.u8(u8::from(*or_equal));
                output.u8(u8::from(*less));
            }
            Kind::Like(attribute, form) => {
                output.text(attribute);
                output.text(form);
            }
            Kind::In(attribute, values) => {
                output.text(attribute);
                return objects(output, values);
            }
            Kind::True | Kind::False => {}
        }
        Ok(())
    }
}

fn objects<T: ToData>(output: &mut Output<'_>, items: &[T]) -> Result<(), DataError> {
    output.length(items.len());
    items.iter().try_for_each(|item| output.object(item))
}

//! Statements and their arguments.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::wire::MOST_ROWS;
use crate::client::Alive;
use crate::data::Data;
use crate::error::Error;
use crate::proxy::millis;
use crate::serialization::ToData;

/// How many rows a page has, where one does not say: as the official clients have it.
const PAGE: i32 = 4_096;

/// A statement of SQL with its arguments.
///
/// ```
/// use std::time::Duration;
/// use hazelcast_client::Statement;
///
/// let large = Statement::new("SELECT * FROM payments WHERE card = ? AND amount > ?")
///     .bind("4111-1")
///     .bind(1_000_i64)
///     .timeout(Duration::from_secs(10));
/// ```
#[derive(Clone)]
pub struct Statement {
    pub(super) text: Box<str>,
    arguments: Vec<Arc<dyn ToData + Send + Sync>>,
    timeout: Option<Duration>,
    pub(super) page: i32,
    pub(super) schema: Option<String>,
}

impl fmt::Debug for Statement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments.len();
        formatter.debug_struct("Statement").field("text", &self.text).field("arguments", &arguments).finish()
    }
}

impl Statement {
    /// A statement, in which each `?` stands for an argument.
    ///
    /// ```
    /// let statement = hazelcast_client::Statement::new("SELECT * FROM counts");
    /// ```
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self { text: text.into(), arguments: Vec::new(), timeout: None, page: PAGE, schema: None }
    }

    /// The next argument; `None` is null.
    ///
    /// ```
    /// let statement = hazelcast_client::Statement::new("SELECT * FROM counts WHERE this > ?").bind(10);
    /// ```
    #[must_use]
    pub fn bind(mut self, argument: impl ToData + Send + Sync + 'static) -> Self {
        self.arguments.push(Arc::new(argument));
        self
    }

    /// How long members run it before they give up; else as they are configured.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let statement = hazelcast_client::Statement::new("SELECT * FROM counts").timeout(Duration::from_secs(5));
    /// ```
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How many rows are fetched at once, 1 to 1,048,576: 4,096. Members make no more before these were taken.
    ///
    /// ```
    /// let statement = hazelcast_client::Statement::new("SELECT * FROM counts").page_rows(10_000);
    /// ```
    #[must_use]
    pub fn page_rows(mut self, rows: usize) -> Self {
        self.page = i32::try_from(rows.clamp(1, MOST_ROWS)).unwrap_or(i32::MAX);
        self
    }

    /// Where names are looked up that have no schema of their own.
    ///
    /// ```
    /// let statement = hazelcast_client::Statement::new("SELECT * FROM counts").schema("partitioned");
    /// ```
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// -1 is the members' configuration; 0 would be for ever.
    pub(super) fn timeout_millis(&self) -> i64 {
        self.timeout.map_or(-1, |timeout| millis(timeout).max(1))
    }

    pub(super) async fn parameters(&self, client: &Alive) -> Result<Vec<Option<Data>>, Error> {
        let mut parameters = Vec::with_capacity(self.arguments.len());
        for argument in &self.arguments {
            let data = client.to_data(&**argument).await?;
            // Null has a type of its own.
            parameters.push(Some(data).filter(|data| data.type_id() != 0));
        }
        Ok(parameters)
    }
}

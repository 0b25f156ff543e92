//! Rows as they come: a page at a time, the next one when this one was taken.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::error::told;
use super::wire::{Executed, Fetched, Page, QueryId, SqlClose, SqlExecute, SqlFetch, WireColumn};
use super::{FromSql, SqlKind, SqlValue};
use crate::client::Alive;
use crate::connection::Connection;
use crate::error::{Error, ErrorKind};
use crate::invocation::Target;
use crate::serialization::FromData;
use crate::streamed::streamed;

/// A column of rows.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, Statement};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let rows = client.sql().query(Statement::new("SELECT * FROM stock")).await?;
/// for column in rows.columns() {
///     println!("{} {:?}", column.name, column.kind);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct SqlColumn {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: SqlKind,
    /// Whether there may be nulls.
    pub is_nullable: bool,
}

/// What all rows of a query share.
#[derive(Debug)]
struct Shape {
    client: Alive,
    columns: Vec<SqlColumn>,
}

/// Which column is meant: by its place, counted from 0, or by its name.
///
/// ```no_run
/// # use hazelcast_client::{Error, SqlRow};
/// # fn example(row: &SqlRow) -> Result<(), Error> {
/// let (first, amount): (String, i64) = (row.get(0)?, row.get("amount")?);
/// # Ok(())
/// # }
/// ```
pub trait ColumnIndex: fmt::Display {
    /// The column's place.
    fn place(&self, columns: &[SqlColumn]) -> Option<usize>;
}

impl ColumnIndex for usize {
    fn place(&self, columns: &[SqlColumn]) -> Option<usize> {
        (*self < columns.len()).then_some(*self)
    }
}

impl ColumnIndex for &str {
    fn place(&self, columns: &[SqlColumn]) -> Option<usize> {
        columns.iter().position(|column| column.name == *self)
    }
}

/// A row.
///
/// ```no_run
/// # use hazelcast_client::{Error, SqlRow};
/// # fn example(row: &SqlRow) -> Result<(), Error> {
/// let amount: Option<i64> = row.get("amount")?;
/// println!("{:?} of {:?}", amount, row.values());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SqlRow {
    shape: Arc<Shape>,
    values: Vec<SqlValue>,
}

impl SqlRow {
    /// The value of a column, as a type of Rust; where there may be null, as an `Option`.
    ///
    /// # Errors
    /// [`Data`](ErrorKind::Data) where there is no such column, or its value is of another type.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// if let Some(row) = rows.next().await {
    ///     let count: i64 = row?.get("this")?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn get<T: FromSql>(&self, column: impl ColumnIndex) -> Result<T, Error> {
        Ok(T::from_sql(self.value(column)?)?)
    }

    /// The value of a column that holds what Hazelcast has serialized: none where it is null. Its schema is asked for where
    /// it is not known; a future that is dropped has done nothing.
    ///
    /// # Errors
    /// As [`get`](Self::get), and where members cannot be reached.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// if let Some(row) = rows.next().await {
    ///     let value: Option<i64> = row?.object("this").await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn object<T: FromData>(&self, column: impl ColumnIndex + Send) -> Result<Option<T>, Error> {
        match self.value(column)? {
            SqlValue::Null => Ok(None),
            SqlValue::Object(data) => self.shape.client.to_value(data).await.map(Some),
            other => {
                let why = format!("SQL: {other:?} where an object was expected");
                Err(Error::new(ErrorKind::Data, why))
            }
        }
    }

    fn value(&self, column: impl ColumnIndex) -> Result<&SqlValue, Error> {
        let none = || Error::new(ErrorKind::Data, format!("SQL: a row has no column {column}"));
        let place = column.place(&self.shape.columns).ok_or_else(none)?;
        self.values.get(place).ok_or_else(none)
    }

    /// All values, in the order of the columns.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// if let Some(row) = rows.next().await {
    ///     println!("{:?}", row?.values());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn values(&self) -> &[SqlValue] {
        &self.values
    }

    /// The columns.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// if let Some(row) = rows.next().await {
    ///     println!("{:?}", row?.columns());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn columns(&self) -> &[SqlColumn] {
        &self.shape.columns
    }
}

/// The rows of a query. Members make a page of them, and the next one when this one was taken. Dropping it ends the query.
///
/// All pages come over one connection: when it is lost, the query is, too.
///
/// **Cancelling**: nothing is lost where the future of [`next`](Self::next) is dropped.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, Statement};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let endless = Statement::new("SELECT v FROM TABLE(generate_stream(10))").page_rows(1);
/// let mut rows = client.sql().query(endless).await?;
/// for _ in 0..3 {
///     println!("{:?}", rows.next().await);
/// }
/// rows.close().await;
/// # Ok(())
/// # }
/// ```
pub struct SqlRows {
    cursor: Cursor,
    shape: Arc<Shape>,
    is_infinite: bool,
    page: Option<Page>,
    fetching: Option<BoxFuture<'static, Result<Fetched, Error>>>,
}

impl fmt::Debug for SqlRows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SqlRows").field("columns", &self.shape.columns).finish_non_exhaustive()
    }
}

impl SqlRows {
    streamed!(
        Result<SqlRow, Error>,
        "client: hazelcast_client::Client",
        "client.sql().query(hazelcast_client::Statement::new(\"SELECT * FROM counts\")).await?"
    );

    pub(super) fn new(
        cursor: Cursor,
        columns: Vec<WireColumn>,
        is_infinite: bool,
        page: Option<Page>,
    ) -> Self {
        let column =
            |WireColumn { kind, is_nullable, name }| SqlColumn { name, kind: SqlKind::of(kind), is_nullable };
        let columns = columns.into_iter().map(column).collect();
        let shape = Arc::new(Shape { client: cursor.client.clone(), columns });
        let mut rows = Self { cursor, shape, is_infinite, page: None, fetching: None };
        rows.took(page);
        rows
    }

    /// The columns.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// println!("{:?}", rows.columns());
    /// # Ok(()) }
    /// ```
    pub fn columns(&self) -> &[SqlColumn] {
        &self.shape.columns
    }

    /// Whether rows go on for ever, as those of a stream do.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// assert!(!rows.is_infinite());
    /// # Ok(()) }
    /// ```
    pub const fn is_infinite(&self) -> bool {
        self.is_infinite
    }

    /// The next row; none when there are no more. After an error there are no more.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// while let Some(row) = rows.next().await {
    ///     println!("{:?}", row?.values());
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn next(&mut self) -> Option<Result<SqlRow, Error>> {
        loop {
            if let Some(values) = self.page.as_mut().and_then(Page::next) {
                return Some(Ok(SqlRow { shape: Arc::clone(&self.shape), values }));
            }
            if !self.cursor.is_open {
                return None;
            }
            let fetched = self.fetching.get_or_insert_with(|| self.cursor.fetch()).await;
            self.fetching = None;
            match fetched {
                Ok(Fetched { page, error: None }) => self.took(page),
                Ok(Fetched { error: Some(error), .. }) => {
                    self.cursor.ended();
                    return Some(Err(told(error, false)));
                }
                Err(error) => {
                    // Where the member lives, it is told to stop.
                    self.cursor.close_soon();
                    return Some(Err(error));
                }
            }
        }
    }

    fn took(&mut self, page: Option<Page>) {
        // No page at all is the end, too.
        if page.as_ref().is_none_or(|page| page.is_last) {
            self.cursor.ended();
        }
        self.page = page.filter(|page| !page.is_empty());
    }

    /// Ends the query, and waits until the member has. Dropping the rows does so without waiting, and so does dropping the
    /// future.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// let first = rows.next().await;
    /// rows.close().await;
    /// # Ok(()) }
    /// ```
    pub async fn close(mut self) {
        self.fetching = None;
        if let Some(closing) = self.cursor.close_soon() {
            // What cannot be told is over.
            drop(closing.await);
        }
    }
}

/// A query at the member that runs it: ended when nobody wants its rows any more.
#[derive(Debug)]
pub(super) struct Cursor {
    client: Alive,
    connection: Arc<Connection>,
    query: QueryId,
    page: i32,
    is_open: bool,
}

impl Cursor {
    pub(super) fn new(client: Alive, connection: Arc<Connection>, member: Uuid, page: i32) -> Self {
        let query = QueryId { member, local: Uuid::new_v4() };
        Self { client, connection, query, page, is_open: true }
    }

    pub(super) const fn id(&self) -> QueryId {
        self.query
    }

    /// The member has ended it.
    pub(super) const fn ended(&mut self) {
        self.is_open = false;
    }

    /// Rows may be long in coming.
    pub(super) async fn execute(&self, request: &SqlExecute<'_>) -> Result<Executed, Error> {
        let target = Target::Connection(Arc::clone(&self.connection));
        self.client.call_slowly(request, target, None).await
    }

    fn fetch(&self) -> BoxFuture<'static, Result<Fetched, Error>> {
        let (client, query, page) = (self.client.clone(), self.query, self.page);
        let target = Target::Connection(Arc::clone(&self.connection));
        Box::pin(async move { client.call_slowly(&SqlFetch { page, query: &query }, target, None).await })
    }

    fn close_soon(&mut self) -> Option<tokio::task::JoinHandle<()>> {
        if !self.is_open || self.client.is_closed() {
            return None;
        }
        self.is_open = false;
        let (client, connection, query) = (self.client.clone(), Arc::clone(&self.connection), self.query);
        let close = async move { drop(client.call_on(&SqlClose { query: &query }, &connection).await) };
        Some(self.client.runtime.spawn(close))
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        drop(self.close_soon());
    }
}

//! SQL: statements that members run over maps, and rows that come a page at a time.

mod error;
mod rows;
mod statement;
mod value;
pub(crate) mod wire;

pub use error::SqlError;
pub use rows::{ColumnIndex, SqlColumn, SqlRow, SqlRows};
pub use statement::Statement;
pub use value::{FromSql, SqlKind, SqlValue};

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::client::{Alive, Client};
use crate::connection::Connection;
use crate::data::Data;
use crate::error::{Error, ErrorKind};
use crate::invocation::Target;
use rows::Cursor;
use wire::{Executed, SqlExecute, SqlMapping};

/// How many statements are known by the partition they are about.
const MOST_KNOWN: usize = 1_024;

/// What is expected of a statement.
const ANYTHING: u8 = 0;
const ROWS: u8 = 1;
const UPDATE_COUNT: u8 = 2;

/// SQL over the cluster's maps. Members need `hazelcast-sql` on their class path, and `jet: { enabled: true }`. Handles are
/// cheap; which partitions statements are about is learned from members, and a handle and its clones send them there.
///
/// **Cancelling**: a statement whose future is dropped is cancelled; one that changes something may have changed it.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, Statement};
/// # async fn example(client: Client) -> Result<(), Error> {
/// let sql = client.sql();
/// let mapping = "CREATE OR REPLACE MAPPING stock (__key VARCHAR, this INT) \
///     TYPE IMap OPTIONS ('keyFormat' = 'varchar', 'valueFormat' = 'int')";
/// sql.execute(Statement::new(mapping)).await?;
/// sql.execute(Statement::new("SINK INTO stock VALUES (?, ?)").bind("apples").bind(3)).await?;
/// let mut rows = sql.query(Statement::new("SELECT __key, this FROM stock WHERE this > ?").bind(2)).await?;
/// while let Some(row) = rows.next().await {
///     let row = row?;
///     let (name, count): (String, i32) = (row.get(0)?, row.get("this")?);
///     println!("{name}: {count}");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Sql {
    client: Alive,
    /// By a statement's text, which argument says where it belongs.
    known: Arc<Mutex<HashMap<Box<str>, usize>>>,
}

/// What a statement has given.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, SqlOutcome, Statement};
/// # async fn example(client: Client, text: &str) -> Result<(), Error> {
/// match client.sql().run(Statement::new(text)).await? {
///     SqlOutcome::Rows(mut rows) => println!("{:?}", rows.next().await),
///     SqlOutcome::Updated(count) => println!("{count}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum SqlOutcome {
    /// Rows.
    Rows(SqlRows),
    /// How many rows were changed.
    Updated(u64),
}

impl Client {
    /// SQL.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// client.sql().execute(Statement::new("DELETE FROM counts")).await?;
    /// # Ok(()) }
    /// ```
    pub fn sql(&self) -> Sql {
        Sql { client: self.alive.clone(), known: Arc::default() }
    }
}

impl Sql {
    /// Runs a statement that gives rows.
    ///
    /// # Errors
    /// [`Unavailable`](ErrorKind::Unavailable) and [`Indeterminate`](ErrorKind::Indeterminate): ask again.
    /// [`Refused`](ErrorKind::Refused): the statement is wrong, or gives no rows; the source is a [`SqlError`], which may have
    /// a suggestion.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let mut rows = client.sql().query(Statement::new("SELECT __key, this FROM counts")).await?;
    /// while let Some(row) = rows.next().await {
    ///     let row = row?;
    ///     println!("{}: {}", row.get::<String>(0)?, row.get::<i64>("this")?);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn query(&self, statement: Statement) -> Result<SqlRows, Error> {
        match self.send(statement, ROWS).await? {
            SqlOutcome::Rows(rows) => Ok(rows),
            SqlOutcome::Updated(_) => {
                Err(Error::new(ErrorKind::Protocol, "SqlExecute: the answer has no rows"))
            }
        }
    }

    /// Runs a statement that changes something, or describes it; gives how many rows were changed, as far as members count
    /// them.
    ///
    /// # Errors
    /// [`Unavailable`](ErrorKind::Unavailable): nothing was changed. [`Indeterminate`](ErrorKind::Indeterminate): something may
    /// have been changed, or a part of it, so look. [`Refused`](ErrorKind::Refused): as [`query`](Self::query).
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// let statement = Statement::new("UPDATE counts SET this = this + ? WHERE __key = ?").bind(1).bind("a");
    /// let changed = client.sql().execute(statement).await?;
    /// # Ok(()) }
    /// ```
    pub async fn execute(&self, statement: Statement) -> Result<u64, Error> {
        match self.send(statement, UPDATE_COUNT).await? {
            SqlOutcome::Updated(count) => Ok(count),
            SqlOutcome::Rows(_) => Err(Error::new(ErrorKind::Protocol, "SqlExecute: the answer has rows")),
        }
    }

    /// Runs a statement, whatever it gives.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// use hazelcast_client::SqlOutcome;
    ///
    /// match client.sql().run(Statement::new("SHOW MAPPINGS")).await? {
    ///     SqlOutcome::Rows(mut rows) => while let Some(row) = rows.next().await { println!("{:?}", row?) },
    ///     SqlOutcome::Updated(count) => println!("{count} rows"),
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn run(&self, statement: Statement) -> Result<SqlOutcome, Error> {
        self.send(statement, ANYTHING).await
    }

    /// The statement that makes a mapping for a map, from what lies in it; none where that cannot be told, as it is empty.
    ///
    /// A member tells it from an entry of its own: all are asked that there are connections to, until one knows.
    ///
    /// # Errors
    /// Where members cannot be reached.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// use hazelcast_client::Statement;
    ///
    /// if let Some(mapping) = client.sql().mapping_for("counts").await? {
    ///     client.sql().execute(Statement::new(mapping)).await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn mapping_for(&self, map: &str) -> Result<Option<String>, Error> {
        let request = SqlMapping { name: map };
        let mut found = self.client.call(&request, Target::Any).await?.text;
        let mut asked = HashSet::new();
        while found.is_none() {
            let next = self.client.routes().next_member(|member| !asked.contains(member));
            let Some((member, connection)) = next else { break };
            asked.insert(member);
            found = self.client.call_on(&request, &connection).await?.text;
        }
        Ok(found)
    }

    async fn send(&self, statement: Statement, expected: u8) -> Result<SqlOutcome, Error> {
        let parameters = statement.parameters(&self.client).await?;
        let (member, connection) = self.place(&statement, &parameters).await?;
        // From now on it is cancelled when nobody waits for it.
        let mut cursor = Cursor::new(self.client.clone(), connection, member, statement.page);
        let query = &cursor.id();
        let request = SqlExecute {
            timeout: statement.timeout_millis(),
            page: statement.page,
            expected,
            skip_statistics: false,
            sql: &statement.text,
            parameters: &parameters,
            schema: statement.schema.as_deref(),
            query,
        };
        let Executed { updated, is_infinite, partition_argument, columns, page, error } =
            cursor.execute(&request).await?;
        if let Some(error) = error {
            cursor.ended();
            return Err(error::told(error, expected != ROWS));
        }
        self.learn(&statement, partition_argument);
        let Some(columns) = columns else {
            cursor.ended();
            return Ok(SqlOutcome::Updated(u64::try_from(updated).unwrap_or_default()));
        };
        Ok(SqlOutcome::Rows(SqlRows::new(cursor, columns, is_infinite, page)))
    }

    /// Where the statement's argument lies, where that is known; else any member that has data.
    async fn place(
        &self,
        statement: &Statement,
        parameters: &[Option<Data>],
    ) -> Result<(Uuid, Arc<Connection>), Error> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&*statement.text).copied();
        let key = known.and_then(|index| parameters.get(index)?.as_ref());
        if let Some(key) = key {
            let routes = self.client.routes();
            let owner = routes.owner_member(key.partition(routes.partition_count));
            if let Some(owner) = owner {
                return Ok(owner);
            }
        }
        self.client.bind("SqlExecute").await
    }

    fn learn(&self, statement: &Statement, argument: i32) {
        let Ok(argument) = usize::try_from(argument) else { return };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        // Texts that differ each time are not worth remembering: whatever is known is learned again soon.
        if known.len() >= MOST_KNOWN && !known.contains_key(&*statement.text) {
            known.clear();
        }
        known.insert(statement.text.clone(), argument);
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::wire::WireSqlError;
    use super::*;

    #[test]
    fn errors_tell_what_to_do_and_what_would_help() {
        let wire = |code| WireSqlError {
            code,
            member: Uuid::nil(),
            message: Some("no".to_owned()),
            suggestion: Some("yes".to_owned()),
        };
        let kind = |code, may_change| error::told(wire(code), may_change).kind();
        assert_eq!((kind(1010, true), kind(1010, false)), (ErrorKind::Refused, ErrorKind::Refused));
        assert_eq!((kind(1011, true), kind(1011, false)), (ErrorKind::Indeterminate, ErrorKind::Unavailable));
        let error = error::told(wire(1010), false);
        assert_eq!((error.code(), error.to_string().as_str()), (Some(1010), "SQL: no; it would help: yes"));
        let source = error.source().and_then(|source| source.downcast_ref::<SqlError>());
        assert_eq!(source.and_then(|source| source.suggestion.as_deref()), Some("yes"));
    }
}

//! What can go wrong, by what the caller can do about it.

use std::error::Error as StdError;
use std::fmt;

use crate::serialization::DataError;

/// What the caller can do.
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
/// use hazelcast_client::ErrorKind;
///
/// let stock = client.map::<String, i32>("stock");
/// match stock.set("apples", &3).await {
///     Ok(()) => {}
///     Err(error) if error.kind() == ErrorKind::Unavailable => println!("not now: {error}"),
///     Err(error) if error.kind() == ErrorKind::Indeterminate => println!("perhaps: {:?}", stock.get("apples").await?),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing was done, for now: there is no connection, or members were not ready in time. Try again later.
    Unavailable,
    /// The connection was lost, or time was up, when the request was on its way: it may have been carried out or not. Look
    /// before it is repeated.
    Indeterminate,
    /// A member refused: the request is wrong, or not allowed, and will be so again. [`Error::code`] tells more.
    Refused,
    /// A value cannot be written, or what was read is of another type.
    Data,
    /// The configuration does not fit: no such address, another cluster's name.
    Setup,
    /// The client was shut down, or gave up its cluster. Connect anew.
    Closed,
    /// A member answered what is no answer: one of the two has a bug.
    Protocol,
}

/// Why something was not done.
///
/// ```no_run
/// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
/// if let Err(error) = client.map::<String, i32>("stock").get("apples").await {
///     println!("{:?}: {error}", error.kind());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    code: Option<i32>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), code: None, source: None }))
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    pub(crate) fn with_code(mut self, code: i32) -> Self {
        self.0.code = Some(code);
        self
    }

    /// What the caller can do.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let error = client.map::<i32, i32>("map").get(&1).await.unwrap_err();
    /// assert_eq!(error.kind(), hazelcast_client::ErrorKind::Unavailable);
    /// # Ok(())
    /// # }
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The protocol's number of the error that a member answered with: 51 where a ringbuffer's sequence is too old, say; of a
    /// statement of SQL that of its [`SqlError`](crate::SqlError).
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let error = client.ringbuffer::<i32>("ring").read_one(0).await.unwrap_err();
    /// assert_eq!(error.code(), Some(51));
    /// # Ok(())
    /// # }
    /// ```
    pub fn code(&self) -> Option<i32> {
        self.0.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        Self::new(ErrorKind::Data, error.to_string()).with_source(error)
    }
}

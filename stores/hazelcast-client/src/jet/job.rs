//! A job, and what is known of it.

use std::fmt;

use uuid::Uuid;

use super::wire::{JobJoin, JobResume, JobStatusOf, JobTerminate, JobWasCancelled, WireJob};
use crate::client::Alive;
use crate::error::{Error, ErrorKind};
use crate::invocation::Target;

/// The number of a job.
///
/// ```
/// use hazelcast_client::JobId;
///
/// // As members show it.
/// assert_eq!(JobId(0x0123_4567_89ab_cdef).to_string(), "0123-4567-89ab-cdef");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |shift: u32| self.0.cast_unsigned() >> shift & 0xffff;
        write!(formatter, "{:04x}-{:04x}-{:04x}-{:04x}", part(48), part(32), part(16), part(0))
    }
}

/// Where a job is in its life.
///
/// ```
/// use hazelcast_client::JobStatus;
///
/// assert!(JobStatus::Failed.is_over() && !JobStatus::Suspended.is_over());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum JobStatus {
    /// It waits to be started, or to be started again.
    NotRunning,
    /// It is being started.
    Starting,
    /// It runs.
    Running,
    /// It was suspended, and can be resumed.
    Suspended,
    /// It was suspended, and its state is being exported.
    SuspendedExportingSnapshot,
    /// It is being ended.
    Completing,
    /// It has failed, or was cancelled.
    Failed,
    /// It has come to its end.
    Completed,
    /// In a way that this client does not know.
    Unknown(i32),
}

impl JobStatus {
    const fn of(id: i32) -> Self {
        match id {
            0 => Self::NotRunning,
            1 => Self::Starting,
            2 => Self::Running,
            3 => Self::Suspended,
            4 => Self::SuspendedExportingSnapshot,
            5 => Self::Completing,
            6 => Self::Failed,
            7 => Self::Completed,
            id => Self::Unknown(id),
        }
    }

    /// Whether it stays as it is.
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// assert!(!job.status().await?.is_over());
    /// # Ok(()) }
    /// ```
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Failed | Self::Completed)
    }
}

/// What is known of a job.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error};
/// # async fn example(client: Client) -> Result<(), Error> {
/// for job in client.jet().jobs().await? {
///     println!("{} {:?} {:?}", job.id, job.name, job.status);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct JobSummary {
    /// Its number.
    pub id: JobId,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Where it is in its life.
    pub status: JobStatus,
    /// Whether it is a light one, which members keep nothing of, as those of queries are. It is ended by whoever began it.
    pub is_light: bool,
    /// When it was submitted, in milliseconds since 1970.
    pub submitted_millis: i64,
    /// When it was over, in milliseconds since 1970.
    pub completed_millis: Option<i64>,
    /// Whether it is over as somebody wanted it.
    pub was_cancelled: bool,
    /// Why it has failed.
    pub failure: Option<String>,
    /// Why it was suspended.
    pub suspension: Option<String>,
    /// The query of SQL that it is.
    pub query: Option<String>,
}

impl JobSummary {
    pub(super) fn of(job: WireJob) -> Self {
        let id = JobId(job.id);
        Self {
            id,
            // One without a name has its number there.
            name: Some(job.name).filter(|name| *name != id.to_string()),
            status: JobStatus::of(job.status),
            is_light: job.is_light,
            submitted_millis: job.submitted,
            completed_millis: Some(job.completed).filter(|millis| *millis > 0),
            was_cancelled: job.was_cancelled,
            failure: job.failure,
            suspension: job.suspension,
            query: job.query,
        }
    }
}

/// How a job is stopped.
///
/// ```no_run
/// # use hazelcast_client::{Error, Job, Termination};
/// # async fn example(job: Job) -> Result<(), Error> {
/// job.terminate(Termination::SuspendForcefully).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Termination {
    /// Started again, after its state was saved.
    RestartGracefully,
    /// Started again, from what was saved last.
    RestartForcefully,
    /// Suspended, after its state was saved.
    SuspendGracefully,
    /// Suspended; what was saved last counts.
    SuspendForcefully,
    /// Ended, after its state was saved.
    CancelGracefully,
    /// Ended.
    CancelForcefully,
}

/// A job that members run, or have run. Handles are cheap.
///
/// **Cancelling**: a future that is dropped may have been carried out or not; waiting for a job ends, not the job.
///
/// ```no_run
/// # use hazelcast_client::{Error, Job, JobStatus};
/// # async fn example(job: Job) -> Result<(), Error> {
/// job.suspend().await?;
/// job.resume().await?;
/// job.cancel().await?;
/// assert!(job.join().await.is_err());
/// assert_eq!((job.status().await?, job.was_cancelled().await?), (JobStatus::Failed, true));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Job {
    client: Alive,
    id: JobId,
}

impl Job {
    pub(super) const fn new(client: Alive, id: JobId) -> Self {
        Self { client, id }
    }

    /// Its number.
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// println!("{}", job.id());
    /// # Ok(()) }
    /// ```
    pub const fn id(&self) -> JobId {
        self.id
    }

    /// Where it is in its life.
    ///
    /// # Errors
    /// As all methods: where members cannot be reached, and [`Refused`](ErrorKind::Refused) where there is no such job.
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// println!("{:?}", job.status().await?);
    /// # Ok(()) }
    /// ```
    pub async fn status(&self) -> Result<JobStatus, Error> {
        self.client.call(&JobStatusOf { job: self.id.0 }, Target::Any).await.map(JobStatus::of)
    }

    /// Waits until it is over.
    ///
    /// # Errors
    /// [`Refused`](ErrorKind::Refused) where it has failed, with why, or was cancelled.
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// job.join().await?;
    /// # Ok(()) }
    /// ```
    pub async fn join(&self) -> Result<(), Error> {
        let request = JobJoin { job: self.id.0, coordinator: Uuid::nil() };
        self.client.call_slowly(&request, Target::Any, None).await
    }

    /// Whether it is over as somebody wanted it.
    ///
    /// # Errors
    /// As [`status`](Self::status), and where it is not over.
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// if job.was_cancelled().await? {
    ///     println!("somebody has cancelled it");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn was_cancelled(&self) -> Result<bool, Error> {
        self.client.call(&JobWasCancelled { job: self.id.0 }, Target::Any).await
    }

    /// Stops it. It is stopped a moment after this returns.
    ///
    /// # Errors
    /// As [`status`](Self::status), and where it cannot be stopped so.
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// job.terminate(hazelcast_client::Termination::CancelForcefully).await?;
    /// # Ok(()) }
    /// ```
    pub async fn terminate(&self, how: Termination) -> Result<(), Error> {
        let mode = match how {
            Termination::RestartGracefully => 0,
            Termination::RestartForcefully => 1,
            Termination::SuspendGracefully => 2,
            Termination::SuspendForcefully => 3,
            Termination::CancelGracefully => 4,
            Termination::CancelForcefully => 5,
        };
        let request = JobTerminate { job: self.id.0, mode, coordinator: Uuid::nil() };
        self.client.call(&request, Target::Any).await
    }

    /// Ends it. A job that is over is left as it is.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// job.cancel().await?;
    /// # Ok(()) }
    /// ```
    pub async fn cancel(&self) -> Result<(), Error> {
        match self.terminate(Termination::CancelForcefully).await {
            Err(error) if error.kind() == ErrorKind::Refused && self.status().await?.is_over() => Ok(()),
            result => result,
        }
    }

    /// Suspends it, after its state was saved.
    ///
    /// # Errors
    /// As [`terminate`](Self::terminate).
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// job.suspend().await?;
    /// job.resume().await?;
    /// # Ok(()) }
    /// ```
    pub async fn suspend(&self) -> Result<(), Error> {
        self.terminate(Termination::SuspendGracefully).await
    }

    /// Starts it again, after its state was saved: so that it runs on all members that there are now.
    ///
    /// # Errors
    /// As [`terminate`](Self::terminate).
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// job.restart().await?;
    /// # Ok(()) }
    /// ```
    pub async fn restart(&self) -> Result<(), Error> {
        self.terminate(Termination::RestartGracefully).await
    }

    /// Lets it go on that was suspended.
    ///
    /// # Errors
    /// As [`terminate`](Self::terminate).
    ///
    /// ```no_run
    /// # async fn example(job: hazelcast_client::Job) -> Result<(), hazelcast_client::Error> {
    /// job.suspend().await?;
    /// job.resume().await?;
    /// # Ok(()) }
    /// ```
    pub async fn resume(&self) -> Result<(), Error> {
        self.client.call(&JobResume { job: self.id.0 }, Target::Any).await
    }
}

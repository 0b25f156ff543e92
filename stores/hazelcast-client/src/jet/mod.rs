//! Jet: jobs that members run, from jars that are uploaded; watching, suspending and ending them.

mod job;
mod upload;
pub(crate) mod wire;

pub use job::{Job, JobId, JobStatus, JobSummary, Termination};
pub use upload::JobJar;

use std::sync::Arc;

use uuid::Uuid;

use crate::client::{Alive, Client};
use crate::error::Error;
use crate::invocation::Target;
use upload::digest;
use wire::{JobList, JobUpload, JobUploadPart, Part};

/// The cluster's jobs. Members need `jet: { enabled: true }`, and `resource-upload-enabled: true` to take jars. Handles are
/// cheap.
///
/// ```no_run
/// # use hazelcast_client::{Client, Error, JobJar};
/// # async fn example(client: Client, jar: Vec<u8>) -> Result<(), Error> {
/// let jet = client.jet();
/// jet.submit(&JobJar::new("orders.jar", jar).named("orders").argument("--all")).await?;
/// if let Some(job) = jet.job_named("orders").await? {
///     println!("{:?}", job.status().await?);
///     job.join().await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Jet {
    client: Alive,
}

impl Client {
    /// Jobs.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for job in client.jet().jobs().await? {
    ///     println!("{job:?}");
    /// }
    /// # Ok(()) }
    /// ```
    pub fn jet(&self) -> Jet {
        Jet { client: self.alive.clone() }
    }
}

impl Jet {
    /// Uploads a jar to a member, which runs its main class; that submits jobs, as `Hazelcast.bootstrappedInstance()` is the
    /// member. When this returns, the main class has ended.
    ///
    /// A future that is dropped stops the upload; after the last part, the main class runs nevertheless.
    ///
    /// # Errors
    /// [`Refused`](crate::ErrorKind::Refused): the main class has failed, or members take no jars.
    /// [`Indeterminate`](crate::ErrorKind::Indeterminate): whether jobs were submitted is not known; [`jobs`](Self::jobs) tells.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// let jar = hazelcast_client::JobJar::new("counts.jar", std::fs::read("counts.jar").expect("it was built"));
    /// client.jet().submit(&jar).await?;
    /// # Ok(()) }
    /// ```
    pub async fn submit(&self, jar: &JobJar) -> Result<(), Error> {
        // All parts go to the same member.
        let (_, connection) = self.client.bind("JobUpload").await?;
        let session = Uuid::new_v4();
        let arguments: Vec<_> = jar.arguments.iter().map(String::as_str).collect();
        let begin = JobUpload {
            session,
            is_there: false,
            file: &jar.file,
            digest: &digest(&jar.bytes),
            snapshot: jar.snapshot.as_deref(),
            job: jar.name.as_deref(),
            main: jar.main.as_deref(),
            arguments: &arguments,
        };
        self.client.call_on(&begin, &connection).await?;
        let parts = jar.parts();
        let count = i32::try_from(parts.len()).unwrap_or(i32::MAX);
        for (part, bytes) in (1..).zip(parts) {
            let digest = digest(&bytes);
            let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
            let bytes = &Part(bytes);
            let upload = JobUploadPart { session, part, parts: count, length, bytes, digest: &digest };
            // The main class takes its time.
            let target = Target::Connection(Arc::clone(&connection));
            self.client.call_slowly(&upload, target, None).await?;
        }
        Ok(())
    }

    /// All jobs that members know, those that are over and queries of SQL included.
    ///
    /// # Errors
    /// Where members cannot be reached, or do not run jobs.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for job in client.jet().jobs().await? {
    ///     println!("{job:?}");
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn jobs(&self) -> Result<Vec<JobSummary>, Error> {
        let jobs = self.client.call(&JobList {}, Target::Any).await?;
        Ok(jobs.into_iter().map(JobSummary::of).collect())
    }

    /// The job of an id, whether there is one or not.
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// for summary in client.jet().jobs().await? {
    ///     client.jet().job(summary.id).cancel().await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn job(&self, id: JobId) -> Job {
        Job::new(self.client.clone(), id)
    }

    /// The job of this name: the one that is not over, else the one that was submitted last.
    ///
    /// # Errors
    /// As [`jobs`](Self::jobs).
    ///
    /// ```no_run
    /// # async fn example(client: hazelcast_client::Client) -> Result<(), hazelcast_client::Error> {
    /// if let Some(job) = client.jet().job_named("counts").await? {
    ///     job.join().await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn job_named(&self, name: &str) -> Result<Option<Job>, Error> {
        let jobs = self.jobs().await?;
        let named = jobs.iter().filter(|job| job.name.as_deref() == Some(name));
        let last = named.max_by_key(|job| (!job.status.is_over(), job.submitted_millis));
        Ok(last.map(|job| self.job(job.id)))
    }
}

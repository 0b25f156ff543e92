//! Jobs.

use std::path::PathBuf;

use hazelcast_client::{ErrorKind, Job, JobId, JobJar, JobStatus};

use crate::shared::connect;
use crate::support::{eventually, soon, sorted};

/// `JobMain.java`.
fn jar(kind: &str) -> JobJar {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/java/JobMain.java");
    let bytes = std::fs::read(hazelcast_kit::job_jar(&source, "JobMain")).unwrap();
    JobJar::new("job.jar", bytes).argument(kind)
}

async fn is(job: &Job, status: JobStatus) {
    let what = format!("the job is {status:?}");
    eventually(&what, || async { (job.status().await.unwrap() == status).then_some(()) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jar_is_uploaded_in_parts_and_its_job_ends() {
    let (client, name) = (connect().await, "ends");
    let jet = client.jet();
    jet.submit(&jar("ends").named(name).argument(name).part_bytes(600)).await.unwrap();
    let job = jet.job_named(name).await.unwrap().unwrap();
    soon(job.join()).await.unwrap();
    assert_eq!(job.status().await.unwrap(), JobStatus::Completed);
    let map = client.map::<i32, i32>(name);
    assert_eq!(sorted(map.entries().await.unwrap()), [(1, 10), (2, 20), (3, 30)]);
    let jobs = jet.jobs().await.unwrap();
    let summary = jobs.iter().find(|summary| summary.id == job.id()).unwrap();
    assert_eq!((summary.name.as_deref(), summary.status), (Some(name), JobStatus::Completed));
    assert!(summary.completed_millis >= Some(summary.submitted_millis));
    assert!(!summary.is_light && !summary.was_cancelled && summary.failure.is_none(), "{summary:?}");
    job.cancel().await.unwrap();
    assert_eq!(job.status().await.unwrap(), JobStatus::Completed, "what is over stays so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_suspended_resumed_restarted_and_cancelled() {
    let client = connect().await;
    let jet = client.jet();
    jet.submit(&jar("goes-on").named("endless").main_class("JobMain")).await.unwrap();
    let job = jet.job_named("endless").await.unwrap().unwrap();
    is(&job, JobStatus::Running).await;
    let joining = tokio::spawn({
        let job = job.clone();
        async move { job.join().await }
    });
    job.suspend().await.unwrap();
    is(&job, JobStatus::Suspended).await;
    job.resume().await.unwrap();
    is(&job, JobStatus::Running).await;
    job.restart().await.unwrap();
    is(&job, JobStatus::Running).await;
    let same = jet.job(job.id());
    eventually("it is cancelled", || async { same.cancel().await.ok() }).await;
    let error = soon(joining).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    is(&job, JobStatus::Failed).await;
    assert!(job.was_cancelled().await.unwrap());
    let jobs = jet.jobs().await.unwrap();
    assert!(jobs.iter().any(|summary| summary.id == job.id() && summary.was_cancelled), "{jobs:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_told() {
    let client = connect().await;
    let jet = client.jet();
    jet.submit(&jar("fails").named("fails")).await.unwrap();
    let job = jet.job_named("fails").await.unwrap().unwrap();
    let error = soon(job.join()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert!(error.to_string().contains("ArithmeticException"), "{error}");
    let jobs = jet.jobs().await.unwrap();
    let summary = jobs.iter().find(|summary| summary.id == job.id()).unwrap();
    assert_eq!((summary.status, summary.was_cancelled), (JobStatus::Failed, false));
    assert!(
        summary.failure.as_deref().is_some_and(|text| text.contains("ArithmeticException")),
        "{summary:?}"
    );
    // The main class fails, or is none, or the jar is none.
    let wrong = [
        (jar("what"), "no such job: what"),
        (jar("ends").main_class("Nobody"), "Nobody"),
        (JobJar::new("no.jar", &b"no jar"[..]), "no.jar"),
    ];
    for (jar, why) in wrong {
        let error = soon(jet.submit(&jar)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{jar:?}: {error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    let nobody = jet.job(JobId(1));
    assert_eq!(nobody.status().await.unwrap_err().kind(), ErrorKind::Refused);
    assert!(jet.job_named("nobody").await.unwrap().is_none());
}

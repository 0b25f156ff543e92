//! `cep doctor`: what is right and wrong with a store, step by step, and what to do about it.

use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use cep_engine::store::{Changes, Finding, Fresh, GroupId, Namespace, Put, StateStore, StoreError, Verdict};
use cep_store_redis::RedisStore;

use super::stores::{Address, in_runtime, names_no_store};
use super::{complain, print};
use crate::args;
use crate::outcome::Outcome;

/// Groups of the state that is made for a moment: more than one, so that several servers of a cluster have some.
const GROUPS: u16 = 4;

pub(super) fn doctor(args: &args::Doctor) -> Outcome {
    let Some(address) = Address::parse(&args.store) else { return names_no_store() };
    let namespace = match probe_name(args.namespace.as_ref()) {
        Ok(namespace) => namespace,
        Err(outcome) => return outcome,
    };
    let mut report = Report::default();
    in_runtime(async {
        match address {
            Address::Memory => report.tell(Finding::good("memory", "there is nothing to be wrong with")),
            Address::Disk(path) => of_disk(path, namespace, &mut report).await,
            Address::Redis(url) => of_redis(url, namespace, &mut report).await,
        }
        report.outcome
    })
}

/// What was told so far.
#[derive(Debug)]
struct Report {
    outcome: Outcome,
}

impl Default for Report {
    fn default() -> Self {
        Self { outcome: Outcome::Done }
    }
}

impl Report {
    fn tell(&mut self, finding: Finding) {
        if print(&format!("{finding}\n")) == Outcome::Failed || finding.verdict == Verdict::Wrong {
            self.outcome = Outcome::Failed;
        }
    }
}

/// The name of state that is made for a moment, beside that of the name given.
fn probe_name(namespace: Option<&Namespace>) -> Result<Namespace, Outcome> {
    let before = namespace.map(|namespace| format!("{namespace}.")).unwrap_or_default();
    format!("{before}doctor-{}", std::process::id()).parse().map_err(|error| {
        complain(&error, Some(&"give a shorter `--namespace`"));
        Outcome::Rejected
    })
}

async fn of_disk(path: &Path, namespace: Namespace, report: &mut Report) {
    // What does not work has been told.
    let found = cep_store_disk::examine(path, namespace, &mut |finding| report.tell(finding));
    if let Ok(Some(store)) = found {
        report.tell(Finding::of("state", probe(&store).await));
    }
}

async fn of_redis(url: &str, namespace: Namespace, report: &mut Report) {
    let options = Default::default();
    let works = cep_store_redis::examine(url, &options, &mut |finding| report.tell(finding)).await;
    if !works {
        return;
    }
    match RedisStore::connect(url, namespace, &options).await {
        Ok(store) => report.tell(Finding::of("state", probe(&store).await)),
        Err(error) => report.tell(Finding::failed("state", &error)),
    }
}

/// Makes state, commits to it, reads it and removes it. It goes whatever happens in between, if it can.
async fn probe<S: StateStore>(store: &S) -> Result<String, StoreError> {
    let began = Instant::now();
    let tried = try_probe(store).await;
    let dropped = store.drop_namespace().await;
    tried.and(dropped)?;
    let millis = began.elapsed().as_secs_f64() * 1000.0;
    Ok(format!("made, written to, read and removed in {millis:.1} ms"))
}

async fn try_probe<S: StateStore>(store: &S) -> Result<(), StoreError> {
    let value = Bytes::from_static(b"a value of a probe");
    let opened = store.open(Fresh { groups: GROUPS, about: Bytes::from_static(b"a probe") }).await?;
    for (number, header) in (0..).zip(&opened.groups) {
        let (group, key) = (GroupId(number), Bytes::from_static(b"probe"));
        let put = Put { key: key.clone(), deadline: None, value: value.clone() };
        let changes = Changes { puts: vec![put], state: value.clone(), ..Changes::default() };
        store.commit(group, header.version, changes).await?;
        let read = store.load(group, None, std::slice::from_ref(&key)).await?;
        if read != [Some(value.clone())] {
            let kind = cep_engine::store::StoreErrorKind::Corrupt;
            let error = StoreError::new(kind, "what was written is not what is read");
            return Err(error.with_help("see whether something else writes to this store"));
        }
    }
    Ok(())
}

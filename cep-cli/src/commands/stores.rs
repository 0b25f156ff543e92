//! The stores that the command knows, by their addresses.

use std::path::Path;
use std::sync::Arc;

use cep_core::program::Program;
use cep_engine::store::{Namespace, StateStore, StoreError};
use cep_engine::{EngineError, OnChange, Overview};
use cep_store_disk::DiskStore;
use cep_store_memory::MemoryStore;
use cep_store_redis::RedisStore;

use super::complain;
use super::program::of_text;
use crate::args;
use crate::outcome::Outcome;

/// What is done with a store, whatever it is.
pub(super) trait WithStore {
    /// Does it. A store in a server is reached over a network.
    async fn with<S: StateStore>(self, store: Arc<S>, is_server: bool) -> Outcome;
}

/// A store's address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Address<'a> {
    Memory,
    Disk(&'a Path),
    Redis(&'a str),
}

impl<'a> Address<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        if text == "memory" {
            return Some(Self::Memory);
        }
        if let Some(path) = text.strip_prefix("disk:").filter(|path| !path.is_empty()) {
            return Some(Self::Disk(Path::new(path)));
        }
        let is_redis = ["redis://", "rediss://", "redis+unix://", "unix://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        is_redis.then_some(Self::Redis(text))
    }
}

/// Opens a store and does something with it.
pub(super) fn open(address: &str, namespace: &Namespace, then: impl WithStore) -> Outcome {
    in_runtime(connect(address, namespace, then))
}

/// Waits for the end of something that may use the network.
pub(super) fn in_runtime(work: impl Future<Output = Outcome>) -> Outcome {
    // A thread for what the network brings, while this one works.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format_args!("cannot start a thread: {error}"), None);
            return Outcome::Failed;
        }
    };
    runtime.block_on(work)
}

/// The same where others are open already.
pub(super) async fn connect(address: &str, namespace: &Namespace, then: impl WithStore) -> Outcome {
    match Address::parse(address) {
        None => names_no_store(),
        Some(Address::Memory) => then.with(Arc::new(MemoryStore::new(namespace.clone())), false).await,
        Some(Address::Disk(path)) => match DiskStore::open(path, namespace.clone(), Default::default()) {
            Ok(store) => then.with(Arc::new(store), false).await,
            Err(error) => failed(&error),
        },
        Some(Address::Redis(url)) => {
            match RedisStore::connect(url, namespace.clone(), &Default::default()).await {
                Ok(store) => then.with(Arc::new(store), true).await,
                Err(error) => failed(&error),
            }
        }
    }
}

pub(super) fn names_no_store() -> Outcome {
    // What is no address may be half of one, with a password in it.
    let help = "write `memory`, `disk:FOLDER`, or an address such as `redis://localhost:6379`";
    complain(&"`--store` names no store", Some(&help));
    Outcome::Rejected
}

/// The name of the state: as given, or that of the pattern file.
pub(super) fn namespace(given: Option<&Namespace>, patterns: &Path) -> Result<Namespace, Outcome> {
    if let Some(namespace) = given {
        return Ok(namespace.clone());
    }
    let stem = patterns.file_stem().unwrap_or_default().to_string_lossy();
    stem.parse().map_err(|error: cep_engine::store::BadNamespace| {
        complain(&error, Some(&"give the state a name with `--namespace NAME`"));
        Outcome::Rejected
    })
}

/// What is to become of partial matches of patterns that have changed.
pub(super) fn on_change(policy: args::OnChange) -> OnChange {
    match policy {
        args::OnChange::Refuse => OnChange::Refuse,
        args::OnChange::Keep => OnChange::Keep,
        args::OnChange::Drain => OnChange::Drain,
        args::OnChange::Reset => OnChange::Reset,
    }
}

/// The program that state is of.
pub(super) fn program_of(overview: &Overview) -> Result<Arc<Program>, Outcome> {
    let Some(text) = &overview.text else {
        complain(&"the text of the program is not kept with this state", Some(&"name the pattern file"));
        return Err(Outcome::Failed);
    };
    cep_engine::stored_program(text, &overview.draining, &of_text).map_err(|error| failed_engine(&error))
}

/// There is no such namespace.
pub(super) fn no_such_state() -> Outcome {
    complain(&"there is no such state", Some(&"`cep state ls` says what there is"));
    Outcome::Failed
}

/// Says what is wrong with an engine's state, and what to do about it.
pub(super) fn failed_engine(error: &EngineError) -> Outcome {
    let help = help(error);
    complain(error, help.as_ref().map(|help| help as &dyn std::fmt::Display));
    Outcome::Failed
}

pub(super) fn failed(error: &StoreError) -> Outcome {
    complain(error, error.help().as_ref().map(|help| help as &dyn std::fmt::Display));
    Outcome::Failed
}

/// What to do about an engine's error.
pub(super) fn help(error: &EngineError) -> Option<String> {
    match error {
        EngineError::Store(error) => error.help().map(str::to_owned),
        EngineError::OtherProgram(plan) if plan.too_many_groups.is_some() => {
            Some("begin anew with `--namespace NAME`, or in a folder, which has one group".to_owned())
        }
        EngineError::OtherProgram(_) => Some(
            "run the patterns that the state was made with; `--on-change keep` lets them go on where conditions alone have \
             changed, `drain` lets them come to their end by the old patterns, `reset` drops them; `cep plan` tells beforehand"
                .to_owned(),
        ),
        EngineError::CannotDrain(_) => Some(
            "leave streams, tables and what is emitted as it was until nothing of the old patterns is in flight; \
             `--on-change reset` drops it; `cep plan` tells beforehand"
                .to_owned(),
        ),
        EngineError::NoText | EngineError::Text(_) => {
            Some("`--on-change reset` drops what is in flight of patterns that have changed".to_owned())
        }
        EngineError::Busy => Some("end the run that owns it, then try again".to_owned()),
        EngineError::SamePlace => Some("copy it under another name, with `--as NAME`".to_owned()),
        EngineError::Arriving => {
            Some("copy it again, with `--replace`, or remove what there is with `cep state drop`".to_owned())
        }
        EngineError::CorruptRecord { .. } => Some(
            "put the store back from a copy; or go on without this key: `--quarantine` sets its state aside and counts its \
             events instead of matching them"
                .to_owned(),
        ),
        EngineError::Incompatible { .. } => {
            Some("use the version that wrote it, or a newer one; nothing has been changed".to_owned())
        }
        EngineError::Corrupt { .. } => {
            Some("put the store back from a copy, or begin anew with `--namespace NAME`".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        assert_eq!(Address::parse("memory"), Some(Address::Memory));
        assert_eq!(Address::parse("disk:a/b"), Some(Address::Disk(Path::new("a/b"))));
        assert_eq!(Address::parse("rediss://h:1/2"), Some(Address::Redis("rediss://h:1/2")));
        for wrong in ["", "disk:", "disk", "http://h", "redis:h"] {
            assert_eq!(Address::parse(wrong), None, "{wrong}");
        }
    }
}

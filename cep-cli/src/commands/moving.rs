//! `cep state export|import|copy`: state into a file, out of one, and from any store into any other.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use cep_engine::store::{Namespace, StateStore};
use cep_engine::{EngineError, Import, Moved, copy, export};

use super::stores::{self, WithStore};
use super::{complain, tell};
use crate::args;
use crate::outcome::Outcome;
use crate::statefile::{StateFileError, StateFileReader, StateFileWriter};

pub(super) fn export_state(args: &args::ExportState) -> Outcome {
    stores::open(&args.store, &args.namespace, Exporting(args))
}

pub(super) fn import_state(args: &args::ImportState) -> Outcome {
    stores::open(&args.store, &args.namespace, Importing(args))
}

pub(super) fn copy_state(args: &args::CopyState) -> Outcome {
    stores::open(&args.from, &args.namespace, CopyingFrom(args))
}

struct Exporting<'a>(&'a args::ExportState);

impl WithStore for Exporting<'_> {
    async fn with<S: StateStore>(self, store: Arc<S>, _: bool) -> Outcome {
        let Self(args) = self;
        match into_file(&*store, &args.file, args.replace).await {
            Ok(Some(moved)) => done("exported", &args.namespace, moved),
            Ok(None) => stores::no_such_state(),
            Err(error) => failed(&error, &args.namespace),
        }
    }
}

async fn into_file<S: StateStore>(
    store: &S,
    file: &Path,
    replace: bool,
) -> Result<Option<Moved>, StateFileError> {
    if store.look().await.map_err(EngineError::from)?.is_none() {
        return Ok(None);
    }
    let mut writer = StateFileWriter::create(file, replace)?;
    let moved = export(store, async |piece| writer.put(&piece)).await?;
    writer.finish()?;
    Ok(moved)
}

struct Importing<'a>(&'a args::ImportState);

impl WithStore for Importing<'_> {
    async fn with<S: StateStore>(self, store: Arc<S>, _: bool) -> Outcome {
        let Self(args) = self;
        match out_of_file(&*store, &args.file, args.replace).await {
            Ok(moved) => done("imported", &args.namespace, moved),
            Err(error) => failed(&error, &args.namespace),
        }
    }
}

/// All of the file is read once before anything is written: what is there is not given up for a file that is broken.
async fn out_of_file<S: StateStore>(store: &S, file: &Path, replace: bool) -> Result<Moved, StateFileError> {
    let mut reader = StateFileReader::open(file)?;
    let mut moved = None;
    while let Some(piece) = reader.piece()? {
        moved = if let cep_engine::Piece::End(moved) = piece { Some(moved) } else { None };
    }
    let moved = moved.ok_or_else(|| reader.cut_off())?;
    let mut reader = StateFileReader::open(file)?;
    let mut import = Import::new(store, replace);
    while let Some(piece) = reader.piece()? {
        import.put(piece).await?;
    }
    Ok(moved)
}

struct CopyingFrom<'a>(&'a args::CopyState);

impl WithStore for CopyingFrom<'_> {
    async fn with<S: StateStore>(self, from: Arc<S>, _: bool) -> Outcome {
        let Self(args) = self;
        let namespace = args.name.as_ref().unwrap_or(&args.namespace);
        stores::connect(&args.to, namespace, CopyingTo { args, from, namespace }).await
    }
}

struct CopyingTo<'a, S> {
    args: &'a args::CopyState,
    from: Arc<S>,
    namespace: &'a Namespace,
}

impl<F: StateStore> WithStore for CopyingTo<'_, F> {
    async fn with<S: StateStore>(self, to: Arc<S>, _: bool) -> Outcome {
        match copy(&*self.from, &*to, self.args.replace).await {
            Ok(Some(moved)) => done("copied", &self.args.namespace, moved),
            Ok(None) => stores::no_such_state(),
            Err(error) => failed(&error.into(), self.namespace),
        }
    }
}

fn done(what: &str, namespace: &Namespace, Moved { entries, outputs }: Moved) -> Outcome {
    tell(&format_args!(
        "{what} {namespace}: {entries} entries, {outputs} outputs that have not been taken\n"
    ));
    Outcome::Done
}

fn failed(error: &StateFileError, namespace: &Namespace) -> Outcome {
    let help = match error {
        StateFileError::Engine(EngineError::IsThere) => {
            Some(format!("`--replace` puts this in its place; another name keeps `{namespace}` as it is"))
        }
        StateFileError::Engine(error) => stores::help(error),
        StateFileError::IsThere(_) => Some("`--replace` puts this in its place".to_owned()),
        StateFileError::Io { .. } => Some("see to it that the folder is there and has room".to_owned()),
        StateFileError::Foreign(_) => Some("name a file that `cep state export` wrote".to_owned()),
        StateFileError::Newer { .. } => Some("use the version that wrote it, or a later one".to_owned()),
        StateFileError::Corrupt { .. } => Some("export the state again, or take another copy".to_owned()),
    };
    complain(error, help.as_ref().map(|help| help as &dyn Display));
    Outcome::Failed
}

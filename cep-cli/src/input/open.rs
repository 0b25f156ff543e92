//! Opens the places that inputs are bound to. The wall clock enters here, for streams without a time field.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cep_core::pattern::{StreamDef, TableDef};
use cep_core::program::Program;
use cep_core::time::Timestamp;

use super::bad_rows::OnBadRow;
use super::bind::{Bindings, Place};
use super::error::InputError;
use super::format::Format;
use super::live::LiveInput;
use super::merge::Merge;
use super::reader::{EventReader, Origin, Pace};
use super::table::{TableFile, read_table};

/// How inputs are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadOptions {
    /// The format of all of them; else their extension or first byte tells.
    pub format: Option<Format>,
    /// What to do with bad rows.
    pub on_bad_row: OnBadRow,
}

/// Opens all inputs of the streams of a program. Only what the program reads of them is read.
///
/// # Errors
/// Where one cannot be opened, or does not begin as such a file does.
pub fn open_streams(
    bindings: &Bindings,
    program: &Program,
    options: ReadOptions,
) -> Result<Merge, InputError> {
    let mut readers = Vec::new();
    for binding in &bindings.inputs {
        let definition = &program.definitions().streams[binding.stream];
        let Some(id) = program.streams().id(&definition.name) else { continue };
        let (input, origin) = open(&binding.place, options)?;
        let input = noticing_silence(input, &origin, definition);
        let reader = EventReader::open(input, origin, id, definition, Box::new(now))?;
        readers.push(reader.only(&program.columns_read(id)));
    }
    Ok(Merge::new(readers))
}

/// Reads the file of a table.
///
/// # Errors
/// Where it cannot be read, or a row is bad.
pub fn open_table(
    place: &Place,
    definition: &TableDef,
    options: ReadOptions,
) -> Result<TableFile, InputError> {
    let (input, origin) = open(place, options)?;
    read_table(input, &origin, definition)
}

/// How many bytes there are to read; none where that is not known.
#[must_use]
pub fn total_size(bindings: &Bindings) -> Option<u64> {
    let size = |place: &Place| match place {
        Place::Stdin => None,
        Place::File(path) => path.metadata().ok().filter(|file| file.is_file()).map(|file| file.len()),
    };
    bindings.inputs.iter().map(|binding| size(&binding.place)).sum()
}

/// A live input of a stream with `idle after` does not wait for ever.
fn noticing_silence(input: Box<dyn Read + Send>, origin: &Origin, definition: &StreamDef) -> Box<dyn Read> {
    let length = definition.idle_after.filter(|_| origin.pace == Pace::Live);
    match length.and_then(|length| u64::try_from(length.0).ok()) {
        Some(millis) => Box::new(LiveInput::new(input, Duration::from_millis(millis))),
        None => input,
    }
}

fn open(place: &Place, options: ReadOptions) -> Result<(Box<dyn Read + Send>, Origin), InputError> {
    let ReadOptions { format, on_bad_row } = options;
    match place {
        Place::Stdin => {
            let origin = Origin { file: "standard input".into(), format, pace: Pace::Live, on_bad_row };
            Ok((Box::new(io::stdin()), origin))
        }
        Place::File(path) => {
            let name: Arc<str> = path.display().to_string().into();
            let (file, pace) = open_file(path)
                .map_err(|source| InputError::Unreadable { file: Arc::clone(&name), source })?;
            let format = format.or_else(|| Format::of_path(path));
            Ok((Box::new(file), Origin { file: name, format, pace, on_bad_row }))
        }
    }
}

/// A regular file is read in full batches, a named pipe as it comes.
fn open_file(path: &Path) -> io::Result<(File, Pace)> {
    let file = File::open(path)?;
    let pace = if file.metadata()?.is_file() { Pace::Full } else { Pace::Live };
    Ok((file, pace))
}

fn now() -> Timestamp {
    let millis = |length: std::time::Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Timestamp(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis))
}

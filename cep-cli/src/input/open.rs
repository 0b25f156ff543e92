//! Opens the places that inputs are bound to. The wall clock enters here, for streams without a time field.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cep_core::pattern::{StreamDef, TableDef};
use cep_core::program::Program;
use cep_core::time::Timestamp;
use cep_engine::log::{Log, LogMark};
use cep_store_redis::{RedisOptions, RedisStream, StreamAddress};

use super::bad_rows::OnBadRow;
use super::bell::Bell;
use super::bind::{Bindings, Place};
use super::bookmark::{Bookmark, Identity};
use super::dead_letters::Again;
use super::entries::{self, EntryRows};
use super::error::InputError;
use super::fetch::Fetch;
use super::format::Format;
use super::live::LiveInput;
use super::merge::Merge;
use super::origin::{Origin, Pace};
use super::reader::EventReader;
use super::table::{TableFile, read_table};

/// How inputs are read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ReadOptions {
    /// The format of all of them; else their extension or first byte tells.
    pub format: Option<Format>,
    /// What to do with bad rows.
    pub on_bad_row: OnBadRow,
    /// The most rows of a batch, where fewer are wanted than usual.
    pub batch_rows: Option<usize>,
    /// Whether a log ends where it ends now, instead of being waited for.
    pub until_end: bool,
}

/// Opens all inputs of the streams of a program. Only what the program reads of them is read.
///
/// # Errors
/// Where one cannot be opened, or does not begin as such a file does.
pub fn open_streams(
    bindings: &Bindings,
    program: &Program,
    options: &ReadOptions,
) -> Result<Merge, InputError> {
    open_streams_at(bindings, program, options, &HashMap::new())
}

/// The same, going on where bookmarks are: by the name of the source ([`Bindings::sources`]).
///
/// # Errors
/// As [`open_streams`]; and where an input is not what was read before.
pub fn open_streams_at(
    bindings: &Bindings,
    program: &Program,
    options: &ReadOptions,
    bookmarks: &HashMap<String, Bookmark>,
) -> Result<Merge, InputError> {
    let mut readers = Vec::new();
    let bell = Bell::default();
    for (binding, source) in bindings.inputs.iter().zip(bindings.sources(program.definitions())) {
        let definition = &program.definitions().streams[binding.stream];
        let Some(id) = program.streams().id(&definition.name) else { continue };
        let mut bookmark = bookmarks.get(&source).cloned();
        if let Place::Stream(address) = &binding.place {
            let (log, origin) = open_log(address, options)?;
            let mark = bookmark.as_ref().and_then(|bookmark| bookmark.mark.clone());
            let entries = entries(log, definition, mark, bell.clone(), options)?;
            let reader = EventReader::of_log(entries, origin, id, definition, Box::new(now));
            let reader = reader.only(&program.columns_read(id)).in_batches_of(options.batch_rows);
            readers.push(match &bookmark {
                Some(bookmark) => reader.going_on(bookmark),
                None => reader,
            });
            continue;
        }
        let (opened, used) = match (&binding.place, &bindings.replay) {
            (Place::Stdin, Some(replay)) => {
                let (input, used) = replay.open();
                (stdin(Box::new(input), options, Again::InThisRun), used)
            }
            _ => (open(&binding.place, options, bookmark.as_mut())?, None),
        };
        let Opened { input, origin, identity } = opened;
        let input = noticing_silence(input, &origin, definition);
        let reader = EventReader::open(input, origin, id, definition, Box::new(now))?;
        let reader =
            reader.of_file(identity).only(&program.columns_read(id)).in_batches_of(options.batch_rows);
        let reader = match bookmark {
            Some(bookmark) => reader.going_on(&bookmark),
            None => reader,
        };
        readers.push(match used {
            Some(used) => reader.standing_behind(&used),
            None => reader,
        });
    }
    Ok(Merge::new(readers).waiting_for(bindings.reads_logs().then_some(bell)))
}

/// An input, open.
struct Opened {
    input: Box<dyn Read + Send>,
    origin: Origin,
    identity: Option<Identity>,
}

/// Reads the file of a table.
///
/// # Errors
/// Where it cannot be read, or a row is bad.
pub fn open_table(
    place: &Place,
    definition: &TableDef,
    options: &ReadOptions,
) -> Result<TableFile, InputError> {
    let Opened { input, origin, .. } = open(place, options, None)?;
    read_table(input, &origin, definition)
}

/// How many bytes there are to read; none where that is not known.
#[must_use]
pub fn total_size(bindings: &Bindings) -> Option<u64> {
    let size = |place: &Place| match place {
        Place::Stdin | Place::Stream(_) => None,
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

fn open_log(address: &StreamAddress, options: &ReadOptions) -> Result<(RedisStream, Origin), InputError> {
    let log = RedisStream::connect(address, &RedisOptions::default())?;
    let on_bad_row = options.on_bad_row.clone().reading_again(Again::InAnyRun);
    let origin = Origin { file: log.name().into(), format: None, pace: Pace::Live, on_bad_row };
    Ok((log, origin))
}

/// The entries of a log behind a mark, on their way.
fn entries(
    mut log: impl Log + 'static,
    definition: &StreamDef,
    mark: Option<LogMark>,
    bell: Bell,
    options: &ReadOptions,
) -> Result<EntryRows, InputError> {
    let name: Arc<str> = log.name().into();
    let found = log.go_to(mark.as_ref())?;
    if let Some(mark) = &mark {
        entries::check(&name, found.as_ref(), mark)?;
    }
    let fetch = Fetch::start(Box::new(log), bell);
    Ok(EntryRows::new(name, fetch, &definition.schema, mark, options.until_end))
}

fn open(place: &Place, options: &ReadOptions, bookmark: Option<&mut Bookmark>) -> Result<Opened, InputError> {
    let Place::File(path) = place else {
        return Ok(stdin(Box::new(io::stdin()), options, Again::Never));
    };
    let name: Arc<str> = path.display().to_string().into();
    let unreadable = |source| InputError::Unreadable { file: Arc::clone(&name), source };
    let mut file = File::open(path).map_err(unreadable)?;
    let is_regular = file.metadata().map_err(unreadable)?.is_file();
    // A regular file is read in full batches, a named pipe as it comes.
    let pace = if is_regular { Pace::Full } else { Pace::Live };
    let known = bookmark.as_ref().and_then(|bookmark| bookmark.identity);
    let identity = match known {
        None if is_regular => Some(Identity::of(&mut file).map_err(unreadable)?),
        known => known.filter(|_| is_regular),
    };
    let format = options.format.or_else(|| Format::of_path(path));
    let again = if is_regular { Again::InAnyRun } else { Again::Never };
    let on_bad_row = options.on_bad_row.clone().reading_again(again);
    let origin = Origin { file: Arc::clone(&name), format, pace, on_bad_row };
    let input: Box<dyn Read + Send> = match bookmark {
        Some(bookmark) if is_regular => {
            bookmark.go_on(file).map_err(|why| InputError::Moved { file: name, why })?
        }
        _ => Box::new(file),
    };
    Ok(Opened { input, origin, identity })
}

/// Standard input, which may be kept to be read once more.
fn stdin(input: Box<dyn Read + Send>, options: &ReadOptions, again: Again) -> Opened {
    let on_bad_row = options.on_bad_row.clone().reading_again(again);
    let origin =
        Origin { file: "standard input".into(), format: options.format, pace: Pace::Live, on_bad_row };
    Opened { input, origin, identity: None }
}

fn now() -> Timestamp {
    let millis = |length: std::time::Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Timestamp(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis))
}

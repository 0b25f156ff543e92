//! Bad rows put aside in a file, as they came: a JSON object a line, with where the row stood and what is wrong with it. Lines
//! are appended whole, and made durable before the rows behind them are handed on, so that what is read once more after a
//! crash is known by the file and not put there twice.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};

use super::error::{BadRow, Position};

/// Whether an input may be read once more from an earlier place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Again {
    /// It is a pipe.
    #[default]
    Never,
    /// It is a pipe that this run keeps what it has read of.
    InThisRun,
    /// It is a file, or a log in a server.
    InAnyRun,
}

/// A row as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Raw {
    /// A line of a file, or several where quotes span them.
    Line {
        bytes: Vec<u8>,
        /// The byte behind it.
        end: u64,
    },
    /// The fields of an entry of a log.
    Entry(Vec<(Vec<u8>, Vec<u8>)>),
}

/// A file of bad rows, which all inputs of a run share.
#[derive(Clone, Debug)]
pub struct DeadLetters(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    known: Known,
    rereading: Rereading,
    unsynced: bool,
}

/// The lines that are there of inputs that may be read once more, by what they hash to.
#[derive(Debug, Default)]
struct Known {
    lines: HashSet<(u64, u64)>,
    hashes: (RandomState, RandomState),
}

/// What becomes of rows that are read once more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rereading {
    /// There are none: each row is put aside.
    Never,
    /// Those of this run are known again.
    InThisRun,
    /// Those of the runs before as well.
    GoingOn,
}

/// Why bad rows cannot be put aside.
#[derive(Debug, thiserror::Error)]
#[error("cannot write bad rows to `{}`: {source}", file.display())]
pub struct DeadLettersError {
    file: PathBuf,
    source: io::Error,
}

impl DeadLetters {
    /// Opens a file, and makes it if it is not there.
    ///
    /// # Errors
    /// Where it cannot be written to, or another run writes to it.
    pub fn open(path: &Path, rereading: Rereading) -> Result<Self, DeadLettersError> {
        let failed = |source| DeadLettersError { file: path.to_owned(), source };
        let inner = Inner::open(path, rereading).map_err(failed)?;
        Ok(Self(Arc::new(Shared { path: path.to_owned(), inner: Mutex::new(inner) })))
    }

    /// Puts a row aside.
    pub(super) fn put(&self, row: &BadRow, raw: &Raw, again: Again) -> Result<(), DeadLettersError> {
        let mut line =
            serde_json::to_vec(&letter(row, raw, again)).expect("text and numbers always have a form");
        line.push(b'\n');
        self.inner().put(&line, again).map_err(|source| self.failed(source))
    }

    /// Makes what has been put aside durable.
    pub(super) fn sync(&self) -> Result<(), DeadLettersError> {
        self.inner().sync().map_err(|source| self.failed(source))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    fn failed(&self, source: io::Error) -> DeadLettersError {
        DeadLettersError { file: self.0.path.clone(), source }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A line is written in one go, so nothing is half done where a thread has panicked.
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One file is one.
impl PartialEq for DeadLetters {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for DeadLetters {}

impl Inner {
    fn open(path: &Path, rereading: Rereading) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another run writes to it"));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut known = Known::default();
        // Of a pipe or device nothing can be read again, and nothing be cut off.
        if file.metadata()?.is_file() {
            let whole = whole_lines(&file, |line| {
                if rereading == Rereading::GoingOn && is_of_a_place(line) {
                    known.add(line);
                }
            })?;
            // A line that was being written when a process was killed.
            if whole < file.metadata()?.len() {
                file.set_len(whole)?;
            }
        }
        Ok(Self { file, known, rereading, unsynced: false })
    }

    fn put(&mut self, line: &[u8], again: Again) -> io::Result<()> {
        let remembers = again != Again::Never && self.rereading != Rereading::Never;
        if remembers && self.known.has(line) {
            return Ok(());
        }
        self.file.write_all(line)?;
        self.unsynced = true;
        if remembers {
            self.known.add(line);
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.unsynced) && self.file.metadata()?.is_file() {
            self.file.sync_data()?;
        }
        Ok(())
    }
}

/// Hands each whole line to the caller; how many bytes they are.
fn whole_lines(file: &File, mut each: impl FnMut(&[u8])) -> io::Result<u64> {
    let (mut lines, mut line, mut bytes) = (BufReader::new(file), Vec::new(), 0);
    while lines.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        each(&line);
        bytes += line.len() as u64;
        line.clear();
    }
    Ok(bytes)
}

impl Known {
    fn hash(&self, line: &[u8]) -> (u64, u64) {
        (self.hashes.0.hash_one(line), self.hashes.1.hash_one(line))
    }

    fn has(&self, line: &[u8]) -> bool {
        self.lines.contains(&self.hash(line))
    }

    fn add(&mut self, line: &[u8]) {
        self.lines.insert(self.hash(line));
    }
}

/// Whether a line says where its row can be found again.
fn is_of_a_place(line: &[u8]) -> bool {
    let parsed: Result<Map<String, Value>, _> = serde_json::from_slice(line);
    parsed.is_ok_and(|letter| letter.contains_key("end") || letter.contains_key("id"))
}

fn letter(row: &BadRow, raw: &Raw, again: Again) -> Value {
    let mut letter = Map::new();
    match &row.at {
        Position::Line { file, line, column } => {
            letter.insert("source".to_owned(), json!(**file));
            letter.insert("line".to_owned(), json!(line));
            letter.insert("column".to_owned(), json!(column));
        }
        Position::Entry { log, id } => {
            letter.insert("source".to_owned(), json!(**log));
            letter.insert("id".to_owned(), json!(id));
        }
    }
    if let Some(field) = &row.field {
        letter.insert("field".to_owned(), json!(field));
    }
    letter.insert("reason".to_owned(), json!(row.problem.to_string()));
    match raw {
        Raw::Line { bytes, end } => {
            // What tells the row from others in the runs that follow, too.
            if again == Again::InAnyRun {
                letter.insert("end".to_owned(), json!(end));
            }
            let (name, text) = as_text("row", bytes);
            letter.insert(name, text);
        }
        Raw::Entry(fields) => {
            let plain = fields.iter().all(|(name, value)| is_text(name) && is_text(value));
            let form = |bytes: &[u8]| if plain { text(bytes) } else { hex(bytes) };
            let pairs = fields.iter().map(|(name, value)| json!([form(name), form(value)]));
            let name = if plain { "entry" } else { "entry_hex" };
            letter.insert(name.to_owned(), pairs.collect());
        }
    }
    Value::Object(letter)
}

/// Bytes that are text under a name; others in hexadecimal digits under a name that says so.
fn as_text(name: &str, bytes: &[u8]) -> (String, Value) {
    if is_text(bytes) {
        (name.to_owned(), text(bytes).into())
    } else {
        (format!("{name}_hex"), hex(bytes).into())
    }
}

fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Problem;

    #[test]
    fn bytes_that_are_no_text_stand_in_digits() {
        let at = Position::Entry { log: "s".into(), id: "1-0".to_owned() };
        let row = BadRow { at, field: None, problem: Problem::NoValue };
        let raw = Raw::Entry(vec![(b"a".to_vec(), vec![0xe9, 0])]);
        assert_eq!(letter(&row, &raw, Again::InAnyRun)["entry_hex"], json!([["61", "e900"]]));
        let raw = Raw::Entry(vec![(b"a".to_vec(), b"b\n".to_vec())]);
        assert_eq!(letter(&row, &raw, Again::InAnyRun)["entry"], json!([["a", "b\n"]]));
        assert_eq!(as_text("row", &[0xff]), ("row_hex".to_owned(), json!("ff")));
    }
}

//! A file that gets each output exactly once, whatever happens to the process.
//!
//! Outputs are appended and made durable; then a file beside it, `NAME.sink`, says how long the file is and which output of
//! each group comes next: written apart, made durable, and put in place by renaming. What the file has beyond that length
//! is of outputs that have not been taken out of the outbox yet, and is cut off when the sink is opened.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use cep_engine::Released;
use cep_engine::store::GroupId;
use serde::{Deserialize, Serialize};

use super::{Done, Sink, SinkError};

/// A file of outputs.
#[derive(Debug)]
pub struct FileSink {
    path: PathBuf,
    file: File,
    state: State,
}

/// What the file beside it says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct State {
    format: u32,
    /// The state whose outputs these are.
    of: String,
    /// The bytes of the file that count.
    length: u64,
    /// By group: the number of the next output.
    next: BTreeMap<u16, u64>,
}

const FORMAT: u32 = 1;

impl FileSink {
    /// Opens a file for the outputs of some state, named by `of`; makes it, beginning with `header`, if it is not there.
    ///
    /// # Errors
    /// Where it cannot be written to, is another's, or is not as it was left.
    pub fn open(path: &Path, of: &str, header: &[u8]) -> Result<Self, SinkError> {
        let unwritable = |source| SinkError::Unwritable { file: path.to_owned(), source };
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = open.map_err(unwritable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SinkError::Locked(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(unwritable(source)),
        }
        let found = file.metadata().map_err(unwritable)?.len();
        let mut sink = match read_state(path)? {
            Some(state) if state.of != of => return Err(SinkError::OtherState(path.to_owned())),
            Some(state) => Self { path: path.to_owned(), file, state },
            None if found > 0 => return Err(SinkError::Foreign(path.to_owned())),
            None => {
                let state = State { format: FORMAT, of: of.to_owned(), length: 0, next: BTreeMap::new() };
                let sink = Self { path: path.to_owned(), file, state };
                sink.save().map_err(unwritable)?;
                sink
            }
        };
        let written = sink.state.length;
        if found < written {
            return Err(SinkError::Shorter { file: path.to_owned(), found, written });
        }
        sink.file.set_len(written).map_err(unwritable)?;
        if written == 0 {
            sink.append(header).map_err(unwritable)?;
        }
        Ok(sink)
    }

    /// Appends and makes durable, first the text, then that it counts.
    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.state.length))?;
        self.file.write_all(text)?;
        self.file.sync_data()?;
        self.state.length += text.len() as u64;
        self.save()
    }

    fn save(&self) -> io::Result<()> {
        let text = serde_json::to_vec(&self.state).expect("numbers and text always have a form");
        let (place, beside) = (beside(&self.path, ".sink"), beside(&self.path, ".sink.new"));
        let mut file = File::create(&beside)?;
        file.write_all(&text)?;
        file.sync_data()?;
        std::fs::rename(&beside, &place)?;
        let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

impl Sink for FileSink {
    fn name(&self) -> String {
        format!("`{}`", self.path.display())
    }

    fn next(&self, group: GroupId) -> Option<u64> {
        self.state.next.get(&group.0).copied()
    }

    fn put<'s>(&'s mut self, outputs: &'s [Released]) -> Done<'s, ()> {
        let written = self.write(outputs);
        let file = || self.path.clone();
        let written = written.map_err(|source| SinkError::Unwritable { file: file(), source });
        Box::pin(std::future::ready(written))
    }
}

impl FileSink {
    fn write(&mut self, outputs: &[Released]) -> io::Result<()> {
        let mut text = Vec::new();
        let mut any = false;
        for output in outputs {
            let next = self.state.next.entry(output.group.0).or_default();
            if output.number >= *next {
                *next = output.number + 1;
                any = true;
                text.extend_from_slice(&output.bytes);
            }
        }
        if any { self.append(&text) } else { Ok(()) }
    }
}

fn read_state(path: &Path) -> Result<Option<State>, SinkError> {
    let file = beside(path, ".sink");
    let text = match std::fs::read(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(SinkError::Unwritable { file, source }),
    };
    let state: State = serde_json::from_slice(&text)
        .map_err(|error| SinkError::Unreadable { file: file.clone(), why: error.to_string() })?;
    if state.format > FORMAT {
        let why = format!("it has format {}, this build reads formats up to {FORMAT}", state.format);
        return Err(SinkError::Unreadable { file, why });
    }
    Ok(Some(state))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

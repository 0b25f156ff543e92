//! A namespace as a file: a head, then pieces, each with its length and a check sum over it and all before it
//! (docs/state-format.md, 8). What a piece says is the engine's.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use cep_engine::{EngineError, Piece};

/// What a file begins with.
const MAGIC: [u8; 8] = *b"cepstate";

/// The version of the format that this build writes.
const FORMAT: u32 = 1;

/// No piece is longer.
const LONGEST: u32 = 1 << 30;

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// The file system failed.
    #[error("cannot {what} `{file}`: {source}", file = file.display())]
    Io {
        /// What could not be done.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// There is one already.
    #[error("`{file}` is there already", file = .0.display())]
    IsThere(PathBuf),
    /// It is another kind of file.
    #[error("`{file}` is no exported state", file = .0.display())]
    Foreign(PathBuf),
    /// It is of a later format.
    #[error("`{file}` has format {format}, this build reads formats up to {FORMAT}", file = file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its format.
        format: u32,
    },
    /// It is not what was written.
    #[error("`{file}` is not as it was written: {what} at byte {at}", file = file.display())]
    Corrupt {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: &'static str,
        /// Where.
        at: u64,
    },
    /// The state, or what is said of it.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl StateFileError {
    fn io(what: &'static str, file: &Path) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_owned();
        move |source| Self::Io { what, file, source }
    }
}

/// A file that is being written: under another name until it is whole.
#[derive(Debug)]
pub struct StateFileWriter {
    file: PathBuf,
    beside: PathBuf,
    out: BufWriter<File>,
    sum: u32,
}

impl StateFileWriter {
    /// Begins a file. What is there already stays until the new one is whole, and goes only with `replace`.
    ///
    /// # Errors
    /// Where there is one, or none can be made.
    pub fn create(file: &Path, replace: bool) -> Result<Self, StateFileError> {
        if !replace && file.exists() {
            return Err(StateFileError::IsThere(file.to_owned()));
        }
        let mut beside = file.as_os_str().to_owned();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let opened = File::create(&beside).map_err(StateFileError::io("write", &beside))?;
        let mut out = BufWriter::new(opened);
        let head = [&MAGIC[..], &FORMAT.to_le_bytes()].concat();
        out.write_all(&head).map_err(StateFileError::io("write", &beside))?;
        Ok(Self { file: file.to_owned(), beside, out, sum: crc32fast::hash(&head) })
    }

    /// Appends a piece.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn put(&mut self, piece: &Piece) -> Result<(), StateFileError> {
        let bytes = piece.encode();
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LONGEST);
        let length = length.expect("a page of entries is smaller than the longest piece");
        self.sum = chained(self.sum, &bytes);
        let written = self
            .out
            .write_all(&length.to_le_bytes())
            .and_then(|()| self.out.write_all(&self.sum.to_le_bytes()))
            .and_then(|()| self.out.write_all(&bytes));
        written.map_err(StateFileError::io("write", &self.beside))
    }

    /// The file is whole: it is made durable and put in its place.
    ///
    /// # Errors
    /// Where that cannot be done.
    pub fn finish(self) -> Result<(), StateFileError> {
        let Self { file, beside, out, .. } = self;
        let written = out.into_inner().map_err(io::IntoInnerError::into_error);
        written.and_then(|out| out.sync_all()).map_err(StateFileError::io("write", &beside))?;
        fs::rename(&beside, &file).map_err(StateFileError::io("write", &file))?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(StateFileError::io("write", folder))
    }
}

/// A file that is read.
#[derive(Debug)]
pub struct StateFileReader {
    file: PathBuf,
    from: BufReader<File>,
    length: u64,
    at: u64,
    sum: u32,
}

impl StateFileReader {
    /// Begins to read a file.
    ///
    /// # Errors
    /// Where it cannot be read, or is none.
    pub fn open(file: &Path) -> Result<Self, StateFileError> {
        let opened = File::open(file).map_err(StateFileError::io("read", file))?;
        let length = opened.metadata().map_err(StateFileError::io("read", file))?.len();
        let mut reader = Self { file: file.to_owned(), from: BufReader::new(opened), length, at: 0, sum: 0 };
        let foreign = || StateFileError::Foreign(file.to_owned());
        let head: [u8; 12] = reader.take().map_err(|_| foreign())?;
        let format = word(&head[MAGIC.len()..]);
        if !head.starts_with(&MAGIC) {
            return Err(foreign());
        }
        if format > FORMAT {
            return Err(StateFileError::Newer { file: file.to_owned(), format });
        }
        reader.sum = crc32fast::hash(&head);
        Ok(reader)
    }

    /// The next piece; none behind the last.
    ///
    /// # Errors
    /// Where it cannot be read, or is not what was written.
    pub fn piece(&mut self) -> Result<Option<Piece>, StateFileError> {
        if self.at == self.length {
            return Ok(None);
        }
        let at = self.at;
        let head: [u8; 8] = self.take()?;
        let (length, sum) = (word(&head), word(&head[4..]));
        if length > LONGEST || u64::from(length) > self.length.saturating_sub(self.at) {
            return Err(self.cut_off());
        }
        let mut bytes = vec![0; usize::try_from(length).expect("it is below the longest")];
        self.fill(&mut bytes)?;
        self.sum = chained(self.sum, &bytes);
        if self.sum != sum {
            let what = "a wrong check sum";
            return Err(StateFileError::Corrupt { file: self.file.clone(), what, at });
        }
        Ok(Some(Piece::decode(&bytes)?))
    }

    /// The error of a file whose last piece is not the last that was written.
    #[must_use]
    pub fn cut_off(&self) -> StateFileError {
        StateFileError::Corrupt { file: self.file.clone(), what: "it ends too early", at: self.at }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], StateFileError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), StateFileError> {
        match self.from.read_exact(bytes) {
            Ok(()) => {
                self.at += bytes.len() as u64;
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.cut_off()),
            Err(error) => Err(StateFileError::io("read", &self.file)(error)),
        }
    }
}

fn chained(sum: u32, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(sum);
    hasher.update(bytes);
    hasher.finalize()
}

fn word(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

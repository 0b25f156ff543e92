//! How far an input has been read, kept across processes, and how to go on from there. A regular file is a log: the same
//! row is the same event, always. Whether a file still is the one that was read is told by its first bytes and its length;
//! a log in a server tells by itself ([`cep_engine::log`]).

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use cep_engine::log::LogMark;
use serde::{Deserialize, Serialize};

/// How far an input has been read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Bookmark {
    /// The rows read.
    pub rows: u64,
    /// The bytes they take, with all before them; none of an input that cannot be read again.
    pub bytes: u64,
    /// The lines in those.
    pub lines: u64,
    /// The bytes of a header.
    pub header: u64,
    /// The greatest event time, in milliseconds.
    pub greatest: Option<i64>,
    /// Whether there was no more behind them.
    pub ended: bool,
    /// What the file began with; none of an input that is no file.
    pub identity: Option<Identity>,
    /// The last entry read of a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<LogMark>,
}

/// What a file begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// So many bytes.
    length: u64,
    /// Their CRC-32.
    sum: u32,
}

/// Why reading cannot go on where it ended.
#[derive(Debug, thiserror::Error)]
pub enum Moved {
    /// The file begins with something else.
    #[error("it is another file than the one that was read: its first {0} bytes are not the same")]
    Other(u64),
    /// The file has become shorter.
    #[error("it has {found} bytes, and {read} of it had been read")]
    Shorter {
        /// Its length.
        found: u64,
        /// What had been read.
        read: u64,
    },
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
}

/// So much of a file tells it from others.
const TELLING: u64 = 4096;

/// The mark that some files of text begin with.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl Identity {
    /// Of a file, as far as it is written.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn of(file: &mut File) -> io::Result<Self> {
        Self::of_length(file, TELLING)
    }

    fn of_length(file: &mut File, length: u64) -> io::Result<Self> {
        let mut begin = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.take(length).read_to_end(&mut begin)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self { length: begin.len() as u64, sum: crc32fast::hash(&begin) })
    }
}

impl Bookmark {
    /// The rest of a file: its header, then what comes behind the rows that were read. `ended` is true no more where
    /// something has been appended.
    ///
    /// # Errors
    /// Where it is not the file that was read.
    pub fn go_on(&mut self, mut file: File) -> Result<Box<dyn Read + Send>, Moved> {
        if let Some(known) = self.identity
            && Identity::of_length(&mut file, known.length)? != known
        {
            return Err(Moved::Other(known.length));
        }
        let mark = mark(&mut file)?;
        let (found, read) = (file.metadata()?.len(), self.bytes + mark.len() as u64);
        if found < read {
            return Err(Moved::Shorter { found, read });
        }
        self.ended &= found == read;
        let mut header = vec![0; usize::try_from(self.header).unwrap_or(usize::MAX)];
        file.read_exact(&mut header)?;
        file.seek(SeekFrom::Start(read))?;
        Ok(Box::new(Cursor::new([mark, &header].concat()).chain(file)))
    }
}

/// Steps over a byte order mark.
fn mark(file: &mut File) -> io::Result<&'static [u8]> {
    let mut begin = Vec::new();
    file.take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut begin)?;
    let mark: &[u8] = if begin == BYTE_ORDER_MARK { BYTE_ORDER_MARK } else { b"" };
    file.seek(SeekFrom::Start(mark.len() as u64))?;
    Ok(mark)
}

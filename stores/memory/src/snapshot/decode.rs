//! Reading the records of a snapshot. Whatever the bytes are, the answer is what was written or an error that says where.

use std::io::{self, Read};
use std::path::Path;

use bytes::{Buf, Bytes};
use cep_core::time::Timestamp;
use cep_engine::store::{Header, Namespace, StoreError, StoreErrorKind, Version};

use super::{FORMAT, MAGIC, encode, io_error, kind};
use crate::Spaces;
use crate::space::{Group, Kept, Space};

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// It is not what was written.
    #[error("{what} at byte {at}")]
    Corrupt { what: &'static str, at: u64 },
    /// It is not a snapshot.
    #[error("it does not begin as a snapshot does")]
    Foreign,
    /// It is of a newer version.
    #[error("it is of format {0}, this version reads up to {FORMAT}")]
    Newer(u32),
    /// The file system says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Broken {
    pub(super) fn at(self, file: &Path) -> StoreError {
        let (kind, help) = match self {
            Self::Io(error) => return io_error("cannot read", file, error),
            Self::Corrupt { .. } => (StoreErrorKind::Corrupt, "restore the file from a copy"),
            Self::Foreign => (StoreErrorKind::Incompatible, "name a file that a memory store has saved"),
            Self::Newer(_) => (StoreErrorKind::Incompatible, "use the version that wrote it, or a later one"),
        };
        StoreError::new(kind, format!("snapshot `{}`: {self}", file.display())).with_help(help)
    }
}

/// All namespaces of a file of `length` bytes.
pub(super) fn spaces(file: impl Read, length: u64) -> Result<Spaces, Broken> {
    let mut records = Records { file, length, position: 0, at: 0, count: 0 };
    records.head()?;
    let mut spaces = Spaces::new();
    loop {
        let mut record = records.next()?;
        match record.byte()? {
            kind::SPACE => {
                let (namespace, space) = records.space(record)?;
                if spaces.insert(namespace, space).is_some() {
                    return Err(records.corrupt("a namespace for the second time"));
                }
            }
            kind::END => {
                let is_all = record.number()? == records.count - 1 && records.position == records.length;
                record.end()?;
                return if is_all { Ok(spaces) } else { Err(records.corrupt("a wrong end")) };
            }
            _ => return Err(records.corrupt("a record that does not belong here")),
        }
    }
}

struct Records<R> {
    file: R,
    /// The length of the file.
    length: u64,
    /// Where reading stands.
    position: u64,
    /// Where the latest record begins.
    at: u64,
    count: u64,
}

impl<R: Read> Records<R> {
    fn corrupt(&self, what: &'static str) -> Broken {
        Broken::Corrupt { what, at: self.at }
    }

    fn head(&mut self) -> Result<(), Broken> {
        let expected = encode::head();
        let head = self.take(expected.len())?;
        if head == expected {
            return Ok(());
        }
        if !head.starts_with(&MAGIC) {
            return Err(Broken::Foreign);
        }
        let (told, crc) = head.split_at(head.len() - 4);
        let format = (&told[MAGIC.len()..]).get_u32_le();
        let is_whole = crc == crc32fast::hash(told).to_le_bytes();
        Err(if is_whole { Broken::Newer(format) } else { self.corrupt("a wrong checksum") })
    }

    /// Nothing is made room for that the file cannot have.
    fn take(&mut self, length: usize) -> Result<Vec<u8>, Broken> {
        if length as u64 > self.length.saturating_sub(self.position) {
            return Err(self.corrupt("the end of the file too early"));
        }
        let mut bytes = vec![0; length];
        self.file.read_exact(&mut bytes)?;
        self.position += length as u64;
        Ok(bytes)
    }

    fn next(&mut self) -> Result<Record, Broken> {
        self.at = self.position;
        let prefix = self.take(8)?;
        let mut prefix = &prefix[..];
        let (length, crc) = (prefix.get_u32_le(), prefix.get_u32_le());
        let bytes = self.take(usize::try_from(length).unwrap_or(usize::MAX))?;
        if crc32fast::hash(&bytes) != crc {
            return Err(self.corrupt("a wrong checksum"));
        }
        self.count += 1;
        Ok(Record { bytes: bytes.into(), at: self.at })
    }

    fn space(&mut self, mut record: Record) -> Result<(Namespace, Space), Broken> {
        let name = record.bytes()?;
        let name = std::str::from_utf8(&name).ok().and_then(|name| name.parse().ok());
        let namespace = name.ok_or_else(|| self.corrupt("a bad name"))?;
        let mut space = Space { about: record.bytes()?, about_version: record.number()?, groups: Vec::new() };
        let groups = record.number()?;
        record.end()?;
        for _ in 0..groups {
            space.groups.push(self.group()?);
        }
        if groups == 0 || groups > u64::from(u16::MAX) {
            return Err(self.corrupt("a wrong number of groups"));
        }
        Ok((namespace, space))
    }

    fn group(&mut self) -> Result<Group, Broken> {
        let mut record = self.next()?;
        record.kind(kind::GROUP)?;
        let version = Version { epoch: record.number()?, seq: record.number()? };
        let (next_outbox, first_outbox) = (record.number()?, record.number()?);
        let header = Header { version, next_outbox, first_outbox, state: record.bytes()? };
        let entries = record.number()?;
        record.end()?;
        let mut group = Group { header, ..Group::default() };
        for _ in 0..entries {
            let (key, kept) = self.entry()?;
            group.put(key, kept);
        }
        if group.entries.len() as u64 != entries {
            return Err(self.corrupt("a key for the second time"));
        }
        let Some(waiting) = next_outbox.checked_sub(first_outbox) else {
            return Err(self.corrupt("an outbox that ends before it begins"));
        };
        for _ in 0..waiting {
            let mut record = self.next()?;
            record.kind(kind::OUTBOX)?;
            group.outbox.push_back(record.bytes()?);
            record.end()?;
        }
        Ok(group)
    }

    fn entry(&mut self) -> Result<(Bytes, Kept), Broken> {
        let mut record = self.next()?;
        record.kind(kind::ENTRY)?;
        let key = record.bytes()?;
        let deadline = match record.byte()? {
            0 => None,
            1 => Some(Timestamp(record.number()?.cast_signed())),
            _ => return Err(self.corrupt("a byte that is neither 0 nor 1")),
        };
        let kept = Kept { deadline, value: record.bytes()? };
        record.end()?;
        Ok((key, kept))
    }
}

/// The bytes of a record, from which its parts are taken.
struct Record {
    bytes: Bytes,
    at: u64,
}

impl Record {
    fn short(&self) -> Broken {
        Broken::Corrupt { what: "a record of the wrong length", at: self.at }
    }

    fn byte(&mut self) -> Result<u8, Broken> {
        self.bytes.try_get_u8().map_err(|_| self.short())
    }

    fn number(&mut self) -> Result<u64, Broken> {
        self.bytes.try_get_u64_le().map_err(|_| self.short())
    }

    /// A copy: a value that lives long does not keep its record alive.
    fn bytes(&mut self) -> Result<Bytes, Broken> {
        let length = self.bytes.try_get_u32_le().map_err(|_| self.short())?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > self.bytes.len() {
            return Err(self.short());
        }
        Ok(Bytes::copy_from_slice(&self.bytes.split_to(length)))
    }

    fn kind(&mut self, expected: u8) -> Result<(), Broken> {
        if self.byte()? == expected {
            return Ok(());
        }
        Err(Broken::Corrupt { what: "a record that does not belong here", at: self.at })
    }

    fn end(&self) -> Result<(), Broken> {
        if self.bytes.is_empty() { Ok(()) } else { Err(self.short()) }
    }
}

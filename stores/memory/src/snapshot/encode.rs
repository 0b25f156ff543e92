//! Writing the records of a snapshot.

use std::io::{self, Write};

use bytes::Bytes;
use cep_engine::store::Namespace;

use super::{FORMAT, MAGIC, kind};
use crate::Spaces;
use crate::space::{Group, Kept, Space};

pub(super) fn spaces(out: &mut impl Write, spaces: &Spaces) -> io::Result<()> {
    out.write_all(&head())?;
    let mut records = Records { out, count: 0 };
    for (namespace, space) in spaces {
        records.space(namespace, space)?;
        space.groups.iter().try_for_each(|group| records.group(group))?;
    }
    let count = records.count;
    records.write(Record::new(kind::END).number(count))
}

pub(super) fn head() -> Vec<u8> {
    let mut head = [&MAGIC[..], &FORMAT.to_le_bytes()].concat();
    head.extend(crc32fast::hash(&head).to_le_bytes());
    head
}

struct Records<'w, W> {
    out: &'w mut W,
    count: u64,
}

impl<W: Write> Records<'_, W> {
    fn space(&mut self, namespace: &Namespace, space: &Space) -> io::Result<()> {
        let record = Record::new(kind::SPACE).bytes(namespace.as_str().as_bytes()).bytes(&space.about);
        self.write(record.number(space.about_version).number(space.groups.len() as u64))
    }

    fn group(&mut self, group: &Group) -> io::Result<()> {
        let header = &group.header;
        let record = Record::new(kind::GROUP).number(header.version.epoch).number(header.version.seq);
        let record = record.number(header.next_outbox).number(header.first_outbox);
        self.write(record.bytes(&header.state).number(group.entries.len() as u64))?;
        group.entries.iter().try_for_each(|(key, kept)| self.entry(key, kept))?;
        group.outbox.iter().try_for_each(|entry| self.write(Record::new(kind::OUTBOX).bytes(entry)))
    }

    fn entry(&mut self, key: &Bytes, kept: &Kept) -> io::Result<()> {
        let record = Record::new(kind::ENTRY).bytes(key);
        let record = match kept.deadline {
            Some(deadline) => record.byte(1).number(deadline.0.cast_unsigned()),
            None => record.byte(0),
        };
        self.write(record.bytes(&kept.value))
    }

    fn write(&mut self, record: Record) -> io::Result<()> {
        self.count += 1;
        self.out.write_all(&length(record.0.len())?.to_le_bytes())?;
        self.out.write_all(&crc32fast::hash(&record.0).to_le_bytes())?;
        self.out.write_all(&record.0)
    }
}

/// The contract keeps all parts far below 4 GiB, `about` excepted.
fn length(length: usize) -> io::Result<u32> {
    u32::try_from(length).map_err(|_| io::Error::new(io::ErrorKind::FileTooLarge, "a record above 4 GiB"))
}

struct Record(Vec<u8>);

impl Record {
    fn new(kind: u8) -> Self {
        Self(vec![kind])
    }

    fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    fn number(mut self, number: u64) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    /// A length that does not fit makes the record too long to be written, so it need not be told here.
    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.0.extend(bytes);
        self
    }
}

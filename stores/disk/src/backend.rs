//! The file under the database, with or without waiting for the disk.
//!
//! No locks: the folder's own is held (`lock`), and says who holds it.

use std::io;

use redb::StorageBackend;
use redb::backends::FileBackend;

use crate::options::Durability;

#[derive(Debug)]
pub(crate) struct Disk {
    file: FileBackend,
    durability: Durability,
}

impl Disk {
    pub(crate) fn new(file: FileBackend, durability: Durability) -> Self {
        Self { file, durability }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.durability {
            Durability::Full => self.file.sync_data(),
            // What was written is the operating system's by now, which outlives the process.
            Durability::Process => Ok(()),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }
}

//! The checksum that everything ends with.

use super::RecordErrorKind;
use super::reader::Reader;
use super::{FORMAT_VERSION, RecordError};

/// Bytes of a checksum.
const SUM: usize = 4;

/// A checksum over what is said first and then some bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sum(crc32fast::Hasher);

impl Sum {
    /// One that begins with what is not written: whose bytes they are.
    pub(crate) fn of(owner: &[u8]) -> Self {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(owner);
        Self(hasher)
    }

    /// Ends what was written from a place on.
    pub(crate) fn seal(mut self, out: &mut Vec<u8>, from: usize) {
        self.0.update(&out[from..]);
        out.extend_from_slice(&self.0.finalize().to_le_bytes());
    }

    /// Whether the last bytes are the sum of those before. The version, which decides what else there is, comes first.
    pub(crate) fn open(mut self, bytes: &[u8]) -> Result<Reader<'_>, RecordError> {
        let mut reader = Reader::new(bytes);
        let at = reader.at();
        let version = reader.u8()?;
        if version != FORMAT_VERSION {
            let newer = RecordErrorKind::Newer { version };
            let kind =
                if version == 0 { RecordErrorKind::Corrupt { what: "there is no format 0" } } else { newer };
            return Err(RecordError { kind, offset: at });
        }
        let Some((body, sum)) = bytes.split_last_chunk::<SUM>().filter(|(body, _)| !body.is_empty()) else {
            return Err(RecordError { kind: RecordErrorKind::Truncated, offset: bytes.len() });
        };
        self.0.update(body);
        if self.0.finalize().to_le_bytes() != *sum {
            return Err(RecordError { kind: RecordErrorKind::Checksum, offset: body.len() });
        }
        let mut reader = Reader::new(body);
        reader.u8()?;
        Ok(reader)
    }
}

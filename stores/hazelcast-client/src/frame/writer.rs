//! Writes a request behind whatever is in a buffer.

use bytes::{BufMut, BytesMut};

use super::Flags;

/// What every request begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) correlation: i64,
    /// The partition that it is for, -1 where it is for none.
    pub(crate) partition: i32,
    /// Whether the answer may come before those of backups.
    pub(crate) backup_aware: bool,
}

/// A request that is being written.
#[derive(Debug)]
pub(crate) struct Writer<'o> {
    out: &'o mut BytesMut,
    /// Where the last frame begins.
    last: usize,
}

impl<'o> Writer<'o> {
    /// Begins a message; `fixed` writes the fields of fixed size.
    pub(crate) fn begin(
        out: &'o mut BytesMut,
        kind: i32,
        header: Header,
        fixed: impl FnOnce(&mut BytesMut),
    ) -> Self {
        let last = out.len();
        let mut writer = Self { out, last };
        let flags = if header.backup_aware { Flags::WHOLE.with(Flags::BACKUP_AWARE) } else { Flags::WHOLE };
        writer.frame(flags, |out| {
            out.put_i32_le(kind);
            out.put_i64_le(header.correlation);
            out.put_i32_le(header.partition);
            fixed(out);
        });
        writer
    }

    /// Writes a frame, whose length is known when its payload has been written.
    pub(crate) fn frame(&mut self, flags: Flags, payload: impl FnOnce(&mut BytesMut)) {
        self.last = self.out.len();
        self.out.put_i32_le(0);
        self.out.put_u16_le(flags.0);
        payload(self.out);
        // Values are bounded where they are made, far below this.
        let length = i32::try_from(self.out.len() - self.last).unwrap_or(i32::MAX);
        self.out[self.last..self.last + 4].copy_from_slice(&length.to_le_bytes());
    }

    /// A frame of these bytes.
    pub(crate) fn bytes(&mut self, payload: &[u8]) {
        self.frame(Flags::NONE, |out| out.put_slice(payload));
    }

    /// A frame that is nothing but its flags.
    pub(crate) fn mark(&mut self, flags: Flags) {
        self.frame(flags, |_| {});
    }

    /// Ends the message.
    pub(crate) fn finish(self) {
        let at = self.last + 4;
        let flags = Flags(u16::from_le_bytes([self.out[at], self.out[at + 1]])).with(Flags::FINAL);
        self.out[at..at + 2].copy_from_slice(&flags.0.to_le_bytes());
    }
}

//! Many records at once: what CSV and JSON lines have in common when all records of a block of bytes are as usual. The
//! places of their values are found first, then each column is filled in one go. Whatever is not as usual (a value of
//! the wrong type, a broken record) ends the run of rows there; the reader of single records reads that one and says
//! what is wrong with it.

pub(super) mod fill;
pub(super) mod marks;
pub(super) mod number;
pub(super) mod stride;
pub(super) mod time;

use cep_core::event::BatchBuilder;

use self::stride::Stride;

/// The most bytes looked at in one go; a record beyond that is read by itself.
pub(super) const BLOCK: usize = 1 << 20;

/// How much more goes into a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Room {
    /// The rows.
    pub(super) rows: usize,
    /// The bytes: the row that reaches them is the last.
    pub(super) bytes: usize,
}

impl Room {
    fn less(self, rows: usize, bytes: usize) -> Self {
        Self { rows: self.rows - rows, bytes: self.bytes.saturating_sub(bytes) }
    }
}

/// What was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Taken {
    /// Records, whose values are in the columns now.
    pub(super) rows: usize,
    /// The bytes they stood in.
    pub(super) bytes: usize,
    /// Whether a record that is not as usual comes next.
    pub(super) odd: bool,
}

/// Records that can be taken many at a time.
pub(super) trait Records {
    /// Takes the next records that are there and as usual, no more than there is room for: a value of each into every column
    /// of the batch that is filled, where each has `before` values already.
    fn take(&mut self, batch: &mut BatchBuilder, before: usize, room: Room) -> Taken;
}

/// Takes records, some at a time, until there is no more room, or none that is there and as usual; gives their number.
pub(super) fn take_all(
    records: &mut impl Records,
    batch: &mut BatchBuilder,
    room: Room,
    stride: &mut Stride,
) -> usize {
    let (mut rows, mut bytes) = (0, 0);
    if stride.rows() == 0 {
        return 0;
    }
    loop {
        let left = room.less(rows, bytes);
        let asked = Room { rows: left.rows.min(stride.rows()), ..left };
        let taken = records.take(batch, batch.len() + rows, asked);
        rows += taken.rows;
        bytes += taken.bytes;
        stride.learn(taken.odd, taken.rows);
        if taken.rows < asked.rows || rows == room.rows || bytes >= room.bytes {
            return rows;
        }
    }
}

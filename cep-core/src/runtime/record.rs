//! The first word of a record in the shared buffer: whether it is an event or a node, and how long it is.

use crate::ids::StageId;

/// The head of a record. An event's lower half has its size in words, a node's its stage; the upper half is an event's
/// number of columns, or the place of a node's event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Head(pub(super) u64);

const EVENT: u64 = 1;
const MARKED: u64 = 1 << 1;
const NESTED: u64 = 1 << 2;
const TAGGED: u64 = 1 << 3;
const FLAGS: u32 = 4;
const LOWER: u32 = 32;

impl Head {
    /// An event's.
    pub(super) fn event(size: usize, columns: usize, is_tagged: bool) -> Self {
        assert!(size < 1 << (LOWER - FLAGS), "an event takes less than 2 GiB");
        let tagged = if is_tagged { TAGGED } else { 0 };
        Self((columns as u64) << LOWER | (size as u64) << FLAGS | tagged | EVENT)
    }

    /// An event's that has lists or maps.
    pub(super) fn with_nested(self) -> Self {
        Self(self.0 | NESTED)
    }

    /// Whether an event has a tag.
    #[inline]
    pub(super) fn is_tagged(self) -> bool {
        self.0 & TAGGED != 0
    }

    /// A node's.
    #[inline]
    pub(super) fn node(event: u32, stage: StageId) -> Self {
        Self(u64::from(event) << LOWER | u64::from(stage.0) << FLAGS)
    }

    pub(super) fn is_event(self) -> bool {
        self.0 & EVENT != 0
    }

    pub(super) fn is_marked(self) -> bool {
        self.0 & MARKED != 0
    }

    pub(super) fn marked(self) -> Self {
        Self(self.0 | MARKED)
    }

    pub(super) fn unmarked(self) -> Self {
        Self(self.0 & !MARKED)
    }

    /// Whether an event has lists or maps.
    pub(super) fn has_nested(self) -> bool {
        self.0 & NESTED != 0
    }

    /// An event's size in words.
    pub(super) fn size(self) -> usize {
        (self.0 as u32 >> FLAGS) as usize
    }

    /// A node's stage.
    #[inline]
    pub(super) fn stage(self) -> StageId {
        StageId((self.0 >> FLAGS) as u16)
    }

    /// An event's number of columns, or the place of a node's event.
    #[inline]
    pub(super) fn upper(self) -> u32 {
        (self.0 >> LOWER) as u32
    }
}

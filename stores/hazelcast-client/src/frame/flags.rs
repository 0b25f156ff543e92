//! The flags of a frame.

/// What a frame is: bits, of which a frame may have several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flags(pub(crate) u16);

impl Flags {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const BEGIN_FRAGMENT: Self = Self(0x8000);
    pub(crate) const END_FRAGMENT: Self = Self(0x4000);
    /// The first frame of a message that is not cut up.
    pub(crate) const WHOLE: Self = Self(0xC000);
    /// The last frame of a message, or of a fragment.
    pub(crate) const FINAL: Self = Self(0x2000);
    pub(crate) const BEGIN: Self = Self(0x1000);
    pub(crate) const END: Self = Self(0x0800);
    pub(crate) const NULL: Self = Self(0x0400);
    pub(crate) const EVENT: Self = Self(0x0200);
    /// Asks the member to answer before its backups have.
    pub(crate) const BACKUP_AWARE: Self = Self(0x0100);
    /// A backup has what was written.
    pub(crate) const BACKUP_EVENT: Self = Self(0x0080);

    /// Whether all bits of the other are set.
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

//! What is wrong with bytes that should be state.

/// Bytes that are not what they should be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{kind}, at byte {offset}")]
pub struct RecordError {
    /// What is wrong.
    pub kind: RecordErrorKind,
    /// The byte at fault, or where it should have been.
    pub offset: usize,
}

/// What is wrong with bytes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordErrorKind {
    /// They end too early.
    #[error("the bytes end too early")]
    Truncated,
    /// A later version of the engine wrote them.
    #[error("written in format {version}, which is newer than this engine")]
    Newer {
        /// The format they are in.
        version: u8,
    },
    /// Nobody told the layout that they name.
    #[error("layout {number} is not known")]
    UnknownLayout {
        /// The layout's number.
        number: u64,
    },
    /// They are not what was written.
    #[error("the checksum is wrong")]
    Checksum,
    /// They say what cannot be.
    #[error("corrupt: {what}")]
    Corrupt {
        /// What they say.
        what: &'static str,
    },
}

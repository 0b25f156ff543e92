//! What an engine writes into the header of a group, and what a namespace says of itself: MessagePack maps, so that later
//! versions may add to them (docs/state-format.md).

use cep_core::matcher::Matcher;
use serde::{Deserialize, Serialize};

use crate::error::EngineError;
use crate::position::Vector;
use crate::store::{GroupId, Header};

/// The version of both that this engine writes.
const FORMAT: u32 = 1;

/// The header of a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct GroupState {
    format: u32,
    /// The layout of the program that wrote it, by its number in [`About`].
    pub(crate) layout: u32,
    /// How far the group has applied each source.
    pub(crate) vector: Vector,
    /// Watermarks and counters of the matcher.
    #[serde(with = "serde_bytes")]
    pub(crate) clocks: Vec<u8>,
    /// The numbers of the chunks of waiting rows that are still needed.
    pub(crate) chunks: Vec<u64>,
    /// The number of the next chunk.
    pub(crate) next_chunk: u64,
    /// Whether all sources have come to their end.
    pub(crate) ended: bool,
    /// How many records have been set aside.
    #[serde(default)]
    pub(crate) aside: u64,
    /// How many rows of their keys have been diverted.
    #[serde(default)]
    pub(crate) diverted: u64,
}

/// What a namespace says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct About {
    format: u32,
    /// The version of the engine that made it, for people.
    engine: String,
    /// Tells this namespace from others of its name, before and after it.
    #[serde(with = "serde_bytes")]
    pub(crate) id: [u8; 16],
    /// The layouts that its records name by number.
    pub(crate) layouts: Vec<serde_bytes::ByteBuf>,
}

impl GroupState {
    /// What a header says; before the first commit, that nothing has happened.
    pub(crate) fn of(header: &Header) -> Result<Self, EngineError> {
        if !header.state.is_empty() {
            return Self::decode(&header.state);
        }
        let (vector, clocks, chunks) = (Vector::new(), Vec::new(), Vec::new());
        let (layout, next_chunk, aside, diverted) = (0, 0, 0, 0);
        let format = FORMAT;
        Ok(Self { format, layout, vector, clocks, chunks, next_chunk, ended: false, aside, diverted })
    }

    /// Puts the clocks, if there were any yet, into a matcher that has seen nothing.
    pub(crate) fn restore_clocks(&self, matcher: &mut Matcher, group: GroupId) -> Result<(), EngineError> {
        if self.clocks.is_empty() {
            return Ok(());
        }
        matcher.restore_clocks(&self.clocks).map_err(|error| EngineError::Corrupt {
            place: format!("in the header of group {}", group.0),
            why: error.to_string(),
        })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    fn decode(bytes: &[u8]) -> Result<Self, EngineError> {
        let state: Self = decode(bytes, "in the header of a group")?;
        known(state.format, state)
    }
}

impl About {
    pub(crate) fn new(id: [u8; 16], layouts: Vec<Vec<u8>>) -> Self {
        let layouts = layouts.into_iter().map(serde_bytes::ByteBuf::from).collect();
        Self { format: FORMAT, engine: env!("CARGO_PKG_VERSION").to_owned(), id, layouts }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, EngineError> {
        let about: Self = decode(bytes, "that describes the namespace")?;
        known(about.format, about)
    }
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("maps, numbers and bytes always have a form")
}

fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8], place: &str) -> Result<T, EngineError> {
    rmp_serde::from_slice(bytes)
        .map_err(|error| EngineError::Corrupt { place: place.to_owned(), why: error.to_string() })
}

fn known<T>(format: u32, value: T) -> Result<T, EngineError> {
    if format <= FORMAT {
        return Ok(value);
    }
    let why = format!("it has format {format}, this engine reads formats up to {FORMAT}");
    Err(EngineError::Corrupt { place: "of the namespace".to_owned(), why })
}

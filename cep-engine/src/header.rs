//! What an engine writes into the header of a group, and what a namespace says of itself: MessagePack maps, so that later
//! versions may add to them (docs/state-format.md).

use std::collections::BTreeSet;

use cep_core::matcher::Matcher;
use cep_core::program::Layout;
use serde::{Deserialize, Serialize};

use crate::change::{History, names};
use crate::drain::Draining;
use crate::early::SavedEarly;
use crate::error::EngineError;
use crate::position::Vector;
use crate::store::{GroupId, Header, Opened};
use crate::text::ProgramText;

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
    /// Outputs that are out before what they come of is applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) early: Option<SavedEarly>,
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
    pub(crate) format: u32,
    /// The version of the engine that made it, for people.
    pub(crate) engine: String,
    /// Tells this namespace from others of its name, before and after it.
    #[serde(with = "serde_bytes")]
    pub(crate) id: [u8; 16],
    /// The layouts that its records name by number.
    pub(crate) layouts: Vec<serde_bytes::ByteBuf>,
    /// The number of that which the program now has. State that was made before this was written down has it in its headers.
    #[serde(default)]
    pub(crate) current: Option<u32>,
    /// By layout: the patterns whose partial matches in its records count.
    #[serde(default)]
    pub(crate) carried: Vec<BTreeSet<String>>,
    /// How often another program took over.
    #[serde(default)]
    pub(crate) changes: u64,
    /// What the program was made from.
    #[serde(default)]
    pub(crate) text: Option<ProgramText>,
    /// The patterns that are of earlier texts, and run out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) draining: Vec<Draining>,
    /// By group: how many outputs there were before the first that the store has numbered, where the state was made in another.
    #[serde(default)]
    pub(crate) outputs_before: Vec<u64>,
    /// Whether it is on its way here from elsewhere, and not all of it is here.
    #[serde(default)]
    pub(crate) arriving: bool,
    /// How often it was asked whether two ways lead here.
    #[serde(default)]
    pub(crate) asked: u64,
}

impl GroupState {
    /// What a header says; before the first commit, that nothing has happened.
    pub(crate) fn of(header: &Header) -> Result<Self, EngineError> {
        if !header.state.is_empty() {
            return Self::decode(&header.state);
        }
        let (vector, clocks, chunks) = (Vector::new(), Vec::new(), Vec::new());
        let (layout, next_chunk, aside, diverted) = (0, 0, 0, 0);
        let (format, ended, early) = (FORMAT, false, None);
        Ok(Self { format, layout, vector, clocks, chunks, next_chunk, ended, early, aside, diverted })
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
    pub(crate) fn new(id: [u8; 16], history: &History, text: Option<ProgramText>) -> Self {
        let (layouts, carried) = (Vec::new(), Vec::new());
        let engine = env!("CARGO_PKG_VERSION").to_owned();
        let about = Self {
            format: FORMAT,
            engine,
            id,
            layouts,
            current: None,
            carried,
            changes: 0,
            text,
            draining: Vec::new(),
            outputs_before: Vec::new(),
            arriving: false,
            asked: 0,
        };
        about.with_history(history)
    }

    /// The same with another history.
    pub(crate) fn with_history(mut self, history: &History) -> Self {
        let layouts = history.layouts.iter();
        self.layouts = layouts.map(|layout| serde_bytes::ByteBuf::from(layout.encode())).collect();
        self.current = Some(u32::try_from(history.current).expect("a namespace has few layouts"));
        self.carried.clone_from(&history.carried);
        self
    }

    /// How many outputs of a group there were before the first that the store has numbered.
    pub(crate) fn outputs_before(&self, group: GroupId) -> u64 {
        self.outputs_before.get(usize::from(group.0)).copied().unwrap_or_default()
    }

    /// What it says of the programs that there were.
    pub(crate) fn history(&self, opened: &Opened) -> Result<History, EngineError> {
        let corrupt =
            |why: String| EngineError::Corrupt { place: "that describes the namespace".to_owned(), why };
        let read =
            |bytes: &serde_bytes::ByteBuf| Layout::decode(bytes).map_err(|error| corrupt(error.to_string()));
        let layouts = self.layouts.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let current = match self.current {
            Some(current) => current,
            None => latest_layout(opened)?,
        };
        let current = usize::try_from(current).ok().filter(|current| *current < layouts.len());
        let current = current.ok_or_else(|| corrupt("it names a layout that is not there".to_owned()))?;
        let carried = match self.carried.len() {
            0 => carried_before(&layouts, current),
            known if known == layouts.len() => self.carried.clone(),
            _ => return Err(corrupt("it does not say of each layout what counts".to_owned())),
        };
        Ok(History { layouts, current, carried, groups: opened.groups.len() })
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, EngineError> {
        let about: Self = decode(bytes, "that describes the namespace")?;
        if about.arriving {
            return Err(EngineError::Arriving);
        }
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

/// The layout of the program that wrote last.
fn latest_layout(opened: &Opened) -> Result<u32, EngineError> {
    let layouts = opened.groups.iter().map(|header| GroupState::of(header).map(|state| state.layout));
    Ok(layouts.collect::<Result<Vec<_>, _>>()?.into_iter().max().unwrap_or_default())
}

/// What counts in state that does not say it: the patterns that are still as they were.
fn carried_before(layouts: &[Layout], current: usize) -> Vec<BTreeSet<String>> {
    let same = |layout: &Layout, name: &String| layout.same(&layouts[current], name);
    let of = |layout: &Layout| names(layout).into_iter().filter(|name| same(layout, name)).collect();
    layouts.iter().map(of).collect()
}

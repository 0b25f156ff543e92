//! The streams of a program: declared, derived and emitted, with their schemas and the stratum that feeds them.

use std::collections::HashMap;
use std::sync::Arc;

use super::conditions::{Conditions, StepId};
use super::error::{CompileError, CompileErrorKind as Kind, at};
use crate::event::Schema;
use crate::expr::Node;
use crate::ids::{ColumnId, StreamId};
use crate::pattern::StreamDef;
use crate::time::Duration;

/// A stream of a program.
#[derive(Debug)]
pub struct Stream {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub schema: Arc<Schema>,
    /// Where its events come from.
    pub origin: Origin,
    /// The fields that order events of equal time, and whether greater values come first.
    pub tie_break: Vec<(ColumnId, bool)>,
    /// The stratum in which its events exist: 0 for declared streams.
    pub stratum: usize,
}

/// Where a stream's events come from.
#[derive(Debug)]
pub enum Origin {
    /// From outside.
    Declared {
        /// The column of event time; none for the time of arrival.
        time: Option<ColumnId>,
        /// How far behind the greatest time seen an event may arrive.
        lateness: Duration,
    },
    /// Computed from another stream.
    Derived(Derivation),
    /// Made of matches.
    Emitted,
}

/// How a derived stream is computed.
#[derive(Debug)]
pub struct Derivation {
    /// The stream it is made from.
    pub source: StreamId,
    /// Which events pass.
    pub condition: Option<Node>,
    /// The same, taken apart.
    pub(crate) passing: Option<(Conditions, StepId)>,
    /// The columns added after the source's.
    pub columns: Vec<Node>,
}

/// Streams by id and by name.
#[derive(Debug, Default)]
pub struct Streams {
    all: Vec<Stream>,
    names: HashMap<String, StreamId>,
}

impl Streams {
    /// The stream of an id.
    #[must_use]
    pub fn get(&self, id: StreamId) -> &Stream {
        &self.all[id.index()]
    }

    /// The id of a name.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<StreamId> {
        self.names.get(name).copied()
    }

    /// All streams with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (StreamId, &Stream)> {
        self.all.iter().enumerate().map(|(index, stream)| (StreamId::new(index), stream))
    }

    pub(super) fn add(&mut self, stream: Stream) -> Result<StreamId, CompileError> {
        let id = StreamId::new(self.all.len());
        if self.names.insert(stream.name.clone(), id).is_some() {
            return Err(at(format!("stream `{}`", stream.name), Kind::Duplicate(stream.name)));
        }
        self.all.push(stream);
        Ok(id)
    }

    pub(super) fn declare(&mut self, def: &StreamDef) -> Result<(), CompileError> {
        let place = || format!("stream `{}`", def.name);
        let column = |name: &str| {
            let unknown = Kind::Unknown { what: "field", name: name.to_owned() };
            def.schema.column(name).ok_or_else(|| at(place(), unknown))
        };
        def.key.iter().try_for_each(|field| column(field).map(drop))?;
        let time = def.time.as_ref().map(|time| column(&time.field)).transpose()?;
        if let Some(time) = time
            && def.schema.fields()[time.index()].ty.data != crate::event::DataType::Timestamp
        {
            return Err(at(place(), Kind::NotATime(def.schema.fields()[time.index()].name.clone())));
        }
        let mut tie_break = Vec::new();
        for tie in def.time.iter().flat_map(|time| &time.tie_break) {
            tie_break.push((column(&tie.field)?, tie.descending));
        }
        let lateness = def.time.as_ref().map_or(Duration(0), |time| time.lateness);
        self.add(Stream {
            name: def.name.clone(),
            schema: Arc::new(def.schema.clone()),
            origin: Origin::Declared { time, lateness },
            tie_break,
            stratum: 0,
        })?;
        Ok(())
    }
}

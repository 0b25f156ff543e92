//! A pattern by itself, to be run over the events of one key: its inputs are streams of their own, and it emits nothing.

use std::sync::Arc;

use crate::event::EventBatch;
use crate::ids::PatternId;
use crate::matcher::{Gathered, GatheredRow, LateRow};
use crate::pattern::{Definitions, Pattern, StreamDef};
use crate::program::{ParamValues, Program};
use crate::time::{Timestamp, Watermark};

/// A pattern by itself.
pub(super) struct Solo {
    /// All but the pattern.
    definitions: Definitions,
    params: ParamValues,
    /// The pattern.
    pub(super) pattern: Pattern,
}

impl Solo {
    /// A pattern of a program.
    pub(super) fn new(program: &Program, id: PatternId) -> Self {
        let family = &program.families()[program.pattern(id).family.index()];
        let streams = family.inputs.iter().map(|input| {
            let stream = program.streams().get(input.stream);
            StreamDef { time: None, ..StreamDef::new(&stream.name, (*stream.schema).clone(), "") }
        });
        let params = program.definitions().params.clone();
        let definitions = Definitions { params, streams: streams.collect(), ..Definitions::default() };
        let mut pattern = program.source(id).clone();
        pattern.emits.clear();
        pattern.timeout_emits.clear();
        pattern.metadata.clear();
        Self { definitions, params: program.params().clone(), pattern }
    }

    /// The program of a form of the pattern; none where it is no pattern.
    pub(super) fn program(&self, pattern: &Pattern) -> Option<Arc<Program>> {
        let patterns = vec![pattern.clone()];
        let definitions = Definitions { patterns, ..self.definitions.clone() };
        Program::compile(definitions, &self.params).ok().map(Arc::new)
    }
}

/// The events of one key.
pub(super) struct Case<'a> {
    pub(super) inputs: &'a [Arc<EventBatch>],
    /// Those that were on time and whose time has come, in the order in which the pattern meets them.
    pub(super) rows: Vec<GatheredRow>,
    /// Those that wait for time to go on, in the same order.
    pub(super) waiting: Vec<GatheredRow>,
    /// Those that came too late.
    pub(super) late: Vec<LateRow>,
    /// How far time has come.
    pub(super) clock: Watermark,
    /// The greatest time of any event of the pattern's streams.
    pub(super) greatest: Option<Timestamp>,
}

impl<'a> Case<'a> {
    /// The events of a key among those gathered.
    pub(super) fn new(gathered: &'a Gathered, key: u32) -> Self {
        let time = |row: &GatheredRow| gathered.batches[row.input].time(row.row);
        // A run that stopped leaves time where it was; what it had read by then is looked at to the end.
        let clock = if gathered.stopped.is_some() { Watermark::MAX } else { gathered.clock };
        let of_key = gathered.rows.iter().filter(|row| row.key == key).copied();
        let (rows, waiting) = of_key.partition(|row| clock.reached(time(row)));
        let late = gathered.late.iter().filter(|late| late.row.key == key).copied().collect();
        let greatest = gathered.streams.iter().filter_map(|stream| stream.greatest).max();
        Self { inputs: &gathered.batches, rows, waiting, late, clock, greatest }
    }

    pub(super) fn time(&self, row: &GatheredRow) -> Timestamp {
        self.inputs[row.input].time(row.row)
    }

    /// The place of an event among those whose time has come.
    pub(super) fn place(&self, input: usize, row: usize) -> Option<usize> {
        self.rows.iter().position(|known| known.input == input && known.row == row)
    }
}

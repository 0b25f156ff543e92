//! Captured events as bytes, and back.

use smallvec::SmallVec;

use super::plan::{FamilyPlan, InputPlan};
use crate::bytes::{Reader, RecordError, int, uint};
use crate::event::{Datum, Slot, bits, read_bits, read_datum, stands, write_datum};
use crate::expr::CapturedEvent;
use crate::program::{Family, InputLayout};
use crate::runtime::buffer::{Buffer, EventId};
use crate::runtime::event::{Event, Saved};
use crate::runtime::key_state::Overdue;
use crate::runtime::output::Origin;
use crate::time::Timestamp;

const TAGGED: u64 = 1;
const NULLS: u64 = 2;
/// Bits of an event's first number before its input.
const FLAGS: u32 = 2;

/// What the next event is written or read as a difference to.
pub(super) struct Last {
    pub(super) time: Timestamp,
    /// By input.
    positions: SmallVec<[u64; 4]>,
}

impl Last {
    pub(super) fn new(inputs: usize) -> Self {
        Self { time: Timestamp(0), positions: SmallVec::from_elem(0, inputs) }
    }

    /// Writes an event.
    pub(super) fn write(&mut self, event: Event<'_>, inputs: &[InputLayout], out: &mut Vec<u8>) {
        let (input, row, tag) = (event.input(), event.row(), event.tag());
        let columns = &inputs[input].columns;
        let values: SmallVec<[Datum<'_>; 8]> = (0..columns.len()).map(|slot| row.get(slot)).collect();
        let here = || columns.iter().zip(&values).map(|(column, value)| stands(&column.data, value));
        let all = here().all(|here| here);
        let flags = if tag != 0 { TAGGED } else { 0 } | if all { 0 } else { NULLS };
        uint(out, (input as u64) << FLAGS | flags);
        self.write_time(event.time(), out);
        self.write_position(input, event.position(), out);
        if tag != 0 {
            uint(out, tag);
        }
        if !all {
            let nulls: SmallVec<[bool; 64]> = here().map(|here| !here).collect();
            bits(out, nulls.into_iter());
        }
        for (value, _) in values.iter().zip(here()).filter(|(_, here)| *here) {
            write_datum(out, value, event.time());
        }
    }

    fn write_time(&mut self, time: Timestamp, out: &mut Vec<u8>) {
        int(out, time.0.wrapping_sub(self.time.0));
        self.time = time;
    }

    fn write_position(&mut self, input: usize, position: u64, out: &mut Vec<u8>) {
        int(out, position.wrapping_sub(self.positions[input]).cast_signed());
        self.positions[input] = position;
    }

    fn read_time(&mut self, reader: &mut Reader<'_>) -> Result<Timestamp, RecordError> {
        self.time = Timestamp(self.time.0.wrapping_add(reader.int()?));
        Ok(self.time)
    }

    fn read_position(&mut self, input: usize, reader: &mut Reader<'_>) -> Result<u64, RecordError> {
        let position = &mut self.positions[input];
        *position = position.wrapping_add_signed(reader.int()?);
        Ok(*position)
    }

    /// Writes the event after which deadlines are overdue; the last thing that is a difference to anything here.
    pub(super) fn write_overdue(&mut self, overdue: &Overdue, family: &Family, out: &mut Vec<u8>) {
        let Overdue { time, event: Origin { stream, position } } = *overdue;
        let input = family.input_of(stream).expect("the events of a key come from its family's inputs");
        int(out, time.0.wrapping_sub(self.time.0));
        uint(out, input as u64);
        int(out, position.wrapping_sub(self.positions[input]).cast_signed());
    }
}

/// The events of a record, put into a buffer.
pub(in crate::runtime) struct Events {
    all: SmallVec<[Known; 4]>,
    last: Last,
}

/// What an event begins with.
struct Head<'p> {
    event: Saved<'static>,
    input: &'p InputPlan,
    has_nulls: bool,
}

struct Known {
    id: EventId,
    time: Timestamp,
    is_reached: bool,
}

impl Events {
    /// Reads some events into an empty buffer.
    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        count: usize,
        plan: &FamilyPlan,
        buffer: &mut Buffer,
    ) -> Result<Self, RecordError> {
        let mut events = Self { all: SmallVec::new(), last: Last::new(plan.inputs.len()) };
        let mut values: SmallVec<[Slot<'a>; 8]> = SmallVec::new();
        for _ in 0..count {
            let Head { event, input, has_nulls } = events.read_head(reader, plan)?;
            read_values(reader, has_nulls, event.time, input, &mut values)?;
            let id = buffer.put_saved(&Saved { values: &values, ..event });
            events.all.push(Known { id, time: event.time, is_reached: false });
        }
        Ok(events)
    }

    fn read_head<'p>(
        &mut self,
        reader: &mut Reader<'_>,
        plan: &'p FamilyPlan,
    ) -> Result<Head<'p>, RecordError> {
        let head = reader.uint()?;
        let place = usize::try_from(head >> FLAGS).ok().filter(|place| *place < plan.inputs.len());
        let place = place.ok_or_else(|| reader.corrupt("an event of no input"))?;
        let time = self.last.read_time(reader)?;
        let position = self.last.read_position(place, reader)?;
        let tag = if head & TAGGED == 0 { 0 } else { reader.uint()? };
        reader.expect(tag != 0 || head & TAGGED == 0, "a tag of nothing")?;
        let input = &plan.inputs[place];
        let event = Saved { input: input.own, time, position, tag, values: &[] };
        Ok(Head { event, input, has_nulls: head & NULLS != 0 })
    }

    /// Reads what [`Last::write_overdue`] wrote.
    pub(super) fn read_overdue(
        &mut self,
        reader: &mut Reader<'_>,
        plan: &FamilyPlan,
        family: &Family,
    ) -> Result<Overdue, RecordError> {
        let time = self.last.time.0.wrapping_add(reader.int()?);
        let input = reader.below(plan.inputs.len(), "an event of no input")?;
        let position = self.last.positions[input].wrapping_add_signed(reader.int()?);
        let stream = family.inputs[plan.inputs[input].own].stream;
        Ok(Overdue { time: Timestamp(time), event: Origin { stream, position } })
    }

    /// How many there are.
    pub(in crate::runtime) fn len(&self) -> usize {
        self.all.len()
    }

    /// The time of the last one.
    pub(in crate::runtime) fn last_time(&self) -> Timestamp {
        self.last.time
    }

    /// An event by its place in the record, which something names.
    pub(in crate::runtime) fn reach(&mut self, place: usize) -> (EventId, Timestamp) {
        let known = &mut self.all[place];
        known.is_reached = true;
        (known.id, known.time)
    }

    /// Whether something names each of them.
    pub(super) fn are_all_reached(&self) -> bool {
        self.all.iter().all(|event| event.is_reached)
    }
}

/// Reads the values of an event into their slots.
fn read_values<'a>(
    reader: &mut Reader<'a>,
    has_nulls: bool,
    time: Timestamp,
    input: &InputPlan,
    values: &mut SmallVec<[Slot<'a>; 8]>,
) -> Result<(), RecordError> {
    values.clear();
    values.resize(input.width, Slot::Plain(Datum::Null));
    let nulls = if has_nulls { read_bits(reader, input.columns.len())? } else { &[] };
    for (place, column) in input.columns.iter().enumerate() {
        if nulls.get(place / 8).is_some_and(|byte| byte >> (place % 8) & 1 == 1) {
            continue;
        }
        let value = read_datum(reader, &column.data, time)?;
        if let Some(slot) = column.slot {
            values[slot] = value;
        }
    }
    Ok(())
}

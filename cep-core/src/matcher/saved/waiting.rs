//! Events that wait for the watermark as bytes, and back: docs/state-format.md, 6. Their conditions are evaluated anew,
//! so that nothing of a program's inner life is written.

mod columns;

use std::collections::HashMap;
use std::sync::Arc;

use super::super::Matcher;
use super::super::config::TimerPolicy;
use super::super::pending::PendingRow;
use super::super::rows::Rows;
use super::{WAITING, read_merge, stream_name, write_merge};
use crate::bytes::{FORMAT_VERSION, Reader, RecordError, Sum, int, text, uint};
use crate::event::EventBatch;
use crate::time::Timestamp;
use columns::{read_columns, write_columns};

/// A chunk of waiting events, as far as it has to be known to tell when nobody needs it any more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WaitingChunk {
    last: Timestamp,
    /// By merge of the matcher, the greatest time of an event that waits there.
    until: Vec<(usize, Timestamp)>,
}

impl WaitingChunk {
    fn of(waits: impl Iterator<Item = (usize, Timestamp)>) -> Self {
        let mut until: Vec<(usize, Timestamp)> = Vec::new();
        for (merge, time) in waits {
            match until.iter_mut().find(|(known, _)| *known == merge) {
                Some((_, last)) => *last = time.max(*last),
                None => until.push((merge, time)),
            }
        }
        let last = until.iter().map(|(_, last)| *last).max().unwrap_or(Timestamp(i64::MIN));
        Self { last, until }
    }

    /// The greatest time of an event in it.
    #[must_use]
    pub fn last(&self) -> Timestamp {
        self.last
    }
}

/// Some rows of one batch.
struct Part<'a> {
    rows: &'a Arc<Rows>,
    chosen: Vec<u32>,
    /// By row of the batch: its place among those chosen.
    places: HashMap<u32, usize>,
}

/// Where and since when a row waits.
struct Wait {
    arrival: u64,
    part: usize,
    row: usize,
    merge: usize,
}

impl Matcher {
    /// Appends the events that wait and arrived since some moment, as [`Matcher::arrived`] told it then; none, and nothing
    /// appended, where there are none.
    pub fn save_waiting(&self, since: u64, out: &mut Vec<u8>) -> Option<WaitingChunk> {
        let mut all = Vec::new();
        for (place, merge) in self.merges.iter().enumerate() {
            let rows = merge.pending.iter().filter(|row| row.arrival >= since);
            all.extend(rows.map(|row| (place, row)));
        }
        if all.is_empty() {
            return None;
        }
        all.sort_unstable_by_key(|(merge, row)| (row.arrival, *merge));
        let (parts, waits) = parts(&all);
        let from = out.len();
        out.extend_from_slice(&[FORMAT_VERSION, WAITING]);
        uint(out, self.merges.len() as u64);
        self.merges.iter().for_each(|merge| write_merge(&self.program, merge, out));
        uint(out, parts.len() as u64);
        parts.iter().for_each(|part| self.save_part(part, out));
        uint(out, waits.len() as u64);
        let mut last = 0;
        for Wait { arrival, part, row, merge } in waits {
            uint(out, arrival - last);
            [part, row, merge].into_iter().for_each(|place| uint(out, place as u64));
            last = arrival;
        }
        Sum::default().seal(out, from);
        Some(WaitingChunk::of(all.iter().map(|(merge, row)| (*merge, row.time))))
    }

    fn save_part(&self, part: &Part<'_>, out: &mut Vec<u8>) {
        let batch = &part.rows.batch;
        let rows = || part.chosen.iter().map(|row| *row as usize);
        text(out, stream_name(&self.program, batch.stream()));
        uint(out, part.chosen.len() as u64);
        let mut last = 0;
        for row in rows() {
            int(out, batch.time(row).0.wrapping_sub(last));
            last = batch.time(row).0;
        }
        let mut next = 0;
        for row in rows() {
            int(out, batch.position(row).wrapping_sub(next).cast_signed());
            next = batch.position(row).wrapping_add(1);
        }
        let is_tagged = rows().any(|row| batch.tag(row) != 0);
        out.push(is_tagged.into());
        if is_tagged {
            rows().for_each(|row| uint(out, batch.tag(row)));
        }
        let schema = &self.program.streams().get(batch.stream()).schema;
        write_columns(schema, batch, &part.chosen, out);
    }

    /// Lets the events of a chunk wait again, those but whose turn has come. To be called after
    /// [`Matcher::restore_clocks`]; streams and merges that the program does not have are passed over. Rows matter where the
    /// key is of the matcher's `group`, of so many: one of one has all.
    ///
    /// # Errors
    /// Where the bytes are no such chunk; nothing is changed then.
    pub fn restore_waiting(
        &mut self,
        chunk: &[u8],
        (group, groups): (u16, u16),
    ) -> Result<WaitingChunk, RecordError> {
        let mut reader = Sum::default().open(chunk)?;
        let kind = reader.u8()?;
        reader.expect(kind == WAITING, "no waiting events")?;
        let merges = reader.list(|reader| read_merge(&self.program, &self.merges, reader))?;
        let batches = reader.list(|reader| self.read_part(reader))?;
        let waits = read_waits(&mut reader, &batches, &merges)?;
        reader.end()?;
        let keep_all = self.config.timers == TimerPolicy::Flink;
        let rows = |(_, batch): (usize, Option<EventBatch>)| {
            let rows = Rows::new(&self.program, &self.keys, batch?, keep_all);
            if groups < 2 {
                return Some(rows);
            }
            Some(rows.split(&self.program, groups).swap_remove(usize::from(group)))
        };
        let rows: Vec<_> = batches.into_iter().map(rows).collect();
        let mut here = Vec::new();
        for Wait { arrival, part, row, merge } in waits {
            self.arrived = self.arrived.max(arrival.saturating_add(1));
            let Some((place, rows)) = merges[merge].zip(rows[part].as_ref()) else { continue };
            let (time, merge) = (rows.batch.time(row), &mut self.merges[place]);
            here.push((place, time));
            if merge.reads(rows.batch.stream()) && !merge.clock.reached(time) {
                let row = u32::try_from(row).expect("a record has fewer than 2^32 bytes");
                merge.pending.push(rows, row, arrival);
            }
        }
        Ok(WaitingChunk::of(here.into_iter()))
    }

    /// The number of rows of a batch, and the batch if the program has its stream.
    fn read_part(&self, reader: &mut Reader<'_>) -> Result<(usize, Option<EventBatch>), RecordError> {
        let stream = self.program.streams().id(reader.text()?);
        let rows = reader.count()?;
        let (mut times, mut positions) = (Vec::new(), Vec::new());
        let (mut last, mut next) = (0_i64, 0_u64);
        for _ in 0..rows {
            last = last.wrapping_add(reader.int()?);
            times.push(Timestamp(last));
        }
        for _ in 0..rows {
            let position = next.wrapping_add_signed(reader.int()?);
            positions.push(position);
            next = position.wrapping_add(1);
        }
        let is_tagged = reader.below(2, "tags that are there and are not")? == 1;
        let tags = is_tagged.then(|| (0..rows).map(|_| reader.uint()).collect()).transpose()?;
        let stream = stream.map(|id| (id, &self.program.streams().get(id).schema));
        let batch = read_columns(reader, stream, &times)?;
        Ok((rows, batch.map(|batch| batch.at(positions, tags))))
    }

    /// Whether time has passed all events of a chunk, so that nobody needs it any more.
    #[must_use]
    pub fn waiting_done(&self, chunk: &WaitingChunk) -> bool {
        chunk.until.iter().all(|(merge, last)| self.merges[*merge].clock.reached(*last))
    }
}

/// The rows that wait, by the batches they are of, and where each waits.
fn parts<'a>(all: &[(usize, &'a PendingRow)]) -> (Vec<Part<'a>>, Vec<Wait>) {
    let mut parts: Vec<Part<'a>> = Vec::new();
    let mut known: HashMap<*const Rows, usize> = HashMap::new();
    let mut waits = Vec::new();
    for (merge, waiting) in all {
        let part = *known.entry(Arc::as_ptr(&waiting.rows)).or_insert_with(|| {
            parts.push(Part { rows: &waiting.rows, chosen: Vec::new(), places: HashMap::new() });
            parts.len() - 1
        });
        let Part { chosen, places, .. } = &mut parts[part];
        let row = *places.entry(waiting.row).or_insert_with(|| {
            chosen.push(waiting.row);
            chosen.len() - 1
        });
        waits.push(Wait { arrival: waiting.arrival, part, row, merge: *merge });
    }
    (parts, waits)
}

fn read_waits(
    reader: &mut Reader<'_>,
    batches: &[(usize, Option<EventBatch>)],
    merges: &[Option<usize>],
) -> Result<Vec<Wait>, RecordError> {
    let mut last = None;
    reader.list(|reader| {
        let (before, _) = last.unwrap_or_default();
        let more = reader.uint()?;
        let arrival = u64::checked_add(before, more);
        let arrival = arrival.ok_or_else(|| reader.corrupt("an arrival beyond all"))?;
        let part = reader.below(batches.len(), "a row of no batch")?;
        let row = reader.below(batches[part].0, "a row that its batch does not have")?;
        let merge = reader.below(merges.len(), "a merge that there is not")?;
        reader.expect(last.is_none_or(|last| last < (arrival, merge)), "arrivals that do not ascend")?;
        last = Some((arrival, merge));
        Ok(Wait { arrival, part, row, merge })
    })
}

//! The clocks of a matcher as bytes, and back, with what it counts: docs/state-format.md, 5.

use super::super::Matcher;
use super::super::merge::{Clock, Clocks};
use super::super::output::PatternStats;
use super::{CLOCKS, read_merge, stream_name, write_merge};
use crate::bytes::{FORMAT_VERSION, Reader, RecordError, Sum, int, text, uint};
use crate::ids::StreamId;
use crate::time::Watermark;

impl Matcher {
    /// Appends how far time has come everywhere, and what has been counted.
    pub fn save_clocks(&self, out: &mut Vec<u8>) {
        let from = out.len();
        out.extend_from_slice(&[FORMAT_VERSION, CLOCKS]);
        uint(out, self.arrived);
        let emitted: Vec<_> = self.emitted.iter().enumerate().filter(|(_, rows)| **rows > 0).collect();
        uint(out, emitted.len() as u64);
        for (stream, rows) in emitted {
            text(out, stream_name(&self.program, StreamId::new(stream)));
            uint(out, *rows);
        }
        uint(out, self.clocks.len() as u64);
        self.clocks.iter().for_each(|clocks| self.save_stratum(clocks, out));
        uint(out, self.merges.len() as u64);
        for merge in &self.merges {
            write_merge(&self.program, merge, out);
            int(out, merge.clock.0);
        }
        uint(out, self.stats.len() as u64);
        for ((_, pattern), stats) in self.program.patterns().zip(&self.stats) {
            text(out, &pattern.name);
            let PatternStats { matches, timeouts, late, dropped } = *stats;
            [matches, timeouts, late, dropped].into_iter().for_each(|count| uint(out, count));
        }
        Sum::default().seal(out, from);
    }

    fn save_stratum(&self, clocks: &Clocks, out: &mut Vec<u8>) {
        let Clocks { streams, earlier } = clocks;
        let moved = || (0..).map(StreamId).zip(streams).filter(|(_, clock)| **clock != Clock::default());
        uint(out, moved().count() as u64);
        for (stream, Clock { watermark, idle }) in moved() {
            text(out, stream_name(&self.program, stream));
            int(out, watermark.0);
            out.push((*idle).into());
        }
        uint(out, earlier.len() as u64);
        for (merge, watermark) in self.merges.iter().zip(earlier) {
            write_merge(&self.program, merge, out);
            int(out, watermark.0);
        }
    }

    /// Puts back what [`Matcher::save_clocks`] said of a matcher, into one that has seen nothing yet. Names that the
    /// program does not have are passed over; what is not named has seen nothing.
    ///
    /// # Errors
    /// Where the bytes are not of that kind; nothing is changed then.
    pub fn restore_clocks(&mut self, clocks: &[u8]) -> Result<(), RecordError> {
        let mut reader = Sum::default().open(clocks)?;
        let kind = reader.u8()?;
        reader.expect(kind == CLOCKS, "no clocks")?;
        let read = self.read_clocks(&mut reader)?;
        reader.end()?;
        let Read { arrived, emitted, strata, merges, stats } = read;
        (self.arrived, self.emitted, self.clocks, self.stats) = (arrived, emitted, strata, stats);
        self.merges.iter_mut().zip(merges).for_each(|(merge, clock)| merge.clock = clock);
        Ok(())
    }

    fn read_clocks(&self, reader: &mut Reader<'_>) -> Result<Read, RecordError> {
        let streams = self.emitted.len();
        let mut read = Read {
            arrived: reader.uint()?,
            emitted: vec![0; streams],
            strata: (0..self.strata).map(|stratum| Clocks::new(stratum, streams, &self.merges)).collect(),
            merges: vec![Watermark::MIN; self.merges.len()],
            stats: vec![PatternStats::default(); self.stats.len()],
        };
        for _ in 0..reader.count()? {
            let stream = self.program.streams().id(reader.text()?);
            let rows = reader.uint()?;
            if let Some(stream) = stream {
                read.emitted[stream.index()] = rows;
            }
        }
        for stratum in 0..reader.count()? {
            self.read_stratum(reader, read.strata.get_mut(stratum))?;
        }
        for _ in 0..reader.count()? {
            let merge = read_merge(&self.program, &self.merges, reader)?;
            let clock = Watermark(reader.int()?);
            if let Some(merge) = merge {
                read.merges[merge] = clock;
            }
        }
        for _ in 0..reader.count()? {
            let name = reader.text()?;
            let [matches, timeouts, late, dropped] =
                [reader.uint()?, reader.uint()?, reader.uint()?, reader.uint()?];
            if let Some((id, _)) = self.program.patterns().find(|(_, pattern)| pattern.name == name) {
                read.stats[id.index()] = PatternStats { matches, timeouts, late, dropped };
            }
        }
        Ok(read)
    }

    fn read_stratum(
        &self,
        reader: &mut Reader<'_>,
        mut clocks: Option<&mut Clocks>,
    ) -> Result<(), RecordError> {
        for _ in 0..reader.count()? {
            let stream = self.program.streams().id(reader.text()?);
            let watermark = Watermark(reader.int()?);
            let idle = reader.below(2, "a stream that is idle and is not")? == 1;
            if let Some((stream, clocks)) = stream.zip(clocks.as_deref_mut()) {
                clocks.streams[stream.index()] = Clock { watermark, idle };
            }
        }
        for _ in 0..reader.count()? {
            let merge = read_merge(&self.program, &self.merges, reader)?;
            let watermark = Watermark(reader.int()?);
            let clocks = clocks.as_deref_mut();
            if let Some(earlier) = merge.zip(clocks).and_then(|(merge, clocks)| clocks.earlier.get_mut(merge))
            {
                *earlier = watermark;
            }
        }
        Ok(())
    }
}

/// What was read.
struct Read {
    arrived: u64,
    emitted: Vec<u64>,
    strata: Vec<Clocks>,
    /// By merge.
    merges: Vec<Watermark>,
    stats: Vec<PatternStats>,
}

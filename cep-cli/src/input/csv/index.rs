//! Where the fields of many records end, found a lane of bytes at a time. Only records that are as they should be count: all
//! fields that the header has, quotes only where they belong. It knows no schema and no types.

use super::super::block::marks::{CsvMarks, LANE, lane_at};

/// The separators of some records that stand one after the other at the beginning of a block.
#[derive(Debug)]
pub(super) struct Index {
    /// The fields of a record.
    columns: usize,
    /// One before the block, then one behind each field; there is room behind the last.
    separators: Vec<u32>,
    /// How many of them there are, the one before the block left out.
    len: usize,
    rows: usize,
    /// Whether a record that is not as it should be comes next.
    odd: bool,
    /// Whether there are quotes or carriage returns in the block.
    dressed: bool,
}

/// What has to be known of the bytes before a lane.
#[derive(Clone, Copy)]
struct Before {
    /// All bits where the lane begins inside quotes.
    inside: u64,
    /// 1 where a quote may open a field, or go on with it, at the lane's first byte.
    opens: u64,
    /// 1 where the last byte was a closing quote.
    closed: u64,
    /// 1 where the last byte was a carriage return behind a closing quote.
    returned: u64,
}

impl Index {
    /// For records of so many fields.
    pub(super) fn new(columns: usize) -> Self {
        Self { columns, separators: vec![u32::MAX], len: 0, rows: 0, odd: false, dressed: false }
    }

    /// Finds the records that stand whole in the block before one that is not as it should be: up to `rows`, or up to the
    /// first that ends at an offset `bytes` or beyond.
    pub(super) fn find(&mut self, block: &[u8], rows: usize, bytes: usize) {
        (self.len, self.odd, self.dressed) = (0, false, false);
        let mut before = Before { inside: 0, opens: 1, closed: 0, returned: 0 };
        let mut line_ends = 0;
        for at in (0..block.len()).step_by(LANE) {
            let mut marks = CsvMarks::of(&lane_at(block, at));
            if marks.quotes | before.inside | before.closed | before.returned != 0 {
                match outside_quotes(marks, before) {
                    Some((outside, after)) => (marks, before) = (outside, after),
                    None => {
                        self.odd = true;
                        break;
                    }
                }
            } else {
                before.opens = marks.separators >> (LANE - 1);
            }
            self.dressed |= marks.quotes | marks.carriage_returns != 0;
            self.extend(marks.separators, at);
            line_ends += marks.line_ends.count_ones() as usize;
            if line_ends >= rows {
                break;
            }
        }
        self.rows = self.sound_rows(block, line_ends);
        self.odd |= self.rows < line_ends;
        self.limit(rows, bytes);
    }

    #[inline]
    fn extend(&mut self, mut bits: u64, at: usize) {
        if self.separators.len() < self.len + 1 + LANE {
            self.separators.resize(2 * (self.len + 1 + LANE), 0);
        }
        let Some(free) = self.separators[self.len + 1..].first_chunk_mut::<LANE>() else { return };
        let found = bits.count_ones() as usize;
        // Four at a time, needed or not: most lanes have about as many, and the loop's end can be foreseen.
        for four in 0..found.div_ceil(4) {
            for one in 0..4 {
                free[(4 * four + one) % LANE] = at as u32 + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
        self.len += found;
    }

    /// The records before the first that has not the header's fields, or is blank.
    fn sound_rows(&self, block: &[u8], line_ends: usize) -> usize {
        let sound = |row: &usize| {
            let (start, end) = self.record(*row);
            let blank = end == start || end == start + 1 && block[start] == b'\r';
            block[end] == b'\n' && !blank
        };
        // Where the first so many records end in line ends, and there are no more line ends, each has all its fields.
        let whole = line_ends.min(self.len / self.columns);
        let rows = (0..whole).take_while(sound).count();
        if rows == line_ends { rows } else { self.rows_until_odd(block, rows) }
    }

    /// As many of the records as have no line end before their last separator.
    fn rows_until_odd(&self, block: &[u8], rows: usize) -> usize {
        let inner = |row: &usize| {
            let separators = &self.separators[1 + row * self.columns..][..self.columns - 1];
            separators.iter().all(|at| block[*at as usize] == b',')
        };
        (0..rows).take_while(inner).count()
    }

    /// The records found.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Leaves out the records behind the first so many, or behind the first that ends at an offset or beyond.
    fn limit(&mut self, rows: usize, bytes: usize) {
        let mut kept = self.rows.min(rows);
        if self.end(kept) > bytes {
            kept = (0..kept).take_while(|row| self.end(row + 1) < bytes).count() + 1;
        }
        self.odd &= kept == self.rows;
        self.rows = kept;
    }

    /// Whether a record that is not as it should be comes next.
    pub(super) fn is_odd(&self) -> bool {
        self.odd
    }

    /// Whether there may be quotes or carriage returns in the records.
    pub(super) fn is_dressed(&self) -> bool {
        self.dressed
    }

    /// Where the first so many records end, their line ends included.
    pub(super) fn end(&self, rows: usize) -> usize {
        (self.separators[rows * self.columns].wrapping_add(1)) as usize
    }

    fn record(&self, row: usize) -> (usize, usize) {
        (self.end(row), self.separators[(row + 1) * self.columns] as usize)
    }

    /// Where a field stands, as it was written.
    #[inline]
    pub(super) fn field(&self, row: usize, column: usize) -> (usize, usize) {
        let at = row * self.columns + column;
        (self.separators[at].wrapping_add(1) as usize, self.separators[at + 1] as usize)
    }

    /// Whether a column is a record's last.
    pub(super) fn is_last(&self, column: usize) -> bool {
        column + 1 == self.columns
    }
}

/// The marks without those inside quotes; none where a quote stands where it should not.
fn outside_quotes(marks: CsvMarks, before: Before) -> Option<(CsvMarks, Before)> {
    // From each opening quote up to the byte before its closing one.
    let inside = up_to_each(marks.quotes) ^ before.inside;
    let (opening, closing) = (marks.quotes & inside, marks.quotes & !inside);
    let separators = marks.separators & !inside;
    let line_ends = marks.line_ends & !inside;
    // A field begins with a quote, or the quote is the second of two inside a field.
    let may_open = (separators | closing) << 1 | before.opens;
    let after_closing = closing << 1 | before.closed;
    let returned = after_closing & marks.carriage_returns;
    let after_return = returned << 1 | before.returned;
    let sound = opening & !may_open == 0
        && after_closing & !(separators | opening | returned) == 0
        && after_return & !line_ends == 0;
    let last = LANE - 1;
    let after = Before {
        inside: 0_u64.wrapping_sub(inside >> last),
        opens: (separators | closing) >> last,
        closed: closing >> last,
        returned: returned >> last,
    };
    sound.then_some((CsvMarks { separators, line_ends, ..marks }, after))
}

/// Bits that change at each bit set: the exclusive or of all bits up to each.
fn up_to_each(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

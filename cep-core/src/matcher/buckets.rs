//! The rows of a batch by which constant a column's value is.

use crate::program::ValueId;

/// The rows of each value, ascending.
#[derive(Debug)]
pub(super) struct Buckets {
    /// By value, where its rows end.
    ends: Box<[u32]>,
    rows: Box<[u32]>,
}

impl Buckets {
    /// From the value of each row, of so many there may be.
    pub(super) fn new(values: &[ValueId], ids: usize) -> Self {
        let mut ends = vec![0_u32; ids].into_boxed_slice();
        values.iter().for_each(|id| ends[*id as usize] += 1);
        let mut before = 0;
        for end in &mut ends {
            before += std::mem::replace(end, before);
        }
        let mut rows = vec![0; values.len()].into_boxed_slice();
        for (row, id) in (0..).zip(values) {
            let place = &mut ends[*id as usize];
            rows[*place as usize] = row;
            *place += 1;
        }
        Self { ends, rows }
    }

    /// The rows of some values, ascending.
    pub(super) fn rows(&self, ids: &[ValueId]) -> Vec<u32> {
        let mut rows: Vec<u32> = ids.iter().flat_map(|id| self.of(*id)).copied().collect();
        if ids.len() > 1 {
            rows.sort_unstable();
        }
        rows
    }

    fn of(&self, id: ValueId) -> &[u32] {
        let id = id as usize;
        let first = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.rows[first as usize..self.ends[id] as usize]
    }
}

//! Keys shared out among groups of a store, by a hash that is the same in every process and version: the CRC-32 (ISO-HDLC)
//! of the key's bytes. docs/state-format.md has it.

use super::Matcher;
use super::feed::Prepared;
use super::key::Key;
use super::keys::{Keys, RecordKey};
use super::masks::constant;
use super::rows::{FamilyRows, Rows};
use crate::program::Program;
use crate::runtime::Words;

impl RecordKey {
    /// The group, of so many, that the key belongs to.
    #[must_use]
    pub fn group(&self, groups: u16) -> u16 {
        group_of(&Key::of_values(&self.values), groups)
    }
}

/// The group, of so many, that a key belongs to: hash ranges of equal length.
pub(super) fn group_of(key: &Key, groups: u16) -> u16 {
    let place = u64::from(crc32fast::hash(key.bytes())) * u64::from(groups);
    u16::try_from(place >> u32::BITS).expect("less than the number of groups")
}

impl Matcher {
    /// An empty matcher that takes work which this one has prepared.
    #[must_use]
    pub fn sibling(&self) -> Self {
        let mut sibling = Self::with_config(self.program.clone(), self.config);
        sibling.keys = self.keys.iter().map(Keys::with_hashes_of).collect();
        sibling.tables = self.tables.clone();
        sibling
    }
}

impl Prepared {
    /// The same work for each of so many groups: rows matter where the key is of the group, time passes in all. The
    /// program has one stratum.
    #[must_use]
    pub fn split(&self, program: &Program, groups: u16) -> Vec<Self> {
        let batches: Vec<_> = self.batches.iter().map(|rows| rows.split(program, groups)).collect();
        let of_group = |group: usize| {
            let batches = batches.iter().map(|rows| rows[group].clone()).collect();
            Self { stratum: self.stratum, batches, script: self.script.clone() }
        };
        (0..usize::from(groups)).map(of_group).collect()
    }
}

/// The rows of a batch that matter to a family, shared out among groups by their keys.
pub(super) fn shares(
    program: &Program,
    rows: &Rows,
    found: &FamilyRows,
    matters: impl Iterator<Item = usize>,
    groups: u16,
) -> Vec<Words> {
    let columns = &program.families()[found.family.index()].inputs[found.input].key;
    let mut shares = vec![constant(rows.batch.len(), false); usize::from(groups)];
    for row in matters {
        let group = group_of(&Key::of_row(&rows.batch, row, columns), groups);
        shares[usize::from(group)][row / 64] |= 1 << (row % 64);
    }
    shares
}

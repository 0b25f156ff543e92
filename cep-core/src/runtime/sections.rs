//! The sections of a key: what it holds for each group of patterns that it holds anything for.

use super::key_state::At;
use super::partial_match::Runs;
use super::section::Section;

/// Sections, by the place of their group in the family.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sections {
    pub(super) all: Vec<Section>,
    /// Memory for the partial matches of the next one.
    spare: Runs,
}

impl Sections {
    /// Where a group's section is, or would be.
    #[inline]
    pub(super) fn find(&self, group: usize) -> Result<usize, usize> {
        match &self.all[..] {
            [] => Err(0),
            [only] if usize::from(only.group) == group => Ok(0),
            all => all.binary_search_by_key(&group, |section| usize::from(section.group)),
        }
    }

    /// Adds a section for a group, at the index where it would be.
    pub(super) fn add(&mut self, index: usize, group: usize, at: At<'_>) {
        const FIRST: usize = 4;
        let mut memory = std::mem::take(&mut self.spare);
        if memory.capacity() == 0 {
            memory.reserve_exact(FIRST);
        }
        if self.all.capacity() == 0 {
            // Most keys hold something for one group alone.
            self.all.reserve_exact(1);
        }
        let pattern = at.program.pattern(at.family.groups[group].patterns[0]);
        let section = Section::new(group, &at.family.groups[group], pattern, memory);
        self.all.insert(index, section);
    }

    /// Forgets sections, but for the memory of one.
    pub(super) fn forget(&mut self, which: impl Fn(&Section) -> bool) {
        const MOST_SPARE: usize = 16;
        for section in self.all.extract_if(.., |section| which(section)) {
            if section.runs.capacity() <= MOST_SPARE {
                self.spare = section.runs;
            }
        }
    }
}

//! Where a partial match waits: a way down the pattern's tree with a count at each level, and what happened there.
//! Which events a place allows is said in `offers`.

use crate::pattern::{Body, Connector, Element, Pattern};

/// A place, or one of the two that are in no sequence.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Place<'p> {
    /// After the last element: a match.
    End,
    /// Where nothing leads on (7.6, 9.6).
    Nowhere,
    Before(Spot<'p>),
}

/// Before an element: a stage, a `not next`, or the absence at the end of the pattern.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Spot<'p> {
    /// From the outermost sequence to that of the element.
    pub(crate) levels: Vec<Level<'p>>,
    pub(crate) marks: Marks<'p>,
}

/// An element of a sequence, and how often it has already occurred.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level<'p> {
    pub(crate) sequence: &'p [Element],
    pub(crate) index: usize,
    pub(crate) done: u32,
}

/// How the place was reached, as far as it matters.
#[derive(Clone, PartialEq, Default, Debug)]
pub(crate) struct Marks<'p> {
    /// It has waited and can no longer be left (4.2).
    pub(crate) waited: bool,
    /// The absences that no longer guard it (9.5).
    pub(crate) lifted: Vec<&'p str>,
    /// Reached from a greedy loop at its until event: nothing is withheld (7.5).
    pub(crate) free: bool,
    /// Reached from the loop before it, which lifts guards, not by leaving that out (7.3).
    pub(crate) from_loop: bool,
    /// A repetition of an open group, past its minimum, has just ended (11.5).
    pub(crate) round: bool,
}

impl PartialEq for Level<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.sequence, other.sequence) && (self.index, self.done) == (other.index, other.done)
    }
}

impl<'p> Level<'p> {
    pub(crate) fn element(&self) -> &'p Element {
        &self.sequence[self.index]
    }
}

impl<'p> Spot<'p> {
    pub(crate) fn level(&self) -> Level<'p> {
        *self.levels.last().expect("a spot is in a sequence")
    }

    pub(crate) fn element(&self) -> &'p Element {
        self.level().element()
    }

    /// The group around the element at this depth.
    pub(crate) fn group_at(&self, depth: usize) -> Option<&'p Element> {
        depth.checked_sub(1).map(|outer| self.levels[outer].element())
    }

    pub(crate) fn group(&self) -> Option<&'p Element> {
        self.group_at(self.levels.len() - 1)
    }

    pub(crate) fn stage(&self) -> &'p str {
        match &self.element().body {
            Body::Stage { name, .. } => name,
            Body::Group(_) => unreachable!("a spot is before a stage"),
        }
    }

    /// The depths of the elements at whose first place of a repetition this is, the innermost first: the stage, the
    /// group it is the first stage of, and so on.
    pub(crate) fn beginning(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let innermost = self.levels.len() - 1;
        let below = self.levels.iter().rposition(|level| level.index > 0 || level.done > 0).unwrap_or(0);
        // Everything above the deepest level that has begun is in the middle of a repetition.
        (below..=innermost).rev()
    }

    /// The place after the element at this depth, it and all its repetitions done.
    pub(crate) fn after(&self, depth: usize, pattern: &Pattern) -> Place<'p> {
        let mut levels = self.levels[..=depth].to_vec();
        let level = levels.last_mut().expect("depth is within the levels");
        if level.index + 1 == level.sequence.len() {
            levels.pop();
            return match levels.len() {
                0 => Place::End,
                _ => Self::plain(levels).repetition_done(pattern),
            };
        }
        (level.index, level.done) = (level.index + 1, 0);
        let spot = Self::plain(levels);
        if !spot.element().is_absence() {
            return Place::Before(spot.descended());
        }
        let beyond = spot.after(depth, pattern);
        let ends = pattern.within.is_some() || spot.element().gap.is_some();
        if beyond == Place::End && ends { Place::Before(spot) } else { beyond }
    }

    /// The place after one more repetition of the innermost element.
    pub(crate) fn repetition_done(mut self, pattern: &Pattern) -> Place<'p> {
        let level = self.levels.last_mut().expect("a spot is in a sequence");
        let (count, done) = (level.element().count, level.done);
        if count.is_full(done + 1) {
            return self.after(self.levels.len() - 1, pattern);
        }
        level.done = count.one_more(done);
        let round = count.is_open() && done == count.least() && self.element().group().is_some();
        let mut spot = Self::plain(self.levels).descended();
        spot.marks.round = round;
        Place::Before(spot)
    }

    /// Whether one way of leaving has come to the same place again (8.4).
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let marks = Marks { round: other.marks.round, ..self.marks.clone() };
        self.levels == other.levels && marks == other.marks
    }

    pub(crate) fn plain(levels: Vec<Level<'p>>) -> Self {
        Self { levels, marks: Marks::default() }
    }

    /// The place of a group is that of its body's first stage (8.1).
    fn descended(mut self) -> Self {
        while let Some(sequence) = self.element().group() {
            self.levels.push(Level { sequence, index: 0, done: 0 });
        }
        self
    }
}

/// The first place of a pattern.
pub(crate) fn first(pattern: &Pattern) -> Place<'_> {
    let level = Level { sequence: &pattern.sequence, index: 0, done: 0 };
    Place::Before(Spot::plain(vec![level]).descended())
}

/// Contiguity of the element at a place (3.1, 5.2, 8.2).
pub(crate) fn contiguity(spot: &Spot<'_>) -> Connector {
    let level = spot.level();
    let repeated = |element: &Element, done: u32| if done == 0 { element.connector } else { element.inner };
    match spot.group() {
        Some(group) if level.index == 0 && level.done > 0 => group.inner,
        Some(group) if level.index == 0 => repeated(group, spot.levels[spot.levels.len() - 2].done),
        _ => repeated(level.element(), level.done),
    }
}

//! Outputs that are out before what they come of is applied: those that a step found before a pattern asked for the run to
//! stop. The step itself cannot be committed, as it was not done to its end; it will be done again, and what is out must not
//! come again. What is found is a function of what is read, so its digests tell it, also where another program reads on.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::flight::Commit;
use crate::position::Vector;
use crate::segments::digest;
use crate::store::StateStore;

/// Bytes of a digest.
const DIGEST: usize = 16;

/// As it stands in the header of a group.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SavedEarly {
    /// The digests, one after the other, in the order in which they were found.
    #[serde(with = "serde_bytes")]
    digests: Vec<u8>,
    /// Behind this none of them comes any more.
    until: Vector,
}

/// The outputs of a group that are out early.
#[derive(Debug, Default)]
pub(crate) struct Early {
    digests: VecDeque<[u8; DIGEST]>,
    until: Vector,
}

impl Early {
    /// From a header; none where it is broken.
    pub(crate) fn restore(saved: Option<&SavedEarly>) -> Option<Self> {
        let Some(SavedEarly { digests, until }) = saved else { return Some(Self::default()) };
        let (digests, rest) = digests.as_chunks::<DIGEST>();
        rest.is_empty().then(|| Self { digests: digests.iter().copied().collect(), until: until.clone() })
    }

    /// For a header that says that so much has been applied.
    pub(crate) fn save(&mut self, applied: &Vector) -> Option<SavedEarly> {
        let rows = |of: &Vector, source: &String| of.get(source).map_or(0, |position| position.rows);
        let is_there = self.until.keys().all(|source| rows(applied, source) >= rows(&self.until, source));
        // Time may still have to pass where rows end.
        if is_there && applied.keys().any(|source| rows(applied, source) > rows(&self.until, source)) {
            *self = Self::default();
        }
        let Self { digests, until } = self;
        let digests: Vec<u8> = digests.iter().flatten().copied().collect();
        (!digests.is_empty()).then(|| SavedEarly { digests, until: until.clone() })
    }

    /// An output is found: whether it is out already.
    pub(crate) fn has(&mut self, output: &[u8]) -> bool {
        if self.digests.is_empty() {
            return false;
        }
        let found = digest(output);
        // Mostly they come in the order in which they came.
        let place = self.digests.iter().position(|known| *known == found);
        place.is_some_and(|place| self.digests.remove(place).is_some())
    }

    /// More outputs are out; all of them come again before so much has been applied.
    pub(crate) fn add<'a>(&mut self, outputs: impl Iterator<Item = &'a [u8]>, until: &Vector) {
        self.digests.extend(outputs.map(digest));
        self.until.clone_from(until);
    }
}

impl<S: StateStore> Engine<S> {
    /// Commits what was found before a pattern asked for the run to stop.
    pub(crate) async fn commit_early(&mut self) -> Result<(), EngineError> {
        self.flight.wait_for(0).await?;
        let (mut commits, mut outputs): (Vec<Commit>, _) = (Vec::new(), Vec::new());
        for group in &mut self.groups {
            let (id, expected) = (group.id, group.version);
            let Some((changes, released)) = group.take_early(&self.vector) else { continue };
            let store = Arc::clone(&self.store);
            commits.push(Box::pin(async move { store.commit(id, expected, changes).await }));
            outputs.extend(released);
        }
        self.flight.start(commits, outputs).await?;
        Ok(self.flight.wait_for(0).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::position::Position;

    fn at(rows: u64) -> Vector {
        [("s".to_owned(), Position { rows, state: Vec::new() })].into()
    }

    #[test]
    fn each_is_known_as_often_as_it_is_out() {
        let mut early = Early::default();
        early.add([&b"a"[..], b"b", b"a"].into_iter(), &at(7));
        let mut early = Early::restore(early.save(&at(3)).as_ref()).unwrap();
        assert!(early.has(b"a") && early.has(b"a") && !early.has(b"a"));
        assert!(!early.has(b"c"));
        assert!(early.save(&at(7)).is_some(), "b has not come again");
        assert_eq!(early.save(&at(8)), None, "and will not any more");
        assert!(!early.has(b"b"));
    }
}

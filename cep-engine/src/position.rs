//! How far the sources have been read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How far a source has been read. A source is a log: the same row number is the same row, always.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Position {
    /// The rows read.
    pub rows: u64,
    /// What else the source has to know to go on from there: its own bytes.
    #[serde(with = "serde_bytes")]
    pub state: Vec<u8>,
}

/// The position of each source, by name. One that is not there has not been read at all.
pub type Vector = BTreeMap<String, Position>;

/// For each source the position from which all of some vectors can be completed.
#[must_use]
pub fn least<'a>(vectors: impl IntoIterator<Item = &'a Vector>) -> Vector {
    let mut vectors = vectors.into_iter();
    let mut least = vectors.next().cloned().unwrap_or_default();
    for vector in vectors {
        least.retain(|source, _| vector.contains_key(source));
        for (source, position) in &mut least {
            if vector[source].rows < position.rows {
                *position = vector[source].clone();
            }
        }
    }
    least
}

/// For each source the farther of two positions. A group that is ahead of what is read again is so of some sources, and may
/// come to be behind in others meanwhile: several sources need not come in the order in which they came before.
#[must_use]
pub(crate) fn greatest(one: &Vector, other: &Vector) -> Vector {
    let mut greatest = one.clone();
    for (source, position) in other {
        match greatest.get_mut(source) {
            Some(known) if known.rows >= position.rows => {}
            Some(known) => known.clone_from(position),
            None => drop(greatest.insert(source.clone(), position.clone())),
        }
    }
    greatest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_position_of_each_source_counts_for_what_a_group_has_applied() {
        let vector = |positions: &[(&str, u64)]| -> Vector {
            let at = |rows| Position { rows, state: Vec::new() };
            positions.iter().map(|(source, rows)| ((*source).to_owned(), at(*rows))).collect()
        };
        let (ahead, read) = (vector(&[("a", 7), ("b", 3)]), vector(&[("a", 5), ("b", 4), ("c", 1)]));
        assert_eq!(greatest(&ahead, &read), vector(&[("a", 7), ("b", 4), ("c", 1)]));
        assert_eq!(greatest(&Vector::new(), &read), read);
    }

    #[test]
    fn the_least_position_of_each_source_counts() {
        let at = |rows| Position { rows, state: vec![u8::try_from(rows).unwrap()] };
        let vector = |positions: &[(&str, u64)]| -> Vector {
            positions.iter().map(|(source, rows)| ((*source).to_owned(), at(*rows))).collect()
        };
        let all = [vector(&[("a", 7), ("b", 3)]), vector(&[("a", 5), ("b", 4)]), vector(&[("a", 9)])];
        assert_eq!(least(&all), vector(&[("a", 5)]));
        assert_eq!(least(&all[..2]), vector(&[("a", 5), ("b", 3)]));
        assert_eq!(least([]), Vector::new());
    }
}

//! An index over the conditions that the patterns of a group have in one place: for whom they hold is found at once.

use super::conditions::Conditions;
use super::constants::Equals;
use super::predicate::Predicate;
use super::thresholds::Thresholds;
use crate::ids::PredicateId;

/// For whom conditions hold, found by one search.
#[derive(Debug)]
pub enum Index {
    /// They compare one field with a number each.
    Thresholds(Thresholds),
    /// They ask one field to be, or not to be, a constant each.
    Equals(Equals),
}

impl Index {
    /// The index over conditions on the events of an input, if they are such.
    pub(super) fn over(
        each: &[PredicateId],
        predicates: &[Predicate],
        conditions: &Conditions,
        input: usize,
    ) -> Option<Self> {
        if let Some(thresholds) = Thresholds::over(each, predicates, input) {
            return Some(Self::Thresholds(thresholds));
        }
        let among = |id: &PredicateId| conditions.among(predicates[id.index()].steps[input]?);
        let among = each.iter().map(among).collect::<Option<Vec<_>>>()?;
        Equals::over(&among).map(Self::Equals)
    }
}

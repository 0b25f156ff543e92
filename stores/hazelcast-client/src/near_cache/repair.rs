//! Notices invalidations that were lost on the way: members number them, partition by partition.

use uuid::Uuid;

/// Who numbers a partition's invalidations, and the number of the last one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Mark {
    pub(super) owner: Uuid,
    pub(super) sequence: i64,
}

/// What is known of a partition.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    last: Mark,
    /// What was read before this is not good any more.
    stale: i64,
    missed: u64,
}

/// What is known of all partitions.
#[derive(Debug, Default)]
pub(super) struct Repair {
    /// By partition; of those beyond nothing is known.
    partitions: Vec<Known>,
}

/// No cluster has more partitions: a number beyond is no partition's.
const MOST_PARTITIONS: usize = 1 << 17;

impl Repair {
    /// What is known now: whoever reads a value keeps it with that.
    pub(super) fn mark(&self, partition: i32) -> Mark {
        self.known(partition).last
    }

    fn known(&self, partition: i32) -> Known {
        let known = usize::try_from(partition).ok().and_then(|partition| self.partitions.get(partition));
        known.copied().unwrap_or_default()
    }

    /// Whether what was read then is good still.
    pub(super) fn is_good(&self, partition: i32, mark: &Mark) -> bool {
        let known = self.known(partition);
        known.last.owner == mark.owner && mark.sequence >= known.stale
    }

    /// An invalidation has come: those between it and the last one were missed.
    pub(super) fn told(&mut self, partition: i32, mark: Mark, tolerated: u64) {
        self.advance(partition, mark, 1, tolerated);
    }

    /// A member says what the last one was: those behind the last that came were missed.
    pub(super) fn reconcile(&mut self, partition: i32, mark: Mark, tolerated: u64) {
        self.advance(partition, mark, 0, tolerated);
    }

    fn advance(&mut self, partition: i32, mark: Mark, come: i64, tolerated: u64) {
        let Some(partition) =
            usize::try_from(partition).ok().filter(|partition| *partition < MOST_PARTITIONS)
        else {
            return;
        };
        if self.partitions.len() <= partition {
            self.partitions.resize_with(partition + 1, Known::default);
        }
        let known = &mut self.partitions[partition];
        if known.last.owner != mark.owner {
            *known = Known { last: mark, stale: i64::MIN, missed: 0 };
            return;
        }
        let gap = mark.sequence.saturating_sub(known.last.sequence).saturating_sub(come);
        known.last.sequence = known.last.sequence.max(mark.sequence);
        known.missed = known.missed.saturating_add(u64::try_from(gap).unwrap_or_default());
        if known.missed > tolerated {
            known.stale = known.last.sequence;
            known.missed = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLERATED: u64 = 2;

    fn mark(owner: u128, sequence: i64) -> Mark {
        Mark { owner: Uuid::from_u128(owner), sequence }
    }

    #[test]
    fn too_many_missed_make_stale_what_was_read_before() {
        let mut repair = Repair::default();
        repair.reconcile(7, mark(1, 10), TOLERATED);
        let read = repair.mark(7);
        repair.told(7, mark(1, 11), TOLERATED);
        assert!(repair.is_good(7, &read));
        repair.told(7, mark(1, 14), TOLERATED);
        assert!(repair.is_good(7, &read), "two are tolerated");
        repair.reconcile(7, mark(1, 14), TOLERATED);
        assert!(repair.is_good(7, &read));
        repair.reconcile(7, mark(1, 15), TOLERATED);
        assert!(!repair.is_good(7, &read));
        assert!(repair.is_good(7, &repair.mark(7)));
        // Late ones change nothing.
        repair.told(7, mark(1, 3), TOLERATED);
        assert_eq!(repair.mark(7), mark(1, 15));
    }

    #[test]
    fn another_owner_begins_anew() {
        let mut repair = Repair::default();
        repair.told(7, mark(1, 100), TOLERATED);
        let read = repair.mark(7);
        repair.told(7, mark(2, 1), TOLERATED);
        assert!(!repair.is_good(7, &read));
        assert!(repair.is_good(7, &mark(2, 1)));
        assert!(repair.is_good(8, &Mark::default()), "of other partitions nothing is known");
    }
}

//! Notices invalidations that were lost on the way: members number them, partition by partition.

use uuid::Uuid;

/// Who numbers a partition's invalidations, and the number of the last one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Mark {
    pub(super) owner: Uuid,
    pub(super) sequence: i64,
}

/// How much was known of a partition when something of it was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Reading {
    partition: i32,
    /// Which of the owners it was that numbered; there was none yet where nothing was known.
    owner: u32,
    sequence: i64,
}

/// What each hit asks of a partition; apart, and small, as it is asked of any of them in turn.
#[derive(Clone, Copy, Debug, Default)]
struct Good {
    /// What was read before this is not good any more.
    stale: i64,
    /// How many owners there have been.
    owners: u32,
}

/// What members have told of a partition.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    last: Mark,
    missed: u64,
}

/// What is known of all partitions.
#[derive(Debug, Default)]
pub(super) struct Repair {
    /// Both by partition; of those beyond nothing is known.
    good: Vec<Good>,
    told: Vec<Told>,
}

/// No cluster has more partitions: a number beyond is no partition's.
const MOST_PARTITIONS: usize = 1 << 17;

impl Repair {
    /// What is known now: whoever reads a value keeps it with that.
    pub(super) fn reading(&self, partition: i32) -> Reading {
        let owner = at(&self.good, partition).map_or(0, |good| good.owners);
        let sequence = at(&self.told, partition).map_or(0, |told| told.last.sequence);
        Reading { partition, owner, sequence }
    }

    /// Whether what was read then is good still.
    pub(super) fn is_good(&self, reading: &Reading) -> bool {
        at(&self.good, reading.partition)
            .map_or(reading.owner == 0, |good| good.owners == reading.owner && reading.sequence >= good.stale)
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
        if self.told.len() <= partition {
            self.good.resize_with(partition + 1, Good::default);
            self.told.resize_with(partition + 1, Told::default);
        }
        let (good, told) = (&mut self.good[partition], &mut self.told[partition]);
        if told.last.owner != mark.owner {
            *good = Good { stale: i64::MIN, owners: good.owners.wrapping_add(1) };
            *told = Told { last: mark, missed: 0 };
            return;
        }
        let gap = mark.sequence.saturating_sub(told.last.sequence).saturating_sub(come);
        told.last.sequence = told.last.sequence.max(mark.sequence);
        told.missed = told.missed.saturating_add(u64::try_from(gap).unwrap_or_default());
        if told.missed > tolerated {
            good.stale = told.last.sequence;
            told.missed = 0;
        }
    }
}

fn at<T>(partitions: &[T], partition: i32) -> Option<&T> {
    usize::try_from(partition).ok().and_then(|partition| partitions.get(partition))
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
        let read = repair.reading(7);
        repair.told(7, mark(1, 11), TOLERATED);
        assert!(repair.is_good(&read));
        repair.told(7, mark(1, 14), TOLERATED);
        assert!(repair.is_good(&read), "two are tolerated");
        repair.reconcile(7, mark(1, 14), TOLERATED);
        assert!(repair.is_good(&read));
        repair.reconcile(7, mark(1, 15), TOLERATED);
        assert!(!repair.is_good(&read));
        assert!(repair.is_good(&repair.reading(7)));
        // Late ones change nothing.
        repair.told(7, mark(1, 3), TOLERATED);
        assert_eq!(repair.reading(7), Reading { partition: 7, owner: 1, sequence: 15 });
    }

    #[test]
    fn another_owner_begins_anew() {
        let mut repair = Repair::default();
        let before = repair.reading(8);
        repair.told(7, mark(1, 100), TOLERATED);
        let read = repair.reading(7);
        repair.told(7, mark(2, 1), TOLERATED);
        assert!(!repair.is_good(&read));
        assert!(repair.is_good(&repair.reading(7)));
        assert!(repair.is_good(&before), "of other partitions nothing is known");
        repair.told(7, mark(1, 101), TOLERATED);
        assert!(!repair.is_good(&read), "what was missed while the other had it nobody knows");
    }
}

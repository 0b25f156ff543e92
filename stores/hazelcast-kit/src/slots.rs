//! How many members run at once: each holds a slot, over all tests of this machine that build in this folder.

use std::fs::File;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::jars::lock_file;

/// The most members at a time; more would starve each other of memory and processors.
const MOST: usize = 3;

/// Longer than all clusters of one test binary run, one after the other.
const PATIENCE: Duration = Duration::from_secs(600);

/// The right to run some members, given back when dropped: locks of this machine, or a part of another cluster's.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    _own: Vec<File>,
    _lent: Option<Lent>,
}

/// What a cluster lends of its slots to others beside it.
#[derive(Debug, Default)]
pub(crate) struct Lender {
    lent: Mutex<usize>,
    back: Condvar,
}

#[derive(Debug)]
struct Lent {
    lender: Arc<Lender>,
    count: usize,
}

impl Drop for Lent {
    fn drop(&mut self) {
        *self.lender.lent.lock().unwrap_or_else(PoisonError::into_inner) -= self.count;
        self.lender.back.notify_all();
    }
}

impl Lender {
    /// Waits until so many of all that there are to lend may be had.
    pub(crate) fn lend(self: &Arc<Self>, count: usize, all: usize) -> Result<Slots, String> {
        let lent = self.lent.lock().unwrap_or_else(PoisonError::into_inner);
        let is_short = |lent: &mut usize| *lent + count > all;
        let waited = self.back.wait_timeout_while(lent, PATIENCE, is_short);
        let (mut lent, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(format!("others beside this cluster have kept its room for {PATIENCE:?}"));
        }
        *lent += count;
        let lent = Lent { lender: Arc::clone(self), count };
        Ok(Slots { _lent: Some(lent), ..Slots::default() })
    }
}

impl Slots {
    /// Waits until so many members may run.
    pub(crate) fn take(count: usize) -> Result<Self, String> {
        assert!(count <= MOST, "a cluster of {count} members, at most {MOST}");
        let started = Instant::now();
        // One at a time collects slots, else two that have half of what they need would wait for each other.
        let turn = lock_file("turn")?;
        wait(started, || turn.try_lock().is_ok())?;
        let mut held = Vec::new();
        let files = (0..MOST).map(|slot| lock_file(&format!("slot-{slot}")));
        let mut free = files.collect::<Result<Vec<_>, _>>()?;
        wait(started, || {
            free = free.drain(..).filter_map(|file| claim(file, &mut held, count)).collect();
            held.len() == count
        })?;
        Ok(Self { _own: held, ..Self::default() })
    }
}

fn wait(started: Instant, mut is_done: impl FnMut() -> bool) -> Result<(), String> {
    while !is_done() {
        if started.elapsed() > PATIENCE {
            return Err(format!(
                "there was no room for members for {PATIENCE:?}: does a cluster stay up while its test waits for another? \
                 Cluster::beside starts that one in the room of the first"
            ));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Moves a file to those held where it can be locked; else gives it back.
fn claim(file: File, held: &mut Vec<File>, count: usize) -> Option<File> {
    if held.len() < count && file.try_lock().is_ok() {
        held.push(file);
        return None;
    }
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wants_more_than_is_left_waits_until_it_is_given_back() {
        let lender = Arc::new(Lender::default());
        let first = lender.lend(1, 2).unwrap();
        let second = lender.lend(1, 2).unwrap();
        let third = thread::spawn({
            let lender = Arc::clone(&lender);
            move || lender.lend(2, 2).map(drop)
        });
        drop(first);
        thread::sleep(Duration::from_millis(50));
        assert!(!third.is_finished());
        drop(second);
        third.join().unwrap().unwrap();
    }
}

//! How many members run at once: each holds a slot, over all tests of this machine that build in this folder.

use std::fs::File;
use std::thread;
use std::time::Duration;

use crate::jars::alone;

/// The most members at a time; more would starve each other of memory and processors.
const MOST: usize = 3;

/// The right to run some members, given back when dropped.
#[derive(Debug)]
pub(crate) struct Slots {
    _held: Vec<File>,
}

impl Slots {
    /// None: where another cluster holds what is needed.
    pub(crate) const fn none() -> Self {
        Self { _held: Vec::new() }
    }

    /// Waits until so many members may run.
    pub(crate) fn take(count: usize) -> Result<Self, String> {
        assert!(count <= MOST, "a cluster of {count} members, at most {MOST}");
        // One at a time collects slots, else two that have half of what they need would wait for each other.
        let _turn = alone("turn")?;
        let mut held = Vec::new();
        let files = (0..MOST).map(|slot| open(&format!("slot-{slot}")));
        let mut free = files.collect::<Result<Vec<_>, _>>()?;
        while held.len() < count {
            free = free.into_iter().filter_map(|file| claim(file, &mut held, count)).collect();
            if held.len() < count {
                thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(Self { _held: held })
    }
}

fn open(name: &str) -> Result<File, String> {
    let path = crate::folder().join("locks").join(name);
    File::create(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Moves a file to those held where it can be locked; else gives it back.
fn claim(file: File, held: &mut Vec<File>, count: usize) -> Option<File> {
    if held.len() < count && file.try_lock().is_ok() {
        held.push(file);
        return None;
    }
    Some(file)
}

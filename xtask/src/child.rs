//! Waiting for processes, but not without end.

use std::io;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

/// How often to look whether one has ended that may take minutes.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Whether a process ends in time.
pub(crate) fn ends_within(child: &mut Child, patience: Duration, look_every: Duration) -> io::Result<bool> {
    let started = Instant::now();
    while started.elapsed() < patience {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        thread::sleep(look_every);
    }
    Ok(false)
}

/// Waits until it has ended; none where its time is up, and it is killed.
pub(crate) fn end_within(child: &mut Child, longest: Duration) -> io::Result<Option<ExitStatus>> {
    if ends_within(child, longest, LOOK_EVERY)? {
        return child.wait().map(Some);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn what_ends_tells_how_and_what_does_not_is_killed() {
        let longest = Duration::from_secs(60);
        let mut quick = Command::new("sh").args(["-c", "exit 3"]).spawn().unwrap();
        assert_eq!(end_within(&mut quick, longest).unwrap().unwrap().code(), Some(3));
        let mut slow = Command::new("sleep").arg("600").spawn().unwrap();
        assert_eq!(end_within(&mut slow, Duration::from_millis(50)).unwrap(), None);
        assert!(slow.try_wait().unwrap().is_some_and(|status| !status.success()));
    }
}

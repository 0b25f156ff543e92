//! What the kernel says about the memory of this process. Linux only: elsewhere nothing is known.

use std::fs;

/// The memory resident now, in bytes.
#[must_use]
pub fn resident() -> Option<u64> {
    status("VmRSS:")
}

/// The most memory resident since the process began or [`forget_peak`].
#[must_use]
pub fn peak() -> Option<u64> {
    status("VmHWM:")
}

/// From now on [`peak`] is of what comes.
///
/// # Errors
/// Where the kernel cannot do that.
pub fn forget_peak() -> std::io::Result<()> {
    fs::write("/proc/self/clear_refs", "5")
}

fn status(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

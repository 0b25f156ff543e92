//! A folder looked at step by step, for whoever wonders why it does not work, or how fast it is. A folder that is not there is
//! not made.

use std::fs::{self, File};
use std::io::{self, Seek as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use cep_engine::store::{Finding, Namespace, StoreError};

use crate::error::io_error;
use crate::options::Options;
use crate::{DiskStore, database};

/// How often something is made durable, to see how long that takes.
const SYNCS: usize = 50;

/// A disk that takes longer holds commits up.
const SLOW: Duration = Duration::from_millis(20);

/// A folder with less room than this is about to be full.
const LITTLE: u64 = 1 << 30;

/// Looks at a folder, and tells what is found step by step. Gives the store if all of it works; none as well where the folder
/// is not there yet.
pub fn examine(
    path: &Path,
    namespace: Namespace,
    tell: &mut impl FnMut(Finding),
) -> Result<Option<DiskStore>, Failing> {
    let is_there = match fs::metadata(path) {
        Ok(found) if found.is_dir() => true,
        Ok(_) => {
            let words = format!("`{}` is no folder", path.display());
            return fail(tell, Finding::wrong("folder", words, "name a folder, or move the file away"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return fail(tell, Finding::failed("folder", &io_error("cannot look at", path, error))),
    };
    let place = if is_there { path } else { nearest(path) };
    tell(Finding::good("folder", folder_words(path, is_there)));
    match syncs(place) {
        Ok(finding) => tell(finding),
        Err(error) => return fail(tell, Finding::failed("writing", &error)),
    }
    if let Some(finding) = room(place) {
        tell(finding);
    }
    if !is_there {
        return Ok(None);
    }
    let began = Instant::now();
    match DiskStore::open(path, namespace, Options::default()) {
        Ok(store) => {
            tell(Finding::good("lock and file", format!("opened and checked in {}", told(began.elapsed()))));
            Ok(Some(store))
        }
        Err(error) => fail(tell, Finding::failed("lock and file", &error)),
    }
}

/// Something does not work; it has been told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Failing;

fn fail<T>(tell: &mut impl FnMut(Finding), finding: Finding) -> Result<T, Failing> {
    tell(finding);
    Err(Failing)
}

fn folder_words(path: &Path, is_there: bool) -> String {
    let path_words = path.display();
    if !is_there {
        return format!("`{path_words}` is not there yet: the first run makes it");
    }
    match fs::metadata(path.join(database::FILE)) {
        Ok(file) => format!("`{path_words}` has state, {:.1} MB", file.len() as f64 / 1e6),
        Err(_) => format!("`{path_words}` has no state yet"),
    }
}

/// The nearest folder above that is there.
fn nearest(path: &Path) -> &Path {
    let above = path.ancestors().skip(1).find(|above| above.is_dir());
    above.unwrap_or(Path::new("."))
}

/// How long it takes to make something durable.
fn syncs(folder: &Path) -> Result<Finding, StoreError> {
    let probe = folder.join(format!("probe-{}", std::process::id()));
    let times = sync_times(&probe);
    // What could not be made is not there.
    drop(fs::remove_file(&probe));
    let mut times = times.map_err(|error| io_error("cannot write to", folder, error))?;
    times.sort_unstable();
    let (half, most) = (times[SYNCS / 2], times[SYNCS * 99 / 100]);
    let words = format!(
        "{SYNCS} times written through, half of them within {}, 99 of 100 within {}",
        told(half),
        told(most)
    );
    Ok(if half < SLOW {
        Finding::good("writing", words)
    } else {
        Finding::doubtful("writing", words, "take another disk, or commit less often (`--commit-every`)")
    })
}

fn sync_times(probe: &Path) -> io::Result<Vec<Duration>> {
    let mut file = File::create(probe)?;
    let block = [0x5a; 4096];
    let mut time = || {
        let began = Instant::now();
        file.rewind()?;
        file.write_all(&block)?;
        file.sync_data()?;
        Ok(began.elapsed())
    };
    (0..SYNCS).map(|_| time()).collect()
}

/// How much room there is, where the system says it.
#[cfg(unix)]
fn room(folder: &Path) -> Option<Finding> {
    let found = rustix::fs::statvfs(folder).ok()?;
    let free = found.f_bavail.saturating_mul(found.f_frsize);
    let words = format!("{:.1} GB are free", free as f64 / 1e9);
    Some(if free >= LITTLE {
        Finding::good("room", words)
    } else {
        Finding::doubtful("room", words, "make room: what is full cannot be committed to")
    })
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<Finding> {
    None
}

fn told(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}

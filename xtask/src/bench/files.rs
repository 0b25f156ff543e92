//! The generated files, written once below the target folder and read by all engines.

use std::fs;
use std::path::{Path, PathBuf};

use cep_benches::data::File;

/// Fewer rows than this are read as a prefix of a file with this many.
const LEAST_ROWS: u64 = 1_000_000;

/// The path of a file with at least so many rows; makes it where it is not there yet.
pub(super) fn ensure(root: &Path, file: File, rows: u64) -> Result<PathBuf, String> {
    let rows = rows.max(LEAST_ROWS);
    let folder = root.join("target").join("bench-data").join(rows.to_string());
    let path = folder.join(file.name());
    if !path.exists() {
        write(&folder, &path, file, rows).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(path)
}

/// Under another name first, so that what has the name is whole.
fn write(folder: &Path, path: &Path, file: File, rows: u64) -> std::io::Result<()> {
    let unfinished = path.with_extension("part");
    fs::create_dir_all(folder)?;
    fs::write(&unfinished, file.csv(rows))?;
    fs::rename(unfinished, path)
}

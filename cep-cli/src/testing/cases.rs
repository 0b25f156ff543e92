//! Which tests there are: `NAME.cep` with `NAME.events.jsonl` or `.csv`, or `NAME.STREAM.events.…` for each of several
//! streams, and `NAME.snap`; and `NAME.test` with small streams.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A pattern file with what tests it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suite {
    /// The pattern file.
    pub patterns: PathBuf,
    /// Recorded events, each with the stream it names.
    pub events: Vec<(Option<String>, PathBuf)>,
    /// Where the snapshot is, or would be.
    pub snapshot: PathBuf,
    /// The file with small streams.
    pub sheet: Option<PathBuf>,
}

impl Suite {
    /// Whether recorded events are tested: some lie beside it, or a snapshot of what its own sources give.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        !self.events.is_empty() || self.snapshot.exists()
    }
}

/// Why tests cannot be found.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// A folder or file cannot be read.
    #[error("{}: {error}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Something else than a folder, a pattern file or one of its tests.
    #[error("`{}` is no test of a pattern file", .0.display())]
    NoTest(PathBuf),
}

/// The pattern files in folders, their own folders included, and those named or whose tests are named; in order.
///
/// # Errors
/// Where a folder cannot be read, or a file belongs to no pattern file.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Suite>, FindError> {
    let mut patterns = Vec::new();
    for path in paths {
        if path.is_dir() {
            in_folder(path, &mut patterns)?;
        } else {
            patterns.push(tested_by(path)?);
        }
    }
    patterns.sort();
    patterns.dedup();
    patterns.into_iter().map(suite).collect()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, FindError> {
    let unreadable = |error| FindError::Unreadable { path: folder.to_owned(), error };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let paths: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut paths = paths.map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

fn in_folder(folder: &Path, patterns: &mut Vec<PathBuf>) -> Result<(), FindError> {
    for path in entries(folder)? {
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden && !path.is_symlink() {
            in_folder(&path, patterns)?;
        } else if path.extension().is_some_and(|extension| extension == "cep") {
            patterns.push(tidy(&path));
        }
    }
    Ok(())
}

/// The path without a leading `./`.
fn tidy(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

/// The pattern file that a file belongs to: itself, or the one it tests.
fn tested_by(path: &Path) -> Result<PathBuf, FindError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.strip_suffix(".cep").or_else(|| name.strip_suffix(".test"));
    let stem = stem.or_else(|| name.strip_suffix(".snap")).unwrap_or_else(|| {
        // `NAME.events.jsonl`, `NAME.STREAM.events.jsonl`
        name.split_once('.').map_or(name.as_str(), |(stem, _)| stem)
    });
    let patterns = path.with_file_name(format!("{stem}.cep"));
    if patterns.is_file() { Ok(tidy(&patterns)) } else { Err(FindError::NoTest(path.to_owned())) }
}

fn suite(patterns: PathBuf) -> Result<Suite, FindError> {
    let stem = patterns.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = patterns.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut events = Vec::new();
    for path in entries(folder.unwrap_or(Path::new(".")))? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let rest = name.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('.'));
        let rest = rest.and_then(|rest| rest.strip_suffix(".jsonl").or_else(|| rest.strip_suffix(".csv")));
        match rest {
            Some("events") => events.push((None, tidy(&path))),
            Some(rest) if rest.ends_with(".events") => {
                events.push((rest.strip_suffix(".events").map(str::to_owned), tidy(&path)));
            }
            _ => {}
        }
    }
    let sheet = Some(patterns.with_extension("test")).filter(|sheet| sheet.is_file());
    let snapshot = patterns.with_extension("snap");
    Ok(Suite { patterns, events, snapshot, sheet })
}

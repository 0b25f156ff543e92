//! The good and bad files that inputs are made from.

use std::io::Read;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of a folder whose names end so, sorted; none where there is no such folder.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries
        .filter(|path| path.is_file())
        .filter(|path| extension.is_empty() || path.extension().is_some_and(|it| it == extension))
        .collect();
    files.sort();
    files
}

/// The contents of all files of a folder under `fixtures/` with an extension.
///
/// # Panics
/// Where there are none.
#[must_use]
pub fn fixtures(folder: &str, extension: &str) -> Vec<Vec<u8>> {
    let found = files(&root().join("fixtures").join(folder), extension);
    assert!(!found.is_empty(), "no fixtures in {folder}");
    found.iter().map(|path| std::fs::read(path).expect("fixtures can be read")).collect()
}

/// The programs of every `step`th conformance case.
///
/// # Panics
/// Where there are none.
#[must_use]
pub fn conformance(step: usize) -> Vec<Vec<u8>> {
    let mut programs = Vec::new();
    for folder in ["flink-tests", "generated"] {
        for path in files(&root().join("fixtures/conformance").join(folder), "gz") {
            let file = std::fs::File::open(&path).expect("fixtures can be read");
            let mut text = String::new();
            flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("cases are gzipped text");
            programs.extend(text.lines().filter_map(program));
        }
    }
    assert!(!programs.is_empty(), "no conformance cases");
    programs.into_iter().step_by(step).collect()
}

fn program(case: &str) -> Option<Vec<u8>> {
    let case: serde_json::Value = serde_json::from_str(case).expect("cases are JSON");
    case["cep"].as_str().map(|text| text.as_bytes().to_vec())
}

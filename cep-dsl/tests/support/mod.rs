//! What several tests need: trees without places, the texts of the conformance cases.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::Read;
use std::path::{Path, PathBuf};

use cep_dsl::parse::{Parse, parse};
use cep_dsl::source::SourceMap;

/// A folder under `fixtures/`.
pub(crate) fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(folder)
}

/// The files of a folder with an extension, sorted.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|_| panic!("{} is there", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .collect();
    files.sort();
    files
}

/// Parses a text as a file of its own.
pub(crate) fn parse_text(text: &str) -> (SourceMap, Parse) {
    let (sources, id) = SourceMap::of("test.cep", text);
    let parse = parse(&sources, id);
    (sources, parse)
}

/// The tree of a text, printed without places.
pub(crate) fn tree(text: &str) -> String {
    let (_, parse) = parse_text(text);
    let printed = format!("{:?}", parse.file.items);
    let mut result = String::with_capacity(printed.len());
    let mut rest = printed.as_str();
    while let Some(at) = rest.find('@') {
        result.push_str(&rest[..at]);
        rest = rest[at + 1..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    }
    result + rest
}

/// The formatted text, which must be formatted already when formatted again and mean the same.
pub(crate) fn checked_format(text: &str) -> String {
    let once = format(text);
    assert_eq!(tree(text), tree(&once), "formatting changed the meaning of\n{text}\n---\n{once}");
    assert_eq!(once, format(&once), "formatting twice changes\n{text}");
    assert_eq!(
        comments(text),
        comments(&once),
        "formatting lost or changed comments of\n{text}\n---\n{once}"
    );
    once
}

fn format(text: &str) -> String {
    let (sources, id) = SourceMap::of("test.cep", text);
    cep_dsl::fmt::format(&sources, id)
        .unwrap_or_else(|errors| panic!("{}", cep_dsl::diagnostic::render(&sources, &errors)))
}

fn comments(text: &str) -> Vec<String> {
    let (sources, parse) = parse_text(text);
    let mut comments: Vec<_> = parse
        .file
        .comments
        .iter()
        .map(|it| sources.slice(it.span).trim_matches('/').trim_end().to_owned())
        .collect();
    comments.sort();
    comments
}

/// A conformance case.
pub(crate) struct Case {
    /// Its name.
    pub(crate) name: String,
    /// Its pattern as a `.cep` file.
    pub(crate) cep: String,
    /// The kind of the expected error, if one is expected.
    pub(crate) error: Option<String>,
}

/// All conformance cases that have a `.cep` text.
pub(crate) fn conformance_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for folder in ["conformance/flink-tests", "conformance/generated"] {
        for path in files(&fixtures(folder), "gz") {
            let mut text = String::new();
            let file = std::fs::File::open(&path).unwrap();
            flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
            cases.extend(text.lines().filter_map(case));
        }
    }
    cases
}

fn case(line: &str) -> Option<Case> {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    Some(Case {
        name: text(&value["name"]).unwrap(),
        cep: text(&value["cep"])?,
        error: text(&value["expected"]["error"]["kind"]),
    })
}

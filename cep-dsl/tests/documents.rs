//! The documents keep to the language: their examples check, are in canonical form and run, and their tables name what
//! there is.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use cep_core::expr::{Aggregate, Function};
use cep_core::pattern::Definitions;
use cep_core::program::{ParamValues, Program};
use cep_dsl::diagnostic::Code;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// `README.md` and all of `docs/`.
fn documents() -> Vec<PathBuf> {
    let folder = std::fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<_> = folder.filter(|path| path.extension().is_some_and(|it| it == "md")).collect();
    documents.sort();
    documents.extend(Some(root().join("README.md")).filter(|path| path.exists()));
    documents
}

fn language() -> String {
    std::fs::read_to_string(root().join("docs/language.md")).unwrap()
}

/// The blocks marked as whole `.cep` files, each with the line it starts at.
fn blocks(document: &str) -> Vec<(usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in document.lines().enumerate() {
        match &mut open {
            None if line == "```cep" => open = Some((number + 2, String::new())),
            None => {}
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some((_, text)) => *text += &format!("{line}\n"),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// The program of these definitions, params without a default set to some value.
fn compiles(definitions: &Definitions) {
    let without = definitions.params.iter().filter(|param| param.default.is_none());
    let params: ParamValues = without.map(|param| (param.name.clone(), "any".into())).collect();
    if let Err(errors) = Program::compile(definitions.clone(), &params) {
        panic!("{errors:?}");
    }
}

#[test]
fn every_example_checks_without_a_word_and_is_in_canonical_form() {
    let mut count = 0;
    for path in documents() {
        for (line, text) in blocks(&std::fs::read_to_string(&path).unwrap()) {
            let place = format!("{}:{line}", path.display());
            let compiled = cep_dsl::check(&place, &text);
            let rendered = cep_dsl::diagnostic::render(&compiled.sources, &compiled.diagnostics);
            assert!(compiled.diagnostics.is_empty(), "{place}\n{rendered}");
            compiles(&compiled.definitions.unwrap());
            assert_eq!(cep_dsl::format(&place, &text).unwrap(), text, "{place} is not in canonical form");
            count += 1;
        }
    }
    assert!(count > 5, "only {count} examples");
}

/// The rows of the first table after a heading, as cells.
fn table(document: &str, heading: &str) -> Vec<Vec<String>> {
    let start = document.lines().position(|line| line == heading);
    let lines = document.lines().skip(start.unwrap_or_else(|| panic!("no `{heading}`")) + 1);
    let rows = lines.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    rows.skip(2).map(cells).collect()
}

/// The names before the parenthesis in the first column: `` `substring(t, start)` `substring(t, start, n)` ``.
fn called(rows: &[Vec<String>]) -> Vec<String> {
    rows.iter().map(|row| row[0].trim_start_matches('`').split('(').next().unwrap().to_owned()).collect()
}

#[test]
fn the_reference_lists_every_diagnostic_with_its_title() {
    let expected: Vec<_> =
        Code::ALL.iter().map(|code| vec![code.as_str().to_owned(), code.title().to_owned()]).collect();
    assert_eq!(table(&language(), "## Diagnostics"), expected);
}

#[test]
fn the_reference_lists_every_function_and_aggregate() {
    let functions: Vec<_> = Function::all().map(|function| function.name().to_owned()).collect();
    assert_eq!(called(&table(&language(), "## Functions")), functions);
    let aggregates: Vec<_> = Aggregate::ALL.iter().map(|(_, name)| (*name).to_owned()).collect();
    assert_eq!(called(&table(&language(), "## Aggregates")), aggregates);
}

/// The heading as a link names it: small letters, blanks as `-`, nothing else but letters, digits and `-`.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().replace(' ', "-");
    kept.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
}

/// The pages about diagnostics; their examples are checked in `pages`.
fn pages() -> Vec<PathBuf> {
    std::fs::read_dir(root().join("docs/errors")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn links_between_documents_lead_somewhere() {
    for path in documents().into_iter().chain(pages()) {
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(target.exists(), "{}: `{link}`", path.display());
            if heading.is_empty() {
                continue;
            }
            let target = std::fs::read_to_string(target).unwrap();
            let mut headings = target.lines().filter(|line| line.starts_with('#'));
            let found = headings.any(|line| anchor(line.trim_start_matches('#').trim()) == heading);
            assert!(found, "{}: `{link}`", path.display());
        }
    }
}

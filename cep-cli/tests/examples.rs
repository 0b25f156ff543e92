//! Every folder of `examples/`, through the real binary: its pattern files have no mistakes and are in canonical form, its
//! matches are those of `expected.jsonl` (`UPDATE=1` writes it anew), and what its README quotes is true.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

mod command;

use std::fs;
use std::path::Path;

use command::{cep, check_pinned, root};

/// The folders, as paths from the root of the repository.
fn examples() -> Vec<String> {
    let entries = fs::read_dir(root().join("examples")).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<_> =
        folders.map(|entry| format!("examples/{}", entry.file_name().to_str().unwrap())).collect();
    names.sort();
    assert!(!names.is_empty());
    names
}

/// The pattern file that is run bears the folder's name.
fn pattern_file(example: &str) -> String {
    let name = Path::new(example).file_name().unwrap().to_str().unwrap();
    format!("{example}/{name}.cep")
}

/// All pattern files of a folder, with those that others use.
fn pattern_files(example: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(example)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: Vec<_> =
        names.filter(|name| name.ends_with(".cep")).map(|name| format!("{example}/{name}")).collect();
    assert!(files.contains(&pattern_file(example)), "{example} has {files:?}");
    files
}

#[test]
fn pattern_files_have_no_mistakes_and_are_in_canonical_form() {
    for file in examples().iter().flat_map(|example| pattern_files(example)) {
        let checked = cep(&root(), &["check", &file]);
        assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""), "{file}");
        let formatted = cep(&root(), &["fmt", "--check", &file]);
        assert_eq!((formatted.code, formatted.err.as_str()), (Some(0), ""), "{file}");
    }
}

#[test]
fn matches_are_as_pinned() {
    let mut wrong = Vec::new();
    for example in examples() {
        let ran = cep(&root(), &["run", &pattern_file(&example), "-o", "jsonl", "-q"]);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{example}");
        wrong.extend(check_pinned(&root().join(&example).join("expected.jsonl"), &ran.out).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The console blocks of a page: the command, and what it prints.
fn console_blocks(page: &str) -> Vec<(&str, &str)> {
    let blocks = page.split("```console\n$ ").skip(1);
    blocks
        .map(|text| {
            let text = &text[..text.find("```").unwrap()];
            text.split_once('\n').unwrap()
        })
        .collect()
}

/// Runs what a page quotes.
fn check_quotes(name: &str, page: &str) {
    for (line, quoted) in console_blocks(page).into_iter().filter(|(line, _)| line.starts_with("cep ")) {
        let words: Vec<_> = line.split_whitespace().collect();
        let ran = cep(&root(), &words[1..]);
        assert_eq!(ran.code, Some(0), "{name}: {line}\n{}", ran.err);
        match quoted.strip_suffix("…\n") {
            Some(beginning) => {
                assert!(ran.out.starts_with(beginning), "{name}: {line}\n{}", ran.out);
                assert!(ran.out.len() > beginning.len(), "{name}: {line}: nothing was left out");
            }
            None => assert_eq!(ran.out, quoted, "{name}: {line}"),
        }
    }
}

#[test]
fn what_readmes_quote_is_true() {
    for folder in examples() {
        let page = fs::read_to_string(root().join(&folder).join("README.md")).unwrap();
        assert!(
            console_blocks(&page).iter().any(|(line, _)| line.starts_with("cep run")),
            "{folder} quotes no run"
        );
        check_quotes(&folder, &page);
    }
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    check_quotes("README.md", &page);
    let first =
        console_blocks(&page).into_iter().find_map(|(line, _)| line.strip_prefix("cargo run --release -- "));
    let words: Vec<_> = first.expect("the page has a first command").split_whitespace().collect();
    let ran = cep(&root(), &words);
    assert!(ran.code == Some(0) && ran.out.lines().count() > 10, "{}", ran.err);
}

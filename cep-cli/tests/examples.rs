//! Every folder of `examples/`, through the real binary: its pattern file has no mistakes and is in canonical form, its
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

/// The pattern file of a folder bears its name.
fn pattern_file(example: &str) -> String {
    let name = Path::new(example).file_name().unwrap().to_str().unwrap();
    format!("{example}/{name}.cep")
}

#[test]
fn pattern_files_have_no_mistakes_and_are_in_canonical_form() {
    for example in examples() {
        let file = pattern_file(&example);
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

#[test]
fn what_readmes_quote_is_true() {
    for example in examples() {
        let page = fs::read_to_string(root().join(&example).join("README.md")).unwrap();
        let blocks = console_blocks(&page);
        assert!(!blocks.is_empty(), "{example} quotes no run");
        for (line, quoted) in blocks {
            let words: Vec<_> = line.split_whitespace().collect();
            assert_eq!(words.first(), Some(&"cep"), "{example}: {line}");
            let ran = cep(&root(), &words[1..]);
            assert_eq!(ran.code, Some(0), "{example}: {line}\n{}", ran.err);
            match quoted.strip_suffix("…\n") {
                Some(beginning) => {
                    assert!(ran.out.starts_with(beginning), "{example}: {line}\n{}", ran.out);
                    assert!(ran.out.len() > beginning.len(), "{example}: {line}: nothing was left out");
                }
                None => assert_eq!(ran.out, quoted, "{example}: {line}"),
            }
        }
    }
}

//! The pages of `docs/errors/`: one a code, listed in the index; the wrong example gives exactly that code, the mended
//! one nothing at all.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cep_dsl::Compiled;
use cep_dsl::diagnostic::{Code, render};

/// The name that examples are checked under; the page about files that use themselves says it.
const NAME: &str = "page.cep";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/errors")
}

/// The block of code under a heading of a page.
fn block<'p>(page: &'p str, heading: &str) -> &'p str {
    let section = page.split_once(&format!("\n## {heading}\n\n```cep\n"));
    let (_, rest) = section.unwrap_or_else(|| panic!("no block under `{heading}`:\n{page}"));
    rest.split_once("```\n").unwrap().0
}

/// Checks an example, in which `\xNN` stands for that byte where the page is about bytes that are no text.
fn check(code: Code, example: &str) -> Compiled {
    let bytes = match code {
        Code::InvalidUtf8 => {
            let (before, after) = example.split_once("\\xe9").unwrap();
            [before.as_bytes(), &[0xe9], after.as_bytes()].concat()
        }
        _ => example.as_bytes().to_vec(),
    };
    let mut read = |path: &Path| match path == Path::new(NAME) {
        true => Ok(bytes.clone()),
        false => Err(std::io::ErrorKind::NotFound.into()),
    };
    cep_dsl::load(Path::new(NAME), &mut read).unwrap()
}

#[test]
fn every_page_says_what_it_is_about_and_why() {
    for code in Code::ALL {
        let page = code.page();
        let title = format!("# {}: {}\n\n", code.as_str(), code.title());
        assert!(page.starts_with(&title), "{title}{page}");
        let why = page.split_once("\n## Why\n\n").unwrap_or_else(|| panic!("{title} says no reason")).1;
        assert!(why.len() > 60, "{title}{why}");
    }
}

#[test]
fn wrong_examples_give_exactly_the_code_of_their_page() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let compiled = check(*code, block(code.page(), "Wrong"));
        let found: BTreeSet<Code> = compiled.diagnostics.iter().map(|it| it.code).collect();
        if found != BTreeSet::from([*code]) {
            wrong.push(format!("{}:\n{}", code.as_str(), render(&compiled.sources, &compiled.diagnostics)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mended_examples_are_clean_and_in_canonical_form() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        let example = block(code.page(), "Mended");
        let compiled = cep_dsl::check(NAME, example);
        if !compiled.diagnostics.is_empty() {
            wrong.push(format!("{}:\n{}", code.as_str(), render(&compiled.sources, &compiled.diagnostics)));
        } else if cep_dsl::format(NAME, example).unwrap() != example {
            wrong.push(format!("{} is not in canonical form:\n{example}", code.as_str()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_index_lists_every_page_with_its_title_and_there_is_no_other() {
    let index = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let listed: Vec<_> = index.lines().filter(|line| line.starts_with("| [")).collect();
    let row = |code: &Code| format!("| [{0}]({0}.md) | {1} |", code.as_str(), code.title());
    assert_eq!(listed, Code::ALL.iter().map(row).collect::<Vec<_>>());
    let names = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    let mut expected: Vec<_> = Code::ALL.iter().map(|code| format!("{}.md", code.as_str())).collect();
    expected.push("README.md".to_owned());
    expected.sort();
    assert_eq!(names, expected);
}

//! What newcomers write: each `fixtures/newcomers/NAME.cep` holds one habit of another language or one likely slip. One
//! code says what is wrong, and with the edits of its helps made the file is clean. The text is pinned in `NAME.txt`, with
//! the mended file below it; `UPDATE=1` writes them anew.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use cep_dsl::Compiled;
use cep_dsl::diagnostic::{Code, apply_edits, compatible_edits, render};
use support::{files, fixtures};

/// How often helps are followed until a file has to be clean.
const ROUNDS: usize = 5;

fn check(name: &str, text: &str) -> Compiled {
    let mut read = |path: &Path| match path == Path::new(name) {
        true => Ok(text.as_bytes().to_vec()),
        false => std::fs::read(fixtures("newcomers").join(path)),
    };
    cep_dsl::load(Path::new(name), &mut read).unwrap()
}

/// What the pattern of a newcomer may go on to say less surprisingly, once it is read.
const SURPRISES: [Code; 3] = [Code::MatchesMultiply, Code::EndlessPartialMatch, Code::NextAfterGaps];

fn main_codes(compiled: &Compiled) -> BTreeSet<Code> {
    compiled.diagnostics.iter().map(|it| it.code).collect()
}

/// The text with the helps followed that do not get in one another's way.
fn followed(text: &str, compiled: &Compiled) -> String {
    let helps = compiled.diagnostics.iter().filter_map(|diagnostic| diagnostic.help.as_ref());
    apply_edits(text, &compatible_edits(helps.map(|help| help.edits.as_slice())))
}

/// The file after its helps, or what is still wrong.
fn mended(name: &str, text: &str) -> Result<String, String> {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let compiled = check(name, &text);
        if compiled.diagnostics.iter().all(|it| SURPRISES.contains(&it.code)) {
            return Ok(text);
        }
        let after = followed(&text, &compiled);
        if after == text {
            break;
        }
        text = after;
    }
    let compiled = check(name, &text);
    Err(format!("{text}\n{}", render(&compiled.sources, &compiled.diagnostics)))
}

#[test]
fn every_habit_gives_one_code_and_its_helps_mend_it() {
    let update = std::env::var_os("UPDATE").is_some();
    let paths = files(&fixtures("newcomers"), "cep");
    assert!(paths.len() >= 60, "only {} habits", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let compiled = check(name, &text);
        let said = render(&compiled.sources, &compiled.diagnostics);
        if main_codes(&compiled).len() != 1 {
            wrong.push(format!("{name}: more than one code, or none:\n{said}"));
            continue;
        }
        match mended(name, &text) {
            Err(left) => wrong.push(format!("{name} is not mended:\n{said}\n--- after the helps\n{left}")),
            Ok(after) => {
                let found = format!("{said}\n--- mended\n{after}");
                let pinned = path.with_extension("txt");
                if update {
                    std::fs::write(&pinned, &found).unwrap();
                } else if std::fs::read_to_string(&pinned).unwrap_or_default() != found {
                    wrong.push(format!("{name} says now:\n{found}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
}

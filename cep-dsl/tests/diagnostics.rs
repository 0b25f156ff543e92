//! Every diagnostic, pinned: each `fixtures/diagnostics/CODE-slug.cep` has a `.txt` with what is said about it.
//! `UPDATE=1` writes the texts anew.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use cep_dsl::diagnostic::{Code, Diagnostics, apply_edits, render};
use cep_dsl::source::SourceMap;
use support::{files, fixtures, parse_text};

fn diagnose(name: &str) -> (SourceMap, Diagnostics) {
    let mut read = |path: &Path| std::fs::read(fixtures("diagnostics").join(path));
    let compiled = cep_dsl::load(Path::new(name), &mut read).unwrap();
    assert_eq!(compiled.definitions.is_none(), compiled.diagnostics.has_errors(), "{name}");
    (compiled.sources, compiled.diagnostics)
}

#[test]
fn fixtures_say_what_is_pinned() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    for path in files(&fixtures("diagnostics"), "cep") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let (sources, diagnostics) = diagnose(&name);
        let text = render(&sources, &diagnostics);
        let pinned = path.with_extension("txt");
        if update {
            std::fs::write(&pinned, &text).unwrap();
        } else if std::fs::read_to_string(&pinned).unwrap_or_default() != text {
            wrong.push(format!("{name} says now:\n{text}"));
        }
        let code = name.split('-').next().unwrap();
        if !diagnostics.iter().any(|it| it.code.as_str() == code) {
            wrong.push(format!("{name} does not show {code}:\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_fixture() {
    let shown: BTreeSet<String> = files(&fixtures("diagnostics"), "cep")
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().split('-').next().unwrap().to_owned())
        .collect();
    let missing: Vec<_> =
        Code::ALL.iter().map(|code| code.as_str()).filter(|it| !shown.contains(*it)).collect();
    assert!(missing.is_empty(), "no fixture shows {missing:?}");
}

/// A fixture with one syntax error whose help has edits: made, they leave a text that parses.
#[test]
fn edits_of_syntax_errors_make_the_text_parse() {
    let mut wrong = Vec::new();
    for path in files(&fixtures("diagnostics"), "cep") {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let (_, parse) = parse_text(&text);
        let mended =
            parse.diagnostics.iter().filter_map(|it| it.help.as_ref()).fold(Vec::new(), |mut all, help| {
                all.extend(help.edits.clone());
                all
            });
        let all_mend =
            parse.diagnostics.iter().all(|it| it.help.as_ref().is_some_and(|help| !help.edits.is_empty()));
        if !all_mend || mended.is_empty() {
            continue;
        }
        let after = apply_edits(&text, &mended);
        let (sources, parse) = parse_text(&after);
        if !parse.diagnostics.is_empty() {
            wrong.push(format!("{}:\n{after}\n{}", path.display(), render(&sources, &parse.diagnostics)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where all diagnostics of a fixture have edits: made, none of its code is left.
#[test]
fn edits_mend_what_they_are_offered_for() {
    let mut wrong = Vec::new();
    for path in files(&fixtures("diagnostics"), "cep") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let (sources, diagnostics) = diagnose(name);
        let code = name.split('-').next().unwrap();
        let of_code = || diagnostics.iter().filter(|it| it.code.as_str() == code);
        let edits: Vec<_> =
            of_code().filter_map(|it| it.help.as_ref()).flat_map(|help| help.edits.clone()).collect();
        let all = of_code().all(|it| it.help.as_ref().is_some_and(|help| !help.edits.is_empty()));
        if !all || diagnostics.iter().any(|it| it.code.as_str() != code) {
            continue;
        }
        let text = sources.files().next().unwrap().text();
        let after = apply_edits(text, &edits);
        let mended = cep_dsl::check(name, &after);
        if mended.diagnostics.iter().any(|it| it.code.as_str() == code) || mended.diagnostics.has_errors() {
            wrong.push(format!("{name}:\n{after}\n{}", render(&mended.sources, &mended.diagnostics)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The form that `docs/diagnostics.md` describes.
#[test]
fn the_json_form_is_as_it_was() {
    let compiled = cep_dsl::check("big.cep", "const big = 5;\nconst big = 6\n");
    let place = |start: u32, end: u32, line: u32, column: u32, end_column: u32| {
        serde_json::json!({
            "file": "big.cep", "start": start, "end": end,
            "line": line, "column": column, "end_line": line, "end_column": end_column,
        })
    };
    let expected = serde_json::json!([{
        "code": "E0129",
        "severity": "error",
        "message": "nothing ends with a semicolon here",
        "primary": {"at": place(13, 14, 1, 14, 15), "text": ""},
        "secondary": [],
        "notes": [],
        "help": {
            "text": "leave it out",
            "certain": true,
            "edits": [{"at": place(13, 14, 1, 14, 15), "text": ""}],
        },
    }, {
        "code": "E0207",
        "severity": "error",
        "message": "`big` is defined twice as a param, const or table",
        "primary": {"at": place(21, 24, 2, 7, 10), "text": "defined again"},
        "secondary": [{"at": place(6, 9, 1, 7, 10), "text": "first defined here"}],
        "notes": [],
        "help": null,
    }]);
    assert_eq!(cep_dsl::diagnostic::to_json(&compiled.sources, &compiled.diagnostics), expected);
}

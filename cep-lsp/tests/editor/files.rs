//! Names across files: where they are defined, used and renamed; and the form of a file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Editor, address, edited};
use crate::place;

const STREAMS: &str = "stream txn { card: string  amount: float  ts: timestamp } key card time ts\n";
const MAIN: &str = "use \"streams.cep\"\n\
                    pattern p on txn by card {\n  begin small where amount < 1\n  next big where amount > small.amount\n}\n";

/// The addresses of both files, in a folder of a test's own.
fn files(test: &str) -> (String, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor").join(test);
    fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name);
    fs::write(path("streams.cep"), STREAMS).unwrap();
    fs::write(path("main.cep"), MAIN).unwrap();
    (address(&path("streams.cep")), address(&path("main.cep")))
}

#[test]
fn a_definition_is_found_in_a_file_that_is_not_open() {
    let (streams, main) = files("definition");
    let mut editor = Editor::start();
    editor.open(&main, MAIN);
    assert_eq!(editor.diagnostics(&main), None, "there is nothing to say");
    let found = editor.at("textDocument/definition", &main, place(MAIN, "amount < 1", 2));
    let (line, character) = place(STREAMS, "amount", 0);
    assert_eq!(found["uri"], streams);
    assert_eq!(found["range"]["start"], json!({ "line": line, "character": character }));
    let found = editor.at("textDocument/definition", &main, place(MAIN, "small.amount", 0));
    assert_eq!(
        (found["uri"].as_str(), found["range"]["start"]["line"].as_u64()),
        (Some(main.as_str()), Some(2))
    );
    let uses = editor.at("textDocument/references", &main, place(MAIN, "amount < 1", 2));
    assert_eq!(uses.as_array().unwrap().len(), 4, "{uses}");
    let here = editor.at("textDocument/documentHighlight", &main, place(MAIN, "amount < 1", 2));
    assert_eq!(here.as_array().unwrap().len(), 3, "{here}");
    editor.end();
}

#[test]
fn the_text_in_the_editor_counts_not_that_on_the_disk() {
    let (streams, main) = files("text");
    let mut editor = Editor::start();
    editor.open(&main, MAIN);
    editor.open(&streams, &STREAMS.replace("amount", "sum"));
    let told = editor.diagnostics(&main).unwrap();
    assert_eq!(told[0]["code"], "E0204", "{told}");
    editor.change(&streams, STREAMS);
    assert_eq!(editor.diagnostics(&main), Some(json!([])));
    editor.end();
}

#[test]
fn a_name_changes_in_all_files() {
    let (streams, main) = files("names");
    let mut editor = Editor::start();
    editor.open(&main, MAIN);
    editor.open(&streams, STREAMS);
    // From the file that defines it, and to a name that needs quotes.
    let (line, character) = place(STREAMS, "amount", 1);
    let mut rename = |name: &str| {
        let position = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": streams }, "position": position, "newName": name });
        editor.response("textDocument/rename", params)
    };
    let answer = serde_json::to_value(rename("sum paid")).unwrap();
    let changes = &answer["result"]["changes"];
    let changed = edited(MAIN, &changes[&main]);
    assert!(changed.contains("where `sum paid` < 1") && changed.contains("small.`sum paid`"), "{changed}");
    let definition = edited(STREAMS, &changes[&streams]);
    assert!(definition.contains("`sum paid`: float"), "{definition}");
    for (name, why) in [
        ("card", "is there already"),
        ("small", "is there already"),
        ("a`b", "is no name"),
        ("", "is no name"),
    ] {
        let answer = serde_json::to_value(rename(name)).unwrap();
        assert!(answer["error"]["message"].as_str().unwrap().contains(why), "{answer}");
    }
    editor.change(&main, &changed);
    editor.change(&streams, &definition);
    assert_eq!(editor.diagnostics(&main), Some(json!([])), "the program is as good as before");
    let range = editor.at("textDocument/prepareRename", &main, place(&changed, "small where", 0));
    assert_eq!(
        range["end"]["character"].as_u64().unwrap() - range["start"]["character"].as_u64().unwrap(),
        5
    );
    let nothing = editor.at("textDocument/prepareRename", &main, place(&changed, "begin", 0));
    assert!(nothing.is_null());
    editor.end();
}

#[test]
fn the_outline_and_the_form_of_a_file() {
    let (_, main) = files("form");
    let mut editor = Editor::start();
    let untidy = MAIN.replace("  begin small", "begin   small");
    editor.open(&main, &untidy);
    let outline = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": main } }));
    let names = |of: &Value| {
        of.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (names(&outline), names(&outline[0]["children"])),
        (vec!["p".to_owned()], vec!["small".to_owned(), "big".to_owned()])
    );
    let options = json!({ "tabSize": 2, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": main }, "options": options });
    let edits = editor.ask("textDocument/formatting", params.clone());
    let tidy = edited(&untidy, &edits);
    assert_eq!(Ok(tidy.clone()), cep_dsl::format("main.cep", &untidy).map_err(|_| ()));
    editor.change(&main, &tidy);
    assert_eq!(editor.ask("textDocument/formatting", params), json!([]));
    editor.end();
}

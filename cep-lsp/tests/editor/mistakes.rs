//! What is wrong is told while it is wrong, and mended by what is offered.

use serde_json::{Value, json};

use crate::TEXT;
use crate::client::{Editor, edited};

const URI: &str = "file:///nowhere/a.cep";

fn whole() -> Value {
    json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } })
}

fn actions(editor: &mut Editor, kind: &str) -> Vec<Value> {
    let params =
        json!({ "textDocument": { "uri": URI }, "range": whole(), "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", params);
    actions.as_array().unwrap().iter().filter(|it| it["kind"] == kind).cloned().collect()
}

#[test]
fn a_mistake_is_told_where_it_is_and_goes_when_it_is_mended() {
    let mut editor = Editor::start();
    // Before the mistake stand two characters of which each counts as two.
    let wrong = TEXT.replace("where amount < 1", "where `amuont` < 1").replace("/// Payments", "/// 𝄞𝄞");
    let wrong = wrong.replace("begin small", "begin /* no */ small").replace("/* no */ ", "");
    editor.open(URI, &wrong);
    let told = editor.diagnostics(URI).unwrap();
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told[0]["code"], "E0204");
    assert_eq!(told[0]["severity"], 1);
    assert_eq!(told[0]["source"], "cep");
    assert!(told[0]["message"].as_str().unwrap().starts_with("`amuont` is not a field of `txn`\n"), "{told}");
    let (line, character) = crate::place(&wrong, "`amuont`", 0);
    assert_eq!(told[0]["range"]["start"], json!({ "line": line, "character": character }));
    assert_eq!(told[0]["range"]["end"], json!({ "line": line, "character": character + 8 }));

    let fixes = actions(&mut editor, "quickfix");
    assert_eq!(fixes.len(), 1);
    assert_eq!(fixes[0]["diagnostics"][0]["code"], "E0204");
    let mended = edited(&wrong, &fixes[0]["edit"]["changes"][URI]);
    editor.change(URI, &mended);
    assert_eq!(editor.diagnostics(URI), Some(json!([])));
    editor.end();
}

#[test]
fn all_that_is_certain_is_mended_at_once() {
    let mut editor = Editor::start();
    let wrong = TEXT.replace("amount < 1", "amount <> 1").replace("amount > most and", "amount > most &&");
    editor.open(URI, &wrong);
    assert_eq!(editor.diagnostics(URI).unwrap().as_array().unwrap().len(), 2);
    let all = actions(&mut editor, "source.fixAll");
    let mended = edited(&wrong, &all[0]["edit"]["changes"][URI]);
    assert!(mended.contains("amount != 1") && mended.contains("amount > most and"), "{mended}");
    editor.change(URI, &mended);
    assert_eq!(editor.diagnostics(URI), Some(json!([])));
    assert_eq!(actions(&mut editor, "source.fixAll"), [Value::Null; 0]);
    editor.end();
}

#[test]
fn what_is_closed_is_not_told_of_any_more() {
    let mut editor = Editor::start();
    editor.open(URI, "pattern");
    assert_ne!(editor.diagnostics(URI), Some(json!([])));
    editor.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    assert_eq!(editor.diagnostics(URI), Some(json!([])));
    editor.end();
}

#[test]
fn columns_are_bytes_where_the_editor_can() {
    let mut editor = Editor::with(&json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } }));
    editor.open(URI, "const ä = 𝄞");
    let told = editor.diagnostics(URI).unwrap();
    let starts: Vec<_> =
        told.as_array().unwrap().iter().map(|it| it["range"]["start"]["character"].clone()).collect();
    assert!(starts.contains(&json!(6)) || starts.contains(&json!(11)), "{told}");
    editor.end();
}

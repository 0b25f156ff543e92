//! Files that are being written, cut off anywhere: whatever is asked, there is an answer.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::Editor;

const URI: &str = "file:///nowhere/a.cep";

fn examples() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut texts = vec![crate::TEXT.replace("Payments", "Zahlungen für 𝄞")];
    for entry in fs::read_dir(folder).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(files) = fs::read_dir(&folder) else { continue };
        let files = files.map(|file| file.unwrap().path());
        let patterns = files.filter(|path| path.extension().is_some_and(|it| it == "cep"));
        texts.extend(patterns.map(|path| fs::read_to_string(path).unwrap()));
    }
    assert!(texts.len() > 3, "the examples are elsewhere");
    texts
}

#[test]
fn a_file_cut_off_anywhere_is_answered() {
    let mut editor = Editor::start();
    for text in examples() {
        // Every place of a text takes a while; primes meet all kinds of places.
        let cuts = (0..=text.len()).filter(|at| text.is_char_boundary(*at) && at % 7 == 0);
        for cut in cuts {
            let part = &text[..cut];
            editor.open(URI, part);
            let line = part.matches('\n').count();
            let column = part.rsplit('\n').next().unwrap().encode_utf16().count();
            let at = (u32::try_from(line).unwrap(), u32::try_from(column).unwrap());
            for method in ["hover", "completion", "definition", "references", "documentHighlight"] {
                editor.at(&format!("textDocument/{method}"), URI, at);
            }
            editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": URI } }));
        }
    }
    editor.end();
}

#[test]
fn what_is_not_understood_is_an_error_and_not_the_end() {
    let mut editor = Editor::start();
    let error = |editor: &mut Editor, method: &str, params: Value| {
        let answer = serde_json::to_value(editor.response(method, params)).unwrap();
        answer["error"]["code"].as_i64().unwrap()
    };
    assert_eq!(error(&mut editor, "textDocument/inventedYesterday", json!({})), -32601);
    assert_eq!(error(&mut editor, "textDocument/hover", json!({ "position": 7 })), -32602);
    let nowhere = json!({ "textDocument": { "uri": URI }, "position": { "line": 0, "character": 0 } });
    assert_eq!(error(&mut editor, "textDocument/hover", nowhere), -32803);
    editor.end();
}

//! What is told of what the pointer rests on.

use crate::client::Editor;
use crate::{TEXT, place};

const URI: &str = "file:///nowhere/a.cep";

#[test]
fn each_thing_is_told_of() {
    let mut editor = Editor::start();
    editor.open(URI, TEXT);
    let mut told = |piece: &str, skip: usize| {
        let hover = editor.at("textDocument/hover", URI, place(TEXT, piece, skip));
        hover["contents"]["value"].as_str().unwrap_or_default().to_owned()
    };
    let expected = [
        ("on txn", 3, "stream txn", "Payments of all cards."),
        ("emptied on", 2, "pattern emptied", "the prose of emptied"),
        ("large where", 0, "stage large of emptied: an event of txn", ""),
        ("amount <", 0, "amount: float", "a field of `txn`"),
        ("> most", 3, "param most: float = 500.0", ""),
        ("followed by any", 0, "followed by any b", "each later event that fits, for a match of its own"),
        ("followed by any", 13, "followed by any b", "`followedByAny`"),
        ("begin small", 1, "begin a", "`Pattern.begin`"),
        ("times 2", 1, "times 3", "exactly so often"),
        ("within", 3, "within 10m", "the window"),
        ("time ts", 1, "time at", "the field with the event's time"),
        ("key card time", 1, "key user", "how the source is partitioned"),
    ];
    for (piece, skip, says, and) in expected {
        let told = told(piece, skip);
        assert!(told.contains(says) && told.contains(and), "{piece}: {told}");
    }
    assert_eq!(told("< 1", 0), "", "nothing is to be said of a comparison");
    editor.end();
}

#[test]
fn functions_are_told_of_and_comments_not() {
    let text = "stream s { x: float  ts: timestamp } time ts // within\n\
                stream t = s where abs(x) > 1";
    let mut editor = Editor::start();
    editor.open(URI, text);
    let told = editor.at("textDocument/hover", URI, place(text, "abs", 1));
    assert!(told["contents"]["value"].as_str().unwrap().contains("without its sign"), "{told}");
    let told = editor.at("textDocument/hover", URI, place(text, "within", 1));
    assert!(told.is_null(), "{told}");
    editor.end();
}

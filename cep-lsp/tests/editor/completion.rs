//! What is offered where.

use crate::TEXT;
use crate::client::Editor;

const URI: &str = "file:///nowhere/a.cep";

/// What is offered at the bar of a text that stands in the place of the pattern's body, or behind everything.
fn offered(editor: &mut Editor, text: &str) -> Vec<String> {
    let at = crate::place(text, "|", 0);
    editor.open(URI, &text.replace('|', ""));
    let items = editor.at("textDocument/completion", URI, at);
    items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
}

fn in_pattern(editor: &mut Editor, body: &str) -> Vec<String> {
    let declarations = &TEXT[..TEXT.find("///  A card").unwrap_or_else(|| TEXT.find("/// A card").unwrap())];
    offered(editor, &format!("{declarations}pattern p on txn by card {{\n  {body}\n}}\n"))
}

#[test]
fn what_may_follow_is_offered_in_a_pattern() {
    let mut editor = Editor::start();
    // Where, something that is offered, and something that is not.
    let places = [
        ("|", "begin", "next"),
        ("begin small |", "followed by any", "txn"),
        ("begin small |", "where", "begin"),
        ("begin small |", "one or more", "card"),
        ("begin small fo|", "followed by", "amount"),
        ("begin small where |", "amount", "followed by"),
        ("begin small where am|", "amount", "followed by"),
        ("begin small where |", "most", "txn"),
        ("begin small where |", "sqrt", "within"),
        ("begin small where amount > 1 |", "and", "optional"),
        ("begin small where amount > 1 |", "followed by", "amount"),
        ("begin small followed |", "by any", "where"),
        ("begin small followed by |", "any", "where"),
        ("begin small: |", "txn", "amount"),
        ("begin small followed by large where small.|", "amount", "most"),
        ("begin small one or more followed by large where small.last.|", "card", "most"),
        ("begin small one or more followed by large where small[0].|", "card", "most"),
        ("begin small within 5m after |", "match skip to next", "small"),
        ("begin small within 5m after match skip to first |", "small", "within"),
        ("begin small within 5m emit found { card: small.|", "card", "most"),
        ("begin small within 5m emit found { card: |", "small", "within"),
        ("begin small within 5m emit found { limit: cards[small.card].|", "limit", "amount"),
    ];
    for (body, there, not) in places {
        let offered = in_pattern(&mut editor, body);
        assert!(offered.iter().any(|it| it == there), "{body}: no {there} in {offered:?}");
        assert!(offered.iter().all(|it| it != not), "{body}: {not} in {offered:?}");
    }
    editor.end();
}

#[test]
fn what_may_follow_is_offered_outside_patterns() {
    let mut editor = Editor::start();
    let places = [
        ("|", "pattern", "begin"),
        ("str|", "stream", "key"),
        ("stream s { k: |", "string", "key"),
        ("stream s { k: string  ts: timestamp } |", "key", "begin"),
        ("stream s { k: string  ts: timestamp } key |", "k", "stream"),
        ("stream s { k: string  ts: timestamp } key k time |", "ts", "stream"),
        ("stream s { k: string }\npattern p on |", "s", "k"),
        ("stream s { k: string }\npattern p on s by |", "k", "s"),
        ("stream s { k: string }\npattern p on s by k { begin a }\n|", "pattern", "begin"),
    ];
    for (text, there, not) in places {
        let offered = offered(&mut editor, text);
        assert!(offered.iter().any(|it| it == there), "{text}: no {there} in {offered:?}");
        assert!(offered.iter().all(|it| it != not), "{text}: {not} in {offered:?}");
    }
    for text in ["// |", "stream s from \"|", "pattern |"] {
        assert_eq!(offered(&mut editor, text), [""; 0], "{text}");
    }
    editor.end();
}

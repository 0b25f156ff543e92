//! The language on any text: lexer, parser and checker never panic; what parses is formatted, once and for all, and
//! means the same.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use cep_dsl::diagnostic::{Code, render, to_json};
use cep_dsl::parse::{add_bytes, parse};
use cep_dsl::source::SourceMap;
use cep_fuzz::{Target, conformance, fixtures, run};

fn check(bytes: &[u8]) {
    let mut sources = SourceMap::new();
    let id = match add_bytes(&mut sources, "input.cep", bytes) {
        Ok(id) => id,
        Err(diagnostics) => return assert!(render(&sources, &diagnostics).contains("E0101")),
    };
    let text = sources.file(id).text().to_owned();
    let parsed = parse(&sources, id);
    let _ = (render(&sources, &parsed.diagnostics), to_json(&sources, &parsed.diagnostics));
    for diagnostic in &parsed.diagnostics {
        let range = diagnostic.primary.span.range();
        assert!(text.get(range.clone()).is_some(), "{range:?} is no part of the text");
        assert!(Code::by_str(diagnostic.code.as_str()).is_some());
    }
    if parsed.diagnostics.has_errors() {
        return assert!(cep_dsl::format("input.cep", &text).is_err());
    }
    let once = formatted(&text);
    assert_eq!(formatted(&once), once, "formatting twice changes");
    assert_eq!(tree(&once), tree(&text), "formatting changes the meaning");
}

fn formatted(text: &str) -> String {
    cep_dsl::format("input.cep", text).unwrap_or_else(|(sources, diagnostics)| {
        panic!("formatting broke it\n{}\n{text}", render(&sources, &diagnostics))
    })
}

/// The tree, printed without places: these print as `@from..to`.
fn tree(text: &str) -> String {
    let (sources, id) = SourceMap::of("input.cep", text);
    let printed = format!("{:?}", parse(&sources, id).file.items);
    let mut parts = printed.split('@');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'));
    rest.fold(first, |tree, part| tree + part)
}

#[test]
fn any_text_is_parsed_and_what_parses_is_formatted() {
    let mut corpus = fixtures("language", "cep");
    corpus.extend(fixtures("diagnostics", "cep"));
    corpus.extend(fixtures("newcomers", "cep"));
    corpus.extend(conformance(60));
    run(Target { name: "text", corpus, words: &support::WORDS, cases: 4_000, check });
}

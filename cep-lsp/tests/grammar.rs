//! The grammar that editors highlight with, against what the parser finds in real files.
#![allow(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cep_dsl::source::Span;
use cep_dsl::syntax::{Body, File, ItemKind, Sequence};
use regex::{Regex, RegexBuilder};
use serde_json::Value;

const GRAMMAR: &str = include_str!("../../editors/vscode/syntaxes/cep.tmLanguage.json");

/// The grammar's rules of one line in their order: an expression, and the scope of what it finds.
fn rules() -> Vec<(Regex, String)> {
    let grammar: Value = serde_json::from_str(GRAMMAR).unwrap();
    let mut rules = Vec::new();
    for include in grammar["patterns"].as_array().unwrap() {
        let name = include["include"].as_str().unwrap().strip_prefix('#').unwrap();
        collect(&grammar["repository"][name], &mut rules);
    }
    rules
}

fn collect(rule: &Value, rules: &mut Vec<(Regex, String)>) {
    assert!(rule.is_object(), "a rule that is included is not there");
    for inner in rule["patterns"].as_array().into_iter().flatten().filter(|_| rule["begin"].is_null()) {
        collect(inner, rules);
    }
    let scope = |rule: &Value| {
        let named = rule["name"].as_str().or_else(|| rule["captures"]["1"]["name"].as_str());
        named.unwrap().to_owned()
    };
    if let Some(matches) = rule["match"].as_str() {
        // A line has its end, before which `$` matches in editors.
        let rule_of_line = RegexBuilder::new(matches).multi_line(true).build().unwrap();
        rules.push((rule_of_line, scope(rule)));
    } else if let Some(begin) = rule["begin"].as_str() {
        // Of a string the whole, as editors do.
        assert_eq!(begin, "\"");
        rules.push((Regex::new(r#""(\\.|[^"\\\n])*"?"#).unwrap(), scope(rule)));
    }
}

/// The scope of each byte of a line: the first rule that finds something earliest wins, as in editors.
fn scopes(rules: &[(Regex, String)], text: &str) -> BTreeMap<usize, String> {
    let mut scopes = BTreeMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut at = 0;
        loop {
            let found = rules.iter().filter_map(|(rule, scope)| Some((rule.find_at(line, at)?, scope)));
            let Some((found, scope)) = found.min_by_key(|(found, _)| found.start()) else { break };
            scopes.extend(found.range().map(|byte| (start + byte, scope.clone())));
            at = found.end().max(at + 1);
            if at >= line.len() {
                break;
            }
        }
        start += line.len();
    }
    scopes
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|it| it == "cep") {
            found.push(path);
        }
    }
    found
}

fn connectors(sequence: &Sequence, found: &mut Vec<Span>) {
    for step in &sequence.steps {
        found.push(step.connector.span);
        if let Body::Group { sequence, .. } = &step.target.body {
            connectors(sequence, found);
        }
    }
}

/// The first byte of each keyword that the parser found, with the beginning of the scope that it should have.
fn expected(file: &File) -> Vec<(usize, &'static str)> {
    let mut places = Vec::new();
    let mut say = |span: Span, scope| places.push((span.range().start, scope));
    file.comments.iter().for_each(|comment| say(comment.span, "comment"));
    for item in &file.items {
        let ItemKind::Pattern(pattern) = &item.kind else { continue };
        let mut spans = Vec::new();
        connectors(&pattern.sequence, &mut spans);
        spans.iter().for_each(|span| say(*span, "keyword.control"));
        let clauses = &pattern.clauses;
        clauses.within.iter().for_each(|it| say(it.span, "keyword.control.clause"));
        clauses.skip.iter().for_each(|it| say(it.span, "keyword.control.clause"));
        clauses.limit.iter().for_each(|it| say(it.span, "keyword.control.clause"));
        clauses
            .emits
            .iter()
            .chain(&clauses.timeout_emits)
            .for_each(|it| say(it.span, "keyword.control.clause"));
        for step in &pattern.sequence.steps {
            let modifiers = &step.target.modifiers;
            modifiers.repeat.iter().for_each(|it| say(it.span, "keyword.control.quantifier"));
            modifiers.optional.iter().for_each(|it| say(*it, "keyword.control.quantifier"));
            modifiers.greedy.iter().for_each(|it| say(*it, "keyword.control.quantifier"));
            modifiers.inner.iter().for_each(|it| say(it.span, "keyword.control.quantifier"));
        }
    }
    places
}

#[test]
fn keywords_of_real_files_are_highlighted() {
    let rules = rules();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut seen = 0;
    for path in files(&root.join("examples")) {
        let text = fs::read_to_string(&path).unwrap();
        let compiled = cep_dsl::check("a.cep", &text);
        let scopes = scopes(&rules, &text);
        for (at, scope) in compiled.files.iter().flat_map(expected) {
            let found = scopes.get(&at).map_or("", String::as_str);
            let line = text[at..].lines().next().unwrap();
            assert!(found.starts_with(scope), "{}: `{line}` is {found}, not {scope}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} keywords were seen");
}

#[test]
fn what_the_extension_names_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors/vscode");
    let package: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("package.json")).unwrap()).unwrap();
    let names = [
        &package["contributes"]["languages"][0]["configuration"],
        &package["contributes"]["grammars"][0]["path"],
    ];
    for name in names {
        let text = fs::read_to_string(folder.join(name.as_str().unwrap())).unwrap();
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{name}");
    }
}

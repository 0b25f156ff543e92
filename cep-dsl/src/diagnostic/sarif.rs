//! Diagnostics as SARIF 2.1.0, the format that code scanners and hosts of repositories exchange.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Code, Diagnostic, Diagnostics, Edit, Help, Label, Severity};
use crate::source::{SourceMap, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One log with one run: everything there is to say about these programs. A page that has no address is named, and in the
/// rule's help.
#[must_use]
pub fn to_sarif<'a>(
    version: &str,
    page: &dyn Fn(Code) -> Option<String>,
    programs: impl IntoIterator<Item = (&'a SourceMap, &'a Diagnostics)>,
) -> Value {
    let mut codes = BTreeSet::new();
    let mut results = Vec::new();
    for (sources, diagnostics) in programs {
        codes.extend(diagnostics.iter().map(|diagnostic| diagnostic.code));
        results.extend(diagnostics.iter().map(|diagnostic| result(sources, diagnostic)));
    }
    let rules: Vec<_> = codes.iter().map(|code| rule(*code, page(*code))).collect();
    let driver = json!({"name": "cep", "version": version, "rules": rules});
    let run = json!({"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results});
    json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})
}

fn rule(code: Code, page: Option<String>) -> Value {
    let page = page.unwrap_or_else(|| format!("urn:cep:{}", code.as_str()));
    json!({
        "id": code.as_str(),
        "shortDescription": {"text": code.title()},
        "helpUri": page,
        "help": {"text": format!("cep explain {}", code.as_str()), "markdown": code.page()},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(sources: &SourceMap, diagnostic: &Diagnostic) -> Value {
    let notes = diagnostic.notes.iter().map(|note| format!("\n{note}")).collect::<String>();
    let related: Vec<_> = diagnostic.secondary.iter().map(|label| location(sources, label)).collect();
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "level": level(diagnostic.severity()),
        "message": {"text": format!("{}{notes}", diagnostic.message)},
        "locations": [location(sources, &diagnostic.primary)],
    });
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    if let Some(help) = diagnostic.help.as_ref().filter(|help| !help.edits.is_empty()) {
        result["fixes"] = json!([fix(sources, help)]);
    }
    result
}

fn location(sources: &SourceMap, label: &Label) -> Value {
    let artifact = json!({"uri": uri(sources.file(label.span.source).name())});
    let mut location =
        json!({"physicalLocation": {"artifactLocation": artifact, "region": region(sources, label.span)}});
    if !label.text.is_empty() {
        location["message"] = json!({"text": label.text});
    }
    location
}

fn region(sources: &SourceMap, span: Span) -> Value {
    let file = sources.file(span.source);
    let (line, column) = file.line_column(span.start);
    let (end_line, end_column) = file.line_column(span.end);
    json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column})
}

/// The edits of a help, all in the file of the first.
fn fix(sources: &SourceMap, help: &Help) -> Value {
    let file = help.edits[0].span.source;
    let replacement = |edit: &Edit| json!({"deletedRegion": region(sources, edit.span), "insertedContent": {"text": edit.text}});
    let replacements: Vec<_> =
        help.edits.iter().filter(|edit| edit.span.source == file).map(replacement).collect();
    let artifact = json!({"uri": uri(sources.file(file).name())});
    json!({
        "description": {"text": help.text},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    })
}

/// A path as a relative or absolute URI.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            other => uri += &format!("%{other:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a b/c\u{e9}.cep"), "a%20b/c%C3%A9.cep");
    }
}

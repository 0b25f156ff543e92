//! Diagnostics as JSON, for editors and other programs: one object a diagnostic, positions in bytes and in lines.

use serde_json::{Value, json};

use super::{Certainty, Diagnostic, Diagnostics, Label, Severity};
use crate::source::{SourceMap, Span};

/// All diagnostics as an array.
#[must_use]
pub fn to_json(sources: &SourceMap, diagnostics: &Diagnostics) -> Value {
    diagnostics.iter().map(|diagnostic| one(sources, diagnostic)).collect()
}

fn one(sources: &SourceMap, diagnostic: &Diagnostic) -> Value {
    let severity = match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let help = diagnostic.help.as_ref().map(|help| {
        let edits = help.edits.iter().map(|edit| json!({"at": place(sources, edit.span), "text": edit.text}));
        let certain = help.certainty == Certainty::Certain && !help.edits.is_empty();
        json!({"text": help.text, "certain": certain, "edits": edits.collect::<Value>()})
    });
    json!({
        "code": diagnostic.code.as_str(),
        "severity": severity,
        "message": diagnostic.message,
        "primary": label(sources, &diagnostic.primary),
        "secondary": diagnostic.secondary.iter().map(|it| label(sources, it)).collect::<Value>(),
        "notes": diagnostic.notes,
        "help": help,
    })
}

fn label(sources: &SourceMap, label: &Label) -> Value {
    json!({"at": place(sources, label.span), "text": label.text})
}

fn place(sources: &SourceMap, span: Span) -> Value {
    let file = sources.file(span.source);
    let (line, column) = file.line_column(span.start);
    let (end_line, end_column) = file.line_column(span.end);
    json!({
        "file": file.name(), "start": span.start, "end": span.end,
        "line": line, "column": column, "end_line": end_line, "end_column": end_column,
    })
}

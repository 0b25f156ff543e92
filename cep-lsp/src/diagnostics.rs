//! What there is to say about files, as editors show it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cep_dsl::diagnostic::{Diagnostic, Severity};
use lsp_types::{DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Uri};

use crate::documents::{Analysis, Documents};
use crate::position::Encoding;

/// By address, all that is to be said; files of which there is nothing to say are there too.
pub(crate) type Told = BTreeMap<String, (Uri, Vec<lsp_types::Diagnostic>)>;

/// Everything there is to say about open files and those they use.
pub(crate) fn all(documents: &Documents, encoding: Encoding) -> Told {
    let mut told = Told::new();
    for path in documents.paths() {
        let Ok(analysis) = documents.analyse(path) else { continue };
        for (id, file) in analysis.files() {
            let Some(uri) = documents.uri(&PathBuf::from(file.name())) else { continue };
            let (_, here) = told.entry(uri.as_str().to_owned()).or_insert_with(|| (uri, Vec::new()));
            for diagnostic in analysis.compiled.diagnostics.iter().filter(|it| it.primary.span.source == id) {
                let diagnostic = one(documents, &analysis, diagnostic, encoding);
                // A file that several use is checked with each of them.
                if !here.contains(&diagnostic) {
                    here.push(diagnostic);
                }
            }
        }
    }
    told
}

/// One diagnostic.
pub(crate) fn one(
    documents: &Documents,
    analysis: &Analysis,
    diagnostic: &Diagnostic,
    encoding: Encoding,
) -> lsp_types::Diagnostic {
    let file = analysis.compiled.sources.file(diagnostic.primary.span.source);
    let severity = match diagnostic.severity() {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
    };
    let related = diagnostic.secondary.iter().filter_map(|label| {
        let file = analysis.compiled.sources.file(label.span.source);
        let uri = documents.uri(&PathBuf::from(file.name()))?;
        let location = Location { uri, range: encoding.range(file, label.span) };
        Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
    });
    lsp_types::Diagnostic {
        range: encoding.range(file, diagnostic.primary.span),
        severity: Some(severity),
        code: Some(NumberOrString::String(diagnostic.code.as_str().to_owned())),
        code_description: None,
        source: Some("cep".to_owned()),
        message: message(diagnostic),
        related_information: Some(related.collect()),
        tags: None,
        data: None,
    }
}

/// Editors show a text only, so it says why and what to do as well.
fn message(diagnostic: &Diagnostic) -> String {
    let mut lines = vec![diagnostic.message.clone()];
    if !diagnostic.primary.text.is_empty() {
        lines.push(diagnostic.primary.text.clone());
    }
    lines.extend(diagnostic.notes.iter().map(|note| format!("note: {note}")));
    lines.extend(
        diagnostic
            .help
            .iter()
            .filter(|help| !help.text.is_empty())
            .map(|help| format!("help: {}", help.text)),
    );
    lines.join("\n")
}

//! What mends a mistake: the edits of a diagnostic's help, and all that are certain at once.

use std::collections::HashMap;
use std::path::PathBuf;

use cep_dsl::diagnostic::{Certainty, Diagnostic, Edit, compatible_edits};
use lsp_types::{CodeAction, CodeActionKind, CodeActionOrCommand, Range, TextEdit, Uri, WorkspaceEdit};

use crate::diagnostics;
use crate::documents::{Analysis, Documents};
use crate::position::Encoding;

/// The actions for a range of a file.
pub(crate) fn of(
    documents: &Documents,
    analysis: &Analysis,
    range: Range,
    encoding: Encoding,
) -> Vec<CodeActionOrCommand> {
    let here = analysis.compiled.diagnostics.iter().filter(|it| it.primary.span.source == analysis.main);
    let file = analysis.file();
    let touched = here.clone().filter(|it| touches(encoding.range(file, it.primary.span), range));
    let mut actions: Vec<_> =
        touched.filter_map(|diagnostic| quick_fix(documents, analysis, diagnostic, encoding)).collect();
    let edits = compatible_edits(here.map(Diagnostic::certain_edits));
    if !edits.is_empty() {
        actions.push(CodeAction {
            title: "mend all that is certain".to_owned(),
            kind: Some(CodeActionKind::SOURCE_FIX_ALL),
            edit: Some(change(documents, analysis, &edits, encoding)),
            ..CodeAction::default()
        });
    }
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

fn touches(one: Range, two: Range) -> bool {
    one.start <= two.end && two.start <= one.end
}

fn quick_fix(
    documents: &Documents,
    analysis: &Analysis,
    diagnostic: &Diagnostic,
    encoding: Encoding,
) -> Option<CodeAction> {
    let help = diagnostic.help.as_ref().filter(|help| !help.edits.is_empty())?;
    let title = if help.text.is_empty() { diagnostic.message.clone() } else { help.text.clone() };
    Some(CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![diagnostics::one(documents, analysis, diagnostic, encoding)]),
        edit: Some(change(documents, analysis, &help.edits, encoding)),
        is_preferred: Some(help.certainty == Certainty::Certain),
        ..CodeAction::default()
    })
}

fn change(documents: &Documents, analysis: &Analysis, edits: &[Edit], encoding: Encoding) -> WorkspaceEdit {
    #[expect(clippy::mutable_key_type, reason = "the protocol's type has addresses as keys")]
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for edit in edits {
        let file = analysis.compiled.sources.file(edit.span.source);
        if let Some(uri) = documents.uri(&PathBuf::from(file.name())) {
            let edit = TextEdit { range: encoding.range(file, edit.span), new_text: edit.text.clone() };
            changes.entry(uri).or_default().push(edit);
        }
    }
    WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
}

//! Where names are defined and used, their renaming, and the outline of a file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use cep_dsl::source::{SourceId, Span};
use cep_dsl::symbols::{Symbol, SymbolId, SymbolKind};
use lsp_types::{DocumentSymbol, Location, TextEdit, Uri, WorkspaceEdit};

use crate::documents::{Analysis, Documents};
use crate::position::Encoding;

/// What is named at a place, and where the name stands.
pub(crate) fn at(analysis: &Analysis, offset: usize) -> Option<(Span, &Symbol)> {
    analysis.symbols.at(analysis.main, offset)
}

/// A place in whatever file it lies.
pub(crate) fn location(
    documents: &Documents,
    analysis: &Analysis,
    span: Span,
    encoding: Encoding,
) -> Option<Location> {
    let file = analysis.compiled.sources.file(span.source);
    let uri = documents.uri(&PathBuf::from(file.name()))?;
    Some(Location { uri, range: encoding.range(file, span) })
}

/// The uses of what is named at a byte of a file, in all open files that know it.
///
/// What another file uses of this one is found where that other one is open.
pub(crate) fn uses(
    documents: &Documents,
    path: &Path,
    offset: usize,
    encoding: Encoding,
) -> Vec<(Location, bool)> {
    let mut found: Vec<(Location, bool)> = Vec::new();
    for analysis in documents.with(path) {
        let Some(id) = analysis.id_of(path) else { continue };
        let Some((_, symbol)) = analysis.symbols.at(id, offset) else { continue };
        for span in analysis.symbols.uses(symbol.id) {
            let Some(location) = location(documents, &analysis, span, encoding) else { continue };
            if found.iter().all(|(known, _)| *known != location) {
                found.push((location, span == symbol.span));
            }
        }
    }
    found
}

/// Why something cannot be renamed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Refused(pub(crate) String);

/// Another name for what is named at a byte of a file.
pub(crate) fn rename(
    documents: &Documents,
    path: &Path,
    offset: usize,
    name: &str,
    encoding: Encoding,
) -> Result<WorkspaceEdit, Refused> {
    let bare = name.trim_matches('`');
    if bare.is_empty() || bare.contains(['`', '\n', '\r']) {
        return Err(Refused(format!("`{name}` is no name")));
    }
    for analysis in documents.with(path) {
        let symbol = analysis.id_of(path).and_then(|id| analysis.symbols.at(id, offset));
        if let Some((_, symbol)) = symbol {
            is_free(&analysis, symbol, bare)?;
        }
    }
    let uses = uses(documents, path, offset, encoding);
    if uses.is_empty() {
        return Err(Refused("nothing is named here".to_owned()));
    }
    let text = written(bare);
    #[expect(clippy::mutable_key_type, reason = "the protocol's type has addresses as keys")]
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (location, _) in uses {
        let edit = TextEdit { range: location.range, new_text: text.clone() };
        changes.entry(location.uri).or_default().push(edit);
    }
    Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// A name in back quotes where it needs them.
pub(crate) fn written(name: &str) -> String {
    let mut characters = name.chars();
    let begins = characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    let is_word = begins && characters.all(|it| it.is_ascii_alphanumeric() || it == '_');
    if is_word { name.to_owned() } else { format!("`{name}`") }
}

/// Whether a name means nothing else where a symbol is named.
fn is_free(analysis: &Analysis, symbol: &Symbol, name: &str) -> Result<(), Refused> {
    let symbols = &analysis.symbols;
    let meets = |other: &&Symbol| {
        let are_together = match (other.kind, symbol.kind) {
            (SymbolKind::Field | SymbolKind::Stage, SymbolKind::Field | SymbolKind::Stage) => {
                other.within == symbol.within || other.kind != symbol.kind && belong(analysis, other, symbol)
            }
            (SymbolKind::Field | SymbolKind::Stage, _) | (_, SymbolKind::Field | SymbolKind::Stage) => false,
            (one, two) => {
                is_value(one) == is_value(two) && (one == SymbolKind::Pattern) == (two == SymbolKind::Pattern)
            }
        };
        other.id != symbol.id && other.name == name && are_together
    };
    match symbols.all().find(meets) {
        None => Ok(()),
        Some(other) => Err(Refused(format!("`{name}` is there already: {}", other.says))),
    }
}

fn is_value(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Table | SymbolKind::Param | SymbolKind::Const)
}

/// Whether a field and a stage are seen from the same conditions.
fn belong(analysis: &Analysis, one: &Symbol, two: &Symbol) -> bool {
    let (stage, field) = if one.kind == SymbolKind::Stage { (one, two) } else { (two, one) };
    let pattern = stage.within.into_iter();
    pattern
        .flat_map(|pattern| {
            analysis.symbols.streams_of(pattern).map(|stream| stream.id).collect::<Vec<SymbolId>>()
        })
        .any(|stream| analysis.symbols.members(stream).any(|member| member.id == field.id))
}

/// The items of a file, with what belongs to each.
pub(crate) fn outline(analysis: &Analysis, encoding: Encoding) -> Vec<DocumentSymbol> {
    let top = analysis.symbols.all().filter(|it| it.within.is_none() && it.span.source == analysis.main);
    top.map(|symbol| entry(analysis, symbol, encoding)).collect()
}

#[expect(deprecated, reason = "the protocol's type has a field that is not used any more")]
fn entry(analysis: &Analysis, symbol: &Symbol, encoding: Encoding) -> DocumentSymbol {
    let file = analysis.file();
    let own = analysis.symbols.all().filter(|it| it.within == Some(symbol.id) && is_in(it, analysis.main));
    DocumentSymbol {
        name: symbol.name.clone(),
        detail: Some(symbol.says.clone()),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: encoding.range(file, symbol.whole.to(symbol.span)),
        selection_range: encoding.range(file, symbol.span),
        children: Some(own.map(|it| entry(analysis, it, encoding)).collect()),
    }
}

fn is_in(symbol: &Symbol, source: SourceId) -> bool {
    symbol.span.source == source
}

fn kind(kind: SymbolKind) -> lsp_types::SymbolKind {
    match kind {
        SymbolKind::Stream => lsp_types::SymbolKind::INTERFACE,
        SymbolKind::Table => lsp_types::SymbolKind::STRUCT,
        SymbolKind::Param => lsp_types::SymbolKind::VARIABLE,
        SymbolKind::Const => lsp_types::SymbolKind::CONSTANT,
        SymbolKind::Pattern => lsp_types::SymbolKind::CLASS,
        SymbolKind::Stage => lsp_types::SymbolKind::EVENT,
        SymbolKind::Field => lsp_types::SymbolKind::FIELD,
    }
}

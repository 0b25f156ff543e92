//! Diagnostics as text, drawn as rustc draws them.

use std::collections::BTreeSet;

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::{SourceMap, Span};

/// Plain text, without colours.
#[must_use]
pub fn render(sources: &SourceMap, diagnostics: &Diagnostics) -> String {
    all(sources, diagnostics, &Renderer::plain(), &|_| None)
}

/// Text with the colours of a terminal.
#[must_use]
pub fn render_styled(sources: &SourceMap, diagnostics: &Diagnostics) -> String {
    all(sources, diagnostics, &Renderer::styled(), &|_| None)
}

/// Text with the colours of a terminal, whose codes are links to their pages (OSC 8), as far as those have addresses.
#[must_use]
pub fn render_linked(
    sources: &SourceMap,
    diagnostics: &Diagnostics,
    page: &dyn Fn(Code) -> Option<String>,
) -> String {
    all(sources, diagnostics, &Renderer::styled(), page)
}

fn all(
    sources: &SourceMap,
    diagnostics: &Diagnostics,
    renderer: &Renderer,
    page: &dyn Fn(Code) -> Option<String>,
) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&groups(sources, diagnostic, page(diagnostic.code))));
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
        text.push_str(&where_to_read_on(diagnostics));
    }
    text
}

/// The last lines: which pages tell more, and how they are read.
fn where_to_read_on(diagnostics: &Diagnostics) -> String {
    let codes: BTreeSet<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let names: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => format!("\nFor more about it: cep explain {only}\n"),
        [first, ..] => {
            format!("\nThere are pages about {}; for one: cep explain {first}\n", names.join(", "))
        }
    }
}

fn groups<'a>(sources: &'a SourceMap, diagnostic: &'a Diagnostic, page: Option<String>) -> Vec<Group<'a>> {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code.as_str());
    let title = match page {
        Some(page) => title.id_url(page),
        None => title,
    };
    let mut main = title.elements(snippets(sources, diagnostic));
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note));
    }
    let Some(help) = &diagnostic.help else { return vec![main] };
    if help.edits.is_empty() {
        return vec![main.element(Level::HELP.message(&help.text))];
    }
    let source = help.edits[0].span.source;
    let patches = help
        .edits
        .iter()
        .filter(|edit| edit.span.source == source)
        .map(|edit| Patch::new(clamp(sources, edit.span), &edit.text));
    let snippet = Snippet::source(sources.file(source).text()).patches(patches);
    vec![main, Level::HELP.secondary_title(&help.text).element(snippet)]
}

/// One snippet a file, that of the primary span first.
fn snippets<'a>(
    sources: &'a SourceMap,
    diagnostic: &'a Diagnostic,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let mut files = vec![diagnostic.primary.span.source];
    for label in &diagnostic.secondary {
        if !files.contains(&label.span.source) {
            files.push(label.span.source);
        }
    }
    files
        .into_iter()
        .map(|id| {
            let file = sources.file(id);
            let primary = std::iter::once((&diagnostic.primary, AnnotationKind::Primary));
            let context = diagnostic.secondary.iter().map(|label| (label, AnnotationKind::Context));
            let labels =
                primary.chain(context).filter(|(label, _)| label.span.source == id).map(|(label, kind)| {
                    let text = (!label.text.is_empty()).then_some(label.text.as_str());
                    kind.span(clamp(sources, label.span)).label(text)
                });
            Snippet::source(file.text()).path(file.name()).annotations(labels)
        })
        .collect()
}

/// The renderer wants ranges inside the text.
fn clamp(sources: &SourceMap, span: Span) -> std::ops::Range<usize> {
    let length = sources.file(span.source).text().len();
    span.range().start.min(length)..span.range().end.min(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_links_where_their_pages_have_addresses() {
        let compiled = crate::check("p.cep", "const big = 5;\n");
        let linked = |page: &dyn Fn(Code) -> Option<String>| {
            render_linked(&compiled.sources, &compiled.diagnostics, page)
        };
        let text = linked(&|code| Some(format!("https://host/{}", code.as_str())));
        assert!(text.contains("\x1b]8;;https://host/E0129\x1b\\"), "{text:?}");
        let styled = render_styled(&compiled.sources, &compiled.diagnostics);
        assert_eq!(linked(&|_| None), styled);
        assert!(!styled.contains("\x1b]8"));
    }
}

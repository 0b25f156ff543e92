//! Definitions that nothing uses. Only those of the file that is asked for: one that other files use may be there for others.
//! A name counts as used wherever it is said, so that nothing is reported that has a meaning somewhere.

use std::collections::HashSet;

use super::{Checker, Items};
use crate::diagnostic::{Code, Diagnostic};
use crate::parse::lex;
use crate::source::SourceId;
use crate::syntax::{File, Item, Name, TokenKind};
use crate::text::written;

impl Checker<'_> {
    pub(super) fn unused(&mut self, items: &Items<'_>, files: &[&File]) {
        // A file without patterns is made to be used, and what cannot be read may use anything.
        let own = |item: &&Item| item.span.source == SourceId::default();
        let lost = self.lost || self.diagnostics.has_errors();
        if lost || !items.patterns.iter().any(|(item, _)| own(item)) {
            return;
        }
        let defined = defined(items);
        let defined: Vec<_> = defined.into_iter().filter(|(item, ..)| own(item)).collect();
        let said = self.said(files, &defined);
        for (_, name, words) in defined {
            if said.contains(name.text.as_str()) {
                continue;
            }
            let message = format!("nothing uses the {words} {}", written(&name.text));
            let allow = format!("`// cep: allow {}` before it", Code::Unused.as_str());
            let help = format!("leave it out; or say that it is meant, with {allow}");
            self.report(Diagnostic::new(Code::Unused, name.span, message).help(help));
        }
    }

    /// All names that are said anywhere, but where they are defined.
    fn said(&self, files: &[&File], defined: &[(&Item, &Name, &str)]) -> HashSet<String> {
        let places: HashSet<_> = defined.iter().map(|(_, name, _)| name.span).collect();
        let mut said = HashSet::new();
        for file in files {
            let id = file.span.source;
            for token in lex(id, self.sources.file(id).text()).tokens {
                if let TokenKind::Word(name) | TokenKind::Quoted(name) = token.kind
                    && !places.contains(&token.span)
                {
                    said.insert(name.to_owned());
                }
            }
        }
        said
    }
}

/// What can be used, in the order of kinds.
fn defined<'a>(items: &Items<'a>) -> Vec<(&'a Item, &'a Name, &'static str)> {
    let params = items.params.iter().map(|(item, it)| (*item, &it.name, "param"));
    let consts = items.consts.iter().map(|(item, it)| (*item, &it.name, "const"));
    let streams = items.streams.iter().map(|(item, it)| (*item, &it.name, "stream"));
    let derived = items.derived.iter().map(|(item, it)| (*item, &it.name, "stream"));
    let tables = items.tables.iter().map(|(item, it)| (*item, &it.name, "table"));
    params.chain(consts).chain(streams).chain(derived).chain(tables).collect()
}

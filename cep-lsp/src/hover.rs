//! What stands somewhere, and what it means in prose.

use std::cmp::Reverse;
use std::ops::Range;

use cep_dsl::symbols::{Symbol, SymbolKind};

use crate::documents::Analysis;
use crate::phrases::{self, Phrase};
use crate::server::Prose;
use crate::words::{self, Word};

/// Some words of one thing are at most so many.
const MOST_BEFORE: usize = 4;

/// What is told, as Markdown, and of which bytes.
pub(crate) fn hover(analysis: &Analysis, offset: usize, prose: Prose) -> Option<(Range<usize>, String)> {
    if let Some((span, symbol)) = analysis.symbols.at(analysis.main, offset) {
        return Some((span.range(), of_symbol(analysis, symbol, prose)));
    }
    let text = analysis.file().text();
    let words = words::all(text);
    let at = words.iter().position(|word| word.range.contains(&offset) || word.range.end == offset)?;
    let word = &words[at];
    if words.get(at + 1).is_some_and(|next| next.text == "(") {
        let told: Vec<_> = phrases::function(word.text).map(explained).collect();
        if !told.is_empty() {
            return Some((word.range.clone(), told.join("\n\n---\n\n")));
        }
    }
    let (range, phrase) = phrase(&words, at)?;
    Some((range, explained(phrase)))
}

fn of_symbol(analysis: &Analysis, symbol: &Symbol, prose: Prose) -> String {
    let mut parts = vec![format!("```cep\n{}\n```", symbol.says)];
    parts.extend(symbol.doc.clone());
    let within = symbol.within.map(|id| analysis.symbols.get(id));
    if let Some(within) = within.filter(|_| symbol.kind == SymbolKind::Field) {
        parts.push(format!("a field of `{}`", within.name));
    }
    if symbol.kind == SymbolKind::Pattern {
        let patterns = analysis.compiled.definitions.iter().flat_map(|definitions| &definitions.patterns);
        let told = patterns.filter(|pattern| pattern.name == symbol.name).map(prose);
        parts.extend(told.map(|told| format!("```text\n{}\n```", told.trim_end())));
    }
    parts.join("\n\n")
}

/// A phrase as Markdown.
pub(crate) fn explained(phrase: &Phrase) -> String {
    format!("```cep\n{}\n```\n\n{}", phrase.written, phrase.meaning)
}

/// The phrase of which most words stand here, the one at `at` among them; of several the shortest.
fn phrase(words: &[Word<'_>], at: usize) -> Option<(Range<usize>, &'static Phrase)> {
    let starts = at.saturating_sub(MOST_BEFORE)..=at;
    let candidates = starts.flat_map(|start| {
        let has_meaning =
            |it: &&Phrase| !matches!(it.section.as_str(), "Functions" | "Aggregates" | "Diagnostics");
        phrases::all().iter().filter(has_meaning).filter_map(move |phrase| {
            let here = keywords(phrase).zip(&words[start..]);
            let fits = here.take_while(|(key, word)| is_same(key, word.text)).count();
            (fits > 0 && start + fits > at).then_some((fits, start, phrase))
        })
    });
    let (fits, start, phrase) =
        candidates.max_by_key(|(fits, _, phrase)| (*fits, Reverse(phrase.written.len())))?;
    Some((words[start].range.start..words[start + fits - 1].range.end, phrase))
}

/// The words that a phrase begins with, up to a name that is made up in it.
fn keywords(phrase: &Phrase) -> impl Iterator<Item = &str> {
    let is_word = |word: &str| word.len() > 1 && word.chars().all(|it| it.is_ascii_lowercase());
    let words = phrase.written.trim_start_matches("… ").split(' ');
    words.take_while(move |word| is_word(word) || is_number(word))
}

fn is_number(word: &str) -> bool {
    word.starts_with(|it: char| it.is_ascii_digit())
}

/// One number is as good as another.
fn is_same(key: &str, word: &str) -> bool {
    key == word || is_number(key) && is_number(word)
}

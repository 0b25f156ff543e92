//! What the words of the language mean, as the tables of docs/language.md say.

use std::sync::OnceLock;

const LANGUAGE: &str = include_str!("../../docs/language.md");

/// A row of a table that explains something that is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Phrase {
    /// The heading above the table.
    pub(crate) section: String,
    /// As it is written: `followed by any b`.
    pub(crate) written: String,
    /// What it means: the other cells, each with its heading, the last one without.
    pub(crate) meaning: String,
}

/// All rows.
pub(crate) fn all() -> &'static [Phrase] {
    static ALL: OnceLock<Vec<Phrase>> = OnceLock::new();
    ALL.get_or_init(|| read(LANGUAGE))
}

/// The row of something that is written in these words, whatever follows them.
pub(crate) fn find(words: &str) -> Option<&'static Phrase> {
    let is_it = |phrase: &&Phrase| {
        phrase.written == words
            || phrase.written.strip_prefix(words).is_some_and(|rest| rest.starts_with(' '))
    };
    all().iter().find(is_it)
}

/// The rows of a function or aggregate.
pub(crate) fn function(name: &str) -> impl Iterator<Item = &'static Phrase> {
    functions().filter(move |phrase| phrase.written.split('(').next() == Some(name))
}

/// All functions and aggregates.
pub(crate) fn functions() -> impl Iterator<Item = &'static Phrase> {
    all().iter().filter(|phrase| phrase.section == "Functions" || phrase.section == "Aggregates")
}

fn read(text: &str) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    let (mut section, mut heads) = ("", Vec::new());
    for line in text.lines() {
        if let Some(title) = line.strip_prefix('#') {
            section = title.trim_start_matches('#').trim();
        }
        if line.starts_with("|-") {
            continue;
        }
        let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix('|')) else {
            heads.clear();
            continue;
        };
        let cells: Vec<&str> = row.split(" |").map(str::trim).collect();
        if heads.is_empty() {
            heads = cells;
        } else {
            let meaning = meaning(&heads, &cells);
            // The code in the first cell: one way of writing it, or some.
            let written = cells[0].split('`').skip(1).step_by(2);
            phrases.extend(written.map(|written| Phrase {
                section: section.to_owned(),
                written: written.to_owned(),
                meaning: meaning.clone(),
            }));
        }
    }
    phrases
}

fn meaning(heads: &[&str], cells: &[&str]) -> String {
    let (first, rest) = match cells.split_last() {
        Some((last, rest)) => (*last, rest),
        None => ("", cells),
    };
    let told = heads.iter().zip(rest).skip(1).filter(|(_, cell)| !cell.is_empty());
    let others = told.map(|(head, cell)| format!("*{head}:* {cell}"));
    let lines: Vec<String> = std::iter::once(plain(first)).chain(others.map(|other| plain(&other))).collect();
    lines.join("  \n")
}

/// Without links into the page, which lead nowhere from an editor.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once("](").and_then(|(shown, link)| Some((shown, link.split_once(')')?.1))) {
            Some((shown, after)) => {
                plain.push_str(shown);
                rest = after;
            }
            None => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use cep_dsl::syntax::ConnectorKind;

    #[test]
    fn every_connector_and_modifier_is_explained() {
        use ConnectorKind::{Begin, FollowedBy, FollowedByAny, Next, NotFollowedBy, NotNext};
        for kind in [Begin, Next, FollowedBy, FollowedByAny, NotNext, NotFollowedBy] {
            assert!(find(kind.words()).is_some(), "{}", kind.words());
        }
        for words in [
            "one or more",
            "times",
            "optional",
            "greedy",
            "consecutive",
            "allow combinations",
            "until",
            "within",
        ] {
            assert!(find(words).is_some(), "{words}");
        }
        let any = find("followed by any").unwrap();
        assert_eq!(
            any.meaning,
            "each later event that fits, for a match of its own  \n*Flink CEP:* `followedByAny`"
        );
    }

    #[test]
    fn functions_are_explained() {
        assert_eq!(function("haversine").count(), 1);
        assert_eq!(function("min").count(), 2, "of values, and of what a stage has captured");
        assert_eq!(function("substring").count(), 2);
        assert!(!function("abs").next().unwrap().meaning.contains("]("));
    }
}

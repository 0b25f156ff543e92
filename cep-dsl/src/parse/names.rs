//! Keywords as others write them: in capitals, glued together, with underscores.

use super::Parser;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::TokenKind;

/// Keywords glued together, as method names of the Pattern API are, and the words they stand for.
const GLUED: [(&str, &[&str]); 9] = [
    ("followedby", &["followed", "by"]),
    ("followedbyany", &["followed", "by", "any"]),
    ("notnext", &["not", "next"]),
    ("notfollowedby", &["not", "followed", "by"]),
    ("oneormore", &["one", "or", "more"]),
    ("allowcombinations", &["allow", "combinations"]),
    ("aftermatch", &["after", "match"]),
    ("ontimeout", &["on", "timeout"]),
    ("then", &["followed", "by"]),
];

impl Parser<'_> {
    /// Where the next word is one of `words` in other letters, reports it and reads it as that.
    pub(super) fn lower_case(&mut self, words: &[&'static str]) {
        let Some(found) = self.word(0) else { return };
        let Some(word) = words.iter().find(|word| **word != found && word.eq_ignore_ascii_case(found)) else {
            return;
        };
        self.written(&[word]);
    }

    /// Where the next word is several keywords glued together, reports it and reads it as those.
    pub(super) fn glued(&mut self) {
        let Some(found) = self.word(0) else { return };
        let plain = found.replace('_', "").to_ascii_lowercase();
        if let Some((_, words)) = GLUED.iter().find(|(glued, _)| *glued == plain) {
            self.written(words);
        }
    }

    /// `->` between stages, which others write for `followed by`.
    pub(super) fn arrow(&mut self) {
        if self.at_mark("->") || self.at_mark("=>") {
            self.written(&["followed", "by"]);
        }
    }

    fn written(&mut self, words: &[&'static str]) {
        let span = self.span();
        let meant = words.join(" ");
        self.report(
            Diagnostic::new(Code::GluedWords, span, format!("{} is written `{meant}`", self.kind()))
                .help(format!("write `{meant}`"))
                .edit(span, &meant),
        );
        self.reads_as(words.iter().map(|word| TokenKind::Word(word)));
    }

    /// Reports that `what` has been said before.
    pub(super) fn repeated(&mut self, code: Code, what: &str, first: Span, again: Span) {
        let span = self.since(again);
        self.report(
            Diagnostic::new(code, span, format!("`{what}` is said twice"))
                .and_at(first, "first said here")
                .help("leave one out")
                .edit(self.with_space_before(span), "")
                .guess(),
        );
    }

    /// The span and the blanks before it, for edits that take it out.
    pub(super) fn with_space_before(&self, span: Span) -> Span {
        let before = self.text.get(..span.start as usize).unwrap_or_default();
        let blanks = before.len() - before.trim_end_matches([' ', '\t']).len();
        Span { start: span.start - u32::try_from(blanks).unwrap_or(0), ..span }
    }
}

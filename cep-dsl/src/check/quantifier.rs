//! Modifiers: which go with which, and on what.

use super::Checker;
use super::model::{Quantifier, Repeat};
use super::scope::Sight;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, Body, Count, Inner, Modifiers, RepeatKind, Step};

/// The most occurrences that can be asked for by number: each is a state of the automaton.
const MOST_TIMES: i64 = 10_000;

impl Checker<'_> {
    pub(super) fn quantifier(&mut self, step: &Step, sight: Sight<'_>) -> Quantifier {
        let modifiers = &step.target.modifiers;
        if step.connector.kind.is_negated() {
            self.negated_stage(step);
            return Quantifier::default();
        }
        let repeat = modifiers.repeat.as_ref().map(|repeat| self.repeat(repeat, sight));
        let apart = modifiers.apart.as_ref().and_then(|apart| self.window(&apart.length, Some(sight)));
        self.loop_words(step, modifiers);
        self.greedy(step, modifiers);
        self.optional_twice(modifiers, repeat.flatten());
        self.until_fits(step, modifiers);
        Quantifier {
            repeat: repeat.flatten().unwrap_or_default(),
            optional: modifiers.optional.is_some(),
            greedy: modifiers.greedy.is_some(),
            inner: modifiers.inner.map(|inner| inner.kind),
            apart,
        }
    }

    /// The span and the blank before it, for edits that take it out.
    pub(super) fn with_blank(&self, span: Span) -> Span {
        let before =
            self.sources.file(span.source).text().as_bytes().get((span.start as usize).wrapping_sub(1));
        if before == Some(&b' ') { Span { start: span.start - 1, ..span } } else { span }
    }

    fn leave_out(&self, diagnostic: Diagnostic, span: Span) -> Diagnostic {
        diagnostic.help("leave it out").edit(self.with_blank(span), "").guess()
    }

    fn negated_stage(&mut self, step: &Step) {
        let modifiers = &step.target.modifiers;
        if let Some(first) = spans(modifiers).into_iter().reduce(|first, other| {
            let (start, end) = (first.start.min(other.start), first.end.max(other.end));
            Span { start, end, ..first }
        }) {
            let message = "a negated stage occurs once and is never optional";
            let diagnostic = Diagnostic::new(Code::QuantifiedNegation, first, message);
            let diagnostic = diagnostic.and_at(step.connector.span, "negated");
            let diagnostic = self.leave_out(diagnostic, first);
            self.report(diagnostic);
        }
        if let Some(until) = &step.target.until {
            let message = "`until` belongs to a loop, and a negated stage is none";
            self.report(Diagnostic::new(Code::MisplacedUntil, until.span, message));
        }
    }

    fn repeat(&mut self, repeat: &syntax::Repeat, sight: Sight<'_>) -> Option<Repeat> {
        match &repeat.kind {
            RepeatKind::OneOrMore => Some(Repeat::AtLeast(1)),
            RepeatKind::Times(n) => {
                let n = self.times(n, 1, sight)?;
                Some(Repeat::Times { from: n, to: n })
            }
            RepeatKind::OrMore(n) => self.times(n, 1, sight).map(Repeat::AtLeast),
            RepeatKind::Range(from, to) => {
                let (from, to) = (self.times(from, 0, sight), self.times(to, 1, sight));
                let (from, to) = (from?, to?);
                if to < from {
                    let message = format!("`times {from} to {to}` is no range");
                    let diagnostic = Diagnostic::new(Code::BadTimes, repeat.span, message);
                    self.report(diagnostic.help("the smaller number comes first"));
                    return None;
                }
                Some(Repeat::Times { from, to })
            }
        }
    }

    fn times(&mut self, count: &Count, least: i64, sight: Sight<'_>) -> Option<u32> {
        let number = self.number(count, Some(sight))?;
        let found = u32::try_from(number).ok().filter(|_| (least..=MOST_TIMES).contains(&number));
        if found.is_none() {
            let diagnostic = match number < least {
                true => {
                    let message = format!("a stage cannot occur {number} times");
                    Diagnostic::new(Code::BadTimes, count.span(), message)
                }
                false => {
                    let message = format!("{number} times is too many: each makes the automaton larger");
                    let help = format!(
                        "{MOST_TIMES} is the most; for more, count with `one or more` and `count(…)`"
                    );
                    Diagnostic::new(Code::BadTimes, count.span(), message).help(help)
                }
            };
            self.report(diagnostic);
        }
        found
    }

    /// `consecutive`, `allow combinations` and `at most … apart` belong to a loop.
    fn loop_words(&mut self, step: &Step, modifiers: &Modifiers) {
        if modifiers.repeat.is_some() {
            return;
        }
        if let Some(inner) = modifiers.inner {
            let word = match inner.kind {
                Inner::Consecutive => "consecutive",
                Inner::Combinations => "allow combinations",
            };
            self.no_loop(step, Code::InnerWithoutLoop, word, inner.span);
        }
        if let Some(apart) = &modifiers.apart {
            self.no_loop(step, Code::ApartWithoutLoop, "at most … apart", apart.span);
        }
    }

    fn no_loop(&mut self, step: &Step, code: Code, word: &str, span: Span) {
        let message = format!("`{word}` belongs to a loop, and this {} occurs once", kind(step));
        let diagnostic = Diagnostic::new(code, span, message);
        let diagnostic = self.leave_out(diagnostic, span);
        self.report(diagnostic);
    }

    fn greedy(&mut self, step: &Step, modifiers: &Modifiers) {
        let Some(greedy) = modifiers.greedy else { return };
        let combinations = modifiers.inner.filter(|inner| inner.kind == Inner::Combinations);
        if matches!(step.target.body, Body::Group { .. }) {
            let diagnostic = Diagnostic::new(Code::MisplacedGreedy, greedy, "a group cannot be greedy");
            let diagnostic = self.leave_out(diagnostic, greedy);
            self.report(diagnostic);
        } else if modifiers.repeat.is_none() {
            self.no_loop(step, Code::MisplacedGreedy, "greedy", greedy);
        } else if let Some(combinations) = combinations {
            let message = "`greedy` and `allow combinations` exclude each other";
            let diagnostic = Diagnostic::new(Code::MisplacedGreedy, greedy, message);
            let diagnostic = self.leave_out(diagnostic.and_at(combinations.span, "said here"), greedy);
            self.report(diagnostic);
        }
    }

    fn optional_twice(&mut self, modifiers: &Modifiers, repeat: Option<Repeat>) {
        let (Some(optional), Some(Repeat::Times { from: 0, .. })) = (modifiers.optional, repeat) else {
            return;
        };
        let diagnostic =
            Diagnostic::new(Code::RepeatedModifier, optional, "`times 0 to …` says `optional` already");
        let diagnostic = self.leave_out(diagnostic, optional);
        self.report(diagnostic);
    }

    fn until_fits(&mut self, step: &Step, modifiers: &Modifiers) {
        let Some(until) = &step.target.until else { return };
        let open = modifiers
            .repeat
            .as_ref()
            .is_some_and(|repeat| matches!(repeat.kind, RepeatKind::OneOrMore | RepeatKind::OrMore(_)));
        if !open {
            let message = "`until` belongs to a loop without upper bound";
            let diagnostic = Diagnostic::new(Code::MisplacedUntil, until.span, message);
            self.report(diagnostic.help("such loops are `one or more` and `times n or more`"));
        }
    }
}

fn kind(step: &Step) -> &'static str {
    match step.target.body {
        Body::Stage(_) => "stage",
        Body::Group { .. } => "group",
    }
}

/// Where the modifiers stand.
fn spans(modifiers: &Modifiers) -> Vec<Span> {
    let repeat = modifiers.repeat.as_ref().map(|it| it.span);
    let apart = modifiers.apart.as_ref().map(|it| it.span);
    let inner = modifiers.inner.map(|it| it.span);
    [repeat, apart, modifiers.optional, modifiers.greedy, inner].into_iter().flatten().collect()
}

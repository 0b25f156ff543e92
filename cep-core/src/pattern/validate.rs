//! What makes a pattern malformed, checked on the pattern as written. A gap longer than the whole window is found by
//! the compiler, which knows the states that carry one.

use std::collections::HashSet;

use super::{
    Body, Contiguity, Element, Inner, Pattern, PatternError, PatternErrorKind as Kind, Repeat, Skip,
};

/// All that is wrong with a pattern, in text order.
///
/// # Errors
/// One error for each mistake that Flink's Pattern API or compiler would reject.
pub fn validate(pattern: &Pattern) -> Result<(), Vec<PatternError>> {
    let mut check = Check { pattern, errors: Vec::new(), names: HashSet::new() };
    check.sequence(&pattern.sequence);
    check.ending();
    check.skip();
    if pattern.within.is_some_and(|window| window.0 <= 0) {
        check.report(None, Kind::EmptyWindow);
    }
    if check.errors.is_empty() { Ok(()) } else { Err(check.errors) }
}

struct Check<'a> {
    pattern: &'a Pattern,
    errors: Vec<PatternError>,
    names: HashSet<&'a str>,
}

impl<'a> Check<'a> {
    fn report(&mut self, stage: Option<&str>, kind: Kind) {
        self.errors.push(PatternError {
            pattern: self.pattern.name.clone(),
            stage: stage.map(str::to_owned),
            kind,
        });
    }

    fn sequence(&mut self, sequence: &'a [Element]) {
        if sequence.is_empty() {
            self.report(None, Kind::EmptySequence);
        }
        for (index, element) in sequence.iter().enumerate() {
            if (element.contiguity == Contiguity::Begin) != (index == 0) {
                self.report(element.name(), Kind::MisplacedBegin);
            }
            if let Some(previous) = index.checked_sub(1).map(|before| &sequence[before]) {
                self.neighbours(previous, element);
            }
            self.element(element);
        }
    }

    fn neighbours(&mut self, previous: &Element, element: &Element) {
        if element.contiguity.is_negated() && previous.quantifier.may_be_absent() {
            self.report(element.name(), Kind::NegationAfterOptional);
        }
        if element.quantifier.optional && previous.quantifier.greedy {
            self.report(element.name(), Kind::OptionalAfterGreedy);
        }
    }

    fn element(&mut self, element: &'a Element) {
        match &element.body {
            Body::Stage { name, .. } => self.name(name),
            Body::Group(inner) => self.sequence(inner),
        }
        if element.contiguity.is_negated() {
            self.negation(element);
        } else {
            self.quantifier(element);
        }
        for window in [element.gap, element.window, element.quantifier.apart].into_iter().flatten() {
            if window.0 <= 0 {
                self.report(element.name(), Kind::EmptyWindow);
            }
        }
    }

    fn name(&mut self, name: &'a str) {
        if name.is_empty() {
            self.report(None, Kind::EmptyName);
        } else if !self.names.insert(name) {
            self.report(Some(name), Kind::DuplicateStage);
        }
    }

    fn negation(&mut self, element: &Element) {
        if element.group().is_some() {
            self.report(None, Kind::NegatedGroup);
        }
        if !element.quantifier.is_plain() {
            self.report(element.name(), Kind::QuantifiedNegation);
        }
        if element.until.is_some() {
            self.report(element.name(), Kind::MisplacedUntil);
        }
    }

    fn quantifier(&mut self, element: &Element) {
        let quantifier = &element.quantifier;
        let single = quantifier.repeat == Repeat::Once;
        match quantifier.repeat {
            Repeat::Times { from, to } if to == 0 || to < from => {
                self.report(element.name(), Kind::BadTimes { from: from.into(), to: to.into() });
            }
            Repeat::AtLeast(0) => self.report(element.name(), Kind::BadTimes { from: 0, to: 0 }),
            _ => {}
        }
        if quantifier.optional && matches!(quantifier.repeat, Repeat::Times { from: 0, .. }) {
            self.report(element.name(), Kind::RepeatedModifier("optional"));
        }
        if quantifier.inner != Inner::Relaxed && single {
            self.report(element.name(), Kind::InnerWithoutLoop);
        }
        let greedy_fits = !single && quantifier.inner != Inner::Combinations && element.group().is_none();
        if quantifier.greedy && !greedy_fits {
            self.report(element.name(), Kind::MisplacedGreedy);
        }
        if quantifier.apart.is_some() && single {
            self.report(element.name(), Kind::ApartWithoutLoop);
        }
        if element.until.is_some() && !matches!(quantifier.repeat, Repeat::AtLeast(_)) {
            self.report(element.name(), Kind::MisplacedUntil);
        }
    }

    fn ending(&mut self) {
        let Some(last) = self.pattern.sequence.last() else { return };
        let waits = self.pattern.window().is_some() || last.gap.is_some();
        if last.contiguity == Contiguity::NotFollowedBy && !waits {
            self.report(last.name(), Kind::TrailingNotWithoutWindow);
        }
    }

    fn skip(&mut self) {
        let (Skip::ToFirst { stage, .. } | Skip::ToLast { stage, .. }) = &self.pattern.skip else { return };
        let top = &self.pattern.sequence;
        let known = top.iter().any(|element| element.name() == Some(stage))
            || stage == FLINK_GROUP_NAME && top.iter().any(|element| element.group().is_some());
        if !known {
            self.report(None, Kind::UnknownSkipTarget(stage.clone()));
        }
    }
}

/// The name all groups have in Flink; `skip to` it is accepted there and prunes nothing.
const FLINK_GROUP_NAME: &str = "GroupPattern";

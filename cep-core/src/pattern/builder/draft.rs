//! A sequence while it is built: connectors add elements, modifiers change the last one, mistakes are kept.

use super::GroupBuilder;
use crate::expr::Expr;
use crate::pattern::{Body, Contiguity, Element, Inner, PatternErrorKind as Kind, Quantifier, Repeat};

/// A sequence under construction, and what was wrong so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) sequence: Vec<Element>,
    pub(super) errors: Vec<(Option<String>, Kind)>,
}

fn element(contiguity: Contiguity, body: Body) -> Element {
    Element { contiguity, body, quantifier: Quantifier::default(), until: None, gap: None, window: None }
}

impl Draft {
    pub(super) fn stage(&mut self, contiguity: Contiguity, name: String) {
        self.sequence.push(element(contiguity, Body::Stage { name, stream: None, condition: None }));
    }

    pub(super) fn group(&mut self, contiguity: Contiguity, group: GroupBuilder) {
        self.errors.extend(group.draft.errors);
        self.sequence.push(element(contiguity, Body::Group(group.draft.sequence)));
    }

    pub(super) fn last(&mut self) -> &mut Element {
        self.sequence.last_mut().expect("a sequence begins with its first element")
    }

    pub(super) fn fail(&mut self, kind: Kind) {
        let stage = self.last().name().map(str::to_owned);
        self.errors.push((stage, kind));
    }

    pub(super) fn condition(&mut self, more: Expr, joined: fn(Expr, Expr) -> Expr) {
        match &mut self.last().body {
            Body::Stage { condition, .. } => {
                *condition = Some(match condition.take() {
                    Some(before) => joined(before, more),
                    None => more,
                });
            }
            Body::Group(_) => self.fail(Kind::ConditionOnGroup),
        }
    }

    pub(super) fn of_stream(&mut self, name: String) {
        match &mut self.last().body {
            Body::Stage { stream, .. } => *stream = Some(name),
            Body::Group(_) => self.fail(Kind::ConditionOnGroup),
        }
    }

    pub(super) fn repeat(&mut self, from: i64, to: Option<i64>) {
        if self.last().quantifier.repeat != Repeat::Once {
            return self.fail(Kind::RepeatedModifier("times"));
        }
        let bounds = (u32::try_from(from), to.map(u32::try_from).transpose());
        let repeat = match bounds {
            (Ok(from), Ok(None)) => Repeat::AtLeast(from),
            (Ok(from), Ok(Some(to))) => Repeat::Times { from, to },
            _ => return self.fail(Kind::BadTimes { from, to: to.unwrap_or(from) }),
        };
        self.last().quantifier.repeat = repeat;
    }

    pub(super) fn optional(&mut self) {
        if self.last().quantifier.optional {
            self.fail(Kind::RepeatedModifier("optional"));
        }
        self.last().quantifier.optional = true;
    }

    pub(super) fn greedy(&mut self) {
        if self.last().quantifier.greedy {
            self.fail(Kind::RepeatedModifier("greedy"));
        }
        self.last().quantifier.greedy = true;
    }

    pub(super) fn inner(&mut self, inner: Inner) {
        if self.last().quantifier.inner != Inner::Relaxed {
            self.fail(Kind::InnerWithoutLoop);
        }
        self.last().quantifier.inner = inner;
    }

    pub(super) fn until(&mut self, condition: Expr) {
        if self.last().until.is_some() {
            self.fail(Kind::RepeatedUntil);
        }
        self.last().until = Some(condition);
    }
}

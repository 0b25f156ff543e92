//! The naive matcher's own description of a pattern, in the words of `docs/semantics.md`.

use crate::expr::Expr;

/// A sequence with its whole-pattern window.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) sequence: Vec<Element>,
    pub(crate) within: Option<i64>,
}

/// A stage, a group or an absence.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    pub(crate) connector: Connector,
    pub(crate) body: Body,
    pub(crate) count: Count,
    pub(crate) optional: bool,
    pub(crate) greedy: bool,
    pub(crate) inner: Connector,
    pub(crate) until: Option<Expr>,
    pub(crate) gap: Option<i64>,
    pub(crate) apart: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) enum Body {
    Stage { name: String, condition: Expr },
    Group(Vec<Element>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Connector {
    /// `next`, and the first element of a sequence.
    Next,
    FollowedBy,
    FollowedByAny,
    NotNext,
    NotFollowedBy,
}

/// How often: `times 0 to n` is `1 to n`, optional.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Count {
    Once,
    Times(u32, u32),
    OrMore(u32),
}

impl Count {
    pub(crate) fn least(self) -> u32 {
        match self {
            Self::Once => 1,
            Self::Times(least, _) | Self::OrMore(least) => least,
        }
    }

    /// Whether `done` repetitions are all there can be.
    pub(crate) fn is_full(self, done: u32) -> bool {
        match self {
            Self::Once => done == 1,
            Self::Times(_, most) => done == most,
            Self::OrMore(_) => false,
        }
    }

    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::OrMore(_))
    }

    /// The count after one repetition more; an open loop stays at its minimum (5.1).
    pub(crate) fn one_more(self, done: u32) -> u32 {
        if self.is_open() { self.least().min(done + 1) } else { done + 1 }
    }

    /// Whether the repetition after `done` others is the one nearest the end (11.5).
    pub(crate) fn is_last(self, done: u32) -> bool {
        if self.is_open() { done == self.least() } else { self.is_full(done + 1) }
    }
}

impl Element {
    pub(crate) fn group(&self) -> Option<&[Element]> {
        match &self.body {
            Body::Group(inner) => Some(inner),
            Body::Stage { .. } => None,
        }
    }

    pub(crate) fn is_absence(&self) -> bool {
        self.connector == Connector::NotFollowedBy
    }

    /// Whether greedy means anything here (7.1).
    pub(crate) fn withholds(&self) -> bool {
        self.greedy && !matches!(self.count, Count::Times(least, most) if least == most)
    }

    /// Whether this is, or holds, an open group.
    pub(crate) fn holds_open_group(&self) -> bool {
        self.group().is_some_and(|inner| self.count.is_open() || inner.iter().any(Element::holds_open_group))
    }
}

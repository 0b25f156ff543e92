//! The fluent builder: as powerful as the language, in the vocabulary of Flink's Pattern API.
//!
//! Modifiers are a set, so their order never matters. Mistakes are kept and reported together by
//! [`PatternBuilder::build`].

mod draft;
#[cfg(test)]
mod tests;

use super::{
    Contiguity, Emit, Inner, Input, Limit, Overflow, Pattern, PatternError, PatternErrorKind as Kind, Skip,
    validate,
};
use crate::event::Value;
use crate::expr::Expr;
use crate::time::Duration;
use draft::Draft;

/// Methods that both a pattern and a group have: connectors, and modifiers of the element named last.
macro_rules! sequence_methods {
    () => {
        /// A stage whose event is the very next one.
        #[must_use]
        pub fn next(mut self, name: impl Into<String>) -> Self {
            self.draft.stage(Contiguity::Next, name.into());
            self
        }

        /// A stage that ignores events until one fits.
        #[must_use]
        pub fn followed_by(mut self, name: impl Into<String>) -> Self {
            self.draft.stage(Contiguity::FollowedBy, name.into());
            self
        }

        /// A stage that takes any later event that fits.
        #[must_use]
        pub fn followed_by_any(mut self, name: impl Into<String>) -> Self {
            self.draft.stage(Contiguity::FollowedByAny, name.into());
            self
        }

        /// A stage that the very next event must not fit.
        #[must_use]
        pub fn not_next(mut self, name: impl Into<String>) -> Self {
            self.draft.stage(Contiguity::NotNext, name.into());
            self
        }

        /// A stage that no event may fit before the next stage does, or before the window closes.
        #[must_use]
        pub fn not_followed_by(mut self, name: impl Into<String>) -> Self {
            self.draft.stage(Contiguity::NotFollowedBy, name.into());
            self
        }

        /// A group whose first event is the very next one.
        #[must_use]
        pub fn next_group(mut self, group: GroupBuilder) -> Self {
            self.draft.group(Contiguity::Next, group);
            self
        }

        /// A group that ignores events until its first stage fits.
        #[must_use]
        pub fn followed_by_group(mut self, group: GroupBuilder) -> Self {
            self.draft.group(Contiguity::FollowedBy, group);
            self
        }

        /// A group that may start at any later event that fits its first stage.
        #[must_use]
        pub fn followed_by_any_group(mut self, group: GroupBuilder) -> Self {
            self.draft.group(Contiguity::FollowedByAny, group);
            self
        }

        /// The stage takes only events of this input.
        #[must_use]
        pub fn of(mut self, stream: impl Into<String>) -> Self {
            self.draft.of_stream(stream.into());
            self
        }

        /// What an event must satisfy; said again, both must hold.
        #[must_use]
        pub fn filter(mut self, condition: impl Into<Expr>) -> Self {
            self.draft.condition(condition.into(), |before, more| before.and(more));
            self
        }

        /// An alternative to the condition so far.
        #[must_use]
        pub fn or_filter(mut self, condition: impl Into<Expr>) -> Self {
            self.draft.condition(condition.into(), |before, more| before.or(more));
            self
        }

        /// One or more events.
        #[must_use]
        pub fn one_or_more(self) -> Self {
            self.times_or_more(1)
        }

        /// Exactly `n` events.
        #[must_use]
        pub fn times(self, n: impl Into<i64>) -> Self {
            let n = n.into();
            let mut this = self;
            if n == 0 {
                this.draft.fail(Kind::BadTimes { from: 0, to: 0 });
            } else {
                this.draft.repeat(n, Some(n));
            }
            this
        }

        /// Between `from` and `to` events, both included; from 0 the stage may be absent.
        #[must_use]
        pub fn times_between(mut self, from: impl Into<i64>, to: impl Into<i64>) -> Self {
            self.draft.repeat(from.into(), Some(to.into()));
            self
        }

        /// `n` or more events.
        #[must_use]
        pub fn times_or_more(mut self, n: impl Into<i64>) -> Self {
            self.draft.repeat(n.into(), None);
            self
        }

        /// May be left out.
        #[must_use]
        pub fn optional(mut self) -> Self {
            self.draft.optional();
            self
        }

        /// Events that fit the loop are never given to the following stage.
        #[must_use]
        pub fn greedy(mut self) -> Self {
            self.draft.greedy();
            self
        }

        /// Repetitions follow one another strictly.
        #[must_use]
        pub fn consecutive(mut self) -> Self {
            self.draft.inner(Inner::Consecutive);
            self
        }

        /// Repetitions may leave out events that fit.
        #[must_use]
        pub fn allow_combinations(mut self) -> Self {
            self.draft.inner(Inner::Combinations);
            self
        }

        /// The loop window: Flink's Duration argument of `times` and `oneOrMore`.
        #[must_use]
        pub fn at_most_apart(mut self, window: Duration) -> Self {
            self.draft.last().quantifier.apart = Some(window);
            self
        }

        /// The stop condition of the loop.
        #[must_use]
        pub fn until(mut self, condition: impl Into<Expr>) -> Self {
            self.draft.until(condition.into());
            self
        }

        /// The longest gap to the previous matched event: Flink's `within(d, PREVIOUS_AND_CURRENT)`.
        #[must_use]
        pub fn gap(mut self, window: Duration) -> Self {
            self.draft.last().gap = Some(window);
            self
        }

        /// A whole-pattern window written at this stage: Flink's `within(d)` in the middle of a pattern.
        #[must_use]
        pub fn window_here(mut self, window: Duration) -> Self {
            self.draft.last().window = Some(window);
            self
        }
    };
}

/// Builds a [`Pattern`].
///
/// ```
/// use cep_core::expr::field;
/// use cep_core::pattern::Pattern;
/// use cep_core::time::Duration;
///
/// let pattern = Pattern::begin("small").filter(field("amount").lt(1.0))
///     .followed_by("large").filter(field("amount").gt(500.0))
///     .within(Duration::from_mins(10))
///     .on_keyed("txn", ["card"])
///     .build("small_then_large")?;
/// assert_eq!(pattern.sequence.len(), 2);
/// # Ok::<(), Vec<cep_core::pattern::PatternError>>(())
/// ```
///
/// ```
/// use cep_core::expr::{field, stage};
/// use cep_core::pattern::Pattern;
/// use cep_core::time::Duration;
///
/// let pattern = Pattern::begin("small")
///     .filter(field("amount").lt(1.0))
///     .one_or_more()
///     .followed_by("large")
///     .filter(field("amount").gt(stage("small").sum("amount")))
///     .within(Duration::from_mins(10))
///     .on_keyed("payment", ["card"])
///     .build("small_then_large");
/// assert!(pattern.is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct PatternBuilder {
    draft: Draft,
    inputs: Vec<Input>,
    within: Option<Duration>,
    skip: Skip,
    limit: Option<Limit>,
    emits: Vec<Emit>,
    timeout_emits: Vec<Emit>,
    metadata: Vec<(String, Value)>,
}

/// Builds the inner sequence of a group.
#[derive(Clone, Debug)]
pub struct GroupBuilder {
    draft: Draft,
}

impl GroupBuilder {
    sequence_methods!();

    /// Starts the inner sequence.
    #[must_use]
    pub fn begin(name: impl Into<String>) -> Self {
        let mut draft = Draft::default();
        draft.stage(Contiguity::Begin, name.into());
        Self { draft }
    }

    /// Starts the inner sequence with a group.
    #[must_use]
    pub fn begin_group(group: GroupBuilder) -> Self {
        let mut draft = Draft::default();
        draft.group(Contiguity::Begin, group);
        Self { draft }
    }
}

impl Pattern {
    /// Starts a pattern with a stage.
    #[must_use]
    pub fn begin(name: impl Into<String>) -> PatternBuilder {
        let mut draft = Draft::default();
        draft.stage(Contiguity::Begin, name.into());
        PatternBuilder::of_draft(draft)
    }

    /// Starts a pattern with a group.
    #[must_use]
    pub fn begin_group(group: GroupBuilder) -> PatternBuilder {
        let mut draft = Draft::default();
        draft.group(Contiguity::Begin, group);
        PatternBuilder::of_draft(draft)
    }
}

impl PatternBuilder {
    sequence_methods!();

    fn of_draft(draft: Draft) -> Self {
        Self {
            draft,
            inputs: Vec::new(),
            within: None,
            skip: Skip::NoSkip,
            limit: None,
            emits: Vec::new(),
            timeout_emits: Vec::new(),
            metadata: Vec::new(),
        }
    }

    /// Reads a stream without a key.
    #[must_use]
    pub fn on(self, stream: impl Into<String>) -> Self {
        self.on_keyed(stream, Vec::<String>::new())
    }

    /// Reads a stream by key fields.
    #[must_use]
    pub fn on_keyed<K: Into<String>>(
        mut self,
        stream: impl Into<String>,
        by: impl IntoIterator<Item = K>,
    ) -> Self {
        self.inputs.push(Input { stream: stream.into(), by: by.into_iter().map(Into::into).collect() });
        self
    }

    /// The whole-pattern window, exclusive, from the first to the last event.
    #[must_use]
    pub fn within(mut self, window: Duration) -> Self {
        self.within = Some(window);
        self
    }

    /// What a match does to partial matches that overlap it.
    #[must_use]
    pub fn after_match(mut self, skip: Skip) -> Self {
        self.skip = skip;
        self
    }

    /// The bound on partial matches of one key.
    #[must_use]
    pub fn limit(mut self, partial_matches: u32, overflow: Overflow) -> Self {
        self.limit = Some(Limit { partial_matches, overflow });
        self
    }

    /// A record made of each match.
    #[must_use]
    pub fn emit(
        mut self,
        stream: impl Into<String>,
        columns: impl IntoIterator<Item = (&'static str, Expr)>,
    ) -> Self {
        self.emits.push(record(stream.into(), columns));
        self
    }

    /// A record made of each partial match dropped by a window.
    #[must_use]
    pub fn on_timeout_emit(
        mut self,
        stream: impl Into<String>,
        columns: impl IntoIterator<Item = (&'static str, Expr)>,
    ) -> Self {
        self.timeout_emits.push(record(stream.into(), columns));
        self
    }

    /// Metadata carried on every match.
    #[must_use]
    pub fn annotate(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.push((name.into(), value.into()));
        self
    }

    /// The pattern, if nothing is wrong with it.
    ///
    /// # Errors
    /// All mistakes, in text order where they have a place.
    pub fn build(self, name: impl Into<String>) -> Result<Pattern, Vec<PatternError>> {
        let pattern = Pattern {
            name: name.into(),
            inputs: self.inputs,
            sequence: self.draft.sequence,
            within: self.within,
            skip: self.skip,
            limit: self.limit,
            emits: self.emits,
            timeout_emits: self.timeout_emits,
            metadata: self.metadata,
            doc: None,
            draining: false,
        };
        let mut errors: Vec<_> = self
            .draft
            .errors
            .into_iter()
            .map(|(stage, kind)| PatternError { pattern: pattern.name.clone(), stage, kind })
            .collect();
        if let Err(more) = validate(&pattern) {
            errors.extend(more);
        }
        if errors.is_empty() { Ok(pattern) } else { Err(errors) }
    }
}

fn record(stream: String, columns: impl IntoIterator<Item = (&'static str, Expr)>) -> Emit {
    let columns = columns.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Emit { stream, columns, to: None }
}

//! Diagnostics: what is wrong with a source, as data with spans. Rendered late, as text, JSON or SARIF; never printed
//! here.

mod code;
mod edits;
mod json;
mod render;
mod sarif;

pub use code::Code;
pub use edits::{apply_edits, compatible_edits};
pub use json::to_json;
pub use render::{render, render_linked, render_styled};
pub use sarif::to_sarif;

use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Severity {
    /// The program cannot run.
    Error,
    /// The program runs, but probably not as meant.
    Warning,
}

/// A span and what is said about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words; may be empty.
    pub text: String,
}

/// A change of the text: what stands at the span is replaced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// How sure it is that the changes of a help are what was meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Certainty {
    /// Whoever wrote this meant that: it may be changed without asking.
    Certain,
    /// It mends the mistake, but something else may have been meant: a name that is near, a length made up.
    Guess,
}

/// How to mend it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Help {
    /// What to do.
    pub text: String,
    /// The changes that do it; empty where no change would be right for everybody.
    pub edits: Vec<Edit>,
    /// How sure that is.
    pub certainty: Certainty,
}

impl Help {
    fn new(text: String) -> Self {
        Self { text, edits: Vec::new(), certainty: Certainty::Certain }
    }
}

/// One mistake, or one doubt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// What is wrong, in lower case, names in backticks, no full stop.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// Why.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Option<Help>,
}

impl Diagnostic {
    /// A diagnostic at a span.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Says something at the primary span.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn and_at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Says why.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(Help::new(text.into()));
        self
    }

    /// Adds a change to the help given before.
    #[must_use]
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        let help = self.help.get_or_insert_with(|| Help::new(String::new()));
        help.edits.push(Edit { span, text: text.into() });
        self
    }

    /// Says that something else than the changes of the help may have been meant.
    #[must_use]
    pub fn guess(mut self) -> Self {
        if let Some(help) = &mut self.help {
            help.certainty = Certainty::Guess;
        }
        self
    }

    /// The changes that mend it, if it is certain which.
    #[must_use]
    pub fn certain_edits(&self) -> &[Edit] {
        match &self.help {
            Some(help) if help.certainty == Certainty::Certain => &help.edits,
            _ => &[],
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// Diagnostics in the order they were found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// Adds all of another collection.
    pub fn append(&mut self, other: Self) {
        self.items.extend(other.items);
    }

    /// Sorts by place in the text, so that a reader meets them from top to bottom.
    pub fn sort(&mut self) {
        self.items.sort_by_key(|item| (item.primary.span.source, item.primary.span.start));
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity() == Severity::Error)
    }

    /// Whether there is none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(items: T) -> Self {
        Self { items: items.into_iter().collect() }
    }
}

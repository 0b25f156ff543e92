//! The canonical formatter: one form for every program. It prints the tree line by line, then gives every comment to
//! the line it belongs to; layout depends on nothing but the tree, the comments, and single blank lines between items.

mod comments;
mod expr;
mod item;
mod pattern;

use crate::diagnostic::Diagnostics;
use crate::parse::parse;
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::{Comment, Name, Text, Valued};

/// Where a line of several parts is broken.
const WIDTH: usize = 100;

/// The canonical form of a file.
///
/// # Errors
/// The syntax errors, where there are some: what cannot be read is not touched.
pub fn format(sources: &SourceMap, id: SourceId) -> Result<String, Diagnostics> {
    let parse = parse(sources, id);
    if parse.diagnostics.has_errors() {
        return Err(parse.diagnostics);
    }
    let text = sources.file(id).text();
    let mut printer = Printer { text, comments: &parse.file.comments, lines: Vec::new() };
    for item in &parse.file.items {
        printer.item(item);
    }
    Ok(comments::join(text, printer.lines, &parse.file.comments))
}

/// A line of output and the source it prints. The spans of all lines are disjoint.
struct Line {
    span: Span,
    indent: usize,
    text: String,
    /// What separates it from the line before.
    gap: Gap,
}

/// Blank lines before a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// None: the line goes on with what the line before started.
    None,
    /// One, if the source has one: between short items.
    Kept,
    /// One: around items of several lines.
    Always,
}

struct Printer<'a> {
    text: &'a str,
    comments: &'a [Comment],
    lines: Vec<Line>,
}

impl<'a> Printer<'a> {
    fn source(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn line(&mut self, span: Span, indent: usize, text: impl Into<String>) {
        self.lines.push(Line { span, indent, text: text.into(), gap: Gap::None });
    }

    /// Whether a comment lies inside the span.
    fn has_comment(&self, span: Span) -> bool {
        let inside = |comment: &Comment| comment.span.start > span.start && comment.span.start < span.end;
        self.comments.iter().any(inside)
    }

    fn text(&self, text: &Text) -> &'a str {
        self.source(text.span)
    }

    fn valued<T>(&self, valued: &Valued<T>) -> String {
        match valued {
            Valued::Literal(_, span) => self.source(*span).to_owned(),
            Valued::Const(constant) => name(constant),
        }
    }
}

fn name(name: &Name) -> String {
    if name.quoted { format!("`{}`", name.text) } else { name.text.clone() }
}

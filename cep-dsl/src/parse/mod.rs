//! Text to tree. Any text gives a tree and diagnostics; nothing here fails or panics, and one mistake gives one
//! message. Names and types are not looked at.

mod calls;
mod conditions;
mod cursor;
mod expr;
mod foreign;
mod habits;
mod item;
mod lexer;
mod names;
mod operator;
mod pattern;
mod recover;
mod sql;
mod stage;
mod stream;

pub(crate) use lexer::lex;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::{Comment, CommentKind, File, Token};

/// What the parser makes of a file.
#[derive(Clone, Debug)]
pub struct Parse {
    /// The tree; items with mistakes in them are marked.
    pub file: File,
    /// What is wrong with the text.
    pub diagnostics: Diagnostics,
}

/// Reads a file of the map.
#[must_use]
pub fn parse(sources: &SourceMap, id: SourceId) -> Parse {
    let text = sources.file(id).text();
    let lexed = lexer::lex(id, text);
    let mut parser = Parser {
        text,
        tokens: lexed.tokens,
        position: 0,
        depth: 0,
        documented: vec![false; lexed.comments.len()],
        comments: lexed.comments,
        diagnostics: lexed.diagnostics,
        lost: false,
    };
    let items = parser.items();
    parser.loose_docs();
    let mut file =
        File { items, lost: parser.lost, comments: parser.comments, span: Span::new(id, 0..text.len()) };
    let mut diagnostics = parser.diagnostics;
    diagnostics.sort();
    mark_broken(&mut file, &diagnostics);
    Parse { file, diagnostics }
}

/// Adds a file given as bytes to the map.
///
/// # Errors
/// The diagnostic that says where the bytes are not UTF-8; what is readable of the file is in the map all the same.
pub fn add_bytes(
    sources: &mut SourceMap,
    name: impl Into<String>,
    bytes: &[u8],
) -> Result<SourceId, Diagnostics> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(sources.add(name, text)),
        Err(error) => error,
    };
    let id = sources.add(name, String::from_utf8_lossy(bytes));
    let at = error.valid_up_to();
    let span = Span::new(id, at..at + char::REPLACEMENT_CHARACTER.len_utf8());
    let diagnostic = Diagnostic::new(Code::InvalidUtf8, span, "the file is not UTF-8 text")
        .label(format!("byte {at} is 0x{:02x}", bytes[at]))
        .help("save the file as UTF-8");
    Err(std::iter::once(diagnostic).collect())
}

/// An item is broken if an error lies between its start and that of the next.
fn mark_broken(file: &mut File, diagnostics: &Diagnostics) {
    let starts: Vec<_> = file.items.iter().map(|item| item.span.start).collect();
    for diagnostic in diagnostics.iter().filter(|it| it.severity() == Severity::Error) {
        let at = diagnostic.primary.span.start;
        let item = starts.partition_point(|start| *start <= at);
        if let Some(item) = item.checked_sub(1).and_then(|index| file.items.get_mut(index)) {
            item.broken = true;
        }
    }
}

/// How deep parentheses, groups, types and prefix operators may nest. A thread's stack holds many times that.
const MAX_DEPTH: u32 = 64;

/// Says that a diagnostic has been reported and the construct cannot be finished.
#[derive(Clone, Copy, Debug)]
struct Failed;

type Parsed<T> = Result<T, Failed>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    position: usize,
    depth: u32,
    comments: Vec<Comment>,
    /// Which comments have become the doc of something.
    documented: Vec<bool>,
    diagnostics: Diagnostics,
    /// Whether an item could not even be named.
    lost: bool,
}

impl Parser<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn loose_docs(&mut self) {
        let mut loose = Vec::new();
        for (comment, documented) in self.comments.iter_mut().zip(&self.documented) {
            if comment.kind == CommentKind::Doc && !documented {
                comment.kind = CommentKind::LooseDoc;
                loose.push(comment.span);
            }
        }
        for span in loose {
            let slashes = Span { end: span.start + 3, ..span };
            self.report(
                Diagnostic::new(Code::LooseDoc, span, "this doc comment documents nothing")
                    .note("a doc comment stands before an item or a field")
                    .help("make it a plain comment")
                    .edit(slashes, "//"),
            );
        }
    }

    /// Goes one level deeper, unless that is too deep.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn too_deep(&mut self) -> Failed {
        let span = self.span();
        let message = "this is nested too deeply";
        self.report(Diagnostic::new(Code::TooDeep, span, message).help("give the inner parts names"));
        Failed
    }
}

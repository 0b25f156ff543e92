//! The tree of a file: its items except what is inside a pattern.

use super::expr::{Expr, Literal};
use super::pattern::{Length, Pattern};
use crate::source::Span;

/// A parsed file.
#[derive(Clone, PartialEq, Debug)]
pub struct File {
    /// Its items in text order.
    pub items: Vec<Item>,
    /// Every comment in text order, doc comments included.
    pub comments: Vec<Comment>,
    /// Whether an item could not even be named, so that a name may be missing here without being wrong.
    pub lost: bool,
    /// The whole text.
    pub span: Span,
}

/// A comment, from its slashes to the end of its line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Comment {
    /// What kind.
    pub kind: CommentKind,
    /// Where.
    pub span: Span,
}

/// What a comment is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommentKind {
    /// `// …`: for the reader of the file.
    Plain,
    /// `/// …`: documents the item or field after it.
    Doc,
    /// `/// …` where no item or field follows: a plain comment, badly written.
    LooseDoc,
}

/// A name as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// The name itself, without back quotes.
    pub text: String,
    /// Where.
    pub span: Span,
    /// Whether it stands in back quotes; both forms are the same name.
    pub quoted: bool,
}

/// A string that is not an expression: a path, a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text {
    /// Its content.
    pub value: String,
    /// Where.
    pub span: Span,
}

/// The doc comment of an item or field: its lines without slashes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doc {
    /// The lines.
    pub lines: Vec<String>,
    /// From the first line to the last.
    pub span: Span,
}

/// `@name` or `@name(literal)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Annotation {
    /// Its name.
    pub name: Name,
    /// Its value; without one it is `true`.
    pub value: Option<Literal>,
    /// Where.
    pub span: Span,
}

/// An item and what stands before it.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// The doc comment.
    pub doc: Option<Doc>,
    /// Free metadata.
    pub annotations: Vec<Annotation>,
    /// The item itself.
    pub kind: ItemKind,
    /// From the first annotation to the end.
    pub span: Span,
    /// Whether a part of it could not be read, so that nothing should be concluded from what is missing.
    pub broken: bool,
}

/// The kinds of items.
#[derive(Clone, PartialEq, Debug)]
pub enum ItemKind {
    /// `use "…"`
    Use(Use),
    /// `param …`
    Param(Param),
    /// `const …`
    Const(Const),
    /// `stream … { … }`
    Stream(Stream),
    /// `stream … = …`
    Derived(Derived),
    /// `table … { … }`
    Table(Table),
    /// `pattern … { … }`
    Pattern(Box<Pattern>),
}

/// `use "path"`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Use {
    /// The path, relative to this file.
    pub path: Text,
}

/// `param name: type = value`
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// Its value unless one is given.
    pub default: Option<Expr>,
}

/// `const name = value`
#[derive(Clone, PartialEq, Debug)]
pub struct Const {
    /// Its name.
    pub name: Name,
    /// Its value.
    pub value: Expr,
}

/// A type as written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Whether a `?` follows.
    pub nullable: bool,
    /// Where, the `?` included.
    pub span: Span,
}

/// The forms of types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeKind {
    /// `int`, `string`, …
    Named(Name),
    /// `list<T>`
    List(Box<TypeExpr>),
    /// `map<T>`
    Map(Box<TypeExpr>),
}

/// `name: type` in a stream or table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// The doc comment.
    pub doc: Option<Doc>,
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeExpr,
    /// Where, the doc comment not included.
    pub span: Span,
}

/// `name` or `(name, name)`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Keys {
    /// The names.
    pub names: Vec<Name>,
    /// Where, parentheses included.
    pub span: Span,
}

/// `stream name { fields } options`
#[derive(Clone, PartialEq, Debug)]
pub struct Stream {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The opening brace.
    pub open: Span,
    /// The closing brace.
    pub close: Span,
    /// What follows the closing brace.
    pub options: StreamOptions,
}

/// The options of a stream, in whatever order they were written.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct StreamOptions {
    /// `key …`
    pub key: Option<Keys>,
    /// `time …`
    pub time: Option<TimeOption>,
    /// `idle after …`
    pub idle: Option<Length>,
    /// `from …`
    pub from: Option<Text>,
    /// `late to …`
    pub late: Option<Name>,
}

/// `time field, tie desc lateness 5s`
#[derive(Clone, PartialEq, Debug)]
pub struct TimeOption {
    /// The field with the event's time.
    pub field: Name,
    /// The order of events of equal time.
    pub ties: Vec<Tie>,
    /// How late an event may come.
    pub lateness: Option<Length>,
    /// Where.
    pub span: Span,
}

/// A field that orders events of equal time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tie {
    /// The field.
    pub field: Name,
    /// Where `desc` stands, if it does.
    pub desc: Option<Span>,
}

/// `name: expr` in `with` and in an emitted record.
#[derive(Clone, PartialEq, Debug)]
pub struct Assign {
    /// The name of the column.
    pub name: Name,
    /// Its value.
    pub value: Expr,
    /// Where.
    pub span: Span,
}

/// `stream name = source where … with …`
#[derive(Clone, PartialEq, Debug)]
pub struct Derived {
    /// Its name.
    pub name: Name,
    /// The stream it is made from.
    pub source: Name,
    /// Which events pass.
    pub condition: Option<Expr>,
    /// The fields added.
    pub with: Vec<Assign>,
}

/// `table name { fields } key … from …`
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The opening brace.
    pub open: Span,
    /// The closing brace.
    pub close: Span,
    /// The fields a row is found by.
    pub key: Keys,
    /// Where its rows come from.
    pub from: Text,
}

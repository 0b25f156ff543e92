//! What a source is made of: tokens, and the tree the parser makes of them. Every node knows its place. Names are not
//! resolved and types not known here.

mod expr;
mod item;
mod json;
mod json_pattern;
mod pattern;
mod token;

pub use expr::{BinaryOp, Expr, ExprKind, Literal, LiteralKind};
pub use item::{
    Annotation, Assign, Comment, CommentKind, Const, Derived, Doc, Field, File, Item, ItemKind, Keys, Name,
    Param, Stream, StreamOptions, Table, Text, Tie, TimeOption, TypeExpr, TypeKind, Use,
};
pub use json::{VERSION as JSON_VERSION, to_json};
pub use pattern::{
    Apart, Body, Clauses, Connector, ConnectorKind, Count, Emit, Gap, Inner, InnerModifier, Input, Length,
    Limit, Modifiers, Object, Overflow, Pattern, Repeat, RepeatKind, Sequence, Skip, SkipClause, Stage, Step,
    Target, Valued, Within,
};
pub(crate) use token::{MARKS, Token, TokenKind};

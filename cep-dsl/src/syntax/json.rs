//! The tree of a file as JSON, for user interfaces and importers. `docs/ast.schema.json` describes the form, which is
//! stable: members keep their meaning, and what changes that raises [`VERSION`].

use serde_json::{Map, Value, json};

use super::{
    Annotation, Assign, CommentKind, Doc, Expr, ExprKind, Field, File, Item, ItemKind, Keys, Literal,
    LiteralKind, Name, Text, TypeExpr, TypeKind,
};
use crate::source::Span;

/// The version of the form.
pub const VERSION: u32 = 1;

/// The whole tree.
#[must_use]
pub fn to_json(file: &File) -> Value {
    let comments = file.comments.iter().map(|comment| {
        let kind = match comment.kind {
            CommentKind::Plain => "plain",
            CommentKind::Doc => "doc",
            CommentKind::LooseDoc => "loose-doc",
        };
        json!({"kind": kind, "at": at(comment.span)})
    });
    json!({
        "version": VERSION,
        "items": file.items.iter().map(item).collect::<Value>(),
        "comments": comments.collect::<Value>(),
    })
}

/// A place: the first byte, and the one after the last.
pub(super) fn at(span: Span) -> Value {
    json!([span.start, span.end])
}

pub(super) fn name(name: &Name) -> Value {
    json!({"name": name.text, "at": at(name.span)})
}

pub(super) fn text(text: &Text) -> Value {
    json!({"text": text.value, "at": at(text.span)})
}

pub(super) fn keys(keys: &Keys) -> Value {
    keys.names.iter().map(name).collect()
}

fn doc(doc: Option<&Doc>) -> Value {
    doc.map_or(Value::Null, |doc| json!(doc.lines))
}

fn item(item: &Item) -> Value {
    let mut object = Map::new();
    let kind = match &item.kind {
        ItemKind::Use(it) => {
            object.insert("path".to_owned(), text(&it.path));
            "use"
        }
        ItemKind::Param(it) => {
            object.insert("name".to_owned(), name(&it.name));
            object.insert("type".to_owned(), type_expr(&it.ty));
            object.insert("default".to_owned(), optional(it.default.as_ref(), expr));
            "param"
        }
        ItemKind::Const(it) => {
            object.insert("name".to_owned(), name(&it.name));
            object.insert("value".to_owned(), expr(&it.value));
            "const"
        }
        ItemKind::Stream(it) => {
            object.insert("name".to_owned(), name(&it.name));
            object.insert("fields".to_owned(), it.fields.iter().map(field).collect());
            object.extend(super::json_pattern::stream_options(&it.options));
            "stream"
        }
        ItemKind::Derived(it) => {
            object.insert("name".to_owned(), name(&it.name));
            object.insert("source".to_owned(), name(&it.source));
            object.insert("where".to_owned(), optional(it.condition.as_ref(), expr));
            object.insert("with".to_owned(), it.with.iter().map(assign).collect());
            "derived"
        }
        ItemKind::Table(it) => {
            object.insert("name".to_owned(), name(&it.name));
            object.insert("fields".to_owned(), it.fields.iter().map(field).collect());
            object.insert("key".to_owned(), keys(&it.key));
            object.insert("from".to_owned(), text(&it.from));
            "table"
        }
        ItemKind::Pattern(it) => {
            object.extend(super::json_pattern::pattern(it));
            "pattern"
        }
    };
    object.insert("item".to_owned(), kind.into());
    object.insert("doc".to_owned(), doc(item.doc.as_ref()));
    object.insert("annotations".to_owned(), item.annotations.iter().map(annotation).collect());
    object.insert("at".to_owned(), at(item.span));
    Value::Object(object)
}

pub(super) fn optional<T>(value: Option<&T>, as_json: fn(&T) -> Value) -> Value {
    value.map_or(Value::Null, as_json)
}

fn annotation(it: &Annotation) -> Value {
    json!({"name": name(&it.name), "value": optional(it.value.as_ref(), literal), "at": at(it.span)})
}

fn literal(literal: &Literal) -> Value {
    let (kind, value) = literal_kind(&literal.kind);
    json!({"expr": "literal", "type": kind, "value": value, "at": at(literal.span)})
}

fn field(field: &Field) -> Value {
    json!({
        "name": name(&field.name),
        "type": type_expr(&field.ty),
        "doc": doc(field.doc.as_ref()),
        "at": at(field.span),
    })
}

fn type_expr(ty: &TypeExpr) -> Value {
    let (kind, of) = match &ty.kind {
        TypeKind::Named(name) => (name.text.as_str(), Value::Null),
        TypeKind::List(of) => ("list", type_expr(of)),
        TypeKind::Map(of) => ("map", type_expr(of)),
    };
    json!({"type": kind, "of": of, "nullable": ty.nullable, "at": at(ty.span)})
}

pub(super) fn assign(it: &Assign) -> Value {
    json!({"name": name(&it.name), "value": expr(&it.value), "at": at(it.span)})
}

/// The type of a literal, and its value: durations in milliseconds.
fn literal_kind(kind: &LiteralKind) -> (&'static str, Value) {
    match kind {
        LiteralKind::Null => ("null", Value::Null),
        LiteralKind::Bool(value) => ("bool", json!(value)),
        LiteralKind::Int(value) => ("int", json!(value)),
        LiteralKind::Float(value) => ("float", json!(value)),
        LiteralKind::Str(value) => ("string", json!(value)),
        LiteralKind::Duration(millis) => ("duration", json!(millis)),
    }
}

/// An expression; parentheses are kept, so that the tree says what was written.
pub(super) fn expr(it: &Expr) -> Value {
    let all = |items: &[Expr]| items.iter().map(expr).collect::<Value>();
    let mut value = match &it.kind {
        ExprKind::Literal(kind) => {
            let (kind, value) = literal_kind(kind);
            json!({"expr": "literal", "type": kind, "value": value})
        }
        ExprKind::Name(it) => json!({"expr": "name", "name": name(it)}),
        ExprKind::Call { function, args } => {
            json!({"expr": "call", "function": name(function), "arguments": all(args)})
        }
        ExprKind::Member(base, member) => json!({"expr": "member", "of": expr(base), "name": name(member)}),
        ExprKind::Index(base, keys) => json!({"expr": "index", "of": expr(base), "keys": all(keys)}),
        ExprKind::List(items) => json!({"expr": "list", "items": all(items)}),
        ExprKind::Paren(inner) => json!({"expr": "parentheses", "inner": expr(inner)}),
        ExprKind::Not(inner) => json!({"expr": "not", "inner": expr(inner)}),
        ExprKind::Neg(inner) => json!({"expr": "negative", "inner": expr(inner)}),
        ExprKind::And(items) => json!({"expr": "and", "items": all(items)}),
        ExprKind::Or(items) => json!({"expr": "or", "items": all(items)}),
        ExprKind::Binary { op, left, right, .. } => {
            json!({"expr": "binary", "operator": op.symbol(), "left": expr(left), "right": expr(right)})
        }
    };
    value["at"] = at(it.span);
    value
}

//! Items: what a file is made of.

use super::{Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{
    Annotation, Const, Expr, ExprKind, Item, ItemKind, Literal, LiteralKind, Param, TokenKind, Use,
};

/// The words that start items.
pub(super) const ITEM_WORDS: [&str; 6] = ["use", "param", "const", "stream", "table", "pattern"];

impl Parser<'_> {
    /// All items of the file.
    pub(super) fn items(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        while !self.at_end() {
            if self.semicolon() {
                continue;
            }
            match self.item() {
                Ok(item) => items.push(item),
                Err(_) => {
                    self.lost = true;
                    if !self.at_next_item() {
                        self.skip_item();
                    }
                }
            }
        }
        items
    }

    fn item(&mut self) -> Parsed<Item> {
        let start = self.span();
        let before = self.doc();
        let annotations = self.annotations()?;
        let doc = self.doc().or(before);
        self.foreign_item();
        self.lower_case(&ITEM_WORDS);
        let kind = match self.word(0) {
            Some("use") => self.use_item()?,
            Some("param") => self.param()?,
            Some("const") => self.const_item()?,
            Some("stream") => self.stream()?,
            Some("table") => self.table()?,
            Some("pattern") => self.pattern()?,
            _ => return Err(self.not_an_item()),
        };
        Ok(Item { doc, annotations, kind, span: self.since(start), broken: false })
    }

    fn not_an_item(&mut self) -> super::Failed {
        if *self.kind() == TokenKind::Error {
            return super::Failed;
        }
        let message = format!("expected an item, found {}", self.kind());
        let mut diagnostic = Diagnostic::new(Code::NotAnItem, self.span(), message);
        let close = self.word(0).and_then(|word| crate::text::closest(word, ITEM_WORDS));
        diagnostic = match close {
            Some(word) => diagnostic.help(format!("write `{word}`")).edit(self.span(), word).guess(),
            None => diagnostic.help(format!("an item starts with one of {}", crate::text::list(ITEM_WORDS))),
        };
        self.report(diagnostic);
        super::Failed
    }

    fn annotations(&mut self) -> Parsed<Vec<Annotation>> {
        let mut annotations = Vec::new();
        while let Some(start) = self.eat_mark("@") {
            let name = self.name("the annotation's name")?;
            let value = match self.eat_mark("(") {
                Some(open) => {
                    let value = self.literal()?;
                    self.expect_close(")", open)?;
                    Some(value)
                }
                None => None,
            };
            annotations.push(Annotation { name, value, span: self.since(start) });
        }
        Ok(annotations)
    }

    /// A literal that may carry a minus.
    fn literal(&mut self) -> Parsed<Literal> {
        let start = self.span();
        let minus = self.eat_mark("-").is_some();
        let kind = match (self.kind().clone(), minus) {
            (TokenKind::Int(value), _) => LiteralKind::Int(if minus { -value } else { value }),
            (TokenKind::Float(value), _) => LiteralKind::Float(if minus { -value } else { value }),
            (TokenKind::Duration(value), _) => LiteralKind::Duration(if minus { -value } else { value }),
            (TokenKind::Str(value), false) => LiteralKind::Str(value),
            (TokenKind::Word("true"), false) => LiteralKind::Bool(true),
            (TokenKind::Word("false"), false) => LiteralKind::Bool(false),
            (TokenKind::Word("null"), false) => LiteralKind::Null,
            _ => return Err(self.unexpected("a literal")),
        };
        self.bump();
        Ok(Literal { kind, span: self.since(start) })
    }

    fn use_item(&mut self) -> Parsed<ItemKind> {
        self.bump();
        let path = self.text("the path of a file in quotes")?;
        Ok(ItemKind::Use(Use { path }))
    }

    fn param(&mut self) -> Parsed<ItemKind> {
        self.bump();
        let name = self.name("the param's name")?;
        if self.at_mark("=") {
            return self.param_without_type(name);
        }
        self.colon()?;
        let ty = self.type_expr()?;
        let default = self.eat_mark("=").map(|equals| self.value(equals));
        Ok(ItemKind::Param(Param { name, ty, default }))
    }

    /// `param big = 500`: the type is that of the value.
    fn param_without_type(&mut self, name: crate::syntax::Name) -> Parsed<ItemKind> {
        let ty = match self.token(1).kind {
            TokenKind::Int(_) => "int",
            TokenKind::Float(_) => "float",
            TokenKind::Duration(_) => "duration",
            TokenKind::Str(_) => "string",
            TokenKind::Word("true" | "false") => "bool",
            _ => return Err(self.unexpected("`:` and the type")),
        };
        let diagnostic = self.expected("`:` and the type").help(format!("write `: {ty}`"));
        self.report(diagnostic.edit(name.span.after(), format!(": {ty}")).guess());
        let equals = self.expect_mark("=")?;
        let kind =
            crate::syntax::TypeKind::Named(crate::syntax::Name { text: ty.to_owned(), ..name.clone() });
        let ty = crate::syntax::TypeExpr { kind, nullable: false, span: name.span };
        Ok(ItemKind::Param(Param { name, ty, default: Some(self.value(equals)) }))
    }

    /// `const big: float = 500`: a const has the type of its value.
    fn type_of_const(&mut self) {
        if !self.at_mark(":") || !self.is_name(1) || !self.is_mark(2, "=") {
            return;
        }
        let span = self.span().to(self.token(1).span);
        let diagnostic = self.expected("`=`").note("a const has the type of its value");
        self.report(diagnostic.help("leave the type out").edit(span, ""));
        self.reads_run_as(2, Vec::new());
    }

    fn const_item(&mut self) -> Parsed<ItemKind> {
        self.bump();
        let name = self.name("the const's name")?;
        self.type_of_const();
        let equals = self.expect_mark("=")?;
        let value = self.value(equals);
        Ok(ItemKind::Const(Const { name, value }))
    }

    /// An expression, or `null` in the place of one that could not be read; its item is then marked.
    pub(super) fn value(&mut self, before: Span) -> Expr {
        self.expr().unwrap_or_else(|_| {
            self.skip_until(|this| this.starts_line(0));
            Expr { kind: ExprKind::Literal(LiteralKind::Null), span: before.after() }
        })
    }

    /// A `:`, for which others write `=`.
    pub(super) fn colon(&mut self) -> Parsed<Span> {
        let span = self.span();
        if ["=", "==", "=>", "->"].iter().any(|sign| self.at_mark(sign)) {
            let diagnostic = self.expected("`:`").help("write `:`").edit(self.with_space_before(span), ":");
            self.report(diagnostic);
            self.bump();
            return Ok(span);
        }
        if self.is_name(0) && !self.starts_line(0) {
            let after = self.last_span().after();
            let diagnostic = self.expected("`:`").help("write `:`").edit(after, ":");
            self.report(diagnostic);
            return Ok(after);
        }
        self.expect_mark(":")
    }

    /// Takes a semicolon and says that there are none.
    pub(super) fn semicolon(&mut self) -> bool {
        let Some(span) = self.eat_mark(";") else { return false };
        self.report(
            Diagnostic::new(Code::Semicolon, span, "nothing ends with a semicolon here")
                .help("leave it out")
                .edit(span, ""),
        );
        true
    }
}

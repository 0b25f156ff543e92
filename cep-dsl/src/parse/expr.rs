//! Expressions, from `or` down to atoms.

use super::{Failed, Parsed, Parser};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{BinaryOp, Expr, ExprKind, LiteralKind, Name, TokenKind};

/// How high an expression's tree may be; chains of `+` and `.` count.
const MAX_HEIGHT: u32 = 250;

/// An expression and the height of its tree, which later stages descend.
pub(super) struct Tall {
    pub(super) expr: Expr,
    height: u32,
}

impl Tall {
    pub(super) fn height(&self) -> u32 {
        self.height
    }

    fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Expr { kind, span }, height: 1 }
    }
}

impl Parser<'_> {
    /// A whole expression.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        let tall = self.or()?;
        let whole = if self.at_mark("?") { self.ternary(tall)? } else { tall };
        Ok(whole.expr)
    }

    pub(super) fn inner(&mut self, kind: ExprKind, span: Span, height: u32) -> Parsed<Tall> {
        if height >= MAX_HEIGHT {
            self.report(
                Diagnostic::new(Code::TooDeep, span, "this expression is too long a chain")
                    .help("give its parts names in a derived stream"),
            );
            return Err(Failed);
        }
        Ok(Tall { expr: Expr { kind, span }, height: height + 1 })
    }

    pub(super) fn or(&mut self) -> Parsed<Tall> {
        let first = self.and()?;
        self.chain(first, Self::eat_or, Self::and, ExprKind::Or)
    }

    fn and(&mut self) -> Parsed<Tall> {
        let first = self.not()?;
        self.chain(first, Self::eat_and, Self::not, ExprKind::And)
    }

    fn chain(
        &mut self,
        first: Tall,
        eat: fn(&mut Self) -> bool,
        operand: fn(&mut Self) -> Parsed<Tall>,
        kind: fn(Vec<Expr>) -> ExprKind,
    ) -> Parsed<Tall> {
        if !eat(self) {
            return Ok(first);
        }
        let start = first.expr.span;
        let mut height = first.height;
        let mut items = vec![first.expr];
        loop {
            let next = operand(self)?;
            height = height.max(next.height);
            items.push(next.expr);
            if !eat(self) {
                break;
            }
        }
        self.inner(kind(items), self.since(start), height)
    }

    fn not(&mut self) -> Parsed<Tall> {
        if self.at_mark("!") {
            self.word_operator("not");
        }
        let Some(start) = self.eat("not") else { return self.comparison() };
        let operand = self.nested(Self::not)?;
        let span = self.since(start);
        self.inner(ExprKind::Not(Box::new(operand.expr)), span, operand.height)
    }

    fn comparison(&mut self) -> Parsed<Tall> {
        let left = self.coalesce()?;
        if self.null_test(&left.expr) || self.foreign_condition(&left.expr)? {
            return Ok(left);
        }
        let Some((op, op_span)) = self.eat_comparison() else { return Ok(left) };
        let right = self.coalesce()?;
        let middle = right.expr.span;
        let first = self.binary(left, (op, op_span), right)?;
        match self.eat_comparison() {
            None => Ok(first),
            Some(second) => self.chained(first, middle, second),
        }
    }

    /// `a < b < c`: reports it, and goes on as if `a < b` stood there.
    fn chained(&mut self, first: Tall, middle: Span, second: (BinaryOp, Span)) -> Parsed<Tall> {
        let shared = self.text.get(middle.range()).unwrap_or_default().to_owned();
        let mut diagnostic =
            Diagnostic::new(Code::ChainedComparison, second.1, "comparisons cannot be chained")
                .label("a second comparison")
                .help("compare twice and join with `and`")
                .edit(middle.after(), format!(" and {shared}"));
        let mut before = self.coalesce()?.expr.span;
        while let Some((_, _)) = self.eat_comparison() {
            let shared = self.text.get(before.range()).unwrap_or_default();
            diagnostic = diagnostic.edit(before.after(), format!(" and {shared}"));
            before = self.coalesce()?.expr.span;
        }
        self.report(diagnostic);
        Ok(first)
    }

    pub(super) fn coalesce(&mut self) -> Parsed<Tall> {
        self.left_associative(Self::sum, |mark| match mark {
            "??" => Some(BinaryOp::Coalesce),
            _ => None,
        })
    }

    fn sum(&mut self) -> Parsed<Tall> {
        self.left_associative(Self::product, |mark| match mark {
            "+" => Some(BinaryOp::Add),
            "-" => Some(BinaryOp::Sub),
            _ => None,
        })
    }

    fn product(&mut self) -> Parsed<Tall> {
        self.left_associative(Self::unary, |mark| match mark {
            "*" => Some(BinaryOp::Mul),
            "/" => Some(BinaryOp::Div),
            "%" => Some(BinaryOp::Rem),
            _ => None,
        })
    }

    fn left_associative(
        &mut self,
        operand: fn(&mut Self) -> Parsed<Tall>,
        operator: fn(&str) -> Option<BinaryOp>,
    ) -> Parsed<Tall> {
        let mut left = operand(self)?;
        loop {
            let TokenKind::Mark(mark) = *self.kind() else { return Ok(left) };
            let Some(op) = operator(mark) else { return Ok(left) };
            let op_span = self.span();
            self.bump();
            let right = operand(self)?;
            left = self.binary(left, (op, op_span), right)?;
        }
    }

    fn binary(&mut self, left: Tall, (op, op_span): (BinaryOp, Span), right: Tall) -> Parsed<Tall> {
        let span = left.expr.span.to(right.expr.span);
        let height = left.height.max(right.height);
        let (left, right) = (Box::new(left.expr), Box::new(right.expr));
        self.inner(ExprKind::Binary { op, op_span, left, right }, span, height)
    }

    fn unary(&mut self) -> Parsed<Tall> {
        let Some(start) = self.eat_mark("-") else { return self.postfix() };
        let operand = self.nested(Self::unary)?;
        let span = self.since(start);
        self.inner(ExprKind::Neg(Box::new(operand.expr)), span, operand.height)
    }

    fn postfix(&mut self) -> Parsed<Tall> {
        let mut base = self.atom()?;
        loop {
            let start = base.expr.span;
            if self.at_keyword_call() {
                return Ok(base);
            }
            if self.eat_mark(".").is_some() {
                let name = self.name("a field name after `.`")?;
                if self.at_mark("(") {
                    base = self.method_call(base, name)?;
                    continue;
                }
                let kind = ExprKind::Member(Box::new(base.expr), name);
                base = self.inner(kind, self.since(start), base.height)?;
            } else if let Some(open) = self.eat_mark("[") {
                let (keys, height) = self.nested(|this| this.args("]", open))?;
                if keys.is_empty() {
                    let at = open.to(self.last_span());
                    self.report(Diagnostic::new(Code::Expected, at, "expected an index between `[` and `]`"));
                }
                let kind = ExprKind::Index(Box::new(base.expr), keys);
                base = self.inner(kind, self.since(start), base.height.max(height))?;
            } else {
                return Ok(base);
            }
        }
    }

    /// Expressions up to the closing mark, and the height of the highest.
    pub(super) fn args(&mut self, close: &str, open: Span) -> Parsed<(Vec<Expr>, u32)> {
        let mut args = Vec::new();
        let mut height = 1;
        while !self.at_mark(close) {
            let arg = self.or()?;
            height = height.max(arg.height);
            args.push(arg.expr);
            if self.at_mark(close) || self.eat_mark(",").is_none() {
                break;
            }
            self.no_trailing_comma(close);
        }
        self.expect_close(close, open)?;
        Ok((args, height))
    }

    fn no_trailing_comma(&mut self, close: &str) {
        if self.at_mark(close) {
            let comma = self.last_span();
            self.report(
                Diagnostic::new(Code::Expected, comma, format!("expected an expression before `{close}`"))
                    .help("leave out the comma")
                    .edit(comma, ""),
            );
        }
    }

    fn atom(&mut self) -> Parsed<Tall> {
        self.doubled_quotes();
        self.fraction_alone();
        let span = self.span();
        let literal = match self.kind() {
            TokenKind::Int(value) => LiteralKind::Int(*value),
            TokenKind::Float(value) => LiteralKind::Float(*value),
            TokenKind::Duration(value) => LiteralKind::Duration(*value),
            TokenKind::Str(value) => LiteralKind::Str(value.clone()),
            TokenKind::Quoted(_) => return self.named(),
            TokenKind::Word(word) => match *word {
                "true" => LiteralKind::Bool(true),
                "false" => LiteralKind::Bool(false),
                "null" => LiteralKind::Null,
                "not" | "and" | "or" | "in" => return Err(self.unexpected("an expression")),
                _ if self.at_structure() => return Err(self.unexpected("an expression")),
                _ => return self.named(),
            },
            TokenKind::Mark("(") => return self.paren(),
            TokenKind::Mark("[") => return self.list(),
            _ => return Err(self.unexpected("an expression")),
        };
        self.bump();
        let literal = self.with_detached_unit(literal, span);
        Ok(Tall::leaf(ExprKind::Literal(literal), self.since(span)))
    }

    fn paren(&mut self) -> Parsed<Tall> {
        let open = self.span();
        self.bump();
        let inner = self.nested(Self::or)?;
        self.expect_close(")", open)?;
        self.inner(ExprKind::Paren(Box::new(inner.expr)), self.since(open), inner.height)
    }

    fn list(&mut self) -> Parsed<Tall> {
        let open = self.span();
        self.bump();
        let (items, height) = self.nested(|this| this.args("]", open))?;
        self.inner(ExprKind::List(items), self.since(open), height)
    }

    /// A name, or a call where a parenthesis follows.
    fn named(&mut self) -> Parsed<Tall> {
        let name: Name = self.name("a name")?;
        let start = name.span;
        let Some(open) = self.eat_mark("(") else {
            return Ok(Tall::leaf(ExprKind::Name(name), start));
        };
        let (args, height) = self.nested(|this| this.args(")", open))?;
        self.inner(ExprKind::Call { function: name, args }, self.since(start), height)
    }
}

//! Types of expressions. What cannot be typed is reported where the fault lies, once; the rest is looked at all the same.

use super::model::{Expr, ExprKind};
use super::scope::{Place, Scope};
use super::{Checked, Checker, Failed};
use crate::catalog::{self, DataType, Type, TypeError, Value};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, BinaryOp, LiteralKind};
use crate::text::article;

/// The value of a literal.
pub(super) fn literal_value(kind: &LiteralKind) -> Value {
    match kind {
        LiteralKind::Null => Value::Null,
        LiteralKind::Bool(value) => Value::Bool(*value),
        LiteralKind::Int(value) => Value::Int(*value),
        LiteralKind::Float(value) => Value::from(*value),
        LiteralKind::Str(text) => Value::from(text.as_str()),
        LiteralKind::Duration(millis) => Value::Duration(catalog::Duration(*millis)),
    }
}

impl Checker<'_> {
    /// A condition: an expression that holds or does not.
    pub(super) fn condition(&mut self, scope: Scope<'_>, expr: &syntax::Expr, word: &str) -> Option<Expr> {
        let checked = self.expr(scope, expr).ok()?;
        if checked.ty.data == DataType::Bool {
            return Some(checked);
        }
        self.report(
            Diagnostic::new(
                Code::NotACondition,
                expr.span,
                format!("`{word}` takes a condition, not a value"),
            )
            .label(article(&checked.ty)),
        );
        None
    }

    /// An expression with its type.
    pub(super) fn expr(&mut self, scope: Scope<'_>, expr: &syntax::Expr) -> Checked<Expr> {
        use syntax::ExprKind as Syntax;
        let span = expr.span;
        match &expr.kind {
            Syntax::Literal(kind) => Ok(literal(kind, span)),
            Syntax::Name(name) => self.bare_name(scope, name),
            Syntax::Member(base, field) => self.member(scope, base, field, span),
            Syntax::Index(base, keys) => self.index(scope, base, keys, span),
            Syntax::Call { function, args } => self.call(scope, function, args, span),
            Syntax::List(items) => self.list(scope, items, span),
            Syntax::Paren(inner) => self.expr(scope, inner).map(|checked| Expr { span, ..checked }),
            Syntax::Not(inner) => {
                let inner = self.operand_condition(scope, inner, "not")?;
                Ok(Expr::condition(ExprKind::Not(Box::new(inner)), span))
            }
            Syntax::Neg(inner) => self.negation(scope, inner, span),
            Syntax::And(items) => {
                let items = self.conditions(scope, items, "and")?;
                Ok(Expr::condition(ExprKind::And(items), span))
            }
            Syntax::Or(items) => {
                let items = self.conditions(scope, items, "or")?;
                Ok(Expr::condition(ExprKind::Or(items), span))
            }
            Syntax::Binary { op, op_span, left, right } => {
                self.binary(scope, (*op, *op_span), (left, right), span)
            }
        }
    }

    /// All of them, so that each gets its diagnostics; then fails if one failed.
    pub(super) fn exprs(&mut self, scope: Scope<'_>, exprs: &[syntax::Expr]) -> Checked<Vec<Expr>> {
        let all: Vec<_> = exprs.iter().map(|expr| self.expr(scope, expr)).collect();
        all.into_iter().collect()
    }

    fn conditions(&mut self, scope: Scope<'_>, exprs: &[syntax::Expr], word: &str) -> Checked<Vec<Expr>> {
        let all: Vec<_> = exprs.iter().map(|expr| self.operand_condition(scope, expr, word)).collect();
        all.into_iter().collect()
    }

    fn operand_condition(&mut self, scope: Scope<'_>, expr: &syntax::Expr, word: &str) -> Checked<Expr> {
        let checked = self.expr(scope, expr)?;
        if checked.ty.data == DataType::Bool {
            return Ok(checked);
        }
        self.report(
            Diagnostic::new(Code::BadOperand, expr.span, format!("`{word}` joins conditions, not values"))
                .label(article(&checked.ty)),
        );
        Err(Failed)
    }

    fn negation(&mut self, scope: Scope<'_>, inner: &syntax::Expr, span: Span) -> Checked<Expr> {
        let inner = self.expr(scope, inner)?;
        match catalog::negated_type(&inner.ty) {
            Ok(ty) => Ok(Expr::new(ExprKind::Neg(Box::new(inner)), ty, span)),
            Err(error) => Err(self.type_error(&error, "`-`", &[inner.span], span)),
        }
    }

    fn list(&mut self, scope: Scope<'_>, items: &[syntax::Expr], span: Span) -> Checked<Expr> {
        let items = self.exprs(scope, items)?;
        let mut of = DataType::Null;
        let mut first: Option<&Expr> = None;
        for item in &items {
            match (catalog::unify(&of, &item.ty.data), first) {
                (Some(data), _) => of = data,
                (None, first) => {
                    let message =
                        format!("a list holds values of one type, not `{of}` and `{}`", item.ty.data);
                    let mut diagnostic = Diagnostic::new(Code::TypeMismatch, item.span, message);
                    diagnostic = diagnostic.label(article(&item.ty.data));
                    if let Some(first) = first {
                        diagnostic = diagnostic.and_at(first.span, article(&first.ty.data));
                    }
                    self.report(diagnostic);
                    return Err(Failed);
                }
            }
            first = first.or(Some(item));
        }
        Ok(Expr::new(ExprKind::List(items), DataType::List(Box::new(of)).required(), span))
    }

    fn binary(
        &mut self,
        scope: Scope<'_>,
        (op, op_span): (BinaryOp, Span),
        (left, right): (&syntax::Expr, &syntax::Expr),
        span: Span,
    ) -> Checked<Expr> {
        let (left_syntax, right_syntax) = (left, right);
        let left = self.expr(scope, left);
        let right = self.expr(scope, right);
        let (left, right) = (left?, right?);
        let ty = match catalog::binary_type(op, &left.ty, &right.ty) {
            Ok(ty) => ty,
            Err(TypeError::NullComparison { index }) => {
                let other = if index == 0 { right_syntax } else { left_syntax };
                return Err(self.null_comparison(op, other, span));
            }
            Err(error) => {
                let spans = [left.span, right.span];
                let diagnostic = type_diagnostic(&error, &format!("`{}`", op.symbol()), &spans, op_span);
                let sides = [(left_syntax, &left.ty.data), (right_syntax, &right.ty.data)];
                let diagnostic = super::literals::meant(self.sources, diagnostic, sides);
                self.report(diagnostic);
                return Err(Failed);
            }
        };
        let right = if op == BinaryOp::Matches { self.regular_expression(right)? } else { right };
        Ok(Expr::new(ExprKind::Binary(op, Box::new(left), Box::new(right)), ty, span))
    }

    fn null_comparison(&mut self, op: BinaryOp, other: &syntax::Expr, span: Span) -> Failed {
        let value = self.sources.slice(other.span);
        let negated = if op == BinaryOp::Ne { "" } else { "not " };
        let meant = format!("{negated}exists({value})");
        self.report(
            Diagnostic::new(Code::NullComparison, span, "a comparison with `null` is never true")
                .help("`exists` tells whether a value is there")
                .edit(span, meant),
        );
        Failed
    }

    /// The right side of `=~` is known before anything runs, so it is tested now.
    fn regular_expression(&mut self, expr: Expr) -> Checked<Expr> {
        let Some(Value::Str(pattern)) = super::eval::constant(&expr) else {
            self.report(
                Diagnostic::new(Code::BadRegex, expr.span, "a regular expression is a literal or a const")
                    .label("not known before the program runs"),
            );
            return Err(Failed);
        };
        match regex_syntax::parse(&pattern) {
            Ok(_) => Ok(Expr { kind: ExprKind::Literal(Value::Str(pattern)), ..expr }),
            Err(error) => {
                let why = match &error {
                    regex_syntax::Error::Parse(error) => error.kind().to_string(),
                    regex_syntax::Error::Translate(error) => error.kind().to_string(),
                    other => other.to_string(),
                };
                self.report(Diagnostic::new(
                    Code::BadRegex,
                    expr.span,
                    format!("not a regular expression: {why}"),
                ));
                Err(Failed)
            }
        }
    }

    /// `x[k]` of a list or map.
    pub(super) fn element(&mut self, base: Expr, key: Expr, span: Span) -> Checked<Expr> {
        let (of, wanted) = match &base.ty.data {
            DataType::List(of) => (of.as_ref().clone(), DataType::Int),
            DataType::Map(of) => (of.as_ref().clone(), DataType::String),
            _ => {
                self.report(
                    Diagnostic::new(
                        Code::NoMembers,
                        base.span,
                        format!("{} has no elements", article(&base.ty)),
                    )
                    .label("neither a list nor a map"),
                );
                return Err(Failed);
            }
        };
        self.expect_type(&key, &wanted, "an index of this")?;
        Ok(Expr::new(ExprKind::Index(Box::new(base), Box::new(key)), of.nullable(), span))
    }

    /// Reports a value of another type than `wanted`; an int may stand for a float.
    pub(super) fn expect_type(&mut self, expr: &Expr, wanted: &DataType, what: &str) -> Checked<()> {
        if expr.ty.data == *wanted || (expr.ty.data == DataType::Int && *wanted == DataType::Float) {
            return Ok(());
        }
        self.report(
            Diagnostic::new(
                Code::TypeMismatch,
                expr.span,
                format!("{what} is {}, not {}", article(wanted), article(&expr.ty.data)),
            )
            .label(article(&expr.ty)),
        );
        Err(Failed)
    }

    /// Says what the engine's typing rules found; `spans` are those of the operands.
    pub(super) fn type_error(&mut self, error: &TypeError, what: &str, spans: &[Span], at: Span) -> Failed {
        self.report(type_diagnostic(error, what, spans, at));
        Failed
    }
}

pub(super) fn type_diagnostic(error: &TypeError, what: &str, spans: &[Span], at: Span) -> Diagnostic {
    let operand = |index: usize| spans.get(index).copied().unwrap_or(at);
    match error {
        TypeError::Operand { index, expected, found } => {
            Diagnostic::new(Code::BadOperand, operand(*index), format!("{what} takes {expected}"))
                .label(article(found))
        }
        TypeError::Mismatch { left, right } => {
            let message = format!("{what} does not take `{}` and `{}` together", left.data, right.data);
            mismatch(Diagnostic::new(Code::TypeMismatch, at, message), (left, right), spans)
        }
        TypeError::NullComparison { index } => {
            Diagnostic::new(Code::NullComparison, operand(*index), "a comparison with `null` is never true")
        }
        TypeError::Arity { expected, found } => {
            let message = format!("{what} takes {expected}, found {found}");
            Diagnostic::new(Code::WrongArity, at, message)
        }
    }
}

fn mismatch(diagnostic: Diagnostic, (left, right): (&Type, &Type), spans: &[Span]) -> Diagnostic {
    match spans {
        [first, second] => diagnostic.and_at(*first, article(left)).and_at(*second, article(right)),
        _ => diagnostic,
    }
}

fn literal(kind: &LiteralKind, span: Span) -> Expr {
    let value = literal_value(kind);
    let data = value.data_type();
    let nullable = data == DataType::Null;
    Expr::new(ExprKind::Literal(value), Type { data, nullable }, span)
}

impl Place {
    /// Whether tables can be looked up.
    pub(super) fn has_lookups(self) -> bool {
        matches!(self, Self::Computed | Self::Emit)
    }
}

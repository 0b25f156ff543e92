//! Tables in expressions: `table[key].field`, where it is allowed.

use super::model::{Expr, ExprKind};
use super::names::Meaning;
use super::scope::{Found, Place, Scope, View};
use super::{Checked, Checker, Failed};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, Name};
use crate::text::plural;

impl Checker<'_> {
    pub(super) fn is_table(&self, scope: Scope<'_>, name: &Name) -> bool {
        let field = scope.event.is_some_and(|view| matches!(view.find(&name.text), Found::Field(_)));
        let known =
            self.values.get(&name.text).is_some_and(|known| matches!(known.meaning, Meaning::Table { .. }));
        known && !(field && scope.stages.is_none())
    }

    /// `table[key].field`
    pub(super) fn lookup(
        &mut self,
        scope: Scope<'_>,
        name: &Name,
        keys: &[syntax::Expr],
        field: &Name,
        span: Span,
    ) -> Checked<Expr> {
        let Some(Meaning::Table { schema, key }) =
            self.values.get(&name.text).map(|known| known.meaning.clone())
        else {
            return Err(Failed);
        };
        self.not_shadowed(scope, name);
        if !scope.place.has_lookups() {
            return Err(self.lookup_in_condition(scope, name, field, span));
        }
        let keys = self.exprs(scope, keys);
        let view = View::of(&name.text, Some(schema.clone()));
        let Found::Field(ty) = view.find(&field.text) else { return Err(self.unknown_field(&view, field)) };
        let keys = keys?;
        if keys.len() != key.len() {
            let expected = plural(key.len(), "field");
            let message = format!("the key of `{}` has {expected}, found {}", name.text, keys.len());
            self.report(Diagnostic::new(Code::WrongArity, span, message));
            return Err(Failed);
        }
        for (value, column) in keys.iter().zip(&key) {
            if let Some(column) = schema.field(column) {
                self.expect_type(value, &column.ty.data, &format!("the key `{}`", column.name))?;
            }
        }
        let kind = ExprKind::Lookup { table: name.text.clone(), keys, field: field.text.clone() };
        Ok(Expr::new(kind, ty.data.nullable(), span))
    }

    fn lookup_in_condition(&mut self, scope: Scope<'_>, table: &Name, field: &Name, span: Span) -> Failed {
        if scope.place == Place::Constant {
            let message = format!("a const does not depend on the table `{}`", table.text);
            self.report(Diagnostic::new(Code::LookupInCondition, span, message));
            return Failed;
        }
        let stream =
            scope.event.and_then(|view| view.streams.first()).map_or("…", |(name, _)| name.as_str());
        let (name, text) = (&field.text, self.sources.slice(span));
        let derived = format!("stream {stream}_{name} = {stream} with {name}: {text}");
        self.report(
            Diagnostic::new(Code::LookupInCondition, span, "a condition cannot look up a table")
                .help(format!("look it up before: `{derived}`, and read `{name}`")),
        );
        Failed
    }
}

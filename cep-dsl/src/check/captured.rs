//! Stages in expressions: which may be read from where, and the fields of the events they have captured.

use super::model::{Expr, ExprKind, Pick};
use super::scope::{Found, Scope, View, Visible};
use super::{Checked, Checker, Failed};
use crate::catalog::{DataType, Type};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, ExprKind as Syntax, Name};

/// A stage an expression may read from.
pub(super) struct StageUse<'s> {
    pub(super) name: &'s str,
    pub(super) view: &'s View,
    surely: bool,
}

impl Checker<'_> {
    pub(super) fn is_stage(&self, scope: Scope<'_>, name: &Name) -> bool {
        scope.stages.is_some_and(|sight| sight.all.index(&name.text).is_some())
    }

    /// The stage of that name, if it may be read from here.
    pub(super) fn stage<'s>(&mut self, scope: Scope<'s>, name: &Name) -> Checked<StageUse<'s>> {
        let sight = scope.stages.ok_or(Failed)?;
        let index = sight.all.index(&name.text).ok_or(Failed)?;
        let entry = &sight.all.stages[index];
        let text = &name.text;
        let (surely, problem) = match sight.visible(index) {
            Visible::Surely => (true, None),
            Visible::Maybe => (false, None),
            Visible::Itself => {
                self.own_reference(name);
                (false, None)
            }
            Visible::Negated => (
                false,
                Some((Code::NegatedReference, format!("`{text}` is negated, so it never has an event"))),
            ),
            Visible::Later => {
                (false, Some((Code::LaterReference, format!("`{text}` comes later, so it has no event yet"))))
            }
        };
        let Some((code, message)) = problem else {
            return Ok(StageUse { name: &entry.name, view: &entry.view, surely });
        };
        self.report(Diagnostic::new(code, name.span, message).and_at(entry.span, "the stage"));
        Err(Failed)
    }

    fn own_reference(&mut self, name: &Name) {
        let message = format!("`{}` takes one event, so it has none before this one", name.text);
        let diagnostic = Diagnostic::new(Code::OwnReference, name.span, message)
            .label("always empty here")
            .help("fields of the event under test are written without a stage");
        let dotted = Span { end: name.span.end + 1, ..name.span };
        let read = self.sources.slice(dotted).ends_with('.');
        self.report(if read { diagnostic.edit(dotted, "") } else { diagnostic });
    }

    pub(super) fn captured(
        &mut self,
        stage: &StageUse<'_>,
        pick: Pick,
        field: &Name,
        span: Span,
    ) -> Checked<Expr> {
        let mut ty = self.stage_field(stage, field)?;
        ty.nullable |= !stage.surely || matches!(pick, Pick::At(_));
        let kind = ExprKind::Captured { stage: stage.name.to_owned(), pick, field: field.text.clone() };
        Ok(Expr::new(kind, ty, span))
    }

    fn stage_field(&mut self, stage: &StageUse<'_>, field: &Name) -> Checked<Type> {
        match stage.view.find(&field.text) {
            Found::Field(ty) => Ok(ty),
            Found::Unknown => Err(Failed),
            Found::Partly => Err(self.partly(stage.view, field)),
            Found::No => Err(self.unknown_field(stage.view, field)),
        }
    }

    pub(super) fn pick_without_field(&mut self, stage: &str, view: &View, pick: &Name) -> Failed {
        let text = &pick.text;
        let message = format!("`{stage}.{text}` is an event, not a value");
        let diagnostic = Diagnostic::new(Code::NotAValue, pick.span, message);
        self.report(match view.has(text) {
            true => diagnostic
                .help(format!("the field `{text}` stands in back quotes"))
                .edit(pick.span, format!("`{text}`")),
            false => diagnostic.help(format!("read a field of it: `{stage}.{text}.…`")),
        });
        Failed
    }

    /// `stage[i].field`
    pub(super) fn picked(
        &mut self,
        scope: Scope<'_>,
        name: &Name,
        keys: &[syntax::Expr],
        field: &Name,
        span: Span,
    ) -> Checked<Expr> {
        let stage = self.stage(scope, name)?;
        let [key] = keys else { return Err(self.one_index(name.span.to(span), keys.len())) };
        let key = self.expr(scope, key)?;
        self.expect_type(&key, &DataType::Int, "the position of an event")?;
        self.captured(&stage, Pick::At(Box::new(key)), field, span)
    }

    /// The stage in `count(stage)` and the like.
    pub(super) fn stage_argument(&mut self, scope: Scope<'_>, name: &Name) -> Checked<String> {
        if self.is_stage(scope, name) {
            return self.stage(scope, name).map(|stage| stage.name.to_owned());
        }
        Err(self.unknown_stage(scope, name))
    }

    /// The field in `sum(stage.field)`: the stage, and the field's type.
    pub(super) fn stage_field_argument(
        &mut self,
        scope: Scope<'_>,
        name: &Name,
        field: &Name,
    ) -> Checked<(String, Type)> {
        let stage = self.stage(scope, name)?;
        let ty = self.stage_field(&stage, field)?;
        Ok((stage.name.to_owned(), ty))
    }

    /// Whether an expression is just the name of a stage.
    pub(super) fn names_stage<'e>(&self, scope: Scope<'_>, expr: &'e syntax::Expr) -> Option<&'e Name> {
        match &expr.kind {
            Syntax::Name(name) if self.is_stage(scope, name) => Some(name),
            _ => None,
        }
    }
}

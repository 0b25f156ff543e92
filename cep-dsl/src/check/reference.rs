//! Names in expressions: fields, params, consts, stages, tables, and what each may be used for.

use super::model::{Expr, ExprKind, Pick};
use super::names::Meaning;
use super::scope::{Found, Scope, View};
use super::{Checked, Checker, Failed};
use crate::catalog::DataType;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, ExprKind as Syntax, Name};
use crate::text::{article, closest, list, written};

impl Checker<'_> {
    /// A name alone: a field of the event under test, else a param or const.
    pub(super) fn bare_name(&mut self, scope: Scope<'_>, name: &Name) -> Checked<Expr> {
        if let Some(view) = scope.event {
            match view.find(&name.text) {
                Found::Field(ty) => {
                    self.not_shadowed(scope, name);
                    return Ok(Expr::new(ExprKind::Field(name.text.clone()), ty, name.span));
                }
                Found::Partly => return Err(self.partly(view, name)),
                Found::Unknown if !self.values.contains_key(&name.text) => return Err(Failed),
                Found::Unknown | Found::No => {}
            }
        }
        if scope.stages.is_some_and(|sight| sight.all.index(&name.text).is_some()) {
            return Err(self.stage_as_value(name));
        }
        let Some(known) = self.values.get(&name.text) else { return Err(self.unknown_name(scope, name)) };
        match known.meaning.clone() {
            Meaning::Broken => Err(Failed),
            Meaning::Param(ty) => {
                self.not_shadowed(scope, name);
                Ok(Expr::new(ExprKind::Param(name.text.clone()), ty, name.span))
            }
            Meaning::Const(value) => {
                self.not_shadowed(scope, name);
                Ok(Expr { span: name.span, ..value.as_ref().clone() })
            }
            Meaning::Table { .. } => {
                let message = format!("`{}` is a table, not a value", name.text);
                self.report(
                    Diagnostic::new(Code::NotAValue, name.span, message)
                        .help(format!("read a field of a row: `{}[…].field`", name.text)),
                );
                Err(Failed)
            }
        }
    }

    pub(super) fn partly(&mut self, view: &View, name: &Name) -> Failed {
        let message = format!("`{}` is not a field of one type of every input", name.text);
        let mut diagnostic = Diagnostic::new(Code::PartlyAField, name.span, message);
        for (stream, schema) in &view.streams {
            let field = schema.as_ref().and_then(|schema| schema.field(&name.text));
            diagnostic = match field {
                Some(field) => diagnostic.note(format!("in `{stream}` it is {}", article(&field.ty))),
                None => diagnostic.note(format!("`{stream}` has no such field")),
            };
        }
        self.report(diagnostic.help("name the stream whose events the stage takes: `stage: stream`"));
        Failed
    }

    fn stage_as_value(&mut self, name: &Name) -> Failed {
        let text = &name.text;
        self.report(
            Diagnostic::new(Code::NotAValue, name.span, format!("`{text}` is a stage, not a value"))
                .help(format!("read a field `{text}.…`, or ask `count({text})` or `exists({text})`")),
        );
        Failed
    }

    fn unknown_name(&mut self, scope: Scope<'_>, name: &Name) -> Failed {
        if self.lost {
            return Failed;
        }
        let text = name.text.as_str();
        if let Some(literal) = ["true", "false"].into_iter().find(|it| it.eq_ignore_ascii_case(text)) {
            let message = format!("`{text}` is written `{literal}`");
            let diagnostic = Diagnostic::new(Code::UnknownName, name.span, message);
            self.report(diagnostic.help(format!("write `{literal}`")).edit(name.span, literal));
            return Failed;
        }
        let diagnostic = match (scope.event, scope.stages) {
            (Some(view), _) => {
                let message = format!("`{text}` is not a field of {}", view.words());
                Diagnostic::new(Code::UnknownField, name.span, message).label("no such field, param or const")
            }
            (None, Some(sight)) if sight.all.inputs.has(text) => {
                let stage = sight.all.stages.iter().rev().find(|it| !it.negated && it.view.has(text));
                let diagnostic = Diagnostic::new(
                    Code::NoEventHere,
                    name.span,
                    format!("there is no event under test here, so `{text}` is no field"),
                );
                match stage {
                    Some(stage) => diagnostic
                        .help("say which stage's event is meant")
                        .edit(name.span.before(), format!("{}.", written(&stage.name)))
                        .guess(),
                    None => diagnostic,
                }
            }
            _ => Diagnostic::new(Code::UnknownName, name.span, format!("unknown name `{text}`"))
                .label("no such param or const"),
        };
        let diagnostic =
            if diagnostic.help.is_some() { diagnostic } else { self.meant(diagnostic, scope, name) };
        self.report(diagnostic);
        Failed
    }

    /// Adds the name that was probably meant, or the fields there are.
    fn meant(&self, diagnostic: Diagnostic, scope: Scope<'_>, name: &Name) -> Diagnostic {
        let fields = scope.event.map(View::names).unwrap_or_default();
        let known = fields.iter().copied().chain(self.values.keys().map(String::as_str));
        if let Some(meant) = closest(&name.text, known) {
            return diagnostic
                .help(format!("perhaps `{meant}` is meant"))
                .edit(name.span, written(meant))
                .guess();
        }
        match scope.event {
            Some(view) => diagnostic.help(format!("{} has {}", view.words(), list(fields))),
            None => diagnostic,
        }
    }

    /// A param, const, table or stage used in a pattern has no field of its name beside it.
    pub(super) fn not_shadowed(&mut self, scope: Scope<'_>, name: &Name) {
        let Some(sight) = scope.stages else { return };
        let Some(known) = self.values.get(&name.text) else { return };
        if !sight.all.inputs.has(&name.text) {
            return;
        }
        let message = format!("`{}` is both {} and a field of an input", name.text, known.meaning.words());
        let diagnostic = Diagnostic::new(Code::ShadowedField, name.span, message)
            .and_at(known.span, "defined here")
            .help("rename one of them");
        self.report(diagnostic);
    }

    /// `base.field`
    pub(super) fn member(
        &mut self,
        scope: Scope<'_>,
        base: &syntax::Expr,
        field: &Name,
        span: Span,
    ) -> Checked<Expr> {
        match &base.kind {
            Syntax::Name(name) if self.is_stage(scope, name) => {
                let stage = self.stage(scope, name)?;
                if !field.quoted && matches!(field.text.as_str(), "first" | "last") {
                    return Err(self.pick_without_field(stage.name, stage.view, field));
                }
                self.captured(&stage, Pick::Last, field, span)
            }
            Syntax::Member(inner, pick) => match &inner.kind {
                Syntax::Name(name) if self.is_stage(scope, name) && is_pick(pick) => {
                    let stage = self.stage(scope, name)?;
                    let pick = if pick.text == "first" { Pick::First } else { Pick::Last };
                    self.captured(&stage, pick, field, span)
                }
                _ => self.no_member(scope, base, field),
            },
            Syntax::Index(inner, keys) => match &inner.kind {
                Syntax::Name(name) if self.is_stage(scope, name) => {
                    self.picked(scope, name, keys, field, span)
                }
                Syntax::Name(name) if self.is_table(scope, name) => {
                    self.lookup(scope, name, keys, field, span)
                }
                _ => self.no_member(scope, base, field),
            },
            Syntax::Name(name)
                if scope.event.is_none_or(|view| matches!(view.find(&name.text), Found::No)) =>
            {
                self.unknown_base(scope, name, field)
            }
            _ => self.no_member(scope, base, field),
        }
    }

    pub(super) fn unknown_field(&mut self, view: &View, field: &Name) -> Failed {
        let message = format!("`{}` is not a field of {}", field.text, view.words());
        let diagnostic = Diagnostic::new(Code::UnknownField, field.span, message).label("no such field");
        let names = view.names();
        let diagnostic = match closest(&field.text, names.iter().copied()) {
            Some(meant) => diagnostic
                .help(format!("perhaps `{meant}` is meant"))
                .edit(field.span, written(meant))
                .guess(),
            None => diagnostic.help(format!("{} has {}", view.words(), list(names))),
        };
        self.report(diagnostic);
        Failed
    }

    pub(super) fn one_index(&mut self, span: Span, found: usize) -> Failed {
        self.report(Diagnostic::new(Code::WrongArity, span, format!("expected one index, found {found}")));
        Failed
    }

    fn unknown_base(&mut self, scope: Scope<'_>, name: &Name, field: &Name) -> Checked<Expr> {
        if let Some(known) = self.values.get(&name.text) {
            let table = matches!(known.meaning, Meaning::Table { .. });
            let help = match table {
                true => format!("say which row: `{}[…].{}`", name.text, field.text),
                false => format!("`{}` is {}", name.text, known.meaning.words()),
            };
            self.report(
                Diagnostic::new(Code::NoMembers, name.span, format!("`{}` has no fields", name.text))
                    .help(help),
            );
            return Err(Failed);
        }
        let near = scope.stages.is_some_and(|sight| {
            closest(&name.text, sight.all.stages.iter().map(|stage| stage.name.as_str())).is_some()
        });
        if let Some(view) = scope.event.filter(|view| !near && view.has(&field.text)) {
            return Err(self.event_named(view, name, field));
        }
        Err(self.unknown_stage(scope, name))
    }

    /// `event.amount` where `amount` is a field of the event under test, and nothing is called `event`.
    fn event_named(&mut self, view: &View, name: &Name, field: &Name) -> Failed {
        let message = format!("there is no stage `{}`", name.text);
        let help = format!("fields of {} are written bare: `{}`", view.words(), field.text);
        let diagnostic = Diagnostic::new(Code::UnknownStage, name.span, message).help(help);
        self.report(diagnostic.edit(name.span.until(field.span), "").guess());
        Failed
    }

    pub(super) fn unknown_stage(&mut self, scope: Scope<'_>, name: &Name) -> Failed {
        let Some(sight) = scope.stages else {
            let message = format!("unknown name `{}`", name.text);
            let diagnostic = Diagnostic::new(Code::UnknownName, name.span, message);
            self.report(diagnostic.note("there are no stages here"));
            return Failed;
        };
        let stages = || sight.all.stages.iter().map(|stage| stage.name.as_str());
        let message = format!("there is no stage `{}`", name.text);
        let diagnostic = Diagnostic::new(Code::UnknownStage, name.span, message);
        self.report(match closest(&name.text, stages()) {
            Some(meant) => {
                diagnostic.help(format!("perhaps `{meant}` is meant")).edit(name.span, written(meant)).guess()
            }
            None => diagnostic.help(format!("the stages are {}", list(stages()))),
        });
        Failed
    }

    fn no_member(&mut self, scope: Scope<'_>, base: &syntax::Expr, field: &Name) -> Checked<Expr> {
        let checked = self.expr(scope, base)?;
        let diagnostic =
            Diagnostic::new(Code::NoMembers, field.span, format!("{} has no fields", article(&checked.ty)));
        self.report(match checked.ty.data {
            DataType::Map(_) => {
                let at = base.span.after().to(field.span);
                diagnostic
                    .help("a map is read by its key in brackets")
                    .edit(at, format!("[\"{}\"]", field.text))
            }
            _ => diagnostic,
        });
        Err(Failed)
    }

    /// `base[keys]` without a field after it.
    pub(super) fn index(
        &mut self,
        scope: Scope<'_>,
        base: &syntax::Expr,
        keys: &[syntax::Expr],
        span: Span,
    ) -> Checked<Expr> {
        if let Syntax::Name(name) = &base.kind {
            let what = match (self.is_stage(scope, name), self.is_table(scope, name)) {
                (true, _) => Some("an event"),
                (_, true) => Some("a row"),
                _ => None,
            };
            if let Some(what) = what {
                let text = self.sources.slice(span);
                self.report(
                    Diagnostic::new(Code::NotAValue, span, format!("{what} is not a value"))
                        .help(format!("read a field of it: `{text}.…`")),
                );
                return Err(Failed);
            }
        }
        let base = self.expr(scope, base);
        let keys = self.exprs(scope, keys);
        let (base, mut keys) = (base?, keys?);
        match (keys.pop(), keys.is_empty()) {
            (Some(key), true) => self.element(base, key, span),
            _ => Err(self.one_index(span, keys.len() + 1)),
        }
    }
}

fn is_pick(name: &Name) -> bool {
    !name.quoted && matches!(name.text.as_str(), "first" | "last")
}

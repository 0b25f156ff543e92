//! Calls: functions, aggregates over the events of a stage, `count` and `exists`.

use super::eval::constant;
use super::expr::type_diagnostic;
use super::model::{Expr, ExprKind};
use super::scope::Scope;
use super::{Checked, Checker, Failed};
use crate::catalog::{self, Aggregate, DataType, Function, HostFunction, Type, Value};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{self, ExprKind as Syntax, Name};
use crate::text::{closest, list, written};

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        scope: Scope<'_>,
        name: &Name,
        args: &[syntax::Expr],
        span: Span,
    ) -> Checked<Expr> {
        let function = Function::by_name(&name.text);
        match name.text.as_str() {
            "count" => return self.count(scope, args, span),
            "exists" => return self.exists(scope, args, span),
            _ => {}
        }
        // `min` and `max` of one argument are aggregates, of several functions.
        match Aggregate::by_name(&name.text).filter(|_| function.is_none() || args.len() < 2) {
            Some(aggregate) => self.aggregate(scope, aggregate, args, span),
            None => match (function, self.functions.iter().find(|known| known.name() == name.text)) {
                (Some(function), _) => self.function(scope, function, args, span),
                (None, Some(function)) => self.host_function(scope, function.clone(), args, span),
                (None, None) => Err(self.unknown_function(name)),
            },
        }
    }

    fn unknown_function(&mut self, name: &Name) -> Failed {
        let message = format!("unknown function `{}`", name.text);
        let diagnostic = Diagnostic::new(Code::UnknownFunction, name.span, message);
        if let Some(known) = foreign(&name.text) {
            self.report(diagnostic.help(format!("it is called `{known}` here")).edit(name.span, known));
            return Failed;
        }
        self.report(match closest(&name.text, catalog::callables(self.functions)) {
            Some(meant) => {
                diagnostic.help(format!("perhaps `{meant}` is meant")).edit(name.span, written(meant)).guess()
            }
            None => diagnostic.note(
                "a function that a host program registers is known only where that program reads the file",
            ),
        });
        Failed
    }

    /// Arguments, with what is asked of them: their types and where they stand.
    fn typed(
        &mut self,
        scope: Scope<'_>,
        args: &[syntax::Expr],
    ) -> Checked<(Vec<Expr>, Vec<Type>, Vec<Span>)> {
        let args = self.exprs(scope, args)?;
        let (types, spans) = args.iter().map(|arg| (arg.ty.clone(), arg.span)).unzip();
        Ok((args, types, spans))
    }

    fn host_function(
        &mut self,
        scope: Scope<'_>,
        function: HostFunction,
        args: &[syntax::Expr],
        span: Span,
    ) -> Checked<Expr> {
        let (args, types, spans) = self.typed(scope, args)?;
        match function.call_type(&types) {
            Ok(ty) => Ok(Expr::new(ExprKind::Host(function, args), ty, span)),
            Err(error) => {
                let diagnostic = type_diagnostic(&error, &format!("`{}`", function.name()), &spans, span);
                self.report(diagnostic.note(format!("the host registers it as `{function}`")));
                Err(Failed)
            }
        }
    }

    fn function(
        &mut self,
        scope: Scope<'_>,
        function: Function,
        args: &[syntax::Expr],
        span: Span,
    ) -> Checked<Expr> {
        let (args, types, spans) = self.typed(scope, args)?;
        match catalog::call_type(function, &types) {
            Ok(ty) => {
                self.date_unit(function, &args)?;
                Ok(Expr::new(ExprKind::Call(function, args), ty, span))
            }
            Err(error) => Err(self.type_error(&error, &format!("`{}`", function.name()), &spans, span)),
        }
    }

    /// The unit of `date_trunc`, where it is known.
    fn date_unit(&mut self, function: Function, args: &[Expr]) -> Checked<()> {
        let unit = args.first().filter(|_| function == Function::DateTrunc);
        let Some((unit, Value::Str(text))) = unit.and_then(|unit| Some((unit, constant(unit)?))) else {
            return Ok(());
        };
        if catalog::DATE_UNITS.contains(&text.as_ref()) {
            return Ok(());
        }
        let message = format!("`{text}` is no unit of `date_trunc`");
        let diagnostic = Diagnostic::new(Code::BadOperand, unit.span, message);
        self.report(match closest(&text, catalog::DATE_UNITS) {
            Some(meant) => diagnostic
                .help(format!("perhaps `{meant}` is meant"))
                .edit(unit.span, format!("\"{meant}\""))
                .guess(),
            None => diagnostic.help(format!("the units are {}", list(catalog::DATE_UNITS))),
        });
        Err(Failed)
    }

    /// `count(stage)`
    fn count(&mut self, scope: Scope<'_>, args: &[syntax::Expr], span: Span) -> Checked<Expr> {
        self.stages_needed(scope, "count", span)?;
        let [syntax::Expr { kind: Syntax::Name(name), .. }] = args else {
            let message = "`count` takes the name of a stage";
            let diagnostic = Diagnostic::new(Code::BadAggregate, span, message);
            let stage = args.first().and_then(|arg| base_name(arg));
            self.report(match stage {
                Some(stage) => {
                    diagnostic.help("count the stage").edit(span, format!("count({})", written(&stage.text)))
                }
                None => diagnostic,
            });
            return Err(Failed);
        };
        let stage = self.stage_argument(scope, name)?;
        Ok(Expr::new(ExprKind::Count(stage), DataType::Int.required(), span))
    }

    /// `exists(stage)` or `exists(value)`
    fn exists(&mut self, scope: Scope<'_>, args: &[syntax::Expr], span: Span) -> Checked<Expr> {
        let [arg] = args else {
            let message = format!("`exists` takes 1 argument, found {}", args.len());
            self.report(Diagnostic::new(Code::WrongArity, span, message));
            return Err(Failed);
        };
        if let Some(name) = self.names_stage(scope, arg) {
            let stage = self.stage_argument(scope, name)?;
            return Ok(Expr::condition(ExprKind::StageExists(stage), span));
        }
        let value = self.expr(scope, arg)?;
        Ok(Expr::condition(ExprKind::Exists(Box::new(value)), span))
    }

    /// `sum(stage.field)`
    fn aggregate(
        &mut self,
        scope: Scope<'_>,
        function: Aggregate,
        args: &[syntax::Expr],
        span: Span,
    ) -> Checked<Expr> {
        self.stages_needed(scope, function.name(), span)?;
        let Some((stage, field)) = stage_field(args) else {
            return Err(self.bad_aggregate(scope, function, args, span));
        };
        if self
            .names_stage(scope, &syntax::Expr { kind: Syntax::Name(stage.clone()), span: stage.span })
            .is_none()
        {
            return self
                .expr(scope, &args[0])
                .and_then(|_| Err(self.bad_aggregate(scope, function, args, span)));
        }
        let (stage, ty) = self.stage_field_argument(scope, stage, field)?;
        match catalog::aggregate_type(function, &ty) {
            Ok(ty) => {
                let kind = ExprKind::Aggregate { function, stage, field: field.text.clone() };
                Ok(Expr::new(kind, ty, span))
            }
            Err(error) => {
                Err(self.type_error(&error, &format!("`{}`", function.name()), &[args[0].span], span))
            }
        }
    }

    fn bad_aggregate(
        &mut self,
        scope: Scope<'_>,
        function: Aggregate,
        args: &[syntax::Expr],
        span: Span,
    ) -> Failed {
        let name = function.name();
        let message = format!("`{name}` takes one field of a stage: `{name}(stage.field)`");
        let diagnostic = Diagnostic::new(Code::BadAggregate, span, message);
        let picked = match args {
            [syntax::Expr { kind: Syntax::Member(base, field), .. }] => {
                base_name(base).map(|stage| (stage, field))
            }
            _ => None,
        };
        let bare = match args {
            [syntax::Expr { kind: Syntax::Name(field), .. }] => self.loop_with(scope, field),
            _ => None,
        };
        if let (Some(stage), [field]) = (bare, args) {
            let diagnostic = diagnostic.help("say over which stage's events");
            self.report(diagnostic.edit(field.span.before(), format!("{}.", written(&stage))).guess());
            return Failed;
        }
        let stage =
            picked.filter(|(stage, _)| scope.stages.is_some_and(|it| it.all.index(&stage.text).is_some()));
        self.report(match stage {
            Some((stage, field)) => diagnostic
                .help("it ranges over all events of the stage")
                .edit(span, format!("{name}({}.{})", written(&stage.text), written(&field.text)))
                .guess(),
            None => diagnostic,
        });
        Failed
    }

    /// The last stage, a looping one if there is one, that has a field of this name.
    fn loop_with(&self, scope: Scope<'_>, field: &Name) -> Option<String> {
        let stages = &scope.stages?.all.stages;
        let mut having = stages.iter().rev().filter(|stage| !stage.negated && stage.view.has(&field.text));
        let last = having.clone().next();
        having.find(|stage| stage.repeats).or(last).map(|stage| stage.name.clone())
    }

    fn stages_needed(&mut self, scope: Scope<'_>, name: &str, span: Span) -> Checked<()> {
        if scope.stages.is_some() {
            return Ok(());
        }
        let message = format!("`{name}` ranges over the events of a stage, and there are no stages here");
        self.report(Diagnostic::new(Code::NoStagesHere, span, message));
        Err(Failed)
    }
}

/// The stage and field of `stage.field`.
fn stage_field(args: &[syntax::Expr]) -> Option<(&Name, &Name)> {
    match args {
        [syntax::Expr { kind: Syntax::Member(base, field), .. }] => match &base.kind {
            Syntax::Name(stage) => Some((stage, field)),
            _ => None,
        },
        _ => None,
    }
}

/// The name at the root of `a.b[c].d`.
fn base_name(expr: &syntax::Expr) -> Option<&Name> {
    match &expr.kind {
        Syntax::Name(name) => Some(name),
        Syntax::Member(base, _) | Syntax::Index(base, _) => base_name(base),
        _ => None,
    }
}

/// What other languages call a function of this one.
fn foreign(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "len" | "strlen" | "size" => "length",
        "substr" => "substring",
        "ifnull" | "nvl" => "coalesce",
        "iff" | "iif" => "if",
        "average" | "mean" => "avg",
        "std" | "stdev" | "std_dev" => "stddev",
        "tolower" | "to_lower" | "lowercase" => "lower",
        "toupper" | "to_upper" | "uppercase" => "upper",
        "startswith" => "starts_with",
        "endswith" => "ends_with",
        "log" => "ln",
        "power" => "pow",
        "str" | "to_string" | "tostring" => "string",
        _ => return None,
    })
}

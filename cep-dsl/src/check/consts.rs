//! Consts and params: their types and values, and their use in windows and counts.

use std::collections::HashMap;
use std::rc::Rc;

use super::eval::constant;
use super::model::{self, Expr};
use super::names::Meaning;
use super::order::order;
use super::scope::{Scope, Sight};
use super::{Checked, Checker, Failed, Items};
use crate::catalog::{DataType, Duration, Type, Value, unify};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceMap, Span};
use crate::syntax::{self, Const, Count, ExprKind as Syntax, Item, Length, Name, Param, Valued};
use crate::text::{article, closest, written};

impl Checker<'_> {
    /// The types of params, then all consts, each after those it names, then the defaults of params.
    pub(super) fn consts(&mut self, items: &Items<'_>) {
        let types: Vec<_> = items.params.iter().map(|(item, it)| self.param_type(item, it)).collect();
        let positions: HashMap<&str, usize> =
            items.consts.iter().enumerate().map(|(index, (_, it))| (it.name.text.as_str(), index)).collect();
        let position = |name: &str| positions.get(name).copied();
        let needs = |it: &Const| {
            let mut names = Vec::new();
            names_in(&it.value, &mut names);
            names.into_iter().filter_map(position).collect::<Vec<_>>()
        };
        let needs: Vec<_> = items.consts.iter().map(|(_, it)| needs(it)).collect();
        let sorted = order(&needs);
        for cycle in &sorted.cycles {
            self.const_cycle(cycle.iter().map(|index| &items.consts[*index].1.name).collect());
        }
        let in_cycle = |index: &usize| sorted.cycles.iter().any(|cycle| cycle.contains(index));
        for index in sorted.order.iter().filter(|index| !in_cycle(index)) {
            let (item, it) = items.consts[*index];
            self.one_const(item, it);
        }
        for ((_, it), ty) in items.params.iter().zip(types) {
            self.param_default(it, ty);
        }
    }

    fn const_cycle(&mut self, names: Vec<&Name>) {
        let first = names[0];
        let mut diagnostic =
            Diagnostic::new(Code::Cycle, first.span, format!("the const `{}` depends on itself", first.text));
        for name in &names[1..] {
            diagnostic = diagnostic.and_at(name.span, "through this");
        }
        self.report(diagnostic);
    }

    /// Whether this item is the one its name was entered for, and whole.
    fn counts(&self, item: &Item, name: &Name) -> bool {
        !item.broken && self.values.get(&name.text).is_some_and(|entry| entry.span == name.span)
    }

    fn mean(&mut self, name: &Name, meaning: Meaning) {
        if let Some(entry) = self.values.get_mut(&name.text) {
            entry.meaning = meaning;
        }
    }

    pub(super) fn enter_table(&mut self, item: &Item, name: &Name, meaning: Meaning) {
        if self.counts(item, name) {
            self.mean(name, meaning);
        }
    }

    fn one_const(&mut self, item: &Item, it: &Const) {
        if !self.counts(item, &it.name) {
            return;
        }
        let Ok(value) = self.expr(Scope::CONSTANT, &it.value) else { return };
        if uses_param(&value) {
            let message = format!("the const `{}` depends on a param", it.name.text);
            self.report(
                Diagnostic::new(Code::NotConstant, it.value.span, message)
                    .note("params change while the program runs, consts never"),
            );
            return;
        }
        // What can be computed now is; the rest stands for its expression wherever the const is named.
        let value = match constant(&value) {
            Some(computed) => Expr { kind: model::ExprKind::Literal(computed), ..value },
            None => value,
        };
        self.mean(&it.name, Meaning::Const(Rc::new(value)));
    }

    fn param_type(&mut self, item: &Item, it: &Param) -> Checked<Type> {
        if !self.counts(item, &it.name) {
            return Err(Failed);
        }
        let ty = self.resolve_type(&it.ty)?;
        if !fits_a_param(&ty) {
            self.report(
                Diagnostic::new(
                    Code::BadParamType,
                    it.ty.span,
                    format!("a param cannot be {}", article(&ty)),
                )
                .note("params are bool, int, float, string, timestamp, duration, and lists of them"),
            );
            return Err(Failed);
        }
        self.mean(&it.name, Meaning::Param(ty.clone()));
        Ok(ty)
    }

    fn param_default(&mut self, it: &Param, ty: Checked<Type>) {
        let Ok(ty) = ty else { return };
        let default = it.default.as_ref().map(|default| self.default(default, &ty.data)).transpose();
        let Ok(default) = default else { return };
        self.program.params.push(model::Param { name: it.name.text.clone(), ty, default });
    }

    fn default(&mut self, expr: &syntax::Expr, wanted: &DataType) -> Checked<Value> {
        let checked = self.expr(Scope::CONSTANT, expr)?;
        if unify(wanted, &checked.ty.data).as_ref() != Some(wanted) || checked.ty.data == DataType::Null {
            self.report(
                Diagnostic::new(
                    Code::TypeMismatch,
                    expr.span,
                    format!("the default is not {}", article(wanted)),
                )
                .label(article(&checked.ty)),
            );
            return Err(Failed);
        }
        match constant(&checked).filter(|value| *value != Value::Null) {
            Some(value) => Ok(widened(value, wanted)),
            None => {
                self.report(Diagnostic::new(
                    Code::NotConstant,
                    expr.span,
                    "a default is a literal or a const",
                ));
                Err(Failed)
            }
        }
    }

    /// A duration in a window: longer than nothing.
    pub(super) fn window(&mut self, length: &Length, pattern: Option<Sight<'_>>) -> Option<Duration> {
        let length_found = self.duration(length, pattern)?;
        if length_found.0 > 0 {
            return Some(length_found);
        }
        self.report(Diagnostic::new(Code::EmptyWindow, length.span(), "a window is longer than zero"));
        None
    }

    /// A duration, or the const that is one.
    pub(super) fn duration(&mut self, length: &Length, pattern: Option<Sight<'_>>) -> Option<Duration> {
        match length {
            Valued::Literal(millis, _) => Some(Duration(*millis)),
            Valued::Const(name) => match self.const_value(name, pattern)? {
                Value::Duration(length) => Some(length),
                other => self.wrong_const(name, &other, "a duration"),
            },
        }
    }

    /// A number, or the const that is one.
    pub(super) fn number(&mut self, count: &Count, pattern: Option<Sight<'_>>) -> Option<i64> {
        match count {
            Valued::Literal(value, _) => Some(*value),
            Valued::Const(name) => match self.const_value(name, pattern)? {
                Value::Int(value) => Some(value),
                other => self.wrong_const(name, &other, "an int"),
            },
        }
    }

    /// A number without a word about what is wrong with it; that is said where it counts.
    pub(super) fn known_number(&self, count: &Count) -> Option<i64> {
        match count {
            Valued::Literal(value, _) => Some(*value),
            Valued::Const(name) => match &self.values.get(&name.text)?.meaning {
                Meaning::Const(value) => match constant(value)? {
                    Value::Int(value) => Some(value),
                    _ => None,
                },
                _ => None,
            },
        }
    }

    fn wrong_const<T>(&mut self, name: &Name, found: &Value, wanted: &str) -> Option<T> {
        let message = format!("`{}` is not {wanted}", name.text);
        let diagnostic = Diagnostic::new(Code::TypeMismatch, name.span, message);
        self.report(diagnostic.label(article(found.data_type())));
        None
    }

    fn const_value(&mut self, name: &Name, pattern: Option<Sight<'_>>) -> Option<Value> {
        let Some(known) = self.values.get(&name.text) else {
            self.unknown_const(name);
            return None;
        };
        let (meaning, span) = (known.meaning.clone(), known.span);
        if pattern.is_some() {
            self.not_shadowed(Scope { stages: pattern, ..Scope::CONSTANT }, name);
        }
        let diagnostic = match meaning {
            Meaning::Broken => return None,
            Meaning::Const(value) => match constant(&value) {
                Some(value) => return Some(value),
                None => {
                    let message =
                        format!("the value of `{}` is not known before the program runs", name.text);
                    Diagnostic::new(Code::NotConstant, name.span, message)
                }
            },
            Meaning::Param(_) => {
                let message = format!("`{}` is a param, and windows and counts do not change", name.text);
                let diagnostic = Diagnostic::new(Code::ParamInWindow, name.span, message);
                let mut diagnostic = diagnostic.help("make it a `const`");
                for (at, text) in param_as_const(self.sources, span).into_iter().flatten() {
                    diagnostic = diagnostic.edit(at, text).guess();
                }
                diagnostic
            }
            Meaning::Table { .. } => Diagnostic::new(
                Code::NotAValue,
                name.span,
                format!("`{}` is a table, not a value", name.text),
            ),
        };
        self.report(diagnostic.and_at(span, "defined here"));
        None
    }

    fn unknown_const(&mut self, name: &Name) {
        if self.lost {
            return;
        }
        let diagnostic =
            Diagnostic::new(Code::UnknownName, name.span, format!("unknown const `{}`", name.text));
        let consts = self.values.iter().filter(|(_, it)| matches!(it.meaning, Meaning::Const(_)));
        let meant = closest(&name.text, consts.map(|(name, _)| name.as_str()));
        self.report(match meant {
            Some(meant) => {
                diagnostic.help(format!("perhaps `{meant}` is meant")).edit(name.span, written(meant)).guess()
            }
            None => diagnostic,
        });
    }
}

fn fits_a_param(ty: &Type) -> bool {
    let single = |data: &DataType| !matches!(data, DataType::List(_) | DataType::Map(_) | DataType::Null);
    let data = match &ty.data {
        DataType::List(of) => of,
        other => other,
    };
    !ty.nullable && single(data)
}

/// An int that stands for a float becomes one.
fn widened(value: Value, wanted: &DataType) -> Value {
    match (value, wanted) {
        (Value::Int(value), DataType::Float) => Value::Float(value as f64),
        (Value::List(items), DataType::List(of)) => {
            Value::List(items.iter().map(|item| widened(item.clone(), of)).collect::<Vec<_>>().into())
        }
        (value, _) => value,
    }
}

fn uses_param(expr: &Expr) -> bool {
    matches!(expr.kind, model::ExprKind::Param(_)) || expr.children().into_iter().any(uses_param)
}

/// All bare names of an expression.
fn names_in<'e>(expr: &'e syntax::Expr, names: &mut Vec<&'e str>) {
    match &expr.kind {
        Syntax::Name(name) => names.push(&name.text),
        Syntax::Literal(_) => {}
        Syntax::Call { args: items, .. } | Syntax::List(items) | Syntax::And(items) | Syntax::Or(items) => {
            items.iter().for_each(|item| names_in(item, names));
        }
        Syntax::Member(inner, _) | Syntax::Paren(inner) | Syntax::Not(inner) | Syntax::Neg(inner) => {
            names_in(inner, names);
        }
        Syntax::Index(base, keys) => {
            names_in(base, names);
            keys.iter().for_each(|key| names_in(key, names));
        }
        Syntax::Binary { left, right, .. } => {
            names_in(left, names);
            names_in(right, names);
        }
    }
}

/// The edits that make a param with a default, whose name stands at `name`, a const.
fn param_as_const(sources: &SourceMap, name: Span) -> Option<[(Span, &'static str); 2]> {
    let text = sources.file(name.source).text();
    let (before, after) = (text.get(..name.start as usize)?, text.get(name.end as usize..)?);
    let keyword = before.rfind("param")?;
    let line = after.split('\n').next()?;
    let ty = line.find('=')?;
    let keyword = Span::new(name.source, keyword..keyword + "param".len());
    let start = name.end as usize;
    Some([(keyword, "const"), (Span::new(name.source, start..start + ty), " ")])
}

//! A checked program to the engine's definitions, one to one. Nothing is decided here.

use cep_core::expr as core;
use cep_core::pattern as out;

use crate::catalog::{Schema, core_op};
use crate::check::model::{self, Body, Expr, ExprKind, Pick, Program, Repeat, Skip};
use crate::syntax::{ConnectorKind, Inner, Overflow};

/// The definitions of a program without errors.
pub(crate) fn lower(program: Program) -> out::Definitions {
    out::Definitions {
        params: program.params.into_iter().map(param).collect(),
        streams: program.streams.into_iter().map(stream).collect(),
        derived: program.derived.into_iter().map(derived).collect(),
        tables: program.tables.into_iter().map(table).collect(),
        patterns: program.patterns.into_iter().map(pattern).collect(),
    }
}

fn param(param: model::Param) -> out::Param {
    out::Param { name: param.name, ty: param.ty, default: param.default }
}

fn stream(stream: model::Stream) -> out::StreamDef {
    let time = stream.time.map(|time| out::StreamTime {
        field: time.field,
        tie_break: time
            .ties
            .into_iter()
            .map(|(field, descending)| out::TieBreak { field, descending })
            .collect(),
        lateness: time.lateness,
    });
    out::StreamDef {
        name: stream.name,
        schema: Schema::clone(&stream.schema),
        key: stream.key,
        time,
        idle_after: stream.idle_after,
        source: stream.from,
        late_to: stream.late_to,
        metadata: stream.metadata,
        doc: stream.doc,
    }
}

fn derived(derived: model::Derived) -> out::DerivedStream {
    out::DerivedStream {
        name: derived.name,
        source: derived.source,
        condition: derived.condition.map(expr),
        with: columns(derived.with),
        doc: derived.doc,
    }
}

fn table(table: model::Table) -> out::TableDef {
    out::TableDef {
        name: table.name,
        schema: Schema::clone(&table.schema),
        key: table.key,
        source: table.from,
    }
}

fn pattern(pattern: model::Pattern) -> out::Pattern {
    out::Pattern {
        name: pattern.name,
        inputs: pattern.inputs.into_iter().map(|(stream, by)| out::Input { stream, by }).collect(),
        sequence: pattern.sequence.into_iter().map(element).collect(),
        within: pattern.within,
        skip: skip(pattern.skip),
        limit: pattern.limit.map(|(partial_matches, overflow)| out::Limit {
            partial_matches,
            overflow: match overflow {
                Overflow::DropOldest => out::Overflow::DropOldest,
                Overflow::DropNewest => out::Overflow::DropNewest,
                Overflow::Fail => out::Overflow::Fail,
            },
        }),
        emits: pattern.emits.into_iter().map(emit).collect(),
        timeout_emits: pattern.timeout_emits.into_iter().map(emit).collect(),
        metadata: pattern.metadata,
        doc: pattern.doc,
        draining: false,
    }
}

fn element(step: model::Step) -> out::Element {
    let body = match step.body {
        Body::Stage { name, stream, condition } => {
            out::Body::Stage { name, stream, condition: condition.map(expr) }
        }
        Body::Group(steps) => out::Body::Group(steps.into_iter().map(element).collect()),
    };
    out::Element {
        contiguity: contiguity(step.connector),
        body,
        quantifier: quantifier(step.quantifier),
        until: step.until.map(expr),
        gap: step.gap,
        window: None,
    }
}

fn contiguity(connector: ConnectorKind) -> out::Contiguity {
    match connector {
        ConnectorKind::Begin => out::Contiguity::Begin,
        ConnectorKind::Next => out::Contiguity::Next,
        ConnectorKind::FollowedBy => out::Contiguity::FollowedBy,
        ConnectorKind::FollowedByAny => out::Contiguity::FollowedByAny,
        ConnectorKind::NotNext => out::Contiguity::NotNext,
        ConnectorKind::NotFollowedBy => out::Contiguity::NotFollowedBy,
    }
}

fn quantifier(quantifier: model::Quantifier) -> out::Quantifier {
    out::Quantifier {
        repeat: match quantifier.repeat {
            Repeat::Once => out::Repeat::Once,
            Repeat::Times { from, to } => out::Repeat::Times { from, to },
            Repeat::AtLeast(n) => out::Repeat::AtLeast(n),
        },
        optional: quantifier.optional,
        greedy: quantifier.greedy,
        inner: match quantifier.inner {
            None => out::Inner::Relaxed,
            Some(Inner::Consecutive) => out::Inner::Consecutive,
            Some(Inner::Combinations) => out::Inner::Combinations,
        },
        apart: quantifier.apart,
    }
}

fn skip(skip: Skip) -> out::Skip {
    match skip {
        Skip::Nothing => out::Skip::NoSkip,
        Skip::ToNext => out::Skip::ToNext,
        Skip::PastLastEvent => out::Skip::PastLastEvent,
        Skip::ToFirst { stage, or_fail } => out::Skip::ToFirst { stage, or_fail },
        Skip::ToLast { stage, or_fail } => out::Skip::ToLast { stage, or_fail },
    }
}

fn emit(emit: model::Emit) -> out::Emit {
    out::Emit { stream: emit.name, columns: columns(emit.columns), to: emit.to }
}

fn columns(columns: Vec<(String, Expr)>) -> Vec<(String, core::Expr)> {
    columns.into_iter().map(|(name, value)| (name, expr(value))).collect()
}

fn exprs(items: Vec<Expr>) -> Vec<core::Expr> {
    items.into_iter().map(expr).collect()
}

fn boxed(inner: Expr) -> Box<core::Expr> {
    Box::new(expr(inner))
}

fn expr(checked: Expr) -> core::Expr {
    match checked.kind {
        ExprKind::Literal(value) => core::Expr::Literal(value),
        ExprKind::List(items) => core::Expr::List(exprs(items)),
        ExprKind::Field(name) => core::Expr::Field(name),
        ExprKind::Param(name) => core::Expr::Param(name),
        ExprKind::Captured { stage, pick, field } => {
            let pick = match pick {
                Pick::First => core::Pick::First,
                Pick::Last => core::Pick::Last,
                Pick::At(index) => core::Pick::At(boxed(*index)),
            };
            core::Expr::Captured { stage, pick, field }
        }
        ExprKind::Count(stage) => core::Expr::Count(stage),
        ExprKind::StageExists(stage) => core::Expr::StageExists(stage),
        ExprKind::Exists(inner) => core::Expr::Exists(boxed(*inner)),
        ExprKind::Aggregate { function, stage, field } => core::Expr::Aggregate { function, stage, field },
        ExprKind::Lookup { table, keys, field } => core::Expr::Lookup { table, keys: exprs(keys), field },
        ExprKind::Not(inner) => core::Expr::Unary(core::UnaryOp::Not, boxed(*inner)),
        ExprKind::Neg(inner) => core::Expr::Unary(core::UnaryOp::Neg, boxed(*inner)),
        ExprKind::And(items) => balanced(core::BinaryOp::And, exprs(items)),
        ExprKind::Or(items) => balanced(core::BinaryOp::Or, exprs(items)),
        ExprKind::Binary(op, left, right) => core::Expr::Binary(core_op(op), boxed(*left), boxed(*right)),
        ExprKind::Index(base, key) => core::Expr::Index(boxed(*base), boxed(*key)),
        ExprKind::Call(function, args) => core::Expr::Call(function, exprs(args)),
        ExprKind::Host(function, args) => core::Expr::Host(function, exprs(args)),
    }
}

/// How many parts of an `and` or `or` make a chain. Chains beyond that become trees, so that a condition of ten
/// thousand alternatives is no deeper than a few dozen.
const CHAIN: usize = 16;

/// `a and b and c` as the binary operators of the engine; the order of the parts is kept.
fn balanced(op: core::BinaryOp, mut items: Vec<core::Expr>) -> core::Expr {
    let join = |left, right| core::Expr::Binary(op, Box::new(left), Box::new(right));
    if items.len() > CHAIN {
        let right = items.split_off(items.len() / 2);
        return join(balanced(op, items), balanced(op, right));
    }
    let chain = items.into_iter().reduce(join);
    chain.expect("the parser makes `and` and `or` of at least two parts")
}

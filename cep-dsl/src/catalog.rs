//! What the checker knows of the engine: its types and values, and the typing rules of operators, functions and
//! aggregates. With `lower`, the only place that names `cep_core`.

pub(crate) use cep_core::event::{DataType, Field, Schema, Type, Value};
pub(crate) use cep_core::expr::{
    Aggregate, DATE_UNITS, Function, HostFunction, TypeError, aggregate_type, call_type, unify,
};
pub(crate) use cep_core::time::{Duration, Timestamp};

use crate::syntax::BinaryOp;
use cep_core::expr::{BinaryOp as CoreOp, UnaryOp};

/// The engine's operator for that of the language.
pub(crate) fn core_op(op: BinaryOp) -> CoreOp {
    match op {
        BinaryOp::Eq => CoreOp::Eq,
        BinaryOp::Ne => CoreOp::Ne,
        BinaryOp::Lt => CoreOp::Lt,
        BinaryOp::Le => CoreOp::Le,
        BinaryOp::Gt => CoreOp::Gt,
        BinaryOp::Ge => CoreOp::Ge,
        BinaryOp::Matches => CoreOp::Matches,
        BinaryOp::In => CoreOp::In,
        BinaryOp::NotIn => CoreOp::NotIn,
        BinaryOp::Coalesce => CoreOp::Coalesce,
        BinaryOp::Add => CoreOp::Add,
        BinaryOp::Sub => CoreOp::Sub,
        BinaryOp::Mul => CoreOp::Mul,
        BinaryOp::Div => CoreOp::Div,
        BinaryOp::Rem => CoreOp::Rem,
    }
}

/// The type of `x op y`.
pub(crate) fn binary_type(op: BinaryOp, x: &Type, y: &Type) -> Result<Type, TypeError> {
    cep_core::expr::binary_type(core_op(op), x, y)
}

/// The type of `-x`.
pub(crate) fn negated_type(x: &Type) -> Result<Type, TypeError> {
    cep_core::expr::unary_type(UnaryOp::Neg, x)
}

/// The data type of that name; lists and maps have none.
pub(crate) fn data_type(name: &str) -> Option<DataType> {
    Some(match name {
        "bool" => DataType::Bool,
        "int" => DataType::Int,
        "float" => DataType::Float,
        "string" => DataType::String,
        "timestamp" => DataType::Timestamp,
        "duration" => DataType::Duration,
        _ => return None,
    })
}

/// The names of all data types.
pub(crate) const DATA_TYPES: [&str; 6] = ["bool", "int", "float", "string", "timestamp", "duration"];

/// The names of everything that can be called: what the language has, and what the host registers.
pub(crate) fn callables<'f>(host: &'f [HostFunction]) -> impl Iterator<Item = &'f str> {
    let functions = Function::all().map(|function| -> &'f str { function.name() });
    let aggregates = Aggregate::ALL.iter().map(|(_, name)| -> &'f str { name });
    functions.chain(aggregates).chain(["count", "exists"]).chain(host.iter().map(HostFunction::name))
}

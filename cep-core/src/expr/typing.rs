//! The types of operators, functions and aggregates: one set of rules for the builder and the language's checker.

use super::function::{Aggregate, Function};
use super::{BinaryOp, UnaryOp};
use crate::event::{DataType, Type};

/// Why operands do not fit an operator or function.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TypeError {
    /// The operand at this position has a type the operator or function does not take.
    #[error("expected {expected}, found `{found}`")]
    Operand {
        /// The position, from 0.
        index: usize,
        /// What it takes, in words.
        expected: String,
        /// What it was given.
        found: Type,
    },
    /// Each operand is fine alone, but they do not go together.
    #[error("`{left}` and `{right}` do not go together")]
    Mismatch {
        /// The left or earlier operand.
        left: Type,
        /// The right or later operand.
        right: Type,
    },
    /// A comparison with the literal `null`, which is never true.
    #[error("a comparison with `null` is never true")]
    NullComparison {
        /// The position of the literal, from 0.
        index: usize,
    },
    /// The wrong number of arguments.
    #[error("expected {expected}, found {found}")]
    Arity {
        /// How many it takes, in words.
        expected: String,
        /// How many it was given.
        found: usize,
    },
}

pub(super) type Typed = Result<Type, TypeError>;

pub(super) fn operand(index: usize, expected: &str, found: &Type) -> TypeError {
    TypeError::Operand { index, expected: expected.to_owned(), found: found.clone() }
}

fn mismatch(left: &Type, right: &Type) -> TypeError {
    TypeError::Mismatch { left: left.clone(), right: right.clone() }
}

fn typed(data: DataType, nullable: bool) -> Type {
    Type { data, nullable }
}

/// Whether a value of type `found` may stand where `wanted` is expected, nullability aside.
pub(super) fn accepts(wanted: &DataType, found: &DataType) -> bool {
    match (wanted, found) {
        (_, DataType::Null) | (DataType::Float, DataType::Int) => true,
        (DataType::List(wanted), DataType::List(found)) | (DataType::Map(wanted), DataType::Map(found)) => {
            accepts(wanted, found)
        }
        _ => wanted == found,
    }
}

/// The type that values of both types have, an int widened to float; none where there is no such type.
#[must_use]
pub fn unify(left: &DataType, right: &DataType) -> Option<DataType> {
    if accepts(left, right) {
        Some(left.clone())
    } else if accepts(right, left) {
        Some(right.clone())
    } else {
        None
    }
}

/// The type of `op x`.
///
/// # Errors
/// Where the operator does not take an operand of that type.
pub fn unary_type(op: UnaryOp, x: &Type) -> Typed {
    match (op, &x.data) {
        (UnaryOp::Not, DataType::Bool) => Ok(DataType::Bool.required()),
        (UnaryOp::Not, _) => Err(operand(0, "a condition (`bool`)", x)),
        (UnaryOp::Neg, DataType::Int | DataType::Float | DataType::Duration) => Ok(x.clone()),
        (UnaryOp::Neg, _) => Err(operand(0, "a number or a duration", x)),
    }
}

/// The type of `x op y`.
///
/// # Errors
/// Where the operator does not take operands of these types.
pub fn binary_type(op: BinaryOp, x: &Type, y: &Type) -> Typed {
    match op {
        BinaryOp::And | BinaryOp::Or => logic(x, y),
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
            comparison(x, y)
        }
        BinaryOp::Matches => both_strings(x, y),
        BinaryOp::In | BinaryOp::NotIn => membership(x, y),
        BinaryOp::Coalesce => coalesce(x, y),
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => arithmetic(op, x, y),
    }
}

fn logic(x: &Type, y: &Type) -> Typed {
    for (index, side) in [x, y].into_iter().enumerate() {
        if side.data != DataType::Bool {
            return Err(operand(index, "a condition (`bool`)", side));
        }
    }
    Ok(DataType::Bool.required())
}

fn comparison(x: &Type, y: &Type) -> Typed {
    for (index, side) in [x, y].into_iter().enumerate() {
        match side.data {
            DataType::Null => return Err(TypeError::NullComparison { index }),
            DataType::List(_) | DataType::Map(_) => {
                return Err(operand(index, "a single value (lists and maps do not compare)", side));
            }
            _ => {}
        }
    }
    if unify(&x.data, &y.data).is_none() {
        return Err(mismatch(x, y));
    }
    Ok(DataType::Bool.required())
}

fn both_strings(x: &Type, y: &Type) -> Typed {
    for (index, side) in [x, y].into_iter().enumerate() {
        if side.data != DataType::String {
            return Err(operand(index, "a `string`", side));
        }
    }
    Ok(DataType::Bool.required())
}

fn membership(x: &Type, y: &Type) -> Typed {
    let DataType::List(of) = &y.data else { return Err(operand(1, "a list", y)) };
    if x.data == DataType::Null {
        return Err(TypeError::NullComparison { index: 0 });
    }
    if matches!(x.data, DataType::List(_) | DataType::Map(_)) {
        return Err(operand(0, "a single value (lists and maps do not compare)", x));
    }
    if unify(&x.data, of).is_none() {
        return Err(mismatch(x, y));
    }
    Ok(DataType::Bool.required())
}

fn coalesce(x: &Type, y: &Type) -> Typed {
    let data = unify(&x.data, &y.data).ok_or_else(|| mismatch(x, y))?;
    Ok(typed(data, x.nullable && y.nullable || y.data == DataType::Null))
}

fn arithmetic(op: BinaryOp, x: &Type, y: &Type) -> Typed {
    use BinaryOp::{Add, Div, Mul, Rem, Sub};
    use DataType::{Duration, Float, Int, String, Timestamp};
    let data = match (op, &x.data, &y.data) {
        (Div, Int | Float, Int | Float) | (Div, Duration, Duration) => Float,
        (Add | Sub | Mul | Rem, Int, Int) => Int,
        (Add | Sub | Mul | Rem, Int | Float, Int | Float) => Float,
        (Add, String, String) => String,
        (Sub, Timestamp, Timestamp)
        | (Add | Sub | Rem, Duration, Duration)
        | (Mul | Div, Duration, Int | Float)
        | (Mul, Int | Float, Duration) => Duration,
        (Add | Sub, Timestamp, Duration) | (Add, Duration, Timestamp) => Timestamp,
        _ => return Err(arithmetic_error(op, x, y)),
    };
    Ok(typed(data, x.nullable || y.nullable))
}

/// Blames one operand where it can never be an operand of this operator, both otherwise.
fn arithmetic_error(op: BinaryOp, x: &Type, y: &Type) -> TypeError {
    let possible = |ty: &Type| match ty.data {
        DataType::Int | DataType::Float | DataType::Duration => true,
        DataType::String => op == BinaryOp::Add,
        DataType::Timestamp => matches!(op, BinaryOp::Add | BinaryOp::Sub),
        _ => false,
    };
    match (possible(x), possible(y)) {
        (false, _) => operand(0, "a number", x),
        (_, false) => operand(1, "a number", y),
        _ => mismatch(x, y),
    }
}

/// The type of an aggregate over a field.
///
/// # Errors
/// Where the aggregate does not take a field of that type.
pub fn aggregate_type(aggregate: Aggregate, field: &Type) -> Typed {
    use DataType::{Duration, Float, Int, List, Map, Null};
    let numeric = matches!(field.data, Int | Float | Duration);
    match aggregate {
        Aggregate::Sum if numeric => Ok(field.data.clone().required()),
        Aggregate::Avg | Aggregate::Stddev if numeric => {
            Ok(if field.data == Duration { Duration } else { Float }.nullable())
        }
        Aggregate::Sum | Aggregate::Avg | Aggregate::Stddev => {
            Err(operand(0, "a number or a duration", field))
        }
        Aggregate::Collect | Aggregate::Distinct => Ok(List(Box::new(field.data.clone())).required()),
        Aggregate::Min | Aggregate::Max if matches!(field.data, List(_) | Map(_) | Null) => {
            Err(operand(0, "a single value (lists and maps do not compare)", field))
        }
        Aggregate::Min | Aggregate::Max => Ok(field.data.clone().nullable()),
    }
}

/// The type of a call.
///
/// # Errors
/// Where the function does not take that many arguments, or arguments of these types.
pub fn call_type(function: Function, args: &[Type]) -> Typed {
    arity(function, args.len())?;
    let any_null = args.iter().any(|arg| arg.nullable);
    match function {
        Function::Coalesce => fold(args, args.iter().all(|arg| arg.nullable)),
        Function::If => conditional(args),
        Function::Abs | Function::Min | Function::Max => same_kind(function, args, any_null),
        Function::Length | Function::Contains => text_or_list(function, args, any_null),
        Function::Int | Function::Float | Function::String | Function::Timestamp => {
            conversion(function, &args[0])
        }
        _ => plain(function, args, any_null),
    }
}

fn arity(function: Function, found: usize) -> Result<(), TypeError> {
    let (least, most) = function.arity();
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let expected = match (least, most) {
        (least, most) if least == most => count_words(least),
        (least, usize::MAX) => format!("at least {least} argument{}", if least == 1 { "" } else { "s" }),
        (least, most) => format!("{least} to {most} arguments"),
    };
    Err(TypeError::Arity { expected, found })
}

/// A number of arguments in words.
pub(super) fn count_words(count: usize) -> String {
    if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") }
}

/// An argument of a type in words.
pub(super) fn argument_words(wanted: &DataType) -> String {
    match wanted {
        DataType::Float => "a number".to_owned(),
        DataType::Int => "an `int`".to_owned(),
        _ => format!("a `{wanted}`"),
    }
}

fn fold(args: &[Type], nullable: bool) -> Typed {
    let mut data = args[0].data.clone();
    for arg in &args[1..] {
        data = unify(&data, &arg.data).ok_or_else(|| mismatch(&args[0], arg))?;
    }
    Ok(typed(data, nullable))
}

fn conditional(args: &[Type]) -> Typed {
    if args[0].data != DataType::Bool {
        return Err(operand(0, "a condition (`bool`)", &args[0]));
    }
    let nullable = args[1..].iter().any(|arg| arg.nullable || arg.data == DataType::Null);
    fold(&args[1..], nullable)
}

fn same_kind(function: Function, args: &[Type], any_null: bool) -> Typed {
    for (index, arg) in args.iter().enumerate() {
        let fine = match arg.data {
            DataType::Int | DataType::Float | DataType::Duration => true,
            DataType::Timestamp | DataType::String => function != Function::Abs,
            _ => false,
        };
        if !fine {
            return Err(operand(index, "a number or a duration", arg));
        }
    }
    fold(args, any_null)
}

fn text_or_list(function: Function, args: &[Type], any_null: bool) -> Typed {
    let result = if function == Function::Length { DataType::Int } else { DataType::Bool };
    match &args[0].data {
        DataType::String if function == Function::Length => {}
        DataType::String if args[1].data == DataType::String => {}
        DataType::String => return Err(operand(1, "a `string`", &args[1])),
        DataType::List(_) if function == Function::Length => {}
        DataType::List(of) if unify(of, &args[1].data).is_some() => {}
        DataType::List(_) => return Err(mismatch(&args[0], &args[1])),
        _ => return Err(operand(0, "a `string` or a list", &args[0])),
    }
    Ok(typed(result, any_null))
}

/// Conversions give null where they cannot.
fn conversion(function: Function, arg: &Type) -> Typed {
    use DataType::{Bool, Duration, Float, Int, String, Timestamp};
    let (result, fine, total) = match function {
        Function::Int => {
            (Int, matches!(arg.data, Int | Float | String | Timestamp | Duration | Bool), arg.data == Int)
        }
        Function::Float => {
            (Float, matches!(arg.data, Int | Float | String | Timestamp | Duration), arg.data.is_numeric())
        }
        Function::String => {
            (String, matches!(arg.data, Int | Float | String | Timestamp | Duration | Bool), true)
        }
        _ => (Timestamp, matches!(arg.data, Int | Timestamp | String), matches!(arg.data, Int | Timestamp)),
    };
    if !fine {
        return Err(operand(0, "a value that converts", arg));
    }
    Ok(typed(result, arg.nullable || !total))
}

/// Functions whose arguments each have one type.
fn plain(function: Function, args: &[Type], any_null: bool) -> Typed {
    use DataType::{Bool, Float, Int, List, String, Timestamp};
    let text_list = || List(Box::new(String));
    let (takes, gives): (&[DataType], DataType) = match function {
        Function::Round | Function::Floor | Function::Ceil => (&[Float], Int),
        Function::Sqrt | Function::Ln | Function::Exp => (&[Float], Float),
        Function::Pow => (&[Float, Float], Float),
        Function::Lower | Function::Upper | Function::Trim => (&[String], String),
        Function::StartsWith | Function::EndsWith => (&[String, String], Bool),
        Function::Substring => (&[String, Int, Int], String),
        Function::Split => (&[String, String], text_list()),
        Function::Hour | Function::DayOfWeek => (&[Timestamp], Int),
        Function::DateTrunc => (&[String, Timestamp], Timestamp),
        _ => (&[Float, Float, Float, Float], Float),
    };
    for (index, (arg, wanted)) in args.iter().zip(takes).enumerate() {
        if !accepts(wanted, &arg.data) {
            return Err(operand(index, &argument_words(wanted), arg));
        }
    }
    let partial = matches!(function, Function::Sqrt | Function::Ln | Function::DateTrunc);
    Ok(typed(gives, any_null || partial))
}

#[cfg(test)]
mod tests;

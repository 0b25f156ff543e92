//! The typing rules, one by one.

use super::*;
use DataType::{Bool, Duration, Float, Int, List, String, Timestamp};

fn binary(op: BinaryOp, x: DataType, y: DataType) -> Option<DataType> {
    binary_type(op, &x.required(), &y.required()).ok().map(|ty| ty.data)
}

#[test]
fn int_widens_to_float_and_nothing_else_converts() {
    assert_eq!(binary(BinaryOp::Add, Int, Int), Some(Int));
    assert_eq!(binary(BinaryOp::Add, Int, Float), Some(Float));
    assert_eq!(binary(BinaryOp::Div, Int, Int), Some(Float));
    assert_eq!(binary(BinaryOp::Eq, Int, Float), Some(Bool));
    assert_eq!(binary(BinaryOp::Eq, Int, String), None);
    assert_eq!(binary(BinaryOp::Eq, Timestamp, Int), None);
}

#[test]
fn time_arithmetic_knows_points_and_lengths() {
    assert_eq!(binary(BinaryOp::Sub, Timestamp, Timestamp), Some(Duration));
    assert_eq!(binary(BinaryOp::Add, Timestamp, Duration), Some(Timestamp));
    assert_eq!(binary(BinaryOp::Add, Timestamp, Timestamp), None);
    assert_eq!(binary(BinaryOp::Div, Duration, Duration), Some(Float));
    assert_eq!(binary(BinaryOp::Mul, Int, Duration), Some(Duration));
}

#[test]
fn null_makes_arithmetic_nullable_but_not_comparison() {
    let (may, must) = (Int.nullable(), Int.required());
    assert!(binary_type(BinaryOp::Add, &may, &must).unwrap().nullable);
    assert!(!binary_type(BinaryOp::Lt, &may, &must).unwrap().nullable);
    assert!(!binary_type(BinaryOp::Coalesce, &may, &must).unwrap().nullable);
    let null = DataType::Null.nullable();
    assert_eq!(binary_type(BinaryOp::Eq, &must, &null), Err(TypeError::NullComparison { index: 1 }));
}

#[test]
fn calls_check_number_and_types_of_arguments() {
    assert_eq!(call_type(Function::Round, &[Int.required()]), Ok(Int.required()));
    assert_eq!(call_type(Function::Length, &[List(Box::new(Int)).required()]), Ok(Int.required()));
    assert!(matches!(call_type(Function::Pow, &[Int.required()]), Err(TypeError::Arity { found: 1, .. })));
    assert!(matches!(
        call_type(Function::Lower, &[Int.required()]),
        Err(TypeError::Operand { index: 0, .. })
    ));
}

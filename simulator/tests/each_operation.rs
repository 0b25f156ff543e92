//! Each operation of a store fails once, before its effect and after it, and nothing comes of it.

use cep_simulator::each_operation;

#[test]
fn whichever_operation_fails_the_end_is_the_same() {
    let operations: u64 = (0..3).map(|seed| each_operation(seed).unwrap()).sum();
    assert!(operations > 200, "{operations}");
}
